"""What a profile asks of cases; an emergency and its later approval; going on under a new profile."""

from pydantic import BaseModel, Field

from synopticon.acts import cases
from synopticon.governance.profile import Field as Asked
from synopticon.web.api.cases import LONGEST, NewCase, RequestOut, request_out
from synopticon.web.auth import Here


class NewEmergency(NewCase):
    """What a case is opened for at once, because a life is at risk: whose, and how."""

    reason: str = Field(max_length=LONGEST)


class FieldOut(BaseModel):
    """Something that the profile asks a case to state. ``unless``: [name, value] that makes it needless."""

    name: str
    kind: str
    ask: str
    choices: list[str]
    unless: list[str] | None
    must: str
    source: str


class AssessmentOut(BaseModel):
    """A registered impact assessment; ``current``: it describes today's settings."""

    digest: str
    signed: str
    opinion: str
    current: bool


class RulesOut(BaseModel):
    """What the profile asks of a case at its beginning, when it is renewed, at its end; 0 days: no limit.

    ``emergency``: the capabilities of the emergency path, for so many hours; 0 hours: there is none.
    """

    open: list[FieldOut]
    renew: list[FieldOut]
    close: list[FieldOut]
    days: int
    renewal_days: int
    approvals: int
    independent: bool
    emergency_hours: int
    emergency: list[str]
    assessments: list[AssessmentOut]


def show_rules(here: Here) -> RulesOut:
    """Say what the profile in force asks of a case."""
    profile, limits, now = here.profile, here.profile.limits, here.configuration()
    asked = {
        stage: [_field(one) for one in profile.fields if one.stage.value == stage]
        for stage in ("open", "renew", "close")
    }
    return RulesOut(
        **asked,
        days=limits.case_days,
        renewal_days=limits.renewal_days,
        approvals=limits.approvals,
        independent=limits.independent,
        emergency_hours=limits.emergency_hours,
        emergency=list(limits.emergency),
        assessments=[
            AssessmentOut(
                digest=d.digest,
                signed=d.signed.isoformat(),
                opinion=d.opinion,
                current=d.configuration == now,
            )
            for d in here.cases.dpias()
        ],
    )


def declare_emergency(here: Here, body: NewEmergency) -> RequestOut:
    """Open a case at once because a life is at risk; approvers and DPO are told, and it lapses soon."""
    return request_out(cases.declare_emergency(here, body.terms(), body.reason))


def regularise_case(here: Here, case: str, body: NewCase) -> RequestOut:
    """Ask for an emergency's approval, with all that the profile asks."""
    return request_out(cases.regularise(here, case, body.terms()))


def request_profile(here: Here, case: str) -> RequestOut:
    """Ask to go on with a case under the profile now in force."""
    return request_out(cases.request_profile(here, case))


def _field(field: Asked) -> FieldOut:
    return FieldOut(
        name=field.name,
        kind=field.kind.value,
        ask=field.ask,
        choices=list(field.choices),
        unless=list(field.unless) if field.unless else None,
        must=field.must,
        source=field.source.text,
    )
