"""What an act says when it fails, and whose account it runs under."""

import getpass
from typing import Any

from synopticon.errors import SynopticonError


def account() -> str:
    """The account of the operating system; "unknown" where it has no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def failure(error: BaseException) -> dict[str, Any]:
    """The outcome of an act that ended by an error, for the log."""
    text = " ".join(str(error).split())
    known = isinstance(error, SynopticonError)
    state = "failed" if isinstance(error, Exception) else "stopped"
    return {"state": state, "error": text if known else f"{type(error).__name__}: {text}"}
