"""``synopticon watch`` as users run it: its own process, RTSP, killed."""

import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager

import psutil
import pytest

from synopticon.acts.switches import gaps
from synopticon.acts.webhooks import add_webhook, list_webhooks
from synopticon.acts.workspace import open_workspace
from tests.cameras import Rtsp
from tests.live import Receiver, made, stored_ids
from tests.scene import write_scene
from tests.waiting import patience

until = patience(90.0)

RULES = """
[[rule]]
rule = "line"
name = "middle"
line = [[0.5, 0.0], [0.5, 1.0]]
"""
pytestmark = [pytest.mark.slow, pytest.mark.rtsp]


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """Figures that cross the middle of the picture, one every 4 s, for two minutes."""
    return write_scene(tmp_path_factory.mktemp("street") / "a.mp4", figures=30, seconds=3.0, pause=1.0)


@pytest.fixture
def place(tmp_path):
    (tmp_path / "rules.toml").write_text(RULES, "utf-8")
    return made(tmp_path, "gate", "yard")


class Watching:
    def __init__(self, place, *cameras):
        command = [sys.executable, "-m", "synopticon.cli.main", "watch", *cameras]
        command += ["--rules", str(place.parent / "rules.toml"), "--model", "none", "--json"]
        command += ["--workspace", str(place)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.told, self.said = [], []
        self._readers = [
            threading.Thread(
                target=self._read, args=(self.process.stdout, lambda x: self.told.append(json.loads(x)))
            ),
            threading.Thread(target=self._read, args=(self.process.stderr, self.said.append)),
        ]
        for one in self._readers:
            one.start()

    def _read(self, stream, take):
        for line in stream:
            take(line)

    def end(self, how=signal.SIGINT):
        self.process.send_signal(how)
        code = self.process.wait(60)
        for one in self._readers:
            one.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return code


@contextmanager
def watching(place, *cameras):
    one = Watching(place, *cameras)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)


def test_two_rtsp_cameras_raise_events_and_ctrl_c_ends_it(place, street):
    with Rtsp({"a": street, "b": street}) as server, ExitStack() as stack:
        cameras = (f"gate={server.url('a')}", f"yard={server.url('b')}")
        one = stack.enter_context(watching(place, *cameras))
        until(lambda: {a["camera"] for a in one.told} == {"gate", "yard"})
        assert one.end() == 130
    with open_workspace(place) as here:
        assert {a["id"] for a in one.told} <= stored_ids(here)
        assert not here.log.open_records()


def test_an_rtsp_camera_that_goes_away_is_opened_again_with_a_gap(place, street):
    with Rtsp({"a": street}) as server, watching(place, f"gate={server.url('a')}") as one:
        until(lambda: one.told)
        server.kill()
        time.sleep(3.0)
        server.start()
        back = time.time()
        count = len(one.told)
        until(lambda: len(one.told) > count)
        one.end()
    with open_workspace(place) as here:
        found = [g for g in gaps(here, "gate") if g.end and g.end.timestamp() >= back > g.start.timestamp()]
    assert len(found) >= 1
    assert found[-1].end.timestamp() - back < 30


def test_a_wrong_password_is_said_and_neither_it_nor_the_right_one_is_anywhere(place, street, tmp_path):
    right, wrong = "geheim-Wort", "falsch-Wort"
    with Rtsp({"a": street}, user="cam", password=right) as server:
        address = tmp_path / "yard.url"
        address.write_text(server.url("a", f"cam:{right}"), "utf-8")
        cameras = (f"gate={server.url('a', f'cam:{wrong}')}", f"yard=@{address}")
        with watching(place, *cameras) as one:
            until(lambda: any(a["camera"] == "yard" for a in one.told))
            until(lambda: any("gate" in line and "password" in line for line in one.said))
            one.end()
    said = "".join(one.said) + json.dumps(one.told)
    kept = b"".join(p.read_bytes() for p in place.rglob("*") if p.is_file())
    for word in (right, wrong):
        assert word not in said
        assert word.encode() not in kept
    with open_workspace(place) as here:
        assert any("password" in g.detail for g in gaps(here, "gate"))
        assert not [a for a in one.told if a["camera"] == "gate"]


def test_kill_9_loses_no_alert_that_was_told_and_the_outbox_is_sent_afterwards(place, street):
    receiver = Receiver()
    try:
        with open_workspace(place) as here:
            add_webhook(here, "office", receiver.url, local=True)
        told = []
        with Rtsp({"a": street}) as server:
            for _ in range(3):
                with watching(place, f"gate={server.url('a')}") as one:
                    until(lambda one=one: one.told)
                    one.end(signal.SIGKILL)
                    told += one.told
                with open_workspace(place) as here:
                    assert {a["id"] for a in told} <= stored_ids(here)
            receiver.default = 204
            with watching(place, f"gate={server.url('a')}") as one, open_workspace(place) as here:
                until(lambda: list_webhooks(here)[0].waiting == 0 and len(receiver.came) >= len(told))
                one.end()
        with open_workspace(place) as here:
            received = {json.loads(body)["id"] for _, _, body in receiver.came}
            assert {a["id"] for a in told} <= received <= stored_ids(here)
    finally:
        receiver.close()


def test_no_process_is_left_of_a_watch_that_was_killed(place, street):
    with Rtsp({"a": street}) as server, watching(place, f"gate={server.url('a')}") as one:
        until(lambda: one.told)
        children = _children(one.process.pid)
        assert children
        one.end(signal.SIGKILL)
        until(lambda: not any(_runs(c) for c in children), 30)


def _children(pid):
    return [p.pid for p in psutil.Process(pid).children(recursive=True)]


def _runs(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
