"""The page that plays a synopsis: one HTML file that needs no network and no server.

The video and the clips lie beside it and are named by relative, URL-encoded paths; everything else is inside.
A content security policy with the digests of its own script and style keeps it from fetching anything else.
"""

import json
import os
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

import numpy as np

from synopticon.store.atomic import write_whole
from synopticon.synopsis.clips import Clip
from synopticon.synopsis.compose import NO_CASE
from synopticon.synopsis.manifest import Manifest, ShownObject, coverage, relative
from synopticon.synopsis.times import SourceTimes

_EVERY = 0.2  # seconds between the boxes that the page knows; it draws straight lines in between
_MOST_LEFT = 500  # objects listed as found and not shown
_ROW = np.dtype([("box", "<i2", 4), ("ms", "<u4")])


def write_player(
    manifest: Manifest,
    path: Path,
    *,
    video: Path,
    clips: Sequence[Clip] = (),
    folder: Path | None = None,
    overwrite: bool = False,
) -> None:
    """Write the page to ``path``, whole or not at all; raises OutputError.

    ``video`` is the synopsis, ``clips`` what ``write_clips`` wrote into ``folder``.
    """
    data = _data(manifest, Path(path), Path(video), clips, folder)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    css, script = _part("page.css"), _part("page.js")
    page = Template(_part("page.html")).substitute(
        csp=_policy(css, script),
        title=escape(data["title"]),
        css=css,
        js=script,
        data=text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"),
    )
    with write_whole(path, overwrite=overwrite) as aside:
        aside.write_bytes(page.encode("utf-8", "surrogateescape"))


def _part(name: str) -> str:
    return files("synopticon.synopsis").joinpath("player", name).read_text("utf-8")


def _policy(css: str, script: str) -> str:
    def digest(text: str) -> str:
        return b64encode(sha256(text.encode()).digest()).decode()

    return (
        f"default-src 'none'; script-src 'sha256-{digest(script)}'; style-src 'sha256-{digest(css)}'; "
        "media-src 'self' file:; img-src data:; base-uri 'none'; form-action 'none'"
    )


def url(path: Path, folder: Path) -> str:
    """A URL of ``path`` relative to ``folder``, every odd character encoded."""
    return quote(os.fsencode(relative(path, folder)), safe="/")


def _data(
    manifest: Manifest, path: Path, video: Path, clips: Sequence[Clip], folder: Path | None
) -> dict[str, Any]:
    footage, here = manifest.footage, path.parent
    kinds = sorted({o.label for o in manifest.objects} | {d.label for d in manifest.left_out})
    times = SourceTimes.of(footage)
    step = max(1, round(_EVERY * float(manifest.rate)))
    shown = sorted(manifest.objects, key=lambda o: (o.first, o.id))
    return {
        "title": f"{footage.camera or video.name}",
        "video": url(video, here),
        "name": video.name,
        "width": manifest.width,
        "height": manifest.height,
        "rate": [manifest.rate.numerator, manifest.rate.denominator],
        "frames": manifest.frames,
        "duration": round(footage.duration, 3),
        "seen": coverage(footage, manifest.record.gaps)["share"],
        "dated": times.dated,
        "unmasked": manifest.unmasked,
        "reason": manifest.reason,
        "inCase": all(mark.text != NO_CASE for mark in manifest.marks),
        "files": [
            {
                "name": relative(file.path, here),
                "offset": round(file.offset, 4),
                "epoch": None if epoch is None else round(epoch, 3),
                "zone": file.clock.zone,
                "error": bool(file.error),
            }
            for file, epoch in zip(footage.files, times.epochs, strict=True)
        ],
        "gaps": [[round(g.start, 3), round(g.end, 3), str(g.reason)] for g in manifest.record.gaps],
        "clips": [_clip(c, manifest, here, folder) for c in clips],
        "kinds": kinds,
        "step": step,
        "objects": [_object(o, kinds, step) for o in shown],
        "left": [
            [kinds.index(d.label), d.file, round(d.start, 2), round(d.end, 2), d.reason]
            for d in manifest.left_out[:_MOST_LEFT]
        ],
        "leftCount": len(manifest.left_out),
    }


def _clip(clip: Clip, manifest: Manifest, here: Path, folder: Path | None) -> dict[str, Any]:
    path = manifest.footage.files[clip.original].path if clip.original >= 0 else (folder or here) / clip.name
    return {
        "start": round(clip.start, 4),
        "end": round(clip.end, 4),
        "at": round(clip.at, 4),
        "url": url(path, here),
        "original": clip.original >= 0,
    }


def _object(shown: ShownObject, kinds: Sequence[str], step: int) -> list[Any]:
    n = len(shown.times)
    rows = np.unique(np.append(np.arange(0, n, step), n - 1))
    packed = np.zeros(len(rows), _ROW)
    packed["box"] = np.clip(np.rint(shown.boxes[rows]), -32768, 32767)
    start = round(shown.start, 3)
    packed["ms"] = np.clip(np.rint((shown.times[rows] - start) * 1000), 0, 2**32 - 1)
    data = b64encode(packed.tobytes()).decode()
    kind, file = kinds.index(shown.label), int(shown.file[0])
    return [shown.id, kind, shown.first, n, file, start, round(shown.end, 3), data]
