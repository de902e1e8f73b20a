"""Cases: open, ask, approve, bring in what was approved elsewhere, extend, close, show; DPIA and profile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from synopticon.acts.workspace import Workspace
from synopticon.errors import RefusedError, UsageError
from synopticon.governance import asking
from synopticon.governance.approval import (
    Approval,
    ApprovalRequest,
    Decision,
    approve,
    check_approval,
    independent,
)
from synopticon.governance.asking import Asker
from synopticon.governance.capability import Operation
from synopticon.governance.case import (
    Case,
    Closing,
    Dpia,
    Standing,
    Terms,
    check_closing,
    check_dpia,
    new_id,
    stand,
)
from synopticon.governance.emergency import notices
from synopticon.governance.grant import Scope
from synopticon.governance.keys import SigningKey
from synopticon.governance.profile import Profile, difference
from synopticon.governance.users import User

OPERATION = Operation.ALTERATION
_Make = Callable[[Asker], ApprovalRequest]
_MakeIn = Callable[[Asker, Case, Mapping[str, User]], ApprovalRequest]


@dataclass(frozen=True, slots=True)
class CaseInfo:
    """A case and where it stands now. ``names``: of those who signed something in it, by id."""

    case: Case
    standing: Standing
    names: Mapping[str, str]


def open_case(workspace: Workspace, terms: Terms, *, key: SigningKey | None = None) -> ApprovalRequest:
    """Open a case; it works once the profile's approvals are there. ``key``: the requester's, who signs."""
    case, dpias = new_id("case"), workspace.cases.dpias()
    asked = _checked(workspace, "case.open", lambda who: asking.ask_open(who, case, terms, dpias), key)
    with workspace.act("case.open", payload=_said(asked)):
        workspace.cases.add_request(asked)
    return asked


def declare_emergency(
    workspace: Workspace, terms: Terms, reason: str, *, key: SigningKey | None = None
) -> ApprovalRequest:
    """Open a case at once because a life is at risk; approvers and DPO are told."""
    case, dpias = new_id("case"), workspace.cases.dpias()
    asked = _checked(
        workspace, "case.emergency", lambda who: asking.ask_emergency(who, case, terms, reason, dpias), key
    )
    with workspace.act("case.emergency", reason=reason, payload=_said(asked)) as act:
        workspace.cases.add_request(asked)
        told = notices(Case(case, (asked,)), workspace.people.users(), iter(lambda: new_id("notice"), None))
        workspace.cases.add_notices(told)
        act.note(told=[one.user for one in told])
    return asked


def regularise(
    workspace: Workspace, case: str, terms: Terms, *, key: SigningKey | None = None
) -> ApprovalRequest:
    """Ask for an emergency's approval, with all that the profile asks."""
    dpias = workspace.cases.dpias()
    return _ask(workspace, case, lambda who, _case, _users: asking.ask_open(who, case, terms, dpias), key)


def extend_case(
    workspace: Workspace,
    case: str,
    until: datetime,
    fields: Mapping[str, str] = MappingProxyType({}),
    *,
    key: SigningKey | None = None,
) -> ApprovalRequest:
    """Ask for a later end."""
    return _ask(
        workspace, case, lambda who, found, users: asking.ask_extension(who, found, until, fields, users), key
    )


def request_allowance(
    workspace: Workspace,
    case: str,
    capabilities: tuple[str, ...],
    reason: str,
    *,
    scope: Scope | None = None,
    tracks: tuple[str, ...] = (),
    key: SigningKey | None = None,
) -> ApprovalRequest:
    """Ask for what needs a second person: clear pictures, exports, a search by look."""
    return _ask(
        workspace,
        case,
        lambda who, found, users: asking.ask_allowance(
            who, found, capabilities, reason, users, scope=scope, tracks=tracks
        ),
        key,
    )


def request_profile(workspace: Workspace, case: str, *, key: SigningKey | None = None) -> ApprovalRequest:
    """Ask to go on under the profile in force."""
    return _ask(workspace, case, lambda who, found, _users: asking.ask_profile(who, found), key)


def approve_here(
    workspace: Workspace,
    request: str,
    key: SigningKey,
    *,
    case: str,
    decision: Decision = Decision.APPROVE,
    comment: str = "",
) -> Approval:
    """Sign a request (by its digest) as who is signed in, at the workspace itself."""
    asked = _request(_case(workspace, case), request)
    actor, now = workspace.actor, workspace.clock()
    with workspace.act(
        "case.approve", case=case, payload={"request": request, "decision": decision.value}
    ) as act:
        made = approve(asked, key, actor.id, actor.sign_in, now, decision=decision, comment=comment)
        _take(workspace, asked, replace(made, received=now))
        act.note(independent=independent(made, asked)[1])
    return made


def take_approval(workspace: Workspace, file: bytes) -> Approval:
    """Bring in what an approver signed, wherever they did; verified before it is kept."""
    now = workspace.clock()
    approval = Approval.read(file, now)
    asked = _request(_case(workspace, approval.case), approval.request)
    said = {**approval.plain(), "independent": independent(approval, asked)[1]}
    with workspace.act("case.answer", case=approval.case, payload=said):
        _take(workspace, asked, approval)
    return approval


def close_case(
    workspace: Workspace, case: str, outcome: str, fields: Mapping[str, str] = MappingProxyType({})
) -> Closing:
    """Close a case with its outcome, and the fields (closing report) that the profile asks.

    What tracks look like was worked out for this case alone: it is destroyed with it.
    """
    closing = Closing(workspace.actor.id, workspace.clock(), outcome, dict(fields))
    check_closing(closing, _case(workspace, case), workspace.profile, closing.at)
    with workspace.act("case.close", case=case, payload={"outcome": outcome, "fields": dict(fields)}) as act:
        workspace.cases.close(case, closing)
        act.note(descriptors=workspace.descriptors.forget(act.grant, case))
    return closing


def list_cases(workspace: Workspace) -> tuple[CaseInfo, ...]:
    """The cases of one's own unit, oldest first."""
    with workspace.act("case.read") as act:
        found = tuple(_info(workspace, case) for case in workspace.cases.cases(_user(workspace).unit))
        act.note(cases=len(found))
    return found


def show_case(workspace: Workspace, case: str) -> CaseInfo:
    """One case of one's own unit, and where it stands."""
    with workspace.act("case.read", case=case):
        return _info(workspace, _case(workspace, case))


def register_dpia(workspace: Workspace, dpia: Dpia) -> Dpia:
    """Register an impact assessment as one that describes today's settings."""
    made = replace(check_dpia(dpia, workspace.clock()), configuration=workspace.configuration())
    said = {"digest": made.digest, "signatory": made.signatory, "signed": made.signed.isoformat()}
    said |= {"dpo": made.dpo, "opinion": made.opinion, "configuration": made.configuration}
    with workspace.act("dpia.register", payload=said):
        workspace.cases.register_dpia(made, workspace.clock())
    return made


def change_profile(workspace: Workspace, profile: Profile) -> Profile:
    """Put another profile in force; open cases stop until they are approved again."""
    owner, rule = workspace.settings.organisation, f"{profile.name}.no-organisation"
    if owner and not profile.organisation:
        text = f"the profile {profile.name} has no place in the workspace of {owner} (rule {rule})"
        raise workspace.refuse("profile.change", RefusedError(f"{text}: choose another", rule))
    differs = [str(one) for one in difference(profile)]
    said = {"before": workspace.profile.digest, "after": profile.digest, "name": profile.label}
    with workspace.act("profile.change", payload={**said, "difference": differs}):
        workspace.cases.use_profile(profile, workspace.clock())
    return profile


# --- shared ------------------------------------------------------------------------------------------------


def _user(workspace: Workspace) -> User:
    actor = workspace.actor
    return workspace.people.user(actor.id) or User(actor.id, actor.name, "", frozenset())


def _case(workspace: Workspace, case: str) -> Case:
    """A case of one's own unit; one of another is not there, in the same words."""
    found = workspace.cases.case(case)
    if found is None or found.unit != _user(workspace).unit:
        text = f"{case} is no case of your unit (rule case.of-unit)"
        error = RefusedError(f"{text}: see 'synopticon case list'", "case.of-unit")
        raise workspace.refuse("case.read", error, case=case)
    return found


def _info(workspace: Workspace, case: Case) -> CaseInfo:
    users = workspace.cases.signers(case)
    names = {user.id: user.name for user in users.values()}
    return CaseInfo(case, stand(case, workspace.profile, users, workspace.clock()), names)


def _request(case: Case, digest: str) -> ApprovalRequest:
    for request in case.requests:
        if request.digest == digest:
            return request
    raise UsageError(
        f"{case.id} has no request {digest[:16]}: use a request file of this case as it was written"
    )


def _take(workspace: Workspace, asked: ApprovalRequest, approval: Approval) -> None:
    people = workspace.people
    check_approval(
        approval, asked, people.user(approval.approver), people.user(asked.requester), workspace.clock()
    )
    workspace.cases.add_approval(approval)


def _said(asked: ApprovalRequest) -> dict[str, object]:
    return {"request": asked.digest, "asked": asked.plain()}


def _checked(workspace: Workspace, capability: str, make: _Make, key: SigningKey | None) -> ApprovalRequest:
    """Make a request, signed if a key is given; what the profile refuses, or a wrong key, is logged."""
    checkpoint = workspace.log.checkpoint().text()
    now = workspace.clock()
    who = Asker(_user(workspace), workspace.actor.sign_in, workspace.profile, now, key, checkpoint)
    try:
        return make(who)
    except RefusedError as error:
        raise workspace.refuse(capability, error) from error


def _ask(workspace: Workspace, case: str, make: _MakeIn, key: SigningKey | None) -> ApprovalRequest:
    found = _case(workspace, case)
    users = workspace.cases.signers(found)
    asked = _checked(workspace, "case.extend", lambda who: make(who, found, users), key)
    with workspace.act("case.extend", case=case, payload=_said(asked)):
        workspace.cases.add_request(asked)
    return asked
