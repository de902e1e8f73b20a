"""The interactive synopsis and clips over HTTP: what is given, to whom, and that it is masked."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synopticon.acts import cases, people
from synopticon.acts.search import scope_for
from synopticon.footage.encode import read_sprites
from synopticon.footage.read import open_reader
from synopticon.governance.users import Role
from synopticon.store.granted import open_several
from synopticon.values.query import Query
from tests.investigation import WHY
from tests.organisation import PASSWORD, approve_case
from tests.people import DAY, FIELDS, terms
from tests.site import acts

TYPES = {"u8": "u1", "u16": "<u2", "i16": "<i2", "u32": "<u4", "i32": "<i4", "f32": "<f4", "f64": "<f8"}
MADE_UP = st.one_of(
    st.text("abcXYZ019_-", min_size=1, max_size=30), st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True)
)


@pytest.fixture
def made(browsers, inquiry):
    """A synopsis of all that the case covers."""
    answer = browsers[Role.INVESTIGATOR].post("/api/synopses", json={"case": inquiry.case, "reason": WHY})
    assert answer.status_code == 201, answer.text
    return answer.json()


def columns(data):
    """Head and columns of a body."""
    assert data[:4] == b"SYN1"
    length = int.from_bytes(data[4:8], "little")
    head = json.loads(data[8 : 8 + length])
    assert (8 + length) % 8 == 0
    return head, {
        name: np.frombuffer(data, TYPES[c["type"]], c["rows"] * c["wide"], 8 + length + c["at"])
        for name, c in head["columns"].items()
    }


def videos(data):
    """Number and bytes of each sprite video in an answer."""
    found, at = {}, 0
    while at < len(data):
        number, length = np.frombuffer(data, "<u4", 2, at).tolist()
        found[number] = data[at + 8 : at + 8 + length]
        at += 8 + length
    return found


def masked_at_rest(inquiry):
    """What the store keeps of all tracks of the case: masked sprite videos, and the clear ones."""
    workspace = inquiry.workspace
    people.login(workspace, "ines", PASSWORD)
    scope = scope_for(workspace, Query(), inquiry.case)
    wanted = dict.fromkeys(inquiry.footage.values(), ())
    found = {"picture": set(), "clear": set()}
    with workspace.act("synopsis", case=inquiry.case, scope=scope, reason=WHY) as act:
        for _, opened in open_several(
            workspace.engine, workspace.place, workspace.vault, workspace.clock, act.grant, wanted
        ):
            for tube in opened.tubes():
                found["picture"] |= {opened.blob("picture", r) for r in tube.picture}
                found["clear"] |= {opened._store.blob("clear", r) for r in tube.clear}
    return found


def test_a_synopsis_is_one_act(ines, inquiry):
    with acts(inquiry.workspace) as found:
        said = ines.post("/api/synopses", json={"case": inquiry.case, "reason": WHY}).json()
        ines.get(f"/api/synopses/{said['id']}/tubes")
        ines.get(f"/api/synopses/{said['id']}/sprites", params={"n": 0})
    assert [(kind, what) for kind, what, _ in found] == [("record", "synopsis"), ("outcome", "synopsis")]
    assert said["tubes"] == len(inquiry.tracks)
    assert [s["name"] for s in said["scenes"]] == ["gate", "hall"]
    assert said["marks"] == ["SYNOPSIS - SYNTHETIC PICTURE"]


def test_columns_fit_together(ines, made, inquiry):
    head, found = columns(ines.get(f"/api/synopses/{made['id']}/tubes").content)
    assert sorted(head["ids"]) == sorted(inquiry.tracks)
    assert found["frame"][-1] == len(found["pick"])
    assert found["sample"][-1] * 4 == len(found["box"])
    assert found["chunk"][-1] == len(found["bytes"]) == made["chunks"]
    lengths = np.diff(found["sample"])
    for tube in range(len(head["ids"])):
        own = found["pick"][found["frame"][tube] : found["frame"][tube + 1]]
        assert (np.diff(own.astype(int)) >= 0).all()
        assert own[-1] == lengths[tube] - 1
        chunks = slice(*found["chunk"][tube : tube + 2])
        assert found["count"][chunks].sum() == lengths[tube]
    scene = made["scenes"][0]
    boxes = found["box"].reshape(-1, 4)[: found["sample"][scene["tubes"]]]
    assert (boxes[:, 0] + boxes[:, 2] <= scene["width"]).all()
    assert (boxes[:, 1] + boxes[:, 3] <= scene["height"]).all()
    assert found["utc"][0] == pytest.approx(scene["begins"] + found["start"][0])


def test_sprites_are_the_masked_ones_and_no_others(ines, made, inquiry):
    _, found = columns(ines.get(f"/api/synopses/{made['id']}/tubes").content)
    every = list(range(made["chunks"]))
    answer = ines.get(f"/api/synopses/{made['id']}/sprites", params={"n": every})
    given_ = videos(answer.content)
    assert answer.headers["cache-control"] == "no-store"
    assert list(given_) == every
    for n, data in given_.items():
        pictures = list(read_sprites(data))
        assert len(data) == found["bytes"][n]
        assert len(pictures) == found["count"][n]
        assert pictures[0][0].shape == (found["height"][n] * 3 // 2, found["width"][n])
    kept = masked_at_rest(inquiry)
    assert set(given_.values()) == kept["picture"]
    assert kept["clear"]
    assert not set(given_.values()) & kept["clear"]


def test_an_empty_scene_is_a_picture(ines, made):
    answer = ines.get(f"/api/synopses/{made['id']}/backgrounds/0")
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert ines.get(f"/api/synopses/{made['id']}/backgrounds/99").status_code == 422


def test_the_plan_of_the_program_shows_all(ines, made):
    plans = ines.get(f"/api/synopses/{made['id']}/plan", params={"density": 2}).json()
    assert [len(p["starts"]) for p in plans] == [s["tubes"] for s in made["scenes"]]
    assert all(start >= 0 for p in plans for start in p["starts"])


@pytest.mark.parametrize(
    "params",
    [{}, {"n": 10**6}, {"n": -1}, {"n": [0] * 257}, {"n": "x"}],
    ids=["none", "no", "-1", "many", "x"],
)
def test_numbers_that_make_no_sense_are_refused(ines, made, params):
    assert ines.get(f"/api/synopses/{made['id']}/sprites", params=params).status_code == 422


def test_what_answered_a_question_can_be_shown(ines, inquiry):
    asked = ines.post("/api/answers", json={"query": "object", "case": inquiry.case, "reason": WHY}).json()
    said = ines.post("/api/synopses", json={"answer": asked["id"]}).json()
    assert said["tubes"] == asked["kept"]
    one = ines.post("/api/synopses", json={"answer": asked["id"], "tracks": inquiry.tracks[:1]}).json()
    assert one["tubes"] == 1
    query = {"query": "object camera:gate", "limit": 2, "case": inquiry.case, "reason": WHY}
    with acts(inquiry.workspace) as found:
        some = ines.post("/api/synopses", json=query).json()
    assert (some["tubes"], some["left_out"]) == (2, {"limit": 1, "picture": 0})
    assert ("record", "search.attributes") in {(kind, what) for kind, what, _ in found}


def parts(id_):
    """Every address that a synopsis, or a clip, of this id has."""
    own = f"/api/synopses/{id_}"
    return (f"{own}/tubes", f"{own}/sprites?n=0", f"{own}/backgrounds/0", f"{own}/plan", f"/api/clips/{id_}")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(id_=MADE_UP)
def test_what_is_not_there_is_not_there_in_the_same_words(id_, ines):
    for path, nowhere in zip(parts(id_), parts("none"), strict=True):
        answer = ines.get(path)
        assert answer.status_code == 404
        assert answer.json() == ines.get(nowhere).json()


def test_it_belongs_to_the_session_that_asked(site, ines, browsers, made, inquiry):
    clip = ines.post(f"/api/tracks/{inquiry.tracks[0]}/clip", json={"case": inquiry.case, "reason": WHY})
    addresses = [*parts(made["id"])[:-1], f"/api/clips/{clip.json()['id']}"]
    again = site.signed_in("ines", PASSWORD)
    for path in addresses:
        assert ines.get(path).status_code == 200
        for other in (again, browsers["sven"], browsers[Role.OPERATOR]):
            assert other.get(path).status_code == 404
    again.delete("/api/session")


def test_it_is_no_permission(site, inquiry):
    """A case that ends takes its synopses and its clips with it."""
    people.login(inquiry.workspace, "ines", PASSWORD)
    scope = inquiry.workspace.scope_of(inquiry.case)
    wanted = terms(until=inquiry.clock() + 30 * DAY, fields=FIELDS, scope=scope)
    asked = cases.open_case(inquiry.workspace, wanted)
    inquiry.clock.later(minutes=5)
    case = approve_case(inquiry.workspace, inquiry.keys, asked, inquiry.clock())
    browser = site.signed_in("ines", PASSWORD)
    about = {"case": case, "reason": WHY}
    synopsis = browser.post("/api/synopses", json=about).json()["id"]
    clip = browser.post(f"/api/tracks/{inquiry.tracks[0]}/clip", json=about).json()["id"]
    addresses = [*parts(synopsis)[:-1], f"/api/clips/{clip}"]
    assert {browser.get(path).status_code for path in addresses} == {200}
    cases.close_case(inquiry.workspace, case, "the man was found", {"report": FIELDS["declaration_digest"]})
    for path in addresses:
        refused = browser.get(path)
        assert (refused.status_code, refused.json()["rule"]) == (403, "case.not-closed"), path


def test_a_track_that_is_closed_meanwhile_is_no_longer_given(ines, made, inquiry, monkeypatch):
    """As it is when somebody filmed had its use restricted, or retention took it."""
    monkeypatch.setattr(type(inquiry.workspace.tracks), "find", lambda *_: ())
    answer = ines.get(f"/api/synopses/{made['id']}/sprites", params={"n": 0})
    assert (answer.status_code, answer.json()["rule"]) == (403, "scope.covers-the-track")


def test_a_clip_shows_the_track_in_its_context(ines, inquiry, tmp_path):
    track = inquiry.tracks[0]
    with acts(inquiry.workspace) as found:
        answer = ines.post(f"/api/tracks/{track}/clip", json={"case": inquiry.case, "reason": WHY})
    said = answer.json()
    assert answer.status_code == 201, said
    assert [(kind, what) for kind, what, _ in found] == [
        ("record", "view.masked"),
        ("outcome", "view.masked"),
    ]
    assert 0 <= said["at"] < said["ends"] <= said["seconds"]
    assert all(0 <= v <= 1 for _, *box in said["boxes"] for v in box)
    whole = ines.get(f"/api/clips/{said['id']}")
    (tmp_path / "clip.mp4").write_bytes(whole.content)
    part = ines.get(f"/api/clips/{said['id']}", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    frames = list(open_reader(probed(tmp_path / "clip.mp4")))
    assert len(frames) > 10


def probed(path):
    from synopticon.footage.probe import probe

    return probe([path])


def test_a_track_out_of_reach_has_no_clip(ines, inquiry):
    answer = ines.post("/api/tracks/0123456789ab-0-0/clip", json={"case": inquiry.case, "reason": WHY})
    assert answer.status_code == 403
