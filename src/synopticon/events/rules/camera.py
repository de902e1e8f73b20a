"""The camera itself: covered, blinded, out of focus, or moved.

Two views of it, both kept by the analysis. Once a second the picture was held against the scene
(``vision.checks``): that shows what lasts for seconds or minutes. What lasts longer is learned as a scene of
its own, so each scene is held against the one before; dusk changes scenes little by little and is none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from synopticon.events.event import Event, Measured
from synopticon.events.rule import Rule, due, runs, whole
from synopticon.events.scene import Scene
from synopticon.values.scene import Background
from synopticon.vision.checks import Compared, Look, compare, look_of, moved_by

NOTHING = 0.1  # share of the scene's texture: with less left, hardly anything is seen
BRIGHT = 200.0  # level: nothing is seen because of light
BLUR, LESS = 0.4, 0.6  # of fine texture, and of it by coarse: less is out of focus
OTHER = 0.25  # share of the windows that look the same: less is another view
FITS = 0.5  # of them, once a shift is undone: then the camera was turned by it
PALER = 1.5  # ratio of colour: above it the camera went to infra-red, or back
BRIDGE = 2.0  # seconds that look well between two that do not


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
        state = states(checks.agree, checks.fine, checks.coarse, checks.level)
        here = state == self.state
        for first, last in runs(here, checks.time, BRIDGE):
            lasted = float(checks.time[last] - checks.time[first])
            if lasted >= self.seconds:
                part = slice(first, last + 1)
                found = Compared(
                    *(
                        float(np.median(c[part]))
                        for c in (checks.agree, checks.fine, checks.coarse, checks.level)
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


def states(
    agree: NDArray[np.float32],
    fine: NDArray[np.float32],
    coarse: NDArray[np.float32],
    level: NDArray[np.float32],
) -> NDArray[np.str_]:
    """What each check says: fine, covered, blinded, unfocused or moved; fine where nothing can be said."""
    nothing = coarse < NOTHING
    blurred = (coarse >= NOTHING) & (agree >= OTHER) & (fine < BLUR) & (fine < LESS * coarse)
    other = (coarse >= NOTHING) & (agree < OTHER)
    return np.select(
        [nothing & (level >= BRIGHT), nothing, blurred, other],
        ["blinded", "covered", "unfocused", "moved"],
        "fine",
    )


def changed_scenes(scene: Scene) -> Iterator[tuple[float, float, str, Compared]]:
    """Scenes that show something else than the last good one: start, end (s), state, what was compared."""
    bank = scene.bank
    if bank is None or len(bank.scenes) < 2:
        return
    good, look = bank.scenes[0], look_of(bank.scenes[0].small)
    for here in bank.scenes[1:]:
        mine = look_of(here.small)
        if here.small.shape != good.small.shape:
            good, look = here, mine
            continue
        found = compare(mine, look)
        state = _state(found, (here, mine), (good, look))
        if state != "fine":
            yield here.start, here.end, state, found
        if state in ("fine", "moved"):
            good, look = here, mine


def _state(found: Compared, here: tuple[Background, Look], good: tuple[Background, Look]) -> str:
    values = (np.array([v], np.float32) for v in (found.agree, found.fine, found.coarse, found.level))
    state = str(states(*values)[0])
    if state != "moved":
        return state
    if moved_by(here[1].coarse, good[1].coarse)[2] >= FITS:
        return "moved"
    mine, other = _colour(here[0]), _colour(good[0])
    return "moved" if max(mine, other) <= PALER * min(mine, other) else "fine"


def _colour(background: Background) -> float:
    """How much colour a scene has, levels, never 0."""
    return float(np.mean(np.abs(background.u[::4, ::4] - 128.0))) + 1.5
