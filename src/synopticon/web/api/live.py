"""Cameras that are watched live: the switches of cameras and rules, and where nothing is seen now."""

from pydantic import BaseModel, Field

from synopticon.acts import switches
from synopticon.acts.switches import Switch
from synopticon.web.api.fields import utc
from synopticon.web.auth import Here


class SwitchOut(BaseModel):
    """What is switched off: a camera (its name), or a rule of it ("" = the whole camera); by whom, why."""

    camera: str
    rule: str
    by: str
    at: str
    reason: str


class LiveGapOut(BaseModel):
    """A camera (its id) not seen since ``start``: it is watched, or its watch was killed meanwhile."""

    camera: str
    start: str
    reason: str
    detail: str


class LiveOut(BaseModel):
    """What is switched off, and where nothing is seen now."""

    switches: list[SwitchOut]
    gaps: list[LiveGapOut]


class SwitchIn(BaseModel):
    """Switch off (``off``) or on again; ``rule`` "" = the whole camera. Off needs a reason."""

    rule: str = Field("", max_length=200)
    off: bool
    reason: str = Field("", max_length=2000)


def show_live(here: Here) -> LiveOut:
    """Say what is switched off, and which watched cameras are not seen now."""
    off, gaps = switches.now_live(here)
    return LiveOut(
        switches=[_switch(s) for s in off],
        gaps=[
            LiveGapOut(camera=g.camera, start=utc(g.start) or "", reason=g.reason.value, detail=g.detail)
            for g in gaps
        ],
    )


def set_switch(here: Here, camera: str, body: SwitchIn) -> None:
    """Switch a camera, or one rule of it, off at once while it is watched, or on again."""
    if body.off:
        switches.suspend(here, camera, body.rule, body.reason)
    else:
        switches.resume(here, camera, body.rule, body.reason)


def _switch(s: Switch) -> SwitchOut:
    return SwitchOut(camera=s.camera, rule=s.rule, by=s.by, at=s.at.isoformat(), reason=s.reason)
