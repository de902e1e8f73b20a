"""In an organisation a handover is for a case, with a reason, and a second person allowed it."""

from hashlib import sha256
from pathlib import Path

import pytest

from synopticon.acts import cases
from synopticon.acts.audit import sign_checkpoint, take_witness, write_checkpoint
from synopticon.acts.handover import HandoverRequest, hand_over
from synopticon.acts.people import login
from synopticon.acts.verify import check_package
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.errors import RefusedError
from synopticon.governance.documents.tally import tally
from synopticon.governance.grant import Scope
from synopticon.governance.keys import SigningKey
from synopticon.governance.profile import shipped
from tests.organisation import PASSWORD, approve_case, enrol_all
from tests.people import DAY, terms
from tests.unit.acts.test_cases import Clock
from tests.unit.acts.test_under_profiles import fields

TO = "Public prosecutor of Lyon"
WHY = "requisition 2026/17"


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "gate.mp4"
    path.write_bytes(b"pictures" * 500)
    return path


@pytest.fixture
def site(tmp_path, film, monkeypatch):
    """A shop with a case about one file, approved; Ines is signed in."""
    monkeypatch.setenv("SYNOPTICON_HOME", str(tmp_path / "home"))
    clock = Clock()
    init_workspace(tmp_path / "ws", organisation="Shop", profile="eu-private-site", clock=clock)
    with open_workspace(tmp_path / "ws", clock=clock) as workspace:
        keys = enrol_all(workspace)
        about = Scope(digests=(sha256(film.read_bytes()).hexdigest(),))
        asked = cases.open_case(
            workspace,
            terms(
                capabilities=("handover",),
                scope=about,
                until=clock() + 20 * DAY,
                fields=fields(shipped("eu-private-site")),
            ),
        )
        clock.later(minutes=30)
        case = approve_case(workspace, keys, asked, clock())
        allowed = cases.request_allowance(workspace, case, ("handover",), WHY)
        clock.later(minutes=30)
        approve_case(workspace, keys, allowed, clock())
        yield workspace, case


def test_what_the_case_is_about_is_handed_over(site, film, tmp_path):
    workspace, case = site
    hand_over(workspace, HandoverRequest((str(film),), TO, tmp_path / "out", WHY, case))
    report = check_package(tmp_path / "out", workspace.log.public.fingerprint)
    assert report.good
    assert (report.manifest.mark, report.manifest.by) == ("", "Shop")
    assert report.manifest.about["case"] == case
    login(workspace, "dora", PASSWORD)
    (left,) = tally(workspace.log.entries(), workspace.scope_of, {}).transmissions
    assert (left.capability, left.case, left.recipient) == ("handover", case, TO)


def test_nothing_else_is(site, film, tmp_path):
    workspace, case = site
    other = Path(tmp_path / "other.mp4")
    other.write_bytes(b"others")
    for request in (
        HandoverRequest((str(other),), TO, tmp_path / "out", WHY, case),
        HandoverRequest((str(film),), TO, tmp_path / "out", "", case),
        HandoverRequest((str(film),), TO, tmp_path / "out", WHY),
    ):
        with pytest.raises(RefusedError):
            hand_over(workspace, request)
    assert not (tmp_path / "out").exists()


def test_the_last_witness_travels_with_it(site, film, tmp_path):
    workspace, case = site
    witness = SigningKey.make()
    witness.save(tmp_path / "witness.pem")
    login(workspace, "dora", PASSWORD)
    write_checkpoint(workspace, tmp_path / "asked")
    sign_checkpoint(tmp_path / "asked", tmp_path / "signed", "library", tmp_path / "witness.pem", None)
    take_witness(workspace, tmp_path / "signed", [f"library={witness.public.text()}"])
    login(workspace, "ines", PASSWORD)
    hand_over(workspace, HandoverRequest((str(film),), TO, tmp_path / "out", WHY, case))
    report = check_package(tmp_path / "out")
    assert report.good
    assert [(name, key) for name, key, _ in report.witnessed.by] == [("library", witness.public.fingerprint)]
