"""Cases: list, show, open, ask for more, close. To approve takes a key, which stays with its owner."""

from fastapi import Response
from pydantic import BaseModel, Field

from synopticon.acts import cases
from synopticon.acts.cases import CaseInfo
from synopticon.errors import UsageError
from synopticon.governance.approval import Approval, ApprovalRequest
from synopticon.governance.case import Closing, Emergency, Terms
from synopticon.governance.grant import Scope, Window
from synopticon.web.api.fields import Moment
from synopticon.web.auth import Here
from synopticon.web.problems import MissingError

LONGEST = 4000  # characters of a text
MANY = 1000  # things in a list


class WindowModel(BaseModel):
    """A stretch of time, ``start <= t < end``."""

    start: Moment
    end: Moment


class ScopeModel(BaseModel):
    """Cameras (ids) in windows, and recordings by their SHA-256."""

    cameras: list[str] = Field(default_factory=list, max_length=MANY)
    windows: list[WindowModel] = Field(default_factory=list, max_length=MANY)
    digests: list[str] = Field(default_factory=list, max_length=MANY)

    def scope(self) -> Scope:
        """As the law of the house reads it."""
        windows = tuple(Window(w.start, w.end) for w in self.windows)
        return Scope(tuple(self.cameras), windows, tuple(self.digests))


class NewCase(BaseModel):
    """What a case is to be opened for."""

    purpose: str = Field(max_length=LONGEST)
    basis: str = Field(max_length=LONGEST)
    authorised_by: str = Field(max_length=LONGEST)
    capabilities: list[str] = Field(max_length=MANY)
    scope: ScopeModel
    until: Moment
    fields: dict[str, str] = Field(default_factory=dict, max_length=100)

    def terms(self) -> Terms:
        """As the law of the house reads it."""
        given, scope = tuple(self.capabilities), self.scope.scope()
        return Terms(
            self.purpose, self.basis, self.authorised_by, given, scope, self.until, dict(self.fields)
        )


class NewAllowance(BaseModel):
    """What a second person is to allow within a case; no scope: all of the case's."""

    capabilities: list[str] = Field(max_length=MANY)
    reason: str = Field(max_length=LONGEST)
    tracks: list[str] = Field(default_factory=list, max_length=MANY)
    scope: ScopeModel | None = None


class NewEnd(BaseModel):
    """A later end of a case."""

    until: Moment
    fields: dict[str, str] = Field(default_factory=dict, max_length=100)


class CaseEnd(BaseModel):
    """How a case ended."""

    outcome: str = Field(max_length=LONGEST)
    fields: dict[str, str] = Field(default_factory=dict, max_length=100)


class SignedFile(BaseModel):
    """The approval file, as 'synopticon case approve' wrote it."""

    file: str = Field(max_length=100_000)


class RequestOut(BaseModel):
    """What somebody asked for. ``digest``: its name; ``approve``: how an approver signs it."""

    digest: str
    case: str
    matter: str
    requester: str
    at: str
    signed: bool
    terms: dict[str, object]
    answers: list["TakenAnswerOut"]
    approve: str


class TakenAnswerOut(BaseModel):
    """A second person's decision."""

    approver: str
    decision: str
    at: str
    comment: str


class ClosingOut(BaseModel):
    """How a case ended, and who said so."""

    by: str
    at: str
    outcome: str
    fields: dict[str, str]


class EmergencyOut(BaseModel):
    """That the case was opened because a life was at risk; ``lapses``: unless somebody approves it."""

    reason: str
    hours: int
    lapses: str


class AllowanceOut(BaseModel):
    """What a second person allowed within the case."""

    capabilities: list[str]
    until: str
    reason: str
    tracks: list[str]


class CaseOut(BaseModel):
    """A case and where it stands. ``works``: whether anything may be done in it; ``why``: in a sentence.

    ``names``: of those who signed something in it, by id.
    """

    id: str
    state: str
    works: bool
    why: str
    purpose: str
    basis: str
    authorised_by: str
    capabilities: list[str]
    scope: ScopeModel
    opened: str
    until: str
    requester: str
    names: dict[str, str]
    fields: dict[str, str]
    notes: list[str]
    allowances: list[AllowanceOut]
    requests: list[RequestOut]
    emergency: EmergencyOut | None
    closing: ClosingOut | None


def list_cases(here: Here) -> list[CaseOut]:
    """List the cases of one's own unit, oldest first."""
    return [_case(info) for info in cases.list_cases(here)]


def show_case(here: Here, case: str) -> CaseOut:
    """Show a case and where it stands."""
    return _case(cases.show_case(here, case))


def open_case(here: Here, body: NewCase) -> RequestOut:
    """Ask for a case; it works once the profile's approvals are there."""
    return request_out(cases.open_case(here, body.terms()))


def request_allowance(here: Here, case: str, body: NewAllowance) -> RequestOut:
    """Ask for what needs a second person: clear pictures, exports, a search by look."""
    scope = body.scope.scope() if body.scope else None
    asked = cases.request_allowance(
        here, case, tuple(body.capabilities), body.reason, scope=scope, tracks=tuple(body.tracks)
    )
    return request_out(asked)


def extend_case(here: Here, case: str, body: NewEnd) -> RequestOut:
    """Ask for a later end."""
    return request_out(cases.extend_case(here, case, body.until, body.fields))


def close_case(here: Here, case: str, body: CaseEnd) -> CaseOut:
    """Close a case with its outcome; what was worked out for it alone is destroyed."""
    cases.close_case(here, case, body.outcome, body.fields)
    return _case(cases.show_case(here, case))


def take_answer(here: Here, case: str, body: SignedFile) -> CaseOut:
    """Bring in what an approver signed; it is verified before it is kept."""
    data = body.file.strip().encode()
    if Approval.read(data).case != case:
        raise UsageError("this approval is of another case: use it there")
    cases.take_approval(here, data)
    return _case(cases.show_case(here, case))


def download_request(here: Here, case: str, digest: str) -> Response:
    """Give the request file that an approver signs elsewhere, with 'synopticon case approve'."""
    for request in cases.show_case(here, case).case.requests:
        if request.digest == digest:
            name = f"{digest[:16]}.request.json"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(request.file(), media_type="application/json", headers=headers)
    raise MissingError("the case has no such request")


def _case(info: CaseInfo) -> CaseOut:
    case, standing = info.case, info.standing
    terms = standing.terms
    return CaseOut(
        id=case.id,
        state=standing.state.value,
        works=standing.works,
        why=standing.why,
        purpose=terms.purpose,
        basis=terms.basis,
        authorised_by=terms.authorised_by,
        capabilities=list(terms.capabilities),
        scope=_scope(terms.scope),
        opened=case.opened.isoformat(),
        until=standing.until.isoformat(),
        requester=case.requester,
        names=dict(info.names),
        fields=dict(terms.fields),
        notes=list(standing.notes),
        allowances=[
            AllowanceOut(
                capabilities=list(a.capabilities),
                until=a.until.isoformat(),
                reason=a.reason,
                tracks=list(a.tracks),
            )
            for a in standing.allowances
        ],
        requests=[request_out(r, info) for r in case.requests],
        emergency=_emergency(case.emergency),
        closing=_closing(case.closing),
    )


def _emergency(found: Emergency | None) -> EmergencyOut | None:
    if found is None:
        return None
    return EmergencyOut(reason=found.reason, hours=found.hours, lapses=found.lapses.isoformat())


def _closing(end: Closing | None) -> ClosingOut | None:
    if end is None:
        return None
    return ClosingOut(by=end.by, at=end.at.isoformat(), outcome=end.outcome, fields=dict(end.fields))


def _scope(scope: Scope) -> ScopeModel:
    windows = [WindowModel(start=w.start, end=w.end) for w in scope.windows]
    return ScopeModel(cameras=list(scope.cameras), windows=windows, digests=list(scope.digests))


def request_out(request: ApprovalRequest, info: CaseInfo | None = None) -> RequestOut:
    """A request as it is shown, with its answers as far as the case is given."""
    answers = [a for a in info.case.approvals if a.request == request.digest] if info else []
    return RequestOut(
        digest=request.digest,
        case=request.case,
        matter=request.matter.value,
        requester=request.requester,
        at=request.at.isoformat(),
        signed=bool(request.key),
        terms=request.said,
        answers=[
            TakenAnswerOut(
                approver=a.approver, decision=a.decision.value, at=a.at.isoformat(), comment=a.comment
            )
            for a in answers
        ],
        approve=f"synopticon case approve {request.digest[:16]}.request.json --key FILE --output APPROVAL",
    )
