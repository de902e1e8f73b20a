"""Files that appear whole or not at all: written beside, flushed to the disk, moved into place.

A reader, a second writer or a crash never sees half a file. What a killed process leaves behind is hidden
beside the target; the next write of the same target removes it (see ``synopticon.aside``).
"""

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from synopticon.aside import beside, flush_folder, new_token, remove, remove_stale, take_place
from synopticon.errors import OutputError, SynopticonError

_REMEDIES = {
    errno.ENOSPC: "the disk is full: free some space and run it again",
    errno.EDQUOT: "the disk quota is used up: free some space and run it again",
    errno.EFBIG: "the file grows larger than the file system allows: choose another folder",
    errno.EACCES: "no permission to write there: choose another folder",
    errno.EPERM: "no permission to write there: choose another folder",
    errno.EROFS: "the file system is read-only: choose another folder",
    errno.ENOENT: "the folder does not exist: create it first",
    errno.ENOTDIR: "a part of the path is a file, not a folder: choose another folder",
    errno.EISDIR: "it is a folder: name a file",
    errno.ENAMETOOLONG: "the name is too long: choose a shorter one",
    errno.EIO: "the disk reports an input/output error: check the disk",
}


@contextmanager
def write_whole(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; move what was written there into place on success.

    The body writes the whole file and closes it. On any error or interrupt the temporary file is removed and
    ``path`` is as it was. Raises ``OutputError`` (one line with the remedy) when the target exists and
    ``overwrite`` is False, or when the disk refuses.
    """
    target = Path(path)
    temporary = beside(target)
    try:
        with translated(target, temporary):
            _refuse(target, overwrite)
            remove_stale(target)
            temporary.touch(exist_ok=False)
            yield temporary
            flush(temporary)
            _move(temporary, target, overwrite)
            flush_folder(target.parent)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_bytes(path: str | Path, data: bytes, *, overwrite: bool = False) -> None:
    """Write ``data`` to ``path`` whole or not at all; raises ``OutputError``."""
    with write_whole(path, overwrite=overwrite) as temporary:
        temporary.write_bytes(data)


@contextmanager
def write_together(*paths: str | Path, overwrite: bool = False) -> Iterator[tuple[Path, ...]]:
    """Like ``write_whole`` for files and folders that belong together, the last of them the one that counts.

    Yields a temporary path beside each; none exists yet. On success they take their places in the order of
    ``paths``: where the last one is, the others are. What the body did not make is left out, and with
    ``overwrite`` what had its name is removed. On any error nothing is left and all is as it was.
    Raises ``OutputError``.
    """
    targets = [Path(p) for p in paths]
    for target in targets:
        _refuse(target, overwrite, folder=True)
        remove_stale(target)
    token = new_token()
    asides = [beside(target, token) for target in targets]
    try:
        with _named(asides, targets), translated(targets[-1], *targets, *asides):
            yield tuple(asides)
            _publish(asides, targets, overwrite)
            flush_folder(targets[-1].parent)
    finally:
        for path in asides:
            remove(path)


def _publish(asides: list[Path], targets: list[Path], overwrite: bool) -> None:
    """Move all into place; without ``overwrite`` one that cannot be moved brings the others back."""
    done: list[Path] = []
    try:
        for aside, target in zip(asides, targets, strict=True):
            if aside.is_dir() or not aside.exists():
                _swap(aside, target, overwrite)
            else:
                _move(aside, target, overwrite)
            done.append(target)
    except BaseException:
        for target in [] if overwrite else done:
            remove(target)
        raise


def _swap(aside: Path, target: Path, overwrite: bool) -> None:
    """Put a folder (or nothing) where ``target`` is; folders cannot be replaced in one step."""
    _refuse(target, overwrite, folder=True)
    old = beside(target)
    if target.exists() or target.is_symlink():
        target.rename(old)
    try:
        if aside.exists():
            aside.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    remove(old)


@contextmanager
def _named(asides: list[Path], targets: list[Path]) -> Iterator[None]:
    """Let errors name the targets, not the temporary paths that they were written to, and the remedy."""
    try:
        yield
    except OutputError as error:
        text = str(error)
        for aside, target in zip(asides, targets, strict=True):
            text = text.replace(aside.name, target.name)
        cause = error.__cause__
        if isinstance(cause, OSError) and cause.strerror:
            text = text.replace(cause.strerror, _remedy(cause))
        raise OutputError(text) from error


def check_place(path: str | Path, *, overwrite: bool = False) -> None:
    """Raise ``OutputError`` unless ``path`` can be written; for use before long work, makes nothing."""
    target = Path(path)
    _refuse(target, overwrite)
    folder = next(p for p in target.absolute().parents if p.exists())
    if not folder.is_dir():
        raise OutputError(f"{target}: cannot be written: {folder} is a file, not a folder: choose another")
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".partial"):
            pass
    except OSError as error:
        why = "no file can be made there: choose another folder"
        why = why if error.errno == errno.ENOENT else _remedy(error)
        raise OutputError(f"{target}: cannot be written: {why}") from error


def make_folder(path: str | Path) -> Path:
    """Make a folder and its parents; raises ``OutputError`` with one clear line."""
    folder = Path(path)
    with translated(folder):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise OutputError(
                f"{folder}: cannot be a folder: a file of that name exists: choose another name"
            ) from None
    return folder


@contextmanager
def translated(target: Path, *own: Path) -> Iterator[None]:
    """Turn an ``OSError`` about ``target`` (or the paths ``own``) into an ``OutputError`` with the remedy.

    An error that names another file, or that is already ours, passes unchanged.
    """
    try:
        yield
    except SynopticonError:
        raise
    except OSError as error:
        named = {str(p) for p in (target, target.parent, *own)}
        if error.filename is not None and os.fsdecode(error.filename) not in named:
            raise
        raise OutputError(f"{target}: cannot be written: {_remedy(error)}") from error


def _remedy(error: OSError) -> str:
    known = _REMEDIES.get(error.errno) if error.errno is not None else None
    return known or error.strerror or str(error)


def _refuse(target: Path, overwrite: bool, *, folder: bool = False) -> None:
    if target.is_dir() and not folder:
        raise OutputError(f"{target}: cannot be written: it is a folder: name a file")
    if not overwrite and (target.exists() or target.is_symlink()):
        raise OutputError(f"{target}: exists already: choose another name, or pass --overwrite")


def _move(temporary: Path, target: Path, overwrite: bool) -> None:
    """Move into place; without ``overwrite`` a target that appeared meanwhile is never replaced."""
    if overwrite:
        os.replace(temporary, target)  # noqa: PTH105 (the atomic call, by its name)
        return
    try:
        take_place(temporary, target)
    except FileExistsError:
        raise OutputError(f"{target}: exists already: choose another name, or pass --overwrite") from None


def flush(path: str | Path) -> None:
    """Return when the disk has all that anybody wrote to a file; raises ``OSError``."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        if sys.platform == "darwin":  # fsync leaves it in the drive's own cache there
            import fcntl

            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        else:
            getattr(os, "fdatasync", os.fsync)(descriptor)
    finally:
        os.close(descriptor)
