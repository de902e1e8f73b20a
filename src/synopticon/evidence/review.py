"""What a person decided about the masks of a recording: the file that a page of review gives (REVIEW.json).

It names the footage by its digests, and the tracks by a digest of all of them: ids alone could name somebody
else when the recording was analysed in another way. See ``docs/redact.md`` and its schema.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Self

import numpy as np

from synopticon.errors import UsageError
from synopticon.values.footage import Footage
from synopticon.values.track import Track
from synopticon.vision.masks import Strand, kinds

FORMAT, VERSION = "synopticon-review", 1
MOST_BYTES = 1 << 20
MOST_KEPT, MOST_ADDED, MOST_TEXT = 5000, 2000, 1000
_FIELDS = frozenset({
    "format", "version", "footage", "mask", "model", "tracks", "start", "end", "reviewer", "reason", "keep",
    "add",
})  # fmt: skip
_AGAIN = "make the review again with --review"
_SLACK = 0.01  # seconds: times are written with three digits


class _WrongError(ValueError):
    """What a review must not say."""


@dataclass(frozen=True, slots=True)
class Added:
    """A mask that a person drew: ``start`` to ``end`` in s of the timeline, ``box`` xyxy source pixels."""

    start: float
    end: float
    box: tuple[float, float, float, float]

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {"start": self.start, "end": self.end, "box": list(self.box)}


@dataclass(frozen=True, slots=True)
class Review:
    """A review. ``footage``: SHA-256 of each file, in time; ``model``: of the detector's weights, "" = none.

    ``mask``: what was masked, as ``vision.masks.kinds`` reads it.
    ``tracks``: see ``tracks_digest``. ``start`` and ``end``: the stretch that was reviewed, seconds.
    ``keep``: ids of tracks whose masks are taken away. ``add``: masks more.
    """

    footage: tuple[str, ...]
    mask: str
    model: str
    tracks: str
    start: float
    end: float
    reviewer: str = ""
    reason: str = ""
    keep: tuple[str, ...] = ()
    add: tuple[Added, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON values: what the file holds."""
        return {
            "format": FORMAT, "version": VERSION, "footage": list(self.footage), "mask": self.mask,
            "model": self.model, "tracks": self.tracks, "start": self.start, "end": self.end,
            "reviewer": self.reviewer, "reason": self.reason, "keep": list(self.keep),
            "add": [one.plain() for one in self.add],
        }  # fmt: skip

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Read a file's bytes; raises ``UsageError`` for what is no review, or one of a newer version."""
        try:
            fields = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number, object_pairs_hook=_once)
            return cls._of(_checked(fields))
        except UsageError:
            raise
        except (ValueError, RecursionError) as error:
            why = " ".join(str(error).split()) if isinstance(error, _WrongError) else "is no JSON"
            raise UsageError(f"{why}: give the file as the page of review wrote it") from error

    @classmethod
    def _of(cls, fields: Mapping[str, Any]) -> Self:
        start, end = _span(fields, "the stretch that was reviewed")
        texts = {
            name: _text(fields[name], name) for name in ("mask", "model", "tracks", "reviewer", "reason")
        }
        if not texts["reviewer"].strip():
            raise _WrongError("does not say who reviewed (reviewer)")
        kinds(texts["mask"])
        keep = _texts(fields["keep"], "keep", MOST_KEPT)
        add = _list(fields["add"], "add", MOST_ADDED)
        return cls(
            footage=_texts(fields["footage"], "footage", MOST_KEPT),
            start=start, end=end, keep=tuple(dict.fromkeys(keep)),
            add=tuple(_added(one) for one in add), **texts,
        )  # fmt: skip

    def check_footage(self, footage: Footage) -> None:
        """Raise ``UsageError`` unless it was made of this footage, and all that was drawn lies in it."""
        found = tuple(f.sha256 for f in footage.readable)
        if found != self.footage:
            raise UsageError(
                f"the review was made of other footage: of SHA-256 {', '.join(self.footage) or 'nothing'}, "
                f"and this is {', '.join(found)}: give the recording that was reviewed, or {_AGAIN}"
            )
        wide, high, length = footage.width, footage.height, footage.duration + _SLACK
        for one in (Added(self.start, self.end, (0, 0, 1, 1)), *self.add):
            if one.start < 0 or one.end > length:
                raise UsageError(
                    f"the review speaks of {one.start:g}-{one.end:g} s, outside the recording, which is "
                    f"{footage.duration:.3f} s long: {_AGAIN}"
                )
            x1, y1, x2, y2 = one.box
            if x1 < 0 or y1 < 0 or x2 > wide or y2 > high:
                raise UsageError(
                    f"the review adds a mask at {x1:g},{y1:g},{x2:g},{y2:g}, outside the picture of "
                    f"{wide}x{high} pixels: {_AGAIN}"
                )

    def check_model(self, digest: str) -> None:
        """Raise ``UsageError`` unless it was made with the model of this digest ("" = none)."""
        if digest != self.model:
            raise UsageError(
                f"the review was made with the model {self.model or 'none'}, and this run uses "
                f"{digest or 'none'}: use the same with --model, or {_AGAIN}"
            )

    def check_tracks(self, footage: Footage, tracks: Sequence[Track]) -> None:
        """Raise ``UsageError`` unless these are the tracks that were reviewed."""
        if strange := sorted(set(self.keep) - {t.id for t in tracks}):
            raise UsageError(
                f"the review keeps {', '.join(strange[:3])}, and no such track is there: {_AGAIN}"
            )
        if tracks_digest(footage, tracks) != self.tracks:
            raise UsageError(
                "the review was made of other tracks, with other settings or another version of Synopticon, "
                f"and its ids may be of somebody else: {_AGAIN}"
            )

    def lines(self, spans: Sequence[tuple[float, float]]) -> Iterator[str]:
        """What is said with a copy that shows these stretches (s)."""
        yield f"as {self.reviewer} decided: {len(self.keep)} left clear, {len(self.add)} masks added"
        if any(start < self.start - _SLACK or end > self.end + _SLACK for start, end in spans):
            yield f"only {self.start:.1f}-{self.end:.1f} s was reviewed, and the copy shows more"

    def strands(self, step: float) -> tuple[Strand, ...]:
        """What it adds, for ``plan_masks``; ``step``: seconds of one picture, shown when a mask begins."""
        return tuple(
            Strand("", np.array([a.start]), np.array([a.box], np.float32), a.start - step, a.end + _SLACK)
            for a in self.add
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """A review, and the SHA-256 of the file that it was read from."""

    review: Review
    sha256: str

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Read a file's bytes; raises ``UsageError``."""
        return cls(Review.read(data), hashlib.sha256(data).hexdigest())

    def told(self) -> dict[str, Any]:
        """What the log says of it."""
        review = self.review
        return {
            "sha256": self.sha256, "reviewer": review.reviewer, "kept_count": len(review.keep),
            "added": [one.plain() for one in review.add[:100]], "added_count": len(review.add),
        }  # fmt: skip


def read_review(path: Path) -> Decided:
    """Read REVIEW.json; raises ``UsageError`` with one line that names the file."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error}): check the name") from error
    if len(data) > MOST_BYTES:
        raise UsageError(
            f"{path}: is larger than {MOST_BYTES >> 20} MiB, which no review is: give the file that the page "
            "wrote"
        )
    try:
        return Decided.of(data)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def tracks_digest(footage: Footage, tracks: Sequence[Track]) -> str:
    """SHA-256 of where the files lie on the timeline, and of each track's id, class, times and boxes."""
    digest = hashlib.sha256()
    digest.update(json.dumps([(f.sha256, round(f.offset, 3)) for f in footage.readable]).encode())
    for track in sorted(tracks, key=lambda t: t.id):
        digest.update(json.dumps([track.id, track.label, len(track)]).encode())
        digest.update(np.ascontiguousarray(track.pts, "<i8").tobytes())
        digest.update(np.ascontiguousarray(np.rint(track.boxes), "<i4").tobytes())
    return digest.hexdigest()


# --- reading what anybody may have written -----------------------------------------------------------------


def _no_number(name: str) -> NoReturn:
    raise _WrongError(f"holds {name}, which is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise _WrongError("says one thing twice")
    return dict(pairs)


def _checked(fields: Any) -> Mapping[str, Any]:
    """The fields, when they are those of this version."""
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise _WrongError("is no review of masks")
    version = fields.get("version")
    if type(version) is int and version > VERSION:
        raise UsageError(
            f"is of version {version}, newer than this program knows ({VERSION}): use a newer Synopticon"
        )
    if type(version) is not int or version != VERSION:
        raise _WrongError("is of no version that there is")
    if wrong := sorted(set(fields) ^ _FIELDS):
        raise _WrongError(f"lacks, or says too much: {', '.join(wrong)[:200]}")
    return fields


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise _WrongError(f"{name} must be a text of at most {MOST_TEXT} characters")
    return value


def _list(value: Any, name: str, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise _WrongError(f"{name} must be a list of at most {most}")
    return value


def _texts(value: Any, name: str, most: int) -> tuple[str, ...]:
    return tuple(_text(one, name) for one in _list(value, name, most))


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        raise _WrongError(f"{name} must be a number")
    return float(value)


def _span(fields: Mapping[str, Any], what: str) -> tuple[float, float]:
    start, end = (_number(fields[name], name) for name in ("start", "end"))
    if not start <= end:
        raise _WrongError(f"{what} ends ({end:g} s) before it begins ({start:g} s)")
    return start, end


def _added(value: Any) -> Added:
    if not isinstance(value, dict) or set(value) != {"start", "end", "box"}:
        raise _WrongError("each mask that is added must have start, end and box")
    x1, y1, x2, y2 = _corners(_list(value["box"], "box", 4))
    if not (x1 + 1 <= x2 and y1 + 1 <= y2):
        raise _WrongError(f"a mask is added that is no box of a pixel or more: {x1:g},{y1:g},{x2:g},{y2:g}")
    return Added(*_span(value, "a mask that is added"), (x1, y1, x2, y2))


def _corners(values: Sequence[Any]) -> tuple[float, float, float, float]:
    if len(values) != 4:
        raise _WrongError("a box must be four numbers")
    x1, y1, x2, y2 = (_number(value, "box") for value in values)
    return x1, y1, x2, y2
