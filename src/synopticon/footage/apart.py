"""Looks into a file that nobody vouches for in a process of its own, which may do little and not for long.

The process reads the one file; it cannot write files, has a limit on memory, processor time and time, does
not know the passphrase of the workspace, and has no network where the system lets it go without (Linux).
"""

import ctypes
import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from synopticon.errors import FootageError, UnreadableError

GIB = 1 << 30
MEMORY = 2 * GIB  # address space of the process, bytes
PROCESSOR = (60, 30)  # seconds; and for each GiB of the file
PATIENCE = (120, 120)  # the same by the clock on the wall
SAYS = 64 << 10  # bytes that it may say
SIDE, AREA = 16_384, 8192 * 8192  # pixels of a picture
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # clone(2)
_KEPT = ("PATH", "PYTHONPATH", "PYTHONHOME", "SYSTEMROOT", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a file holds: its container and codec, pixels, pictures."""

    container: str
    codec: str
    width: int
    height: int
    frames: int


def inspect_apart(path: Path) -> Inspected:
    """Demux all of a file and decode its first pictures, apart. Raises ``FootageError`` with the reason."""
    size = path.stat().st_size / GIB
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "synopticon.footage.apart", str(path.absolute()), str(MEMORY)]
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.DEVNULL, env=environment,
                timeout=PATIENCE[0] + PATIENCE[1] * size, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise _beyond(path) from None
        said.seek(0)
        return _read(path, done.returncode, said.read(SAYS))


def _read(path: Path, code: int, said: bytes) -> Inspected:
    try:
        told = json.loads(said)
        if code == 0:
            return Inspected(**told)
        why = str(told["error"])
    except (ValueError, TypeError, KeyError):
        raise _beyond(path) from None
    raise FootageError(why)


def _beyond(path: Path) -> UnreadableError:
    return UnreadableError(
        f"{path.name}: cannot be read within the limits on memory ({MEMORY // GIB} GiB) and time for files "
        "of unknown origin: check it, or give another copy"
    )


def main(path: Path, memory: int) -> int:
    """Look into the file; the answer goes to standard output."""
    _give_up_rights(path, memory)
    from synopticon.footage.scan import look, scan

    try:
        found = scan(path, lambda: None)
        seen = look(path, filled=found.filled)
        if max(seen.width, seen.height) > SIDE or seen.width * seen.height > AREA:
            raise FootageError(
                f"{path.name}: its pictures are {seen.width}x{seen.height}, larger than any camera's: "
                "give a recording"
            )
    except FootageError as error:
        print(json.dumps({"error": str(error).replace(f"{path}: ", f"{path.name}: ")}))  # noqa: T201
        return 2
    told = Inspected(found.container, found.codec, seen.width, seen.height, found.frames)
    print(json.dumps(asdict(told)))  # noqa: T201
    return 0


def _give_up_rights(path: Path, memory: int) -> None:
    """From now on little memory, little time, no files but this, no network."""
    if os.name != "posix":
        return
    import resource

    with suppress(OSError, AttributeError):  # not on Linux, or not let
        ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)
    seconds = int(PROCESSOR[0] + PROCESSOR[1] * path.stat().st_size / GIB)
    limits = {
        resource.RLIMIT_AS: memory, resource.RLIMIT_CPU: seconds, resource.RLIMIT_FSIZE: SAYS,
        resource.RLIMIT_CORE: 0, resource.RLIMIT_NOFILE: 256,
    }  # fmt: skip
    for what, most in limits.items():
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)  # noqa: PLW2901
        with suppress(OSError, ValueError):  # macOS refuses some
            resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
