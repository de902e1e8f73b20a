"""Writes the lists in docs/query.md from the fields and words themselves: ``make docs``."""

from collections.abc import Iterator

from synopticon.search.fields import BASES, FIELDS, SPELLINGS, Field, Kind, data
from synopticon.search.lexicon import LANGUAGES
from tests.architecture.source import ROOT

PAGE = ROOT / "docs" / "query.md"
BEGIN, END = "<!-- Written by `make docs`; a test keeps it so. -->\n", "<!-- End of what is written. -->\n"
SHOWN = ("class", "rider", "colour", "garment", "carry", "going", "verb", "is", "sort", "part", "daypart")
LANGUAGE = {"en": "English", "fr": "French"}


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def takes(field: Field) -> str:
    """What a field takes, in words."""
    if field.kind is Kind.WORD:
        return "one of the words below"
    if field.kind is Kind.QUANTITY:
        return "more or less than a number with " + ", ".join(f"`{u}`" for u in field.units)
    return {
        Kind.NAME: "a name",
        Kind.TIME: "a time of day",
        Kind.DAYS: "a day or `DAY..DAY`",
        Kind.PATH: "`X,Y>X,Y...`, in 0..1",
        Kind.NEAR: "`DISTANCE of CLASS`, in " + ", ".join(f"`{u}`" for u in field.units),
        Kind.PLATE: "a plate, a pattern, or `@LIST`",
        Kind.COUNT: "a whole number",
    }[field.kind]


def fields() -> Iterator[str]:
    yield "\n| field | takes | means | examples |\n|---|---|---|---|\n"
    for field in FIELDS.values():
        name = "(none)" if field.name == "class" else f"`{field.name}:`"
        also = "".join(f", `{other}:`" for other in field.also)
        examples = ", ".join(f"`{e}`" for e in field.examples)
        yield (
            cell(f"{name}{also}").replace("\\|", "|")
            + f" | {takes(field)} | {field.help} | {cell(examples)} |\n"
        )


def words() -> Iterator[str]:
    yield "\n| field | word | also |\n|---|---|---|\n"
    for field in FIELDS.values():
        if field.kind is Kind.WORD and field.name not in ("upper", "lower", "body"):
            for word in field.words:
                others = ", ".join(f"`{o}`" for o, meant in field.synonyms.items() if meant == word)
                yield f"| {field.name} | `{word}` | {others} |\n"


def units() -> Iterator[str]:
    yield "\n| unit | typed as |\n|---|---|\n"
    for unit in BASES:
        typed = [t for t, (kept, factor) in SPELLINGS.items() if kept == unit and factor == 1]
        scaled = [f"`{t}` = {f:g} {kept}" for t, (kept, f) in SPELLINGS.items() if kept == unit and f != 1]
        yield f"| `{unit}` | {', '.join([f'`{t}`' for t in typed] + scaled)} |\n"


def plain(language: str) -> Iterator[str]:
    yield f"\n### {LANGUAGE[language]}\n\n| about | means | words |\n|---|---|---|\n"
    for kind in SHOWN:
        for value, phrases in data(language)[kind].items():
            yield f"| {kind} | {value} | {', '.join(phrases)} |\n"


def parts() -> dict[str, str]:
    """Heading of a generated part -> its text."""
    return {
        "## Fields": "".join(fields()),
        "## Words": "".join(words()),
        "## Units": "".join(units()),
        "## Plain words": "".join("".join(plain(language)) for language in LANGUAGES),
    }


def page() -> str:
    """The page with its lists as they should be."""
    text = PAGE.read_text("utf-8")
    for heading, part in parts().items():
        before, rest = text.split(f"{heading}\n", 1)
        head, tail = rest.split(BEGIN, 1)
        text = f"{before}{heading}\n{head}{BEGIN}{part}\n{END}{tail.split(END, 1)[1]}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
