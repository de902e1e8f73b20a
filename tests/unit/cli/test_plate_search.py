"""Plates as people type them, with the published schemas."""

import json
from datetime import timedelta

import pytest

from tests.investigation import WHY, investigate
from tests.plates import plates_read
from tests.unit.cli.test_reports import check

SEEN = {"gate": ("AB123CD", "ZZ999ZZ"), "hall": ("AB123CD",)}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        plates_read(patch, SEEN)
        found = investigate(tmp_path_factory.mktemp("typed"), patch, anew=True)
        found.allow("journey")
        yield found
        found.workspace.engine.dispose()


def test_found_masked_and_shown_for_a_reason(answer, made, of_case):
    gate = made.tracks("gate")
    said = answer("plates", "find", "zz 999 zz", "XX*11", *of_case)
    assert "reads ZZ-9**-ZZ" in said.out
    assert "ZZ999" not in (said.out + said.err).replace("-", "").upper()
    hit = check("plates-find", answer("plates", "find", "ZZ999ZZ", *of_case, "--json").out)
    assert hit["track"] == gate[1].id
    assert "rule plates.reason" in answer("plates", "reveal", gate[1].id, "--case", made.case, code=3).err
    (shown,) = check("plates-reveal", answer("plates", "reveal", gate[1].id, *of_case, "--json").out)
    assert shown["text"] == "ZZ999ZZ"
    text = answer("plates", "reveal", gate[1].id, gate[2].id, *of_case)
    assert f"{gate[1].id}  ZZ-999-ZZ  FR  least sure 0.90" in text.out
    assert "1 of 2 tracks" in text.err
    assert "rule case" in answer("plates", "find", "ZZ999ZZ", "--reason", WHY, code=3).err


def test_a_list_from_its_import_to_its_end(answer, made, of_case, tmp_path):
    file = tmp_path / "stolen.csv"
    file.write_text("AB-123-CD;grey van\nZZ999ZZ\n", "utf-8")
    today, later, soon = ((made.clock() + timedelta(days=n)).isoformat() for n in (0, 1000, 3))
    for wrong in (today[:10], later):  # that day has begun; the case ends before
        asked = ("plates", "import", "stolen", file, "--until", wrong, *of_case)
        assert "would end on" in answer(*asked, code=2).err
    asked = ("plates", "import", "stolen", file, "--until", soon, *of_case)
    kept = check("plates-import", answer(*asked, "--json").out)
    assert (kept["count"], kept["plates"]) == (2, ["AB-1**-CD", "ZZ-9**-ZZ"])
    assert "stolen  2 plates" in answer(*asked).out
    assert len(answer("plates", "find", "@stolen", *of_case).out.splitlines()) == 3
    assert "  AB-1**-CD" in answer("plates", "lists", *of_case).out
    assert answer("plates", "drop", "stolen", *of_case).out == "stolen dropped\n"
    assert "no list of plates" in answer("plates", "drop", "stolen", *of_case, code=2).err
    assert "line 1 of the list is no plate" in answer(
        "plates", "import", "x", write(tmp_path, "hello, you there?!"), "--until", soon, *of_case, code=2
    ).err  # fmt: skip


def write(folder, text):
    path = folder / "bad.txt"
    path.write_text(text.replace(",", " "), "utf-8")
    return path


def test_a_plate_is_followed(answer, made, of_case):
    gate, hall = ([t.id for t in made.tracks(c)] for c in ("gate", "hall"))
    found = check("plates-follow", answer("plates", "follow", "ab123cd", *of_case, "--json").out)
    assert [s["seen"]["track"] for s in found["stops"]] == [gate[0], hall[0]]
    lines = answer("plates", "follow", "~AB123CD", *of_case).out.splitlines()
    assert "later" in lines[1]
    assert lines[2].endswith("reads AB-1**-CD")
    assert "is no plate" in answer("plates", "follow", "!", *of_case, code=2).err
    assert "AB123CD" not in json.dumps(found)
