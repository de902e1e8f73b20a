"""Nothing is sent anywhere: only the fetching verbs open connections, and no library reports our use."""

import ast
import os
import subprocess
import sys

from tests.architecture.source import python_files, tree

NETWORK = {
    "socket",
    "ssl",
    "http",
    "http.client",
    "urllib.request",
    "ftplib",
    "smtplib",
    "requests",
    "httpx",
    "aiohttp",
}
FETCHING = "src/synopticon/models/fetch.py"
ASKING = "src/synopticon/web/issuer.py"  # the identity provider, where an organisation names one
POSTING = "src/synopticon/acts/post.py"  # webhooks that somebody added, as an act
LISTENING = "src/synopticon/web/server.py"  # opens a socket to be reached, not to reach


def imported(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_fetching_can_reach_a_network():
    for path in python_files("src"):
        names = set(imported(path))
        found = {name for name in names if name in NETWORK or name.split(".")[0] in NETWORK}
        allowed = (
            {"socket"}
            if str(path) == LISTENING
            else NETWORK
            if str(path) in (FETCHING, ASKING, POSTING)
            else set()
        )
        assert found <= allowed, f"{path} imports {found}"


def test_only_what_fetches_imports_the_fetcher():
    def uses(path):
        return any(name.startswith("synopticon.models.fetch") for name in imported(path))

    users = {str(path) for path in python_files("src") if uses(path)}
    assert users == {"src/synopticon/acts/models.py", "src/synopticon/acts/samples.py"}


MODEL = """
import sys
import numpy as np
import onnxruntime
from synopticon.vision.abilities import inference_devices
inference_devices()
try:
    onnxruntime.InferenceSession(b"no model", providers=["CPUExecutionProvider"])
except Exception:
    pass
"""


def test_no_library_reports_our_use(tmp_path):
    """ONNX Runtime keeps a device id and a queue of events in the user's cache when it reports."""
    env = {k: v for k, v in os.environ.items() if k not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")}
    env |= {"HOME": str(tmp_path), "SYNOPTICON_HOME": str(tmp_path / "ours")}
    code = "import synopticon\n" + MODEL
    subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True)
    left = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert left == []


def test_the_switch_is_set_before_anything_is_loaded():
    code = "import synopticon, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    env = {**os.environ, "ORT_DISABLE_TELEMETRY": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
