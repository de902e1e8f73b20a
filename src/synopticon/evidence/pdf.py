"""Pages on paper: the same blocks that make HTML make a PDF, for the report and its contact sheet.

The same page and the same time give the same bytes. It is drawn twice: to count its sheets, and with their
numbers. No row of a table that fits on a sheet is cut, and each sheet repeats its head.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from synopticon.evidence.gallery import Gallery, gallery_page
from synopticon.evidence.paper import (
    ACCENT,
    FULL,
    INK,
    LEFT,
    LINE,
    PLAIN,
    ROOM,
    SMALL,
    SOFT,
    Colour,
    Line,
    Paper,
    Style,
    decorated,
    paragraph,
    width,
    wrap,
)
from synopticon.evidence.report import Report, report_page
from synopticon.governance.documents.page import Block, Page, Picture
from synopticon.governance.documents.texts import texts

LONG = 3  # sheets; a longer document begins with its contents
_TITLE, _SUBTITLE, _HEADING = (
    Style(19, bold=True, colour=ACCENT),
    Style(11, colour=SOFT),
    Style(12.5, True, ACCENT),
)
_STRONG, _CELL, _HEAD, _CODE = Style(bold=True), Style(8.2), Style(8.2, bold=True), Style(7.4)
_TONES: Mapping[str, tuple[Colour, Colour]] = {
    "plain": ((245, 247, 250), SOFT),
    "warn": ((253, 244, 234), (154, 75, 0)),
    "fine": ((237, 247, 240), (29, 107, 58)),
    "law": ((239, 245, 250), ACCENT),
}
_WARN = _TONES["warn"][1]
_LABEL = 50.0  # width of names of facts
_GAP = 3.0  # between columns
_LONGEST = 24  # letters of a word that may set the width of a column
_SAMPLE = 300  # rows by which columns are measured
_ACROSS, _TALL = 4, 46.0  # pictures side by side, and their height
_AHEAD = {"blank": 62.0, "pictures": 95.0, "code": 8.0}  # room that a block needs to begin, with its text
_CAPTION = 10  # lines of each text below


def report_pdf(report: Report, language: str = "en", gallery: Gallery | None = None) -> bytes:
    """The report as PDF in ``fr`` or ``en``, with the pictures of a gallery on sheets of their own."""
    page = report_page(report, texts(language))
    if gallery is not None:
        sheet = gallery_page(gallery, texts(language))
        page.sheet().heading(sheet.title)
        page.blocks += sheet.blocks
    return page_pdf(page, report.facts.at)


def page_pdf(page: Page, at: datetime) -> bytes:
    """A page as PDF; ``at``: the time that it bears (UTC)."""
    counted = _drawn(page, at, 0, [0] * len(page.headings))
    if counted.sheets <= LONG:
        counted = _drawn(page, at, 0, None)
        return _drawn(page, at, counted.sheets, None).data()
    return _drawn(page, at, counted.sheets, counted.headings).data()


def _drawn(page: Page, at: datetime, total: int, numbers: Sequence[int] | None) -> Paper:
    """``numbers``: the sheets of the headings for the contents; None = without contents."""
    title = f"{page.title} \N{EN DASH} {page.subtitle}" if page.subtitle else page.title
    paper = Paper(title, page.language, page.tag or page.subtitle, total, at)
    paper.lines(paragraph(paper, page.title, _TITLE))
    paper.lines(paragraph(paper, page.subtitle, _SUBTITLE))
    if page.tag:
        paper.lines(paragraph(paper, page.tag, Style(9, bold=True, colour=_WARN)))
    paper.y += 2.0
    paper.rule(LEFT, paper.y, ROOM, ACCENT, 0.7)
    paper.y += 4.0
    for block, after in zip(page.blocks, [*page.blocks[1:], None], strict=True):
        if block.kind == "contents":
            _contents(paper, block, page.headings, numbers)
        elif block.kind == "heading":
            _heading(paper, block, after)
        else:
            _DRAW[block.kind](paper, block)
    if paper.boxes:
        paper.skip(4.0)
        paper.lines(paragraph(paper, texts(page.language)("report.boxes"), SMALL))
    return paper


# --- blocks ------------------------------------------------------------------------------------------------


def _heading(paper: Paper, block: Block, after: Block | None) -> None:
    """A heading on the sheet on which what follows begins."""
    paper.skip(5.0)
    lines = paragraph(paper, block.text, _HEADING)
    ahead = _AHEAD.get(after.kind, 24.0) if after else 0.0
    paper.need(sum(line.style.height for line in lines) + 1.5 + ahead)
    paper.mark(paper.shown(block.text))
    paper.lines(lines)
    paper.y += 1.5


def _text(paper: Paper, block: Block) -> None:
    lines = paragraph(paper, block.text)
    paper.lines(lines, together=len(lines) < 5)
    paper.y += 1.8


def _note(paper: Paper, block: Block) -> None:
    fill, bar = _TONES[block.tone]
    title = paragraph(
        paper, block.title, Style(9.5, True, INK if block.tone == "plain" else bar), indent=4.0, room=ROOM - 3
    )
    parts = [paragraph(paper, line, Style(9.0), indent=4.0, room=ROOM - 3) for line in block.lines]
    edge = Line("", Style(4.0))
    paper.skip(1.5)
    paper.lines(decorated([edge, *title, *chain.from_iterable(parts), edge], fill, bar))
    paper.y += 3.0


def _list(paper: Paper, block: Block) -> None:
    for text in block.lines:
        lines = paragraph(paper, text, indent=4.5)
        paper.need(sum(line.style.height for line in lines))
        paper.put(LEFT + 0.8, paper.y, "\N{BLACK SQUARE}", Style(5.0, colour=ACCENT))
        paper.lines(lines)
        paper.y += 0.8
    paper.y += 1.5


def _facts(paper: Paper, block: Block) -> None:
    _rows(
        paper,
        (),
        [(name, value) for name, value in block.rows],
        [_LABEL, ROOM - _LABEL],
        (Style(9.2, colour=SOFT), Style(9.2)),
    )


def _table(paper: Paper, block: Block) -> None:
    _rows(paper, block.head, block.rows, _columns(block), None)


def _blank(paper: Paper, block: Block) -> None:
    lines = paragraph(paper, block.title.upper(), Style(7.2, colour=_WARN), indent=4.0)
    for question in block.lines:
        lines += paragraph(paper, question, _STRONG, indent=4.0, room=ROOM - 4)
    count, step = 4, 8.0
    height = sum(line.style.height for line in lines) + count * step + 6.0
    paper.need(height)
    paper.frame(LEFT, paper.y, ROOM, height, _WARN)
    paper.y += 2.5
    paper.lines(lines)
    for _ in range(count):
        paper.y += step
        paper.rule(LEFT + 4.0, paper.y, ROOM - 8.0)
    paper.y += 7.0


def _sign(paper: Paper, block: Block) -> None:
    paper.lines(paragraph(paper, block.title, _HEADING))
    _facts(paper, block)
    paper.lines(paragraph(paper, block.text, SMALL))


def _code(paper: Paper, block: Block) -> None:
    fill, _ = _TONES["plain"]
    for text in block.text.splitlines():
        lines = paragraph(paper, text, _CODE, indent=3.0, room=ROOM - 3)
        paper.lines(decorated(lines, fill, fill), together=False)
    paper.y += 3.0


def _break(paper: Paper, block: Block) -> None:
    del block
    paper.sheet()


def _contents(paper: Paper, block: Block, headings: Sequence[str], numbers: Sequence[int] | None) -> None:
    """The headings with their sheets; left out where the document is short."""
    if numbers is None:
        return
    paper.skip(3.0)
    paper.lines(paragraph(paper, block.title, _HEADING))
    for heading, number in zip(headings, numbers, strict=True):
        lines = paragraph(paper, heading, room=ROOM - 14.0)
        paper.lines(lines)
        text, y = str(number), paper.y - PLAIN.height
        paper.put(LEFT + ROOM - width(text, PLAIN), y, text, PLAIN)
    paper.y += 2.0


def _pictures(paper: Paper, block: Block) -> None:
    for at in range(0, len(block.pictures), _ACROSS):
        _strip(paper, block.pictures[at : at + _ACROSS])


def _strip(paper: Paper, pictures: Sequence[Picture]) -> None:
    """Pictures side by side, each with its lines below, never cut."""
    each = (ROOM - (_ACROSS - 1) * _GAP) / _ACROSS
    said = [_caption(paper, picture, each) for picture in pictures]
    paper.need(_TALL + 1.0 + max(sum(line.style.height for line in lines) for lines in said))
    top, lowest = paper.y, paper.y
    for number, (picture, lines) in enumerate(zip(pictures, said, strict=True)):
        x, y = LEFT + number * (each + _GAP), top + _TALL + 1.0
        paper.area(x, top, each, _TALL, (21, 24, 29))
        if picture.data:
            paper.picture(picture.data, x, top, each, _TALL)
        for line in lines:
            paper.put(x, y, line.text, line.style)
            y += line.style.height
        lowest = max(lowest, y)
    paper.y = lowest + 4.0


def _caption(paper: Paper, picture: Picture, room: float) -> list[Line]:
    first, *rest = picture.lines or (picture.text,)
    if not picture.data:
        rest.append(picture.text)
    found = _short(paragraph(paper, first, Style(7.8, bold=True), room=room))
    for text in rest:
        found += _short(paragraph(paper, text, Style(7.2), room=room))
    return found


def _short(lines: list[Line]) -> list[Line]:
    """The first lines of a text that would push its picture off the sheet; the report has it whole."""
    if len(lines) <= _CAPTION:
        return lines
    return [*lines[: _CAPTION - 1], replace(lines[0], text="\N{HORIZONTAL ELLIPSIS}")]


_DRAW: Mapping[str, Callable[[Paper, Block], None]] = {
    "text": _text, "note": _note, "list": _list, "facts": _facts, "table": _table,
    "blank": _blank, "sign": _sign, "code": _code, "pictures": _pictures, "break": _break,
}  # fmt: skip


# --- tables ------------------------------------------------------------------------------------------------


def _columns(block: Block) -> list[float]:
    """Widths of columns: each gets what its longest word needs, then what its longest cell would like."""
    rows = block.rows[:_SAMPLE]
    least, most = [], []
    for name, *cells in zip(block.head, *rows, strict=True):
        words = [(word[:_LONGEST], _CELL) for cell in cells for word in cell.split()]
        words += [(word, _HEAD) for word in name.split()]
        least.append(max((width(*word) for word in words), default=0.0) + _GAP)
        most.append(max(width(name, _HEAD), *(width(cell, _CELL) for cell in cells)) + _GAP)
    spare = ROOM - sum(least)
    if spare <= 0:
        return [ROOM * one / sum(least) for one in least]
    wish = [max(b - a, 0.0) for a, b in zip(least, most, strict=True)]
    if sum(wish) <= spare:
        return [a + b + (spare - sum(wish)) / len(least) for a, b in zip(least, wish, strict=True)]
    return _shared(least, wish, spare)


def _shared(least: Sequence[float], wish: Sequence[float], spare: float) -> list[float]:
    """Share what is left: small wishes first, so that the long texts wrap and the short ones do not."""
    widths = list(least)
    order = sorted(range(len(wish)), key=lambda n: wish[n])
    for done, n in enumerate(order):
        part = min(wish[n], spare / (len(order) - done))
        widths[n] += part
        spare -= part
    return widths


def _rows(
    paper: Paper,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    styles: Sequence[Style] | None,
) -> None:
    """Draw rows with lines between them; one that fits on a sheet stays whole, ``head`` stands on each."""
    used = styles or [_CELL] * len(widths)
    numbers = [bool(head) and _is_number(rows[0][n]) for n in range(len(widths))]
    first = _cells(paper, rows[0], widths, used)
    title = _cells(paper, head, widths, [_HEAD] * len(widths)) if head else []
    paper.need(_height(title, _HEAD.height) + min(_height(first, used[0].height), FULL / 2))
    _head(paper, title, widths, numbers)
    for row in rows:
        cells = _cells(paper, row, widths, used)
        while any(cells):
            room = paper.left - 2.0
            fits = int(room / used[0].height)
            whole = max(len(lines) for lines in cells)
            if fits < whole and (fits < 3 or whole * used[0].height < FULL - 20.0):
                paper.sheet()
                _head(paper, title, widths, numbers)
                fits = int((paper.left - 2.0) / used[0].height)
            _row(paper, [lines[:fits] for lines in cells], widths, used, numbers)
            cells = [lines[fits:] for lines in cells]
    paper.y += 3.0


def _cells(
    paper: Paper, row: Sequence[str], widths: Sequence[float], styles: Sequence[Style]
) -> list[list[str]]:
    return [
        wrap(paper.shown(text), style, room - _GAP)
        for text, room, style in zip(row, widths, styles, strict=True)
    ]


def _height(cells: Sequence[Sequence[str]], line: float) -> float:
    return max((len(lines) for lines in cells), default=0) * line + 2.0


def _head(
    paper: Paper, title: Sequence[Sequence[str]], widths: Sequence[float], numbers: Sequence[bool]
) -> None:
    if not title:
        paper.rule(LEFT, paper.y, ROOM)
        return
    _row(paper, title, widths, [_HEAD] * len(widths), numbers)
    paper.rule(LEFT, paper.y, ROOM, ACCENT, 0.5)


def _row(
    paper: Paper,
    cells: Sequence[Sequence[str]],
    widths: Sequence[float],
    styles: Sequence[Style],
    numbers: Sequence[bool],
) -> None:
    x, height = LEFT, _height(cells, styles[0].height)
    for lines, room, style, number in zip(cells, widths, styles, numbers, strict=True):
        for at, line in enumerate(lines):
            shift = room - _GAP - width(line, style) if number else 0.0
            paper.put(x + shift, paper.y + 1.0 + at * style.height, line, style)
        x += room
    paper.y += height
    paper.rule(LEFT, paper.y, ROOM, LINE)


def _is_number(text: str) -> bool:
    """As on the page: digits with a decimal mark stand to the right."""
    return text.replace(".", "").replace(",", "").isdigit()
