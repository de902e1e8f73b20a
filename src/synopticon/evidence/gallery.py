"""The appearance gallery: one picture for each object of an export, grouped and named by people's tags.

Nothing compares these pictures: no template or descriptor of a person is in it, and none was made for it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from synopticon.evidence.reported import Seen
from synopticon.governance.documents.facts import Facts
from synopticon.governance.documents.page import Page, Picture
from synopticon.governance.documents.render import html
from synopticon.governance.documents.texts import Texts, local, texts

Order = Literal["time", "camera", "quality"]
_LATE = datetime.max.replace(tzinfo=UTC)  # of what has no known time


@dataclass(frozen=True, slots=True)
class Shot:
    """The best stored picture of a track: JPEG, b"" = none is stored.

    ``offset``: seconds into its recording, for where the clock is unknown; ``quality`` 0..1; ``width`` and
    ``height`` of the object in the recording, pixels; the rest is what a person noted about the track.
    """

    seen: Seen
    picture: bytes
    offset: float = 0.0
    quality: float = 0.0
    width: int = 0
    height: int = 0
    verdict: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Gallery:
    """The shots and how they are shown. ``masked`` False: revealed, under a permission for that."""

    facts: Facts
    shots: tuple[Shot, ...]
    masked: bool = True
    order: Order = "time"
    case: str = ""

    @property
    def ordered(self) -> tuple[Shot, ...]:
        """The shots in order; equal ones by their track."""
        return tuple(sorted(self.shots, key=_KEYS[self.order]))


def _when(shot: Shot) -> tuple[Any, ...]:
    return (shot.seen.start or _LATE, shot.offset, shot.seen.camera, shot.seen.track)


_KEYS: Mapping[Order, Callable[[Shot], tuple[Any, ...]]] = {
    "time": _when,
    "camera": lambda shot: (shot.seen.camera, *_when(shot)),
    "quality": lambda shot: (-shot.quality, *_when(shot)),
}


def gallery_html(gallery: Gallery, language: str = "en") -> str:
    """The gallery as one HTML file in ``fr`` or ``en``, pictures inside; nothing is fetched."""
    return html(gallery_page(gallery, texts(language)))


def gallery_page(gallery: Gallery, t: Texts) -> Page:
    """The gallery as blocks: a group for each tag, in which a shot may stand again, then those without."""
    subtitle = gallery.case or t("report.outside")
    page = Page("gallery", t.language, t("gallery.title"), subtitle)
    page.text(t("gallery.intro"), t(f"gallery.by_{gallery.order}"))
    if gallery.masked:
        page.note("plain", t("gallery.masked"), t("gallery.masked_text"))
    else:
        page.note("warn", t("gallery.clear"), t("gallery.clear_text"))
    if not gallery.shots:
        return page.text(t("gallery.none"))
    zones = {camera.name: camera.zone for camera in gallery.facts.cameras}
    for group, shots in _groups(gallery, t).items():
        page.heading(f"{group} ({len(shots)})").show(_picture(shot, zones, t) for shot in shots)
    return page


def _groups(gallery: Gallery, t: Texts) -> dict[str, list[Shot]]:
    tags = sorted({tag for shot in gallery.shots for tag in shot.tags})
    groups: dict[str, list[Shot]] = {tag: [s for s in gallery.ordered if tag in s.tags] for tag in tags}
    rest = [shot for shot in gallery.ordered if not shot.tags]
    return {**groups, **({t("gallery.untagged"): rest} if rest else {})}


def _picture(shot: Shot, zones: Mapping[str, str], t: Texts) -> Picture:
    kind = t.named("kinds", shot.seen.kind)
    says = t("gallery.alt", kind=kind) if shot.picture else t("gallery.no_picture")
    return Picture(shot.picture, says, tuple(_lines(shot, kind, zones, t)))


def _lines(shot: Shot, kind: str, zones: Mapping[str, str], t: Texts) -> Iterator[str]:
    seen = shot.seen
    verdict = f", {t.named('verdicts', shot.verdict)}" if shot.verdict else ""
    yield f"{kind}, {seen.camera}{verdict}"
    if seen.start is not None:
        yield local(seen.start, zones.get(seen.camera, ""))
    else:
        yield t("gallery.into", n=t.number(shot.offset))
    yield from (line for line in (", ".join(shot.tags), shot.note) if line)
    if shot.picture:
        words = {"quality": round(100 * shot.quality), "width": shot.width, "height": shot.height}
        yield t("gallery.quality", **words)
    yield seen.track
