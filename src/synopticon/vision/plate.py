"""Finds the plate in a picture of a vehicle, and reads it; from several pictures of one, votes.

A plate is shown to the reader several times: by the corners that the finder tells, rectified and enlarged;
by the line of text that stands there in its enlarged surroundings; and by that line without its left band,
whose arms and letters are otherwise taken for signs. What a reading must have to be taken for a plate's is
in ``Gate``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.errors import ModelError
from synopticon.models.cards import at, companion, find, packaged, remedy
from synopticon.values.plate import UNREAD
from synopticon.vision.detect import open_plate_finder, open_text
from synopticon.vision.detect.pp_ocr import HIGH, ordered
from synopticon.vision.plate_grammar import fitting, lettering, parted, settled
from synopticon.vision.plate_vote import Look, Voted, voted

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]

WIDE = 320  # pixels to which the surroundings of a plate are enlarged
_AROUND = (0.35, 0.8)  # of a plate's width and height: what is shown around it
_MARGIN = (0.1, 0.05)  # of its height: what is read around its corners, on the sides and above
_BAND = 0.09  # of its width: the band on its left
_GAP = 1.4  # times the usual step between signs: the gap behind a district
_LONG_WORD = re.compile("[A-Z]{4}")
_HINTS = 3  # places of a picture at which a second look is taken
_NEARER = 2.5  # of a place's width: what a second look shows, and
_NEAREST = 24.0  # pixels at least
_ASTRAY = 0.5  # of its height, by which a concluded place may be wrong
_LARGER = 1.8  # times as high as concluded a line may be, or as low
_LONG = 640  # pixels: as long a photo is shown in which lines of text are looked for
_SHAPES = (1.8, 9.0)  # width over height of a line that may be a plate's
TALL = 0.85  # height over width from which a picture is searched in parts
_SURE = 0.95  # mean confidence from which a text that passed is sure
_LARGEST = (
    0.75,
    0.4,
)  # shares of the vehicle that a plate may have; of a photo, which shows little more, as well


class FindsPlates(Protocol):
    """Tells corners of plates; see ``PlateFinder.quads``."""

    def quads(self, picture: Picture, score: float) -> tuple[Floats, Floats]:
        """Corners ``(n, 4, 2)`` in a BGR picture, and scores ``(n,)``."""
        ...


class ReadsText(Protocol):
    """Finds lines and reads them; see ``TextNets``."""

    def lines(self, picture: Picture) -> tuple[Floats, Floats]:
        """Corners ``(n, 4, 2)`` of lines of text, and scores."""
        ...

    def read(self, crops: Sequence[Picture]) -> list[Floats]:
        """Chances along each crop."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a plate may be: ``corners`` (4, 2) clockwise from the top left, pixels; the finder's ``score``.

    ``by_text``: no finder of plates told it, but a line of text stands there.
    """

    corners: Floats
    score: float
    by_text: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Width and height along its sides, pixels."""
        tl, tr, br, bl = self.corners
        wide = (np.linalg.norm(tr - tl) + np.linalg.norm(br - bl)) / 2
        return float(wide), float((np.linalg.norm(bl - tl) + np.linalg.norm(br - tr)) / 2)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The box around it, xyxy."""
        (x1, y1), (x2, y2) = self.corners.min(0).tolist(), self.corners.max(0).tolist()
        return x1, y1, x2, y2

    def moved(self, x: float, y: float) -> "Place":
        """The same place in a picture whose corner lies at (-x, -y) of this one."""
        return Place(self.corners + np.array([x, y], np.float32), self.score, self.by_text)


@dataclass(frozen=True, slots=True)
class EyeSettings:
    """``score`` from which the finder counts at once; ``lowest`` height of a plate that is read, pixels.

    From ``hint`` it is shown the place once more, larger, and must then be ``sure``.
    """

    score: float = 0.3
    hint: float = 0.06
    sure: float = 0.45
    lowest: float = 7.0


class PlateEye:
    """Finds and reads plates with a finder (None: by lines of text alone) and a reader."""

    def __init__(
        self, finder: FindsPlates | None, text: ReadsText, settings: EyeSettings | None = None
    ) -> None:
        self._finder, self._text = finder, text
        self.settings = settings or EyeSettings()

    def places(self, vehicle: Picture) -> list[Place]:
        """Where plates may be in a BGR picture of a vehicle, the surest first; by the finder alone."""
        if self._finder is None or min(vehicle.shape[:2]) < 2:
            return []
        hints = [
            p.moved(0, top)
            for top, bottom in _parts(vehicle.shape)
            for p in self._told(vehicle[top:bottom], self.settings.hint)
        ]
        hints = apart([p for p in hints if _fits(p, vehicle.shape) and p.size[1] >= self.settings.lowest])
        return apart([p for hint in hints[:_HINTS] if (p := self._nearer(vehicle, hint)) is not None])

    def _told(self, picture: Picture, score: float) -> list[Place]:
        """What the finder tells in a picture."""
        assert self._finder is not None
        corners, scores = self._finder.quads(picture, score)
        return [Place(c, float(s)) for c, s in zip(corners, scores, strict=True)]

    def _nearer(self, vehicle: Picture, hint: Place) -> Place | None:
        """The plate where a first look hints at one; unless it was sure, by a second look, shown larger."""
        if hint.score >= self.settings.score:
            return hint
        x1, y1, x2, y2 = hint.box
        aside = max(_NEARER * (x2 - x1), _NEAREST) / 2
        above, (x, y) = 0.75 * aside, ((x1 + x2) / 2, (y1 + y2) / 2)
        left, top = max(int(x - aside), 0), max(int(y - above), 0)
        shown = np.ascontiguousarray(vehicle[top : int(y + above) + 1, left : int(x + aside) + 1])
        for place in self._told(shown, self.settings.sure) if min(shown.shape[:2]) >= 2 else ():
            found = place.moved(left, top)
            u, v = found.corners.mean(0).tolist()
            if x1 <= u <= x2 and y1 <= v <= y2 and _fits(found, vehicle.shape):
                return found
        return None

    def by_text(self, picture: Picture, long: int = _LONG) -> list[Place]:
        """Lines of text of a plate's shape in a picture, shown ``long`` pixels long; the largest first."""
        high, wide = picture.shape[:2]
        shrink = min(long / max(high, wide), 4.0)
        size = (max(round(wide * shrink), 1), max(round(high * shrink), 1))
        corners, scores = self._text.lines(np.asarray(cv2.resize(picture, size), np.uint8))
        back = np.array([wide / size[0], high / size[1]], np.float32)
        found = [Place(c * back, float(s), by_text=True) for c, s in zip(corners, scores, strict=True)]
        fits = [p for p in found if _fits(p, picture.shape) and p.size[1] >= self.settings.lowest]
        return sorted(fits, key=lambda p: -p.size[0] * p.size[1])

    def looks(self, picture: Picture, place: Place) -> list[Look]:
        """What is read at a place of a BGR picture, in several ways."""
        crops = [rectified(picture, place.corners, _MARGIN)]
        line = self._line(picture, place)
        if line is not None:
            crops += [
                rectified(picture, line, (0.0, 0.0)),
                rectified(picture, _without_band(line), (0.0, 0.0)),
            ]
        return [Look(chances) for chances in self._text.read(crops)]

    def near(self, picture: Picture, place: Place) -> Place | None:
        """The line of text beside a place that was not found but concluded; None where none stands there."""
        line = self._line(picture, place, _ASTRAY * place.size[1])
        found = None if line is None else replace(place, corners=line)
        return found if found and _fits(found, picture.shape) and _alike_large(found, place) else None

    def _line(self, picture: Picture, place: Place, astray: float = 0.0) -> Floats | None:
        """Corners of the largest line of text in the enlarged surroundings of a place, in the picture.

        Its middle lies in the box around the place, or ``astray`` pixels beside it.
        """
        shown, corner, scale = surroundings(picture, place)
        lines, _ = self._text.lines(shown)
        x1, y1, x2, y2 = place.box
        middle = lines.mean(1) / scale + corner
        low, high = np.array([x1, y1]) - astray, np.array([x2, y2]) + astray
        here = (middle >= low).all(1) & (middle <= high).all(1)
        best = max(lines[here], key=lambda c: float(np.prod(Place(c, 0).size)), default=None)
        return None if best is None else np.asarray(best / scale + corner, np.float32)


def _parts(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """Rows (first, end) in which a plate is looked for: a tall picture would be shown too small."""
    high, wide = shape[:2]
    if high <= TALL * wide:
        return [(0, high)]
    part = max(int(TALL * wide), 2)
    count = -(-(high - part) // max(int(0.7 * part), 1)) + 1
    return [
        (int(k * (high - part) / (count - 1)), int(k * (high - part) / (count - 1)) + part)
        for k in range(count)
    ]


def apart(places: "Sequence[Place]") -> list[Place]:
    """The places without those that lie on a surer one, the surest first, lines of text last."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda p: (p.by_text, -p.score)):
        x1, y1, x2, y2 = place.box
        middle = (x1 + x2) / 2, (y1 + y2) / 2
        if not any(b[0] <= middle[0] <= b[2] and b[1] <= middle[1] <= b[3] for b in (k.box for k in kept)):
            kept.append(place)
    return kept


def _fits(place: Place, shape: tuple[int, ...]) -> bool:
    """Whether a place has the shape of a plate, and is not too large for the picture of a vehicle."""
    wide, high = place.size
    small = wide <= _LARGEST[0] * shape[1] and high <= _LARGEST[1] * shape[0]
    return high > 0 and small and _SHAPES[0] <= wide / high <= _SHAPES[1]


def _alike_large(one: Place, other: Place) -> bool:
    return 1 / _LARGER <= one.size[1] / max(other.size[1], 1e-3) <= _LARGER


def _without_band(corners: Floats) -> Floats:
    tl, tr, br, bl = corners
    return np.array([tl + _BAND * (tr - tl), tr, br, bl + _BAND * (br - bl)], np.float32)


def rectified(picture: Picture, corners: Floats, margin: tuple[float, float]) -> Picture:
    """What lies between four corners, from the front, ``HIGH`` pixels high; margins: shares of its height."""
    wide, high = Place(ordered(corners), 0).size
    aside, above = margin
    scale = HIGH / max(high * (1 + 2 * above), 1e-3)
    width = int(np.clip(round((wide + 2 * aside * high) * scale / 8) * 8, 32, 384))
    left, top = width * aside * high / max(wide + 2 * aside * high, 1e-3), HIGH * above / (1 + 2 * above)
    there = np.array(
        [[left, top], [width - left, top], [width - left, HIGH - top], [left, HIGH - top]], np.float32
    )
    bend = cv2.getPerspectiveTransform(ordered(corners), there)
    warped = cv2.warpPerspective(
        picture, bend, (width, HIGH), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, np.uint8)


def surroundings(picture: Picture, place: Place) -> tuple[Picture, Floats, Floats]:
    """A place and what is around it, enlarged; its corner in the picture, and how many times enlarged."""
    x1, y1, x2, y2 = place.box
    wide, high = _AROUND[0] * (x2 - x1), _AROUND[1] * (y2 - y1)
    low = np.array([x1 - wide, y1 - high], np.float32)
    size = np.array([x2 + wide, y2 + high], np.float32) - low
    shown = (WIDE, max(round(WIDE * float(size[1] / max(size[0], 1)) / 32) * 32, 64))
    scale = np.array(shown, np.float32) / np.maximum(size, 1)
    bend = np.array([[scale[0], 0, -low[0] * scale[0]], [0, scale[1], -low[1] * scale[1]]], np.float32)
    warped = cv2.warpAffine(picture, bend, shown, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8), low, scale


@dataclass(frozen=True, slots=True)
class Gate:
    """What a reading must have to be a plate's.

    ``signs``: how many, at least and at most; ``unread``: share of them that may be. The mean confidence of
    those that were read must be ``fits`` where a country's grammar fits the text, ``mixed`` where none does
    (then it must look like a plate of somewhere: see ``_of_somewhere``); and in any case ``lone`` where one
    picture alone says it, ``text`` where no finder of plates but a line of text told the place: then a
    grammar must fit. Letters alone are no plate: that they are one's own choice cannot be told from a name.
    """

    signs: tuple[int, int] = (5, 9)
    unread: float = 0.2
    fits: float = 0.8
    mixed: float = 0.9
    lone: float = 0.85
    text: float = 0.95

    def passes(self, read: Voted, text: str, shots: "Sequence[Shot]", agreeing: int) -> bool:
        """Whether ``shots``, of which ``agreeing`` say it by themselves, show a plate with this text."""
        known = [c for c in read.confidence if c > 0]
        if not self.signs[0] <= len(text) <= self.signs[1] or text.count(UNREAD) > self.unread * len(text):
            return False
        fits = bool(fitting(text))
        if lettering(text) or (fits and not _stands_apart(text, read.steps)):
            return False
        by_text = all(shot.by_text for shot in shots)
        least = [self.fits if fits else self.mixed]
        least += [self.lone] if agreeing < 2 else []
        least += [self.text] if by_text else []
        shown = fits or (_of_somewhere(text) and not by_text)
        return shown and float(np.mean(known)) >= max(least)


def _stands_apart(text: str, steps: Sequence[float]) -> bool:
    """Whether there is a gap behind the letters of a district, where only such a series is written so."""
    places = parted(text)
    return 0 in places or any(steps[k - 1] >= _GAP for k in places if k <= len(steps))


def _of_somewhere(text: str) -> bool:
    """Whether a text that no known country writes could be a plate.

    Six signs, two digits, three groups at most, and no more than three letters in one.
    """
    kinds = [s.isdigit() for s in text if s != UNREAD]
    groups = 1 + sum(a != b for a, b in pairwise(kinds))
    return len(text) >= 6 and sum(kinds) >= 2 and 2 <= groups <= 3 and not _LONG_WORD.search(text)


def _mixed(text: str) -> bool:
    return any(s.isalpha() for s in text) and any(s.isdigit() for s in text)


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """What one picture of a vehicle says: looks at its plate, and how well it shows it (0..1).

    ``pictures``: of how many it was made.
    """

    looks: tuple[Look, ...]
    quality: float
    by_text: bool = False
    pictures: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all shots say together; ``passed``: it is a plate by the gate."""

    text: str
    confidence: tuple[float, ...]
    country: str
    corrected: bool
    passed: bool

    @property
    def sure(self) -> bool:
        """Whether nothing more need be read."""
        return self.passed and float(np.mean(self.confidence)) >= _SURE


def verdict(shots: Sequence[Shot], among: tuple[str, ...] = (), gate: Gate | None = None) -> Verdict | None:
    """One text for several pictures of a vehicle, or None where nothing was read.

    Single pictures vote, and one made of several says what it says. What passes the gate comes first, then
    what is surer.
    """
    singles = [shot for shot in shots if shot.pictures == 1]
    made = [shot for shot in shots if shot.pictures > 1]
    said = (_verdict(some, among, gate) for some in (singles, made))
    known = (one for one in said if one is not None)
    return max(known, key=lambda one: (one.passed, np.mean(one.confidence)), default=None)


def _verdict(shots: Sequence[Shot], among: tuple[str, ...], gate: Gate | None) -> Verdict | None:
    alone = [voted(shot.looks, among) for shot in shots]
    like = [s for s, one in zip(shots, alone, strict=True) if one and _like_a_plate(one.text)]
    looks = [Look(look.chances, shot.quality) for shot in like or shots for look in shot.looks]
    read = voted(looks, among)
    if read is None:
        return None
    right = settled(read.text, read.confidence, among)
    agreeing = sum(  # pictures made of the same ones agree by themselves
        one is not None and shot.pictures == 1 and _alike(one.text, read.text)
        for shot, one in zip(shots, alone, strict=True)
    )
    passed = (gate or Gate()).passes(read, right.text, shots, agreeing)
    return Verdict(right.text, read.confidence, right.country, right.corrected, passed)


def _like_a_plate(text: str) -> bool:
    """Whether a picture that reads so says something of a plate: others found the wrong place."""
    return bool(fitting(text)) or (_mixed(text) and 5 <= len(text) <= 9)


def _alike(one: str, other: str) -> bool:
    """Whether two texts are the same but for one sign of the same place."""
    if len(one) != len(other):
        return False
    return sum(a != b for a, b in zip(one, other, strict=True)) <= 1


def sharpness(picture: Picture, place: Place) -> float:
    """How sharp a place is, 0..1: the variance of its Laplacian over that of its light."""
    grey = cv2.cvtColor(rectified(picture, place.corners, (0.0, 0.0)), cv2.COLOR_BGR2GRAY).astype(np.float32)
    contrast = float(grey.var())
    return (
        min(float(cv2.Laplacian(grey, cv2.CV_32F).var()) / max(contrast, 1.0), 1.0) if contrast > 1 else 0.0
    )


def quality(picture: Picture, place: Place) -> float:
    """How well a place can be read, 0..1: its height, how far it is turned away, how sharp it is."""
    wide, high = place.size
    large = min(high / 32, 1.0)
    front = min(wide / max(high, 1) / 4.0, 1.0)
    return float(
        np.clip(place.score, 0.1, 1) ** 0.5 * large * front * (0.3 + 0.7 * sharpness(picture, place))
    )


def weights(folder: Path | None = None) -> tuple[Path, Path | None]:
    """The weights that read plates and those that find them; ``folder`` instead of Synopticon's own.

    Where there is no finder, plates are looked for by text alone. Raises ``ModelError`` without a reader.
    """
    reader = companion("read.plate", folder) or packaged("read.plate")
    if reader is None:
        card = find("pp-ocr")
        raise ModelError(f"plates are read by {card.name}, which is not here: {remedy(card)}")
    finder = companion("detect.plate", folder)
    return reader[1], finder[1] if finder else None


def open_eye(folder: Path | None = None, *, threads: int = 1) -> PlateEye:
    """Load the models of ``weights``; raises its errors."""
    reader, finder = weights(folder)
    return open_eye_at(str(reader), str(finder or ""), threads=threads)


def open_eye_at(reader: str, finder: str = "", *, threads: int = 1) -> PlateEye:
    """Load models by the paths of their weights, each on a card; raises ``ModelError``, ``RefusedError``."""
    text = open_text(*at(Path(reader), "read.plate"), threads=threads)
    found = open_plate_finder(*at(Path(finder), "detect.plate"), threads=threads) if finder else None
    return PlateEye(found, text)
