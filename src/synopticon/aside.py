"""Where a file is written before it takes its place, and what is left there by processes that were killed.

It is ``.NAME.TOKEN.partial.SUFFIX`` beside the target, hidden. The token names the machine and the process
that writes, so that a later writer of the same target can tell what nobody writes any more.
"""

import hashlib
import os
import platform
import re
import secrets
import shutil
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

STALE_AFTER = 3600.0  # seconds after which a leftover may go whose process is of another machine
_NAME_MOST = 50  # characters of the target's name in the hidden one
_OURS = re.compile(
    r"\.(?P<name>.*)\.(?P<token>[0-9a-f]+(?:-[0-9a-f]+)*)\.partial(?P<suffix>\..*)?", re.DOTALL
)


def new_token() -> str:
    """A token of this process that is never given twice."""
    return f"{_machine()}-{os.getpid():x}-{secrets.token_hex(4)}"


def beside(target: Path, token: str = "") -> Path:
    """A hidden path beside ``target``, of the same suffix; beside such a path, one more of its target."""
    name, suffix = target.stem[:_NAME_MOST], target.suffix
    if known := _OURS.fullmatch(target.name):
        name, suffix = known["name"], known["suffix"] or ""
    return target.with_name(f".{name}.{token or new_token()}.partial{suffix}")


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it, if it is there and if it can be."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def remove_stale(target: Path) -> None:
    """Remove what killed processes left beside ``target``.

    What a living process of this machine writes stays, however old it is. Of another machine (a shared
    folder, a container, an earlier start of this one) nothing is known: there what is an hour old goes.
    """
    with suppress(OSError):
        for entry in os.scandir(target.parent):
            known = _OURS.fullmatch(entry.name)
            if not known or known["name"] != target.stem[:_NAME_MOST]:
                continue
            with suppress(OSError):
                if (known["suffix"] or "") == target.suffix and _is_stale(entry, known["token"]):
                    remove(Path(entry.path))


def take_place(aside: Path, target: Path) -> None:
    """Give a file its name, unless another has it, even since a moment ago: ``FileExistsError``."""
    try:
        os.link(aside, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: look, then move
        if target.exists() or target.is_symlink():
            raise FileExistsError(target) from None
        aside.replace(target)


def flush_folder(folder: Path) -> None:
    """Make a new name itself durable; systems that cannot open folders (Windows) do so on their own."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _is_stale(entry: os.DirEntry[str], token: str) -> bool:
    machine, _, rest = token.partition("-")
    if rest and machine == _machine() and os.name == "posix":
        return not _lives(int(rest.partition("-")[0], 16))
    return entry.stat(follow_symlinks=False).st_mtime < time.time() - STALE_AFTER


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # of another user
        return True
    with suppress(OSError, IndexError):  # killed, and not yet waited for
        state = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()[0]
        return state != b"Z"
    return True


@cache
def _machine() -> str:
    """What tells apart machines, their starts, and containers, each of which counts processes anew."""
    known = [platform.node()]
    with suppress(OSError):
        known.append(Path("/proc/sys/kernel/random/boot_id").read_text())
    with suppress(OSError):
        known.append(str(Path("/proc/self/ns/pid").readlink()))
    return hashlib.sha256("\n".join(known).encode()).hexdigest()[:8]
