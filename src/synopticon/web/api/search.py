"""Ask a question, turn the pages of its answer, see masked pictures of hits, decide about them."""

from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from synopticon.acts import marks
from synopticon.acts.marks import Mark, Marking
from synopticon.acts.pictures import pictures_of
from synopticon.acts.search import Answer, search
from synopticon.acts.workspace import Workspace
from synopticon.web.api.cameras import CoverageOut, GapOut, coverage, gaps
from synopticon.web.api.fields import Point, data_url, utc
from synopticon.web.auth import At, Here, Signed, Visit
from synopticon.web.held import Asked
from synopticon.web.problems import MissingError
from synopticon.web.ranges import ranged

PAGE = 50  # hits of a page
MOST = 100_000  # hits of an answer
GAPS = 1000  # as many are listed; all are counted
Cursor = Annotated[int, Query(ge=0, le=MOST, description="The number of hits before the page.")]
Count = Annotated[int, Query(ge=1, le=500)]
Few = Annotated[int, Query(ge=1, le=PAGE)]
ShortText = Annotated[str, Field(max_length=200)]


class Question(BaseModel):
    """A question in the query language, or ``plain`` in English or French words."""

    query: str = Field("", max_length=2000)
    plain: bool = False
    case: str | None = Field(None, max_length=100)
    reason: str = Field("", max_length=4000)
    limit: int = Field(1000, ge=0, le=MOST)


class ReasonOut(BaseModel):
    """Why a track answers a term of the question."""

    term: str
    says: str


class HitOut(BaseModel):
    """A track that answers. ``offset``: seconds on the timeline of its footage; ``score`` 0..1.

    No times where the clock of the recording is unknown.
    """

    track: str
    camera: str
    footage: str
    label: str
    start: str | None
    end: str | None
    offset: float
    seconds: float
    score: float
    grade: str
    reason: list[ReasonOut]


class HitsOut(BaseModel):
    """A page of hits; ``next``: the cursor of the page after it, none = it is the last."""

    hits: list[HitOut]
    next: int | None


class AnswerOut(BaseModel):
    """An answer and its first page. ``query``: as it was read; ``ignored``: words that were not understood.

    ``total``: all hits; ``kept``: those that can be paged; ``says``: what must be said with them: coverage,
    what could not be judged, how much of such a question is found; ``milliseconds``: what finding took.
    """

    id: str
    query: str
    ignored: list[str]
    total: int
    kept: int
    grades: dict[str, int]
    looked_at: int
    coverage: CoverageOut
    gaps: list[GapOut]
    gap_count: int
    facts: str
    says: list[str]
    milliseconds: float
    cameras: dict[str, str]
    page: HitsOut


class Marks(BaseModel):
    """What is to be noted about tracks; what is left out stays. ``trim``: the seconds that matter."""

    tracks: list[ShortText] = Field(min_length=1, max_length=1000)
    verdict: Literal["accepted", "rejected", "unsure", "new"] | None = None
    note: str | None = Field(None, max_length=2000)
    tags: list[ShortText] = Field(default_factory=list, max_length=50)
    untag: list[ShortText] = Field(default_factory=list, max_length=50)
    trim: Point | None = None
    case: str | None = Field(None, max_length=100)
    reason: str = Field("", max_length=4000)


class MarkOut(BaseModel):
    """What was decided and noted about a track, by whom (an id) and when."""

    track: str
    camera: str
    verdict: str
    by: str
    at: str
    tags: list[str]
    note: str
    trim: tuple[float, float] | None


def ask(here: Here, door: At, visit: Signed, body: Question) -> AnswerOut:
    """Ask a question; the answer's pages can be turned for half an hour."""
    answer = search(here, body.query, case=body.case, reason=body.reason, plain=body.plain, limit=body.limit)
    id_ = door.answers.keep(visit.owner, Asked(answer, body.case, body.reason), here.clock())
    return _answer(id_, answer)


def list_hits(
    here: Here, door: At, visit: Signed, answer: str, cursor: Cursor = 0, count: Count = PAGE
) -> HitsOut:
    """Turn to a page of an answer."""
    return _page(held_answer(here, door, visit, answer).answer, cursor, count)


def list_pictures(
    here: Here, door: At, visit: Signed, answer: str, cursor: Cursor = 0, count: Few = PAGE
) -> dict[str, str]:
    """Give masked pictures of a page of hits, by track, as ``data:`` addresses; one entry in the log."""
    held = held_answer(here, door, visit, answer)
    hits = held.answer.found.hits[cursor : cursor + count]
    if not hits:
        return {}
    found = pictures_of(here, [h.track for h in hits], case=held.case, reason=held.reason)
    return {track: data_url(data) for track, data in found.items()}


def show_picture(
    request: Request, here: Here, track: str, case: str | None = None, reason: str = ""
) -> Response:
    """Give a masked picture (JPEG) of one track."""
    found = pictures_of(here, [track], case=case, reason=reason)
    if track not in found:
        raise MissingError("there is no picture of such a track here")
    return ranged(request.headers, found[track], "image/jpeg")


def list_marks(here: Here, case: str | None = None, reason: str = "") -> list[MarkOut]:
    """List what was decided and noted, in a case or in one's own workspace."""
    return [_mark(m) for m in marks.list_marks(here, case=case, reason=reason)]


def save_marks(here: Here, body: Marks) -> list[MarkOut]:
    """Accept, reject or doubt hits, note, tag and trim them: all or none."""
    marking = Marking(body.verdict, body.note, tuple(body.tags), tuple(body.untag), body.trim)
    made = marks.mark_tracks(here, body.tracks, marking, case=body.case, reason=body.reason)
    return [_mark(m) for m in made]


def held_answer(here: Workspace, door: At, visit: Visit, id_: str) -> Asked:
    """The answer, if it may still be looked at: a case may have ended since it was given."""
    held = door.answers.find(id_, visit.owner, here.clock())
    for check in here.explain("search.attributes", case=held.case, reason=held.reason or None):
        if not check.holds:
            raise check.refusal()
    return held


def _answer(id_: str, a: Answer) -> AnswerOut:
    found = a.found
    return AnswerOut(
        id=id_,
        query=a.query,
        ignored=list(a.ignored),
        total=found.total,
        kept=len(found.hits),
        grades=found.grades,
        looked_at=found.looked_at,
        coverage=coverage(a.coverage),
        gaps=gaps(a.gaps[:GAPS]),
        gap_count=len(a.gaps),
        facts=a.facts,
        says=list(a.worth()),
        milliseconds=round(a.seconds * 1000, 1),
        cameras=a.cameras,
        page=_page(a, 0, PAGE),
    )


def _page(answer: Answer, cursor: int, count: int) -> HitsOut:
    hits = answer.found.hits
    after = cursor + count
    shown = [
        HitOut(
            track=h.track, camera=h.camera, footage=h.footage, label=h.label, start=utc(h.start),
            end=utc(h.end), offset=round(h.offset, 3), seconds=round(h.seconds, 3), score=h.score,
            grade=h.grade, reason=[ReasonOut(term=r.term, says=r.says) for r in h.reason],
        )
        for h in hits[cursor:after]
    ]  # fmt: skip
    return HitsOut(hits=shown, next=after if after < len(hits) else None)


def _mark(m: Mark) -> MarkOut:
    return MarkOut(
        track=m.track, camera=m.camera, verdict=m.verdict, by=m.by, at=m.at.isoformat(), tags=list(m.tags),
        note=m.note, trim=m.trim,
    )  # fmt: skip
