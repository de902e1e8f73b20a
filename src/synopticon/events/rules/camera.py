"""The camera itself: covered, blinded, out of focus, or moved.

Two views of it, both kept by the analysis. Once a second the picture was held against the scene
(``vision.checks``): that shows what lasts for seconds or minutes. What lasts longer is learned as a scene of
its own, so each scene is held against the one before; dusk changes scenes little by little and is none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, due, runs, whole
from synopticon.events.scene import Scene
from synopticon.values.scene import Background
from synopticon.vision.checks import Checks, Compared, Look, compare, look_of, moved_by

NOTHING = 0.1  # share of the scene's texture: with less left, hardly anything is seen
BRIGHT = 200.0  # level: nothing is seen because of light
BLUR, LESS = 0.4, 0.6  # of fine texture, and of it by coarse: less is out of focus
OTHER = 0.25  # share of the windows that look the same: less is another view
DIM, OTHERS = 0.4, 0.3  # correlation with the scene: above it is only dark; below it is another
BEST, WELL = 0.9, 0.5  # what a tenth of the pictures reach must be so much for their scene to be theirs
FITS = 0.5  # of them, once a shift is undone: then the camera was turned by it
PALER = 1.5  # ratio of colour: above it the camera went to infra-red, or back
VIEWS = 8  # good scenes that are remembered: a camera that is turned comes back to one of them
KNOWN = 0.5  # correlation with the texture of such a scene: above it the camera looks there again
CLEARER = 1.5  # times the coarse texture of a scene: what has more is not out of focus
BRIDGE = 2.0  # seconds that look well between two that do not
_View = tuple[Background, Look]


@dataclass(frozen=True, kw_only=True)
class CameraRule(Rule):
    """What the four rules share: the state lasts for ``seconds``."""

    state: ClassVar[str]
    capability: ClassVar[str] = "event.camera"

    seconds: float = 10.0

    def run(self, scene: Scene) -> Iterable[Event]:
        """See :class:`Rule`."""
        yield from self._checked(scene)
        yield from self._learned(scene)

    def _checked(self, scene: Scene) -> Iterator[Event]:
        checks = scene.checks
        state = told(scene)
        here = state == self.state
        for first, last in runs(here, checks.time, BRIDGE):
            lasted = float(checks.time[last] - checks.time[first])
            if lasted >= self.seconds:
                part = slice(first, last + 1)
                found = Compared(
                    *(
                        float(np.median(c[part]))
                        for c in (checks.agree, checks.fine, checks.coarse, checks.level, checks.like)
                    )
                )
                start = due(here, checks.time, first, last, self.seconds)
                yield self._event(scene, start, float(checks.time[last]), lasted, found)

    def _learned(self, scene: Scene) -> Iterator[Event]:
        for start, end, state, found in changed_scenes(scene):
            if state == self.state and end - start >= self.seconds:
                yield self._event(scene, start + self.seconds, end, end - start, found)

    def _event(self, scene: Scene, start: float, end: float, lasted: float, found: Compared) -> Event:
        value, limit = {
            "covered": (found.coarse, NOTHING),
            "blinded": (found.coarse, NOTHING),
            "unfocused": (found.fine, BLUR),
            "moved": (found.agree, OTHER),
        }[self.state]
        what = "share of the scene that looks the same" if self.state == "moved" else "share of texture left"
        return self.event(
            start, end, whole(scene), (),
            Measured(what, value, limit),
            Measured("seconds that it lasted", lasted, self.seconds, "s"),
            Measured("brightness of 255", found.level, BRIGHT),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CameraCovered(CameraRule):
    """Hardly anything of the scene's texture is left, and it is not bright."""

    kind: ClassVar[str] = "camera-covered"
    says: ClassVar[str] = "the camera sees nothing: covered, painted over, or dark"
    state: ClassVar[str] = "covered"


@dataclass(frozen=True, kw_only=True)
class CameraBlinded(CameraRule):
    """Hardly anything of the scene's texture is left, and it is bright."""

    kind: ClassVar[str] = "camera-blinded"
    says: ClassVar[str] = "the camera sees nothing but light"
    state: ClassVar[str] = "blinded"


@dataclass(frozen=True, kw_only=True)
class CameraUnfocused(CameraRule):
    """Coarse texture is left, fine texture is not."""

    kind: ClassVar[str] = "camera-unfocused"
    says: ClassVar[str] = "the camera is out of focus"
    state: ClassVar[str] = "unfocused"


@dataclass(frozen=True, kw_only=True)
class CameraMoved(CameraRule):
    """There is texture, and it is not that of the scene."""

    kind: ClassVar[str] = "camera-moved"
    says: ClassVar[str] = "the camera looks elsewhere"
    state: ClassVar[str] = "moved"


def states(c: Checks) -> NDArray[np.str_]:
    """What each check says: fine, dim, covered, blinded, unfocused or moved; fine where nothing can be said.

    Dim: hardly any texture is left, but it is the scene's own (the lamps went out); no rule looks for it.
    """
    nothing = c.coarse < NOTHING
    some = (c.coarse >= NOTHING) & (c.coarse <= CLEARER) & (c.agree >= OTHER)
    blurred = some & (c.fine < BLUR) & (c.fine < LESS * c.coarse)
    other = (c.coarse >= NOTHING) & (c.agree < OTHER) & ~(c.like >= OTHERS)
    return np.select(
        [nothing & (c.level >= BRIGHT), nothing & (c.like >= DIM), nothing, blurred, other],
        ["blinded", "dim", "covered", "unfocused", "moved"],
        "fine",
    )


def told(scene: Scene) -> NDArray[np.str_]:
    """What each check of a recording says; fine where its scene itself was learned badly.

    A scene is what was seen most of the time. Where next to no picture looks like it, or has its texture
    (there is hardly any, and the light keeps changing), the scene itself is wrong, and nothing can be said.
    """
    checks, bank = scene.checks, scene.bank
    state = states(checks)
    ends = [s.end for s in bank.scenes[:-1]] if bank else []
    for part in np.split(np.arange(len(checks)), np.searchsorted(checks.time, ends)):
        agree, fine = (_quantile(values[part], BEST) for values in (checks.agree, checks.fine))
        if not (agree >= WELL and fine >= BLUR):
            state[part] = "fine"
    return state


def _quantile(values: NDArray[np.float32], share: float) -> float:
    """What this share of the pictures does not exceed; NaN where nothing is known."""
    known = values[np.isfinite(values)]
    return float(np.quantile(known, share)) if len(known) else float("nan")


def _is_blurred(scene: Background, checks: Checks) -> bool:
    """Whether its pictures have far more texture than a scene: it was learned blurred, they are not."""
    return _quantile(checks.between(scene.start, scene.end).coarse, 0.5) > CLEARER


def changed_scenes(scene: Scene) -> Iterator[tuple[float, float, str, Compared]]:
    """Scenes that show something else than the good ones before: start, end (s), state, what was compared.

    A camera that looks again as it did once is back: it has not been moved, and nothing covers it, even if
    light drew a scene of its own meanwhile.
    """
    bank = scene.bank
    if bank is None or len(bank.scenes) < 2:
        return
    views = [(bank.scenes[0], look_of(bank.scenes[0].small))]  # those that were good, the last one first
    for here in bank.scenes[1:]:
        mine = (here, look_of(here.small))
        before = [v for v in views if v[0].small.shape == here.small.shape]
        state, found = _told_by(mine, before)
        if state == "unfocused" and _is_blurred(here, scene.checks):
            continue
        if found is not None and state not in ("fine", "dim"):
            yield here.start, here.end, state, found
        if state in ("fine", "moved"):
            views = [mine, *views][:VIEWS]


def _told_by(mine: _View, views: list[_View]) -> tuple[str, Compared | None]:
    """What the last good view says of a scene; fine where an earlier one is known again."""
    told_by = (_against(mine, view) for view in views)
    last = next(told_by, ("fine", None))
    if last[0] in ("fine", "dim"):
        return last
    return next((t for t in told_by if t[0] == "fine" and t[1].like >= KNOWN), last)


def _against(mine: _View, good: _View) -> tuple[str, Compared]:
    found = compare(mine[1], good[1])
    return _state(found, mine, good), found


def _state(found: Compared, here: _View, good: _View) -> str:
    row = {name: np.array([value], np.float32) for name, value in asdict(found).items()}
    state = str(states(Checks(np.zeros(1), **row))[0])
    if state != "moved":
        return state
    if moved_by(here[1].coarse, good[1].coarse)[2] >= FITS:
        return "moved"
    mine, other = _colour(here[0]), _colour(good[0])
    return "moved" if max(mine, other) <= PALER * min(mine, other) else "fine"


def _colour(background: Background) -> float:
    """How much colour a scene has, levels, never 0."""
    return float(np.mean(np.abs(background.u[::4, ::4] - 128.0))) + 1.5
