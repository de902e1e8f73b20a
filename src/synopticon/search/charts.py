"""Charts of statistics as SVG: bars over time, bars by name, flows as a table of shades, maps."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synopticon.search.counts import limit_text
from synopticon.search.heat import HeatMap
from synopticon.search.png import colours, laid_over, png
from synopticon.search.tables import Table

WIDTH = 960
_COLOURS = ("#2f6fdb", "#d9682b", "#0f9d7a", "#8a5cd1", "#c2367f", "#b58900", "#6b7280", "#3aa0c9")
_OF_CLASS = dict(
    zip(("person", "car", "bicycle", "animal", "bag", "truck", "object", "bus"), _COLOURS, strict=True)
)
_STYLE = (
    "<style>svg{background:#fff;font:12px system-ui,sans-serif}text{fill:#374151}.h{font-size:15px;"
    "font-weight:600}.s{fill:#6b7280}.g{stroke:#e5e7eb}.w{fill:#fff}.d{fill:#111827}"
    "@media(prefers-color-scheme:dark){svg{background:#12151a}text{fill:#c7ccd4}.s{fill:#8b93a1}"
    ".g{stroke:#2a3038}.w{fill:#fff}.d{fill:#111827}}</style>"
)
_TITLES = {
    "hour": "Tracks that began, over time",
    "camera": "Tracks by camera",
    "class": "Tracks by class",
    "line": "Crossings of lines",
    "zone": "Tracks in zones",
    "flow": "From zone to zone",
    "dwell": "How long tracks stayed",
    "speed": "How fast tracks went",
    "occupancy": "How many at once",
    "heat": "Where tracks went",
    "path": "The usual ways",
    "coverage": "Share of the time that was looked at",
}
Series = dict[str, dict[str, float]]  # what is counted -> name of a bar -> how many


def chart(
    table: Table, maps: Sequence[HeatMap] = (), backgrounds: Mapping[str, NDArray[np.uint8]] | None = None
) -> str:
    """A table as SVG text; ``backgrounds``: grey pictures by the camera's name, for maps."""
    if table.by == "heat":
        body, height = _maps(maps, backgrounds or {})
    elif table.by == "path":
        body, height = _ways(table, backgrounds or {})
    elif table.by == "flow":
        body, height = _flows(table)
    elif table.by in ("hour", "occupancy", "coverage"):
        body, height = _over_time(*_timed(table))
    else:
        body, height = _by_name(_named(table))
    title = _TITLES[table.by]
    note = f"only groups of {table.least} tracks and more" if table.least else ""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img">',
            f"<title>{title}</title>{_STYLE}",
            f'<text class="h" x="24" y="28">{title}</text>',
            f'<text class="s" x="{WIDTH - 24}" y="28" text-anchor="end">{note}</text>',
            *(body or ['<text class="s" x="24" y="64">nothing to show</text>']),
            "</svg>\n",
        )
    )


def _timed(table: Table) -> tuple[list[str], Series, dict[str, float]]:
    """Names of bins in their order, the bars by class, and the lines to draw over them."""
    bins = sorted({str(t) for t in table.column("time") if t})
    series: Series = {}
    most: dict[str, float] = {}
    for row in table.rows:
        found = dict(zip(table.columns, row, strict=True))
        if not found["time"]:
            continue
        at, name = str(found["time"]), str(found.get("class", found["camera"]))
        bars = series.setdefault(name, {})
        bars[at] = bars.get(at, 0) + _number(found.get("tracks", found.get("mean", found.get("seen"))))
        if found.get("most"):
            most[at] = max(most.get(at, 0), _number(found["most"]))
    return bins, series, most


def _over_time(bins: list[str], series: Series, most: dict[str, float]) -> tuple[list[str], float]:
    if not bins:
        return [], 100
    left, right, top, bottom, high = 64, 24, 72, 56, 400
    tallest = max(*(sum(s.get(t, 0) for s in series.values()) for t in bins), *most.values(), 1e-9)
    step = _step(tallest)
    scale = (high - top - bottom) / (-(-tallest // step) * step)
    wide = (WIDTH - left - right) / len(bins)
    body = list(_legend(series, extra="the most at once" if most else ""))
    body += _scale(tallest, step, left, high - bottom, scale)
    for k, name in enumerate(bins):
        x, y = left + k * wide, float(high - bottom)
        for fill, (label, values) in zip(_fills(series), series.items(), strict=True):
            if tall := values.get(name, 0) * scale:
                y -= tall
                tip = f"{name}: {label} {values[name]:g}"
                body.append(_bar(x + wide * 0.08, y, wide * 0.84, tall, fill, tip))
        if name in most:
            y = high - bottom - most[name] * scale
            x2 = x + wide * 0.92
            line = (
                f'<line x1="{x + wide * 0.08:.1f}" x2="{x2:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="#c2367f"'
            )
            body.append(f'{line} stroke-width="2"><title>{name}: at most {most[name]:g}</title></line>')
        if k % -(-len(bins) // 8) == 0:
            text = escape(name[:16].replace("T", " "))
            at = f'x="{max(x + wide / 2, 72):.1f}" y="{high - bottom + 20}" text-anchor="middle"'
            body.append(f'<text class="s" {at}>{text}</text>')
    return body, high


def _named(table: Table) -> Series:
    """Bars by what they are of: one series for in and out, or for each class."""
    series: Series = {}
    for row in table.rows:
        found = dict(zip(table.columns, row, strict=True))
        if table.by == "line":
            name = f"{found['camera']}: {found['line']}"
            for side in ("in", "out"):
                _add(series, side, name, found[side])
        elif table.by in ("dwell", "speed"):
            name = f"{limit_text(found['from'], found['to'])} {found['unit']}"
            _add(series, str(found["class"]), name, found["tracks"])
        elif table.by == "zone":
            _add(series, str(found["class"]), f"{found['camera']}: {found['zone']}", found["tracks"])
        else:
            name = str(found[table.by])
            _add(series, str(found["camera"]) if table.by == "class" else "tracks", name, found["tracks"])
    return series


def _by_name(series: Series) -> tuple[list[str], float]:
    names = list(dict.fromkeys(name for values in series.values() for name in values))
    names.sort(key=_limit)
    if not names:
        return [], 100
    left, right, top, each = 230, 84, 76, 20 * len(series) + 12
    longest = max(max(values.values()) for values in series.values())
    scale = (WIDTH - left - right) / max(longest, 1e-9)
    body = list(_legend(series))
    for k, name in enumerate(names):
        y = top + k * each
        text = escape(name if len(name) < 34 else name[:32] + "…")
        body.append(f'<text x="{left - 12}" y="{y + each / 2 - 2:.1f}" text-anchor="end">{text}</text>')
        for n, (fill, (label, values)) in enumerate(zip(_fills(series), series.items(), strict=True)):
            if not (value := values.get(name, 0)):
                continue
            tip = f"{name}: {label} {value:g}"
            body.append(_bar(left, y + n * 20, max(value * scale, 1), 16, fill, tip))
            at = f'x="{left + value * scale + 6:.1f}" y="{y + n * 20 + 12}"'
            body.append(f'<text class="s" {at}>{value:g}</text>')
    return body, top + len(names) * each + 16


def _flows(table: Table) -> tuple[list[str], float]:
    """A table of shades: from the left, to the top."""
    flows: dict[tuple[str, str], float] = {}
    for row in table.rows:
        found = dict(zip(table.columns, row, strict=True))
        ends = (f"{found['from_camera']}: {found['from_zone']}", f"{found['to_camera']}: {found['to_zone']}")
        flows[ends] = flows.get(ends, 0) + _number(found["tracks"])
    if not flows:
        return [], 100
    starts, goals = sorted({a for a, _ in flows}), sorted({b for _, b in flows})
    left, top, tall = 230, 96, 36
    wide = min(120.0, (WIDTH - left - 24) / len(goals))
    body = [
        f'<text class="s" x="{left - 12}" y="{top - 12}" text-anchor="end">from \\ to</text>',
        *(
            f'<text x="{left + (k + 0.5) * wide:.1f}" y="{top - 12}" text-anchor="middle">{escape(g)}</text>'
            for k, g in enumerate(goals)
        ),
        *(
            f'<text x="{left - 12}" y="{top + k * tall + 23}" text-anchor="end">{escape(s)}</text>'
            for k, s in enumerate(starts)
        ),
    ]
    for (a, b), n in flows.items():
        x, y = left + goals.index(b) * wide, top + starts.index(a) * tall
        body += _shade(x, y, wide, tall, n / max(flows.values()), f"{n:g}", f"{a} to {b}: {n:g}")
    return body, top + len(starts) * tall + 24


def _shade(x: float, y: float, w: float, h: float, share: float, text: str, tip: str) -> Iterator[str]:
    fill = _hex(share)
    at = f'x="{x + 1:.1f}" y="{y + 1:.1f}" width="{w - 2:.1f}" height="{h - 2:.1f}"'
    yield f'<rect {at} rx="3" fill="{fill}"><title>{escape(tip)}</title></rect>'
    kind = "d" if share > 0.6 else "w"
    middle = f'x="{x + w / 2:.1f}" y="{y + h / 2 + 4:.1f}"'
    yield f'<text class="{kind}" {middle} text-anchor="middle">{escape(text)}</text>'


def _ways(table: Table, backgrounds: Mapping[str, NDArray[np.uint8]]) -> tuple[list[str], float]:
    """Arrows between the middles of cells, the wider the more; a picture for each camera."""
    body: list[str] = []
    top, wide = 56.0, 800.0
    for camera in dict.fromkeys(str(name) for name in table.column("camera")):
        ground = backgrounds.get(camera)
        high = float(_height(ground))
        steps = [row[1:] for row in table.rows if row[0] == camera]
        most = max(_number(s[4]) for s in steps)
        body.append(f'<text x="80" y="{top + 12:.0f}">{escape(camera)}</text>')
        top += 20
        at = f'x="80" y="{top:.0f}" width="{wide:.0f}" height="{high:.0f}"'
        nobody = np.zeros((1, 1), np.int64)
        body.append(_image(at, laid_over(nobody, (800, round(high)), ground)))
        for step in sorted(steps, key=lambda s: _number(s[4])):
            x1, y1, x2, y2 = (
                (80 + (_number(v) + 0.5) * wide / 8) if k % 2 == 0 else (top + (_number(v) + 0.5) * high / 8)
                for k, v in enumerate(step[:4])
            )
            share = (_number(step[4]) / most) ** 0.5
            body.append(_arrow(x1, y1, x2, y2, share, f"{step[4]} tracks"))
        top += high + 24
    return body, top


def _arrow(x1: float, y1: float, x2: float, y2: float, share: float, tip: str) -> str:
    """A wedge from its wide foot to its point, a little to its right so that the way back is seen, too."""
    dx, dy = x2 - x1, y2 - y1
    length = max((dx * dx + dy * dy) ** 0.5, 1e-9)
    nx, ny = -dy / length, dx / length
    w = 1.0 + 6 * share
    points = " ".join(
        f"{x:.1f},{y:.1f}"
        for x, y in (
            (x1 + nx * 4 - nx * w, y1 + ny * 4 - ny * w),
            (x1 + nx * 4 + nx * w, y1 + ny * 4 + ny * w),
            (x2 + nx * 4, y2 + ny * 4),
        )
    )
    look = f'fill="{_hex(share)}" opacity=".85"'
    return f'<polygon points="{points}" {look}><title>{escape(tip)}</title></polygon>'


def _maps(maps: Sequence[HeatMap], backgrounds: Mapping[str, NDArray[np.uint8]]) -> tuple[list[str], float]:
    body: list[str] = []
    top = 56.0
    for m in maps:
        ground = backgrounds.get(m.camera)
        wide, high = 800, _height(ground)
        body.append(f'<text x="80" y="{top + 12:.0f}">{escape(m.camera)}: {m.tracks} tracks</text>')
        at = f'x="80" y="{top + 20:.0f}" width="{wide}" height="{high}"'
        body.append(_image(at, laid_over(m.counts, (wide, high), ground)))
        body += _key(top + 30 + high, int(m.counts.max(initial=0)))
        top += high + 66
    return body, top


def _height(ground: NDArray[np.uint8] | None) -> int:
    """How high a picture is drawn that is 800 wide."""
    return 450 if ground is None else round(800 * ground.shape[0] / ground.shape[1])


def _image(at: str, picture: NDArray[np.uint8]) -> str:
    return f'<image {at} href="data:image/png;base64,{b64encode(png(picture)).decode()}"/>'


def _key(y: float, most: int) -> Iterator[str]:
    """What the colours of a map mean."""
    for k in range(40):
        yield f'<rect x="{80 + k * 5}" y="{y:.0f}" width="5" height="8" fill="{_hex((k + 1) / 40)}"/>'
    yield f'<text class="s" x="80" y="{y + 22:.0f}">1</text>'
    yield f'<text class="s" x="280" y="{y + 22:.0f}" text-anchor="end">{most} tracks</text>'


def _legend(series: Series, extra: str = "") -> Iterator[str]:
    x = 24.0
    for fill, name in zip(_fills(series), series, strict=True):
        yield _bar(x, 42, 11, 11, fill, name)
        yield f'<text class="s" x="{x + 17:.0f}" y="52">{escape(name)}</text>'
        x += 34 + 7 * len(name)
    if extra:
        yield f'<line x1="{x:.0f}" x2="{x + 14:.0f}" y1="48" y2="48" stroke="#c2367f" stroke-width="2"/>'
        yield f'<text class="s" x="{x + 20:.0f}" y="52">{extra}</text>'


def _scale(tallest: float, step: float, left: float, bottom: float, scale: float) -> Iterator[str]:
    value = 0.0
    while value <= -(-tallest // step) * step + 1e-9:
        y = bottom - value * scale
        yield f'<line class="g" x1="{left}" x2="{WIDTH - 24}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="s" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
        value += step


def _fills(series: Series) -> list[str]:
    """A colour for each series; a class has the same in every chart."""
    if set(series) <= set(_OF_CLASS):
        return [_OF_CLASS[name] for name in series]
    return [_COLOURS[n % len(_COLOURS)] for n in range(len(series))]


def _bar(x: float, y: float, w: float, h: float, fill: str, tip: str) -> str:
    at = f'x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" rx="2"'
    return f'<rect {at} fill="{fill}"><title>{escape(tip)}</title></rect>'


def _step(tallest: float) -> float:
    """A round step that gives about five lines."""
    power = 10.0 ** np.floor(np.log10(tallest / 5))
    return float(next(m * power for m in (1, 2, 5, 10) if m * power * 5 >= tallest))


def _limit(name: str) -> tuple[str, float]:
    """Classes of numbers stand in their order; names as they came."""
    head = name.partition("-")[0].partition(" ")[0]
    return (name.rpartition(" ")[2], float(head)) if head.replace(".", "").isdigit() else ("", 0.0)


def _add(series: Series, label: str, name: str, value: Any) -> None:
    bars = series.setdefault(label, {})
    bars[name] = bars.get(name, 0) + _number(value)


def _number(value: Any) -> float:
    return float(value or 0)


def _hex(share: float) -> str:
    return "#" + bytes(colours(np.array(share)).tolist()).hex()
