"""What looks alike, within a case in which a second person allowed it; nothing is left when it ends."""

import numpy as np
import pytest
from sqlalchemy import select

from synopticon.acts import cases
from synopticon.acts.cameras import add_camera
from synopticon.acts.describing import looks
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.journey import follow
from synopticon.acts.retention import run as run_retention
from synopticon.acts.similar import MOST, similar
from synopticon.acts.workspace import open_workspace
from synopticon.errors import RefusedError, SynopticonError, UsageError
from synopticon.governance.authority import Reason
from synopticon.governance.grant import Scope, Window
from synopticon.store.database import reading
from synopticon.store.tables_similar import case_key, descriptor
from tests.investigation import NOW, WHY, investigate
from tests.people import FIELDS, HOUR
from tests.scene import write_scene


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        found = investigate(tmp_path_factory.mktemp("similar"), patch)
        yield found
        found.workspace.engine.dispose()


@pytest.fixture
def case(made):
    """A case of its own with similarity approved."""
    made.case = made.open_case()
    made.allow("search.similar")
    return made.case


def rows(made, table):
    with reading(made.workspace.engine) as connection:
        return connection.execute(select(table)).mappings().all()


def rule(call, *args, **more):
    with pytest.raises(RefusedError) as found:
        call(*args, **more)
    return found.value.rule


def outcome(made):
    return [e for e in made.workspace.log.entries() if e.header.kind == "outcome"][-1].payload


def test_it_is_refused_until_a_second_person_allowed_it(made):
    made.case = made.open_case()
    track = made.tracks("gate")[0].id
    assert rule(similar, made.workspace, track, case=None, reason=WHY) == "case.named"
    assert rule(similar, made.workspace, track, case=made.case, reason=WHY) == "approval.second-person"
    last = list(made.workspace.log.entries())[-1]
    assert (last.header.kind, last.header.capability) == ("refusal", "search.similar")
    made.allow("search.similar", tracks=(track,))
    assert rule(similar, made.workspace, track, case=made.case, reason=" ") == "approval.second-person"
    other = made.tracks("gate")[1].id
    assert rule(similar, made.workspace, other, case=made.case, reason=WHY) == "approval.second-person"
    assert similar(made.workspace, track, case=made.case, reason=WHY).hits


def test_a_reason_is_asked_for(made, case):
    assert rule(similar, made.workspace, made.tracks("gate")[0].id, case=case) == "reason.given"


def test_nothing_is_described_at_ingest(made):
    fresh = made.open_case()
    assert not [r for r in rows(made, descriptor) if r["case_id"] == fresh]
    assert not [r for r in rows(made, case_key) if r["case_id"] == fresh]


def test_the_same_clothes_come_first_on_the_other_camera_too(made, case):
    gate, hall = made.tracks("gate"), made.tracks("hall")
    for number, track in enumerate(gate):
        found = similar(made.workspace, track.id, case=case, reason=WHY, limit=5)
        assert found.like.track == track.id
        assert found.hits[0].seen.track == hall[number].id
        assert found.hits[0].seen.camera == "hall"
        assert (found.compared, found.unseen, found.exit_code) == (6, 0, 0)
        assert track.id not in {h.seen.track for h in found.hits}
        scores = [h.score for h in found.hits]
        assert scores == sorted(scores, reverse=True)
        assert "shoulders" in found.hits[0].reason
        assert "change of clothes" in found.notes[0]


def test_the_log_says_what_was_compared(made, case):
    track = made.tracks("gate")[0].id
    shown = similar(made.workspace, track, case=case, reason=WHY, limit=2)
    first = outcome(made)
    assert (first["compared"], first["described"], first["shown"], len(first["candidates"])) == (6, 6, 2, 2)
    import hashlib

    ids = sorted(t.id for c in ("gate", "hall") for t in made.tracks(c))
    assert first["track_list"] == hashlib.sha256("\n".join(ids).encode()).hexdigest()
    again = similar(made.workspace, track, case=case, reason=WHY, limit=2)
    assert again == shown
    assert outcome(made)["described"] == 0
    records = [e for e in made.workspace.log.entries() if e.header.capability == "search.similar"]
    assert {e.header.operation for e in records} == {"combination"}
    assert records[-2].payload["like"] == track


def test_the_scope_bounds_what_is_compared(made, case):
    hours = Scope(tuple(c.id for c in made.workspace.cameras.all()), (Window(NOW - HOUR, NOW + HOUR / 2),))
    made.case = made.open_case(scope=hours)
    made.allow("search.similar")
    found = similar(made.workspace, made.tracks("gate")[0].id, case=made.case, reason=WHY)
    assert {h.seen.camera for h in found.hits} == {"gate"}
    assert found.compared == 3
    made.case, narrow = case, made.case
    other = made.tracks("hall")[0].id
    assert rule(similar, made.workspace, other, case=narrow, reason=WHY) == "scope.covers-the-track"
    wide = similar(made.workspace, other, case=case, reason=WHY)
    assert wide.compared == 6


def test_what_one_permission_described_another_reads_only_as_far_as_it_goes(made):
    """Two of the gate's three first, then everything, then the gate alone; each time just what is missing."""
    made.case = made.open_case()
    gate, hall = made.tracks("gate"), made.tracks("hall")
    cameras = tuple(c.id for c in made.workspace.cameras.all())
    few = Scope(cameras, (Window(NOW - HOUR, gate[2].start),))
    only = Scope((gate[0].camera,), (Window(NOW - HOUR, NOW + HOUR / 2),))
    for scope, compared, described in ((few, 2, 2), (None, 6, 4), (only, 3, 0)):
        capability = "journey" if scope is only else "search.similar"
        asked = {"scope": scope} if scope else {}
        made.allow(capability, **asked)
        if scope is only:
            found = follow(made.workspace, gate[0].id, case=made.case, reason=WHY)
            assert found.candidates == ()
            assert outcome(made)["compared"] == compared
        else:
            wanted = scope or made.workspace.scope_of(made.case)
            with made.workspace.act(
                "search.similar", case=made.case, scope=wanted, reason=Reason(WHY, (gate[0].id,))
            ) as act:
                seen = looks(made.workspace, act)
                assert {seen.source(r).footage for r in range(len(seen.rows))} == set(seen.sources)
            assert (len(seen.rows), seen.made) == (compared, described)
    assert {r["camera"] for r in rows(made, descriptor) if r["case_id"] == made.case} == set(cameras)
    assert len(hall) == 3


@pytest.mark.parametrize("limit", [0, MOST + 1])
def test_a_limit_is_a_limit(made, limit):
    with pytest.raises(UsageError, match="give 1 to"):
        similar(made.workspace, "x", case=None, limit=limit)


def test_closing_the_case_leaves_nothing_that_opens(made, case, tmp_path):
    from synopticon.store.descriptors import _about

    workspace, track = made.workspace, made.tracks("gate")[0]
    similar(workspace, track.id, case=case, reason=WHY)
    (block,) = [
        r["block"] for r in rows(made, descriptor) if (r["case_id"], r["camera"]) == (case, track.camera)
    ]
    wrapped = [r["wrapped"] for r in rows(made, case_key) if r["case_id"] == case]
    with workspace.act("search.similar", case=case, reason=Reason(WHY, (track.id,))) as act:
        grant = act.grant
        part = track.part
        assert workspace.descriptors.block(grant, track.camera, part, track.footage) is not None
        own = workspace.vault.case_key(grant)
        own.open(block, _about(grant, track.camera, part))
    cases.close_case(workspace, case, "the man was found", {"report": FIELDS["declaration_digest"]})
    assert outcome(made)["descriptors"] == 2
    assert not [r for r in rows(made, descriptor) if r["case_id"] == case]
    assert not [r for r in rows(made, case_key) if r["case_id"] == case]
    pieces = [block[20:60], block[len(block) // 2 :][:40], *(w[8:40] for w in wrapped)]
    for path in (workspace.folder).rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(piece in data for piece in pieces), path
    # A copy of the block, and a permission that outlived the case: a new key opens nothing of it.
    assert workspace.descriptors.block(grant, track.camera, part, track.footage) is None
    with pytest.raises(SynopticonError):
        workspace.vault.case_key(grant).open(block, _about(grant, track.camera, part))
    assert rule(similar, workspace, track.id, case=case, reason=WHY) == "case.not-closed"
    made.login("ada")
    run_retention(workspace)
    made.login("ines")
    assert not [r for r in rows(made, case_key) if r["case_id"] == case]


def test_a_case_closed_meanwhile_keeps_nothing(made, case, monkeypatch):
    from synopticon.acts import describing

    track = made.tracks("gate")[0].id
    whole = describing._described

    def closing(*args):
        yield from whole(*args)
        if not made.workspace.cases.case(case).closing:
            report = {"report": FIELDS["declaration_digest"]}
            cases.close_case(made.workspace, case, "the man was found", report)

    monkeypatch.setattr(describing, "_described", closing)
    assert rule(similar, made.workspace, track, case=case, reason=WHY) == "case.not-closed"
    assert not [r for r in rows(made, descriptor) if r["case_id"] == case]


def test_retention_forgets_what_an_ended_case_left(made):
    made.case = made.open_case(until=made.clock() + 2 * HOUR)
    case = made.case
    made.allow("search.similar")
    similar(made.workspace, made.tracks("gate")[0].id, case=case, reason=WHY)
    made.login("ada")
    run_retention(made.workspace)
    assert [r for r in rows(made, descriptor) if r["case_id"] == case]
    made.clock.later(hours=3)
    made.login("ada")
    run_retention(made.workspace)
    assert case in outcome(made)["descriptors"]
    assert not [r for r in rows(made, descriptor) if r["case_id"] == case]
    assert not [r for r in rows(made, case_key) if r["case_id"] == case]
    made.login("ines")


def test_personal_refuses_with_its_rule(tmp_path):
    scene = write_scene(tmp_path / "scene.mp4", 1, 2.0, 1.0)
    with open_workspace(tmp_path / "ws") as workspace:
        add_camera(workspace, "door")
        ingest(workspace, IngestRequest((str(scene),), "door", model="none", workers=1))
        assert rule(similar, workspace, "track", case=None, reason=WHY) == "personal.nobody-singled-out"
        with reading(workspace.engine) as connection:
            assert not connection.execute(select(descriptor)).all()


def test_outside_a_case_there_is_no_key(made):
    from tests.grants import grant_for

    assert (
        rule(made.workspace.vault.case_key, grant_for("journey", case=None, now=made.clock())) == "case.named"
    )


def test_vectors_are_small_numbers_without_a_head(made, case):
    similar(made.workspace, made.tracks("gate")[0].id, case=case, reason=WHY)
    with made.workspace.act("search.similar", case=case, reason=Reason(WHY)) as act:
        for _place, block in made.workspace.descriptors.read(act.grant):
            assert block.vectors.dtype == np.int8
            assert len(block) == 3
            assert (block.vectors >= 0).all()
