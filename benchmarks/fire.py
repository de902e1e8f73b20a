"""Fire and smoke, composed over empty scenes, beside what must not be taken for them.

python -m benchmarks.fire --each 8            so many recordings of each kind, half a minute each

Flames are turbulent noise that rises through a tongue, coloured by its heat; smoke is soft grey puffs that
rise and grow. Red coats, brake and hazard lights, headlights, low sun, flags, clouds are drawn over the same
scenes. All of it is drawn, none of it burned: what is measured is the logic of the rules, not fire.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.harness import write_results
from benchmarks.long import SCENES
from benchmarks.nuisance import Planes, empty_scene
from benchmarks.track_quality import footage
from synopticon.acts.analysis import AnalysisRequest, analysed
from synopticon.acts.events import scene_of
from synopticon.events.rules.fire import Fire, Smoke
from synopticon.events.run import run
from synopticon.footage.encode import VideoWriter
from synopticon.values.interval import wilson

RATE = Fraction(10)
SEEDS = 100  # the thresholds were chosen on the seeds below it
SECONDS, FROM = 30.0, 8.0  # of a recording; it begins to burn (or comes) after so many
Picture = NDArray[np.float32]  # BGR
Draw = Callable[[Picture, float], None]  # draws into a picture what is there at a time since it came
# From cold to hot, BGR.
HEAT = np.array([(0, 0, 40), (10, 30, 190), (20, 110, 250), (60, 210, 255), (200, 250, 255)], np.float32)


def _mix(picture: Picture, colour: Any, alpha: Picture, x: float, foot: float) -> None:
    """Lay a patch with its alpha over a picture; its lower edge stands at ``(x, foot)``."""
    high, wide = alpha.shape
    top, left = round(foot) - high, round(x) - wide // 2
    y0, x0, y1, x1 = (
        max(top, 0),
        max(left, 0),
        min(top + high, len(picture)),
        min(left + wide, picture.shape[1]),
    )
    if y1 > y0 and x1 > x0:
        a = alpha[y0 - top : y1 - top, x0 - left : x1 - left, None]
        c = colour[y0 - top : y1 - top, x0 - left : x1 - left] if np.ndim(colour) == 3 else np.float32(colour)
        picture[y0:y1, x0:x1] += a * (c - picture[y0:y1, x0:x1])


def _place(chance: np.random.Generator, shape: tuple[int, ...]) -> tuple[float, float]:
    return chance.uniform(0.25, 0.75) * shape[1], chance.uniform(0.6, 0.9) * shape[0]


def flames(chance: np.random.Generator, shape: tuple[int, ...]) -> Draw:
    """Tongues that flicker over a base that grows for some seconds."""
    x, foot = _place(chance, shape)
    wide, high = int(chance.uniform(20, 48)), int(chance.uniform(30, 70))
    noise = np.zeros((high * 8, wide), np.float32)
    for n in (4, 8, 16):
        rough = chance.normal(0, 1, (n * 8, n)).astype(np.float32)
        noise += cv2.resize(rough, (wide, high * 8), interpolation=cv2.INTER_CUBIC) * (4 / n)
    speed = chance.uniform(1.0, 2.0) * high
    rows, columns = np.mgrid[0:high, 0:wide].astype(np.float32)
    up = 1 - rows / high
    across = np.abs(columns / wide - 0.5) * 2
    tongue = 1.25 - 1.15 * up - 0.9 * across * (0.5 + up)

    def draw(picture: Picture, t: float) -> None:
        shift = int(t * speed) % (high * 7)
        puff = 0.12 * np.sin(2 * np.pi * chance.uniform(2, 4) * t)
        heat = np.clip(tongue + 0.35 * noise[shift : shift + high] + puff, 0, 1) * min(1.0, 0.4 + t / 6)
        steps = np.clip(heat * 4, 0, 3.999)
        low = steps.astype(int)
        colour = HEAT[low] + (HEAT[low + 1] - HEAT[low]) * (steps - low)[..., None]
        _mix(picture, colour, np.clip(heat * 2.5, 0, 1), x, foot)

    return draw


def smoke(chance: np.random.Generator, shape: tuple[int, ...]) -> Draw:
    """Puffs that leave one place, rise, grow and thin out."""
    x, foot = _place(chance, shape)
    grey, drift = chance.uniform(120, 215), chance.uniform(-6, 6)
    births = np.arange(0, SECONDS, 0.35) + chance.uniform(0, 0.2, int(np.ceil(SECONDS / 0.35)))
    sides = chance.normal(0, 6, len(births))
    rise = chance.uniform(9, 16)

    def draw(picture: Picture, t: float) -> None:
        for born, side in zip(births, sides, strict=True):
            age = t - born
            if 0 <= age <= 9:
                radius = int(7 + 3.2 * age)
                r = np.hypot(*np.mgrid[-radius : radius + 1, -radius : radius + 1]) / radius
                alpha = (np.clip(1 - r**2, 0, 1) * 0.55 * (1 - age / 9.5)).astype(np.float32)
                at = (x + (side + drift) * (0.3 + age / 4), foot - rise * age + radius)
                _mix(picture, (grey, grey, grey), alpha, *at)

    return draw


def coat(chance: np.random.Generator, shape: tuple[int, ...]) -> Draw:
    """Somebody in a red, orange or yellow coat walks up, stands and gestures, and walks off."""
    x, foot = _place(chance, shape)
    colour = ((40, 40, 200), (30, 110, 240), (40, 200, 240))[int(chance.integers(3))]

    def draw(picture: Picture, t: float) -> None:
        at = x + (t - 5) * 25 if t < 5 else x + max(0.0, t - 17) * 25
        swing = 3 * np.sin(2 * np.pi * 0.9 * t)
        wide = 22 + round(abs(2 * swing))
        body = np.ones((34, wide), np.float32)
        shade = np.float32(colour) * (0.75 + 0.25 * np.linspace(1, 0, wide)[None, :, None])
        _mix(picture, np.broadcast_to(shade, (34, wide, 3)), body, at + swing, foot - 22)
        _mix(picture, (60, 50, 50), np.ones((22, 14), np.float32), at, foot)
        _mix(picture, (120, 140, 190), np.ones((10, 9), np.float32), at, foot - 56)

    return draw


def lights(chance: np.random.Generator, shape: tuple[int, ...]) -> Draw:
    """A car drives up and stands: brake lights, hazard lights that blink, or headlights."""
    x, foot = _place(chance, shape)
    kind = ("brake", "hazard", "head")[int(chance.integers(3))]
    colour = {"brake": (60, 60, 255), "hazard": (40, 150, 255), "head": (245, 255, 255)}[kind]
    glow = np.exp(-((np.hypot(*np.mgrid[-9:10, -9:10]) / 5.0) ** 2)).astype(np.float32)

    def draw(picture: Picture, t: float) -> None:
        at = x + (t - 4) * 30 if t < 4 else x + max(0.0, t - 18) * 30
        _mix(picture, (90, 85, 80), np.ones((34, 60), np.float32), at, foot)
        if (
            kind == "head"
            or (kind == "brake" and int(t / 2.3) % 2 == 0)
            or (kind == "hazard" and t * 1.5 % 1 < 0.5)
        ):
            for side in (-22, 22):
                _mix(picture, colour, glow, at + side, foot - 8)

    return draw


def sun(chance: np.random.Generator, shape: tuple[int, ...]) -> Draw:
    """A low sun is mirrored in something: an orange glare that comes and goes with clouds, and shimmers."""
    x, foot = _place(chance, shape)
    radius = int(chance.uniform(10, 26))
    spot = np.exp(
        -((np.hypot(*np.mgrid[-2 * radius : 2 * radius + 1, -2 * radius : 2 * radius + 1]) / radius) ** 2)
    )

    def draw(picture: Picture, t: float) -> None:
        level = np.clip(0.6 + 0.6 * np.sin(2 * np.pi * t / 9) + chance.normal(0, 0.05), 0, 1)
        hot = np.array((90, 190, 255), np.float32) + (spot**2)[..., None] * np.array((120, 60, 0), np.float32)
        _mix(picture, hot, (spot * level).astype(np.float32), x, foot)

    return draw


def flag(chance: np.random.Generator, shape: tuple[int, ...]) -> Draw:
    """A red, orange or red and yellow flag in the wind."""
    x, foot = _place(chance, shape)
    two = bool(chance.uniform() < 0.5)
    first = ((40, 40, 210), (20, 120, 245))[int(chance.integers(2))]
    wide, high = int(chance.uniform(26, 48)), int(chance.uniform(18, 34))

    def draw(picture: Picture, t: float) -> None:
        colour = np.empty((high, wide, 3), np.float32)
        colour[:] = first
        if two:
            colour[high // 2 :] = (50, 215, 250)
        columns = np.arange(wide)
        wave = np.sin(2 * np.pi * (1.3 * t - columns / (0.7 * wide)))
        colour *= (1 + 0.18 * wave)[None, :, None]
        canvas = np.zeros((high + 12, wide, 3), np.float32)
        alpha = np.zeros((high + 12, wide), np.float32)
        for k in range(wide):
            top = 6 + round(5 * float(wave[k]) * k / wide)
            canvas[top : top + high, k], alpha[top : top + high, k] = colour[:, k], 1
        _mix(picture, np.clip(canvas, 0, 255), alpha, x, foot - 20)

    return draw


def cloud(chance: np.random.Generator, shape: tuple[int, ...]) -> Draw:
    """The shadow of a cloud, or a pool of light, comes over the ground: growing, and hiding nothing."""
    x, foot = _place(chance, shape)
    gain = chance.uniform(0.5, 0.7) if chance.uniform() < 0.5 else chance.uniform(1.3, 1.6)
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)

    def draw(picture: Picture, t: float) -> None:
        radius = 10 + 6 * t
        inside = np.clip(1.2 - np.hypot(rows - foot + radius, columns - x) / radius, 0, 1)
        picture *= 1 + (gain - 1) * inside[..., None]

    return draw


KINDS: dict[str, tuple[str, Callable[[np.random.Generator, tuple[int, ...]], Draw]]] = {
    "flames": ("fire", flames),
    "smoke": ("smoke", smoke),
    "coat": ("", coat),
    "lights": ("", lights),
    "sun": ("", sun),
    "flag": ("", flag),
    "cloud": ("", cloud),
}


def planes_of(picture: Picture) -> Planes:
    """BGR as y, u, v with half the colour."""
    i420 = cv2.cvtColor(np.clip(picture, 0, 255).astype(np.uint8), cv2.COLOR_BGR2YUV_I420)
    high = picture.shape[0]
    y, chroma = i420[:high], i420[high:].reshape(2, high // 2, -1)
    return y, chroma[0], chroma[1]


def frame_at(empty: Planes, draw: Draw, t: float, chance: np.random.Generator) -> Planes:
    """What is seen at a time (s) of the recording."""
    i420 = np.concatenate([p.reshape(-1, empty[0].shape[1]) for p in empty])
    picture = cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420).astype(np.float32)
    if FROM <= t < SECONDS - 4:
        draw(picture, t - FROM)
    return planes_of(picture + chance.normal(0, 1.5, picture.shape[:2])[..., None].astype(np.float32))


def measure(each: int, work: Path) -> dict[str, Any]:
    """For each kind of recording how often each of the two rules gave an alarm."""
    empties = [empty_scene(footage() / clip, part) for clip, part in SCENES.values()]
    empties = [tuple(p[: len(p) & ~(3 if n == 0 else 1)] for n, p in enumerate(e)) for e in empties]
    rows: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for kind, (_, begin) in KINDS.items():
        for n in range(each):
            chance = np.random.default_rng([sorted(KINDS).index(kind), SEEDS + n])
            empty = empties[n % len(empties)]
            draw = begin(chance, empty[0].shape)
            with tempfile.TemporaryDirectory(dir=work) as folder:
                video = Path(folder) / "composed.mp4"
                size = empty[0].shape[1], empty[0].shape[0]
                with VideoWriter(video, *size, RATE, crf=20, preset="ultrafast", threads=1) as writer:
                    for k in range(int(SECONDS * RATE)):
                        writer.write(*frame_at(empty, draw, k / float(RATE), chance))
                request = AnalysisRequest(
                    (str(video),), model="none", workspace=Path(folder) / "ws", workers=1
                )
                scene = scene_of(analysed(request, None))
                found = run((Fire(), Smoke()), scene).events
            rows[kind].update({e.rule for e in found})
            said = [f"{e.rule} {e.start:.1f} {'; '.join(map(str, e.reason))}" for e in found]
            print(kind, n, len(scene.tracks), said, file=sys.stderr, flush=True)
    return {
        "each": each,
        "kinds": {kind: {r: [rows[kind][r], each] for r in ("fire", "smoke")} for kind in KINDS},
        **{rule: _score(rows, rule, each) for rule in ("fire", "smoke")},
    }


def _score(rows: dict[str, Counter[str]], rule: str, each: int) -> dict[str, Any]:
    """k of n recordings that show it, and of those that do not, with 95 % intervals."""
    out = {}
    for name, kinds in (
        ("found", [k for k, (true, _) in KINDS.items() if true == rule]),
        ("false", [k for k, (true, _) in KINDS.items() if true != rule]),
    ):
        k, n = sum(rows[kind][rule] for kind in kinds), each * len(kinds)
        out[name] = {"k": k, "n": n, "interval": [round(v, 3) for v in wilson(k, n)]}
    return out


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fire", description=__doc__)
    parser.add_argument("--each", type=int, default=8)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        results = measure(options.each, Path(work))
    print(json.dumps(results))
    if options.output:
        write_results(options.output, results)


if __name__ == "__main__":
    main()
