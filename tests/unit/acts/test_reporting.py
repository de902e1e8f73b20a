"""What a report says of a real case, and that it says nothing of another."""

from dataclasses import replace
from datetime import timedelta

import cv2
import numpy as np
import pytest

from synopticon.acts.journey import decide
from synopticon.acts.marks import Marking, mark_tracks
from synopticon.acts.reporting import gallery_of, gather
from synopticon.acts.search import search
from synopticon.errors import RefusedError, UsageError
from synopticon.evidence.gallery import gallery_html
from synopticon.evidence.pdf import report_pdf
from synopticon.evidence.report import report_html
from synopticon.governance.authority import Reason
from synopticon.governance.grant import Scope, Window
from tests.investigation import CAMERAS, WHY, investigate
from tests.people import CAPABILITIES, HOUR, NOW

EXPORTS = ("export.masked", "view.unmasked", "journey")
SHOES = "the same bag and shoes"
SECRET = "what nobody else may read"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A case with a search and a decision, beside another case of the same footage with others."""
    with pytest.MonkeyPatch.context() as patch:
        found = investigate(tmp_path_factory.mktemp("case"), patch)
        with found.workspace as here:
            first, *_, last = (*found.tracks("gate"), *found.tracks("hall"))
            search(here, "person upper:green", case=found.case, reason=SECRET)
            mark_tracks(here, (last.id,), Marking("rejected", SECRET), case=found.case, reason=SECRET)
            found.case = found.open_case(capabilities=(*CAPABILITIES, *EXPORTS))
            found.allow(*EXPORTS)
            search(here, "object", case=found.case, reason=WHY)
            with pytest.raises(RefusedError):
                search(here, "face:anybody", case=found.case, reason=WHY)
            marking = Marking("accepted", "leaves by the back door", ("suspect A",), trim=(0.2, 1.0))
            mark_tracks(here, (first.id,), marking, case=found.case, reason=WHY)
            decide(here, (first.id, last.id), "confirmed", case=found.case, reason=SHOES)
            yield found, first.id


def asked(found, capability="export.masked", scope=None):
    more = {"scope": scope} if scope else {}
    return found.workspace.act(capability, case=found.case, reason=Reason(WHY), **more)


def told(found, scope=None, **more):
    with asked(found, scope=scope) as act:
        return gather(found.workspace, act, **{"recipient": "Mme Roux", **more})


def only(found, camera):
    """The scope of one camera alone."""
    (id,) = (c.id for c in found.workspace.cameras.all() if c.name == camera)
    return Scope((id,), (Window(NOW - HOUR, NOW + 4 * HOUR),))


def test_the_case_is_told_with_who_answered(made):
    case = told(made[0]).case
    assert (case.id, case.unit, case.state) == (made[0].case, "North", "approved")
    assert case.purpose == "who broke into the depot on Sunday night"
    assert case.fields[0] == ("number of the procedure", "2026/1234")
    assert [(a.by, a.matter, a.decision, a.counts, a.independent) for a in case.answers] == [
        ("axel", "open", "approve", True, True),
        ("axel", "allow", "approve", True, True),
    ]


def test_recordings_are_told_with_clock_coverage_and_model(made):
    found, _ = made
    report = told(found)
    assert [(r.camera, r.name, r.clock) for r in report.recordings] == [
        (name, f"{name}.mp4", "user") for name in CAMERAS
    ]
    assert report.recordings[0].start == NOW
    digests = found.workspace.footage.digests()
    assert sorted(d for r in report.recordings for d in r.digests) == list(digests)
    assert [c.camera for c in report.covered] == list(CAMERAS)
    assert all(c.recorded > 11 and c.seen == pytest.approx(c.recorded) for c in report.covered)
    assert [(r.model, r.recordings) for r in report.runs] == [("none", 2)]
    assert {f.model for f in report.figures} == {"none"}


def test_searches_and_decisions_are_told_with_who_and_what_came_of_them(made):
    found, track = made
    report = told(found, tracks=(track,))
    assert [(s.question, s.hits, s.by, s.state) for s in report.searches] == [("object", 6, "ines", "done")]
    (one,) = report.decisions
    assert (one.seen.track, one.verdict, one.by, one.note) == (
        track,
        "accepted",
        "ines",
        "leaves by the back door",
    )
    assert (one.tags, one.trim) == (("suspect A",), (0.2, 1.0))
    assert [s.track for s in report.tracks] == [track]
    assert ("case.mark", 1, 0) in [(c.capability, c.times, c.refused) for c in report.others]


def test_what_people_joined_is_told_and_is_no_search(made):
    found, track = made
    report = told(found)
    (link,) = report.links
    assert (link.verdict, link.by, link.reason) == ("confirmed", "ines", SHOES)
    assert track in link.tracks
    assert len(set(link.tracks)) == 2
    assert "journey" not in {s.capability for s in report.searches}
    assert "journey" not in {c.capability for c in report.others}


def test_nothing_of_another_case_is_told(made):
    found, track = made
    report = told(found)
    page = report_html(report)
    assert SECRET not in page
    assert "upper:green" not in page
    with asked(found) as act:
        gallery = gallery_of(found.workspace, act.grant)
    assert SECRET not in gallery_html(gallery)
    assert [s.seen.track for s in gallery.shots if s.verdict] == [track]


def test_nothing_out_of_the_scope_is_told(made):
    found, track = made
    report = told(found, scope=only(found, "hall"))
    assert {r.camera for r in report.recordings} == {"hall"}
    assert [c.name for c in report.facts.cameras] == ["hall"]
    assert report.decisions == ()
    with pytest.raises(UsageError, match=f"{track}: is no track in this scope"):
        told(found, scope=only(found, "hall"), tracks=(track,))
    assert "gate.mp4" not in report_html(report)


def test_the_time_is_the_one_given(made):
    at = made[0].clock() + timedelta(seconds=5)
    report = told(made[0], at=at)
    assert report.facts.at == at
    assert report_pdf(report) == report_pdf(replace(report))


def pictures(gallery):
    return [cv2.imdecode(np.frombuffer(s.picture, np.uint8), 1) for s in gallery.shots]


def test_the_gallery_shows_each_track_once_masked(made):
    found, track = made
    with asked(found) as act:
        all_of_it = gallery_of(found.workspace, act.grant)
        one = gallery_of(found.workspace, act.grant, (track,))
        with pytest.raises(RefusedError):
            gallery_of(found.workspace, act.grant, (track,), clear=True)
    assert len(all_of_it.shots) == len({s.seen.track for s in all_of_it.shots}) == 6
    assert all(p is not None and max(p.shape) == 256 for p in pictures(all_of_it))
    assert all(0 < s.quality <= 1 and s.height > s.width > 10 for s in all_of_it.shots)
    assert [s.picture for s in one.shots] == [s.picture for s in all_of_it.shots if s.seen.track == track]
    assert all_of_it.masked


def test_heads_are_revealed_only_by_the_permission_for_it(made):
    found, track = made
    with asked(found) as act:
        masked = gallery_of(found.workspace, act.grant, (track,))
    with asked(found, "view.unmasked") as act:
        clear = gallery_of(found.workspace, act.grant, (track,), clear=True)
    (a,), (b,) = pictures(masked), pictures(clear)
    differs = np.abs(a.astype(int) - b.astype(int)).max(axis=(1, 2)) > 30
    assert differs[: len(differs) // 2].any()
    assert not differs[len(differs) * 2 // 3 :].any()
    assert (masked.masked, clear.masked) == (True, False)
