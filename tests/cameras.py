"""A camera that speaks RTSP: H.264 files, served by a process of the system's Python."""

import os
import socket
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHON = "/usr/bin/python3"


@cache
def lacks_rtsp():
    """Why no RTSP server can be begun here, or None."""
    try:
        done = subprocess.run([str(ROOT / "scripts" / "rtsp.sh")], timeout=60)
    except (OSError, subprocess.SubprocessError):
        return "no shell can ask for it"
    return None if done.returncode == 0 else "gir1.2-gst-rtsp-server-1.0 and its parts are not installed"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


class Rtsp:
    """A server of files by their mounts, that can be killed and begun again at one port."""

    def __init__(self, mounts, port=None, user="", password=""):
        self.port = port or free_port()
        self._command = [PYTHON, str(ROOT / "tests" / "rtsp_server.py"), str(self.port)]
        self._command += ["--user", user, "--password", password] if user else []
        self._command += [f"{name}={path}" for name, path in mounts.items()]
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def url(self, mount, login=""):
        return f"rtsp://{f'{login}@' if login else ''}127.0.0.1:{self.port}/{mount}"

    def start(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True, env=env)
        assert self.process.stdout.readline().strip() == "listening", "the RTSP server did not begin"

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None
