"""Looking and marking under each profile that ships, as its rules ask: with a case, a reason, an approval."""

from dataclasses import dataclass

import pytest

from synopticon.acts import cases, people
from synopticon.acts.cameras import add_camera
from synopticon.acts.events import CameraWish, Rules, events_of_camera
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.marks import Marking, list_marks, mark_tracks
from synopticon.acts.search import search
from synopticon.acts.selection import synopsis_of_hits
from synopticon.acts.statistics import StatisticsRequest, make_statistics, supply_of
from synopticon.acts.synopsis import SynopsisRequest
from synopticon.acts.workspace import Workspace, init_workspace, open_workspace
from synopticon.errors import RefusedError
from synopticon.events.rules_file import draft_of
from synopticon.governance.grant import Scope, Window
from synopticon.governance.profile import Kind, Need, Profile, Stage, names, shipped
from tests.investigation import WHY, Clock
from tests.organisation import PASSWORD, approve_case, enrol_all
from tests.people import DAY, DIGEST, DPIA, HOUR, terms
from tests.scene import write_scene

ASKED = ("ingest", "view.masked", "synopsis", "search.attributes", "case.mark", "statistics", "event.line")
VALUES = {
    Kind.TEXT: "as was agreed", Kind.NUMBER: "2026/17", Kind.DATE: "2026-11-20", Kind.DIGEST: DIGEST[::-1],
    Kind.DPIA: DIGEST, Kind.PERSON: "J. Martin, prosecutor",
}  # fmt: skip


def allowing(*capabilities):
    """Names of the profiles that allow all of these."""
    return [name for name in names() if all(shipped(name).allows(c) for c in capabilities)]


@dataclass
class Setting:
    """A workspace under a profile, with one recording of two figures, and a case where there are cases."""

    workspace: Workspace
    profile: Profile
    case: str | None = None

    @property
    def more(self):
        return {"case": self.case, "reason": WHY}

    def tracks(self):
        if self.case is None:
            scope = Scope(digests=self.workspace.footage.digests())
        else:
            scope = self.workspace.scope_of(self.case)
        with self.workspace.act("view.masked", scope=scope, **self.more) as act:
            return [row.id for row in self.workspace.tracks.find(act.grant)]

    def last(self, kind="record"):
        return [e for e in self.workspace.log.entries() if e.header.kind == kind][-1]

    def counted(self, by="hour", **more):
        request = StatisticsRequest(by, **{**self.more, **more})
        return make_statistics(self.workspace, request, supply_of(self.workspace, request))


def fields(profile):
    found = {f.name: VALUES.get(f.kind, f.choices[0] if f.choices else "") for f in profile.asked(Stage.OPEN)}
    return {f.name: f.must or found[f.name] for f in profile.asked(Stage.OPEN)}


def settle(folder, name):
    profile, clock = shipped(name), Clock()
    owner = "Police of Lyon" if profile.organisation else ""
    init_workspace(folder / "ws", organisation=owner, profile=name, clock=clock)
    made = Setting(open_workspace(folder / "ws", clock=clock), profile)
    keys = enrol_all(made.workspace) if profile.users else {}
    if keys:
        people.login(made.workspace, "ada", PASSWORD)
    add_camera(made.workspace, "gate", zone="Europe/Paris", purpose="who comes and goes")
    if keys:
        people.login(made.workspace, "dora", PASSWORD)
        cases.register_dpia(made.workspace, DPIA)  # of today's settings
        people.login(made.workspace, "ines", PASSWORD)
    if profile.allows("case.open"):
        made.case = _case(made, keys)
    start = clock() - 3 * HOUR  # the profile "statistics" keeps recordings for a day
    video = write_scene(folder / "gate.mp4", 2, 2.5, 1.0, seed=1)
    asked = IngestRequest((str(video),), "gate", model="none", workers=1, start=start, case=made.case)
    (done,) = ingest(made.workspace, asked).recordings
    assert (done.state, done.tracks) == ("analysed", 2), done
    return made


def _case(made, keys):
    workspace, profile = made.workspace, made.profile
    hours = Window(workspace.clock() - 5 * HOUR, workspace.clock())
    scope = Scope((workspace.cameras.find("gate").id,), (hours,))
    asked = cases.open_case(
        workspace,
        terms(
            capabilities=tuple(c for c in ASKED if profile.allows(c)), scope=scope,
            until=workspace.clock() + 20 * DAY, fields=fields(profile),
        ),
    )  # fmt: skip
    if profile.limits.approvals:
        workspace.clock.later(minutes=30)
        approve_case(workspace, keys, asked, workspace.clock())
    return asked.case


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Settings by the name of their profile, each made when it is first asked for."""
    made = {}

    def setting(name):
        if name not in made:
            made[name] = settle(tmp_path_factory.mktemp(name), name)
        return made[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNOPTICON_HOME", str(tmp_path_factory.mktemp("home")))
        yield setting
        for one in made.values():
            one.workspace.engine.dispose()


def rule(call, *args, **more):
    with pytest.raises(RefusedError) as found:
        call(*args, **more)
    return found.value.rule


def test_marking_is_allowed_wherever_one_may_search_or_look():
    looking = {*allowing("search.attributes"), *allowing("view.masked")}
    assert set(allowing("case.mark")) == looking
    for name in names():
        allowed, rules = shipped(name), [shipped(name).rule_for(c) for c in ("case.mark", "view.masked")]
        assert rules[0] == rules[1], allowed.name
        emergency = set(allowed.limits.emergency)
        assert ("case.mark" in emergency) == bool(emergency & {"view.masked", "search.attributes"})


@pytest.mark.parametrize("name", allowing("search.attributes"))
def test_searching(settings, name):
    here = settings(name)
    assert search(here.workspace, "object", **here.more).found.total == 2


@pytest.mark.parametrize("name", allowing("case.mark"))
def test_marking(settings, name):
    here = settings(name)
    track = here.tracks()[0]
    (made,) = mark_tracks(here.workspace, [track], Marking("accepted", "the one", ("bag",)), **here.more)
    record, outcome = here.last(), here.last("outcome")
    assert (record.header.operation, record.header.capability) == ("alteration", "case.mark")
    assert record.payload["subjects"] == [track]
    assert list_marks(here.workspace, **here.more) == (made,)
    assert here.last().header.operation == "consultation"
    assert outcome.payload["marked"] == 1


@pytest.mark.parametrize("name", allowing("statistics"))
def test_counting(settings, name):
    here = settings(name)
    made = here.counted("hour", size=3600)
    groups = here.profile.limits.tracks_per_cell
    assert sum(row["tracks"] for row in made.table["rows"]) == (0 if groups else 2)
    assert here.last().header.capability == "statistics"


@pytest.mark.parametrize("name", allowing("statistics", "view.masked"))
def test_a_map_shows_the_scene_as_a_part_of_the_count(settings, name, tmp_path):
    here = settings(name)
    here.counted("heat", output=tmp_path / "heat.png")
    assert (tmp_path / "heat.png").read_bytes()[16:24] == (320).to_bytes(4) + (240).to_bytes(4)
    outer, scene = [e for e in here.workspace.log.entries() if e.header.kind == "record"][-2:]
    assert (outer.header.capability, scene.header.capability) == ("statistics", "view.masked")
    assert scene.payload["within"] == outer.sequence
    assert "within" not in outer.payload


@pytest.mark.parametrize("name", allowing("synopsis", "search.attributes"))
def test_a_synopsis_of_hits(settings, name, tmp_path):
    here = settings(name)
    request = SynopsisRequest((), output=tmp_path / "s.mp4", where="object", **here.more)
    (video,) = synopsis_of_hits(here.workspace, request).videos
    assert video.shown == 2


@pytest.mark.parametrize(
    "name", [n for n in allowing("case.mark") if Need.REASON in shipped(n).rule_for("case.mark").needs]
)
def test_without_a_reason_nothing_is_marked_or_counted(settings, name):
    here = settings(name)
    track = here.tracks()[0]
    before = list_marks(here.workspace, **here.more)
    wanted = Marking("rejected")
    assert rule(mark_tracks, here.workspace, [track], wanted, case=here.case) == "reason.given"
    assert rule(list_marks, here.workspace, case=here.case) == "reason.given"
    if Need.REASON in here.profile.rule_for("statistics").needs and here.profile.allows("statistics"):
        assert rule(here.counted, reason="") == "reason.given"
    assert list_marks(here.workspace, **here.more) == before


@pytest.mark.parametrize("name", allowing("statistics", "search.attributes"))
def test_counting_what_answers_a_question_is_a_search(settings, name):
    here = settings(name)
    made = here.counted("camera", query="object limit:1")
    assert [row["tracks"] for row in made.table["rows"]] == [2]
    outer, inner = [e for e in here.workspace.log.entries() if e.header.kind == "record"][-2:]
    assert (outer.header.capability, inner.header.capability) == ("search.attributes", "statistics")
    assert inner.payload["within"] == outer.sequence


def found(here, rule, **values):
    rules = Rules((draft_of("rule", {"rule": rule, **values}),))
    return events_of_camera(here.workspace, rules, CameraWish("gate", case=here.case, reason=WHY))


@pytest.mark.parametrize("name", allowing("event.line"))
def test_events_are_permitted_each_for_itself(settings, name):
    here = settings(name)
    made = found(here, "line", line=[[0.5, 0.0], [0.5, 1.0]])
    assert len(made.events) == 2
    assert here.last().header.capability == "event.line"
    assert here.last("outcome").payload["events"] == {"line": 2}
    if here.case is not None:
        assert rule(found, here, "dwell", seconds=0.5) == "case.capabilities", "that was not asked for"


def test_a_town_looks_for_no_events(settings):
    here = settings("fr-town")
    assert rule(found, here, "line", line=[[0.5, 0.0], [0.5, 1.0]]) == "fr-town.no-algorithm"
    assert here.last("refusal").header.capability == "event.line"


def test_a_town_counts_no_selection(settings):
    here = settings("fr-town")
    assert rule(here.counted, query="object") == "fr-town.no-algorithm"
    assert here.last("refusal").header.capability == "search.attributes"
    assert here.counted("camera").table["rows"][0]["tracks"] == 2


def test_a_case_gives_marking_by_its_name(settings):
    """What one may do in a case was asked for and approved: marking is of that list."""
    here = settings("insurer")
    looking = cases.open_case(
        here.workspace,
        terms(
            capabilities=("view.masked",), scope=here.workspace.scope_of(here.case),
            until=here.workspace.clock() + DAY, fields=fields(here.profile),
        ),
    ).case  # fmt: skip
    track = here.tracks()[0]
    asked = {"case": looking, "reason": WHY}
    assert rule(mark_tracks, here.workspace, [track], Marking("accepted"), **asked) == "case.capabilities"
