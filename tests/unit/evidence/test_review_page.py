"""The page as it is written: small, whole, and with nothing in it that could do harm."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from synopticon.evidence import review_page as module
from synopticon.evidence.review import Review
from synopticon.evidence.review_page import Told, write_page
from synopticon.evidence.risk import Reason, Risk
from synopticon.evidence.shots import Chosen, Shot, Taken
from tests.unit.vision.test_masks import walker

WHOLE = (0, 0, 400, 300)
BARE = Risk(Reason.BARE, 1.0, 1.2, 1.1)
HELD = Risk(Reason.HELD, 2.0, 3.0, 2.5, "a")
TAKEN = [
    Taken(Shot(1.0, "", WHOLE, Reason.BARE), 1.0, b"one"),
    Taken(Shot(2.0, "a", (1, 2, 3, 4)), 2.04, b"two"),
    Taken(Shot(2.5, "", WHOLE, Reason.HELD), 2.5, b"three"),
    Taken(Shot(2.5, "a", (1, 2, 3, 4), Reason.HELD), 2.5, b"four"),
]


@pytest.fixture
def told():
    return Told(
        Review(("f" * 64,), "heads", "", "d" * 64, 0.0, 5.0), [walker()], [BARE, HELD],
        Chosen(tuple(t.shot for t in TAKEN), 0, 0), lambda _: np.array([[5, 6, 7, 8.6]], np.float32),
        "</script><b>.mp4", "x.review.json", "synopticon redact", (400, 300), 5.0004, True,
    )  # fmt: skip


def data(path):
    text = path.read_text("utf-8")
    assert text.count("</script>") == 2 + text.count('class="x"') + len(re.findall(r'id="p\d+"', text))
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1]), text


def test_pictures_are_named_where_they_belong(told, tmp_path):
    assert write_page(tmp_path / "p.html", told, iter(TAKEN)) == 0
    found, text = data(tmp_path / "p.html")
    (place,) = found["places"]
    (shot,) = place["shots"]
    assert shot == {
        "n": 0, "time": 1.0, "box": [0, 0, 400, 300], "why": "bare", "since": 1.0, "until": 1.2,
        "seen": [[5, 6, 7, 9]],
    }  # fmt: skip
    (mask,) = found["masks"]
    assert mask["risks"] == [["held", 2.0, 3.0]]
    assert [s["n"] for s in mask["shots"]] == [1, 3]
    assert mask["shots"][1]["whole"] == {"n": 2, "box": [0, 0, 400, 300]}
    assert found["duration"] == 5.0
    assert found["name"] == "</script><b>.mp4"
    assert "</script><b>" not in text
    assert '<script type="text/plain" id="p1">dHdv</script>' in text


def test_a_clear_picture_says_what_will_be_filled(told, tmp_path):
    clear = [replace(one, zones=((1, 2, 3, 4),)) for one in TAKEN]
    write_page(tmp_path / "p.html", replace(told, clear="doubted"), clear)
    found, _ = data(tmp_path / "p.html")
    shots = found["masks"][0]["shots"]
    assert [s["zones"] for s in (*shots, shots[1]["whole"])] == [[[1, 2, 3, 4]]] * 3
    assert (found["unmasked"], found["why"]) == (True, "doubted")


def test_nothing_of_it_can_reach_out(told, tmp_path):
    write_page(tmp_path / "p.html", told, TAKEN)
    _, text = data(tmp_path / "p.html")
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', text)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "img-src data:;" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?://| style=| onclick=", text)


def test_the_page_ends_somewhere(told, tmp_path, monkeypatch):
    """What is too much is left out and counted; the page says so."""
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    assert write_page(tmp_path / "p.html", told, TAKEN) == 2
    found, _ = data(tmp_path / "p.html")
    assert found["left"]["pictures"] == 2
    assert [s["n"] for s in found["masks"][0]["shots"]] == [1]
    monkeypatch.setattr(module, "MOST_BYTES", 0)
    write_page(tmp_path / "q.html", replace(told, chosen=Chosen((), 1, 0)), TAKEN)
    found, _ = data(tmp_path / "q.html")
    assert (found["masks"], found["places"]) == ([], [])
    assert found["left"] == {"places": 1, "tracks": 1, "moments": 0, "pictures": 4}


def test_both_languages_say_the_same_things():
    script = module.part("review.js")
    english, french = script.split("\n  en: {")[1].split("\n  fr: {")

    def words(text):
        found = re.findall(r'(?:^|[,{\s])(\w+): (".*?"(?:\s*\+ ".*?")*)', text)
        return {name: sorted(re.findall(r"\{\d\}", said)) for name, said in found}

    assert words(english) == words(french.split("\n  },\n};")[0])
    assert len(words(english)) > 60
    used = set(re.findall(r'data-t="(\w+)"', module.part("review.markup"))) | {r.value for r in Reason}
    assert used <= set(words(english))
