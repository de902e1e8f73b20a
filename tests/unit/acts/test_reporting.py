"""What a report says of a real case, and that it says nothing of another."""

import pytest

from synopticon.acts.marks import Marking, mark_tracks
from synopticon.acts.reporting import gather
from synopticon.acts.search import search
from synopticon.governance.authority import Reason
from tests.investigation import WHY, investigate
from tests.people import CAPABILITIES

EXPORTS = ("export.masked", "view.unmasked", "case.mark")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        found = investigate(tmp_path_factory.mktemp("case"), patch)
        found.other, found.case = found.case, found.open_case(capabilities=(*CAPABILITIES, *EXPORTS))
        found.allow(*EXPORTS)
        with found.workspace:
            search(found.workspace, "object", case=found.case, reason=WHY)
            first = found.tracks("gate")[0]
            marking = Marking(verdict="accepted", note="leaves by the back door", tags=("suspect A",))
            mark_tracks(found.workspace, (first.id,), marking, case=found.case, reason=WHY)
            yield found, first.id


def asked(found, capability="export.masked", scope=None):
    more = {"scope": scope} if scope else {}
    return found.workspace.act(capability, case=found.case, reason=Reason(WHY), **more)


def test_the_facts_of_the_case_are_told(made):
    found, track = made
    with asked(found) as act:
        told = gather(found.workspace, act, recipient="Mme Roux", reason=WHY, tracks=(track,))
    print(told)
