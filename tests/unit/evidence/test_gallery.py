"""The gallery: one picture a track, in order, in groups that people named; names stay texts."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest

from synopticon.evidence.gallery import gallery_html, gallery_page
from synopticon.governance.documents.texts import LANGUAGES, texts
from tests.documents import AT
from tests.reports import JPEG, gallery, seen, shot
from tests.unit.evidence.test_report import HOSTILE, Shape


def tracks(page):
    return [[p.lines[-1] for p in block.pictures] for block in page.blocks if block.kind == "pictures"]


def shown(**changes):
    return tracks(gallery_page(gallery(**changes), texts("en")))


def id_(n):
    return f"0123456789ab-{n * 1200}-0"


def test_groups_are_the_tags_of_people_and_the_rest_comes_last():
    page = gallery_page(gallery(), texts("en"))
    assert page.headings == ("red top (2)", "suspect A (1)", "Without a tag (2)")
    assert tracks(page) == [[id_(1), id_(2)], [id_(1)], [id_(3), id_(4)]]


@pytest.mark.parametrize(
    ("order", "expected"),
    [("time", [3, 1, 2, 4]), ("camera", [1, 4, 3, 2]), ("quality", [4, 3, 2, 1])],
)
def test_shots_stand_in_the_order_asked_for(order, expected):
    places = {1: ("a", 1), 2: ("b", 2), 3: ("b", 0), 4: ("a", None)}
    shots = []
    for n, (camera, hour) in places.items():
        start = None if hour is None else AT + timedelta(hours=hour)
        shots.append(shot(n, seen=replace(seen(n), camera=camera, start=start)))
    assert shown(shots=tuple(shots), order=order) == [[id_(n) for n in expected]]
    assert shown(shots=tuple(reversed(shots)), order=order) == [[id_(n) for n in expected]]


def test_pictures_are_inside_the_page_and_nothing_is_fetched():
    page = gallery_html(gallery())
    sources = re.findall(r'src="([^"]*)"', page)
    assert sources == [f"data:image/jpeg;base64,{b64encode(JPEG).decode()}"] * 4
    assert "img-src data:;" in page
    assert not re.search(r"url\(|@import|<script|<link|https?:", page)


def test_a_track_without_a_picture_is_not_left_out():
    page = gallery_html(gallery(shots=(shot(picture=b""),)))
    assert "no stored picture" in page
    assert "<img" not in page
    assert "img-src" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_revealed_pictures_are_called_so(language):
    t = texts(language)
    assert t("gallery.clear") in gallery_html(gallery(masked=False), language)
    assert t("gallery.clear") not in gallery_html(gallery(), language)
    assert gallery_html(gallery(), language) == gallery_html(gallery(), language)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_text(name):
    def made(text):
        one = shot(tags=(text,), note=text, seen=replace(seen(), camera=text, kind=text))
        return Shape(gallery_html(gallery(shots=(one,), case=text))).tags

    def bare(tags):
        """Without the words of the picture, which name what it shows."""
        return [(t[0], tuple(a for a in t[1] if a[0] != "alt")) if isinstance(t, tuple) else t for t in tags]

    assert bare(made(name)) == bare(made("a name"))


def test_no_shot_at_all_is_said():
    assert "No object has a stored picture." in gallery_html(gallery(shots=()))
