"""The page of a review: every mask as a strip of pictures, to tick what stays clear and draw what is missing.

One HTML file that needs no network and no server. Pictures are written into it as they are taken, in time;
the list that orders them comes last, so no more than one of them is in memory.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from synopticon.evidence.page import part, policy
from synopticon.evidence.review import Review
from synopticon.evidence.risk import Reason, Risk
from synopticon.evidence.shots import MOST_BYTES, MOST_PER_TRACK, MOST_STILLS, Chosen, Taken
from synopticon.values.detection import Boxes
from synopticon.values.track import Track


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says. ``review``: of which nothing is decided yet; ``tracks``: the worst first.

    ``risks``: in order. ``uncovered``: what was seen with no mask on it at a time (s), boxes ``(n, 4)``.
    ``name`` of the recording, ``file`` of the review, ``command`` that applies it. ``size`` in pixels,
    ``duration`` in s. ``faces``: they were looked for. ``clear``: why heads are shown.
    ``in_case``: made in a case.
    """

    review: Review
    tracks: Sequence[Track]
    risks: Sequence[Risk]
    chosen: Chosen
    uncovered: Callable[[float], Boxes]
    name: str
    file: str
    command: str
    size: tuple[int, int]
    duration: float
    faces: bool
    clear: str = ""
    in_case: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    """A picture in the page: its number, and what was taken, without the picture."""

    number: int
    taken: Taken

    def plain(self) -> dict[str, Any]:
        shot = self.taken.shot
        told = {"n": self.number, "time": round(self.taken.time, 3), "box": list(shot.box)}
        why = {} if shot.reason is None else {"why": shot.reason.value}
        lines = {"zones": [list(zone) for zone in self.taken.zones]} if self.taken.zones else {}
        return {**told, **why, **lines}


def write_page(path: Path, told: Told, taken: Iterable[Taken]) -> int:
    """Write the page to ``path``; gives how many pictures were left out to keep it small.

    ``taken`` is used up one by one. Raises what it raises, and ``OSError``.
    """
    css, script = part("page.css") + part("review.css"), part("review.js")
    head = part("review.html").replace("{csp}", policy(css, script, "img-src data:"))
    before, rest = head.replace("{css}", css).replace("{markup}", part("review.markup")).split("{pictures}")
    kept: list[_Kept] = []
    left = size = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(before)
        for number, one in enumerate(taken):
            data = b64encode(one.data).decode()
            if size + len(data) > MOST_BYTES:
                left += 1
                continue
            size += len(data)
            file.write(f'<script type="text/plain" id="p{number}">{data}</script>\n')
            kept.append(_Kept(number, replace(one, data=b"")))
        text = json.dumps(_data(told, kept, left), separators=(",", ":"), allow_nan=False)
        file.write(rest.replace("{data}", text.replace("<", "\\u003c")).replace("{js}", script))
    return left


def _data(told: Told, kept: Sequence[_Kept], left: int) -> dict[str, Any]:
    strips: dict[str, list[_Kept]] = {}
    for one in kept:
        strips.setdefault(one.taken.shot.of, []).append(one)
    stills = {round(one.taken.shot.time, 3): one for one in strips.pop("", [])}
    own: dict[str, list[Risk]] = {}
    for risk in told.risks:
        own.setdefault(risk.track, []).append(risk)
    places = [*_places(told, stills)]
    bare = sum(risk.reason is Reason.BARE for risk in told.risks)
    shown = told.tracks[: len(told.tracks) - told.chosen.tracks_left]
    return {
        "review": told.review.plain(),
        "name": told.name,
        "file": told.file,
        "command": told.command,
        "size": list(told.size),
        "duration": int(told.duration * 1000) / 1000,
        "faces": told.faces,
        "unmasked": bool(told.clear),
        "why": told.clear,
        "inCase": told.in_case,
        "places": places,
        "masks": [_mask(t, own.get(t.id, ()), strips.get(t.id, ()), stills) for t in shown],
        "most": [MOST_PER_TRACK, MOST_STILLS],
        "left": {
            "places": bare - len(places),
            "tracks": told.chosen.tracks_left,
            "moments": told.chosen.moments_left,
            "pictures": left,
        },
    }


def _places(told: Told, stills: dict[float, _Kept]) -> Iterator[dict[str, Any]]:
    """Where something is bare: each stretch of which there are pictures, and what is bare in them."""
    for risk in told.risks:
        if risk.reason is Reason.BARE:
            span = {"since": round(risk.start, 3), "until": round(risk.end, 3)}
            low, high = risk.start - 0.001, risk.end + 0.001
            inside = [one for time, one in sorted(stills.items()) if low <= time <= high]
            shots = [
                {
                    **one.plain(),
                    "why": risk.reason.value,
                    "seen": np.rint(told.uncovered(one.taken.shot.time)).astype(int).tolist(),
                    **span,
                }
                for one in inside
            ]
            if shots:
                yield {"start": round(risk.start, 3), "end": round(risk.end, 3), "shots": shots}


def _mask(
    track: Track, risks: Sequence[Risk], strip: Sequence[_Kept], stills: dict[float, _Kept]
) -> dict[str, Any]:
    """A track with its reasons and pictures; of a risky moment also the whole picture, if there is one."""
    spans = {risk.at: risk for risk in reversed(risks)}
    shots = []
    for one in strip:
        told = one.plain()
        shot = one.taken.shot
        if shot.reason is not None:
            risk, still = spans[shot.time], stills.get(round(shot.time, 3))
            told |= {"since": round(risk.start, 3), "until": round(risk.end, 3)}
            if still is not None:
                told["whole"] = {k: v for k, v in still.plain().items() if k in ("n", "box", "zones")}
        shots.append(told)
    return {
        "id": track.id,
        "label": track.label,
        "start": round(track.start, 3),
        "end": round(track.end, 3),
        "risks": [[r.reason.value, round(r.start, 3), round(r.end, 3)] for r in risks],
        "shots": shots,
    }
