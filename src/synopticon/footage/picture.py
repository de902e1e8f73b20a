"""From a decoded picture to the planes of a Frame: square pixels, upright, progressive, 8-bit 4:2:0."""

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from synopticon.footage.encode import plane_views
from synopticon.values.footage import SourceFile
from synopticon.values.frame import Plane

_PLAIN = ("yuv420p", "yuvj420p")


def display_size(width: int, height: int, aspect: Fraction, rotation: int) -> tuple[int, int]:
    """Size of the displayed picture: width stretched to square pixels (to even), then rotated."""
    if aspect != 1:
        width = max(2, round(width * aspect / 2) * 2)
    return (height, width) if rotation in (90, 270) else (width, height)


class Picture:
    """Converts the decoded pictures of one file; where nothing has to be done, the planes are views."""

    def __init__(self, file: SourceFile) -> None:
        turned = file.rotation in (90, 270)
        self._size = (file.height, file.width) if turned else (file.width, file.height)
        self._turns = -(file.rotation // 90)
        self._reformatter = VideoReformatter()

    def planes(self, frame: VideoFrame) -> tuple[Plane, Plane, Plane]:
        """Planes ``y, u, v`` of the displayed picture, read-only."""
        y, u, v = plane_views(self._plain(frame))
        if self._turns:
            y, u, v = (np.ascontiguousarray(np.rot90(plane, self._turns)) for plane in (y, u, v))
        for plane in (y, u, v):
            plane.flags.writeable = False
        return y, u, v

    def _plain(self, frame: VideoFrame) -> VideoFrame:
        name = frame.format.name
        if name in _PLAIN and (frame.width, frame.height) == self._size:
            return frame
        # A "J" format means full range: keeping the kind on both sides keeps the range of the values.
        target = "yuvj420p" if name.startswith("yuvj") else "yuv420p"
        width, height = self._size
        return self._reformatter.reformat(
            frame, width, height, target, interpolation=Interpolation.BICUBIC, threads=1
        )


class Deinterlacer:
    """One progressive picture for each interlaced one (libavfilter's bwdif); progressive ones pass."""

    def __init__(self) -> None:
        self._graph: Graph | None = None
        self._shape: tuple[int, int, str] | None = None

    def feed(self, frame: VideoFrame | None, time_base: Fraction) -> Iterator[VideoFrame]:
        """Give a picture (None: no more); get pictures back, their pts in ``time_base``, one later."""
        if frame is None:
            if self._graph is not None:
                yield from self._push(None, time_base)
            return
        shape = (frame.width, frame.height, frame.format.name)
        if shape != self._shape:
            if self._graph is not None:
                yield from self._push(None, time_base)
            self._graph, self._shape = _graph(frame, time_base), shape
        frame.time_base = time_base
        yield from self._push(frame, time_base)

    def _push(self, frame: VideoFrame | None, time_base: Fraction) -> Iterator[VideoFrame]:
        assert self._graph is not None
        self._graph.vpush(frame)
        while True:
            try:
                out = self._graph.vpull()
            except (av.BlockingIOError, av.EOFError):
                return
            if out.pts is not None and out.time_base is not None:
                out.pts = round(out.pts * out.time_base / time_base)
                out.time_base = time_base
            yield out


def _graph(frame: VideoFrame, time_base: Fraction) -> Graph:
    graph = Graph()
    graph.threads = 1
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=time_base
    )
    bwdif = graph.add("bwdif", "mode=send_frame:parity=auto:deint=interlaced")
    graph.link_nodes(source, bwdif, graph.add("buffersink"))
    graph.configure()
    return graph
