"""Properties of the query language: what is written can be read, and hostile text costs nothing."""

import re
import time as clock
from datetime import date, datetime, time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from synopticon.errors import QueryError, RefusedError, SynopticonError
from synopticon.search.fields import CLASS_WORDS, FIELDS, Kind, in_base, side_of
from synopticon.search.lexicon import LANGUAGES, entries
from synopticon.search.plain import understand
from synopticon.search.query import LONGEST, parse, text_of
from synopticon.search.sensitive import refuse_in
from synopticon.values.query import Bound, Days, Near, Path, Query, Term
from synopticon.values.traits import PATH_POINTS

FILTERS = [f for f in FIELDS.values() if f.name not in ("sort", "limit")]
NUMBERS = st.floats(0, 1e9)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(str.isprintable)
POINTS = st.tuples(st.floats(0, 1), st.floats(0, 1))


@st.composite
def bounds(draw, field):
    unit = draw(st.sampled_from(field.units))
    numbers = st.floats(0, field.most) if field.most < 1e9 else NUMBERS
    low, high = sorted((draw(numbers), draw(numbers)))
    return draw(
        st.sampled_from([Bound(low=low, unit=unit), Bound(high=high, unit=unit), Bound(low, high, unit)])
    )


@st.composite
def day_ranges(draw):
    first, last = sorted((draw(st.dates(date(1000, 1, 1))), draw(st.dates(date(1000, 1, 1)))))
    return Days(first, last)


@st.composite
def names(draw, field):
    name = draw(NAMES.filter(lambda name: may_be_named(name, field)))
    if field.name != "cross":
        return name
    return (name.replace(":", "") or "x") + draw(st.sampled_from(["", ":in", ":out"]))


def may_be_named(name, field):
    try:
        refuse_in(name.replace(":", "") if field.name == "cross" else name, place=field.named != "tag")
    except RefusedError:
        return False
    return True


def values(field):
    match field.kind:
        case Kind.WORD:
            return st.lists(st.sampled_from(field.words), min_size=1, max_size=4, unique=True)
        case Kind.NAME:
            return st.lists(names(field), min_size=1, max_size=4, unique=True)
        case Kind.DAYS:
            return st.lists(day_ranges(), min_size=1, max_size=3, unique=True)
        case Kind.QUANTITY:
            return st.lists(bounds(field), min_size=1, max_size=1)
        case Kind.TIME:
            return st.lists(st.times(), min_size=1, max_size=1)
        case Kind.PATH:
            return st.lists(
                st.lists(POINTS, min_size=2, max_size=PATH_POINTS).map(lambda p: Path(tuple(p))),
                min_size=1,
                max_size=1,
            )
        case Kind.NEAR:
            near = st.builds(
                lambda far, unit, label: Near(Bound(high=far, unit=unit), label),
                NUMBERS,
                st.sampled_from(field.units),
                st.sampled_from(CLASS_WORDS),
            )
            return st.lists(near, min_size=1, max_size=1)
        case Kind.PLATE:
            sure, signs = "ABCO0189", st.text("ABCO0189*?", max_size=4)
            plate = st.builds(
                lambda a, b: re.sub(r"\*+", "*", a + b), st.text(sure, min_size=2, max_size=6), signs
            )
            near = st.text(sure, min_size=4, max_size=12).map(lambda text: f"~{text}")
            return st.lists(plate | near | st.just("@stolen-cars"), min_size=1, max_size=3, unique=True)
    raise AssertionError(field)


@st.composite
def queries(draw):
    terms, seen = [], set()
    for field in draw(st.lists(st.sampled_from(FILTERS), max_size=8)):
        negated = field.negates and draw(st.booleans())
        if field.once and not negated:
            if field.name in seen:
                continue
            seen.add(field.name)
        terms.append(Term(field.name, tuple(draw(values(field))), negated))
    sort = draw(st.sampled_from(["", *FIELDS["sort"].words[1:]]))
    return Query(tuple(terms), sort, draw(st.none() | st.integers(1, 1_000_000)))


@settings(max_examples=1000, deadline=None)
@given(queries())
@example(Query((Term("camera", ('a "b\\" c,d|e>f',)),)))
@example(Query((Term("camera", ("-x", "not y")),)))
@example(Query((Term("in", ("FACADE", "a:b")),)))
@example(Query((Term("speed", (Bound(5e-324, 1e300, "mph"),)),)))
def test_what_is_written_can_be_read(query):
    text = text_of(query)
    assert len(text) > LONGEST or parse(text) == query


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=80) | st.text(st.sampled_from('person:uprd|,-"\\ >.<0159hs%/of\0\n'), max_size=40))
def test_any_text_is_read_or_pointed_at(text):
    read = outcome(text)
    if isinstance(read, QueryError):
        assert 1 <= read.column <= len(text) + 1
        assert len(str(read).splitlines()) == 3
    elif isinstance(read, RefusedError):
        assert read.rule
    else:
        assert parse(text_of(read)) == read


def outcome(text):
    try:
        return parse(text)
    except SynopticonError as error:
        return error


HOSTILE = [
    "a" * 10_000_000,
    "(" * 10_000_000,
    '"' * 10_000_000,
    "person " * 2_000_000,
    "upper:red" + "|red" * 2_500_000,
    "path:" + "0,0>" * 2_500_000,
    "not " * 2_500_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:8])
def test_ten_megabytes_cost_nothing(text):
    begin = clock.process_time()
    with pytest.raises(QueryError) as wrong:
        parse(text)
    assert clock.process_time() - begin < 0.05
    assert wrong.value.kind == "long"
    assert len(str(wrong.value)) < 400


@pytest.mark.parametrize(
    "text",
    [hostile[:LONGEST] for hostile in HOSTILE] + ["speed:>" + "9" * 3990, 'in:"' + "\\" * 3990],
    ids=range(9),
)
def test_the_longest_text_is_read_at_once(text):
    begin = clock.process_time()
    read = outcome(text)
    assert clock.process_time() - begin < 0.5
    assert isinstance(read, Query) or len(str(read)) < 1000


SQL = [
    "'; DROP TABLE track; --",
    "' OR 1=1 --",
    '" UNION SELECT * FROM user --',
    "%' OR ''='",
    "$(rm -rf)",
    "{0}",
]


@pytest.mark.parametrize("name", SQL)
@pytest.mark.parametrize("field", FIELDS)
def test_sql_is_a_name_or_an_error(field, name):
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    text = f"{field}:{quoted}"
    if FIELDS[field].kind is Kind.NAME:
        assert parse(text).terms == (Term(field, (name,)),)
    else:
        with pytest.raises(QueryError):
            parse(text)


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\u202e", "\ud800", "\u200b"])
@pytest.mark.parametrize("text", ["per{}son", "camera:a{}b", 'camera:"a{}b"', "person {}", "{}"])
def test_what_cannot_be_seen_is_pointed_at(text, character):
    typed = text.format(character)
    with pytest.raises(QueryError) as wrong:
        parse(typed)
    assert wrong.value.column == typed.index(character) + 1
    assert character not in str(wrong.value)


def test_names_are_not_checked_where_none_are_given():
    assert parse("camera:nowhere tag:x", {"zone": ["bay"]}).of("camera")[0].values == ("nowhere",)
    with pytest.raises(QueryError):
        parse("in:nowhere", {"zone": []})


def test_a_name_is_known_in_any_case():
    assert parse("camera:GATE", {"camera": ["Gate"]}).of("camera")[0].values == ("Gate",)
    with pytest.raises(QueryError):
        parse("camera:GATE", {"camera": ["Gate", "gate"]})


def test_the_caret_stands_under_the_character():
    with pytest.raises(QueryError) as wrong:
        parse("person upper:rde")
    message, line, caret = str(wrong.value).splitlines()
    assert message.startswith("character 14: no upper 'rde': known are black, white, grey, red, orange,")
    assert message.endswith("; did you mean red?")
    assert line[caret.index("^")] == "r"
    assert line[caret.index("^") - 6 :] == "upper:rde"


def test_the_caret_stands_right_in_a_long_line():
    with pytest.raises(QueryError) as wrong:
        parse("upper:red " * 30 + "upper:rde" + " upper:red" * 30)
    _, line, caret = str(wrong.value).splitlines()
    assert line[caret.index("^") :].startswith("rde")
    assert len(line) < 120


def test_units_are_brought_to_one():
    def bound(text):
        return in_base(parse(text).terms[0].values[0])

    low, high, unit = bound("speed:>36km/h")
    assert (round(low, 9), high, unit) == (10, float("inf"), "m/s")
    assert bound("dwell:1m30s..2min") == (90, 120, "s")
    assert parse("from:18:00").terms[0].values == (time(18),)


def test_sides_of_lines():
    assert side_of("line 1:out") == ("line 1", "out")
    assert parse('cross:"line 1":OUT').terms[0].values == ("line 1:out",)


def phrases():
    """Phrases of both lists, numbers, days and names, in any order."""
    words = {" ".join(words) for lang in LANGUAGES for words, _, _ in entries(lang)}
    numbers = [
        "0",
        "1",
        "18h",
        "18h75",
        "24:00",
        "99:99",
        "31/02",
        "30/13/2026",
        "2026-02-30",
        "1,5",
        "999999999",
    ]
    return st.sampled_from(
        [*sorted(words), *numbers, "gate", "line1", "bay", "line 1", "zzz", "Renault", ",", "%"]
    )


@settings(max_examples=1500, deadline=None)
@given(st.lists(phrases(), max_size=9).map(" ".join), st.sampled_from([None, *LANGUAGES]), st.datetimes())
def test_any_sentence_becomes_a_query_or_a_clear_error(text, language, now):
    names = {"camera": ["gate"], "zone": ["bay"], "line": ["line1"]}
    try:
        found = understand(text, max(now, datetime(1900, 1, 1)), language, names)
    except SynopticonError:
        return
    assert parse(found.text, names) == found.query
    assert all(word in text for ignored in found.ignored for word in ignored.split())
