"""An investigation that is served, with a browser for each role and for another unit."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from synopticon.acts import cases, people
from synopticon.acts.search import search
from synopticon.governance.grant import Scope
from synopticon.governance.users import Role
from synopticon.web.limits import Buckets, Rate
from tests.investigation import WHY, investigate
from tests.organisation import PASSWORD
from tests.people import CAPABILITIES, DAY, FIELDS, terms
from tests.site import Site

ROLES = {
    Role.OPERATOR: "otto",
    Role.INVESTIGATOR: "ines",
    Role.APPROVER: "axel",
    Role.DPO: "dora",
    Role.AUDITOR: "uma",
    Role.ADMINISTRATOR: "ada",
}


def inquire(folder: Path) -> SimpleNamespace:
    """The investigation; ``foreign``: the case of another unit; ``tracks``: what may be found in ours."""
    with pytest.MonkeyPatch.context() as patch:
        made = investigate(folder, patch)
        workspace = made.workspace
        made.login("ada")
        people.add_user(workspace, "uma", "North", frozenset({Role.AUDITOR}), PASSWORD)
        made.login("sven")
        scope = Scope(digests=(FIELDS["dpia"],))
        asked = terms(until=workspace.clock() + 30 * DAY, fields=FIELDS, scope=scope)
        foreign = cases.open_case(workspace, asked).case
        made.login("ines")
        made.case = made.open_case(capabilities=(*CAPABILITIES, "statistics", "export.masked", "event.*"))
        hits = search(workspace, "object", case=made.case, reason=WHY).found.hits
        made.allow("view.unmasked", tracks=(hits[0].track,))  # of one track, and no other
        made.allow("export.masked")
    return SimpleNamespace(
        workspace=workspace, clock=made.clock, case=made.case, foreign=foreign, keys=made.keys,
        tracks=[h.track for h in hits], camera=workspace.cameras.find("gate").id, footage=made.footage,
    )  # fmt: skip


def site_of(inquiry) -> Site:
    """Where it is served, with signing in as often as tests like."""
    return Site(inquiry.workspace, sign_in=Buckets(Rate(10_000, 1000.0)))


def browsers_of(site: Site) -> dict:
    """A browser for each role, signed in; and Sven's, who is of another unit."""
    found = {role: site.signed_in(name, PASSWORD) for role, name in ROLES.items()}
    return {**found, "sven": site.signed_in("sven", PASSWORD)}
