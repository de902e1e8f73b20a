"""What is kept until when, and what was erased, as the page says it."""

from datetime import datetime

from synopticon.governance.users import Role


def test_the_page_says_what_the_report_says_and_the_look_is_in_the_log(browsers, inquiry):
    said = browsers[Role.DPO].get("/api/retention").json()
    assert [(one["state"], one["recordings"]) for one in said["kept"]] == [("kept", 1), ("kept", 1)]
    assert {said["cameras"][one["camera"]] for one in said["kept"]} == {"gate", "hall"}
    dues = [datetime.fromisoformat(one["due"]) for one in said["kept"] if one["due"]]
    assert said["next_due"] == (min(dues).isoformat() if dues else None)
    assert said["days"] == inquiry.workspace.retention_days
    assert said["erased"] == said["holds"] == []
    looks = [e.header.capability for e in inquiry.workspace.log.entries() if e.header.kind == "record"]
    assert looks[-1] == "retention.report"
    assert browsers[Role.INVESTIGATOR].get("/api/retention").status_code == 403
