"""Requests of persons filmed: taken in, looked for, decided, extended, read; the form to ask with."""

from typing import Annotated, Literal

from fastapi import Path, Query, Response
from pydantic import BaseModel, Field

from synopticon.acts import requests
from synopticon.acts.answer_job import ask_for_answer
from synopticon.acts.request_papers import form_of
from synopticon.acts.request_reading import looks_of, notice_of
from synopticon.acts.request_search import candidates
from synopticon.acts.requests import DemandInfo
from synopticon.acts.search import Answer
from synopticon.acts.workspace import Workspace
from synopticon.governance.demand import Person, Right
from synopticon.governance.documents.render import html
from synopticon.governance.grant import Window
from synopticon.governance.rights import law_of
from synopticon.web.api.cameras import CoverageOut, coverage
from synopticon.web.api.fields import Moment, data_url, utc
from synopticon.web.api.jobs import JobOut, job_out
from synopticon.web.auth import Here
from synopticon.web.papers import alone
from synopticon.web.problems import MissingError

LONGEST = 4000  # characters of a text
FEW = 50  # candidates that are shown
Language = Literal["fr", "en"]
Ref = Annotated[str, Path(max_length=100, description="Number of the request.")]
Contact = Annotated[str, Query(max_length=500, description="Where the person can write.")]
Rights = Literal["access", "erasure", "restriction", "objection"]


class NewDemand(BaseModel):
    """Who asks for what. ``identity``: the kind of document that was seen; no number, no copy, no face."""

    right: Rights
    cameras: list[Annotated[str, Field(max_length=200)]] = Field(min_length=1, max_length=1000)
    start: Moment
    end: Moment
    name: str = Field(max_length=500)
    description: str = Field(max_length=LONGEST)
    identity: str = Field(max_length=500)


class DecisionIn(BaseModel):
    """Granted for these tracks, or refused on a ground (its name)."""

    tracks: list[Annotated[str, Field(max_length=200)]] = Field(default_factory=list, max_length=1000)
    ground: str = Field("", max_length=100)
    reason: str = Field("", max_length=LONGEST)


class MoreTime(BaseModel):
    """Why it takes longer; the notice says it."""

    reason: str = Field(max_length=LONGEST)


class AnswerIn(BaseModel):
    """Where the person can write; the letter says it."""

    contact: str = Field("", max_length=500)


class QuestionIn(BaseModel):
    """Who is looked for, in the query language or in plain words; nothing: everybody in the window."""

    query: str = Field("", max_length=2000)
    plain: bool = False


class DemandDecisionOut(BaseModel):
    """What was decided, by whom (an id)."""

    granted: bool
    ground: str
    by: str
    at: str
    tracks: list[str]


class DemandOut(BaseModel):
    """A request and where it stands. ``due``, ``first_due``: days; an extension is sent by the first one."""

    id: str
    right: Rights
    stage: Literal["open", "granted", "refused", "answered"]
    cameras: list[str]
    start: str
    end: str
    opened: str
    seen_by: str
    due: str
    first_due: str
    days_left: int
    overdue: bool
    extended: str | None
    answered: str | None
    decision: DemandDecisionOut | None
    notes: list[str]


class LegalGroundOut(BaseModel):
    """A ground on which a request of this kind may be refused, in both languages, with its source."""

    name: str
    en: str
    fr: str
    source: str


class DemandFullOut(DemandOut):
    """The same with the words that are kept sealed; none where they were destroyed."""

    name: str | None
    description: str | None
    identity: str | None
    reasons: dict[str, str]
    grounds: list[LegalGroundOut]


class DemandCandidateOut(BaseModel):
    """A track that may be the person; ``picture``: masked, as a ``data:`` address, empty: none."""

    track: str
    camera: str
    label: str
    start: str | None
    seconds: float
    reason: list[str]
    picture: str


class DemandCandidatesOut(BaseModel):
    """The first of those that answer; ``says``: what must be said with them."""

    query: str
    total: int
    candidates: list[DemandCandidateOut]
    coverage: CoverageOut
    says: list[str]


class LookOut(BaseModel):
    """An act that touched the tracks; ``how``: it named one, or its scope reached them."""

    entry: int
    at: str
    capability: str
    operation: str
    how: Literal["named", "scope"]
    why: str
    recipient: str
    who: str | None


class LooksOut(BaseModel):
    """All of them; ``erased``: acts of which only their time is known any more."""

    looks: list[LookOut]
    erased: int


def list_demands(here: Here) -> list[DemandOut]:
    """List the requests, oldest first, with the days that are left; no name is opened."""
    return [_demand(info) for info in requests.list_requests(here)]


def open_demand(here: Here, body: NewDemand) -> DemandFullOut:
    """Take a request in: from now on nothing in its window is destroyed until it was answered."""
    person = Person(body.name, body.description, body.identity)
    window = Window(body.start, body.end)
    made = requests.open_request(here, Right(body.right), body.cameras, window, person)
    return _full(here, made, person)


def show_demand(here: Here, request: Ref) -> DemandFullOut:
    """Show a request with its words, and the grounds on which it may be refused."""
    _there(here, request)
    return _full(here, requests.show_request(here, request))


def search_demand(here: Here, request: Ref, body: QuestionIn) -> DemandCandidatesOut:
    """Look for the person in the place and time of the request alone; pictures are masked."""
    _there(here, request)
    answer, pictures = candidates(here, request, body.query, plain=body.plain, limit=FEW)
    return _candidates(answer, pictures)


def decide_demand(here: Here, request: Ref, body: DecisionIn) -> DemandOut:
    """Grant a request for the tracks that a human says are the person, or refuse it on a legal ground."""
    _there(here, request)
    made = requests.decide_request(
        here, request, tracks=tuple(body.tracks), ground=body.ground, reason=body.reason
    )
    return _demand(made)


def extend_demand(here: Here, request: Ref, body: MoreTime) -> DemandOut:
    """Take two more months; the notice of it must be sent inside the first."""
    _there(here, request)
    return _demand(requests.extend_request(here, request, body.reason)[0])


def show_notice(here: Here, request: Ref, language: Language = "fr", contact: Contact = "") -> Response:
    """Give the notice of an extension, to be printed."""
    _there(here, request)
    return alone(html(notice_of(here, request, language, contact)).encode())


def list_looks(here: Here, request: Ref) -> LooksOut:
    """List who looked at the tracks of a granted request; names of staff only where the law gives them."""
    _there(here, request)
    told = looks_of(here, request)
    named = law_of(here.profile).staff_names
    looks = [
        LookOut(
            entry=t.entry, at=t.at.isoformat(), capability=t.capability, operation=t.operation,
            how=t.how.value, why=t.why, recipient=t.recipient, who=t.who if named else None,
        )
        for t in told.touches
    ]  # fmt: skip
    return LooksOut(looks=looks, erased=told.erased)


def answer_demand(here: Here, request: Ref, body: AnswerIn) -> JobOut:
    """Send the answer of a request that was decided: a job, whose file is the package with its letters."""
    _there(here, request)
    return job_out(here, ask_for_answer(here, request, body.contact))


def show_form(here: Here, language: Language = "fr", contact: Contact = "") -> Response:
    """Give the form to ask with, to be printed; it holds nothing of anybody."""
    return alone(html(form_of(here, language, contact)).encode())


def _there(here: Workspace, request: str) -> None:
    if here.demands.find(request) is None:
        raise MissingError("there is no such request here: see the list of requests")


def _demand(info: DemandInfo) -> DemandOut:
    return DemandOut.model_validate(_stated(info))


def _full(here: Workspace, info: DemandInfo, person: Person | None = None) -> DemandFullOut:
    who, right = person or info.person, info.demand.right
    grounds = [
        LegalGroundOut(name=name, en=said.words["en"], fr=said.words["fr"], source=said.source)
        for name, (rights, said) in law_of(here.profile).grounds.items()
        if right in rights
    ]
    words = ("name", "description", "identity")
    sealed = {word: getattr(who, word) if who else None for word in words}
    return DemandFullOut.model_validate(
        {**_stated(info), **sealed, "reasons": info.reasons or {}, "grounds": grounds}
    )


def _stated(info: DemandInfo) -> dict[str, object]:
    """What the act states of a request, with its one window and its first deadline."""
    demand = info.demand
    window = demand.scope.windows[0]
    stated = {k: v for k, v in requests.stated(info).items() if k != "windows"}
    more = {"start": utc(window.start), "end": utc(window.end), "first_due": demand.first_due.isoformat()}
    return {**stated, **more}


def _candidates(answer: Answer, pictures: dict[str, bytes]) -> DemandCandidatesOut:
    found = [
        DemandCandidateOut(
            track=h.track, camera=h.camera, label=h.label, start=utc(h.start), seconds=round(h.seconds, 3),
            reason=[r.says for r in h.reason],
            picture=data_url(pictures[h.track]) if h.track in pictures else "",
        )
        for h in answer.found.hits
    ]  # fmt: skip
    return DemandCandidatesOut(
        query=answer.query, total=answer.found.total, candidates=found, coverage=coverage(answer.coverage),
        says=list(answer.worth()),
    )  # fmt: skip
