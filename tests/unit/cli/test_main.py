import os
import signal
import subprocess
import sys
import time

import pytest

from synopticon import __version__
from synopticon.cli import main as entry
from synopticon.errors import OutputError, RefusedError, SynopticonError, UsageError


def run_with(monkeypatch, error):
    def fail(_arguments):
        raise error

    monkeypatch.setattr(entry, "_command", fail)
    return entry.main(["synopsis", "x"])


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (SynopticonError("it broke"), 1, "it broke"),
        (UsageError("no such thing"), 2, "no such thing"),
        (RefusedError("refused by the rule x"), 3, "refused by the rule x"),
        (OutputError("out.mp4 exists"), 1, "out.mp4 exists"),
        (SynopticonError("a\nname\twith \x1b[31mcolour"), 1, "a\\nname\\twith \\x1b[31mcolour"),
        (FileNotFoundError(2, "No such file", "a b.mp4"), 1, "a b.mp4: No such file"),
        (MemoryError(), 1, "the machine ran out of memory: try fewer --workers or a shorter recording"),
        (KeyboardInterrupt(), 130, "stopped; nothing was left half-written"),
        (entry.Interrupted(), 130, "stopped; nothing was left half-written"),
        (entry.Terminated(), 143, "stopped; nothing was left half-written"),
    ],
)
def test_each_error_is_one_line_and_a_code(monkeypatch, capsys, error, code, line):
    assert run_with(monkeypatch, error) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"synopticon: {line}\n"


def test_the_unexpected_says_what_to_do(monkeypatch, capsys):
    assert run_with(monkeypatch, ZeroDivisionError("division by zero")) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "unexpected ZeroDivisionError: division by zero" in err
    assert "--debug" in err


def test_debug_prints_the_traceback(monkeypatch, capsys):
    def fail(arguments):
        assert arguments == ["synopsis"], "--debug is taken wherever it stands"
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(entry, "_command", fail)
    assert entry.main(["synopsis", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_after_two_dashes_all_are_names(monkeypatch):
    given = []
    monkeypatch.setattr(entry, "_command", lambda arguments: given.extend(arguments) or 0)
    entry.main(["probe", "--", "--debug"])
    assert given == ["probe", "--", "--debug"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["tracks"], "Missing argument"),
        (["synopsis"], "give --output, or name FOOTAGE"),
        (["synopsis", "a.mp4", "--density", "many"], "--density"),
        (["synopsis", "a.mp4", "--nonsense"], "--nonsense"),
        (["synopsis", "a.mp4", "--order", "any"], "--order"),
        (["synopsis", "a.mp4", "--length", "soon"], "'soon' is no duration"),
        (["synopsis", "a.mp4", "--length", "90s", "--density", "4"], "exclude each other"),
        (["synopsis", "a.mp4", "--reason", "theft"], "--unmasked"),
    ],
)
def test_wrong_usage_is_one_line(capsys, arguments, says):
    assert entry.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.startswith("synopticon: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["models"], ["samples"], []])
def test_a_group_alone_shows_its_verbs(capsys, arguments):
    assert entry.main(arguments) in (0, 2)
    shown = capsys.readouterr()
    assert "Commands:" in shown.out + shown.err


@pytest.mark.parametrize("reason", [[], ["--reason", "  "]])
def test_clear_pictures_need_a_reason(capsys, reason):
    assert entry.main(["synopsis", "a.mp4", "--unmasked", *reason]) == 3
    assert "rule masking.reason" in capsys.readouterr().err


def test_version(capsys):
    for arguments in (["--version"], ["--version", "synopsis"]):
        assert entry.main(arguments) == 0
        assert capsys.readouterr().out == f"synopticon {__version__}\n"


SLEEPER = """
import sys, time
from synopticon.cli import main
from synopticon.footage import probe
def sleep(*_, **__):
    try:
        print("asleep", flush=True)
        time.sleep(60)
    finally:
        print("cleaned", flush=True)
probe.probe = sleep
sys.argv[1:] = ["synopsis", "--model", "none", "x.mp4"]
main.run()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_clean_up(number, code):
    process = subprocess.Popen(
        [sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout.readline() == b"asleep\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (code, b"cleaned\n")
    assert err == b"reading the recording ...\nsynopticon: stopped; nothing was left half-written\n"


def test_a_reader_that_leaves_makes_no_noise():
    code = "from synopticon.cli.main import run; import sys; sys.argv[1:] = ['models', 'list']; run()"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    err = process.stderr.read()
    assert process.wait(20) in (0, 1)
    assert b"Traceback" not in err
    assert b"Error" not in err


def test_version_is_quick():
    """Measured beside the interpreter's own start, because this machine may be busy."""

    def median(code):
        times = []
        for _ in range(5):
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", code], check=True, capture_output=True, env=dict(os.environ)
            )
            times.append(time.perf_counter() - start)
        return sorted(times)[2]

    bare = median("pass")
    ours = median("import sys; sys.argv[1:] = ['--version']; from synopticon.cli.main import run; run()")
    assert ours - bare < 0.3


def test_a_signal_in_a_finaliser_is_not_lost():
    class Finalised:
        def __del__(self):
            signal.raise_signal(signal.SIGTERM)

    def work():
        Finalised()
        time.sleep(5)

    before = signal.signal(signal.SIGTERM, entry._terminate)
    try:
        with pytest.raises(entry.Terminated):
            work()
    finally:
        signal.signal(signal.SIGTERM, before)
