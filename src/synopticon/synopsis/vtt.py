"""Cues for any video player: when each object is shown, and where it comes from (WebVTT)."""

from collections.abc import Iterator
from pathlib import Path

from synopticon.store.atomic import write_whole
from synopticon.synopsis.manifest import Manifest, ShownObject, relative
from synopticon.synopsis.times import SourceTimes, elapsed


def write_vtt(manifest: Manifest, path: Path, *, overwrite: bool = False) -> None:
    """Write one cue for each object in the order they begin, whole or not at all; raises OutputError."""
    with (
        write_whole(path, overwrite=overwrite) as aside,
        aside.open("w", encoding="utf-8", newline="\n") as out,
    ):
        out.writelines(_lines(manifest, Path(path).parent))


def _lines(manifest: Manifest, folder: Path) -> Iterator[str]:
    marks = " / ".join(mark.text for mark in manifest.marks)
    yield f"WEBVTT\n\nNOTE {_plain(marks)}\n"
    times = SourceTimes.of(manifest.footage)
    for shown in sorted(manifest.objects, key=lambda o: (o.first, o.id)):
        start = stamp(float(shown.first / manifest.rate))
        end = stamp(float((shown.first + len(shown.times)) / manifest.rate))
        yield f"\n{shown.id}\n{start} --> {end}\n{_plain(_describe(shown, manifest, times, folder))}\n"


def _describe(shown: ShownObject, manifest: Manifest, times: SourceTimes, folder: Path) -> str:
    file = int(shown.file[0])
    source = manifest.footage.files[file]
    inside = shown.start - source.offset
    clock = times.text(file, shown.start)
    place = f"{relative(source.path, folder)} {elapsed(inside)}"
    return f"{shown.label} {clock}, {place}" if times.local(file, shown.start) else f"{shown.label} {place}"


def stamp(seconds: float) -> str:
    """Seconds as a WebVTT timestamp.

    >>> stamp(3723.5)
    '01:02:03.500'
    """
    whole = round(float(seconds) * 1000)
    return f"{whole // 3600000:02d}:{whole // 60000 % 60:02d}:{whole // 1000 % 60:02d}.{whole % 1000:03d}"


def _plain(text: str) -> str:
    """One line of cue text: WebVTT's markup escaped, line breaks shown as a space."""
    line = " ".join(text.split())
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
