"""Similar and journeys as people type them, with the published schemas."""

import pytest

from synopticon.cli.similar import parse_seconds
from synopticon.errors import UsageError
from tests.investigation import WHY, investigate
from tests.unit.cli.test_reports import check


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        found = investigate(tmp_path_factory.mktemp("typed"), patch)
        found.allow("search.similar", "journey")
        yield found
        found.workspace.engine.dispose()


def test_similar(answer, made, of_case):
    gate, hall = (made.tracks(c)[0].id for c in ("gate", "hall"))
    found = check("similar", answer("similar", "--like", gate, *of_case, "--limit", "3", "--json").out)
    assert found["hits"][0]["seen"]["track"] == hall
    assert len(found["hits"]) == 3
    shown = answer("similar", "--like", gate, *of_case)
    assert hall in shown.out.splitlines()[0]
    assert "change of clothes" in shown.err
    assert "5 of 6 tracks" in shown.err


def test_it_is_refused_in_one_line_with_the_rule(answer, made):
    gate = made.tracks("gate")[0].id
    assert "rule case.named" in answer("similar", "--like", gate, code=3).err
    assert "rule reason.given" in answer("journey", "follow", gate, "--case", made.case, code=3).err
    assert "rule scope.covers-the-track" in answer(
        "similar", "--like", "nobody", "--case", made.case, "--reason", WHY, code=3
    ).err  # fmt: skip
    assert "give 1 to" in answer("similar", "--like", gate, "--limit", "999", code=2).err


def test_a_journey_from_candidates_to_the_timeline(answer, made, of_case):
    gate, hall = ([t.id for t in made.tracks(c)] for c in ("gate", "hall"))
    made.login("ada")
    assert answer("journey", "ways").out == ""
    answer("journey", "ways", "gate", "hall", "--from", "20s", "--to", "2h", "--out", "right", "--in", "left")
    (way,) = check("journey-ways", answer("journey", "ways", "--json").out)
    assert {way["first"]: way["first_side"], way["second"]: way["second_side"]} == {
        "gate": "right",
        "hall": "left",
    }
    assert (way["low"], way["high"]) == (20, 7200)
    assert "20 to 7200 s" in answer("journey", "ways").out
    made.login("ines")
    found = check("journey-follow", answer("journey", "follow", gate[0], *of_case, "--json").out)
    assert found["candidates"][0]["seen"]["track"] == hall[0]
    assert "as the way does" in answer("journey", "follow", gate[0], *of_case).out
    done = answer("journey", "confirm", gate[0], hall[0], *of_case, "--json")
    assert check("journey-confirm", done.out)["verdict"] == "confirmed"
    assert "confirmed" in answer("journey", "confirm", gate[0], hall[0], *of_case).out
    done = answer("journey", "reject", gate[0], hall[1], *of_case, "--json")
    assert check("journey-reject", done.out)["verdict"] == "rejected"
    shown = check("journey-show", answer("journey", "show", hall[0], *of_case, "--json").out)
    assert [s["seen"]["track"] for s in shown["stops"]] == [gate[0], hall[0]]
    lines = answer("journey", "show", hall[0], *of_case).out.splitlines()
    assert (len(lines), gate[0] in lines[0], "later" in lines[1], "hall.mp4" in lines[2]) == (
        3,
        True,
        True,
        True,
    )


def test_a_way_needs_both_ends(answer):
    assert "two cameras" in answer("journey", "ways", "gate", code=2).err
    assert "two cameras" in answer("journey", "ways", "gate", "hall", code=2).err
    assert "frames count" in answer("journey", "ways", "gate", "hall", "--to", "90f", code=2).err


def test_seconds():
    assert [parse_seconds(t) for t in ("", "0", "0s", "20s", "2m")] == [0, 0, 0, 20, 120]
    with pytest.raises(UsageError, match="no duration"):
        parse_seconds("soon")
