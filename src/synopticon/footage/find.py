"""From what a user names (files, globs, folders) to the video files of one camera."""

import glob
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from synopticon.errors import NoVideoError, UsageError

_VIDEO_NAMES = """
mp4 m4v mov mkv webm avi ts m2ts mts mpg mpeg ps vob dav dhav h264 264 avc h265 265 hevc asf wmv flv f4v 3gp
3g2 gif ogv mxf nut y4m ivf obu mjpg mjpeg av1 dv rm rmvb
"""
# Beside recordings in export folders: players, texts, pictures, indexes; known by name, never opened.
_OTHER_NAMES = """
exe dll ocx msi bat txt log csv json xml html htm pdf doc docx ini inf cfg db sqlite idx jpg jpeg png bmp webp
wav mp3 aac srt vtt zip rar 7z md md5 sha256 sig lnk url part tmp
"""
VIDEO_SUFFIXES = frozenset("." + name for name in _VIDEO_NAMES.split())
_OTHER = frozenset("." + name for name in _OTHER_NAMES.split())
# First bytes of recordings that carry another name: IMKH, DHAV, MPEG-PS, Matroska, Annex B.
_STARTS = (b"IMKH", b"DHAV", b"DAHUA", b"\x00\x00\x01\xba", b"\x1aE\xdf\xa3", b"\x00\x00\x00\x01\x67")


def find_files(paths: Sequence[str | Path]) -> list[Path]:
    """Return the video files that ``paths`` name, each once: folders and globs in natural order of names.

    A path that exists is taken as it is, even when it holds glob characters. In folders (searched with their
    subfolders; links are followed, loops are not) what is no video is passed over silently.
    Raises UsageError when something does not exist, NoVideoError when a folder holds no video.
    """
    if not paths:
        raise UsageError("no footage is named; give a file, a folder or a glob")
    found: dict[str, Path] = {}
    for path in paths:
        for file in _expand(path):
            found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def natural(path: Path) -> list[tuple[int, int, str]]:
    """Sort key in which ``part10`` comes after ``part9``."""
    pieces = re.split(r"(\d+)", str(path).casefold())
    return [(1, int(p), p) if p.isdecimal() else (0, 0, p) for p in pieces if p]


def _expand(name: str | Path) -> Iterable[Path]:
    path = Path(name)
    if not str(name):
        raise UsageError("an empty name is no footage; give a file, a folder or a glob")
    try:
        path.stat()
    except FileNotFoundError:
        return _glob(name)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{name}: cannot be reached: {why}; check the path") from error
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise UsageError(f"{path}: is not a regular file; record the stream to a file first")
    return [path]


def _glob(name: str | Path) -> list[Path]:
    hits = sorted((Path(hit) for hit in glob.glob(str(name), recursive=True)), key=natural)  # noqa: PTH207
    if not hits:
        raise UsageError(f"{name}: no such file or folder; check the name")
    files = [file for hit in hits for file in (_folder(hit, empty=True) if hit.is_dir() else [hit])]
    if not files:
        raise NoVideoError(f"{name}: matches no video; give the files, or the folder that holds them")
    # Of what a glob matches, texts and players are passed over unless nothing else is left.
    return [f for f in files if _is_video(f)] or files


def _folder(folder: Path, empty: bool = False) -> list[Path]:
    files: list[Path] = []
    seen: set[str] = set()
    for root, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [f for f in folders if not f.startswith(".") and not _is_ours(Path(root, f))]
        files += [Path(root, n) for n in names if not n.startswith(".") and _is_video(Path(root, n))]
    if not files and not empty:
        raise NoVideoError(f"{folder}: holds no video; give a folder of recordings, or name the files")
    return sorted(files, key=natural)


def _is_ours(path: Path) -> bool:
    """Whether it is a synopsis, or its clips, that lies among the recordings it was made of."""
    beside = (path.with_suffix(end) for end in (".html", ".json", ".vtt"))
    return path.suffix in (".mp4", ".clips") and all(p.is_file() for p in beside)


def _is_video(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix in VIDEO_SUFFIXES:
        return path.is_file() and not _is_ours(path)
    if suffix in _OTHER or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return False
    return head.startswith(_STARTS) or head[4:8] == b"ftyp" or head[8:12] == b"AVI "
