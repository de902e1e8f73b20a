"""A tube: a track with its pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from synopticon.values.frame import Plane
from synopticon.values.track import Track


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A closed sprite video of a tube's samples ``first``..``first + count - 1``, in a part of a store."""

    part: str
    offset: int
    length: int
    first: int
    count: int


SpriteKind: TypeAlias = Literal["picture", "clear"]


class SpriteStore(Protocol):
    """Where sprite videos are."""

    def blob(self, kind: SpriteKind, ref: BlobRef, /) -> bytes:
        """The bytes of one; raises ``StoreError`` when they are damaged or missing."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some consecutive samples of one track, cut: what a part of a store holds of it.

    ``picture`` is a sprite video of ``picture.count`` sprites of ``canvas`` (width, height) pixels;
    ``origins`` int32 ``(count, 2)`` their top-left corners in source pixels. ``clear`` (None when nothing was
    masked), its canvas and origins likewise. ``file`` and ``pts`` are those of the first sample, so that a
    chunk of a track that has changed since is known. ``pixels`` counts the object pixels (alpha > 0).
    """

    track: str
    file: int
    pts: int
    canvas: tuple[int, int]
    origins: NDArray[np.int32]
    picture: BlobRef
    clear_canvas: tuple[int, int]
    clear_origins: NDArray[np.int32]
    clear: BlobRef | None
    pixels: int


@dataclass(frozen=True, slots=True, eq=False)
class TubePart:
    """Tubes cut from one stretch of footage: the chunks, and the two blobs their references point into.

    ``glances``: what was counted of their colours, as arrays.
    """

    name: str
    chunks: tuple[Chunk, ...]
    picture: bytes
    clear: bytes
    glances: Mapping[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Tube:
    """A track, and where its picture is kept.

    The picture is a sprite video of at most ``canvas`` (width, height) even pixels (chunks may be smaller)
    with one sprite for each box of the track; sprite k has its top-left corner at ``origins[k]`` (x, y) in
    source pixels, int32 ``(n, 2)``, even. It is kept in chunks (one for each segment the track crosses) that
    tile 0..n-1. Heads and plates are filled in ``picture``; the clear pixels of just those zones are in
    ``clear``, a second sprite video of ``clear_canvas`` whose sprite k lies at ``clear_origins[k]``; empty
    when nothing was masked. ``pixels`` counts the stored object pixels (alpha > 0) for the storage measure.
    ``canvases``: that of each chunk of ``picture``.
    """

    track: Track
    canvas: tuple[int, int]
    origins: NDArray[np.int32]
    picture: tuple[BlobRef, ...]
    clear_canvas: tuple[int, int] = (0, 0)
    clear_origins: NDArray[np.int32] | None = None
    clear: tuple[BlobRef, ...] = ()
    pixels: int = 0
    canvases: tuple[tuple[int, int], ...] = ()

    @property
    def id(self) -> str:
        """The track's id."""
        return self.track.id


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """One decoded sprite: colour planes, alpha and shadow, at a place of the source picture.

    ``y``, ``alpha`` uint8 ``(h, w)``; ``u``, ``v`` uint8 ``(h/2, w/2)``; ``shadow`` uint8 ``(h/2, w/2)``, the
    light that is left where the object shades the ground: 255 = all of it. ``x``, ``y0``: top-left corner in
    source pixels.
    """

    x: int
    y0: int
    y: Plane
    u: Plane
    v: Plane
    alpha: Plane
    shadow: Plane
