import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synopticon.footage.clock_text import DATES, TIMES, told

MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2069, 1, 1))
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def written(moment: datetime, format_: str) -> str:
    """A moment as a clock of this format shows it."""
    parts = {
        "YYYY": f"{moment.year}", "YY": f"{moment.year % 100:02}", "MM": f"{moment.month:02}",
        "DD": f"{moment.day:02}", "MON": MONTHS[moment.month - 1], "mm": f"{moment.minute:02}",
        "hh": f"{(moment.hour - 1) % 12 + 1 if 'AP' in format_ else moment.hour:02}",
        "ss": f"{moment.second:02}", "AP": "AP"[moment.hour >= 12] + "M",
    }  # fmt: skip
    return re.sub("YYYY|YY|MON|AP|MM|DD|hh|mm|ss", lambda token: parts[token[0]], format_)


def posix(moment: datetime) -> float:
    return (moment - datetime(1970, 1, 1)).total_seconds()


FORMATS = [(d, t) for d in DATES for t in TIMES if not ("." in d and "." in t)]


@settings(max_examples=3 * len(FORMATS))
@given(format_=st.sampled_from(FORMATS), moment=MOMENTS)
def test_each_format_is_read_as_it_was_written(format_, moment):
    date, time = format_
    moment = moment.replace(microsecond=0, second=moment.second if "ss" in time else 0)
    shown = written(moment, date), written(moment, time)
    for text in (f"Gate 4 {shown[0]} {shown[1]}", f"{shown[1]} {shown[0]}"):
        means = {t.format: t.shown for t in told(text)}
        assert means[f"{date} {time}"] == posix(moment)


@pytest.mark.parametrize(
    ("text", "format_", "moment"),
    [
        ("2024-05-01T08:30:07Z", "YYYY-MM-DD hh:mm:ss", datetime(2024, 5, 1, 8, 30, 7)),
        ("2024-05-0108:30:07", "YYYY-MM-DD hh:mm:ss", datetime(2024, 5, 1, 8, 30, 7)),  # the space was lost
        ("05/01/202408:30:07PM", "MM/DD/YYYY hh:mm:ss AP", datetime(2024, 5, 1, 20, 30, 7)),
        ("01.05.202408:30:07", "DD.MM.YYYY hh:mm:ss", datetime(2024, 5, 1, 8, 30, 7)),
        ("23:06.2017 08:30:07", "DD.MM.YYYY hh:mm:ss", datetime(2017, 6, 23, 8, 30, 7)),
        ("May1202408:30:07", "MON DD YYYY hh:mm:ss", datetime(2024, 5, 1, 8, 30, 7)),
        ("Oct11201608:30:07", "MON DD YYYY hh:mm:ss", datetime(2016, 10, 11, 8, 30, 7)),
        ("11Oct201608:30:07", "DD MON YYYY hh:mm:ss", datetime(2016, 10, 11, 8, 30, 7)),
        ("2O24-O5-01 08:3B:07", "YYYY-MM-DD hh:mm:ss", datetime(2024, 5, 1, 8, 38, 7)),  # letters for digits
        ("05-01-2024 Wed 08:30:07 PM", "MM-DD-YYYY hh:mm:ss AP", datetime(2024, 5, 1, 20, 30, 7)),
        ("A04 km. 151,6 c 16:05:41 14/01/19", "DD/MM/YY hh:mm:ss", datetime(2019, 1, 14, 16, 5, 41)),
        ("2024年05月01日 星期三 08:30:07", "YYYY年MM月DD hh:mm:ss", datetime(2024, 5, 1, 8, 30, 7)),
    ],
)
def test_clocks_as_they_are_read(text, format_, moment):
    assert {t.format: t.shown for t in told(text)}[format_] == posix(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CAMERA 01",
        "A12 Km. 32,2 Itinere ovest",
        "25:61:99",
        "K12304:57:22",
        "SOIL BOIS",
        "00124",
        "12/2024",
        "Tel 01 23 45 67",
    ],
)
def test_other_texts_are_no_clock(text):
    assert told(text) == ()


def test_a_weekday_settles_which_is_the_month():
    dated = [t.format for t in told("Fri 03-05-2024 10:00:00") if t.dated]  # 3 May was a Friday
    assert dated == ["DD-MM-YYYY hh:mm:ss"]


def test_a_date_that_was_never_is_none():
    assert not [t for t in told("31/02/2024 10:00:00") if t.dated]


@given(st.text(alphabet="0123456789:/-. OISBAPM", max_size=40))
def test_whatever_is_read_means_a_real_time(text):
    for one in told(text):
        assert one.every in (1.0, 60.0)
        assert one.dated or 0 <= one.shown < timedelta(days=1).total_seconds()
