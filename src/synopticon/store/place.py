"""Where bytes are kept: a folder of this machine, or an object store behind fsspec, under names with slashes.

A file appears whole or not at all. Names that begin with a dot are being written and are never listed.
"""

import os
import shutil
import weakref
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from synopticon.errors import OutputError, StoreError
from synopticon.store.atomic import make_folder, write_bytes


class Files(Protocol):
    """Named bytes. ``read`` and ``read_at`` raise ``StoreError`` when what is there cannot be read."""

    def __hash__(self) -> int: ...

    def where(self, name: str) -> str:
        """Return the path or URL of a name, for messages."""

    def read(self, name: str) -> bytes | None:
        """All bytes of a name, or None when there is none."""

    def read_at(self, name: str, offset: int, length: int) -> bytes:
        """Bytes ``offset``..``offset + length`` of a name; fewer when it ends before."""

    def write(self, name: str, data: bytes) -> None:
        """Put ``data`` under a name, whole or not at all; replaces what was there. ``OutputError``."""

    def names(self, folder: str = "") -> tuple[str, ...]:
        """Names right below ``folder`` (without it), sorted; those of folders too."""

    def sizes(self) -> dict[str, int]:
        """Bytes of each file, by its whole name."""


def place_of(root: Path | str) -> "Folder | Remote":
    """A place by its path, or by a URL such as ``s3://bucket/prefix``."""
    text = str(root)
    return Remote(text.rstrip("/")) if "://" in text else Folder(Path(root))


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine."""

    root: Path

    def where(self, name: str) -> str:
        """See ``Files``."""
        return str(self.root / name)

    def below(self, name: str) -> "Folder":
        """The place of this folder in it."""
        return Folder(self.root / name)

    def read(self, name: str) -> bytes | None:
        """See ``Files``."""
        try:
            return (self.root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unreadable(self.where(name), error) from error

    def read_at(self, name: str, offset: int, length: int) -> bytes:
        """See ``Files``."""
        try:
            with open(os.path.join(self.root, name), "rb", buffering=0) as file:  # noqa: PTH118, PTH123 (a third of the time)
                file.seek(offset)
                return file.read(length)
        except OSError as error:
            raise _unreadable(self.where(name), error) from error

    def opened(self) -> "Folder | Opened":
        """The same for who reads in many places of the same files."""
        return Opened(self) if hasattr(os, "pread") else self

    def size(self, name: str) -> int:
        """Bytes of a file; raises ``StoreError`` when there is none."""
        try:
            return (self.root / name).stat().st_size
        except OSError as error:
            raise _unreadable(self.where(name), error) from error

    def write(self, name: str, data: bytes) -> None:
        """See ``Files``."""
        path = self.root / name
        make_folder(path.parent)
        write_bytes(path, data, overwrite=True)

    def names(self, folder: str = "") -> tuple[str, ...]:
        """See ``Files``."""
        try:
            return tuple(sorted(n for n in os.listdir(self.root / folder) if not n.startswith(".")))  # noqa: PTH208 (half the time)
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def sizes(self) -> dict[str, int]:
        """See ``Files``."""
        files = (p for p in self.root.rglob("*") if p.is_file())
        return {p.relative_to(self.root).as_posix(): p.stat().st_size for p in files}

    def remove(self, folder: str = "") -> int:
        """Remove all below ``folder``, what is being written too; gives the number of files removed.

        Raises ``OutputError`` when something stays.
        """
        top = self.root / folder
        count = sum(p.is_file() for p in top.rglob("*"))
        shutil.rmtree(top, ignore_errors=True)
        if top.exists():
            raise OutputError(f"{top}: cannot be removed: check who may write there, and run it again")
        return count


class Opened:
    """Files of a folder that stay open between two reads, ``MOST`` of them, as long as somebody has this."""

    MOST = 128

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._files: dict[str, int] = {}
        weakref.finalize(self, _close, self._files)

    def read_at(self, name: str, offset: int, length: int) -> bytes:
        """See ``Files``."""
        try:
            if name not in self._files:
                if len(self._files) >= self.MOST:
                    _close(self._files)
                path = os.path.join(self._folder.root, name)  # noqa: PTH118 (a third of the time)
                self._files[name] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            return os.pread(self._files[name], length, offset)
        except OSError as error:
            raise _unreadable(self._folder.where(name), error) from error


def _close(files: dict[str, int]) -> None:
    while files:
        os.close(files.popitem()[1])


@dataclass(frozen=True, slots=True)
class Remote:
    """A prefix of an object store, through fsspec; its ``put`` is whole or not at all by itself."""

    root: str

    def where(self, name: str) -> str:
        """See ``Files``."""
        return f"{self.root}/{name}"

    def below(self, name: str) -> "Remote":
        """The place of this prefix in it."""
        return Remote(self.where(name))

    def _system(self) -> tuple[Any, str]:
        import fsspec  # type: ignore[import-untyped]

        try:
            system, path = fsspec.core.url_to_fs(self.root)
        except (ImportError, ValueError) as error:
            raise StoreError(
                f"{self.root}: cannot be opened ({error}): install what fsspec asks for"
                ", or name a folder: check the address"
            ) from error
        return system, path

    def read(self, name: str) -> bytes | None:
        """See ``Files``."""
        system, path = self._system()
        try:
            return bytes(system.cat_file(f"{path}/{name}"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(self.where(name), error) from error

    def read_at(self, name: str, offset: int, length: int) -> bytes:
        """See ``Files``."""
        system, path = self._system()
        try:
            return bytes(system.cat_file(f"{path}/{name}", start=offset, end=offset + length))
        except OSError as error:
            raise _unreadable(self.where(name), error) from error

    def opened(self) -> "Remote":
        """See ``Folder``: nothing is kept open here."""
        return self

    def size(self, name: str) -> int:
        """Bytes of an object; raises ``StoreError`` when there is none."""
        system, path = self._system()
        try:
            return int(system.size(f"{path}/{name}"))
        except OSError as error:
            raise _unreadable(self.where(name), error) from error

    def write(self, name: str, data: bytes) -> None:
        """See ``Files``."""
        system, path = self._system()
        try:
            system.makedirs(f"{path}/{name}".rpartition("/")[0], exist_ok=True)
            system.pipe_file(f"{path}/{name}", data)
        except OSError as error:
            raise OutputError(
                f"{self.where(name)}: cannot be written ({error}): check the connection and the rights"
            ) from error

    def names(self, folder: str = "") -> tuple[str, ...]:
        """See ``Files``."""
        system, path = self._system()
        try:
            found = system.ls(f"{path}/{folder}".rstrip("/"), detail=False)
        except FileNotFoundError:
            return ()
        names = (str(n).rstrip("/").rpartition("/")[2] for n in found)
        return tuple(sorted(n for n in names if not n.startswith(".")))

    def sizes(self) -> dict[str, int]:
        """See ``Files``."""
        system, path = self._system()
        found = system.find(path, detail=True) if system.exists(path) else {}
        return {str(n)[len(path) :].lstrip("/"): int(info["size"]) for n, info in found.items()}

    def remove(self, folder: str = "") -> int:
        """Remove all below ``folder``; gives the number of objects removed."""
        system, path = self._system()
        top = f"{path}/{folder}".rstrip("/")
        with suppress(FileNotFoundError):
            count = len(system.find(top))
            system.rm(top, recursive=True)
            return count
        return 0


def _unreadable(where: str, error: OSError) -> StoreError:
    why = " ".join((error.strerror or str(error)).split())
    return StoreError(f"{where}: cannot be read ({why}): check the disk and who may read it")


def stems(names: tuple[str, ...], suffix: str) -> Iterator[str]:
    """The names that end so, without it."""
    return (name[: -len(suffix)] for name in names if name.endswith(suffix))
