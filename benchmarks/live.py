"""Cameras that are watched live: how late alerts come, what is lost, and whether memory grows.

python -m benchmarks.live --models-folder DIR --work DIR [--minutes 30] [--streams 4]

A local RTSP server (another process; Debian's gir1.2-gst-rtsp-server-1.0) serves ``vtest`` (768x576, 10 Hz,
5.6 people on average) again and again, once for each stream. ``synopticon watch`` runs as users run it, with
a line, a zone and the default rules at each camera.

latency     seconds from an event's start (the first moment at which it could be known, by the arrival of its
            pictures) to when it is stored; only of events that were raised while the machine was not cut off
webhook     seconds from there to when a local webhook has received it
memory      resident bytes of all processes of ``watch``, every 5 s; growth: the mean of the last fifth of the
            time against that of the second fifth
reconnect   the server is killed and begun again after 5 s, several times: seconds from its listening to the
            first picture, and whether there is a gap for each time and camera
kill        ``watch`` is killed with -9 at random moments; alerts that were told (on stdout) or received (by
            the webhook) and are not stored are lost. It is begun again; all that is stored must be received
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil

from benchmarks.harness import write_results
from benchmarks.track_quality import footage
from synopticon.acts.switches import gaps
from synopticon.acts.webhooks import add_webhook, list_webhooks
from synopticon.acts.workspace import open_workspace
from tests.live import made, stored_ids

PORT = 8561
ROOT = Path(__file__).parents[1]
RULES = """
[[rule]]
rule = "line"
name = "middle"
line = [[0.0, 0.5], [1.0, 0.5]]
[[rule]]
rule = "zone"
name = "square"
zone = [[0.4, 0.4], [0.7, 0.4], [0.7, 0.8], [0.4, 0.8]]
[[rule]]
rule = "left-object"
[[rule]]
rule = "removed-object"
[[rule]]
rule = "stopped-vehicle"
[[rule]]
rule = "camera-covered"
[[rule]]
rule = "camera-blinded"
[[rule]]
rule = "camera-unfocused"
[[rule]]
rule = "camera-moved"
"""


def encoded(source: Path, target: Path, seconds: float) -> None:
    """``source`` as H.264 with a key frame each second, again and again until it is so long."""
    if target.exists():
        return
    once = target.with_suffix(".once.mp4")
    _encode(source, once)
    aside = target.with_suffix(".part")
    with av.open(str(aside), "w", format="mp4") as out:
        stream, shift = None, 0
        while stream is None or shift * stream.time_base < seconds:
            with av.open(str(once)) as read:
                video = read.streams.video[0]
                if stream is None:
                    stream = out.add_stream_from_template(video)
                    stream.time_base = video.time_base
                step = 0
                for packet in read.demux(video):
                    if packet.dts is None:
                        continue
                    step = max(step, packet.pts + round(Fraction(1, 10) / packet.time_base))
                    packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, stream
                    out.mux(packet)
                shift += step
    aside.replace(target)


def _encode(source: Path, target: Path) -> None:
    options = {"preset": "veryfast", "tune": "zerolatency", "g": "10", "crf": "23"}
    with av.open(str(source)) as read, av.open(str(target), "w", format="mp4") as out:
        video = read.streams.video[0]
        stream = out.add_stream("libx264", rate=10, options=options)
        stream.width, stream.height, stream.pix_fmt = video.width, video.height, "yuv420p"
        stream.time_base = Fraction(1, 10)
        for number, picture in enumerate(read.decode(video)):
            plain = picture.reformat(format="yuv420p")
            plain.pts, plain.time_base = number, Fraction(1, 10)
            out.mux(stream.encode(plain))
        out.mux(stream.encode(None))


class Server:
    """The RTSP server, that can be killed and begun again."""

    def __init__(self, names: list[str], file: Path) -> None:
        self._command = ["/usr/bin/python3", str(ROOT / "tests" / "rtsp_server.py"), str(PORT)]
        self._command += [f"{name}={file}" for name in names]
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> float:
        """Begin; gives when it listened, POSIX seconds."""
        env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True, env=env)
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "listening", "the RTSP server did not begin"
        return time.time()

    def kill(self) -> float:
        """Kill; gives when, POSIX seconds."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        return time.time()


class Receiver:
    """A webhook: what was received, and when (POSIX seconds)."""

    def __init__(self) -> None:
        self.got: dict[str, float] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Take it."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.setdefault(json.loads(body).get("id", ""), time.time())
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Watched:
    """``synopticon watch`` in a process; ``told``: the alerts that it printed, with their times."""

    def __init__(self, work: Path, place: Path, names: list[str], models: str) -> None:
        rules = work / "rules.toml"
        rules.write_text(RULES, "utf-8")
        urls = [f"{name}=rtsp://127.0.0.1:{PORT}/{name}" for name in names]
        self._command = [
            sys.executable, "-m", "synopticon.cli.main", "watch", *urls, "--rules", str(rules), "--json",
            "--models-folder", models, "--workspace", str(place),
        ]  # fmt: skip
        self._log = work / "watch.log"
        self.told: dict[str, dict[str, Any]] = {}
        self.process: subprocess.Popen[str] | None = None
        self.ended_in = 0.0  # seconds that it took to end, at most

    def start(self) -> None:
        """Begin to watch."""
        log = self._log.open("a", encoding="utf-8")
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=log, text=True)
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            alert = json.loads(line)
            self.told[alert["id"]] = alert

    def memory(self) -> int:
        """Resident bytes of it and of its children."""
        assert self.process is not None
        try:
            root = psutil.Process(self.process.pid)
            return sum(p.memory_info().rss for p in (root, *root.children(recursive=True)))
        except psutil.NoSuchProcess:
            return 0

    def end(self, how: int = signal.SIGTERM) -> None:
        """End it."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(180)
        self.ended_in = max(self.ended_in, time.monotonic() - begun)


def spread(values: list[float]) -> dict[str, float]:
    """Median, 95th percentile and most of some seconds."""
    if not values:
        return {"n": 0}
    a = np.array(values)
    p50, p95 = np.percentile(a, [50, 95])
    return {
        "n": len(a),
        "p50": round(float(p50), 3),
        "p95": round(float(p95), 3),
        "most": round(float(a.max()), 3),
    }


def latencies(alerts: list[dict[str, Any]], got: dict[str, float]) -> dict[str, Any]:
    """How late alerts were stored, and received."""
    late, sent = [], []
    for a in alerts:
        start, raised = (datetime.fromisoformat(a[k]).timestamp() for k in ("start_utc", "raised_utc"))
        late.append(raised - start)
        if a["id"] in got:
            sent.append(got[a["id"]] - start)
    by_rule = {
        r: spread([x for x, a in zip(late, alerts, strict=True) if a["name"] == r])
        for r in sorted({a["name"] for a in alerts})
    }
    return {"stored": spread(late), "received": spread(sent), "by_rule": by_rule}


def growth(samples: list[tuple[float, int]]) -> dict[str, Any]:
    """How memory went: megabytes at some moments, and the last fifth against the second."""
    n = len(samples)
    values = np.array([b / 1e6 for _, b in samples])
    if n < 20:
        return {"n": n}
    second, last = values[n // 5 : 2 * n // 5].mean(), values[-n // 5 :].mean()
    return {
        "n": n,
        "minutes": round((samples[-1][0] - samples[0][0]) / 60, 1),
        "second_fifth_mb": round(float(second), 1),
        "last_fifth_mb": round(float(last), 1),
        "most_mb": round(float(values.max()), 1),
        "growth": round(float(last / second - 1), 4),
        "tenths_mb": [round(float(v.mean()), 1) for v in np.array_split(values, 10)],
    }


def cut_off(server: Server, watched: Watched, times: int, pause: float) -> list[tuple[float, float]]:
    """Kill the server some times for 5 s; gives when it was gone and when it listened again."""
    found = []
    for _ in range(times):
        gone = server.kill()
        time.sleep(5.0)
        found.append((gone, server.start()))
        time.sleep(pause)
        assert watched.process is not None
        assert watched.process.poll() is None, "watch ended when its server did"
    return found


def reconnected(place: Path, names: list[str], cuts: list[tuple[float, float]]) -> dict[str, Any]:
    """Seconds to the first picture after each cut, and the cuts that have no gap."""
    seconds, missed = [], 0
    with open_workspace(place) as here:
        known = {
            name: [(g.start.timestamp(), g.end.timestamp() if g.end else None) for g in gaps(here, name)]
            for name in names
        }
    for gone, back in cuts:
        for name in names:
            here_ = [(a, b) for a, b in known[name] if a <= gone + 4.0 and b is not None and b >= back]
            if here_:
                seconds.append(max(0.0, min(b for _, b in here_) - back))
            else:
                missed += 1
    return {"cuts": len(cuts) * len(names), "without_a_gap": missed, "seconds": spread(seconds)}


def killed(watched: Watched, receiver: Receiver, place: Path, times: int) -> dict[str, Any]:
    """Kill ``watch`` at random moments; what was told or received and is not stored is lost."""
    dice = random.Random(8)
    for _ in range(times):
        time.sleep(dice.uniform(12, 25))
        watched.end(signal.SIGKILL)
        time.sleep(2.0)
        watched.start()
    time.sleep(25.0)
    watched.end()
    with open_workspace(place) as here:
        stored = stored_ids(here)
        waiting = sum(w.waiting for w in list_webhooks(here))
    told, got = set(watched.told), set(receiver.got)
    return {
        "kills": times, "told": len(told), "stored": len(stored), "received": len(got),
        "told_and_not_stored": len(told - stored), "received_and_not_stored": len(got - stored),
        "stored_and_not_received": len(stored - got), "waiting_in_the_outbox": waiting,
    }  # fmt: skip


def main() -> None:
    """Measure, and write what was measured."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--models-folder", required=True)
    asked.add_argument("--work", type=Path, required=True)
    asked.add_argument("--minutes", type=float, default=30.0)
    asked.add_argument("--streams", type=int, default=4)
    asked.add_argument("--cuts", type=int, default=5)
    asked.add_argument("--kills", type=int, default=5)
    asked.add_argument("-o", "--output", type=Path)
    given = asked.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    names = [f"camera-{n}" for n in range(1, given.streams + 1)]
    file = given.work / "stream.mp4"
    encoded(footage() / "opencv_samples" / "vtest.avi", file, given.minutes * 60 + 600)
    place = made(given.work / f"run-{int(time.time())}", *names)
    receiver = Receiver()
    with open_workspace(place) as here:
        add_webhook(here, "here", f"http://127.0.0.1:{receiver.server.server_port}/", local=True)
    server, watched = Server(names, file), Watched(given.work, place, names, given.models_folder)
    try:
        found = measured(given, names, place, server, watched, receiver)
    finally:
        for process in (server.process, watched.process):
            if process is not None and process.poll() is None:
                process.kill()
    if given.output:
        write_results(given.output, found)
    print(json.dumps(found, indent=2))


def measured(
    given: argparse.Namespace,
    names: list[str],
    place: Path,
    server: Server,
    watched: Watched,
    receiver: Receiver,
) -> dict[str, Any]:
    """All parts, one after the other."""
    server.start()
    watched.start()
    samples: list[tuple[float, int]] = []
    begun = time.time()
    while time.time() - begun < given.minutes * 60:
        time.sleep(5.0)
        if time.time() - begun > 60:
            samples.append((time.time(), watched.memory()))
    steady = [dict(a) for a in watched.told.values()]
    found: dict[str, Any] = {
        "streams": given.streams, "minutes": given.minutes, "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "latency": latencies(steady, receiver.got), "memory": growth(samples),
    }  # fmt: skip
    print(json.dumps(found, indent=2), flush=True)
    if given.cuts:
        found["reconnect"] = reconnected(place, names, cut_off(server, watched, given.cuts, 15.0))
        print(json.dumps(found["reconnect"], indent=2), flush=True)
    if given.kills:
        found["kill"] = killed(watched, receiver, place, given.kills)
    found["ended_in"] = round(watched.ended_in, 1)
    return found


if __name__ == "__main__":
    main()
