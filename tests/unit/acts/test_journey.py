"""From camera to camera: candidates by look, time, way and side; people decide; clocks err."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import select

from synopticon.acts import review
from synopticon.acts.cameras import set_clock
from synopticon.acts.journey import decide, follow, list_ways, set_way, timeline
from synopticon.acts.similar import similar
from synopticon.acts.statistics import StatisticsRequest, make_statistics, supply_of
from synopticon.errors import OutputError, RefusedError, UsageError
from synopticon.footage.digest import sha256
from synopticon.footage.probe import probe
from synopticon.governance.authority import Reason
from synopticon.governance.review import Pattern
from synopticon.store.database import reading
from synopticon.store.tables_similar import camera_link, journey_link
from synopticon.store.tracks import Wanted
from synopticon.values.area import Area
from tests.investigation import CAMERAS, NOW, STARTS, WHY, investigate
from tests.people import CAPABILITIES, HOUR


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        found = investigate(tmp_path_factory.mktemp("journey"), patch)
        yield found
        found.workspace.engine.dispose()


@pytest.fixture
def case(made):
    """A case of its own with journeys approved, and no way between the cameras."""
    with made.workspace.engine.begin() as connection:
        connection.execute(camera_link.delete())
    made.login("ines")
    made.case = made.open_case()
    made.allow("journey")
    return made.case


def rule(call, *args, **more):
    with pytest.raises(RefusedError) as found:
        call(*args, **more)
    return found.value.rule


def way(made, *args, **more):
    made.login("ada")
    done = set_way(made.workspace, *args, **more)
    made.login("ines")
    return done


def ids(found):
    return [c.seen.track for c in found.candidates]


def both(made):
    return [t.id for t in made.tracks("gate")], [t.id for t in made.tracks("hall")]


def test_it_is_refused_until_a_second_person_allowed_it(made):
    made.case = made.open_case()
    track = made.tracks("gate")[0].id
    for call in (follow, timeline):
        assert rule(call, made.workspace, track, case=made.case, reason=WHY) == "approval.second-person"
    pair = (track, made.tracks("hall")[0].id)
    assert (
        rule(decide, made.workspace, pair, "confirmed", case=made.case, reason=WHY)
        == "approval.second-person"
    )
    with reading(made.workspace.engine) as connection:
        assert not connection.execute(select(journey_link).where(journey_link.c.case_id == made.case)).all()


def test_the_same_clothes_on_the_other_camera_come_first(made, case):
    gate, hall = both(made)
    for number, track in enumerate(gate):
        found = follow(made.workspace, track, case=case, reason=WHY)
        assert ids(found)[0] == hall[number]
        assert set(ids(found)) == set(hall)  # never of its own camera
        assert (found.compared, found.decided) == (3, 0)
        said = "; ".join(found.candidates[0].reasons)
        assert "clothing and shape" in said
        assert "s later" in said
        assert "no way is set" in said
    back = follow(made.workspace, hall[1], case=case, reason=WHY)
    assert ids(back)[0] == gate[1]
    assert "s earlier" in "; ".join(back.candidates[0].reasons)


def test_who_cannot_have_come_in_time_is_left_out(made, case):
    gate, hall = both(made)
    between = (made.tracks("hall")[0].start - made.tracks("gate")[0].end).total_seconds()
    way(made, "gate", "hall", between - 5, between + 1)
    found = follow(made.workspace, gate[0], case=case, reason=WHY)
    assert ids(found) == [hall[0]]
    assert f"the way takes {between - 5:g} to {between + 1:g} s" in found.candidates[0].reasons
    way(made, "hall", "gate", 0, 60)  # in place of the one before, in either order
    assert len(list_ways(made.workspace)) == 1
    assert ids(follow(made.workspace, gate[0], case=case, reason=WHY)) == []


def test_who_passes_the_wrong_side_comes_later(made, case):
    gate, hall = both(made)  # all walk from left to right
    way(made, "gate", "hall", 60, 7200, ("right", "left"))
    right = follow(made.workspace, gate[0], case=case, reason=WHY).candidates[0]
    assert "the track passes right: as the way does" in right.reasons
    assert "the candidate passes left: as the way does" in right.reasons
    way(made, "gate", "hall", 60, 7200, ("right", "top"))
    wrong = follow(made.workspace, gate[0], case=case, reason=WHY).candidates[0]
    assert wrong.seen.track == right.seen.track == hall[0]
    assert wrong.score < right.score
    assert "the candidate passes left: the way leads top" in wrong.reasons


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("gate", "gate", 0, 10), "another camera"),
        (("gate", "hall", 10, 10), "give 0 s or more"),
        (("gate", "hall", -1, 10), "give 0 s or more"),
        (("gate", "hall", 0, 1e9), "at most 7 days"),
        (("gate", "hall", 0, 10, ("up", "")), "no side"),
        (("gate", "yard", 0, 10), "no camera is called"),
    ],
)
def test_ways_that_make_no_sense(made, args, says):
    with pytest.raises(UsageError, match=says):
        set_way(made.workspace, *args)


def test_people_decide_and_the_timeline_tells(made, case):
    gate, hall = both(made)
    done = decide(made.workspace, (hall[0], gate[0]), "confirmed", case=case, reason=WHY)
    assert (done.first.track, done.second.track, done.by) == (hall[0], gate[0], "ines")
    assert "s earlier" in done.between
    decide(made.workspace, (gate[0], hall[1]), "rejected", case=case, reason=WHY)
    found = follow(made.workspace, gate[0], case=case, reason=WHY)
    assert ids(found) == [hall[2]]
    assert found.decided == 2
    shown = timeline(made.workspace, hall[0], case=case, reason=WHY)
    assert [s.seen.track for s in shown.stops] == [gate[0], hall[0]]
    assert (shown.links, shown.outside) == (1, 0)
    first, second = shown.stops
    assert first.before == ""
    assert "s later" in second.before
    assert second.recording == "hall.mp4"
    assert second.from_seconds == pytest.approx((second.seen.start - STARTS[1]).total_seconds(), abs=1e-3)
    assert second.to_seconds > second.from_seconds
    assert timeline(made.workspace, gate[0], case=case, reason=WHY).stops == shown.stops
    # Nobody else's case knows of it.
    other = made.open_case()
    made.case = other
    made.allow("journey")
    assert len(timeline(made.workspace, gate[0], case=other, reason=WHY).stops) == 1


def test_a_decision_can_be_changed(made, case):
    gate, hall = both(made)
    decide(made.workspace, (gate[0], hall[0]), "confirmed", case=case, reason=WHY)
    decide(made.workspace, (hall[0], gate[0]), "rejected", case=case, reason=WHY)
    assert len(timeline(made.workspace, gate[0], case=case, reason=WHY).stops) == 1
    with pytest.raises(UsageError, match="two tracks"):
        decide(made.workspace, (gate[0], gate[0]), "confirmed", case=case, reason=WHY)
    assert (
        rule(decide, made.workspace, (gate[0], "nobody"), "confirmed", case=case, reason=WHY)
        == "scope.covers-the-track"
    )


def test_what_contradicts_itself_is_said(made, case):
    gate, hall = both(made)
    decide(made.workspace, (gate[0], hall[0]), "confirmed", case=case, reason=WHY)
    decide(made.workspace, (hall[0], gate[1]), "confirmed", case=case, reason=WHY)
    decide(made.workspace, (gate[0], gate[1]), "rejected", case=case, reason=WHY)
    notes = timeline(made.workspace, gate[0], case=case, reason=WHY).notes
    assert any("rejected, and yet linked through others" in note for note in notes)


def test_the_error_of_clocks_is_shown_and_counted(made, case):
    """The hall's clock is put to the gate's, and may be wrong by some seconds: both tracks may overlap."""
    from synopticon.store.tables_footage import footage_file

    workspace = made.workspace
    with reading(workspace.engine) as connection:
        query = select(footage_file.c.digest).where(footage_file.c.footage == made.footage["hall"])
        digest = connection.execute(query).scalar_one()
    gate, hall = both(made)
    try:
        for seconds, error, says in (
            (3.0, 4.0, "they may overlap, or come in the other order"),
            (0.0, 0.5, "both at once"),
        ):
            made.login("otto")
            start = NOW + HOUR * 0 + (STARTS[0] - NOW) + seconds * HOUR / 3600
            set_clock(workspace, "hall", [digest], start, error)
            made.login("ines")
            decide(workspace, (gate[0], hall[0]), "confirmed", case=case, reason=WHY)
            shown = timeline(workspace, gate[0], case=case, reason=WHY)
            assert says in shown.stops[1].before
            assert f"± {error:.1f} s" in shown.stops[1].before
            assert {s.seen.uncertainty for s in shown.stops} == {0.0, error}
            assert any("at once" in n for n in shown.notes) == (seconds == 0.0)
        way(made, "gate", "hall", 0, 60)
        notes = timeline(workspace, gate[0], case=case, reason=WHY).notes
        assert not any("at once" in n for n in notes)  # the pictures share a place
    finally:
        made.login("otto")
        set_clock(workspace, "hall", [digest], STARTS[1])
        made.login("ines")


def test_a_track_without_any_stored_picture_is_said_in_one_line(made, case):
    from synopticon.store.tables_footage import tube

    gate, hall = both(made)
    decide(made.workspace, (gate[0], hall[0]), "confirmed", case=case, reason=WHY)
    own = tube.c.footage == made.footage["hall"]
    with made.workspace.engine.begin() as connection:
        kept = [dict(row) for row in connection.execute(select(tube).where(own)).mappings()]
        connection.execute(tube.delete().where(own))
    try:
        with pytest.raises(UsageError, match=f"{hall[0]}: no picture of its recording is kept: run"):
            timeline(made.workspace, hall[0], case=case, reason=WHY)
        with pytest.raises(UsageError, match="no picture"):
            decide(made.workspace, (gate[1], hall[1]), "confirmed", case=case, reason=WHY)
        shown = timeline(made.workspace, gate[0], case=case, reason=WHY)
        assert [s.seen.track for s in shown.stops] == [gate[0]]
        assert shown.outside == 1
    finally:
        with made.workspace.engine.begin() as connection:
            connection.execute(tube.insert(), kept)
    assert len(timeline(made.workspace, gate[0], case=case, reason=WHY).stops) == 2
    assert len(timeline(made.workspace, gate[1], case=case, reason=WHY).stops) == 1  # nothing was linked


def outcome(made):
    return list(made.workspace.log.entries())[-1].payload


def moments(path):
    """When each picture of a clip is, seconds."""
    from synopticon.footage.read import open_reader

    with open_reader(probe([str(path)])) as reader:
        return [frame.time for frame in reader]


def test_the_timeline_is_clips_in_true_time_masked_and_logged(made, case, tmp_path):
    """The head of the first figure is bright: what is dark there was filled."""
    gate, hall = both(made)
    decide(made.workspace, (hall[0], gate[0]), "confirmed", case=case, reason=WHY)
    shown = timeline(made.workspace, hall[0], case=case, reason=WHY, clips=tmp_path / "clips")
    names = [f"{n}-{c}-{t}" for n, c, t in zip(("01", "02"), CAMERAS, local(shown), strict=True)]
    assert [s.clips for s in shown.stops] == [(f"{name}.mp4",) for name in names]
    files = sorted((tmp_path / "clips").iterdir())
    assert [f.name for f in files] == [f"{name}.mp4" for name in names]
    assert outcome(made)["made"] == {f.name: sha256(f) for f in files}
    for stop, path in zip(shown.stops, files, strict=True):
        lasts = stop.to_seconds - stop.from_seconds
        assert moments(path)[-1] == pytest.approx(lasts, abs=0.2)
        assert heads_are_filled(made, stop, path)
    with pytest.raises(OutputError, match="exists already"):
        timeline(made.workspace, hall[0], case=case, reason=WHY, clips=tmp_path / "clips")
    again = timeline(made.workspace, hall[0], case=case, reason=WHY, clips=tmp_path / "clips", overwrite=True)
    assert again.stops == shown.stops


def local(shown):
    zone = ZoneInfo("Europe/Paris")
    return [s.seen.start.astimezone(zone).strftime("%Y-%m-%dT%H.%M.%S%z") for s in shown.stops]


def heads_are_filled(made, stop, path):
    """Every picture of the clip has the level of filled zones where the head of its track is."""
    from synopticon.footage.read import open_reader
    from synopticon.vision.mask import head_zones

    with made.workspace.act("journey", case=made.case, reason=Reason(WHY, (stop.seen.track,))) as act:
        row = made.workspace.tracks.one(act.grant, stop.seen.track)
        key = made.workspace.vault.key_for(act.grant, row.footage)
        (track,) = made.workspace.tracks.tracks(act.grant, key, Wanted(ids=(row.id,)))
    held = []
    with open_reader(probe([str(path)])) as reader:
        for frame in reader:
            k = int(np.argmin(np.abs(track.times - track.times[0] - frame.time)))
            for x1, y1, x2, y2 in head_zones(track, k):
                inner = frame.y[int(y1) + 2 : int(y2) - 2, int(max(x1, 0)) + 2 : int(x2) - 2]
                held.append(inner.size == 0 or int(inner.max()) < 80)
    return len(held) > 10 and all(held)


def test_recordings_that_are_gone_are_named_and_the_rest_is_written(made, case, tmp_path):
    gate, hall = both(made)
    decide(made.workspace, (hall[0], gate[0]), "confirmed", case=case, reason=WHY)
    original = made.workspace.folder.parent / "hall.mp4"
    away = original.rename(original.with_name("elsewhere"))
    try:
        shown = timeline(made.workspace, hall[0], case=case, reason=WHY, clips=tmp_path / "clips")
        assert [len(s.clips) for s in shown.stops] == [1, 0]
        assert any("hall.mp4: is gone since ingest" in note for note in shown.notes)
        assert "hall.mp4: is gone since ingest" in outcome(made)["lacking"][0]
        original.write_bytes(b"another film")
        shown = timeline(made.workspace, hall[1], case=case, reason=WHY, clips=tmp_path / "none")
        digests = [sha256(path) for path in (original, away)]
        (note,) = [note for note in shown.notes if "hall.mp4: changed since ingest" in note]
        assert all(digest in note for digest in digests)
        assert not (tmp_path / "none").exists()
    finally:
        away.replace(original)


def test_clips_are_written_whole_or_not_at_all(made, case, tmp_path, monkeypatch):
    from synopticon.acts import journey_clips

    gate, hall = both(made)
    decide(made.workspace, (hall[0], gate[0]), "confirmed", case=case, reason=WHY)
    real, calls = journey_clips.write_clips, []

    def full(*args, **more):
        calls.append(args)
        if len(calls) == 2:
            raise OutputError("the disk is full: make room")
        return real(*args, **more)

    monkeypatch.setattr(journey_clips, "write_clips", full)
    with pytest.raises(OutputError, match="make room"):
        timeline(made.workspace, hall[0], case=case, reason=WHY, clips=tmp_path / "clips")
    assert not list(tmp_path.iterdir())
    with pytest.raises(OutputError, match="there is no folder"):
        timeline(made.workspace, hall[0], case=case, reason=WHY, clips=tmp_path / "a" / "b")
    made.case = made.open_case()
    refused = {"case": made.case, "reason": WHY, "clips": tmp_path / "clips"}
    assert rule(timeline, made.workspace, hall[0], **refused) == "approval.second-person"
    assert not list(tmp_path.iterdir())


def test_flows_between_cameras_follow_confirmed_links(made):
    """All walk from left to right: out of the gate's right half, into the hall's left half."""
    workspace, counts = made.workspace, (*CAPABILITIES, "statistics")
    other = made.open_case(capabilities=counts)
    case = made.case = made.open_case(capabilities=counts)
    made.allow("journey")
    made.login("ada")
    for camera in CAMERAS:
        place = workspace.cameras.find(camera).id
        for name, x in (("left", 0.0), ("right", 0.5)):
            corners = ((x, 0.0), (x + 0.5, 0.0), (x + 0.5, 1.0), (x, 1.0))
            workspace.areas.set(Area(name, place, "zone", corners))
    made.login("ines")
    gate, hall = both(made)
    decide(workspace, (hall[0], gate[0]), "confirmed", case=case, reason=WHY)
    decide(workspace, (hall[1], gate[1]), "rejected", case=case, reason=WHY)

    def between(**asked):
        request = StatisticsRequest("flow", **asked)
        table = make_statistics(workspace, request, supply_of(workspace, request)).table
        return [r for r in table["rows"] if r["from_camera"] != r["to_camera"]]

    (flow,) = between(case=case, reason=WHY)
    assert (flow["from_camera"], flow["from_zone"]) == ("gate", "right")
    assert (flow["to_camera"], flow["to_zone"], flow["tracks"]) == ("hall", "left", 1)
    acts = [(e.header.kind, e.header.capability) for e in workspace.log.entries()][-4:]
    assert acts == [
        ("record", "statistics"), ("record", "journey"), ("outcome", "journey"), ("outcome", "statistics"),
    ]  # fmt: skip
    assert between(case=other, reason=WHY) == []  # it holds no journey: counted without links
    assert list(workspace.log.entries())[-2].header.capability == "statistics"


def test_the_log_calls_it_a_combination(made, case):
    gate, hall = both(made)
    decide(made.workspace, (gate[0], hall[0]), "confirmed", case=case, reason=WHY)
    record, outcome = list(made.workspace.log.entries())[-2:]
    assert (record.header.operation, record.header.case) == ("combination", case)
    assert record.payload["reason"] == [f"{gate[0]}: {WHY}", f"{hall[0]}: {WHY}"]
    assert outcome.payload["verdict"] == "confirmed"
    follow(made.workspace, gate[1], case=case, reason=WHY)
    assert "track_list" in list(made.workspace.log.entries())[-1].payload


def test_a_person_looked_for_in_many_cases_is_found_by_the_review(made):
    """By similarity, by journey, by a decision: each names in the log whom it was about."""
    start = made.workspace.log.storage.size()
    asked = [
        lambda case, a, b: similar(made.workspace, a, case=case, reason=f"who is this, in {case}"),
        lambda case, a, b: follow(made.workspace, a, case=case, reason=f"where to, in {case}"),
        lambda case, a, b: timeline(made.workspace, a, case=case, reason=f"when, in {case}"),
        lambda case, a, b: decide(made.workspace, (a, b), "rejected", case=case, reason=f"not, in {case}"),
    ]
    for ask in asked:
        made.case = made.open_case()
        made.allow("journey")
        made.allow("search.similar")
        gate, hall = both(made)
        ask(made.case, gate[1], hall[2])
    made.login("dora")
    try:
        found = review.review_log(made.workspace).findings
    finally:
        made.login("ines")
    same = [f for f in found if f.pattern is Pattern.SAME_SUBJECT and f.what.startswith(gate[1])]
    entries = {n for f in same for n in f.entries if n >= start}
    kinds = [made.workspace.log.entry(n).header.capability for n in sorted(entries)]
    assert kinds == ["search.similar", "journey", "journey", "journey"]
