"""A picture of a plan: source time against synopsis time, one line a tube, as SVG."""

from collections.abc import Iterator, Sequence
from html import escape

from synopticon.synopsis.times import elapsed
from synopticon.values.plan import Plan
from synopticon.values.track import Track
from synopticon.values.tube import Tube

_WIDTH, _HEIGHT = 960, 600
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 24, 44, 52
_COLOURS = {
    "person": "#2f6fdb",
    "bicycle": "#0f9d7a",
    "motorcycle": "#0f9d7a",
    "car": "#d9682b",
    "bus": "#d9682b",
    "truck": "#d9682b",
    "train": "#d9682b",
    "boat": "#d9682b",
    "animal": "#8a5cd1",
    "bag": "#c2367f",
    "object": "#6b7280",
}
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_STYLE = (
    "<style>svg{background:#fff;font:12px system-ui,sans-serif}text{fill:#374151}"
    ".g{stroke:#e5e7eb}.t{stroke-width:2;stroke-linecap:round;opacity:.8}.h{font-size:14px;font-weight:600}"
    "@media(prefers-color-scheme:dark){svg{background:#12151a}text{fill:#c7ccd4}.g{stroke:#2a3038}}</style>"
)


def plot_plan(plan: Plan, tubes: Sequence[Tube | Track]) -> str:
    """The plan as SVG text: across, synopsis time; up, source time; one line for each tube shown.

    Lines of one slope are objects at their true speed; an object further right of the diagonal is shown later
    than its turn.
    """
    tracks = [t.track if isinstance(t, Tube) else t for t in tubes]
    shown = sorted((t for t in tracks if t.id in plan.starts), key=lambda t: (t.start, t.id))
    length = max(plan.length_frames / plan.fps, 1e-3)
    low = min((t.start for t in shown), default=0.0)
    high = max((t.end for t in shown), default=low + 1.0)
    return "\n".join(_svg(plan, shown, length, (low, max(high, low + 1e-3)))) + "\n"


def _svg(plan: Plan, shown: Sequence[Track], length: float, source: tuple[float, float]) -> Iterator[str]:
    title = f"{len(shown)} objects in {elapsed(length)}, left out: {len(plan.left_out)}"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">'
    yield f"<title>{title}</title>{_STYLE}"
    yield f'<text class="h" x="{_LEFT}" y="26">{title}</text>'
    yield from _grid(length, source)
    for track in shown:
        start = plan.starts[track.id] / plan.fps
        x1, x2 = (_across(v, length) for v in (start, start + track.end - track.start))
        y1, y2 = (_up(v, source) for v in (track.start, track.end))
        yield (
            f'<line class="t" x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" '
            f'stroke="{_COLOURS.get(track.label, _COLOURS["object"])}">'
            f"<title>{escape(track.label)} {elapsed(track.start)} ({escape(track.id)})</title></line>"
        )
    yield "</svg>"


def _grid(length: float, source: tuple[float, float]) -> Iterator[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    for value in _ticks(0.0, length):
        x = _across(value, length)
        yield f'<line class="g" x1="{x:.2f}" x2="{x:.2f}" y1="{_TOP}" y2="{bottom}"/>'
        yield f'<text x="{x:.2f}" y="{bottom + 18}" text-anchor="middle">{elapsed(value)}</text>'
    for value in _ticks(*source):
        y = _up(value, source)
        yield f'<line class="g" x1="{_LEFT}" x2="{right}" y1="{y:.2f}" y2="{y:.2f}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.2f}" text-anchor="end">{elapsed(value)}</text>'
    middle = (_TOP + bottom) / 2
    yield f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 10}" text-anchor="middle">synopsis time</text>'
    turn = f"rotate(-90 16 {middle})"
    yield f'<text x="16" y="{middle}" text-anchor="middle" transform="{turn}">source time</text>'


def _ticks(low: float, high: float) -> list[float]:
    """Round times in ``low..high``, about eight of them."""
    step = next((s for s in _STEPS if (high - low) / s <= 8), _STEPS[-1])
    while (high - low) / step > 12:
        step *= 2
    first = -(-int(low) // step) * step
    return [float(v) for v in range(first, int(high) + 1, step)]


def _across(seconds: float, length: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * seconds / length


def _up(seconds: float, source: tuple[float, float]) -> float:
    low, high = source
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (seconds - low) / (high - low)
