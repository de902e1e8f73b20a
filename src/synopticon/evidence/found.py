"""What there is to review of a recording: what is masked, what may be uncovered, and the page of both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from synopticon.evidence.review import Review, tracks_digest
from synopticon.evidence.review_page import Told, write_page
from synopticon.evidence.risk import (
    Reason,
    Risk,
    Watched,
    bare_risks,
    in_order,
    masked_tracks,
    track_risks,
    uncovered_at,
    worst_first,
)
from synopticon.evidence.shots import choose, take
from synopticon.values.footage import Footage
from synopticon.values.track import Track
from synopticon.vision.masks import MaskPlan, MaskSettings, plan_masks
from synopticon.vision.observations import Observations
from synopticon.vision.spot import Spotter


@dataclass(frozen=True, slots=True, eq=False)
class FoundMasks:
    """All tracks; those that are masked, the worst first; what may be uncovered, likewise."""

    every: tuple[Track, ...]
    tracks: tuple[Track, ...]
    risks: tuple[Risk, ...]
    plan: MaskPlan
    watched: Watched
    seen: Observations

    @property
    def spared(self) -> tuple[Track, ...]:
        """The tracks that are not masked."""
        masked = {t.id for t in self.tracks}
        return tuple(t for t in self.every if t.id not in masked)

    @property
    def places(self) -> tuple[Risk, ...]:
        """Where something is bare."""
        return tuple(risk for risk in self.risks if risk.reason is Reason.BARE)

    def review(self, footage: Footage, mask: str, model: str, reviewer: str = "") -> Review:
        """A review in which nothing is decided; ``mask`` as it was asked for, ``model``: see ``Review``."""
        return Review(
            tuple(f.sha256 for f in footage.readable), mask, model, tracks_digest(footage, self.every),
            round(self.watched.start, 3), round(self.watched.end, 3), reviewer,
        )  # fmt: skip

    def told(
        self,
        footage: Footage,
        review: Review,
        *,
        file: str,
        command: str = "",
        faces: bool = False,
        clear: str = "",
        in_case: bool = False,
    ) -> Told:
        """What the page says; see ``Told``."""
        return Told(
            review=review,
            tracks=self.tracks,
            risks=self.risks,
            chosen=choose(self.tracks, self.risks, self.plan.bare, self.watched),
            uncovered=partial(uncovered_at, self.seen, self.plan, self.spared),
            name=", ".join(f.path.name for f in footage.readable[:4]),
            file=file,
            command=command,
            size=self.watched.size,
            duration=footage.duration,
            faces=faces,
            clear=clear,
            in_case=in_case,
        )

    def write(
        self,
        path: Path,
        told: Told,
        footage: Footage,
        spotter: Spotter,
        tell: Callable[[str, float], None],
        *,
        clear: bool,
    ) -> int:
        """Take the pictures, ``clear`` or masked, and write the page; gives how many were left out."""
        return write_page(
            path,
            told,
            take(
                footage, self.plan, spotter, told.chosen.shots, self.watched, clear=clear,
                progress=lambda share: tell("taking pictures", min(share, 1.0)),
            ),
        )  # fmt: skip


def find_masks(
    seen: Observations, every: Sequence[Track], masks: MaskSettings, watched: Watched
) -> FoundMasks:
    """Plan the masks of what was seen and followed, and find what is doubtful in a stretch of it."""
    plan = plan_masks(seen, every, masks)
    here = [t for t in every if t.end >= watched.start and t.start < watched.end]
    masked = masked_tracks(plan, here, masks.what)
    risks = [r for t in masked for r in track_risks(t, plan, masks.what, watched)]
    ordered = in_order([*bare_risks(plan, watched), *risks])
    return FoundMasks(tuple(every), worst_first(masked, ordered), ordered, plan, watched, seen)
