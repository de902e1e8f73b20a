"""Grammars of plates as data, and what they put right."""

import pytest

from synopticon.values.plate import UNREAD
from synopticon.vision.plate_grammar import countries, fitting, grammars, lettering, parted, settled, words

WRITTEN = {
    "FR": ("AB123CD", "1234AB75", "12XYZ2A"),
    "DE": ("BAB1234", "MXY1", "HHA123E"),
    "ES": ("1234BCD", "M1234AB"),
    "IT": ("AB123CD",),
    "BE": ("1ABC234", "ABC123", "123ABC"),
    "NL": ("12BDFG", "BD1234", "1BDF23", "BDF12G"),
    "PL": ("WA56660", "KRA12AC", "GD1234A"),
    "RO": ("B68SPK", "B123ABC", "SB12ABC", "SB014882"),
    "GB": ("AB12CDE", "A123BCD"),
    "CH": ("ZH123456", "GE12345"),
    "SK": ("RK115AN",),
    "CZ": ("1B70440", "4B21875"),
}


def test_all_countries_that_are_promised_are_there():
    assert set(WRITTEN) <= set(countries())


@pytest.mark.parametrize(("country", "text"), [(c, t) for c, texts in WRITTEN.items() for t in texts])
def test_plates_are_written_so(country, text):
    assert country in fitting(text)
    assert settled(text).text == text


@pytest.mark.parametrize("text", ["", "ABCDEFG", "1234567", "0612345678", "TAXI", "A"])
def test_what_no_country_writes(text):
    assert fitting(text) == ()


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("DE", "LIGNE12"),
        ("DE", "TAB123"),
        ("DE", "XX1234"),
        ("GB", "LT35TDK"),
        ("GB", "LT01ABC"),
        ("HU", "BABC123"),
    ],
)
def test_districts_and_ages_that_there_are_not(country, text):
    assert country not in fitting(text)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("HHA1234", (1, 2)),
        ("DACH48", (2,)),
        ("BUS135", (0,)),
        ("AB123CD", (0,)),
        ("KROLL44", (3,)),
        ("AABC123", (2,)),
        ("XERTZ77", ()),
        ("?", ()),
    ],
)
def test_where_a_district_ends(text, where):
    assert parted(text) == where


@pytest.mark.parametrize("text", ["BUS135", "DHL5542", "C220CDI", "C220CD1", "8US135", "VAN3500", "EURO6"])
def test_words_that_stand_on_vehicles(text):
    assert lettering(text)


@pytest.mark.parametrize("text", ["AB123CD", "BXUS135", "RK005AB", "4B21875", "WA56660", "", "S05"])
def test_a_part_of_a_group_of_letters_is_no_word(text):
    assert not lettering(text)


def test_words_are_read_as_plates_are():
    assert all(word.isascii() and word.isupper() and word.isalpha() for word in words())


def test_letters_that_a_series_leaves_out_decide():
    assert "FR" not in fitting("AO123CD")
    assert "IT" not in fitting("AQ123CD")


def test_a_confused_sign_is_put_right_where_one_text_alone_fits():
    assert settled("RK34OAN", among=("SK",)).text == "RK340AN"
    right = settled("RK115A0", among=("SK",))
    assert (right.text, right.country, right.corrected) == ("RK115AO", "SK", True)


def test_nothing_is_put_right_where_several_texts_fit():
    assert {t for t in ("I0BCD", "10BCD", "I08CD") if fitting(t, ("AT", "DE"))} == set()
    assert settled("AB1OOB8", among=("AT",)).text == "AB1OOB8", "AB10 or AB100, then letters"


def test_what_was_surely_read_stays():
    sure, unsure = [0.99] * 7, [0.99] * 6 + [0.6]
    assert settled("RK115A0", sure, ("SK",)).text == "RK115A0"
    assert settled("RK115A0", unsure, ("SK",)).text == "RK115AO"


def test_unread_signs_stay_unread():
    assert "FR" in fitting(f"AB{UNREAD}23CD")
    assert settled(f"AB{UNREAD}23CD").text == f"AB{UNREAD}23CD"


def test_each_series_has_a_name_and_a_country_of_two_letters():
    assert all(s.name and len(s.country) == 2 and s.country.isupper() for s in grammars())
