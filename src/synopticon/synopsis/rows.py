"""The text formats of tracks: MOT text and CSV, read fast and strictly."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synopticon.compiled import compiled
from synopticon.errors import UsageError

_CSV = (b"frame,id,x,y,w,h", b"frame,id,x,y,w,h,group")
_OK, _NOT_A_NUMBER, _TOO_FEW, _TOO_MANY, _NOT_WHOLE, _NO_AREA = range(6)
_FAULTS = {
    _NOT_A_NUMBER: "a value is not a number",
    _TOO_FEW: "too few columns; expected frame,id,x,y,w,h",
    _TOO_MANY: "too many columns",
    _NOT_WHOLE: "frame, id and group must be whole numbers",
    _NO_AREA: "width and height must be above 0",
}


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of a track file.

    n of them: 0-based ``frame`` int32, ``id`` int64, ``box`` float32 ``(n, 4)``
    ``x, y, w, h`` in pixels, ``group`` int32 (-1 = none), ``line`` int32 (1-based line of the file), and the
    number ``base`` that the file gives its first frame.
    """

    frame: NDArray[np.int32]
    id: NDArray[np.int64]
    box: NDArray[np.float32]
    group: NDArray[np.int32]
    line: NDArray[np.int32]
    base: int

    def take(self, index: NDArray[np.int64]) -> "Rows":
        """The rows of these indices."""
        parts = (self.frame[index], self.id[index], self.box[index], self.group[index], self.line[index])
        return Rows(*parts, self.base)


def read_rows(path: Path) -> Rows:
    """Read a file; a header line (or the suffix ``.csv``) makes it CSV, else it is MOT text.

    Raises UsageError, naming file and line.
    """
    try:
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); give a MOT text or CSV file") from error
    if not text.strip():
        raise UsageError(f"{path}: the file is empty; give MOT text or CSV with frame,id,x,y,w,h")
    header = text.split(b"\n", 1)[0].strip().lower().replace(b" ", b"")
    named = any(c.isalpha() for c in header.split(b",")[0].decode("latin-1"))
    if named and header not in _CSV:
        raise UsageError(f"{path}, line 1: expected the header frame,id,x,y,w,h[,group] or MOT text")
    csv = named or path.suffix.lower() == ".csv"
    return _parse(path, text, skip=int(named), base=0 if csv else 1)


def _parse(path: Path, text: bytes, skip: int, base: int) -> Rows:
    data = np.frombuffer(text, np.uint8)
    n = text.count(b"\n") + 1
    whole, box, line = np.zeros((n, 3), np.int64), np.zeros((n, 4), np.float32), np.zeros(n, np.int32)
    limit = 7 if base == 0 else 99  # MOT text goes on after the box: confidence, class, visibility, ...
    rows, bad, fault = _scan(data, skip, limit, whole, box, line)
    if fault != _OK:
        raise UsageError(f"{path}, line {bad}: {_FAULTS[fault]}; correct it")
    if not rows:
        raise UsageError(f"{path}: holds no row; give MOT text or CSV with frame,id,x,y,w,h")
    whole, box, line = whole[:rows], box[:rows], line[:rows]
    frame = (whole[:, 0] - base).astype(np.int32)
    return Rows(frame, whole[:, 1].copy(), box, whole[:, 2].astype(np.int32), line, base)


@compiled()
def _power(data, at, end):  # type: ignore[no-untyped-def]
    """The digits after ``e``; returns (exponent, where it ended; -1 when it is none)."""
    sign = 1
    if at < end and (data[at] == 45 or data[at] == 43):
        sign = -1 if data[at] == 45 else 1
        at += 1
    value, digits = 0, 0
    while at < end and 48 <= data[at] <= 57 and digits < 3:
        value = value * 10 + (data[at] - 48)
        digits += 1
        at += 1
    return sign * value, at if digits else -1


@compiled()
def _number(data, at, end):  # type: ignore[no-untyped-def]
    """A decimal number with sign, fraction and exponent; returns (value, whether it is one)."""
    while at < end and data[at] == 32:
        at += 1
    while end > at and data[end - 1] == 32:
        end -= 1
    sign = 1.0
    if at < end and (data[at] == 45 or data[at] == 43):
        sign = -1.0 if data[at] == 45 else 1.0
        at += 1
    value, digits, places, point = 0.0, 0, 0, False
    while at < end:
        c = data[at]
        if 48 <= c <= 57:
            value = value * 10.0 + (c - 48)
            digits += 1
            places += point
        elif c == 46 and not point:
            point = True
        else:
            break
        at += 1
    power = 0
    if at < end and digits and (data[at] == 101 or data[at] == 69):
        power, at = _power(data, at + 1, end)
    good = digits > 0 and at == end
    return sign * value * 10.0 ** (power - places), good


@compiled()
def _line(data, at, end, limit, values):  # type: ignore[no-untyped-def]
    """Numbers of one line, separated by commas; returns (count, fault). A blank line has none."""
    while end > at and (data[end - 1] == 13 or data[end - 1] == 32):
        end -= 1
    if at == end:
        return 0, 0
    count = 0
    while at <= end:
        stop = at
        while stop < end and data[stop] != 44:
            stop += 1
        if count < 7:
            value, good = _number(data, at, stop)
            if not good:
                return count, 1
            values[count] = value
        count += 1
        if count > limit:
            return count, 3
        at = stop + 1
    return count, 0


@compiled()
def _store(values, count, limit, row, whole, box):  # type: ignore[no-untyped-def]
    """Check one line's numbers and keep them as a row; returns the fault or 0."""
    if count < 6:
        return 2
    group = values[6] if limit == 7 and count == 7 else -1.0
    if values[0] != np.floor(values[0]) or values[1] != np.floor(values[1]) or group != np.floor(group):
        return 4
    if not (values[4] > 0 and values[5] > 0):
        return 5
    whole[row, 0], whole[row, 1], whole[row, 2] = np.int64(values[0]), np.int64(values[1]), np.int64(group)
    for k in range(4):
        box[row, k] = values[2 + k]
    return 0


@compiled(
    "Tuple((int64,int64,int64))"
    "(Array(uint8,1,'C',readonly=True),int64,int64,int64[:,::1],float32[:,::1],int32[::1])"
)
def _scan(data, skip, limit, whole, box, line):  # type: ignore[no-untyped-def]
    """Parse lines of numbers; returns (rows, line of the fault, fault)."""
    n, at, row, number = len(data), 0, 0, 0
    values = np.zeros(7)
    while at < n:
        number += 1
        end = at
        while end < n and data[end] != 10:
            end += 1
        if number > skip:
            count, fault = _line(data, at, end, limit, values)
            if fault:
                return row, number, fault
            if count:
                fault = _store(values, count, limit, row, whole, box)
                if fault:
                    return row, number, fault
                line[row] = number
                row += 1
        at = end + 1
    return row, 0, 0
