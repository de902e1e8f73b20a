"""What is kept until when, and what was erased, as the page says it."""

from synopticon.acts.retention import report
from synopticon.governance.users import Role


def test_the_page_says_what_the_report_says_and_the_look_is_in_the_log(browsers, inquiry, site):
    """Others ask and are answered in the same inquiry; so the report is the measure, not a number."""
    said = browsers[Role.DPO].get("/api/retention").json()
    workspace = inquiry.workspace
    looks = [e.header.capability for e in workspace.log.entries() if e.header.kind == "record"]
    assert looks[-1] == "retention.report"
    visit = site.door.visit(browsers[Role.DPO].cookies["synopticon"])
    found = report(workspace.acting(visit.actor))
    assert len(said["kept"]) == len(found.verdicts) >= 2
    assert [one["state"] for one in said["kept"]] == [v.state for v in found.verdicts]
    assert {"gate", "hall"} <= {said["cameras"][one["camera"]] for one in said["kept"]}
    free = [v.due for v in found.verdicts if v.due is not None and v.state != "held"]
    assert (said["next_due"] is None) == (not free)
    assert said["days"] == workspace.retention_days
    assert len(said["erased"]) == len(found.erased)
    assert browsers[Role.INVESTIGATOR].get("/api/retention").status_code == 403
