"""In an organisation masks are reviewed for a case; to see or to show somebody clear asks for more."""

import json
from dataclasses import replace
from functools import partial
from hashlib import sha256

import pytest

from synopticon.acts import cases, redact, review_masks
from synopticon.acts.redact import RedactRequest, make_redacted
from synopticon.acts.review_masks import make_review
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.errors import RefusedError
from synopticon.governance.grant import Scope
from synopticon.governance.profile import shipped
from tests.organisation import approve_case, enrol_all
from tests.people import DAY, terms
from tests.scene import write_scene
from tests.unit.acts.test_cases import Clock
from tests.unit.acts.test_review_masks import told
from tests.unit.acts.test_under_profiles import fields

WHY = "the court asked for a masked copy"


@pytest.fixture
def request_(tmp_path, monkeypatch):
    """A shop with an approved case about one recording; Ines is signed in."""
    clock, film = Clock(), write_scene(tmp_path / "scene.mp4", 1, 2.0, 1.0)
    for module in (redact, review_masks):
        monkeypatch.setattr(module, "open_workspace", partial(open_workspace, clock=clock))
    init_workspace(tmp_path / "ws", organisation="Shop", profile="eu-private-site", clock=clock)
    with open_workspace(tmp_path / "ws", clock=clock) as workspace:
        keys = enrol_all(workspace)
        asked = cases.open_case(
            workspace,
            terms(
                capabilities=("view.masked", "redact"),
                scope=Scope(digests=(sha256(film.read_bytes()).hexdigest(),)),
                until=clock() + 20 * DAY,
                fields=fields(shipped("eu-private-site")),
            ),
        )
        clock.later(minutes=30)
        case = approve_case(workspace, keys, asked, clock())
        clock.later(minutes=30)
    return RedactRequest(
        (str(film),), tmp_path / "p.html", model="none", workspace=tmp_path / "ws", workers=1, case=case,
        reason=WHY,
    )  # fmt: skip


def test_a_review_and_its_copy_are_of_the_case(request_, tmp_path):
    page = told(make_review(request_).page)
    assert page["inCase"] is True
    assert f"--case {request_.case}" in page["command"]
    path = tmp_path / "r.json"
    path.write_text(json.dumps(page["review"] | {"reviewer": "Ines"}), "utf-8")
    made = make_redacted(replace(request_, apply=path, output=tmp_path / "o.mp4"))
    assert made.video.name == "o.mp4"
    assert not [*(tmp_path / "ws" / "passing").iterdir()]
    with redact.open_workspace(tmp_path / "ws") as workspace:
        said = [e for e in workspace.log.entries() if e.header.kind == "record"][-2:]
    assert [(e.header.capability, e.header.case) for e in said] == [
        ("view.masked", request_.case),
        ("redact", request_.case),
    ]
    path.write_text(json.dumps(json.loads(path.read_text()) | {"keep": [page["masks"][0]["id"]]}), "utf-8")
    for refused in (replace(request_, case=None), replace(request_, case="no such case")):
        with pytest.raises(RefusedError):
            make_review(replace(refused, output=tmp_path / "q.html"))
    with pytest.raises(RefusedError):
        make_review(replace(request_, output=tmp_path / "q.html"), unmasked=True)
    with pytest.raises(RefusedError):
        make_redacted(replace(request_, apply=path, output=tmp_path / "o2.mp4"))
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(("q", "o2"))]
