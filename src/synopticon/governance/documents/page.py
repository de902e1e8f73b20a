"""A page as blocks of text; ``render`` makes HTML or Markdown of it. No text is markup: all is escaped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

Tone = Literal["plain", "warn", "fine", "law"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with what is said under it. ``data``: JPEG, b"" = there is none; ``text`` stands for it."""

    data: bytes
    text: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One block; which of the other fields count depends on ``kind``.

    ``heading`` (``text``), ``text``, ``note`` (a box: ``tone``, ``title``, ``lines``), ``list`` (``lines``),
    ``table`` (``head``, ``rows``), ``facts`` (``rows`` of name and value), ``blank`` (filled in by hand:
    ``title``, ``lines`` of questions), ``sign`` (a notice: ``title``, ``rows``, ``text`` below), ``code``
    (``text`` as it is), ``pictures`` (side by side), ``contents`` (``title``; of all headings that follow),
    ``break`` (a new sheet).
    """

    kind: Literal[
        "heading", "text", "note", "list", "table", "facts", "blank", "sign", "code", "pictures", "contents",
        "break",
    ]  # fmt: skip
    text: str = ""
    title: str = ""
    tone: Tone = "plain"
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(slots=True)
class Page:
    """A document under way: its blocks in order. ``tag``: what stands beside the title, such as *draft*."""

    kind: str
    language: str
    title: str
    subtitle: str = ""
    tag: str = ""
    blocks: list[Block] = field(default_factory=list)

    def heading(self, text: str) -> Self:
        """A heading."""
        return self.add(Block("heading", text))

    def text(self, *texts: str) -> Self:
        """Paragraphs; empty ones are left out."""
        for text in texts:
            if text:
                self.add(Block("text", text))
        return self

    def note(self, tone: Tone, title: str, *lines: str) -> Self:
        """A box."""
        return self.add(Block("note", title=title, tone=tone, lines=tuple(line for line in lines if line)))

    def items(self, lines: Iterable[str]) -> Self:
        """A list."""
        return self.add(Block("list", lines=tuple(lines)))

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> Self:
        """A table, or the sentence ``empty`` where there is no row."""
        found = tuple(tuple(row) for row in rows)
        if not found:
            return self.text(empty)
        return self.add(Block("table", head=tuple(head), rows=found))

    def facts(self, rows: Iterable[tuple[str, str]]) -> Self:
        """Names and values."""
        return self.add(Block("facts", rows=tuple(rows)))

    def blank(self, title: str, *questions: str) -> Self:
        """A field that a human fills in."""
        return self.add(Block("blank", title=title, lines=questions))

    def sign(self, title: str, rows: Iterable[tuple[str, str]], below: str) -> Self:
        """A sign to be put up."""
        return self.add(Block("sign", below, title, rows=tuple(rows)))

    def code(self, text: str) -> Self:
        """A text to be kept as it is."""
        return self.add(Block("code", text))

    def show(self, pictures: Iterable[Picture]) -> Self:
        """Pictures side by side."""
        return self.add(Block("pictures", pictures=tuple(pictures)))

    def contents(self, title: str) -> Self:
        """A list of the headings."""
        return self.add(Block("contents", title=title))

    def sheet(self) -> Self:
        """A new sheet of paper."""
        return self.add(Block("break"))

    def add(self, block: Block) -> Self:
        """Add a block."""
        self.blocks.append(block)
        return self

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings, in order."""
        return tuple(block.text for block in self.blocks if block.kind == "heading")
