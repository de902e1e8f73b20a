"""Whether the interactive synopsis plays smoothly: its page in headless Chromium, before a real server.

python -m benchmarks.player WORKSPACE [--densities 10,55] [--seconds 60] [--seeks 20] [--fast 2]

The workspace is one person's own (no users), with some 1,000 tubes, such as a benchmark of its server makes.
For each density a new browser with nothing in its cache opens the page, 1280x720. Told are: ms from opening
to the first picture; of ``seconds`` of play the pictures composed a second (windows of one second, the 5th
percentile and the median) and the frames that the browser drew, each with the picture that is due; the same,
for a third of the time, at the speed ``fast``, because the plan of most footage has but 10 to 15 pictures a
second; for how long each sprite was missing from pictures;
ms from a seek to its picture; ms from a change of a filter, of the density and of the order to the first
picture of the new plan, and to the first that lacks no sprite; and the private memory of the page's process,
the most of what was seen each second.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

from benchmarks.clicks import ARGS
from benchmarks.harness import calibration, commit, machine
from benchmarks.web import serving

SIZE = {"width": 1280, "height": 720}
PATIENCE = 20_000  # ms for anything to happen
WATCH = """
window.seen = {drawn: [], frames: []};
document.addEventListener('drawn', e => seen.drawn.push({...e.detail, at: performance.now()}), true);
(function tick(now) { seen.frames.push(now); requestAnimationFrame(tick); })(performance.now());
"""
FIRST = """async () => {
  for (;;) {
    const first = seen.drawn.find(d => d.shown && !d.missing);
    if (first) return first.at;
    if (performance.now() > 60000) throw new Error('no picture came: are there tubes in this workspace?');
    await new Promise(requestAnimationFrame);
  }
}"""
# Do something, and give the ms until the first picture after it (of another plan, for a change), and until
# the first in which no sprite is missing.
UNTIL = """async ([what, changes]) => {
  const scrubber = document.querySelector('.scrubber input');
  const set = (input, value) => {
    const own = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), 'value').set;
    own.call(input, value);
    input.dispatchEvent(new Event(input.tagName === 'SELECT' ? 'change' : 'input', {bubbles: true}));
  };
  const plan = seen.drawn.at(-1)?.plan, count = seen.drawn.length, begun = performance.now();
  if (what.seek !== undefined) set(scrubber, Math.round(what.seek * scrubber.max));
  if (what.press) document.querySelector(what.press).click();
  if (what.density) set(document.querySelector('.density input'), what.density);
  if (what.order) set(document.querySelectorAll('.controls select')[1], what.order);
  for (;;) {
    const after = seen.drawn.slice(count).filter(d => !changes || d.plan !== plan);
    const whole = after.find(d => !d.missing);
    if (whole) return [after[0].at - begun, whole.at - begun];
    if (performance.now() - begun > 20000) return null;
    await new Promise(requestAnimationFrame);
  }
}"""


class Page:
    """The page, and the process behind it."""

    def __init__(self, browser: Any, address: str) -> None:
        context = browser.new_context(viewport=SIZE)
        context.add_init_script(WATCH)
        self._browser = browser
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.said: list[str] = []
        self.page.on("console", lambda m: self.said.append(m.text))
        self.page.on("pageerror", lambda e: self.said.append(str(e)))
        self._address = address

    def open(self) -> float:
        """Open the page; ms from the beginning of the navigation to its first picture."""
        self.page.goto(self._address)
        self.page.locator(".case-bar").wait_for()
        self.page.goto(self._address.partition("/#")[0] + "/synopsis")
        return float(self.page.evaluate(FIRST))

    def until(self, changes: bool = False, **what: Any) -> tuple[float, float] | None:
        """ms until the first picture after a change, and until the first whole one; None: it never came."""
        took = self.page.evaluate(UNTIL, [what, changes])
        return None if took is None else (round(took[0], 1), round(took[1], 1))

    def memory(self) -> float:
        """Private megabytes of the page's process."""
        session = self._browser.new_browser_cdp_session()
        found = session.send("SystemInfo.getProcessInfo")["processInfo"]
        session.detach()
        pages = [psutil.Process(int(p["id"])) for p in found if p["type"] == "renderer"]
        return float(max(p.memory_full_info().uss for p in pages) / 2**20)


def play(page: Page, seconds: float, speed: float) -> dict[str, Any]:
    """Play for some seconds; what was seen."""
    page.page.locator(".controls select").first.select_option(f"{speed:g}")
    page.page.evaluate("seen.drawn = []; seen.frames = []")
    playing = page.page.locator(".controls .play")
    memory, begun = [], time.monotonic()
    while time.monotonic() - begun < seconds:
        if playing.inner_text() != "Pause":
            playing.click()
        page.page.wait_for_timeout(1000)
        memory.append(page.memory())
    seen = page.page.evaluate("seen")
    if playing.inner_text() == "Pause":
        playing.click()
    pictures = [one["at"] for one in seen["drawn"]]
    missing = missed(seen["drawn"])
    return {
        "seconds": round(time.monotonic() - begun, 1),
        "pictures": len(pictures),
        "shown_mean": round(statistics.mean(one["shown"] for one in seen["drawn"]), 1),
        "pictures_a_second": rates(pictures),
        "frames_a_second": rates(seen["frames"]),
        "frame_interval_ms_p95": round(percentile(intervals(seen["frames"]), 95), 1),
        "missing_ms": {"stretches": len(missing), "longest": round(max(missing, default=0.0), 1)},
        "memory_mb": round(max(memory), 1),
    }


def missed(drawn: Sequence[dict[str, Any]]) -> list[float]:
    """ms for which each sprite that was missing from pictures was so, one stretch after the other."""
    found: list[float] = []
    since: dict[int, float] = {}
    for one in drawn:
        for tube in set(since) - set(one["lacking"]):
            found += [one["at"] - since.pop(tube)]
        for tube in one["lacking"]:
            since.setdefault(tube, one["at"])
    return found


def rates(times: Sequence[float]) -> dict[str, float]:
    """How many in each second (windows that begin every 0.1 s): the 5th percentile and the median."""
    if len(times) < 2 or times[-1] - times[0] < 1000:
        return {"p5": 0.0, "median": 0.0}
    starts = range(int(times[0]), int(times[-1]) - 1000, 100)
    counts = [sum(start <= t < start + 1000 for t in times) for start in starts]
    return {"p5": percentile(counts, 5), "median": statistics.median(counts)}


def intervals(times: Sequence[float]) -> list[float]:
    return [b - a for a, b in pairwise(times)]


def percentile(values: Sequence[float], share: float) -> float:
    found = sorted(values)
    return float(found[min(int(len(found) * share / 100), len(found) - 1)])


def measure(page: Page, density: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """All of one density; the page is new."""
    first = page.open()
    shown = int(page.page.locator(".density input").input_value())
    change = page.until(changes=True, density=density) if density != shown else None
    result: dict[str, Any] = {"density": density, "first_picture_ms": round(first), "density_ms": change}
    result["play"] = play(page, arguments.seconds, 1)
    result["fast"] = play(page, arguments.seconds / 3, arguments.fast)
    places = [(7 * k + 3) % arguments.seeks / arguments.seeks for k in range(arguments.seeks)]
    seeks = [page.until(seek=place) for place in places]
    known = [one for one in seeks if one is not None]
    gaps = [whole - first for first, whole in known]
    result["seeks"] = {
        "ms_median": statistics.median(whole for _, whole in known),
        "ms_p95": percentile([whole for _, whole in known], 95),
        "missing_ms_longest": round(max(gaps), 1),
        "never": len(seeks) - len(known),
    }
    kind = ".choices-row button"
    result["filter_ms"] = [page.until(changes=True, press=kind) for _ in range(4)]
    result["order_ms"] = {o: page.until(changes=True, order=o) for o in ("free", "strict", "local")}
    played = (result["play"]["memory_mb"], result["fast"]["memory_mb"])
    result["memory_mb"] = max(*played, round(page.memory(), 1))
    result["said"] = page.said
    return result


@contextmanager
def chromium(path: str) -> Iterator[Callable[[str], Page]]:
    """Opens pages, each in a browser of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play_wright:
        browsers = []

        def new(address: str) -> Page:
            browsers.append(play_wright.chromium.launch(executable_path=path, args=ARGS.split()))
            return Page(browsers[-1], address)

        yield new
        for browser in browsers:
            browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--densities", default="10,55")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seeks", type=int, default=20)
    parser.add_argument("--fast", type=float, default=2)
    parser.add_argument("--browser", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    results = []
    for density in map(int, arguments.densities.split(",")):
        with serving(arguments.workspace) as address, chromium(arguments.browser) as new:
            results.append(measure(new(address), density, arguments))
    told = {"commit": commit(), "machine": machine(), "calibration_seconds": round(calibration(), 3)}
    print(json.dumps({**told, "densities": results}, indent=2))


if __name__ == "__main__":
    main()
