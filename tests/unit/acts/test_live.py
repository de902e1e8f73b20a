import json
import os
import signal
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from synopticon.acts import jobs
from synopticon.acts.camera_rules import RuleWish, save_rule
from synopticon.acts.day_synopsis import _hours, last_of
from synopticon.acts.events import Rules
from synopticon.acts.live import Listener, Watch, WatchRequest
from synopticon.acts.live_kept import FOLDER, Keeper, ask_for_day
from synopticon.acts.switches import gaps, resume, suspend, switches
from synopticon.acts.synopsis import SynopsisRequest
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.errors import RefusedError, UsageError
from synopticon.events.rules_file import draft_of
from synopticon.footage.stream import StreamSettings
from synopticon.governance.grant import Scope, Window
from synopticon.store.cameras import Camera
from synopticon.store.jobs import State
from synopticon.vision.rolling import RollingSettings
from tests.live import made, stored_ids
from tests.scene import write_scene
from tests.streams import camera, transport
from tests.waiting import patience

until = patience(60.0)

LINE = {"rule": "line", "name": "middle", "line": [[0.5, 0.0], [0.5, 1.0]]}
QUICK = StreamSettings(stall=1.5, opening=4.0, pauses=(0.2, 0.5))
pytestmark = pytest.mark.slow


def request(address, *rules, **more):
    drafts = tuple(draft_of("a rule", one) for one in (rules or (LINE,)))
    more = {"rolling": RollingSettings(learn=2.0), "stream": QUICK, "model": "none", **more}
    return WatchRequest((("gate", str(address)),), Rules(drafts), **more)


class Told:
    """What a watch tells."""

    def __init__(self):
        self.alerts, self.lines, self.how = [], [], []

    @property
    def listener(self):
        return Listener(self.alerts.append, self.lines.append, lambda _, how: self.how.append(how))


@pytest.fixture
def place(tmp_path):
    return made(tmp_path, "gate")


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """Figures that cross the middle of the picture, one every 4 s."""
    return write_scene(tmp_path_factory.mktemp("street") / "a.mp4", figures=6, seconds=3.0, pause=1.0)


def test_an_alert_is_stored_when_it_is_told_of(place, street):
    told, there = Told(), []
    with open_workspace(place) as here, open_workspace(place) as other:
        listener = replace(told.listener, alert=lambda a: there.append((a, a.id in stored_ids(other))))
        with Watch(here, request(street), listener):
            until(lambda: len(there) >= 2)
    assert all(stored for _, stored in there)
    alert = there[0][0]
    assert (alert.camera, alert.found.event.name) == ("gate", "middle")
    assert abs((alert.raised - alert.start).total_seconds()) < 20
    assert set(json.loads(json.dumps(alert.plain()))) >= {"id", "rule", "start_utc", "raised_utc", "reason"}


def test_without_a_profile_that_allows_it_nothing_is_watched(tmp_path, street):
    init_workspace(tmp_path / "own")
    with open_workspace(tmp_path / "own") as here:
        from synopticon.acts.cameras import add_camera

        add_camera(here, "gate")
        told = Told()
        with Watch(here, request(street), told.listener) as watching:
            assert watching.wait(20)
        assert isinstance(watching.refusals[0], RefusedError)
        assert watching.refusals[0].rule == "personal.nobody-singled-out"
        assert not told.how


@pytest.mark.parametrize(
    "rule", [{**LINE, "classes": ["unicorn"]}, {"rule": "zone", "zone": []}, {"rule": "no"}]
)
def test_a_rule_with_a_mistake_is_refused_before_anything_is_watched(place, street, rule):
    with open_workspace(place) as here, pytest.raises(UsageError):
        Watch(here, request(street, rule))


def test_without_a_file_the_usual_rules_and_those_of_the_camera_are_looked_for(place, street):
    with open_workspace(place) as here:
        save_rule(here, "gate", "into the yard", RuleWish("line", {"line": LINE["line"]}))
        wanted = replace(request(street), rules=Rules())
        (post,) = Watch(here, wanted)._posts
        assert len(post.rules) == 8
        assert post.rules[-1].name == "into the yard"


def test_unknown_cameras_and_two_streams_of_one_are_refused(place, street):
    with open_workspace(place) as here:
        for cameras in ((("nowhere", str(street)),), (("gate", str(street)), ("gate", str(street)))):
            with pytest.raises(UsageError):
                Watch(here, WatchRequest(cameras))


def test_a_rule_that_is_switched_off_raises_nothing_and_goes_on_when_it_is_on(place, street):
    other = {**LINE, "name": "left third", "line": [[0.3, 0.0], [0.3, 1.0]]}
    told = Told()
    with open_workspace(place) as here, open_workspace(place) as desk:
        suspend(desk, "gate", "middle", "false alarms")
        with Watch(here, request(street, LINE, other), told.listener):
            until(lambda: len(told.alerts) >= 2)
            assert {a.found.event.name for a in told.alerts} == {"left third"}
            resume(desk, "gate", "middle")
            until(lambda: any(a.found.event.name == "middle" for a in told.alerts))
        assert switches(desk) == ()


def test_a_camera_is_switched_off_within_two_seconds_and_a_gap_says_why(place, street):
    told = Told()
    with open_workspace(place) as here, open_workspace(place) as desk:
        with Watch(here, request(street), told.listener):
            until(lambda: told.how and told.how[-1].frames > 5)
            begun = time.monotonic()
            suspend(desk, "gate", reason="a wedding")
            until(lambda: "gate: switched off" in told.lines)
            took = time.monotonic() - begun
            count = len(told.how)
            time.sleep(2.0)
            assert len(told.how) == count
            resume(desk, "gate")
            until(lambda: len(told.how) > count)
        found = gaps(desk, "gate")
    assert took < 2.0
    off = [g for g in found if "a wedding" in g.detail]
    assert len(off) == 1
    assert off[0].end is not None
    assert (off[0].end - off[0].start).total_seconds() >= 1.5


def test_a_switch_needs_a_reason_and_is_in_the_log(place):
    with open_workspace(place) as here:
        with pytest.raises(UsageError):
            suspend(here, "gate", reason=" ")
        with pytest.raises(UsageError):
            resume(here, "gate")
        suspend(here, "gate", "middle", "false alarms")
        ((one),) = switches(here, "gate")
        assert (one.camera, one.rule, one.reason) == ("gate", "middle", "false alarms")
        said = [e.payload for e in here.log.storage.entries(0, here.log.storage.size()) if e.payload]
    assert any(p.get("suspended") is True and p.get("switch") == "middle" for p in said)


def test_a_stream_that_stops_and_comes_again_leaves_a_gap(place, tmp_path):
    told = Told()
    with camera() as feed, open_workspace(place) as here:
        feed.shows, feed.seconds = transport(tmp_path, count=300), 30.0
        with Watch(here, request(feed.url), told.listener):
            until(lambda: told.how and told.how[-1].frames > 5)
            feed.close()
            feed.shows = b""
            until(lambda: told.how[-1].frames > 8)
        (first, *_) = gaps(here, "gate")
    assert "not opened yet" in first.detail
    assert first.end is not None


def test_gaps_of_a_camera_that_goes_away(place, tmp_path):
    told = Told()
    with camera() as feed, open_workspace(place) as here:
        feed.shows, feed.seconds = transport(tmp_path, count=30), 3.0
        with Watch(here, request(feed.url), told.listener):
            until(lambda: feed.connections >= 3)
            time.sleep(1.5)
        found = gaps(here, "gate")
    ended = [g for g in found if "stream ended" in g.detail]
    assert len(ended) >= 2
    assert all(g.end is None or g.end > g.start for g in found)
    assert sum(g.end is None for g in found) <= 1


def test_a_process_that_dies_is_begun_anew_and_a_gap_says_so(place, street):
    told = Told()
    with open_workspace(place) as here:
        with Watch(here, request(street), told.listener) as watching:
            until(lambda: told.how and told.how[-1].frames > 5)
            os.kill(watching._posts[0]._eye.process.pid, signal.SIGKILL)
            until(lambda: any("died" in line for line in told.lines))
            count = len(told.how)
            until(lambda: len(told.how) > count + 1)
        found = gaps(here, "gate")
    assert any("died" in g.detail and g.end is not None for g in found)


def test_a_camera_is_watched_by_one_process(place, street):
    told, other = Told(), Told()
    with open_workspace(place) as here, Watch(here, request(street), told.listener):
        until(lambda: told.how)
        with open_workspace(place) as there, Watch(there, request(street), other.listener) as second:
            assert second.wait(20)
        assert "another process" in str(second.refusals[0])


def test_the_time_after_a_watch_was_killed_is_a_gap(place, street):
    with open_workspace(place) as here:
        known = here.cameras.find("gate")
        at = here.clock() - timedelta(minutes=5)
        scope = Scope((known.id,), (Window(at, here.clock() + timedelta(hours=1)),))
        with here.act("live", scope=scope) as act:  # what a killed one leaves: a session without an end
            here.live.begin_session(act.grant, known.id, "live-before", at)
            here.live.go_on(act.grant, "live-before", at + timedelta(minutes=1))
        told = Told()
        with Watch(here, request(street), told.listener):
            until(lambda: told.how)
        first = gaps(here, "gate")[0]
        assert "killed" in first.detail
        assert first.start == at + timedelta(minutes=1)
        assert 200 < (first.end - first.start).total_seconds() < 300
        with Watch(here, request(street), Told().listener) as again:
            until(lambda: again._posts[0]._eye is not None)
        assert sum("killed" in g.detail for g in gaps(here, "gate")) == 1


def test_gaps_that_a_killed_watch_left_open_end_when_it_is_watched_again(place, street):
    with open_workspace(place) as here:
        told = Told()
        with Watch(here, request(street), told.listener):
            until(lambda: told.how and told.how[-1].frames > 5)
            suspend(here, "gate", reason="off")
            until(lambda: "gate: switched off" in told.lines)
        assert [g.end for g in gaps(here, "gate")][-1] is None
        resume(here, "gate")
        with Watch(here, request(street), Told().listener):
            until(lambda: all(g.end for g in gaps(here, "gate")[:-1]))


def test_a_password_is_nowhere(place, tmp_path, capfd, caplog):
    told = Told()
    secret = "s3cret-Word"
    with camera() as feed, open_workspace(place) as here:
        url = f"http://admin:{secret}@127.0.0.1:{feed.port}/live?token={secret}"
        feed.shows = (
            b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: Basic realm=x\r\n\r\n"
        )
        feed.seconds = 0.1
        with Watch(here, request(url), told.listener):
            until(lambda: sum("not seen" in line for line in told.lines) >= 2)
    assert any("password" in line for line in told.lines), told.lines
    printed = capfd.readouterr()
    everything = b"".join(p.read_bytes() for p in place.rglob("*") if p.is_file())
    for text in (*told.lines, printed.out, printed.err, caplog.text, repr(request(url))):
        assert secret not in text
    assert secret.encode() not in everything
    assert b"127.0.0.1" in everything


@pytest.mark.timeout(900)
def test_a_recorded_stream_becomes_recordings_and_the_last_hour_a_synopsis(place, street, tmp_path):
    told = Told()
    with open_workspace(place) as here:
        wanted = request(street, record=True, segment=5.0)
        with Watch(here, wanted, told.listener):
            until(lambda: sum(j.state is State.DONE for j in jobs.my_jobs(here)) >= 2, 250)
        done = [j for j in jobs.my_jobs(here) if j.state is State.DONE]
        assert all(j.kind == "ingest" for j in done)
        assert not [j for j in jobs.my_jobs(here) if j.state is State.FAILED], [
            j.says for j in jobs.my_jobs(here)
        ]
        assert sum(j.made["track_count"] for j in done) >= 2
        left = list((place / FOLDER).rglob("*.mkv"))
        assert len(left) <= len(jobs.my_jobs(here)) - len(done) + 1
        assert len(list((place / "footage").rglob("*.mkv"))) >= len(done)
        output = tmp_path / "hour.synopsis.mp4"
        made_, start, end = last_of(
            here, "gate", 3600, SynopsisRequest((), output, length="60s", clips=False)
        )
        assert sum(v.shown for v in made_.videos) >= 2
        assert (end - start).total_seconds() == 3600


def test_what_a_killed_watch_left_is_taken_in_at_the_next(place, street, tmp_path):
    with open_workspace(place) as here:
        known = here.cameras.find("gate")
        keeper = Keeper(here, None, "none", None, "")
        folder = keeper.folder(known)
        folder.mkdir(parents=True)
        start = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        (folder / f"{start}.mkv.part").write_bytes(street.read_bytes())
        (folder / "20010101T000000.000000Z.mkv").write_bytes(b"what may not be kept any longer")
        here.cameras.change(replace(known, retention_days=30))
        with keeper.working([here.cameras.find("gate")], record=True, daily=False):
            until(lambda: any(j.over for j in jobs.my_jobs(here)), 90)
        (job,) = jobs.my_jobs(here)
        assert (job.state, job.made["track_count"] > 0) == (State.DONE, True), job.says
        assert not list(folder.iterdir())


def test_a_day_is_asked_for_once(place):
    with open_workspace(place) as here:
        known = here.cameras.find("gate")
        first = ask_for_day(here, known, "2026-11-28")
        assert ask_for_day(here, known, "2026-11-28").id == first.id
        assert ask_for_day(here, known, "2026-11-27").id != first.id
        assert first.payload == {"camera": "gate", "day": "2026-11-28", "length": "1m"}


def test_an_hour_that_passes_midnight_is_of_the_day_that_it_begins():
    first, last = (datetime(2026, 11, 28, hour, 30, tzinfo=UTC) for hour in (22, 23))
    query = _hours(Camera("cam-1", 'north "gate"', "", "Europe/Paris", "", None, "", first), first, last)
    assert query == 'camera:"north \\"gate\\"" on:2026-11-28 from:23:30:00 to:00:30:00'


def test_threads_and_processes_end_with_the_watch(place, street):
    before = {t.name for t in threading.enumerate()}
    told = Told()
    with open_workspace(place) as here, Watch(here, request(street), told.listener) as watching:
        until(lambda: told.how)
        process = watching._posts[0]._eye.process
        pid = process.pid
    assert {t.name for t in threading.enumerate()} <= before | {"QueueFeederThread"}
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
