"""The one function that decides. What no rule allows is refused, and every decision names its rule.

``decide`` walks a list of checks, in the order in which they stand in ``CHECKS``; the first that fails
refuses. ``explain`` walks the same list to its end and shows every line. Both are pure: everything they look
at is in ``Facts``, which an act has gathered.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from types import MappingProxyType

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.capability import CAPABILITIES, FOOTAGE, HOUSE
from synopticon.governance.case import (
    Allowance,
    Case,
    Dpia,
    Standing,
    State,
    check_text,
    spread_all,
    stand,
)
from synopticon.governance.demand import RULE_OPEN, Demand
from synopticon.governance.grant import NOTHING, Grant, Scope, _mint
from synopticon.governance.profile import Need, Profile, Rule
from synopticon.governance.users import Method, Role, SignIn, User

SLACK = timedelta(seconds=60)  # by so much a clock may be set back without a word (NTP)
_FIRST = ("workspace.init", "user.add", "key.make")  # before there is any user
_NEW_CASE = ("case.open",)
_OWN_CASE = ("case.open", "case.emergency")  # they name no case that exists


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody looks, in words; one reason may cover a selection of tracks, or a session.

    ``tracks``: ids of the tracks that it covers; each is listed in the log.
    """

    text: str
    tracks: tuple[str, ...] = ()
    session: str = ""

    def lines(self) -> tuple[str, ...]:
        """One line a track, for the log and for the list that a person filmed may ask for."""
        return tuple(f"{track}: {self.text}" for track in self.tracks) or (self.text,)


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks to do. ``scope`` left empty means all of the case's; ``about``: a camera's id.

    ``demand``: the request of a person filmed that it serves.
    """

    capability: str
    actor: str
    sign_in: SignIn
    case: str | None = None
    scope: Scope = NOTHING
    reason: Reason | None = None
    about: str = ""
    demand: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision rests on. ``users``: those whose keys signed something in the case, by id.

    ``since``: when the workspace was made; ``witnessed``: when another last cosigned the log; ``latest``:
    time of the log's last entry (all UTC). ``configuration``: digest of the settings a DPIA must describe.
    ``requesters``: who asked for the open cases whose scope names the camera ``Request.about``.
    ``empty``: the workspace has no user yet. ``demand``: the request of a person filmed that is served.
    """

    profile: Profile
    since: datetime
    organisation: str = ""
    user: User | None = None
    case: Case | None = None
    users: Mapping[str, User] = field(default_factory=lambda: MappingProxyType({}))
    witnessed: datetime | None = None
    latest: datetime | None = None
    dpia: Dpia | None = None
    configuration: str = ""
    requesters: frozenset[str] = frozenset()
    empty: bool = False
    demand: Demand | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a decision: the rule, whether it holds, what it says, what to do, which text it is from."""

    rule: str
    holds: bool
    says: str
    remedy: str = ""
    source: str = ""

    def __str__(self) -> str:
        return f"{'yes' if self.holds else 'NO '} {self.rule}: {self.says}"

    def refusal(self) -> RefusedError:
        """What a check that does not hold says, to be raised."""
        return RefusedError(f"{self.says} (rule {self.rule}): {self.remedy}", self.rule)


def decide(request: Request, facts: Facts, now: datetime) -> Grant:
    """Return the permission for one act, or raise ``RefusedError`` with the name of the rule in ``.rule``."""
    ask = _Ask(request, facts, now)
    for check in ask.checks():
        if not check.holds:
            raise check.refusal()
    return _mint(
        case=ask.case.id if ask.case else None,
        actor=request.actor,
        capability=request.capability,
        scope=ask.scope,
        expires=ask.expires,
        rule=ask.deciding,
        profile=facts.profile.digest,
        unit=ask.unit,
    )


def explain(request: Request, facts: Facts, now: datetime) -> tuple[Check, ...]:
    """Return every check of the decision, those after the first refusal too, as far as they can be judged.

    It shows nothing of a case to those who may not see it: the list then ends at that line.
    """
    return tuple(_Ask(request, facts, now).checks())


@dataclass(frozen=True)
class _Ask:
    """A request with its facts, and what follows from both."""

    request: Request
    facts: Facts
    now: datetime

    def checks(self) -> Iterator[Check]:
        """The lines in order; none follows one without which the others cannot be judged."""
        for step in CHECKS:
            for check in step(self):
                yield check
                if not check.holds and check.rule in _LAST:
                    return

    @property
    def capability(self) -> str:
        return self.request.capability

    @property
    def profile(self) -> Profile:
        return self.facts.profile

    @cached_property
    def rule(self) -> Rule | None:
        """The profile's rule; None for what keeps the house."""
        return None if self.capability in HOUSE else self.profile.rule_for(self.capability)

    @cached_property
    def needs(self) -> frozenset[Need]:
        return self.rule.needs if self.rule else frozenset()

    @property
    def unit(self) -> str:
        return self.facts.user.unit if self.facts.user else ""

    @cached_property
    def case(self) -> Case | None:
        """The case that is asked for, if it is there and of the actor's unit (the program's: any)."""
        found, user = self.facts.case, self.facts.user
        system = user is not None and Role.SYSTEM in user.roles
        seen = found is not None and found.id == self.request.case and (system or found.unit == self.unit)
        return found if seen else None

    @cached_property
    def standing(self) -> Standing | None:
        if self.case is None:
            return None
        return stand(self.case, self.profile, self.facts.users, self.now)

    @property
    def emergency(self) -> bool:
        return self.standing is not None and self.standing.state is State.EMERGENCY

    @cached_property
    def allowance(self) -> Allowance | None:
        """What a second person allowed that covers the request; of several, what lasts longest."""
        if self.standing is None or Need.APPROVAL not in self.needs:
            return None
        found = [one for one in self.standing.allowances if self.covered(one)]
        return max(found, key=lambda one: one.until, default=None)

    def covered(self, one: Allowance) -> bool:
        """Whether the request lies wholly within what was allowed."""
        tracks = set(self.request.reason.tracks if self.request.reason else ())
        if self.capability not in spread_all(one.capabilities):
            return False
        if one.tracks and not (tracks and tracks <= set(one.tracks)):
            return False
        if one.scope is None:
            return True
        within = self.standing is not None and self.standing.terms.scope.holds(one.scope)
        return within and (self.request.scope == NOTHING or one.scope.holds(self.request.scope))

    @cached_property
    def scope(self) -> Scope:
        """What the grant covers: what was asked for, else all that may be had."""
        if self.request.scope != NOTHING or self.standing is None:
            return self.request.scope
        if self.capability not in FOOTAGE:
            return NOTHING
        limited = self.allowance.scope if self.allowance else None
        return self.standing.terms.scope if limited is None else limited

    @property
    def expires(self) -> datetime:
        ends = [self.now + timedelta(hours=self.profile.limits.grant_hours)]
        if self.standing is not None and self.capability in FOOTAGE:
            ends.append(self.standing.until)
        if self.allowance is not None:
            ends.append(self.allowance.until)
        return min(ends)

    @property
    def deciding(self) -> str:
        """The name of the rule that gave the permission."""
        if self.emergency and self.capability in FOOTAGE:
            return "emergency.path"
        if self.rule is not None:
            return self.rule.name
        roles = sorted(role for role in (self.facts.user.roles if self.facts.user else ()))
        return f"role.{roles[0]}" if roles else "house.alone"


# --- the checks, in their order ----------------------------------------------------------------------------


def _capability(ask: _Ask) -> Iterator[Check]:
    known = ask.capability in CAPABILITIES
    says = f"{ask.capability!r} is {'on' if known else 'not on'} the closed list of capabilities"
    yield Check("capability.known", known, says, "choose one of 'synopticon capabilities'")


def _clock(ask: _Ask) -> Iterator[Check]:
    latest = ask.facts.latest
    holds = latest is None or ask.now >= latest - SLACK
    says = "the clock has not gone back"
    if latest is not None and not holds:
        says = f"the clock says {ask.now.isoformat()}, but the log's last entry is of {latest.isoformat()}"
    yield Check("clock.not-back", holds, says, "set the clock of this machine right")


def _organisation(ask: _Ask) -> Iterator[Check]:
    owner = ask.facts.organisation
    holds = not owner or ask.profile.organisation
    says = f"the profile {ask.profile.label} may be used {f'by {owner}' if owner else 'here'}"
    if not holds:
        says = f"this workspace was declared to {owner}, where the profile {ask.profile.name} has no place"
    remedy = "choose a profile of an organisation with 'synopticon init --profile'"
    yield Check(f"{ask.profile.name}.no-organisation", holds, says, remedy)


def _profile(ask: _Ask) -> Iterator[Check]:
    rule = ask.rule
    if rule is None:
        return
    holds = ask.profile.allows(ask.capability)
    filled = bool(rule.source.text)
    why = rule.why if filled else f"{rule.why} (the template {ask.profile.name} is not filled in)"
    says = f"{ask.capability}: {why}"
    remedy = "use another capability, or a profile that fits your setting"
    yield Check(
        rule.name, holds, says, remedy if filled else "add the rule's source to the profile", rule.source.text
    )


def _user(ask: _Ask) -> Iterator[Check]:
    facts, request = ask.facts, ask.request
    if facts.empty and ask.capability in _FIRST:
        yield Check("house.first-user", True, "the workspace has no user yet")
        return
    user = facts.user
    system = user is not None and Role.SYSTEM in user.roles
    if not ask.profile.users and not system:
        alone = user is None or user.id == request.actor
        yield Check(
            "user.enrolled", alone, f"the profile {ask.profile.name} asks for no users", "sign in anew"
        )
        return
    holds = user is not None and user.active and user.id == request.actor
    says = f"{request.actor} is {'an' if holds else 'no'} enrolled and active user"
    yield Check("user.enrolled", holds, says, "ask an administrator for 'synopticon user add'")
    yield from _signed_in(ask, system)
    if user is not None:
        may = user.may(ask.capability)
        roles = ", ".join(sorted(user.roles)) or "no role"
        says = f"{user.name} ({roles}) {'may' if may else 'may not'} {ask.capability}"
        yield Check("role.may", may, says, "ask somebody whose role it is")


def _signed_in(ask: _Ask, system: bool) -> Iterator[Check]:
    sign_in = ask.request.sign_in
    proofs = [Method.TIMER] if system else [Method.PASSWORD, Method.KEY, Method.OIDC]
    if ask.capability == "user.password":
        proofs.append(Method.LINK)  # whom an administrator invited chooses a password, and does nothing else
    age = ask.now - sign_in.at
    fresh = -SLACK <= age <= timedelta(hours=ask.profile.limits.grant_hours)
    says = f"signed in by {sign_in.method} on {sign_in.host} at {sign_in.at.isoformat()}"
    yield Check("user.signed-in", sign_in.method in proofs and fresh, says, "run 'synopticon user login'")


def _authorised(ask: _Ask) -> Iterator[Check]:
    if Need.AUTHORISED not in ask.needs:
        return
    own = ask.facts.user.authorisation if ask.facts.user else None
    holds = own is not None and own.holds(ask.now.date())
    says = (
        f"own authorisation {own.number} of {own.on.isoformat()}" if own else "no authorisation of one's own"
    )
    source = ask.rule.source.text if ask.rule else ""
    yield Check(
        "user.authorised", holds, says, "ask an administrator to record a valid authorisation", source
    )


def _case(ask: _Ask) -> Iterator[Check]:
    verb = ask.capability.startswith("case.") and ask.capability not in (*_OWN_CASE, *FOOTAGE)
    wanted = ask.request.case is not None and ask.capability not in _OWN_CASE
    if ask.capability == "case.read" and not wanted:
        return  # the list of one's own unit
    if not (Need.CASE in ask.needs or verb or wanted):
        return
    if ask.request.case is None:
        remedy = "name a case with --case, or open one with 'synopticon case open'"
        yield Check("case.named", False, f"{ask.capability} needs a case", remedy)
        return
    # The same words for a case that is not there and for one of another unit: these are invisible.
    says = f"{ask.request.case} is {'a' if ask.case else 'no'} case of your unit"
    yield Check("case.of-unit", ask.case is not None, says, "see 'synopticon case list'")
    if ask.capability in FOOTAGE:
        yield from _standing(ask)


_STATES: Mapping[State, tuple[str, str]] = MappingProxyType(
    {
        State.OPEN: ("case.approved", "ask an approver with 'synopticon case request'"),
        State.REFUSED: ("case.approved", "open another case that answers the refusal"),
        State.CLOSED: ("case.not-closed", "open a new case"),
        State.EXPIRED: ("case.not-expired", "ask for an extension with 'synopticon case extend'"),
        State.LAPSED: ("emergency.not-lapsed", "ask an approver to approve it now, or close it"),
        State.SUSPENDED: (
            "case.profile-unchanged",
            "ask an approver to approve it under the profile in force",
        ),
        State.APPROVED: ("case.approved", ""),
        State.EMERGENCY: ("emergency.path", ""),
    }
)


def _standing(ask: _Ask) -> Iterator[Check]:
    standing = ask.standing
    if standing is None or ask.case is None:
        return
    rule, remedy = _STATES[standing.state]
    notes = "; ".join(standing.notes)
    yield Check(rule, standing.works, f"{ask.case.id} {standing.why}{f' ({notes})' if notes else ''}", remedy)
    given = ask.capability in spread_all(standing.terms.capabilities)
    says = f"{ask.case.id} {'gives' if given else 'does not give'} {ask.capability}"
    yield Check("case.capabilities", given, says, "open a case that asks for it")
    if ask.emergency:
        urgent = ask.capability in ask.profile.limits.emergency
        says = f"the emergency path {'gives' if urgent else 'does not give'} {ask.capability}"
        yield Check("emergency.capabilities", urgent, says, "wait for the approval")


def _demand(ask: _Ask) -> Iterator[Check]:
    """An open request of a person filmed stands where others need a case: in its own place and time."""
    if Need.REQUEST not in ask.needs:
        return
    found, named = ask.facts.demand, ask.request.demand
    open_ = found is not None and found.id == named and found.answered is None
    says = f"{named or 'nothing'} is {'an' if open_ else 'no'} open request of a person filmed"
    yield Check(RULE_OPEN, open_, says, "open one with 'synopticon request open'")
    if open_ and found is not None:
        yield from _within(ask.request.scope, found.scope, "request")


def _scope(ask: _Ask) -> Iterator[Check]:
    if ask.capability not in FOOTAGE:
        return
    if ask.standing is not None:
        yield from _within(ask.request.scope, ask.standing.terms.scope, "case")
    elif Need.NAMED_FILES in ask.needs:
        scope = ask.request.scope
        named = bool(scope.digests) and not scope.cameras
        what = "recordings named one by one" if named else "more than named recordings"
        says = f"{ask.capability} is of {what}"
        yield Check("scope.named-files", named, says, "name each file on the command line")


def _within(asked: Scope, given: Scope, of: str) -> Iterator[Check]:
    """Whether what is asked for lies in the scope of a case, or of a request."""
    more = f"open another {of}"
    others = sorted(set(asked.cameras) - set(given.cameras))
    says = (
        f"outside the {of}'s cameras: {', '.join(others)}"
        if others
        else f"all cameras are in the {of}'s scope"
    )
    yield Check("scope.cameras", not others, says, f"keep to the {of}'s cameras, or {more}")
    late = [str(w) for w in asked.windows if not any(mine.holds(w) for mine in given.windows)]
    says = f"outside the {of}'s hours: {', '.join(late)}" if late else f"all hours are in the {of}'s scope"
    yield Check("scope.windows", not late, says, f"keep to the {of}'s hours, or {more}")
    strange = sorted(set(asked.digests) - set(given.digests))
    says = f"recordings outside the {of}: {', '.join(strange)}" if strange else "all recordings are in scope"
    yield Check("scope.recordings", not strange, says, f"keep to the {of}'s recordings, or {more}")


def _second_person(ask: _Ask) -> Iterator[Check]:
    if Need.APPROVAL in ask.needs and ask.standing is not None:
        if ask.emergency:
            yield Check(
                "emergency.path", True, "an emergency waits for no approval; it is told to the approvers"
            )
        else:
            found = ask.allowance
            says = f"a second person allowed {ask.capability}: {found.reason}" if found else ""
            says = says or f"no second person has allowed {ask.capability} for this scope and these tracks"
            remedy = "ask an approver with 'synopticon case request --allow'"
            source = ask.rule.source.text if ask.rule else ""
            yield Check("approval.second-person", found is not None, says, remedy, source)
    if ask.capability == "case.approve" and ask.case is not None:
        other = ask.case.requester != ask.request.actor
        says = "the approver is not the requester" if other else "nobody approves their own case"
        yield Check("approval.not-own", other, says, "ask another approver of the unit")


def _reason(ask: _Ask) -> Iterator[Check]:
    if Need.REASON not in ask.needs:
        return
    reason = ask.request.reason
    try:
        check_text("reason", reason.text if reason else "")
    except UsageError as error:
        yield Check("reason.given", False, str(error).split(":", maxsplit=1)[0], "give --reason in words")
    else:
        yield Check("reason.given", True, "a reason is given")


def _new_case(ask: _Ask) -> Iterator[Check]:
    if ask.capability not in _NEW_CASE:
        return
    limits, facts = ask.profile.limits, ask.facts
    if limits.dpia:
        holds, says = _dpia(facts.dpia, facts.configuration, limits.dpia_days, ask.now)
        source = limits.sources["dpia"].text
        yield Check("dpia.current", holds, says, "register one that describes today's settings", source)
    if limits.witness_days:
        last = max(filter(None, (facts.witnessed, facts.since)))
        holds = ask.now - last <= timedelta(days=limits.witness_days)
        when = facts.witnessed.isoformat() if facts.witnessed else "never"
        says = f"the log was last witnessed: {when} (at most {limits.witness_days} days ago)"
        source = limits.sources["witness"].text
        yield Check(
            "witness.recent", holds, says, "run 'synopticon audit witness' with a second person", source
        )


def _dpia(dpia: Dpia | None, configuration: str, days: int, now: datetime) -> tuple[bool, str]:
    if dpia is None:
        return False, "no impact assessment is registered"
    about = f"the impact assessment {dpia.digest[:16]}, signed by {dpia.signatory} on {dpia.signed}"
    if dpia.configuration != configuration:
        return False, f"{about}, is out of date: the settings changed since"
    if days and now.date() - dpia.signed > timedelta(days=days):
        return False, f"{about}, is older than {days} days"
    return True, f"{about}, describes these settings (DPO: {dpia.opinion})"


def _set_clock(ask: _Ask) -> Iterator[Check]:
    if ask.capability != "camera.clock" or not ask.profile.users:
        return
    holds = ask.request.actor not in ask.facts.requesters
    says = f"{ask.request.actor} {'did not ask' if holds else 'asked'} for a case with this camera"
    yield Check("clock.not-by-requester", holds, says, "ask somebody else to set the camera's clock")


CHECKS: tuple[Callable[[_Ask], Iterator[Check]], ...] = (
    _capability,
    _clock,
    _organisation,
    _profile,
    _user,
    _authorised,
    _case,
    _demand,
    _scope,
    _second_person,
    _reason,
    _new_case,
    _set_clock,
)
# After these nothing else can be judged, or may be shown.
_LAST = frozenset(
    {"capability.known", "user.enrolled", "user.signed-in", "role.may", "case.named", "case.of-unit"}
)
