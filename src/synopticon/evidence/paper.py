"""Paper: sheets of A4 with a cursor that only goes down, for ``evidence.pdf``. Lengths in millimetres.

Text is drawn in DejaVu Sans Condensed, which is embedded (Latin, Greek, Cyrillic). A character that it lacks,
or that is written from right to left, becomes a box that can be seen, and the last sheet says so.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib import resources
from io import BytesIO

from fpdf import FPDF

from synopticon.governance.documents.render import seen

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT, TOP, BOTTOM = 20.0, 20.0, 24.0, 22.0
ROOM = WIDTH - LEFT - RIGHT
FULL = HEIGHT - TOP - BOTTOM  # of a sheet
BOX = "\N{WHITE SQUARE}"
_FAMILY = "DejaVu"
_POINT = 25.4 / 72
_EXACT = 1e-6  # millimetres by which sums of widths may differ
_LEFTWARD = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
Colour = tuple[int, int, int]
INK, SOFT, LINE, ACCENT = (27, 36, 48), (90, 102, 117), (213, 219, 227), (20, 80, 122)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks; ``size`` in points."""

    size: float = 9.5
    bold: bool = False
    colour: Colour = INK

    @property
    def height(self) -> float:
        """Of a line, millimetres."""
        return self.size * _POINT * 1.38


PLAIN = Style()
SMALL = Style(7.6, colour=SOFT)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; ``fill`` behind and ``bar`` (a colour) left of it; ``indent`` from the left margin."""

    text: str
    style: Style = PLAIN
    indent: float = 0.0
    fill: Colour | None = None
    bar: Colour | None = None


class _File(FPDF):
    """A PDF whose head and foot say what it is and which sheet this is; nothing in it is left to chance."""

    def __init__(self, running: str, foot: str, total: int) -> None:
        super().__init__(format="A4", unit="mm")
        self._running, self._foot, self._total = running, foot, total
        self.set_auto_page_break(auto=False)
        self.set_margins(LEFT, TOP, RIGHT)

    def header(self) -> None:
        """The title, from the second sheet on."""
        if self.page_no() > 1:
            self.set_font(_FAMILY, "", SMALL.size)
            self.set_text_color(*SOFT)
            self.text(LEFT, 14.0, self._running)
            self.set_draw_color(*LINE)
            self.line(LEFT, 16.5, WIDTH - RIGHT, 16.5)

    def footer(self) -> None:
        """What it is, and the number of the sheet."""
        self.set_font(_FAMILY, "", SMALL.size)
        self.set_text_color(*SOFT)
        self.text(LEFT, HEIGHT - 11.0, self._foot)
        number = f"{self.page_no()} / {self._total}"
        self.text(WIDTH - RIGHT - self.get_string_width(number), HEIGHT - 11.0, number)


class Paper:
    """Sheets under way. ``running``, ``foot``: what stands on each; ``total``: how many there will be."""

    def __init__(self, title: str, language: str, foot: str, total: int, at: datetime) -> None:
        self.boxes = False
        self.headings: list[int] = []  # the sheet of each
        running = _cut(self.shown(title), SMALL, ROOM)
        self._file = _File(running, _cut(self.shown(foot), SMALL, ROOM - 20.0), total)
        for style, name in (("", "DejaVuSansCondensed.ttf"), ("B", "DejaVuSansCondensed-Bold.ttf")):
            with resources.as_file(resources.files("synopticon.evidence") / "fonts" / name) as path:
                self._file.add_font(_FAMILY, style, path)
        self._file.set_lang(language)
        self._file.set_title(self.shown(title))
        self._file.set_creator("Synopticon")
        self._file.set_creation_date(at)
        self.y = 0.0
        self.sheet()

    @property
    def sheets(self) -> int:
        """How many there are so far."""
        return int(self._file.page_no())

    @property
    def left(self) -> float:
        """Room that is left on this sheet."""
        return HEIGHT - BOTTOM - self.y

    def data(self) -> bytes:
        """The file."""
        return bytes(self._file.output())

    def sheet(self) -> None:
        """Begin a new sheet."""
        self._file.add_page()
        self.y = TOP

    def need(self, height: float) -> None:
        """Go to a new sheet unless so much fits on this one, or on none."""
        if self.y + height > HEIGHT - BOTTOM and (height <= FULL or self.y > HEIGHT - BOTTOM - FULL / 3):
            self.sheet()

    def skip(self, height: float) -> None:
        """Leave room, except at the top of a sheet."""
        if self.y > TOP:
            self.y += height

    def shown(self, text: str) -> str:
        """The text as the font can show it."""
        made = "".join(c if _can_show(c) else BOX for c in unicodedata.normalize("NFC", seen(text)))
        self.boxes = self.boxes or made.count(BOX) > text.count(BOX)
        return made

    # --- drawing ---------------------------------------------------------------------------------------

    def lines(self, lines: Sequence[Line], *, together: bool = True) -> None:
        """Draw lines one below the other, on one sheet if they fit on one."""
        if together:
            self.need(sum(line.style.height for line in lines))
        for line in lines:
            self.need(line.style.height)
            self._draw(line)

    def _draw(self, line: Line) -> None:
        height = line.style.height
        if line.fill:
            self.area(LEFT, self.y, ROOM, height + 0.1, line.fill)
        if line.bar:
            self.area(LEFT, self.y, 1.0, height + 0.1, line.bar)
        self.put(LEFT + line.indent, self.y, line.text, line.style)
        self.y += height

    def put(self, x: float, y: float, text: str, style: Style) -> None:
        """Draw one line of text whose upper left corner is at ``x``, ``y``."""
        self._file.set_font(_FAMILY, "B" if style.bold else "", style.size)
        self._file.set_text_color(*style.colour)
        self._file.text(x, y + style.height * 0.74, text)

    def area(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self._file.set_fill_color(*colour)
        self._file.rect(x, y, width, height, style="F")

    def frame(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Draw a dashed rectangle."""
        self._file.set_draw_color(*colour)
        self._file.set_dash_pattern(1.6, 1.2)
        self._file.rect(x, y, width, height)
        self._file.set_dash_pattern()

    def rule(self, x: float, y: float, width: float, colour: Colour = LINE, thickness: float = 0.2) -> None:
        """Draw a level line."""
        self._file.set_draw_color(*colour)
        self._file.set_line_width(thickness)
        self._file.line(x, y, x + width, y)
        self._file.set_line_width(0.2)

    def picture(self, data: bytes, x: float, y: float, width: float, height: float) -> None:
        """Draw a JPEG in a box, whole, in its middle."""
        self._file.image(BytesIO(data), x, y, width, height, keep_aspect_ratio=True)

    def mark(self, heading: str) -> None:
        """Note that a heading stands here; viewers list them."""
        self.headings.append(self.sheets)
        self._file.start_section(heading)


# --- measuring text ----------------------------------------------------------------------------------------


@cache
def _widths(bold: bool) -> tuple[dict[str, float], float]:
    """Width of each character, of one em, and of one that is missing."""
    from fontTools.ttLib import TTFont

    name = "DejaVuSansCondensed-Bold.ttf" if bold else "DejaVuSansCondensed.ttf"
    data = (resources.files("synopticon.evidence") / "fonts" / name).read_bytes()
    font = TTFont(BytesIO(data))
    em = font["head"].unitsPerEm
    metrics = font["hmtx"].metrics
    found = {chr(code): metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()}
    return found, 0.6


def _can_show(c: str) -> bool:
    return c in _widths(bold=False)[0] and unicodedata.bidirectional(c) not in _LEFTWARD


def width(text: str, style: Style) -> float:
    """Of a text in one line, millimetres."""
    known, missing = _widths(style.bold)
    return sum(known.get(c, missing) for c in text) * style.size * _POINT


def wrap(text: str, style: Style, room: float) -> list[str]:
    """A text in lines of at most ``room`` millimetres; a word that is longer is cut. At least one line."""
    lines, line, used = [], "", 0.0
    space = width(" ", style)
    for word in _pieces(text, style, room):
        size = width(word, style)
        if line and used + space + size > room + _EXACT:
            lines.append(line)
            line, used = word, size
        else:
            line, used = (f"{line} {word}", used + space + size) if line else (word, size)
    return [*lines, line]


def _pieces(text: str, style: Style, room: float) -> Iterator[str]:
    for word in text.split():
        at = 0
        while at < len(word):
            fits = _fitting(word[at:], style, room)
            yield word[at : at + fits]
            at += fits


def _fitting(word: str, style: Style, room: float) -> int:
    """How many characters of a word fit, at least one."""
    known, missing = _widths(style.bold)
    left = (room + _EXACT) / (style.size * _POINT)
    for number, c in enumerate(word):
        left -= known.get(c, missing)
        if left < 0:
            return max(number, 1)
    return len(word)


def _cut(text: str, style: Style, room: float) -> str:
    """A text cut to one line."""
    lines = wrap(text, style, room - width("\N{HORIZONTAL ELLIPSIS}", style))
    return lines[0] if len(lines) == 1 else f"{lines[0]}\N{HORIZONTAL ELLIPSIS}"


def paragraph(
    paper: Paper, text: str, style: Style = PLAIN, *, indent: float = 0.0, room: float = ROOM
) -> list[Line]:
    """A text as lines, ready to be drawn."""
    return [Line(part, style, indent) for part in wrap(paper.shown(text), style, room - indent)]


def decorated(lines: Sequence[Line], fill: Colour, bar: Colour) -> list[Line]:
    """The same lines in a box."""
    return [replace(line, fill=fill, bar=bar) for line in lines]
