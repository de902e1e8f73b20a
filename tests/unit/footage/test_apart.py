"""A file of unknown origin is looked into apart: bombs, traps and floods end that process, and are told."""

import json
import os
import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest

from synopticon.errors import FootageError, UnreadableError
from synopticon.footage import apart
from synopticon.footage.apart import Inspected, inspect_apart
from tests.scene import write_scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return write_scene(tmp_path_factory.mktemp("apart") / "scene.mp4", 1, 1.0, 0.5)


def test_a_recording_is_told(scene):
    assert inspect_apart(scene) == Inspected("mov,mp4,m4a,3gp,3g2,mj2", "h264", 320, 240, 24)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.m3u8", b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"),
        ("concat.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n"),
        ("page.mp4", b"<!doctype html><script>alert(1)</script>"),
        ("noise.mp4", os.urandom(100_000)),
        ("head.mp4", b"\x00\x00\x00\x20ftypisom" + bytes(5000)),
        ("empty.mp4", b""),
    ],
)
def test_what_is_no_recording_is_refused_by_its_name_alone(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FootageError) as refused:
        inspect_apart(path)
    assert str(refused.value).startswith(f"{name}: ")
    assert str(tmp_path) not in str(refused.value)


def test_pictures_larger_than_any_cameras_are_refused(tmp_path):
    path = tmp_path / "wide.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=Fraction(5))
        stream.width, stream.height, stream.pix_fmt = apart.SIDE + 16, 16, "yuvj420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((16, apart.SIDE + 16, 3), np.uint8), format="rgb24")
        for _ in range(3):
            container.mux(stream.encode(frame.reformat(format="yuvj420p")))
        container.mux(stream.encode())
    with pytest.raises(FootageError, match="larger than any camera's"):
        inspect_apart(path)


@pytest.mark.posix
@pytest.mark.parametrize(("limit", "value"), [("MEMORY", 150 << 20), ("PATIENCE", (0.01, 0))])
def test_what_takes_too_much_is_ended(scene, monkeypatch, limit, value):
    monkeypatch.setattr(apart, limit, value)
    with pytest.raises(UnreadableError, match="within the limits"):
        inspect_apart(scene)


HOSTILE = """
import json, os, socket
from pathlib import Path
from synopticon.footage import apart
apart._give_up_rights(Path({path!r}), 1 << 30)
found = {{"passphrase": "SYNOPTICON_PASSPHRASE" in os.environ}}
for name, deed in {{
    "memory": lambda: bytearray(2 << 30),
    "disk": lambda: Path({out!r}).write_bytes(bytes(1 << 20)),
    "network": lambda: socket.create_connection(("127.0.0.1", 9), 1),
}}.items():
    try:
        deed()
        found[name] = "done"
    except BaseException as error:
        found[name] = type(error).__name__ + " " + str(getattr(error, "errno", ""))
print(json.dumps(found))
"""


@pytest.mark.posix
def test_code_that_gets_in_through_a_file_can_do_little(scene, tmp_path, monkeypatch):
    """What a parser that was taken over would find: no passphrase, no memory, no disk."""
    monkeypatch.setenv("SYNOPTICON_PASSPHRASE", "secret")
    code = HOSTILE.format(path=str(scene), out=str(tmp_path / "out"))
    environment = {name: os.environ[name] for name in apart._KEPT if name in os.environ}
    preamble = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    done = subprocess.run(
        [sys.executable, "-c", preamble + code], env=environment, capture_output=True, check=True
    )
    found = json.loads(done.stdout)
    assert (found["passphrase"], found["memory"]) == (False, "MemoryError ")
    assert found["disk"].startswith("OSError")
    assert (tmp_path / "out").stat().st_size <= apart.SAYS
    assert found["network"] != "done"
