"""Say what footage holds: files, pictures, times, gaps, and whether the camera moves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from synopticon.footage.probe import probe
from synopticon.values.footage import Clock, Footage, Gap, SourceFile

# Share of sampled pictures in which the whole picture had moved, from which results are unreliable.
MOVES = 0.3


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The report as plain data (``docs/schemas/probe.schema.json``), and the exit code: 4 with gaps."""

    report: Mapping[str, Any]
    exit_code: int


def examine_footage(
    paths: Sequence[str | Path],
    *,
    start: datetime | None = None,
    zone: str = "",
    camera: str = "",
    look_at_camera: bool = True,
    read_clock: bool = False,
    clock_pictures: Path | None = None,
) -> ProbeResult:
    """Probe footage and report; ``look_at_camera`` also samples key frames to see whether the camera moves.

    ``read_clock`` reads the clock in the picture and proposes a start (it changes nothing);
    ``clock_pictures``: a new folder for a picture of each reading. Raises
    ``UsageError``, ``UnreadableError``, ``NoVideoError``; to read the clock, ``ModelError`` without the
    package for it, and ``OutputError``.
    """
    footage = probe(paths, start=start, zone=zone, camera=camera)
    moving = _moving(footage) if look_at_camera else None
    report = probe_report(footage, moving)
    if read_clock or clock_pictures is not None:
        report["clock_in_picture"] = _clock_in_picture(footage, zone, clock_pictures)
    return ProbeResult(report, 4 if footage.gaps else 0)


def _clock_in_picture(footage: Footage, zone: str, pictures: Path | None) -> dict[str, Any]:
    from synopticon.acts.read_clock import clock_report
    from synopticon.vision.ocr import TextReader

    return clock_report(footage, TextReader(), zone=zone, pictures=pictures)


def _moving(footage: Footage) -> float | None:
    from synopticon.errors import UnreadableError
    from synopticon.vision.stability import camera_moves

    try:
        return camera_moves(footage)
    except UnreadableError:
        return None  # no picture to tell from; the gaps say why


def probe_report(footage: Footage, moving: float | None) -> dict[str, Any]:
    """Everything that is known of footage, as plain data; ``moving`` is None when nobody looked."""
    clock = next((f.clock for f in footage.readable), Clock())
    lost = unseen(footage.gaps)
    return {
        "camera": footage.camera,
        "duration": round(footage.duration, 6),
        "seen": round(max(footage.duration - lost, 0.0), 6),
        "width": footage.width,
        "height": footage.height,
        "frame_rate": str(footage.frame_rate),
        "frames": sum(f.frames for f in footage.readable),
        "clock": _clock(clock, footage.start_utc),
        "camera_moves": {"share": moving, "unreliable": None if moving is None else moving >= MOVES},
        "files": [_file(f) for f in footage.files],
        "gaps": [_gap(g, footage) for g in footage.gaps],
        "notes": list(footage.notes),
    }


def unseen(gaps: Sequence[Gap]) -> float:
    """Seconds that gaps cover together, overlaps once."""
    total, end = 0.0, float("-inf")
    for gap in sorted(gaps, key=lambda g: g.start):
        total += max(0.0, gap.end - max(gap.start, end))
        end = max(end, gap.end)
    return total


def _clock(clock: Clock, start: float | None) -> dict[str, Any]:
    return {
        "start": moment(start, clock.zone),
        "source": clock.source,
        "uncertainty": clock.uncertainty,
        "zone": clock.zone,
    }


def moment(posix: float | None, zone: str) -> str | None:
    """ISO 8601 in the camera's zone; without offset when the zone is unknown; None for an unknown time."""
    if posix is None:
        return None
    if zone:
        return datetime.fromtimestamp(posix, ZoneInfo(zone)).isoformat(timespec="milliseconds")
    return datetime.fromtimestamp(posix, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")


def _file(file: SourceFile) -> dict[str, Any]:
    told = {"path": str(file.path), "bytes": file.size_bytes, "sha256": file.sha256, "error": file.error}
    if file.error:
        return told
    return told | {
        "container": file.container,
        "codec": file.codec,
        "pixel_format": file.pixel_format,
        "coded_size": [file.coded_width, file.coded_height],
        "size": [file.width, file.height],
        "rotation": file.rotation,
        "sample_aspect": str(file.sample_aspect),
        "interlaced": file.interlaced,
        "full_range": file.full_range,
        "colour_matrix": file.colour_matrix,
        "time_base": str(file.time_base),
        "start_pts": file.start_pts,
        "end_pts": file.end_pts,
        "times": file.times,
        "frames": file.frames,
        "key_frames": file.keys,
        "frame_rate": str(file.frame_rate),
        "variable_rate": file.variable_rate,
        "offset": round(file.offset, 6),
        "duration": round(file.duration, 6),
        "clock": _clock(file.clock, file.clock.start),
    }


def _gap(gap: Gap, footage: Footage) -> dict[str, Any]:
    return {
        "start": round(gap.start, 6),
        "end": round(gap.end, 6),
        "reason": gap.reason.value,
        "file": str(footage.files[gap.file].path) if gap.file >= 0 else None,
        "detail": gap.detail,
    }


def probe_text(report: Mapping[str, Any]) -> Iterator[str]:
    """The report as lines for a person."""
    seen, whole = report["seen"], report["duration"]
    yield f"{report['camera']}: {clock_time(whole)}, {report['width']}x{report['height']}, {_rate(report)}"
    clock = report["clock"]
    began = (
        f"{clock['start']} ({clock['source']}, within {clock['uncertainty']:g} s)"
        if clock["start"]
        else "unknown"
    )
    yield f"began: {began}" + (f", {clock['zone']}" if clock["zone"] else "")
    if "clock_in_picture" in report:
        from synopticon.acts.read_clock import clock_text

        yield from clock_text(report["clock_in_picture"])
    yield f"seen:  {clock_time(seen)} of {clock_time(whole)} ({seen / whole if whole else 0:.1%})"
    yield from ("", *(_file_line(file) for file in report["files"]))
    if report["gaps"]:
        yield from ("", "gaps:", *(f"  {_gap_line(gap)}" for gap in report["gaps"]))
    if report["camera_moves"]["unreliable"]:
        share = report["camera_moves"]["share"]
        yield from ("", f"The camera moves (in {share:.0%} of the pictures): results are unreliable.")
    if report["notes"]:
        yield from ("", *(f"note: {note}" for note in report["notes"]))


def _rate(report: Mapping[str, Any]) -> str:
    varies = any(f.get("variable_rate") for f in report["files"])
    numerator, _, denominator = report["frame_rate"].partition("/")
    return f"{int(numerator) / int(denominator or 1):.4g} frames a second" + (" on average" if varies else "")


def _file_line(file: Mapping[str, Any]) -> str:
    if file["error"]:
        return f"{file['path']}: not read: {file['error']}"
    traits = [
        file["codec"],
        file["pixel_format"],
        f"{file['frames']} frames",
        f"{file['key_frames']} key frames",
    ]
    traits += [name.replace("_", " ") for name in ("variable_rate", "interlaced", "full_range") if file[name]]
    traits += [f"turned by {file['rotation']} degrees"] if file["rotation"] else []
    traits += [f"from {clock_time(file['offset'])}"] if file["offset"] else []
    return (
        f"{file['path']}: {clock_time(file['duration'])}, {', '.join(traits)}, sha256 {file['sha256'][:12]}"
    )


def _gap_line(gap: Mapping[str, Any]) -> str:
    where = f" in {gap['file']}" if gap["file"] else ""
    return f"{clock_time(gap['start'])} - {clock_time(gap['end'])}  {gap['reason']}: {gap['detail']}{where}"


def clock_time(seconds: float) -> str:
    """``1:02:03.4`` of seconds."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest // 10:02d}.{rest % 10}"
