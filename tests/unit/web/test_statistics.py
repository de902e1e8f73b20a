"""Counts over HTTP: with what was looked at, as files, and under the rule of groups."""

import csv
import io
import json

import pytest

from tests.investigation import WHY
from tests.site import acts


def counted(browser, inquiry, path="", **more):
    return browser.get(f"/api/statistics{path}", params={"case": inquiry.case, "reason": WHY, **more})


def test_what_was_looked_at_is_told_bin_by_bin(ines, inquiry):
    said = counted(ines, inquiry, by="coverage").json()
    assert said["columns"] == ["time", "camera", "seen"]
    assert {row["camera"] for row in said["rows"]} == {"gate", "hall"}
    seconds = sum(row["seen"] for row in said["rows"]) * 3600
    assert seconds == pytest.approx(2 * 11.5, abs=2)  # two recordings of three figures
    assert (
        counted(ines, inquiry, by="coverage", start="2020-01-01T00:00Z", end="2020-01-02T00:00Z").json()[
            "rows"
        ]
        == []
    )


def test_a_file_holds_what_the_page_shows(ines, inquiry):
    shown = counted(ines, inquiry, by="class").json()
    with acts(inquiry.workspace) as found:
        table = counted(ines, inquiry, "/file", by="class", kind="csv")
    assert table.headers["content-disposition"] == 'attachment; filename="statistics-class.csv"'
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [int(row["tracks"]) for row in rows] == [row["tracks"] for row in shown["rows"]]
    assert [what for _, what, _ in found] == ["statistics", "statistics"]
    same = counted(ines, inquiry, "/file", by="class", kind="json")
    assert json.loads(same.content)["rows"] == shown["rows"]
    assert counted(ines, inquiry, "/file", by="hour", kind="svg").text.startswith("<svg")
    one = counted(ines, inquiry, "/file", by="heat", kind="png", camera="gate")
    assert one.content.startswith(b"\x89PNG")


def test_what_is_no_file_of_this_is_told(ines, inquiry):
    for wrong in (
        {"kind": "png", "by": "hour"},
        {"kind": "exe", "by": "hour"},
        {"kind": "../x", "by": "hour"},
    ):
        assert counted(ines, inquiry, "/file", **wrong).status_code == 422
