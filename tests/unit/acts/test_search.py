"""Searching a workspace, working with hits, and a synopsis of them: each with its entries in the log."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import delete

from synopticon.acts.cameras import add_camera, set_clock
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.marks import Marking, list_marks, mark_tracks
from synopticon.acts.replay import ReplayRequest, replay
from synopticon.acts.search import Wishes, search
from synopticon.acts.selection import _names, stream_of_hits, synopsis_of_hits
from synopticon.acts.statistics import StatisticsRequest, make_statistics, supply_of
from synopticon.acts.synopsis import SynopsisRequest, make_synopsis
from synopticon.acts.workspace import open_workspace
from synopticon.acts.zones import draw, drop, list_areas, set_ground
from synopticon.errors import FootageError, OutputError, QueryError, RefusedError, UsageError
from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader
from synopticon.store.database import writing
from synopticon.store.tables_search import trait_file
from synopticon.values.ground import of_points
from tests.scene import write_scene

WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """Two cameras with one recording each; one has a clock."""
    folder = tmp_path_factory.mktemp("held")
    with open_workspace(folder / "ws") as workspace:
        for name, seed, figures in (("gate", 1, 3), ("hall", 2, 2)):
            add_camera(workspace, name, zone="Europe/Paris")
            stamp = "_20261120T170000Z" if name == "gate" else ""
            video = write_scene(folder / f"{name}{stamp}.mp4", figures=figures, seed=seed)
            ingest(workspace, IngestRequest((str(video),), name, model="none"))
        yield workspace


def last(workspace, count=1):
    return list(workspace.log.entries())[-count:]


def test_hits_come_with_reasons_coverage_and_what_was_not_measured(held):
    answer = search(held, "object going:right camera:gate")
    assert len(answer.found.hits) == answer.found.total == 3
    assert answer.coverage.share == pytest.approx(1.0)
    hit = answer.found.hits[0]
    assert [r.term for r in hit.reason] == ["object", "going:right", "camera:gate"]
    assert hit.start.utcoffset() == timedelta(hours=1)
    assert "not measured: direction with none" in answer.worth()
    assert answer.worth()[-1] == "footage like yours: not measured"


def test_what_has_no_known_time_is_counted_and_not_passed_over(held):
    answer = search(held, "from:17:00")
    assert {h.camera for h in answer.found.hits} == {held.cameras.find("gate").id}
    assert "2 tracks could not be judged: their time is unknown" in answer.worth()


def test_the_question_and_its_hits_are_in_the_log(held):
    search(held, "object limit:2", reason="who passed")
    record, outcome = last(held, 2)
    assert record.payload["query"] == "object limit:2"
    assert record.payload["reason"] == ["who passed"]
    assert (outcome.payload["hits"], outcome.payload["shown"]) == (5, 2)
    assert re.fullmatch("[0-9a-f]{64}", outcome.payload["track_list"])


def test_what_must_not_be_asked_is_refused_by_name_and_logged(held):
    for text, plain in (("sex:male", False), ("une femme en rouge", True)):
        with pytest.raises(RefusedError) as refused:
            search(held, text, plain=plain)
        assert refused.value.rule == "search.no-sensitive-traits"
        (entry,) = last(held)
        assert entry.header.kind == "refusal"
        assert entry.payload["rule"] == "search.no-sensitive-traits"


def test_plain_words_are_translated(held):
    answer = search(held, "something that goes to the right", plain=True)
    assert "going:right" in answer.query
    assert answer.found.total == 5


def test_a_name_that_is_none_is_suggested(held):
    with pytest.raises(QueryError, match="gate"):
        search(held, "camera:gaet")


def test_zones_and_lines_are_drawn_searched_and_dropped(held):
    draw(held, "gate", "all", "zone", WHOLE)
    draw(held, "gate", "middle", "line", ((0.5, 1.0), (0.5, 0.0)))
    assert [a.name for a in list_areas(held, "gate")] == ["all", "middle"]
    assert search(held, "in:all").found.total == 3
    assert search(held, "cross:middle:in").found.total == 3
    assert search(held, "cross:middle:out").found.total == 0
    drop(held, "gate", "all")
    with pytest.raises(QueryError, match="all"):
        search(held, "in:all")
    with pytest.raises(UsageError, match="zones list"):
        drop(held, "gate", "all")
    drop(held, "gate", "middle")


@pytest.mark.parametrize(
    ("name", "kind", "points", "says"),
    [
        ("bay", "zone", WHOLE[:2], "3 to 200"), ("bay", "line", WHOLE[:1], "2 to 200"),
        ("bay", "zone", ((0.0, 0.0), (1.2, 0.0), (0.0, 1.0)), "from 0 to 1"),
        ("a:in", "line", WHOLE[:2], "no name"), (" ", "line", WHOLE[:2], "no name"),
        ("bay", "zone", ((float("nan"), 0.0), *WHOLE[1:]), "from 0 to 1"),
    ],
)  # fmt: skip
def test_what_is_no_zone_is_said(held, name, kind, points, says):
    with pytest.raises(UsageError, match=says):
        draw(held, "gate", name, kind, points)
    assert not list_areas(held)


def test_speeds_in_metres_come_with_a_ground(held):
    assert (
        "3 tracks could not be judged: their camera has no ground in metres"
        in search(held, "speed:>1km/h camera:gate").worth()
    )
    set_ground(held, "gate", of_points(WHOLE, ((0, 0), (12, 0), (12, 9), (0, 9))))  # 15 m in 3 s
    hit = search(held, "speed:10km/h..26km/h camera:gate").found.hits[0]
    assert re.search(r"1[0-9]\.\d km/h, give or take", hit.reason[0].says), hit.reason


def test_hits_are_accepted_noted_tagged_trimmed_and_found_again(held):
    first, second = (h.track for h in search(held, "object limit:2").found.hits)
    mark_tracks(held, [first], Marking("accepted", "the one", ("red", "bag"), trim=(0.5, 2.0)))
    mark_tracks(held, [first, second], Marking(untag=("bag",), tags=("seen",)))
    marks = {m.track: m for m in list_marks(held)}
    assert marks[first].tags == ("red", "seen")
    assert (marks[first].verdict, marks[first].note, marks[first].trim) == ("accepted", "the one", (0.5, 2.0))
    assert marks[second].verdict == "new"
    assert marks[first].by == held.actor.id
    assert [h.track for h in search(held, "is:accepted").found.hits] == [first]
    assert search(held, "tag:seen").found.total == 2
    assert search(held, "not tag:seen").found.total == 3
    with pytest.raises(UsageError, match="no track"):
        mark_tracks(held, [first, "nobody"], Marking("rejected"))
    with pytest.raises(UsageError, match="verdict"):
        mark_tracks(held, [first], Marking("perhaps"))
    with pytest.raises(UsageError, match="trim"):
        mark_tracks(held, [first], Marking(trim=(2.0, 99.0)))
    assert {m.track: m for m in list_marks(held)} == marks


def test_a_page_of_hits_with_masked_pictures_appears_whole(held, tmp_path):
    wishes = Wishes(tmp_path / "hits.html", tmp_path / "pictures")
    answer = search(held, "object camera:gate", wishes=wishes)
    page = wishes.page.read_text()
    assert page.count("data:image/jpeg;base64,") == 3
    assert "script" not in page.lower()
    assert "://" not in page
    for hit in answer.found.hits:
        assert (tmp_path / "pictures" / f"{hit.track}.jpg").read_bytes().startswith(b"\xff\xd8")
        assert answer.thumbnails[hit.track].endswith(f"{hit.track}.jpg")
    with pytest.raises(OutputError, match="exists"):
        search(held, "object", wishes=wishes)


def test_a_hostile_name_stays_text_in_the_page(tmp_path):
    with open_workspace(tmp_path / "ws") as workspace:
        add_camera(workspace, "<script>alert(1)</script>", zone="UTC")
        video = write_scene(tmp_path / "a.mp4", figures=1)
        ingest(workspace, IngestRequest((str(video),), "<script>alert(1)</script>", model="none"))
        search(workspace, "object", wishes=Wishes(tmp_path / "hits.html"))
    page = (tmp_path / "hits.html").read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_synopsis_of_hits_is_made_without_the_recording(held, tmp_path, monkeypatch):
    monkeypatch.setattr("synopticon.footage.decode.Decoder", None, raising=False)
    request = SynopsisRequest((), output=tmp_path / "s.mp4", where="object camera:gate")
    made = synopsis_of_hits(held, request)
    assert [(v.camera, v.shown) for v in made.videos] == [("gate", 3)]
    manifest = json.loads((tmp_path / "s.json").read_text())
    assert len(manifest["objects"]) == 3
    assert manifest["masked"] is True
    assert manifest["settings"]["where"] == "object camera:gate"
    assert probe([str(tmp_path / "s.mp4")]).duration == pytest.approx(made.videos[0].length_seconds, abs=0.2)
    assert [e.header.capability for e in last(held, 4)] == [
        "synopsis", "search.attributes", "search.attributes", "synopsis",
    ]  # fmt: skip


def test_a_synopsis_of_hits_is_found_again_in_the_recording(held, tmp_path):
    """Of one of three objects: the same is found in the recording alone, and planned as it was."""
    one = search(held, "object camera:gate limit:1").found.hits[0].track
    request = SynopsisRequest((), output=tmp_path / "s.mp4", where=f"object camera:gate track:{one}")
    synopsis_of_hits(held, request)
    recordings = str(held.folder.parent)
    made = replay(ReplayRequest(tmp_path / "s.json", (recordings,), workers=1))
    assert made.same, list(made.lines())
    assert made.tracks.pairs == {one: one}
    assert [d.what for d in made.digests if "not compared" not in (d.recorded, d.now)] == ["tracks", "plan"]
    assert [path.rpartition("/")[2] for path in made.extra] == ["hall.mp4"]


def test_cameras_have_a_video_each(held, tmp_path):
    made = synopsis_of_hits(held, SynopsisRequest((), output=tmp_path / "s.mp4"))
    assert [(v.camera, v.video.name, v.shown) for v in made.videos] == [
        ("gate", "s.gate.mp4", 3),
        ("hall", "s.hall.mp4", 2),
    ]
    assert all(v.html.exists() for v in made.videos)


def test_a_synopsis_flows_while_it_is_drawn(held, tmp_path):
    chunks = []

    class Pipe:
        def write(self, data):
            chunks.append(bytes(data))
            return len(data)

        def flush(self):
            pass

    frames = stream_of_hits(held, SynopsisRequest((), where="object camera:gate"), Pipe())
    assert len(chunks) > 3
    (tmp_path / "s.mp4").write_bytes(b"".join(chunks))
    with open_reader(probe([str(tmp_path / "s.mp4")])) as reader:
        pictures = [f.y.copy() for f in reader]
    assert len(pictures) == frames
    assert np.ptp([p.mean() for p in pictures]) > 0
    with pytest.raises(UsageError, match="camera:NAME"):
        stream_of_hits(held, SynopsisRequest((), where="object"), Pipe())


def test_nothing_that_answers_is_said_and_nothing_is_written(held, tmp_path):
    with pytest.raises(FootageError, match="nothing in the scope answers 'dwell:>1000s'"):
        synopsis_of_hits(held, SynopsisRequest((), output=tmp_path / "s.mp4", where="dwell:>1000s"))
    with pytest.raises(UsageError, match="--output"):
        synopsis_of_hits(held, SynopsisRequest((), where="object"))
    assert not list(tmp_path.iterdir())


def test_clear_pictures_of_hits_need_named_files_in_ones_own_workspace(held, tmp_path):
    request = SynopsisRequest((), output=tmp_path / "s.mp4", unmasked=True)
    with pytest.raises(RefusedError, match=r"masking\.reason"):
        synopsis_of_hits(held, request)
    assert not list(tmp_path.iterdir())


def test_a_synopsis_of_one_file_shows_only_what_answers(tmp_path):
    video = write_scene(tmp_path / "a.mp4", figures=3)
    home = tmp_path / "ws"
    everything = make_synopsis(
        SynopsisRequest((str(video),), tmp_path / "all.mp4", model="none", workspace=home)
    )
    some = make_synopsis(
        SynopsisRequest((str(video),), tmp_path / "some.mp4", model="none", workspace=home, where="limit:1")
    )
    assert (everything.shown, some.shown) == (3, 1)
    with pytest.raises(FootageError, match="nothing found answers"):
        make_synopsis(
            SynopsisRequest(
                (str(video),), tmp_path / "no.mp4", model="none", workspace=home, where="going:up"
            )
        )


def test_a_clock_that_is_set_moves_the_hits(tmp_path):
    with open_workspace(tmp_path / "ws") as workspace:
        add_camera(workspace, "door", zone="Europe/Paris")
        video = write_scene(tmp_path / "a.mp4", figures=1)
        ingest(workspace, IngestRequest((str(video),), "door", model="none"))
        assert search(workspace, "on:2026-11-20").found.total == 0
        at = datetime(2026, 11, 20, 17, tzinfo=UTC)
        set_clock(workspace, "door", [str(video)], at, 2.0)
        (hit,) = search(workspace, "on:2026-11-20 from:18:00").found.hits
        assert hit.start.hour == 18
        synopsis_of_hits(workspace, SynopsisRequest((), output=tmp_path / "s.mp4"))
    assert "18:00:0" in (tmp_path / "s.vtt").read_text()


def test_statistics_count_what_answers_a_question(held, tmp_path):
    def counted(query="", **more):
        request = StatisticsRequest("camera", query=query, **more)
        made = make_statistics(held, request, supply_of(held, request))
        return {row["camera"]: row["tracks"] for row in made.table["rows"]}

    assert counted() == {"gate": 3, "hall": 2}
    assert counted("camera:gate limit:1") == {"gate": 3}
    assert counted("dwell:>1000s") == {}
    with pytest.raises(QueryError):
        counted("upper:rde")
    request = StatisticsRequest("heat", cameras=("gate",), output=tmp_path / "heat.png")
    make_statistics(held, request, supply_of(held, request))
    assert (tmp_path / "heat.png").read_bytes()[16:24] == (320).to_bytes(4) + (240).to_bytes(4)
    assert "view.masked" in [e.header.capability for e in last(held, 4)]


def test_cameras_whose_names_are_alike_on_the_disk_have_files_of_their_own(tmp_path):
    names = _names(tmp_path / "s.mp4", ["a/b", "a b", "A_B", "gate", "gate-2", "gate"])
    assert len({n.name.casefold() for n in names}) == 6
    assert all(n.parent == tmp_path for n in names)


def test_plans_of_several_cameras_lie_side_by_side(held, tmp_path):
    request = SynopsisRequest((), output=tmp_path / "s.mp4", plot=tmp_path / "plan.svg")
    synopsis_of_hits(held, request)
    assert sorted(p.name for p in tmp_path.glob("*.svg")) == ["plan.gate.svg", "plan.hall.svg"]


def test_who_asks_for_no_tracks_at_an_unknown_time_first(held):
    hits = search(held, "object sort:time").found.hits
    assert [h.start is None for h in hits] == [False] * 3 + [True] * 2


def test_what_cannot_be_judged_is_counted_beside_zones_too(held):
    draw(held, "hall", "floor", "zone", WHOLE)
    said = search(held, "from:00:00 in:floor").worth()
    drop(held, "hall", "floor")
    assert "2 tracks could not be judged: their time is unknown" in said


def test_coverage_is_of_the_cameras_and_days_that_were_asked_for(held):
    whole, gate = search(held, "object").coverage, search(held, "object camera:gate").coverage
    assert gate.recorded < whole.recorded
    assert search(held, "object on:2026-11-20").coverage.recorded == pytest.approx(gate.recorded)
    assert search(held, "object on:2026-11-21").coverage.recorded == 0


def test_pictures_go_into_a_folder_that_is_there(held, tmp_path):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "other").write_text("")
    search(held, "object limit:1", wishes=Wishes(thumbnails=tmp_path / "pictures"))
    assert len(list((tmp_path / "pictures").iterdir())) == 1
    with pytest.raises(OutputError, match="folder"):
        search(held, "object", wishes=Wishes(thumbnails=tmp_path / "other"))


def damaged(path):
    data = bytearray(path.read_bytes())
    at = range(len(data) * 6 // 10, len(data) * 7 // 10)
    data[at.start : at.stop] = bytes(len(at))
    path.write_bytes(data)
    return path


def test_gaps_that_decoding_met_are_in_the_synopsis_of_hits(tmp_path):
    with open_workspace(tmp_path / "ws") as workspace:
        add_camera(workspace, "door", zone="UTC")
        video = damaged(write_scene(tmp_path / "a.mp4", figures=3))
        (taken,) = ingest(workspace, IngestRequest((str(video),), "door", model="none")).recordings
        assert taken.gaps
        made = synopsis_of_hits(workspace, SynopsisRequest((), output=tmp_path / "s.mp4"))
    manifest = json.loads((tmp_path / "s.json").read_text())
    assert made.exit_code == 4
    assert manifest["gaps"]
    assert manifest["coverage"]["share"] < 1
    assert manifest["settings"]["model"] == "none"


def test_recordings_of_two_days_are_one_synopsis_with_the_time_between_as_a_gap(tmp_path):
    with open_workspace(tmp_path / "ws") as workspace:
        add_camera(workspace, "door", zone="UTC")
        for day in (20, 21):
            video = write_scene(tmp_path / f"door_202611{day}T100000Z.mp4", figures=1, seed=day)
            ingest(workspace, IngestRequest((str(video),), "door", model="none"))
        synopsis_of_hits(workspace, SynopsisRequest((), output=tmp_path / "s.mp4"))
    manifest = json.loads((tmp_path / "s.json").read_text())
    assert len(manifest["objects"]) == 2
    (gap,) = manifest["gaps"]
    assert gap["reason"] == "missing"
    assert 86_000 < gap["end"] - gap["start"] < 86_400
    said = (tmp_path / "s.vtt").read_text()
    assert "11-20 10:00" in said
    assert "11-21 10:00" in said


def test_footage_without_columns_counts_as_not_looked_at_and_is_taken_in_again(tmp_path):
    with open_workspace(tmp_path / "ws") as workspace:
        add_camera(workspace, "door", zone="UTC")
        video = write_scene(tmp_path / "a.mp4", figures=1)
        request = IngestRequest((str(video),), "door", model="none")
        ingest(workspace, request)
        with writing(workspace.engine) as connection:
            connection.execute(delete(trait_file))
        answer = search(workspace, "object")
        assert (answer.found.total, answer.coverage.seen) == (0, 0.0)
        assert [g.reason for g in answer.gaps] == ["not analysed"]
        assert ingest(workspace, request).recordings[0].state == "analysed"
        assert search(workspace, "object").found.total == 1
        assert ingest(workspace, request).recordings[0].state == "known"


def test_a_question_about_one_file_is_a_search_too_and_read_before_any_work(tmp_path, monkeypatch):
    video = write_scene(tmp_path / "a.mp4", figures=1)
    home = tmp_path / "ws"
    request = SynopsisRequest((str(video),), tmp_path / "s.mp4", model="none", workspace=home)
    monkeypatch.setattr("synopticon.acts.synopsis.analysing", None)
    with pytest.raises(QueryError):
        make_synopsis(replace(request, where="upper:rde"))
    with pytest.raises(RefusedError):
        make_synopsis(replace(request, where="sex:male"))
    monkeypatch.undo()
    make_synopsis(replace(request, where="object"))
    with open_workspace(home) as workspace:
        said = [(e.header.kind, e.header.capability) for e in workspace.log.entries()]
    assert ("refusal", "search.attributes") in said
    assert said[-4:-2] == [("record", "synopsis"), ("record", "search.attributes")]


def test_what_must_not_be_asked_is_refused_and_logged_for_statistics_too(held):
    request = StatisticsRequest("camera", query="sex:male")
    with pytest.raises(RefusedError) as refused:
        make_statistics(held, request, supply_of(held, request))
    assert refused.value.rule == "search.no-sensitive-traits"
    (entry,) = last(held)
    assert (entry.header.kind, entry.header.capability) == ("refusal", "search.attributes")
    assert entry.payload["rule"] == "search.no-sensitive-traits"


def test_a_tag_sorts_no_people_and_an_old_one_can_be_taken_off(held):
    (hit,) = search(held, "object limit:1").found.hits
    for tag in ("woman", "black man"):
        with pytest.raises(RefusedError, match="no-sensitive-traits"):
            mark_tracks(held, [hit.track], Marking(tags=("seen", tag)))
        assert last(held)[0].header.kind == "refusal"
    mark_tracks(held, [hit.track], Marking(untag=("woman",)))
