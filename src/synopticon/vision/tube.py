"""Tubes: the pixels of tracks, cut out of the footage once, and read back as sprites.

A sprite picture is the object's colour on top and its matte below (see ``roll``); all sprites of a stretch
make one small H.264 stream. Heads are taken out before anything is stored; their pixels go into a
second stream.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

import numpy as np

from synopticon.errors import StoreError
from synopticon.footage.encode import read_sprites
from synopticon.footage.read import open_reader
from synopticon.values.footage import Footage
from synopticon.values.frame import Frame
from synopticon.values.scene import Bank
from synopticon.values.track import Track
from synopticon.values.tube import BlobRef, Chunk, Sprite, SpriteStore, Tube, TubePart
from synopticon.vision.appearance import Glances
from synopticon.vision.cutter import Cutter, Job, TubeSettings, cut_frame, note_neighbours
from synopticon.vision.roll import Picture, Rolled, unpack

__all__ = ["TubePart", "TubeSettings", "cut_tubes", "sprites"]


class Watch(Protocol):
    """Looks at objects in the frames that are decoded to cut them."""

    def see(self, frame: Frame, here: Sequence[tuple[Track, int]]) -> None:
        """A frame, with each track that has a sample in it and that sample's number."""
        ...


def cut_tubes(
    footage: Footage,
    bank: Bank,
    tracks: Sequence[Track],
    start: float,
    end: float,
    *,
    part: str,
    settings: TubeSettings = TubeSettings(),  # noqa: B008
    watch: Watch | None = None,
) -> TubePart:
    """Cut the samples of all tracks with ``start <= time < end`` (seconds); decodes only where there are any.

    ``watch`` is shown each frame with the samples that lie in it. A sample whose frame cannot be decoded this
    time becomes an empty sprite, so that sprites and boxes agree. Raises the errors of ``open_reader``.
    """
    cutters = [c for t in tracks for c in _cutter(t, start, end, settings)]
    jobs: dict[tuple[int, int], list[Job]] = {}
    for cutter in cutters:
        for k in range(cutter.first, cutter.stop):
            jobs.setdefault((int(cutter.track.file[k]), int(cutter.track.pts[k])), []).append((cutter, k))
    for here in jobs.values():
        note_neighbours(here)
    for low, high in _spans(cutters, settings.pause):
        with open_reader(footage, low, high, keys_only=settings.keys_only) as reader:
            for frame in reader:
                due = jobs.pop((frame.file, frame.pts), [])
                cut_frame(frame, bank.at(frame.time), due, footage.files[frame.file])
                if watch is not None and due:
                    watch.see(frame, [(cutter.track, k) for cutter, k in due])
    return _assembled(part, cutters)


def _cutter(track: Track, start: float, end: float, settings: TubeSettings) -> Iterator[Cutter]:
    first, stop = np.searchsorted(track.times, (start, end), side="left")
    if stop > first:
        yield Cutter(track, int(first), int(stop), settings)


def _spans(cutters: Sequence[Cutter], pause: float) -> list[tuple[float, float]]:
    """The stretches of time to decode: those of the samples, joined over short pauses."""
    after = 1e-3  # a reader gives frames before its end only
    spans: list[tuple[float, float]] = []
    times = ((float(c.track.times[c.first]), float(c.track.times[c.stop - 1]) + after) for c in cutters)
    for low, high in sorted(times):
        if spans and low - spans[-1][1] < pause:
            spans[-1] = (spans[-1][0], max(spans[-1][1], high))
        else:
            spans.append((low, high))
    return spans


def _assembled(part: str, cutters: Sequence[Cutter]) -> TubePart:
    chunks: list[Chunk] = []
    pictures, clears = bytearray(), bytearray()
    for cutter in cutters:
        for rolled in cutter.finish():
            chunks.append(_chunk(part, cutter.track, rolled, len(pictures), len(clears)))
            pictures += rolled.picture
            clears += rolled.clear
    glances = Glances.of((c.track, c.glances) for c in cutters)
    return TubePart(part, tuple(chunks), bytes(pictures), bytes(clears), glances.arrays())


def _chunk(part: str, track: Track, rolled: Rolled, offset: int, clear_offset: int) -> Chunk:
    canvas, clear = rolled.canvas, rolled.clear_canvas
    first, count = canvas.first, len(canvas.origins)
    return Chunk(
        track=track.id,
        file=int(track.file[first]),
        pts=int(track.pts[first]),
        canvas=(canvas.width, canvas.height),
        origins=canvas.origins,
        picture=BlobRef(part, offset, len(rolled.picture), first, count),
        clear_canvas=(clear.width, clear.height) if rolled.clear else (0, 0),
        clear_origins=clear.origins if rolled.clear else np.zeros_like(clear.origins),
        clear=BlobRef(part, clear_offset, len(rolled.clear), first, count) if rolled.clear else None,
        pixels=rolled.pixels,
    )


def sprites(
    tube: Tube,
    store: SpriteStore,
    *,
    clear: bool = False,
    first: int = 0,
    only: Collection[int] | None = None,
) -> Iterator[Sprite]:
    """The sprites of a tube from sample ``first`` on, one for each box of the track, decoded in order.

    ``only``: just those of these samples; the others are decoded, as they must be, and no more. With
    ``clear`` the hidden patches are laid over the masked picture. Raises ``StoreError`` when what is stored
    is damaged.
    """
    patches = {ref.first: ref for ref in tube.clear} if clear else {}
    for ref in tube.picture:
        if ref.first + ref.count <= first:
            continue
        if only is not None and not any(ref.first <= k < ref.first + ref.count for k in only):
            continue
        masked = _pictures(store.blob("picture", ref), ref, tube)
        patch = patches.get(ref.first)
        over = _pictures(store.blob("clear", patch), patch, tube) if patch else None
        for k, picture in enumerate(masked, ref.first):
            beneath = next(over) if over else None
            if k >= first and (only is None or k in only):
                x, top = (int(c) for c in tube.origins[k])
                yield Sprite(x, top, *unpack(picture, beneath))


def _pictures(data: bytes, ref: BlobRef, tube: Tube) -> Iterator[Picture]:
    """The pictures of a stream; raises ``StoreError`` unless there are as many as promised."""
    count = 0
    for picture in read_sprites(data):
        count += 1
        yield picture
    if count != ref.count:
        raise StoreError(
            f"tube {tube.id}: {count} of {ref.count} sprites can be read from part {ref.part}: "
            "delete the folder of the analysis and analyse again"
        )
