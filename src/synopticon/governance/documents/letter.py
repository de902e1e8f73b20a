"""Letters to persons filmed who ask, and the form to ask with; in plain language, all from data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from synopticon.governance.demand import ERASING, Demand, Person, Right
from synopticon.governance.documents.page import Page
from synopticon.governance.documents.texts import Texts
from synopticon.governance.rights import Law
from synopticon.governance.touched import Touch, Touched

_BLANK = "\N{HORIZONTAL ELLIPSIS}" * 12
_NONE = Touched((), 0)


@dataclass(frozen=True, slots=True)
class Video:
    """A video of the package. ``start``..``end`` UTC."""

    path: str
    camera: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Gone:
    """A camera's day: ``at`` when it was destroyed, under which entry of the log; None: a hold forbids it."""

    camera: str
    day: str
    at: datetime | None
    entry: int


@dataclass(frozen=True, slots=True)
class Letter:
    """All that letters say. Cameras by id; ``key``: fingerprint of the key that signs the package.

    ``unseen``: seconds of the person's time that could not be decoded.
    """

    organisation: str
    contact: str
    law: Law
    at: datetime
    demand: Demand
    person: Person
    cameras: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    zones: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    reason: str = ""
    key: str = ""
    videos: tuple[Video, ...] = ()
    touched: Touched = _NONE
    gone: tuple[Gone, ...] = ()
    unseen: float = 0.0

    def camera(self, id: str) -> str:
        """The name of a camera."""
        return self.cameras.get(id, id)

    def local(self, id: str, moment: datetime) -> datetime:
        """A moment by the clock at a camera."""
        return moment.astimezone(ZoneInfo(self.zones.get(id, "") or "UTC"))


def answer(letter: Letter, t: Texts) -> Page:
    """The answer to a request: what was decided and why, what comes with it, what can be done about it."""
    page = _begin(letter, t, "answer")
    found = letter.demand.decision
    assert found is not None, "only what was decided is answered"
    if found.granted:
        _granted(page, letter, t)
    else:
        _refused(page, letter, t, found.ground)
    page.heading(t("answer.rights")).text(
        letter.law.remedy.words[t.language], _source(letter.law.remedy.source, t)
    )
    page.text(t("answer.other_rights"))
    page.heading(t("answer.check")).text(t("answer.check_text"), letter.key)
    return _end(page, letter, t)


def extension(letter: Letter, t: Texts) -> Page:
    """The notice that an answer takes two more months, and why."""
    page = _begin(letter, t, "extension")
    law = letter.law
    page.text(t("extension.text", due=t.day(letter.demand.due), first=t.day(letter.demand.first_due)))
    page.heading(t("answer.reasons")).text(letter.reason)
    page.text(t("extension.held"))
    page.heading(t("answer.rights")).text(law.remedy.words[t.language], _source(law.remedy.source, t))
    return _end(page, letter, t)


def form(organisation: str, contact: str, law: Law, kept: int | None, at: date, t: Texts) -> Page:
    """The form to ask with: to be filled in by hand, with what happens then. ``kept``: days of its words."""
    page = Page("form", t.language, t("form.title"), organisation or t("no_organisation"))
    page.text(t("form.intro"))
    page.facts([(t("form.to"), ", ".join(part for part in (organisation, contact) if part) or _BLANK)])
    page.heading(t("form.what"))
    page.items(f"\N{BALLOT BOX} {t(f'right.{right}')} ({t.cited(law.rights[right])})" for right in Right)
    page.blank(t("form.fill"), t("form.who"))
    page.blank(t("form.fill"), t("form.where"))
    page.blank(t("form.fill"), t("form.look"))
    page.facts([(t("form.date"), _BLANK)])
    page.sheet().note("plain", t("form.no_photo"), t("form.no_photo_text"))
    page.heading(t("form.then"))
    steps = [t(f"form.then_{name}") for name in ("identity", "held", "search", "answer")]
    page.items([*steps, t("form.then_words", days=t.days(kept))])
    page.text(law.deadline.words[t.language], _source(law.deadline.source, t))
    page.heading(t("answer.rights")).text(law.remedy.words[t.language], _source(law.remedy.source, t))
    return page.text(t("form.made", day=t.day(at)), t("common.not_advice"))


# --- parts -------------------------------------------------------------------------------------------------


def _begin(letter: Letter, t: Texts, kind: str) -> Page:
    demand = letter.demand
    page = Page(kind, t.language, t(f"{kind}.title"), letter.organisation or t("owner"))
    asked = f"{t(f'right.{demand.right}')} ({t.cited(letter.law.rights[demand.right])})"
    page.facts(
        [
            (t("answer.to"), letter.person.name),
            (t("answer.reference"), demand.id),
            (t("answer.asked"), asked),
            (t("answer.received"), t.day(demand.opened.date())),
            (t("answer.identity"), letter.person.identity),
            *((t("answer.place"), row) for row in _places(letter, t)),
            (t("answer.date"), t.day(letter.at.date())),
            (t("answer.contact"), letter.contact or _BLANK),
        ]
    )
    return page


def _end(page: Page, letter: Letter, t: Texts) -> Page:
    page.facts([(t("answer.for"), letter.organisation or t("owner")), (t("form.signature"), _BLANK)])
    return page.text(t("common.not_advice"))


def _places(letter: Letter, t: Texts) -> Iterator[str]:
    for camera in letter.demand.scope.cameras:
        for window in letter.demand.scope.windows:
            start, end = letter.local(camera, window.start), letter.local(camera, window.end)
            yield f"{letter.camera(camera)}: {_span(start, end, t)}"


def _span(start: datetime, end: datetime, t: Texts) -> str:
    """From when to when, in words, by the clock of the place."""
    zone = start.strftime("%Z") or "UTC"
    later = f"{end:%H:%M:%S}" if end.date() == start.date() else f"{t.day(end.date())} {end:%H:%M:%S}"
    return f"{t.day(start.date())}, {start:%H:%M:%S} \N{EN DASH} {later} ({zone})"


def _granted(page: Page, letter: Letter, t: Texts) -> None:
    right = letter.demand.right
    page.note("fine", t("answer.granted"), t(f"answer.granted_{right}"))
    if letter.reason:
        page.heading(t("answer.reasons")).text(letter.reason)
    if right is Right.ACCESS:
        _videos(page, letter, t)
        _looks(page, letter, t)
    elif right in ERASING:
        _gone(page, letter, t)


def _refused(page: Page, letter: Letter, t: Texts, name: str) -> None:
    ground = letter.law.ground(name, letter.demand.right)
    page.note("warn", t("answer.refused"), ground.words[t.language], _source(ground.source, t))
    page.heading(t("answer.reasons")).text(letter.reason or t("answer.no_more"))
    page.text(t("answer.refused_held"))


def _videos(page: Page, letter: Letter, t: Texts) -> None:
    page.heading(t("answer.videos")).text(t("answer.videos_text"))
    rows = (
        (
            v.path,
            letter.camera(v.camera),
            _span(letter.local(v.camera, v.start), letter.local(v.camera, v.end), t),
        )
        for v in letter.videos
    )
    page.table([t("answer.file"), t("common.camera"), t("answer.when")], rows, t("common.none"))
    if letter.unseen:
        page.text(t("answer.unseen", seconds=t.number(letter.unseen)))
    page.note("plain", t("answer.care"), t("answer.care_text"))


def _looks(page: Page, letter: Letter, t: Texts) -> None:
    """Every consultation and disclosure that touched the tracks; who acted only where the law gives it."""
    staff = letter.law.staff_names
    page.heading(t("answer.looks")).text(t("answer.looks_text"))
    head = [t(f"answer.{name}") for name in ("when", "what", "how", "why", "recipient", "entry")]
    rows = (_look(one, letter, t, staff) for one in letter.touched.touches)
    page.table([*head, *([t("answer.who")] if staff else ())], rows, t("answer.no_looks"))
    if letter.touched.erased:
        page.text(t("answer.erased", n=letter.touched.erased))
    if not staff:
        page.text(t("answer.no_staff"), _source(letter.law.staff_source, t))


def _look(one: Touch, letter: Letter, t: Texts, staff: bool) -> tuple[str, ...]:
    first = letter.demand.scope.cameras[0]
    when = letter.local(first, one.at)
    what = f"{t.named('operation', one.operation)}: {t.capabilities((one.capability,))}"
    row = (
        f"{when:%Y-%m-%d %H:%M} {when:%Z}", what, t(f"how.{one.how}"), one.why or "-", one.recipient or "-",
        str(one.entry),
    )  # fmt: skip
    return (*row, one.who) if staff else row


def _gone(page: Page, letter: Letter, t: Texts) -> None:
    page.heading(t("answer.gone")).text(t("answer.gone_text"))
    done = [one for one in letter.gone if one.at is not None]
    rows = (
        (letter.camera(one.camera), one.day, t.day(one.at.date()), str(one.entry)) for one in done if one.at
    )
    head = [t("common.camera"), t("answer.day"), t("answer.destroyed"), t("answer.entry")]
    page.table(head, rows, t("answer.nothing_gone"))
    if held := [one for one in letter.gone if one.at is None]:
        ground = letter.law.ground("held", letter.demand.right)
        days = ", ".join(f"{letter.camera(one.camera)} {one.day}" for one in held)
        page.note("warn", t("answer.refused_part"), days, ground.words[t.language], _source(ground.source, t))
    page.heading(t("answer.not_gone")).items(
        t(f"answer.not_gone_{name}") for name in ("copies", "keys", "left")
    )


def _source(text: str, t: Texts) -> str:
    return t("answer.source", source=t.cited(text))
