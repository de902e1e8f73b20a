"""The clock in the picture: what it proposes, as plain data, and a picture of each reading.

Nothing is changed: the clock of a recording is set by ``acts.cameras.set_clock`` alone.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from synopticon.acts.leaving import check_absent, scratch_beside
from synopticon.footage.clock_fit import Bounds
from synopticon.footage.clock_propose import Proposal
from synopticon.store.atomic import write_bytes
from synopticon.synopsis.door import jpeg, masked
from synopticon.values.detection import Boxes
from synopticon.values.footage import Footage
from synopticon.values.frame import Frame
from synopticon.vision.clock import ClockRead, TextReader, frame_at, read_clock

_SAY = {
    "date": "the day (YYYY-MM-DD) at the start, and its offset from UTC (+HH:MM)",
    "zone": "the camera's time zone (--zone NAME, or its offset +HH:MM)",
}
_ROOM = 6  # pixels shown around the clock's lines


def clock_report(
    footage: Footage, reader: TextReader, *, zone: str = "", pictures: Path | None = None
) -> dict[str, Any]:
    """Read the clock; ``pictures``: a new folder for a picture of each reading, all but the clock filled.

    Raises ``UnreadableError``, ``OutputError`` where the folder exists.
    """
    if pictures is not None:
        check_absent(pictures)
    read = read_clock(footage, reader)
    names = _write(footage, read, pictures) if pictures is not None else {}
    found = read.finding.proposal
    return {
        "proposal": _proposal(found, footage.duration, zone) if found else None,
        "why": read.finding.why,
        "lines": [[round(float(x), 1) for x in line] for line in read.lines],
        "readings": [
            {
                "time": round(r.time, 3),
                "text": r.text,
                "fits": r.shown is not None,
                "picture": names.get(r.time),
            }
            for r in read.finding.readings
        ],
    }


def _proposal(found: Proposal, duration: float, zone: str) -> dict[str, Any]:
    return {
        "format": found.format,
        "start": _moment(found, zone),
        "uncertainty": round(found.start.uncertainty, 3),
        "drift": _bounds(found.drift),
        "jumps": [
            {"after": round(j.after, 3), "before": round(j.before, 3), "size": _bounds(j.size)}
            for j in found.jumps
        ],
        "within": round(found.within(duration), 3),
        "agree": found.agree,
        "others": list(found.others),
        "missing": _missing(found, zone),
    }


def _missing(found: Proposal, zone: str) -> list[str]:
    """What the picture does not tell and a person must say before a clock can be set by it."""
    return [*([] if found.dated else ["date"]), *([] if zone else ["zone"])]


def _bounds(found: Bounds) -> dict[str, float]:
    return {"value": round(found.value, 3), "low": round(found.low, 3), "high": round(found.high, 3)}


def _moment(found: Proposal, zone: str) -> str:
    """ISO 8601 in the camera's zone; without offset when that is unknown; a time of day without a date."""
    if found.moment is None:
        midnight = datetime(1970, 1, 1, tzinfo=UTC)
        return (midnight + timedelta(seconds=found.start.value)).strftime("%H:%M:%S.%f")[:-3]
    moment = found.moment.replace(tzinfo=ZoneInfo(zone)) if zone else found.moment
    return moment.isoformat(timespec="milliseconds")


def _write(footage: Footage, read: ClockRead, folder: Path) -> dict[float, str]:
    """A picture of each reading, in a folder that is there whole or not at all; their names, by time."""
    names: dict[float, str] = {}
    with scratch_beside(folder) as scratch:
        for reading in read.finding.readings:
            frame = frame_at(footage, reading.time)
            if frame is not None:
                name = f"{len(names):03}-at-{reading.time:.3f}s.jpg"
                write_bytes(scratch / name, _picture(footage, frame, read.lines))
                names[reading.time] = name
        scratch.replace(folder)
    return names


def _picture(footage: Footage, frame: Frame, lines: Boxes) -> bytes:
    height, width = frame.y.shape
    left, top = np.maximum(np.floor(lines[:, :2].min(0)).astype(int) - _ROOM, 0).tolist()
    right, bottom = (np.ceil(lines[:, 2:].max(0)).astype(int) + _ROOM).tolist()
    box = (left, top, min(right, width), min(bottom, height))
    file = footage.files[frame.file]
    return jpeg(masked(frame, _beside(box, width, height)), file.colour_matrix, file.full_range, box=box)


def _beside(box: tuple[int, int, int, int], width: int, height: int) -> Boxes:
    """All of a picture but a box, as zones."""
    left, top, right, bottom = box
    zones = [
        (0, 0, width, top),
        (0, bottom, width, height),
        (0, top, left, bottom),
        (right, top, width, bottom),
    ]
    return np.array(zones, np.float32)


def clock_text(told: Mapping[str, Any]) -> Iterator[str]:
    """The report of a clock as lines for a person."""
    found, readings = told["proposal"], told["readings"]
    if found is None:
        yield f"clock in the picture: nothing to propose: {told['why']}"
        return
    yield (
        f"clock in the picture: {found['start']} at the start, within {found['uncertainty']:g} s "
        f"({found['format']}; {found['agree']} of {len(readings)} readings agree)"
    )
    drift = found["drift"]
    yield f"  drift: {drift['value']:g} s a day ({drift['low']:g} to {drift['high']:g})"
    for jump in found["jumps"]:
        size = jump["size"]
        yield (
            f"  jump:  by {size['value']:+g} s ({size['low']:g} to {size['high']:g}), between "
            f"{jump['after']:g} and {jump['before']:g} s into the recording"
        )
    for other in found["others"]:
        yield f"  the date may also be {other}: nothing in the recording tells"
    missing = found["missing"]
    if missing:
        yield f"  not told by the picture, to be filled in below: {' and '.join(_SAY[m] for m in missing)}"
    yield (
        f"  nothing was changed; to set it: synopticon camera clock CAMERA FILE --start {_to_set(found)} "
        f"--uncertainty {found['within']:g}"
    )


def _to_set(found: Mapping[str, Any]) -> str:
    """The start as ``camera clock`` takes it, with signs to be replaced where something is missing."""
    start: str = found["start"]
    if "date" in found["missing"]:
        return f"YYYY-MM-DDT{start}+HH:MM"  # the offset depends on the day
    return f"{start}+HH:MM" if "zone" in found["missing"] else start
