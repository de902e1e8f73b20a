"""Entry point: runs a verb, turns what went wrong into one line and an exit code.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused by policy, 4 done with gaps; 130 and 143 when stopped.
"""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from synopticon import __version__
from synopticon.errors import QueryError, SynopticonError

INTERRUPTED = 128 + 2
TERMINATED = 128 + 15


class Interrupted(BaseException):
    """Ctrl-C. Not ``KeyboardInterrupt``, which the argument parser swallows, line and all."""


class Terminated(Interrupted):
    """SIGTERM, so that it unwinds like Ctrl-C and leaves nothing half-written."""


def run() -> NoReturn:
    """Run the command line and leave with its exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    code = main(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone; keep the interpreter from flushing into the void again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code and never raises."""
    if list(arguments) == ["--version"]:
        # Before anything heavy is imported.
        sys.stdout.write(f"synopticon {__version__}\n")
        return 0
    given, debug = _take_debug(list(arguments))
    try:
        return _command(given)
    except (KeyboardInterrupt, Interrupted) as error:
        return _stopped(error)
    except BrokenPipeError:
        return 0
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except Exception as error:  # noqa: BLE001 (the last stop: one line instead of a traceback)
        return _failed(error, debug)


def _take_debug(arguments: list[str]) -> tuple[list[str], bool]:
    """Take ``--debug`` out, wherever it stands before ``--``."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = [a for a in arguments[:end] if a != "--debug"]
    asked = len(options) < end or bool(os.environ.get("SYNOPTICON_DEBUG"))
    return options + arguments[end:], asked


def _command(arguments: list[str]) -> int:
    from synopticon.cli.app import command

    result = command().main(arguments, prog_name="synopticon", standalone_mode=False)
    return result if isinstance(result, int) else 0


def _failed(error: Exception, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    if isinstance(error, SynopticonError):
        return _point(error) if isinstance(error, QueryError) else _say(str(error), error.exit_code)
    if hasattr(error, "format_message"):  # the argument parser's own errors, whichever parser Typer brings
        return _usage(error)
    if type(error).__name__ == "Abort":  # Ctrl-C inside the argument parser
        return _stopped(error.__cause__ or error)
    if isinstance(error, MemoryError):
        return _say("the machine ran out of memory: try fewer --workers or a shorter recording", 1)
    if isinstance(error, OSError) and error.strerror:
        place = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        return _say(f"{place}{error.strerror}", 1)
    hint = "" if debug else " (this is a bug: run it again with --debug and report what it prints)"
    return _say(f"unexpected {type(error).__name__}: {error}{hint}", 1)


def _point(error: QueryError) -> int:
    """Say what is wrong with a query, and show the place in it."""
    from synopticon.cli.output import say

    says, *place = str(error).split("\n")
    code = _say(says, error.exit_code)
    for line in place:
        say(line)
    return code


def _usage(error: Exception) -> int:
    message = str(error.format_message())  # type: ignore[attr-defined]
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{message}\n")
        return 2
    context = getattr(error, "ctx", None)
    verb = context.command_path if context else "synopticon"
    return _say(f"{message.rstrip('.')}: see '{verb} --help'", int(getattr(error, "exit_code", 2)))


def _stopped(error: BaseException) -> int:
    terminated = isinstance(error, Terminated)
    return _say("stopped; nothing was left half-written", TERMINATED if terminated else INTERRUPTED)


def _say(message: str, code: int) -> int:
    from synopticon.cli.output import say

    say(f"synopticon: {message}")
    return code


def _interrupt(number: int, frame: FrameType | None) -> None:
    _raise(Interrupted, number, frame)


def _terminate(number: int, frame: FrameType | None) -> None:
    _raise(Terminated, number, frame)


def _raise(error: type[Interrupted], number: int, frame: FrameType | None) -> None:
    """Raise where the program is, unless that is a finaliser, which would swallow it: then a little later."""
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            later = threading.Timer(0.02, signal.raise_signal, (number,))
            later.daemon = True
            later.start()
            return
        frame = frame.f_back
    raise error


if __name__ == "__main__":
    run()
