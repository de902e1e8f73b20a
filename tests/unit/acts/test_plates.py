"""Plates within a case: found, shown for a reason, listed, followed; and in clear nowhere else."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest

from synopticon.acts import plates, review
from synopticon.acts.cases import close_case
from synopticon.acts.chosen import Choice
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.journey import decide, set_way, timeline
from synopticon.acts.retention import run as run_retention
from synopticon.acts.search import Wishes, search
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.errors import RefusedError, UsageError
from synopticon.governance.review import Pattern
from synopticon.store.database import reading
from synopticon.store.tables_plates import plate_block, plate_list
from synopticon.store.traits import TraitView
from synopticon.values.plate_text import masked
from tests.investigation import WHY, Clock, investigate
from tests.people import CAPABILITIES, FIELDS
from tests.plates import plates_read
from tests.scene import write_scene

SEEN = {"gate": ("AB123CD", "ZZ999ZZ", "CQ7?1KL"), "hall": ("A8123CD", "", "AB123CD")}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        plates_read(patch, SEEN)
        found = investigate(tmp_path_factory.mktemp("plates"), patch, anew=True)
        found.allow("journey")
        yield found
        found.workspace.engine.dispose()


def asked(made, query, **more):
    made.login("ines")
    answer = search(made.workspace, query, case=made.case, reason=WHY, **more)
    return answer, [(h.track, h.camera) for h in answer.found.hits]


def tracks(made, camera):
    made.login("ines")
    return [t.id for t in made.tracks(camera)]


def rule(call, *args, **more):
    with pytest.raises(RefusedError) as found:
        call(*args, **more)
    return found.value.rule


def entries(made, capability):
    """The payloads of records of a capability, newest last."""
    found = [e for e in made.workspace.log.entries() if e.header.kind == "record"]
    return [e.payload for e in found if e.header.capability == capability]


def test_a_plate_is_found_exactly_by_pattern_and_misread(made):
    gate, hall = tracks(made, "gate"), tracks(made, "hall")
    found = {t for t, _ in asked(made, "plate:ab-123-cd")[1]}
    assert found == {gate[0], hall[2]}
    assert {t for t, _ in asked(made, "plate:A?-*-CD")[1]} == {gate[0], hall[0], hall[2]}
    answer, _ = asked(made, "plate:~AB123CD")
    order = [h.track for h in answer.found.hits]
    assert set(order[:2]) == {gate[0], hall[2]}
    assert order[2:] == [hall[0]]
    assert answer.query == "plate:~AB-1**-CD"
    assert answer.found.hits[2].reason[0].says == "reads A-81**-CD, 1 character wrong, missing or too many"
    assert answer.found.hits[2].reason[0].term == "plate:~AB-1**-CD"
    assert {t for t, _ in asked(made, "plate:ZZ999ZZ,CQ*KL camera:gate")[1]} == {gate[1], gate[2]}
    assert not asked(made, "plate:XX000XX")[1]


def test_it_is_an_act_of_its_own_that_names_no_plate(made):
    asked(made, "plate:ZZ999ZZ object")
    look = entries(made, "search.plate")[-1]
    assert look["asked"] == ["ZZ-9**-ZZ"]
    assert look["subjects"][0].startswith("plate-")
    outer = entries(made, "search.attributes")[-1]
    assert outer["query"] == outer["typed"] == "plate:ZZ-9**-ZZ object"
    again = [e for e in entries(made, "search.plate") if e.get("asked") == ["ZZ-9**-ZZ"]]
    assert {tuple(e["subjects"]) for e in again} == {tuple(look["subjects"])}


@pytest.mark.parametrize(
    "query", ["plate:AB123CD", "plate:~AB123CD object", "plate:ZZ999ZZ,CQ*KL sort:unusual", "plate:XX000XX"]
)
def test_answer_and_log_are_those_of_looking_through_all_tracks(made, query, monkeypatch):
    made.login("ines")

    def asked_once():
        before = len(list(made.workspace.log.entries()))
        answer = search(made.workspace, query, case=made.case, reason=WHY)
        entries = list(made.workspace.log.entries())[before:]
        first = entries[0].header.sequence
        logged = [
            (
                e.header.kind,
                e.header.capability,
                e.payload | {"within": e.payload.get("within", first) - first},
            )
            for e in entries
        ]
        return answer.facts, answer.worth(), list(answer.found.hits), answer.coverage, answer.gaps, logged

    narrowed = asked_once()
    monkeypatch.setattr(TraitView, "of", lambda view, _footages: view)
    assert narrowed == asked_once()
    assert narrowed[0].endswith(" in 6 tracks"), "all of them were looked at"
    assert {c.id for c in made.workspace.cameras.all()} == set(narrowed[-1][0][2]["scope"]["cameras"])


def test_a_reason_that_names_the_plate_is_logged_without_it(made):
    made.login("ines")
    search(made.workspace, "plate:ZZ999ZZ", case=made.case, reason="a witness wrote down zz 999-zz")
    assert entries(made, "search.attributes")[-1]["reason"] == ["a witness wrote down ZZ-9**-ZZ"]


def test_plain_words_with_a_plate_are_logged_without_it(made):
    for text in ("a car AB-123-CD", "a car ab123cd", "a car AB 123 CD"):
        asked(made, text, plain=True)
        assert "123" not in entries(made, "search.attributes")[-1]["typed"]
    asked(made, "a car that stopped for 30 seconds", plain=True)
    assert entries(made, "search.attributes")[-1]["typed"] == "a car that stopped for 30 seconds"


def test_without_the_permission_it_is_refused(made):
    made.login("ines")
    case = made.open_case(
        capabilities=(*tuple(c for c in CAPABILITIES if c != "search.*"), "search.attributes")
    )
    found = rule(search, made.workspace, "plate:ZZ999ZZ", case=case, reason=WHY)
    assert found == "case.capabilities"
    assert rule(plates.reveal, made.workspace, ["x"], case=case, reason=WHY) == found
    assert rule(plates.list_lists, made.workspace, case=case, reason=WHY) == found
    refused = [e.payload for e in made.workspace.log.entries() if e.header.kind == "refusal"]
    assert "ZZ999ZZ" not in json.dumps(refused)


def test_other_acts_ask_for_no_plates(made):
    from synopticon.acts.interactive import Selection, begin

    made.login("ines")
    with pytest.raises(UsageError, match="synopticon search"):
        begin(made.workspace, Selection(query="plate:ZZ999ZZ"), case=made.case, reason=WHY)
    with pytest.raises(UsageError, match="synopticon search"):
        Choice(where="car plate:ZZ999ZZ").check()
    assert "ZZ999ZZ" not in json.dumps(entries(made, "synopsis"))


def test_a_plate_is_shown_in_clear_for_a_reason(made):
    gate, hall = tracks(made, "gate"), tracks(made, "hall")
    assert rule(plates.reveal, made.workspace, gate, case=made.case, reason=" ") == plates.RULE_REASON
    shown = plates.reveal(made.workspace, [gate[2], gate[0], hall[1]], case=made.case, reason=WHY)
    assert [(r.track, r.text) for r in shown] == [(gate[2], "CQ7?1KL"), (gate[0], "AB123CD")]
    assert shown[0].confidence[3] == 0
    assert shown[1].confidence[0] == 0.9
    logged = entries(made, "search.plate")[-1]
    assert logged["step"] == "reveal"
    assert set(logged["subjects"]) == {gate[2], gate[0], hall[1]}
    assert not {"AB123CD", "CQ7?1KL"} & set(json.dumps(logged).split('"'))
    with pytest.raises(UsageError):
        plates.reveal(made.workspace, [], case=made.case, reason=WHY)
    assert rule(plates.reveal, made.workspace, ["track-x"], case=made.case, reason=WHY)


def test_a_list_finds_its_plates_until_its_end(made):
    made.login("ines")
    until = made.clock() + timedelta(days=2)
    text = "# stolen\nZZ-999-ZZ,red van\nab 123 cd;x\n\nZZ999ZZ\n"
    more = {"until": until, "case": made.case}
    kept = plates.import_list(made.workspace, "stolen", text, reason=f"{WHY}: ZZ 999 ZZ", **more)
    assert (kept.count, kept.plates, kept.by) == (2, ("ZZ-9**-ZZ", "AB-1**-CD"), "ines")
    assert kept.reason == f"{WHY}: ZZ-9**-ZZ"
    gate, hall = tracks(made, "gate"), tracks(made, "hall")
    assert {t for t, _ in asked(made, "plate:@stolen")[1]} == {gate[0], gate[1], hall[2]}
    assert plates.list_lists(made.workspace, case=made.case, reason=WHY) == (kept,)
    for wrong in ({"until": made.clock()}, {"until": made.clock() + timedelta(days=400)}):
        with pytest.raises(UsageError, match="would end"):
            plates.import_list(made.workspace, "other", text, reason=WHY, **{**more, **wrong})
    assert rule(plates.import_list, made.workspace, "o", text, reason="", **more) == plates.RULE_REASON
    none = {**more, "case": None}
    assert rule(plates.import_list, made.workspace, "o", text, reason=WHY, **none) == plates.RULE_CASE
    other = made.open_case()
    with pytest.raises(UsageError, match="no list"):
        search(made.workspace, "plate:@stolen", case=other, reason=WHY)
    plates.drop_list(made.workspace, "stolen", case=made.case, reason=WHY)
    with pytest.raises(UsageError, match="no list"):
        plates.drop_list(made.workspace, "stolen", case=made.case, reason=WHY)


@pytest.mark.parametrize("text", ["", "#\n\n", "AB123CD\nhello there you\n", "A" * 13, "AB12*", "\x00\x01"])
def test_what_is_no_list_is_said_by_its_line(text):
    with pytest.raises(UsageError) as wrong:
        plates.plates_of(text)
    assert "hello" not in str(wrong.value)


def test_a_plate_is_followed_from_camera_to_camera(made):
    gate, hall = tracks(made, "gate"), tracks(made, "hall")
    made.login("ada")
    set_way(made.workspace, "gate", "hall", 1800, 5400)
    made.login("ines")
    found = plates.follow(made.workspace, "~AB-123-CD", case=made.case, reason=f"{WHY} ab123cd")
    assert [s.seen.track for s in found.stops] == [gate[0], hall[0], hall[2]]
    assert [s.plate for s in found.stops] == ["AB-1**-CD", "A-81**-CD", "AB-1**-CD"]
    assert found.stops[0].before == found.stops[0].way == ""
    assert found.stops[1].way == "the way takes 1800 to 5400 s"
    assert 3500 < found.stops[1].seconds < 3700
    assert "later" in found.stops[1].before
    set_to = entries(made, "journey")[-1]
    assert set_to["step"] == "plate"
    assert "AB123CD" not in json.dumps(set_to).upper().replace(" ", "")
    decide(made.workspace, (gate[0], hall[2]), "confirmed", case=made.case, reason=WHY)
    line = timeline(made.workspace, gate[0], case=made.case, reason=WHY)
    assert [s.seen.track for s in line.stops] == [gate[0], hall[2]]


@pytest.mark.parametrize("typed", ["", "A", "@stolen", 'AB12" car', "AB12,CD34"])
def test_only_one_plate_is_followed(made, typed):
    made.login("ines")
    with pytest.raises(UsageError):
        plates.follow(made.workspace, typed, case=made.case, reason=WHY)


def test_journeys_need_their_permission(made):
    made.login("ines")
    case = made.open_case()  # nobody approved journeys in it
    assert rule(plates.follow, made.workspace, "AB123CD", case=case, reason=WHY)


def test_the_review_sees_one_plate_in_many_cases(made):
    made.login("ines")
    cases = [made.open_case() for _ in range(3)]
    for case in cases:
        search(made.workspace, "plate:CQ7*KL,QQ777QQ", case=case, reason=WHY)
    made.login("dora")
    found = [f for f in review.review_log(made.workspace).findings if f.pattern is Pattern.SAME_SUBJECT]
    assert any(f.what.startswith("plate-") for f in found)
    made.login("ines")


def test_no_clear_plate_is_anywhere(made, tmp_path):
    """All files of the workspace, the log, what an answer says, its page and its pictures."""
    gate = tracks(made, "gate")
    until = made.clock() + timedelta(days=2)
    plates.import_list(
        made.workspace, "scan", "ZZ999ZZ\n", until=until, case=made.case, reason=f"{WHY} ZZ999ZZ"
    )
    wishes = Wishes(tmp_path / "hits.html", tmp_path / "pictures")
    said = []
    for query in ("plate:ZZ999ZZ", "plate:~AB123CD", "plate:@scan", "plate:CQ*"):
        answer, _ = asked(made, query, wishes=wishes)
        wishes = Wishes()
        said += [answer.query, *answer.worth(), answer.facts, repr(answer.found.hits[0])]
    said += [repr(plates.list_lists(made.workspace, case=made.case, reason=WHY))]
    said += [repr(asdict(plates.follow(made.workspace, "AB123CD", case=made.case, reason=WHY)))]
    shown = plates.reveal(made.workspace, gate[:1], case=made.case, reason=WHY)
    assert shown[0].text == "AB123CD"  # with its entry, and not in the log even so
    made.workspace.engine.dispose()
    files = [f for root in (made.workspace.folder, tmp_path) for f in Path(root).rglob("*") if f.is_file()]
    assert len(files) > 20
    texts = {text for seen in SEEN.values() for text in seen if text}
    spelt = {form.encode() for t in texts for form in (t, t.lower(), f"{t[:2]}-{t[2:5]}-{t[5:]}")}
    for file in files:
        data = file.read_bytes()
        assert not [s for s in spelt if s in data], file
    assert not [s for s in spelt if s in "\n".join(said).encode()]
    assert masked("ZZ999ZZ") in "\n".join(said)


def test_closing_the_case_destroys_its_lists(made):
    made.login("ines")
    case = made.open_case()
    until = made.clock() + timedelta(days=2)
    plates.import_list(made.workspace, "short", "ZZ999ZZ\n", until=until, case=case, reason=WHY)
    close_case(made.workspace, case, "the van was found", {"report": FIELDS["declaration_digest"]})
    with reading(made.workspace.engine) as connection:
        assert not [r for r in connection.execute(plate_list.select()).all() if r.case_id == case]


@pytest.mark.slow
def test_where_the_profile_searches_no_plates_none_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNOPTICON_HOME", str(tmp_path / "home"))
    plates_read(monkeypatch, SEEN)
    path = write_scene(tmp_path / "gate.mp4", 3, 2.5, 1.0, seed=1)
    init_workspace(tmp_path / "ws", clock=Clock())
    with open_workspace(tmp_path / "ws", clock=Clock()) as workspace:
        from synopticon.acts.cameras import add_camera

        add_camera(workspace, "gate")
        (done,) = ingest(workspace, IngestRequest((str(path),), "gate", model="none", workers=1)).recordings
        assert (done.state, done.tracks) == ("analysed", 3)
        with reading(workspace.engine) as connection:
            assert not connection.execute(plate_block.select()).all()
        assert rule(search, workspace, "plate:AB123CD") == "personal.nobody-singled-out"
    for file in (f for f in (tmp_path / "ws").rglob("*") if f.is_file()):
        assert b"AB123CD" not in file.read_bytes()


def test_retention_destroys_what_has_ended(made):
    made.login("ines")
    until = made.clock() + timedelta(minutes=5)
    plates.import_list(made.workspace, "brief", "ZZ999ZZ\n", until=until, case=made.case, reason=WHY)
    made.clock.later(minutes=10)
    assert rule(search, made.workspace, "plate:@brief", case=made.case, reason=WHY) == "plates.list-not-ended"
    (ended,) = [one for one in plates.list_lists(made.workspace, case=made.case, reason=WHY) if one.ended]
    assert (ended.name, ended.plates, ended.reason) == ("brief", (), "")
    run_retention(made.workspace.acting(made.workspace.actor).as_program())
    names = [one.name for one in plates.list_lists(made.workspace, case=made.case, reason=WHY)]
    assert "brief" not in names
