"""Makes small recordings for tests; every picture carries its number, so a test can tell which it sees."""

import os
import random
import struct
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
SIZE = (96, 64)
DAV_START = 24 << 26 | 5 << 22 | 1 << 17 | 8 << 12 | 30 << 6  # 2024-05-01 08:30:00
_BITS = 12
_CELL = 8


def picture(number: int, size: tuple[int, int] = SIZE, background: int = 90, square: bool = True) -> Planes:
    """A gray picture with its number as a row of bright and dark cells, and a square that moves with it."""
    width, height = size
    rows, columns = np.mgrid[:height, :width]
    y = (background + (rows * 5 + columns * 3) % 16).astype(np.uint8)
    for bit in range(_BITS):
        y[:_CELL, bit * _CELL : (bit + 1) * _CELL] = 220 if number >> bit & 1 else 30
    u = np.full(((height + 1) // 2, (width + 1) // 2), 128, np.uint8)
    v = u.copy()
    if square:
        side = min(16, height // 3)
        x = (number * 2) % max(width - side, 1)
        top = height - side - 4
        y[top : top + side, x : x + side] = 200
        v[top // 2 : (top + side) // 2, x // 2 : (x + side) // 2] = 200
    return y, u, v


def number_of(y: NDArray[np.uint8]) -> int:
    """The number that a decoded picture carries."""
    cells = [y[2 : _CELL - 2, b * _CELL + 2 : (b + 1) * _CELL - 2].mean() > 125 for b in range(_BITS)]
    return sum(1 << b for b, bright in enumerate(cells) if bright)


def write_video(
    path: Path,
    count: int = 50,
    size: tuple[int, int] = SIZE,
    fps: Fraction | int = 25,
    *,
    codec: str = "libx264",
    format: str | None = None,
    pixel_format: str = "yuv420p",
    gop: int = 10,
    b_frames: int = 0,
    times: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    options: Mapping[str, str] | None = None,
    muxer: Mapping[str, str] | None = None,
    metadata: Mapping[str, str] | None = None,
    rotation: int = 0,
    aspect: Fraction | None = None,
    full_range: bool = False,
    first: int = 0,
    background: int = 90,
) -> Path:
    """Write ``count`` pictures numbered from ``first``; ``times`` in ``time_base``."""
    rate = Fraction(fps)
    base = time_base or 1 / rate
    settings = {"preset": "ultrafast", "crf": "18", "x264-params": "scenecut=0"} if codec == "libx264" else {}
    if codec == "libx265":
        settings = {"preset": "ultrafast", "x265-params": "log-level=none:pools=1:frame-threads=1"}
    with av.open(str(path), "w", format=format, options=dict(muxer or {})) as container:
        container.metadata.update(metadata or {})
        stream = container.add_stream(codec, rate=rate, options={**settings, **(options or {})})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = *size, pixel_format
        context.time_base = base
        context.gop_size, context.max_b_frames = gop, b_frames
        context.thread_count = 1
        if codec in ("mpeg4", "mpeg2video"):
            context.bit_rate = 2_000_000
        if full_range:
            context.color_range = 2
        if aspect:
            context.sample_aspect_ratio = aspect
        if rotation:
            stream.set_display_rotation(-rotation)
        for index in range(count):
            frame = _frame(picture(first + index, size, background), size, pixel_format)
            frame.pts = times[index] if times is not None else index
            frame.time_base = base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _frame(planes: Planes, size: tuple[int, int], pixel_format: str) -> av.VideoFrame:
    frame = av.VideoFrame(*size, "yuv420p")
    for target, plane in zip(frame.planes, planes, strict=True):
        view = np.frombuffer(target, np.uint8).reshape(-1, target.line_size)
        view[: plane.shape[0], : plane.shape[1]] = plane
    return frame if pixel_format == "yuv420p" else frame.reformat(format=pixel_format)


def write_av1(path: Path, count: int = 50) -> Path:
    """By SVT-AV1, which for root makes the thread that calls it a real-time one and leaves it so.

    Whatever that thread starts, a browser say, would be one too, and nothing else on the machine would run.
    """
    write_video(path, count, codec="libsvtav1", options={"preset": "10", "svtav1-params": "lp=1"})
    if hasattr(os, "sched_setscheduler"):
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return path


def write_gif(path: Path, count: int = 20) -> Path:
    """An animated GIF of ten pictures a second."""
    return write_video(path, count, fps=10, codec="gif", pixel_format="gray")


def write_raw(path: Path, count: int = 50, codec: str = "libx264", b_frames: int = 0) -> Path:
    """A bare Annex-B stream without any times; the suffix of ``path`` does not matter."""
    kind = {"libx264": "h264", "libx265": "hevc"}[codec]
    extra = {
        "options": {"x265-params": f"log-level=none:pools=1:frame-threads=1:bframes={b_frames}:keyint=10"}
    }
    return write_video(
        path, count, codec=codec, format=kind, b_frames=b_frames, **(extra if kind == "hevc" else {})
    )


def write_imkh(path: Path, count: int = 50) -> Path:
    """MPEG-PS behind a 40-byte IMKH header."""
    write_video(path, count, codec="mpeg2video", format="vob")
    path.write_bytes(b"IMKH\x01\x01\x00\x00" + bytes(32) + path.read_bytes())
    return path


def write_dav(path: Path, count: int = 50, fps: int = 25, start: int = DAV_START) -> Path:
    """H.264 in Dahua's frames: "DHAV", a 24-byte header, an extension, the picture, "dhav" and the length.

    ``start`` is a packed local date: year-2000, month, day, hour, minute, second in 6, 4, 5, 5, 6, 6 bits.
    """
    raw = write_raw(path.with_suffix(".raw264"), count)
    with av.open(str(raw)) as container:
        pictures = [bytes(p) for p in container.demux(video=0) if p.size]
    raw.unlink()
    width, height = SIZE
    out = bytearray()
    for number, data in enumerate(pictures):
        key = number % 10 == 0
        extension = struct.pack("<BBBB", 0x81, 0, 2, fps) + struct.pack(
            "<BBBB", 0x80, 0, width // 8, height // 8
        )
        length = 24 + len(extension) + len(data) + 8
        seconds, rest = divmod(number, fps)
        head = b"DHAV" + bytes([0xFD if key else 0xFC, 0, 0, 0])
        head += struct.pack("<IIIHBB", number, length, start + seconds, rest * 1000 // fps, len(extension), 0)
        out += head + extension + data + b"dhav" + struct.pack("<I", length)
    path.write_bytes(bytes(out))
    return path


def write_audio(path: Path, seconds: float = 1.0) -> Path:
    """A recording that holds sound only."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.zeros((1, int(8000 * seconds)), np.float32), "fltp", "mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def truncate(path: Path, share: float) -> Path:
    """Keep only the first ``share`` of a file's bytes."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def flip(path: Path, count: int, seed: int = 0, low: float = 0.2, high: float = 0.9) -> Path:
    """Flip ``count`` random bits between the shares ``low`` and ``high`` of a file."""
    data = bytearray(path.read_bytes())
    chance = random.Random(seed)
    for _ in range(count):
        place = chance.randrange(int(len(data) * low), int(len(data) * high))
        data[place] ^= 1 << chance.randrange(8)
    path.write_bytes(bytes(data))
    return path


def blank(path: Path, low: float, high: float) -> Path:
    """Overwrite a share of a file with zeros."""
    data = bytearray(path.read_bytes())
    a, b = int(len(data) * low), int(len(data) * high)
    data[a:b] = bytes(b - a)
    path.write_bytes(bytes(data))
    return path


def fast_mp4(path: Path, count: int = 50, **keywords: object) -> Path:
    """An MP4 whose index stands in front, so that it opens when it is cut off."""
    return write_video(path, count, muxer={"movflags": "+faststart"}, **keywords)  # type: ignore[arg-type]


def segments(folder: Path, names: Sequence[str], count: int = 25) -> Iterator[Path]:
    """Segments of one camera, numbered through."""
    for index, name in enumerate(names):
        yield write_video(folder / name, count, first=index * count)


def write_beginning(source: Path, path: Path, seconds: float) -> Path:
    """The first seconds of a recording, its packets of pictures as they are."""
    with av.open(str(source)) as whole, av.open(str(path), "w") as piece:
        pictures = whole.streams.video[0]
        stream = piece.add_stream_from_template(pictures)
        for packet in whole.demux(pictures):
            if packet.dts is None or packet.dts * packet.time_base >= seconds:
                break
            packet.stream = stream
            piece.mux(packet)
    return path
