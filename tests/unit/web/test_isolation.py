"""What belongs to others is not there, in the same words as what never was; and nobody acts as another."""

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synopticon.acts import cases, people
from synopticon.acts.workspace import Actor
from synopticon.governance.users import Role
from synopticon.web.routes import ROUTES
from tests.investigation import WHY
from tests.organisation import PASSWORD, approve_case, ask
from tests.people import FIELDS
from tests.site import acts
from tests.unit.web.examples import example

EVIDENCE = {
    "showMasks",
    "export",
    "listBasket",
    "listShots",
    "revealShots",
    "preview",
    "draftReport",
    "readClock",
}
ZONES = {"showScene", "listWays", "listPeople", "exportStatistics"}
IN_PATH = [row for row in ROUTES if "{case}" in row.path]
ASKING = {
    "listRecordings", "ask", "showPicture", "listMarks", "saveMarks", "showStatistics", "beginSynopsis",
    "makeClip",
} | EVIDENCE | ZONES  # fmt: skip
PLACES = {"openViewing", "findSimilar", "followTrack", "decideLink", "showJourney", "listPicturesOf"}
PLATES = {"revealPlates", "followPlate", "listPlateLists", "importPlateList", "dropPlateList"}
EVENTS = {"listEvents", "decideEvents", "lookForEvents", "tryRule"}
IN_QUESTION = [row for row in ROUTES if row.name in ASKING | PLACES | PLATES | EVENTS]
_PLAIN = st.characters(codec="utf-8", exclude_characters="/?#\\%", exclude_categories=["C", "Z"])
MADE_UP = st.one_of(
    st.from_regex(r"case-[0-9a-f]{16}", fullmatch=True),
    st.text(_PLAIN, min_size=12, max_size=60).filter(lambda text: text.strip(".")),
)


def asked_for(row, case, inquiry):
    """The example of a row, for another case."""
    said = example(row, inquiry)
    said["url"] = said["url"].replace(inquiry.case, case)
    for part in ("params", "json"):
        if inquiry.case in said.get(part, {}).values():
            said[part] = {**said[part], "case": case}
    return said


def answers(browser, case, inquiry):
    """What each route says about a case, without the case's own name."""
    found = []
    for row in (*IN_PATH, *IN_QUESTION):
        answer = browser.request(**asked_for(row, case, inquiry))
        found.append((row.name, answer.status_code, answer.text.replace(case, "CASE")))
    return found


@pytest.fixture(scope="module")
def nowhere(browsers, inquiry):
    """What Ines is told of a case that was never there."""
    return answers(browsers[Role.INVESTIGATOR], "case-0123456789abcdef", inquiry)


def test_the_case_of_another_unit_is_not_there(ines, inquiry, nowhere):
    assert answers(ines, inquiry.foreign, inquiry) == nowhere
    assert {status for name, status, _ in nowhere if name != "takeAnswer"} == {404}


def test_our_case_is_not_there_for_another_unit(browsers, inquiry):
    said = answers(browsers["sven"], inquiry.case, inquiry)
    assert said == answers(browsers["sven"], "case-0123456789abcdef", inquiry)
    assert {status for _, status, _ in said} == {404, 403, 422}  # he has no authorisation to search at all


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=MADE_UP)
def test_whatever_is_asked_for_is_not_there_in_the_same_words(case, ines, inquiry, nowhere):
    for row in (IN_PATH[0], *IN_QUESTION[:2]):
        answer = ines.request(**asked_for(row, case, inquiry))
        told = (row.name, answer.status_code, answer.text.replace(case, "CASE"))
        assert told in nowhere


def test_what_one_may_do_in_a_case_of_others_is_not_said(ines, inquiry):
    for path, more in (("/api/explain", {"capability": "synopsis"}), ("/api/session/may", {})):
        both = []
        for case in (inquiry.foreign, "case-0123456789abcdef"):
            answer = ines.get(path, params={"case": case, **more})
            assert answer.status_code == 200
            both.append(answer.text.replace(case, "CASE"))
        assert both[0] == both[1]


def test_the_list_of_cases_is_that_of_ones_own_unit(browsers, inquiry):
    ours = {case["id"] for case in browsers[Role.INVESTIGATOR].get("/api/cases").json()}
    theirs = {case["id"] for case in browsers["sven"].get("/api/cases").json()}
    assert inquiry.case in ours
    assert inquiry.foreign in theirs
    assert not ours & theirs


def test_an_answer_belongs_to_the_session_that_asked(site, ines, browsers, inquiry):
    asked = ines.post("/api/answers", json={"query": "object", "case": inquiry.case, "reason": WHY}).json()
    again = site.signed_in("ines", PASSWORD)
    for part in ("hits", "pictures"):
        assert ines.get(f"/api/answers/{asked['id']}/{part}").status_code == 200
        for other in (again, browsers["sven"], browsers[Role.OPERATOR]):
            theirs, none = (other.get(f"/api/answers/{a}/{part}") for a in (asked["id"], "made-up"))
            assert theirs.status_code == none.status_code == 404
            assert theirs.json() == none.json()


def test_an_answer_is_no_permission(site, inquiry):
    """A case that ends takes the pages of its answers with it."""
    people.login(inquiry.workspace, "ines", PASSWORD)
    asked = ask(inquiry.workspace)
    inquiry.clock.later(minutes=5)
    case = approve_case(inquiry.workspace, inquiry.keys, asked, inquiry.clock())
    browser = site.signed_in("ines", PASSWORD)
    answer = browser.post("/api/answers", json={"query": "object", "case": case, "reason": WHY})
    pages = f"/api/answers/{answer.json()['id']}/hits"
    assert browser.get(pages).status_code == 200
    cases.close_case(inquiry.workspace, case, "the man was found", {"report": FIELDS["declaration_digest"]})
    refused = browser.get(pages)
    assert (refused.status_code, refused.json()["rule"]) == (403, "case.not-closed")


def test_many_at_once_each_act_as_themselves(browsers, inquiry):
    """Four people, at the same time, through the same server: no answer and no entry is another's."""
    names = {Role.INVESTIGATOR: "ines", Role.APPROVER: "axel", Role.DPO: "dora", "sven": "sven"}

    def walk(who):
        said = []
        for _ in range(6):
            said.append(browsers[who].get("/api/session").json()["name"])
            said.append({case["id"] for case in browsers[who].get("/api/cases").json()})
        return said

    with acts(inquiry.workspace) as found, ThreadPoolExecutor(4) as pool:
        walked = dict(zip(names, pool.map(walk, names), strict=True))
    for who, name in names.items():
        assert walked[who][::2] == list(repeat(name, 6))
        own = {case["id"] for case in browsers[who].get("/api/cases").json()}
        assert walked[who][1::2] == list(repeat(own, 6))
    users = {browsers[who].get("/api/session").json()["user"] for who in names}
    for kind in ("record", "outcome"):
        by = [actor for k, what, actor in found if (k, what) == (kind, "case.read")]
        assert {actor: by.count(actor) for actor in users} == dict.fromkeys(users, 6)


def test_who_acts_in_one_workspace_is_not_who_acts_in_another(inquiry):
    base, one = inquiry.workspace, inquiry.workspace.actor
    other = base.acting(Actor("user-x", "x", one.sign_in))
    other.as_program()
    assert base.actor is one
    for name in ("log", "vault", "traits", "blobs", "demands", "engine"):
        assert getattr(other, name) is getattr(base, name)
