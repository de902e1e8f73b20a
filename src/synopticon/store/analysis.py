"""The analysis of one footage with one setting, as a folder.

::

    analysis.json                 format and version
    bank.npz                      the backgrounds
    tracks.npz                    the tracks, and the objects that are not shown with their reasons
    recording.json                the footage as it was probed
    traits.npz                    what is known of them beyond their boxes, once all are cut
    arrays/NAME.npz               arrays of a segment (observations), by name
    tubes/PART.npz                which chunks a part holds, and where
    tubes/PART-DIGEST.picture     sprite videos, masked
    tubes/PART-DIGEST.clear       sprite videos of what the mask hides

Every file is written whole or not at all, blobs before the index that names them, and blobs carry their
digest in their name: two writers, or one that dies at any point, leave a consistent store. Everything is
read back with its checksum (an ``.npz`` is followed by the SHA-256 of itself); damage raises ``StoreError``
with the remedy.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from math import inf
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from synopticon.errors import StoreError, UsageError
from synopticon.store import pack, recording
from synopticon.store.place import Files, Folder, stems
from synopticon.values.footage import Footage
from synopticon.values.scene import Bank
from synopticon.values.track import Dropped, Track
from synopticon.values.traits import Traits
from synopticon.values.tube import BlobRef, Chunk, SpriteKind, Tube, TubePart

VERSION = 1
Arrays: TypeAlias = Mapping[str, NDArray[Any]]
WATCHED = "watch-"  # what the names of a segment's observations begin with
CHECKED = "check-"  # and of what was checked of its whole pictures
GLANCED = "glances-"  # and of what was counted of tracks while they were cut
_MARKER = "analysis.json"
_DIGEST = 32  # bytes of a SHA-256
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class AnalysisStore:
    """One folder that holds one analysis; see the module. Safe for several processes at once.

    ``place`` is the folder, or any ``Files``: in a workspace they are sealed (``synopticon.store.sealed``).
    Raises ``StoreError`` when the folder is of another version or something else, ``OutputError`` when it
    cannot be written.
    """

    def __init__(self, place: Path | Files) -> None:
        self.files: Files = Folder(place) if isinstance(place, Path) else place
        self._parts: dict[str, pack.Index] = {}
        if self.files.read(_MARKER) is None:
            self._begin()
        self._check()

    @property
    def folder(self) -> Path:
        """The folder, where it is one of this machine."""
        return Path(self.files.where(""))

    def _begin(self) -> None:
        if self.files.names():
            if self.files.read(_MARKER) is not None:  # another writer was faster
                return
            raise StoreError(f"{self.folder}: not an analysis, and not empty: name another folder")
        text = json.dumps({"format": "synopticon-analysis", "version": VERSION})
        self.files.write(_MARKER, text.encode() + b"\n")

    def _check(self) -> None:
        marker = self.files.where(_MARKER)
        try:
            found = json.loads(self.files.read(_MARKER) or b"")
            kind, version = found["format"], found["version"]
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{marker}: damaged ({error}): delete the folder and analyse again") from error
        if kind != "synopticon-analysis" or version != VERSION:
            raise StoreError(
                f"{marker}: written as {kind} version {version}, this program reads version {VERSION}: "
                "delete the folder and analyse again"
            )

    # --- arrays ----------------------------------------------------------------------------------------

    def save_arrays(self, name: str, arrays: Arrays) -> None:
        """Keep named arrays (no objects) under ``name``; replaces what was there."""
        self.files.write(f"arrays/{_checked(name)}.npz", _npz(arrays))

    def load_arrays(self, name: str) -> dict[str, NDArray[Any]] | None:
        """The arrays kept under ``name``, or None."""
        return self._read(f"arrays/{_checked(name)}.npz", dict)

    def names(self) -> tuple[str, ...]:
        """Names of all kept arrays, sorted."""
        return tuple(sorted(stems(self.files.names("arrays"), ".npz")))

    def load_all(self, prefix: str, some: slice = slice(None)) -> Iterator[dict[str, NDArray[Any]]]:
        """The arrays whose names begin with ``prefix``, in the order of their names, or some of these."""
        for name in [name for name in self.names() if name.startswith(prefix)][some]:
            if (arrays := self.load_arrays(name)) is not None:
                yield arrays

    # --- background and tracks -------------------------------------------------------------------------

    def save_bank(self, bank: Bank) -> None:
        """Keep the backgrounds, without loss."""
        self.files.write("bank.npz", _npz(pack.from_bank(bank)))

    def load_bank(self, start: float = -inf, end: float = inf) -> Bank | None:
        """The backgrounds of ``start``..``end`` (seconds), or None when there are none yet."""
        return self._read("bank.npz", lambda arrays: pack.to_bank(arrays, start, end))

    def scene_times(self) -> tuple[tuple[float, float], ...]:
        """Start and end (seconds) of each background, without opening one; nothing when there are none."""
        found = self._read("bank.npz", lambda arrays: arrays["times"].tolist())
        return tuple((start, end) for start, end in found or ())

    def save_tracks(self, tracks: Sequence[Track], dropped: Sequence[Dropped] = ()) -> None:
        """Keep all tracks known so far and the objects left out; replaces what was there."""
        self.files.write("tracks.npz", _npz(pack.from_tracks(tracks, dropped)))

    def load_tracks(self) -> tuple[tuple[Track, ...], tuple[Dropped, ...]] | None:
        """The tracks and the dropped objects, or None when there are none yet."""
        return self._read("tracks.npz", lambda arrays: pack.to_tracks(dict(arrays)))

    def save_traits(self, traits: Traits) -> None:
        """Keep what is known of all tracks beyond their boxes; replaces what was there."""
        self.files.write("traits.npz", _npz(pack.from_traits(traits)))

    def load_traits(self) -> Traits | None:
        """The traits of all tracks, in id order, or None when the analysis has not come to its end."""
        return self._read("traits.npz", lambda arrays: pack.to_traits(dict(arrays)))

    def save_recording(self, footage: Footage) -> None:
        """Keep what was probed of the footage, so that it can be shown without opening it again."""
        self.files.write("recording.json", recording.to_json(footage))

    def load_recording(self) -> Footage | None:
        """The footage as it was probed, or None where that was not kept."""
        data = self.files.read("recording.json")
        try:
            return None if data is None else recording.of_json(data)
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged("recording.json", str(error)) from error

    # --- tubes -----------------------------------------------------------------------------------------

    def save_tubes(self, part: TubePart) -> None:
        """Keep a part: its blobs, then the index that makes it visible; replaces a part of that name."""
        name = _checked(part.name)
        digests = {}
        for kind, data in (("picture", part.picture), ("clear", part.clear)):
            digests[kind] = hashlib.sha256(data).hexdigest()[:16]
            self.files.write(f"tubes/{name}-{digests[kind]}.{kind}", data)
        self.files.write(f"tubes/{name}.npz", _npz(pack.from_part(part, digests)))
        self._parts.pop(name, None)

    def parts(self) -> tuple[str, ...]:
        """Names of the parts that are kept, sorted."""
        return tuple(sorted(stems(self.files.names("tubes"), ".npz")))

    def tubes(self, only: Collection[str] | None = None) -> tuple[Tube, ...]:
        """Every tube that is complete so far, merged over the parts, in id order; ``only``: of these ids.

        A track with samples that are not cut yet, or whose chunks are of an older state of it, is left out.
        """
        tracks = self.load_tracks()
        self._parts.clear()  # another process may have replaced some
        chunks: dict[str, list[Chunk]] = {}
        for name in self.parts():
            for chunk in self._index(name).chunks:
                chunks.setdefault(chunk.track, []).append(chunk)
        wanted = [t for t in (tracks[0] if tracks else ()) if only is None or t.id in only]
        found = (_merge(t, chunks.get(t.id, [])) for t in wanted)
        return tuple(sorted((t for t in found if t), key=lambda t: t.id))

    def blob(self, kind: SpriteKind, ref: BlobRef) -> bytes:
        """The bytes that ``ref`` names, checked; raises ``StoreError`` when they are damaged or missing."""
        index = self._index(ref.part)
        path = f"tubes/{ref.part}-{index.digests[kind]}.{kind}"
        try:
            data = self.files.read_at(path, ref.offset, ref.length)
        except StoreError as error:
            raise self._damaged(path, _cause(error)) from error
        if len(data) != ref.length or zlib.crc32(data) != index.sums[kind].get((ref.offset, ref.length)):
            raise self._damaged(path, f"the {ref.length} bytes at {ref.offset} are not what was written")
        return data

    def tubes_digest(self) -> str:
        """SHA-256 over the masked sprite videos of all parts: the same tubes give the same digest."""
        digests = (f"{name} {self._index(name).digests['picture']}\n" for name in self.parts())
        return hashlib.sha256("".join(digests).encode()).hexdigest()

    def size(self) -> dict[str, int]:
        """Bytes on disk: ``picture``, ``clear``, ``index`` (of the tubes) and ``other``."""
        sizes = {"picture": 0, "clear": 0, "index": 0, "other": 0}
        for name, size in self.files.sizes().items():
            kind = "index" if name.startswith("tubes/") else "other"
            kind = name.rpartition(".")[2] if name.endswith((".picture", ".clear")) else kind
            sizes[kind] += size
        return sizes

    # --- files -----------------------------------------------------------------------------------------

    def _index(self, name: str) -> pack.Index:
        if name not in self._parts:
            index = self._read(f"tubes/{_checked(name)}.npz", lambda arrays: pack.to_part(dict(arrays)))
            if index is None:
                raise self._damaged(f"tubes/{name}.npz", "missing")
            self._parts[name] = index
        return self._parts[name]

    def _read(self, name: str, unpack: "Callable[[Mapping[str, NDArray[Any]]], pack.T]") -> "pack.T | None":
        """What ``unpack`` makes of a file's arrays, each of which is unpacked when it is asked for."""
        try:
            data = self.files.read(name)
        except StoreError as error:
            raise self._damaged(name, _cause(error)) from error
        if data is None:
            return None
        content, digest = data[:-_DIGEST], data[-_DIGEST:]
        if hashlib.sha256(content).digest() != digest:
            raise self._damaged(name, "its checksum is wrong")
        try:
            with np.load(BytesIO(content), allow_pickle=False) as arrays:
                return unpack(arrays)
        except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise self._damaged(name, str(error)) from error

    def _damaged(self, name: str, why: str) -> StoreError:
        path = self.files.where(name)
        return StoreError(f"{path}: damaged ({' '.join(why.split())}): delete this file and analyse again")


def _cause(error: StoreError) -> str:
    cause = error.__cause__
    return (cause.strerror if isinstance(cause, OSError) else None) or "it cannot be opened"


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r}: not a name for a store: use letters, digits, '.', '_' and '-', at most 100"
        )
    return name


def _npz(arrays: Arrays) -> bytes:
    """A compressed zip of arrays and its digest; the same arrays give the same bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as box:
        for name, array in arrays.items():  # not np.savez: it cannot hold an array called "file"
            info = zipfile.ZipInfo(f"{name}.npy")  # no date, so that equal arrays give equal bytes
            info.compress_type = zipfile.ZIP_DEFLATED
            with box.open(info, "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
    return out.getvalue() + hashlib.sha256(out.getvalue()).digest()


def _merge(track: Track, chunks: Iterable[Chunk]) -> Tube | None:
    """One tube from the chunks of a track, or None when they do not tile it."""
    fitting: list[Chunk] = []
    at = 0
    for chunk in sorted(chunks, key=lambda c: (c.picture.first, -c.picture.count)):
        first, count = chunk.picture.first, chunk.picture.count
        if first != at or first + count > len(track):
            continue
        if (chunk.file, chunk.pts) != (track.file[first], track.pts[first]):
            continue
        fitting.append(chunk)
        at += count
    return _tube(track, fitting) if at == len(track) else None


def _tube(track: Track, chunks: Sequence[Chunk]) -> Tube:
    masked = [c for c in chunks if c.clear]
    return Tube(
        track=track,
        canvas=_largest([c.canvas for c in chunks]),
        origins=np.concatenate([c.origins for c in chunks]),
        picture=tuple(c.picture for c in chunks),
        clear_canvas=_largest([c.clear_canvas for c in masked]),
        clear_origins=np.concatenate([c.clear_origins for c in chunks]) if masked else None,
        clear=tuple(c.clear for c in masked if c.clear),
        pixels=sum(c.pixels for c in chunks),
        canvases=tuple(c.canvas for c in chunks),
    )


def _largest(sizes: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return max((w for w, _ in sizes), default=0), max((h for _, h in sizes), default=0)
