"""Composed nuisances: what moves or changes in front of a camera while nothing happens.

Each is drawn, from a seed, over the empty scene of a real recording: changes of light, a clock, rain and
noise at three strengths, insects near the lens, headlights on a wall, lamps that go out, and several at once.
Nobody and nothing comes or goes, so every event in such a recording is a false alarm. They are drawn, not
filmed: no streak of rain is refracted, and no insect has wings.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader

Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]
Draw = Callable[[Plane, float], Plane]  # the luma of an empty scene and the time (s) -> luma as it is seen
WIDTH = 320  # of what is composed, pixels
POOL = 24  # pictures of noise, or of rain, that are made once and then shifted and mirrored
SENSOR = 1.5  # grey levels of noise that every camera has


def empty_scene(video: Path, frames: tuple[int, int] | None = None, width: int = WIDTH) -> Planes:
    """The median of some frames of a recording, scaled to ``width``: y, u, v; both sides are even."""
    kept: list[Planes] = []
    with open_reader(probe([video]), threads=1) as reader:
        for k, frame in enumerate(reader):
            if frames is None or frames[0] <= k < frames[1]:
                kept.append((frame.y.copy(), frame.u.copy(), frame.v.copy()))
            if frames is not None and k >= frames[1]:
                break
    kept = kept[:: max(1, len(kept) // 60)]
    height = round(kept[0][0].shape[0] * width / kept[0][0].shape[1] / 2) * 2
    y, u, v = (np.median(np.stack(planes), axis=0).astype(np.uint8) for planes in zip(*kept, strict=True))
    half = (width // 2, height // 2)
    return (
        np.asarray(cv2.resize(y, (width, height), interpolation=cv2.INTER_AREA), np.uint8),
        np.asarray(cv2.resize(u, half, interpolation=cv2.INTER_AREA), np.uint8),
        np.asarray(cv2.resize(v, half, interpolation=cv2.INTER_AREA), np.uint8),
    )


@dataclass(frozen=True)
class Nuisance:
    """``name``, and ``begin``, which prepares it for pictures of a size and a recording of so many seconds.

    ``share``: of the hours, relative to others. ``busy``: so much moves that a detector looks everywhere, all
    the time.
    """

    name: str
    begin: Callable[[np.random.Generator, tuple[int, int], float], Draw]
    share: float = 1.0
    busy: bool = False


def composed(
    empty: Planes, nuisance: Nuisance, seconds: float, rate: float, chance: np.random.Generator
) -> Iterator[Planes]:
    """The frames of a recording in which there is nothing but a nuisance, and the noise of the sensor."""
    shape = empty[0].shape[:2]
    draw, noise = nuisance.begin(chance, (shape[0], shape[1]), seconds), _noise(chance, shape, SENSOR)
    for k in range(int(seconds * rate)):
        yield noise(draw(empty[0], k / rate)), empty[1], empty[2]


# --- what many of them need ---------------------------------------------------------------------------------


def _noise(chance: np.random.Generator, shape: tuple[int, ...], sigma: float) -> Callable[[Plane], Plane]:
    pool = [np.rint(chance.normal(0, sigma, shape)).astype(np.int16) for _ in range(POOL)]

    def add(y: Plane) -> Plane:
        grain = np.roll(pool[int(chance.integers(POOL))], int(chance.integers(shape[1])), axis=1)
        return np.asarray(cv2.add(y, grain, dtype=cv2.CV_8U), np.uint8)

    return add


def _lit(y: Plane, gain: float, offset: float = 0.0) -> Plane:
    return np.asarray(cv2.convertScaleAbs(y, alpha=gain, beta=offset), np.uint8)


def _times(chance: np.random.Generator, seconds: float, apart: float) -> list[float]:
    """Moments that come at random, ``apart`` seconds on average."""
    count = max(1, int(chance.poisson(seconds / apart)))
    return [float(t) for t in np.sort(chance.uniform(0, seconds, count))]


def _blob(radius: float, stretch: float = 1.0) -> NDArray[np.float32]:
    """A soft bright spot, 1 in its middle; ``stretch``: width by height."""
    high, wide = int(np.ceil(2.2 * radius)), int(np.ceil(2.2 * radius * stretch))
    y, x = np.mgrid[-high : high + 1, -wide : wide + 1].astype(np.float32)
    return np.exp(-((((x / stretch) ** 2 + y**2) / radius**2) ** 1.5))


def _glow(y: Plane, spot: NDArray[np.float32], x: float, at: float, level: float) -> None:
    """Add a spot to a picture, in place, wherever its middle lies."""
    top, left = round(at) - spot.shape[0] // 2, round(x) - spot.shape[1] // 2
    y0, x0 = max(top, 0), max(left, 0)
    y1, x1 = min(top + spot.shape[0], y.shape[0]), min(left + spot.shape[1], y.shape[1])
    if y1 > y0 and x1 > x0:
        part = spot[y0 - top : y1 - top, x0 - left : x1 - left] * np.float32(level)
        y[y0:y1, x0:x1] = np.clip(y[y0:y1, x0:x1] + part, 0, 255)


@dataclass(frozen=True)
class _Flight:
    """Where a spot is from ``start`` on: places (x, y) at times since then, its size and its brightness."""

    start: float
    times: NDArray[np.float64]
    path: NDArray[np.float64]
    spot: NDArray[np.float32]
    level: float

    def draw(self, y: Plane, t: float) -> None:
        since = t - self.start
        if 0 <= since <= self.times[-1]:
            x, at = (float(np.interp(since, self.times, self.path[:, k])) for k in (0, 1))
            _glow(y, self.spot, x, at, self.level)


def _flights(flights: list[_Flight], dim: float) -> Draw:
    starts = np.array([f.start for f in flights])
    longest = max(f.times[-1] for f in flights)

    def draw(y: Plane, t: float) -> Plane:
        out = _lit(y, dim)
        first, last = np.searchsorted(starts, (t - longest, t + 1e-9))
        for flight in flights[first:last]:
            flight.draw(out, t)
        return out

    return draw


# --- the nuisances ------------------------------------------------------------------------------------------


def _light(chance: np.random.Generator, shape: tuple[int, int], seconds: float) -> Draw:
    """Dusk and dawn, clouds whose edge goes over the picture, exposure that jumps, a lamp, flicker."""
    wide = shape[1]
    deep, turn = chance.uniform(0.35, 0.7), chance.uniform(0.3, 0.7) * seconds
    columns = np.arange(wide, dtype=np.float32)
    clouds = [(t, chance.uniform(2, 8), chance.uniform(10, 90), chance.uniform(0.55, 0.8))
              for t in _times(chance, seconds, 120)]  # fmt: skip
    jumps = [(t, chance.uniform(0.65, 1.4), chance.uniform(0.5, 3), chance.uniform(3, 60))
             for t in _times(chance, seconds, 150)]  # fmt: skip
    lamp = np.clip(_blob(shape[0] * 0.6), 0, 1)
    place = chance.uniform((0.1, 0.1), (0.9, 0.9)) * (wide, shape[0])
    lamps = [(t, chance.uniform(10, 120)) for t in _times(chance, seconds, 240)]
    flicker = [(t, chance.uniform(20, 60), chance.uniform(0.4, 1.9)) for t in _times(chance, seconds, 400)]

    def draw(y: Plane, t: float) -> Plane:
        gain = 1 - (1 - deep) * max(0.0, 1 - abs(t - turn) / (0.3 * seconds))
        for start, level, soft, stays in jumps:
            if start <= t < start + 2 * soft + stays:
                gain *= 1 + (level - 1) * min(1.0, (t - start) / soft, (start + 2 * soft + stays - t) / soft)
        for start, lasts, hertz in flicker:
            if start <= t < start + lasts:
                gain *= 1 + 0.06 * np.sin(2 * np.pi * hertz * (t - start))
        out = _lit(y, float(gain))
        for start, crosses, stays, level in clouds:
            if start <= t < start + 2 * crosses + stays:
                edge = (t - start) / crosses * 1.4 * wide
                leaves = (t - start - crosses - stays) / crosses * 1.4 * wide
                inside = np.clip((edge - columns) / (0.3 * wide), 0, 1)
                inside = inside * np.clip((columns - leaves) / (0.3 * wide) + 1, 0, 1)
                out = np.asarray(out * (1 - (1 - level) * inside), np.uint8)
        for start, lasts in lamps:
            if start <= t < start + lasts:
                _glow(out, lamp, *place, 70.0)
        return out

    return draw


def _clock(chance: np.random.Generator, shape: tuple[int, int], _: float) -> Draw:
    """A date with a clock that changes each second, a dot that blinks, and a frame counter."""
    big = chance.uniform(0.35, 0.7)
    top = bool(chance.uniform() < 0.5)

    def draw(y: Plane, t: float) -> Plane:
        out, at = y.copy(), 14 if top else shape[0] - 6
        text = f"2026-11-29 {int(t) // 3600 % 24:02d}:{int(t) // 60 % 60:02d}:{int(t) % 60:02d}"
        for line, x, row in ((text, 4, at), (f"{int(t * 4):06d}", shape[1] - 70, shape[0] - at + 8)):
            cv2.putText(out, line, (x, row), cv2.FONT_HERSHEY_SIMPLEX, big, 0, 3)
            cv2.putText(out, line, (x, row), cv2.FONT_HERSHEY_SIMPLEX, big, 255, 1)
        if int(2 * t) % 2:
            cv2.circle(out, (shape[1] - 14, at - 4), 5, 235, -1)
        return out

    return draw


def _rain(strength: int) -> Callable[[np.random.Generator, tuple[int, int], float], Draw]:
    count, alpha, haze = ((35, 60, 0.97), (140, 80, 0.9), (380, 100, 0.8))[strength - 1]

    def begin(chance: np.random.Generator, shape: tuple[int, int], seconds: float) -> Draw:
        """Streaks that are elsewhere in each picture, gusts, haze; drops that stay on the lens."""
        slant = chance.uniform(-0.35, 0.35)
        pool = [_streaks(chance, shape, count, alpha, slant) for _ in range(POOL)]
        gusts = chance.uniform(0.02, 0.1)
        drops = [
            _Flight(t, np.array([0.0, chance.uniform(10, 90), 100.0]), _run_down(chance, shape),
                    _blob(chance.uniform(4, 9)), chance.uniform(20, 60))
            for t in _times(chance, seconds, 180 / strength)
        ]  # fmt: skip

        def draw(y: Plane, t: float) -> Plane:
            out = _lit(y, haze, 18 * (1 - haze) * 5)
            layer = np.roll(pool[int(chance.integers(POOL))], int(chance.integers(shape[0])), axis=0)
            gust = 0.75 + 0.25 * np.sin(2 * np.pi * gusts * t)
            out = np.asarray(cv2.addWeighted(out, 1.0, layer, gust, 0), np.uint8)
            for drop in drops:
                drop.draw(out, t)
            return out

        return draw

    return begin


def _streaks(
    chance: np.random.Generator, shape: tuple[int, int], count: int, alpha: int, slant: float
) -> Plane:
    layer = np.zeros(shape, np.uint8)
    for _ in range(count):
        x, y = chance.uniform(0, shape[1]), chance.uniform(-20, shape[0])
        long = chance.uniform(6, 26)
        ends = (round(x), round(y)), (round(x + slant * long), round(y + long))
        cv2.line(layer, *ends, int(chance.uniform(0.4, 1) * alpha), 1 if long < 18 else 2, cv2.LINE_AA)
    return layer


def _run_down(chance: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float64]:
    x, y = chance.uniform(0, shape[1]), chance.uniform(0, shape[0])
    return np.array([[x, y], [x, y], [x + chance.uniform(-8, 8), y + 0.6 * shape[0]]])


def _grain(strength: int) -> Callable[[np.random.Generator, tuple[int, int], float], Draw]:
    sigma, dim = ((4.0, 0.8), (9.0, 0.6), (16.0, 0.45))[strength - 1]

    def begin(chance: np.random.Generator, shape: tuple[int, int], _: float) -> Draw:
        """A sensor in bad light: the darker, the noisier."""
        noise = _noise(chance, shape, sigma)
        return lambda y, _t: noise(_lit(y, dim, 6))

    return begin


def _insects(chance: np.random.Generator, shape: tuple[int, int], seconds: float) -> Draw:
    """At night, lit by the camera: they dash past, circle, or settle on the glass and walk."""
    flights = []
    for start in _times(chance, seconds, 8):
        kind = chance.uniform()
        if kind < 0.15:  # settles
            lasts = chance.uniform(5, 90)
            times = np.linspace(0, lasts, max(3, int(lasts)))
            steps = chance.normal(0, chance.uniform(0, 4), (len(times), 2))
            path = chance.uniform(0, 1, 2) * shape[::-1] + np.cumsum(steps, axis=0)
        else:
            lasts, speed = chance.uniform(0.4, 6), chance.uniform(60, 300)
            times = np.linspace(0, lasts, max(4, int(lasts * 8)))
            angle = chance.uniform(0, 2 * np.pi) + np.cumsum(chance.normal(0, 0.5, len(times)))
            steps = np.stack([np.cos(angle), np.sin(angle)], axis=1) * speed * lasts / len(times)
            path = chance.uniform(0, 1, 2) * shape[::-1] + np.cumsum(steps, axis=0)
        spot = _blob(chance.uniform(4, 22), chance.uniform(0.7, 1.6))
        flights.append(_Flight(start, times, path, spot, chance.uniform(50, 160)))
    return _flights(flights, 0.55)


def _headlights(chance: np.random.Generator, shape: tuple[int, int], seconds: float) -> Draw:
    """At night: pools of light sweep over the scene, one or two; some stop for up to a minute, then go on."""
    flights = []
    for start in _times(chance, seconds, 25):
        y, sweep = chance.uniform(0.2, 0.85) * shape[0], chance.uniform(1.5, 6)
        ends = (-0.2, 1.2)[:: 1 if chance.uniform() < 0.5 else -1]
        stop, waits = chance.uniform(0.2, 0.8), chance.uniform(5, 60) if chance.uniform() < 0.3 else 0.0
        times = np.array([0.0, sweep / 2, sweep / 2 + waits, sweep + waits])
        places = np.array([ends[0], stop, stop, ends[1]]) * shape[1]
        rise = chance.uniform(-15, 15, 4)
        radius, level = chance.uniform(10, 32), chance.uniform(60, 180)
        spot = _blob(radius, chance.uniform(1, 2.5))
        for apart in (0.0, 2.4 * radius) if chance.uniform() < 0.5 else (0.0,):
            path = np.stack([places + apart, y + rise], axis=1)
            flights.append(_Flight(start, times, path, spot, level))
    return _flights(flights, 0.4)


def _lamps_out(chance: np.random.Generator, _: tuple[int, int], seconds: float) -> Draw:
    """The lamps go out at once, for some seconds to ten minutes; a little light is left."""
    spans = [
        (t, t + float(np.exp(chance.uniform(np.log(8), np.log(600))))) for t in _times(chance, seconds, 300)
    ]
    left = chance.uniform(0.05, 0.15)

    def draw(y: Plane, t: float) -> Plane:
        return _lit(y, left, 3) if any(a <= t < b for a, b in spans) else y

    return draw


def _together(chance: np.random.Generator, shape: tuple[int, int], seconds: float) -> Draw:
    """A bad night: rain, headlights, insects and a clock at once."""
    layers = [begin(chance, shape, seconds) for begin in (_headlights, _insects, _rain(2), _clock)]

    def draw(y: Plane, t: float) -> Plane:
        y = _lit(y, 1.8)  # of the two that darken, one is enough
        for layer in layers:
            y = layer(y, t)
        return y

    return draw


NUISANCES = (
    Nuisance("light", _light),
    Nuisance("clock", _clock),
    *(Nuisance(f"rain {n}", _rain(n), share=0.2, busy=True) for n in (1, 2, 3)),
    *(Nuisance(f"noise {n}", _grain(n)) for n in (1, 2, 3)),
    Nuisance("insects", _insects),
    Nuisance("headlights", _headlights),
    Nuisance("lamps out", _lamps_out),
    Nuisance("together", _together, share=0.2, busy=True),
)
