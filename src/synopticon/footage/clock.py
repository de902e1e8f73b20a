"""When a recording was made: a sidecar, the file's name, or its metadata.

Names of common recorders are read from the last parts of the path; ``docs/footage.md`` lists them.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from synopticon.errors import UsageError
from synopticon.values.footage import Clock

SIDECAR = ".clock.json"  # appended to the whole name of the video file
_NAME_UNCERTAINTY = 1.0  # names hold whole seconds
_METADATA_UNCERTAINTY = 2.0
_METADATA = ("com.apple.quicktime.creationdate", "creation_time", "date")

_YMD = r"(?P<y>(?:19|20)\d\d)[-_.]?(?P<m>0[1-9]|1[0-2])[-_.]?(?P<d>0[1-9]|[12]\d|3[01])"
_HMS = r"(?P<H>[01]\d|2[0-3])[-_.:h]?(?P<M>[0-5]\d)[-_.:m]?(?P<S>[0-5]\d)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # one block, or date and time apart by one sign: 20240501080000, 20240501_080000, 2024-05-01T08-00-00Z
        rf"(?<!\d){_YMD}[-_ .T@]{{0,3}}{_HMS}(?:[.,]?\d{{3}})?(?P<Z>Z?)(?!\d)",
        # 2024Y05M01D08H/00M00S
        r"(?P<y>20\d\d)Y(?P<m>\d\d)M(?P<d>\d\d)D(?P<H>\d\d)H/(?P<M>\d\d)M(?P<S>\d\d)S",
        # a folder for the day, the time in the name: 2024-05-01/001/dav/08/08.00.00-08.30.00
        rf"(?<!\d){_YMD}(?!\d)(?:/[^/]*)*/{_HMS}(?!\d)[^/]*$",
        # folders for day and hour, minute and second in the name: 2024-05-01/08/front/30.00
        rf"(?<!\d){_YMD}/(?P<H>[01]\d|2[0-3])/(?:[^/]*/)?(?P<M>[0-5]\d)[-.](?P<S>[0-5]\d)(?!\d)[^/]*$",
        # folders for day and hour, the minute in the name: 20240501/08/30
        rf"(?<!\d){_YMD}/(?P<H>[01]\d|2[0-3])/(?P<M>[0-5]\d)(?!\d)[^/]*$",
    )
)
_EPOCH = re.compile(r"(?<!\d)(?P<s>1\d{9}|[23]\d{9})(?P<ms>\d{3})?(?!\d)")


def clock_of(path: Path, metadata: Mapping[str, str], zone: str = "") -> Clock:
    """What is known of the time of a file's first frame: sidecar, else name, else metadata, else unknown.

    ``zone`` is the IANA name of the camera's time zone, for times that come without one; when it is empty
    they are taken as they stand. Raises UsageError on a zone or a sidecar that cannot be understood.
    """
    return (
        _from_sidecar(path, zone)
        or from_name(path, zone)
        or _from_metadata(metadata, zone)
        or _from_dhav(path, zone)
        or Clock(zone=zone)
    )


def posix(moment: datetime, zone: str = "") -> float:
    """POSIX seconds; a moment without zone is in ``zone``, or taken as UTC when that is empty."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(zone))
    return moment.timestamp()


def from_name(path: Path, zone: str = "") -> Clock | None:
    """The clock that a file's name tells, or None."""
    tail = "/".join(path.absolute().parts[-6:])
    tail = tail[: -len(path.suffix)] if path.suffix and not path.suffix[1:].isdecimal() else tail
    name = tail.rpartition("/")[2]
    for text in (name, tail):
        for pattern in _PATTERNS:
            for match in pattern.finditer(text):
                start = _moment(match.groupdict(), zone)
                if start is not None:
                    return Clock(start, "name", _NAME_UNCERTAINTY, zone)
    found = _EPOCH.search(name)
    if found:
        start = int(found["s"]) + int(found["ms"] or 0) / 1000
        return Clock(start, "name", 0.001 if found["ms"] else _NAME_UNCERTAINTY, zone)
    return None


def _moment(parts: Mapping[str, str | None], zone: str) -> float | None:
    try:
        moment = datetime(*(int(parts.get(key) or 0) for key in "ymdHMS"))  # type: ignore[arg-type]
    except ValueError:
        return None
    return posix(moment.replace(tzinfo=UTC) if parts.get("Z") else moment, zone)


def _from_sidecar(path: Path, zone: str) -> Clock | None:
    sidecar = path.with_name(path.name + SIDECAR)
    try:
        told = json.loads(sidecar.read_text("utf-8"))
        zone = str(told.get("zone", zone))
        start = posix(datetime.fromisoformat(told["start"]), zone)
        return Clock(start, "sidecar", float(told.get("uncertainty", 0.0)), zone)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f'{sidecar}: is no clock; write {{"start": "2024-05-01T08:00:00+02:00"}} ({error})'
        ) from error


def _from_metadata(metadata: Mapping[str, str], zone: str) -> Clock | None:
    for key in _METADATA:
        try:
            moment = datetime.fromisoformat(metadata.get(key, ""))
        except ValueError:
            continue
        if moment.year >= 1990:  # 1904 and 1970 are clocks that were never set
            return Clock(posix(moment, zone), "container", _METADATA_UNCERTAINTY, zone)
    return None


def _from_dhav(path: Path, zone: str) -> Clock | None:
    """Dahua's frames carry the local time: year - 2000, month, day, hour, minute, second in 32 bits."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return None
    at = head.find(b"DHAV")
    if at < 0 or not head.startswith((b"DHAV", b"DAHUA")) or len(head) < at + 20:
        return None
    date = int.from_bytes(head[at + 16 : at + 20], "little")
    year, month, day = (date >> 26) + 2000, date >> 22 & 15, date >> 17 & 31
    try:
        moment = datetime(year, month, day, date >> 12 & 31, date >> 6 & 63, date & 63)
    except ValueError:
        return None
    return Clock(posix(moment, zone), "container", _NAME_UNCERTAINTY, zone)


def _zone(name: str) -> tzinfo:
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UsageError(f"{name}: is no time zone; give a name such as Europe/Rome") from error
