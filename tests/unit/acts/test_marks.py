"""Marks of tracks: all of a marking is in the log, with a digest of what it replaced."""

import pytest

from synopticon.acts.cameras import add_camera
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.marks import Marking, digest_of, list_marks, mark_tracks
from synopticon.acts.search import search
from synopticon.acts.workspace import SUBJECTS, open_workspace, singled_out
from synopticon.errors import RefusedError, UsageError
from synopticon.governance.canonical import digest
from synopticon.governance.grant import Scope
from synopticon.store.granted import open_granted
from synopticon.store.tracks import Wanted
from tests.scene import write_scene


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    folder = tmp_path_factory.mktemp("held")
    with open_workspace(folder / "ws") as workspace:
        add_camera(workspace, "gate", zone="Europe/Paris")
        ingest(
            workspace, IngestRequest((str(write_scene(folder / "a.mp4", figures=2)),), "gate", model="none")
        )
        yield workspace


def hits(workspace):
    return [h.track for h in search(workspace, "object").found.hits]


def test_the_log_has_all_of_a_marking_and_what_stood_before(held):
    first, second = hits(held)
    wanted = Marking("accepted", "the one", ("red", "bag"), trim=(0.5, 2.0))
    before = mark_tracks(held, [first], wanted)
    record, outcome = list(held.log.entries())[-2:]
    assert (record.header.operation, record.header.capability) == ("alteration", "case.mark")
    said = {name: record.payload[name] for name in ("subjects", "verdict", "note", "tags", "untag", "trim")}
    assert said == {
        "subjects": [first], "verdict": "accepted", "note": "the one", "tags": ["red", "bag"], "untag": [],
        "trim": [0.5, 2.0],
    }  # fmt: skip
    assert outcome.payload["before"] == digest({"marks": []})
    mark_tracks(held, [second, first], Marking(untag=("bag",)))
    record, outcome = list(held.log.entries())[-2:]
    assert record.payload["subjects"] == sorted([first, second])
    assert (record.payload["untag"], record.payload["verdict"]) == (["bag"], None)
    assert outcome.payload["before"] == digest_of(before)
    assert outcome.payload["marked"] == 2


def test_no_track_is_not_every_track(held):
    before, entries = list_marks(held), held.log.storage.size()
    with pytest.raises(UsageError, match="no track is named"):
        mark_tracks(held, [], Marking("rejected"))
    assert held.log.storage.size() == entries
    assert list_marks(held) == before
    scope = Scope(digests=held.footage.digests())
    with held.act("view.masked", scope=scope) as act:
        assert held.tracks.find(act.grant, Wanted(ids=())) == ()
        assert held.tracks.tubes(act.grant, Wanted(ids=())) == ()
        assert len(held.tracks.find(act.grant, Wanted())) == 2


def test_who_may_mark_opens_no_picture_and_who_may_look_marks_nothing(held):
    scope = Scope(digests=held.footage.digests())
    with held.act("case.mark", scope=scope) as act:
        marks = held.marks.read(act.grant)
        (row,) = held.footage.reached(act.grant)
        with pytest.raises(RefusedError):
            open_granted(held.engine, held.place, held.vault, held.clock, act.grant, row.id)
    with held.act("view.masked", scope=scope) as act, pytest.raises(RefusedError):
        held.marks.put(act.grant, marks)


def test_many_tracks_are_named_by_their_digest():
    few = [f"t{n:04}" for n in range(SUBJECTS)]
    assert singled_out([*reversed(few), few[0]]) == {"subjects": few}
    many = singled_out([*few, "t-more"])
    assert set(many) == {"track_list"}
    assert many == singled_out(["t-more", *few])
    assert many != singled_out([*few, "t-other"])
