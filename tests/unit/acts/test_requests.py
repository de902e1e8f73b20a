"""A person filmed asks: the whole story in a small workspace, and each way in which it can go wrong.

Access is asked of the camera ``gate``; what is erased, of ``hall``.
"""

import json
from datetime import timedelta

import av
import pytest

from synopticon.acts import copies, doctor_workspace, retention
from synopticon.acts.chosen import Choice, choose
from synopticon.acts.copies import CopySettings
from synopticon.acts.request_papers import write_form, write_notice
from synopticon.acts.request_search import search_request
from synopticon.acts.request_send import send_answer
from synopticon.acts.request_video import MASK
from synopticon.acts.requests import decide_request, list_requests, open_request, show_request
from synopticon.acts.search import search
from synopticon.acts.workspace import open_workspace
from synopticon.errors import FootageError, OutputError, RefusedError, StoreError, UsageError
from synopticon.evidence.verify import verify_package
from synopticon.governance.audit.entry import REFUSAL
from synopticon.governance.demand import Person, Right, Stage
from synopticon.governance.grant import Window
from synopticon.vision.observations import Observations
from tests.investigation import WHY, investigate
from tests.people import HOUR, NOW

WHO = Person("Zoé Marchand", "red top, grey trousers, came in with a dog", "a passport was shown at the desk")
AT = {"gate": Window(NOW - HOUR, NOW + HOUR), "hall": Window(NOW, NOW + 2 * HOUR)}
VIDEO = "video/001-gate-2026-11-24T13.00.01+0100.UNMASKED.mp4"
REASON = "the red top, the dog and the time agree"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        yield investigate(tmp_path_factory.mktemp("asked"), patched)


@pytest.fixture(autouse=True)
def _ines(here):
    here.login("ines")


def asks(here, right=Right.ACCESS, camera="gate", window=None):
    return open_request(here.workspace, right, (camera,), window or AT[camera], WHO)


def ids(here, camera="gate"):
    return [row.id for row in here.tracks(camera)]


def granted(here, right=Right.ACCESS, camera="gate", which=0):
    id = asks(here, right, camera).demand.id
    decide_request(here.workspace, id, tracks=ids(here, camera)[which : which + 1], reason=REASON)
    return id


def letter(package, language="en", kind="txt"):
    return (package / f"letter.{language}.{kind}").read_text("utf-8")


def flat(text):
    return " ".join(text.split())


# --- access ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answered(here, tmp_path_factory):
    """An access request from its opening to its package, after a look in the case; what was done when."""
    search(here.workspace, "sort:time", case=here.case, reason=WHY)
    id = asks(here).demand.id
    found = search_request(here.workspace, id, "")
    hits = sorted(found.found.hits, key=lambda hit: hit.offset)
    decide_request(here.workspace, id, tracks=[hits[1].track], reason=REASON)
    package = tmp_path_factory.mktemp("answers") / "answer"
    sent = send_answer(here.workspace, id, package, contact="privacy@example.org")
    return id, hits, sent, package


def test_the_answer_is_a_package_that_anyone_can_check(answered):
    id, hits, sent, package = answered
    report = verify_package(package, sent.fingerprint)
    assert report.good
    manifest = report.manifest
    assert (manifest.kind, manifest.recipient) == ("request", WHO.name)
    assert manifest.about["request"] == id
    assert manifest.about["tracks"] == [hits[1].track]
    names = {file.path for file in manifest.files}
    assert names == {
        VIDEO, f"stills/{hits[1].track}.UNMASKED.jpg", "looks.json", "log.json", "verify.html",
        *(f"letter.{language}.{kind}" for language in ("en", "fr") for kind in ("html", "txt")),
    }  # fmt: skip
    assert (sent.granted, sent.videos, sent.exit_code) == (True, 1, 0)


def test_candidates_are_of_its_place_and_time_only(here, answered):
    _, hits, _, _ = answered
    assert [hit.track for hit in hits] == ids(here)


def test_the_letters_say_what_was_decided_and_what_can_be_done(here, answered):
    id, _, sent, package = answered
    english, french = flat(letter(package)), flat(letter(package, "fr"))
    demand = here.workspace.demands.find(id)
    facts = (
        id,
        WHO.name,
        WHO.identity,
        REASON,
        sent.fingerprint,
        VIDEO,
        "privacy@example.org",
    )
    for text in (english, french, flat(letter(package, kind="html"))):
        for fact in (*facts, "Police of Lyon", "24 nov" if text is french else "24 Nov", "cnil.fr"):
            assert fact in text, fact
    assert "gate: 24 November 2026, 12:00:00 – 14:00:00 (CET)" in english
    assert "Votre demande est acceptée." in french
    assert demand.stage is Stage.ANSWERED
    assert WHO.description not in english + french


def test_the_list_tells_what_named_them_from_what_could_see_them(answered):
    _, hits, _, package = answered
    told = json.loads((package / "looks.json").read_text())
    looks = [(look["capability"], look["how"]) for look in told["looks"]]
    assert looks.count(("search.attributes", "scope")) >= 1
    assert looks[-2:] == [("request.search", "scope"), ("request.search", "named")]
    first = next(look for look in told["looks"] if look["capability"] == "search.attributes")
    assert first["why"] == WHY
    assert "who" not in first
    assert "ines" not in letter(package) + (package / "looks.json").read_text()
    for other in (hits[0].track, hits[2].track):
        assert other not in letter(package) + (package / "looks.json").read_text()
    for look in told["looks"]:
        assert str(look["entry"]) in letter(package)


def test_the_entry_in_the_log_is_a_disclosure_to_them(here, answered):
    id, hits, sent, _ = answered
    report = verify_package(sent.path)
    entry = here.workspace.log.entry(report.manifest.entry)
    said = entry.payload
    assert (entry.header.operation, entry.header.capability) == ("disclosure", "request")
    assert (said["recipient"], said["demand"], said["subjects"]) == (WHO.name, id, [hits[1].track])


def pictures(path):
    with av.open(str(path)) as container:
        (stream,) = container.streams
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert min(stream.width, stream.height) <= 720
        yield from (frame.to_ndarray(format="rgb24") for frame in container.decode(stream))


def pink(picture):
    """Pixels of a drawn figure: much redder than the grey ground, or otherwise coloured."""
    wide = picture.astype(int)
    return int(((wide.max(2) - wide.min(2)) > 60).sum())


def test_the_video_plays_on_a_telephone_and_shows_them(answered):
    _, _, _, package = answered
    path = package / VIDEO
    frames = list(pictures(path))
    assert max(map(pink, frames)) > 200, "they are seen, in colour"
    head = path.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat"), "it begins to play before all of it is there"


def test_the_hold_ends_with_the_answer(here, answered):
    id = answered[0]
    (hold,) = [h for h in here.workspace.holds.all() if h.reference == id]
    assert hold.released == here.workspace.demands.find(id).answered
    with pytest.raises(RefusedError, match=r"is no open request of a person filmed \(rule request\.open\)"):
        search_request(here.workspace, id, "")
    with pytest.raises(RefusedError, match=r"rule request\.open"):
        send_answer(here.workspace, id, answered[3].with_name("again"))


def test_everybody_else_is_filled_whole(here):
    """At each moment of each other track some zone holds all of its box; none lies on the one who asks."""
    id = granted(here)
    workspace, found = here.workspace, here.workspace.demands.find(id)
    with workspace.act("request", scope=found.scope, reason=WHY, demand=id) as act:
        (one,) = choose(workspace, act.grant, Choice(tracks=found.decision.ids))
        seen = Observations.join([Observations.of(arrays) for arrays in one.analysis.watched()])
    assert len(one.known) == 3
    whole = (0.0, one.footage.duration)
    plan = copies._plan(seen, one, whole, CopySettings(MASK, clear=True))
    for track in one.known:
        for time, box in zip(track.times, track.boxes, strict=True):
            zones = plan.at(time)
            inside = (zones[:, :2] <= box[:2]).all(1) & (zones[:, 2:] >= box[2:]).all(1)
            assert inside.any() == (track.id not in one.tracks), (track.id, time)


# --- refusals, deadlines -----------------------------------------------------------------------------------


def test_a_refusal_names_its_ground_and_the_remedies(here, tmp_path):
    id = asks(here).demand.id
    with pytest.raises(UsageError, match="is no ground to refuse access: choose one of nothing-kept"):
        decide_request(here.workspace, id, ground="whim")
    decide_request(here.workspace, id, ground="inquiry", reason="the inquiry is not closed yet")
    sent = send_answer(here.workspace, id, tmp_path / "answer")
    english, french = flat(letter(sent.path)), flat(letter(sent.path, "fr"))
    assert (sent.granted, sent.videos, sent.touches) == (False, 0, 0)
    assert not (sent.path / "video").exists()
    for fact in (
        "Your request is refused.",
        "obstruct an inquiry",
        "art. 15(1), 16(4)",
        "you may go to court",
    ):
        assert fact in english
    for fact in ("Votre demande est refusée.", "gêner une enquête", "CNIL", "the inquiry is not closed yet"):
        assert fact in french


def test_nothing_is_sent_before_it_is_decided(here, tmp_path):
    id = asks(here).demand.id
    with pytest.raises(RefusedError, match="nothing can be sent"):
        send_answer(here.workspace, id, tmp_path / "answer")
    last = list(here.workspace.log.entries())[-1]
    assert (last.header.kind, last.header.capability) == (REFUSAL, "request")
    assert not (tmp_path / "answer").exists()


def test_an_open_request_lets_go_of_nothing(here):
    id = asks(here).demand.id
    (hold,) = [h for h in here.workspace.holds.all() if h.reference == id]
    here.login("dora")
    with pytest.raises(RefusedError, match=r"request\.holds-its-window"):
        retention.release(here.workspace, hold.id)
    assert [v.holds for v in retention.report(here.workspace).verdicts if hold.id in v.holds]


def test_the_notice_of_an_extension(here, tmp_path):
    id = asks(here).demand.id
    info = write_notice(here.workspace, id, "many requests came in at once", tmp_path / "notice.txt", "fr")
    text = flat((tmp_path / "notice.txt").read_text("utf-8"))
    assert info.demand.due > info.demand.first_due
    for fact in (WHO.name, id, "many requests came in at once", "EXIGE PLUS DE TEMPS", "CNIL"):
        assert fact in text
    with pytest.raises(RefusedError, match="extended-in-time"):
        write_notice(here.workspace, id, "many requests came in at once", tmp_path / "n2.html", "fr")
    for name, error in (("notice.txt", OutputError), ("notice.pdf", UsageError)):
        with pytest.raises(error):
            write_notice(here.workspace, asks(here).demand.id, WHY, tmp_path / name, "fr")


def test_the_list_counts_days_and_shows_no_name(here):
    id = asks(here).demand.id
    by_id = {info.demand.id: info for info in list_requests(here.workspace)}
    assert 27 < by_id[id].days_left < 32
    assert not by_id[id].overdue
    assert all(info.person is None for info in by_id.values())
    info = show_request(here.workspace, id)
    assert info.person == WHO
    here.login("otto")
    assert show_request(here.workspace, id).person == WHO


def test_doctor_names_what_is_overdue(here):
    id = asks(here).demand.id
    (fine,) = doctor_workspace._requests(here.workspace)
    assert (fine.what, fine.level) == ("requests", "fine")
    before = here.clock.now
    try:
        here.clock.later(days=32)
        (late,) = doctor_workspace._requests(here.workspace)
        assert (late.level, "are overdue" in late.found) == ("problem", True)
        assert id in late.found or late.found.count("R") >= 5
    finally:
        here.clock.now = before


def test_the_form_has_no_place_for_a_face(here, tmp_path):
    for language, fact in (("fr", "N'envoyez pas de photographie"), ("en", "Please send no photograph")):
        write_form(here.workspace, tmp_path / f"form.{language}.html", language, "1 rue de la Paix")
        text = (tmp_path / f"form.{language}.html").read_text("utf-8")
        for expected in ("Police of Lyon", "1 rue de la Paix", "CNIL", fact.replace("'", "&#39;")):
            assert expected in text
    with pytest.raises(UsageError, match=r"\.html or \.txt"):
        write_form(here.workspace, tmp_path / "form.pdf", "fr")


# --- bad input ---------------------------------------------------------------------------------------------


def test_an_unknown_number(here, tmp_path):
    for act in (
        lambda: show_request(here.workspace, "R20260101-000000"),
        lambda: search_request(here.workspace, "R20260101-000000", ""),
        lambda: decide_request(here.workspace, "R20260101-000000", ground="others"),
        lambda: send_answer(here.workspace, "R20260101-000000", tmp_path / "answer"),
    ):
        with pytest.raises(UsageError, match="is no request: see 'synopticon request list'"):
            act()


def test_tracks_outside_the_window(here):
    id = asks(here).demand.id
    with pytest.raises(RefusedError, match=r"rule request\.its-own-tracks"):
        decide_request(here.workspace, id, tracks=ids(here, "hall")[:1])
    assert here.workspace.demands.find(id).stage is Stage.OPEN


def test_a_window_in_which_nothing_is_kept(here):
    long_ago = NOW - timedelta(days=90)
    info = asks(here, window=Window(long_ago, long_ago + HOUR))
    assert info.notes == ("no recording of that place and time is kept",)


def test_footage_that_changed_or_is_gone(here, tmp_path):
    id = granted(here)
    path = here.workspace.folder.parent / "gate.mp4"
    whole = path.read_bytes()
    try:
        path.write_bytes(whole + b"\0")
        with pytest.raises(FootageError, match=r"changed since ingest \(then \w{64}, now \w{64}\)"):
            send_answer(here.workspace, id, tmp_path / "answer")
        path.unlink()
        with pytest.raises(FootageError, match="is gone since ingest: put the file"):
            send_answer(here.workspace, id, tmp_path / "answer")
    finally:
        path.write_bytes(whole)
    assert [p for p in tmp_path.iterdir() if p.name != "answer.mp4"] == []
    assert here.workspace.demands.find(id).stage is Stage.GRANTED


def test_without_the_key_of_a_role(here):
    id = asks(here).demand.id
    workspace, keys = here.workspace, here.workspace.folder / "keys"
    aside = {p: p.read_bytes() for p in keys.glob("*.pem") if p.stem in ("operator", "investigator")}
    try:
        for path in aside:
            path.unlink()
        with (
            open_workspace(workspace.folder, clock=here.clock) as bare,
            pytest.raises(StoreError, match="give the key file of such a role"),
        ):
            show_request(bare, id)
    finally:
        for path, data in aside.items():
            path.write_bytes(data)
            path.chmod(0o600)


# --- restriction, erasure, objection -----------------------------------------------------------------------


def test_a_restricted_track_is_passed_over(here, tmp_path):
    mine = ids(here)[2]
    id = asks(here, Right.RESTRICTION).demand.id
    decide_request(here.workspace, id, tracks=[mine], reason=REASON)
    assert mine not in ids(here)
    answer = search(here.workspace, "sort:time", case=here.case, reason=WHY)
    assert mine not in {hit.track for hit in answer.found.hits}
    assert any("rule request.restricted" in line for line in answer.worth())
    looking = here.workspace.act("search.attributes", case=here.case, reason=WHY)
    with pytest.raises(RefusedError, match=r"rule request\.restricted"), looking as act:
        here.workspace.tracks.one(act.grant, mine)
    found = search_request(here.workspace, id, "")
    assert mine in {hit.track for hit in found.found.hits}, "the person's own request still reaches it"
    sent = send_answer(here.workspace, id, tmp_path / "answer")
    assert "are kept and not used" in flat(letter(sent.path))


def test_an_erasure_waits_for_another_hold_and_then_destroys_the_day(here, tmp_path):
    workspace = here.workspace
    first = asks(here, Right.ERASURE, "hall").demand.id
    mine = ids(here, "hall")[:1]
    with pytest.raises(RefusedError, match=r"request\.decided-by-another"):
        decide_request(workspace, first, tracks=mine, reason=REASON)
    here.login("otto")
    info = decide_request(workspace, first, tracks=mine, reason=REASON)
    assert "destroys all of" in info.notes[0]
    with pytest.raises(UsageError, match="is not destroyed yet: run 'synopticon retention run' before"):
        send_answer(workspace, first, tmp_path / "early")
    here.login("ines")
    other = asks(here, Right.ACCESS, "hall").demand.id  # holds the same day
    here.login("dora")
    assert retention.run(workspace).erased == ()
    here.login("otto")
    sent = send_answer(workspace, first, tmp_path / "held")
    text = flat(letter(sent.path))
    assert "Refused for these days hall 2026-11-24" in text
    assert "Nothing was destroyed." in text
    here.login("ines")
    decide_request(workspace, other, ground="not-identified", reason="nothing more was told")
    send_answer(workspace, other, tmp_path / "other")
    second = asks(here, Right.OBJECTION, "hall").demand.id
    here.login("otto")
    decide_request(workspace, second, tracks=mine, reason=REASON)
    here.login("dora")
    (done,) = retention.run(workspace).erased
    here.login("otto")
    sent = send_answer(workspace, second, tmp_path / "gone")
    certificate = json.loads((sent.path / "certificate.json").read_text())
    (part,) = certificate["destroyed"]
    assert (part["camera"], part["part"], part["camera_name"]) == (done.camera, done.part, "hall")
    assert f"Entry: {part['entry']}" in letter(sent.path)
    assert certificate["not_destroyed"] == []
    again = asks(here, Right.ACCESS, "hall")
    assert "was destroyed on" in again.notes[0]
    assert "no recording of that place and time is kept" in again.notes


def test_the_words_are_destroyed_when_the_log_forgets(here, tmp_path):
    id = asks(here).demand.id
    decide_request(here.workspace, id, ground="not-identified", reason="nothing more was told")
    send_answer(here.workspace, id, tmp_path / "answer")
    days = here.workspace.profile.limits.log_days
    assert days
    here.clock.later(days=days + 1)  # for good: the clock of a log never goes back, so this test is the last
    here.login("dora")
    retention.run(here.workspace)
    here.login("ines")
    assert show_request(here.workspace, id).person is None
