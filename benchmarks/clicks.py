"""Whether every object of a synopsis plays on click: its page in a real browser, opened from disk.

python -m benchmarks.clicks OUT.html [--browser PATH]

Each object of the manifest is clicked in the picture, where by the manifest's ``z`` nothing covers it; one
that is covered all the time is clicked in the list. Its context must begin 3 s before the moment that was
clicked, go on playing, and name the original file and the time in it. Each clip must show the source frames
that it claims.
"""

import argparse
import json
import shutil
import time
from bisect import bisect
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from synopticon.footage.probe import probe
from synopticon.footage.read import open_reader

ARGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
BEFORE = 3.0  # seconds of context before the moment that was clicked
PATIENCE = 15.0  # seconds for anything to happen
ROUGH = 0.15  # seconds: the page knows boxes every fifth of a second and draws lines between them
MARGIN = 8.0  # pixels to the next box that covers: a click takes what is a few pixels away too
GRID = np.linspace(0.15, 0.85, 7)
NOW = """() => {
  const v = document.getElementById('clip'), said = (id) => document.getElementById(id).textContent;
  const current = document.querySelector('[aria-current=true]');
  return {
    plays: !v.paused && v.readyState > 2 && v.currentTime > 0,
    time: v.currentTime, source: v.getAttribute('src'),
    id: current && current.dataset.id, file: said('file'), at: said('in-file'), kind: said('kind'),
    missing: !document.getElementById('no-clip').hidden, open: !document.getElementById('context').hidden,
  };
}"""
SEEK = """f => {
  const s = document.getElementById('seek');
  s.value = f; s.dispatchEvent(new Event('input'));
}"""


@dataclass(frozen=True)
class Target:
    """Where to click: a point (pixels) of a synopsis frame; ``source`` is the moment shown there, seconds."""

    frame: int
    x: float
    y: float
    source: float


@dataclass(frozen=True)
class Click:
    """What a click on one object did; ``wrong`` is empty when all was as it must be."""

    id: str
    by: str  # "picture" or "list"
    seconds: float  # from the click to a moving picture
    wrong: str = ""


def targets(objects: Sequence[dict[str, Any]], width: int, height: int) -> dict[str, Target]:
    """For each object the point that is farthest from what covers it; none for one that is never free."""
    shown: dict[int, list[tuple[str, int, list[float]]]] = {}
    for o in objects:
        for row, z in zip(o["frames"], o["z"], strict=True):
            shown.setdefault(row[0], []).append((o["id"], z, row[2:]))
    return {o["id"]: best for o in objects if (best := _freest(o, shown, width, height))}


def _freest(o: dict[str, Any], shown: dict[int, Any], width: int, height: int) -> Target | None:
    best, most = None, MARGIN
    n, (into, out) = len(o["frames"]), o["fade"]
    rows = range(into, max(n - out, into + 1), max(1, n // 40))
    for k in (k for k in rows if k < n):
        frame, source, x, y, w, h = o["frames"][k]
        xs, ys = (grid.ravel() for grid in np.meshgrid(x + w * GRID, y + h * GRID))
        free = np.minimum(np.minimum(xs, width - xs), np.minimum(ys, height - ys))
        for name, z, box in shown[frame]:
            if name != o["id"] and z > o["z"][k]:
                free = np.minimum(free, _away(xs, ys, box))
        i = int(np.argmax(free))
        if free[i] > most:
            best, most = Target(frame, float(xs[i]), float(ys[i]), source), float(free[i])
    return best


def _away(x: NDArray[np.float64], y: NDArray[np.float64], box: Sequence[float]) -> NDArray[np.float64]:
    """Pixels from points to a box; negative inside."""
    dx = np.maximum(box[0] - x, x - box[0] - box[2])
    dy = np.maximum(box[1] - y, y - box[1] - box[3])
    return np.maximum(dx, dy)


def click_all(html: Path, browser: Any) -> list[Click]:
    """Click every object of the synopsis whose page is ``html``, in a browser of Playwright."""
    manifest = json.loads(html.with_suffix(".json").read_text("utf-8"))
    page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="en-GB")
    said: list[str] = []
    page.on("console", lambda m: said.append(f"{m.type}: {m.text}"))
    page.on("pageerror", lambda e: said.append(f"error: {e}"))
    page.on("request", lambda r: r.url.startswith(("file:", "data:")) or said.append(f"asked for {r.url}"))
    page.goto(html.as_uri())
    _until(page, "() => document.getElementById('film').readyState >= 2")
    data = json.loads(page.locator("#data").text_content())
    video = manifest["video"]
    where = targets(manifest["objects"], video["width"], video["height"])
    clicks = [_click(page, o, where.get(o["id"]), data["clips"], video) for o in manifest["objects"]]
    page.close()
    assert not said, said
    return clicks


def _until(page: Any, holds: str, argument: object = None) -> bool:
    """Wait until a JavaScript function gives true (the page's policy forbids Playwright's own way)."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(holds, argument):
        if time.monotonic() > end:
            return False
        page.wait_for_timeout(10)
    return True


def _click(page: Any, o: dict[str, Any], at: Target | None, clips: list[Any], video: dict[str, Any]) -> Click:
    if at is not None:
        page.evaluate(SEEK, at.frame)
        _until(page, "() => !document.getElementById('film').seeking")
        area = page.locator("#stage").bounding_box()
        x, y = at.x / video["width"] * area["width"], at.y / video["height"] * area["height"]
    began = time.monotonic()
    if at is None:
        page.locator(f"[data-id='{o['id']}']").click()
    else:
        page.mouse.click(area["x"] + x, area["y"] + y)
    plays = _until(page, f"() => ({NOW})().plays")
    first, seconds = page.evaluate(NOW), time.monotonic() - began
    went_on = _until(page, "t => document.getElementById('clip').currentTime > t + 0.1", first["time"])
    wrong = "" if plays and went_on else "does not play"
    moment = at.source if at else o["source"]["start"]
    wrong = wrong or _wrong(first, o, moment, clips, time.monotonic() - began)
    page.keyboard.press("Escape")
    return Click(o["id"], "picture" if at else "list", round(seconds, 3), wrong)


def _wrong(now: dict[str, Any], o: dict[str, Any], moment: float, clips: list[Any], waited: float) -> str:
    """What is not as it must be in the page's state after a click, "" for nothing."""
    if now["id"] != o["id"] or not now["open"]:
        return f"opens {now['id']}"
    if now["missing"] or now["source"] not in [c["url"] for c in clips]:
        return f"has no clip, shows {now['source']}"
    clip = next(c for c in clips if c["url"] == now["source"])
    playing, due = clip["start"] + now["time"] - clip["at"], max(0.0, moment - BEFORE)
    due = max(due, clip["start"])
    if not due - ROUGH <= playing <= due + ROUGH + waited:
        return f"plays second {playing:.2f} where {due:.2f} was due"
    in_file = moment - o["source"]["start"] + o["source"]["file_start"]
    hours, minutes, rest = now["at"].split(":")
    named = int(hours) * 3600 + int(minutes) * 60 + float(rest)
    if now["file"] != o["source"]["file"] or abs(named - in_file) > ROUGH:
        return f"names {now['file']} {now['at']} for {o['source']['file']} {in_file:.3f}"
    return ""


def clips_show_their_source(html: Path) -> dict[str, float]:
    """For each clip the smallest ratio of the error half a second away to the error at the time it claims.

    Above 1 the clip shows the source frames that it claims; three of its pictures are compared.
    """
    page = html.read_text("utf-8")
    data = json.loads(page.split('id="data"', 1)[1].split(">", 1)[1].split("</script>", 1)[0])
    manifest = json.loads(html.with_suffix(".json").read_text("utf-8"))
    source = [html.parent / i["file"] for i in manifest["inputs"] if not i["error"]]
    pictures, times = _small(source)
    worst = {}
    for clip in (c for c in data["clips"] if not c["original"]):
        copied, at = _small([html.parent / unquote(clip["url"])], pictures.shape[1:])
        ratios = []
        for share in (0.2, 0.5, 0.8):
            k = int(share * (len(at) - 1))
            i = bisect(times, clip["start"] + at[k] - clip["at"] + 1e-3) - 1
            here = _error(copied[k], pictures[i])
            away = [_error(copied[k], pictures[j]) for j in (i - 5, i + 5) if 0 <= j < len(times)]
            ratios.append(min(away) / max(here, 1e-6))
        worst[unquote(clip["url"])] = round(min(ratios), 3)
    return worst


def _small(
    files: Sequence[Path], shape: tuple[int, ...] | None = None
) -> tuple[NDArray[np.float32], list[float]]:
    """Luma of every frame at a quarter of the size, ``(n, h, w)``, and the times."""
    pictures, times = [], []
    with open_reader(probe(list(files))) as reader:
        for frame in reader:
            high, wide = (s // 4 * 4 for s in frame.y.shape)
            cells = frame.y[:high, :wide].reshape(high // 4, 4, wide // 4, 4)
            small = cells.mean(axis=(1, 3), dtype=np.float32)
            assert shape is None or small.shape == shape, (
                "clips of footage wider than 1280 pixels are smaller"
            )
            pictures.append(small)
            times.append(frame.time)
    return np.array(pictures), times


def _error(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Mean square of the difference where it is largest (heads are filled, marks are written)."""
    high = len(a) * 9 // 10  # above the mark
    return float(np.square(a[:high] - b[:high]).mean())


def main() -> None:
    """Print what each click did, as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("html", type=Path)
    parser.add_argument("--browser", default=shutil.which("chromium"))
    args = parser.parse_args()
    from playwright.sync_api import sync_playwright

    began = time.monotonic()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=args.browser, args=ARGS.split())
        clicks = click_all(args.html.absolute(), browser)
        browser.close()
    report = {
        "objects": len(clicks),
        "play": sum(not c.wrong for c in clicks),
        "in_picture": sum(c.by == "picture" for c in clicks),
        "median_seconds_to_play": float(np.median([c.seconds for c in clicks])),
        "seconds": round(time.monotonic() - began, 1),
        "clips": clips_show_their_source(args.html.absolute()),
        "wrong": [asdict(c) for c in clicks if c.wrong],
    }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
