"""The public declaration: everybody may read it, it holds, and switching it off is logged and shown."""

import json
from datetime import timedelta

import pytest

from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.governance.declaration import verify
from tests.organisation import PASSWORD
from tests.site import Site, acts
from tests.unit.acts.test_cases import clock, keys, workspace

__all__ = ["clock", "keys", "workspace"]  # fixtures
PLACE = "/.well-known/synopticon.json"


@pytest.fixture
def own(workspace, keys):
    return Site(workspace)


def test_everybody_reads_a_declaration_that_holds(own):
    with acts(own.workspace) as found:
        first = own.browser().get(PLACE)
        again = own.browser().get(PLACE)
    assert first.headers["content-type"] == "application/json"
    assert verify(first.content, own.workspace.log.public).said["body"] == "Police of Lyon"
    assert again.content == first.content
    assert found == [("record", "declaration", "system"), ("outcome", "declaration", "system")]  # once a day


def test_it_is_made_anew_each_day(own):
    first = own.browser().get(PLACE).json()
    own.workspace.clock.later(days=1, seconds=1)
    assert own.browser().get(PLACE).json()["declaration"]["at"] > first["declaration"]["at"]


def test_switching_it_off_is_logged_and_shown(own):
    dora = own.signed_in("dora", PASSWORD)
    own.browser().get(PLACE)
    with acts(own.workspace) as found:
        said = dora.put("/api/declaration", json={"public": False}).json()
    assert said["public"] is False
    assert [(kind, what) for kind, what, _ in found] == [
        ("record", "declaration"),
        ("outcome", "declaration"),
    ]
    entry = list(own.workspace.log.entries())[-2]
    assert entry.payload["public"] is False
    gone = own.browser().get(PLACE)
    assert gone.status_code == 404
    assert f"switched off on {said['withdrawn']}" in gone.json()["detail"]
    assert own.browser().get("/api/declaration").json() == said
    own.workspace.clock.later(days=2)
    assert own.browser().get(PLACE).status_code == 404  # it stays off
    dora = own.signed_in("dora", PASSWORD)
    assert dora.put("/api/declaration", json={"public": True}).json()["public"] is True
    assert own.browser().get(PLACE).status_code == 200


def test_one_persons_own_workspace_declares_nothing(tmp_path):
    with open_workspace(tmp_path / "alone") as alone:
        said = Site(alone).browser().get(PLACE)
        assert said.status_code == 404
        assert "no organisation" in said.json()["detail"]


def test_a_workspace_opened_again_goes_on_with_it(tmp_path, clock):
    init_workspace(tmp_path / "ws", organisation="Town", profile="fr-town", clock=clock)
    texts = []
    for _ in range(2):
        with open_workspace(tmp_path / "ws", clock=clock) as opened:
            texts.append(Site(opened).browser().get(PLACE).text)
        clock.now += timedelta(minutes=1)
    assert texts[0] == texts[1]
    assert json.loads(texts[0])["declaration"]["body"] == "Town"
