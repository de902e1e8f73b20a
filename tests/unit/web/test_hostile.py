"""Whatever somebody writes into an address, a name or a question: no row of the table gives way."""

import inspect
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from synopticon.governance.users import Role
from synopticon.web.routes import ROUTES
from tests.unit.web.examples import example
from tests.unit.web.test_isolation import IN_PATH, IN_QUESTION, asked_for

WITH_PARTS = [row for row in ROUTES if "{" in row.path]
LEADING_OUT = (
    "../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/workspace.json", "/etc/passwd",
    "..\\..\\keys\\log.pem", "workspace.json", "keys/log.pem", "file:///etc/passwd", "' OR '1'='1",
    "1; DROP TABLE track", "<script>alert(1)</script>", "${7*7}", "{{7*7}}", "a" * 3000, "\x00", "\u202e",
)  # fmt: skip
# A number may be that of an entry of the log, which is there.
ANY = st.one_of(
    st.sampled_from(LEADING_OUT), st.text(min_size=1, max_size=40).filter(lambda part: not part.isdecimal())
)


def takes_a_case(row) -> bool:
    """Whether a case may be named in a question or a body."""
    for one in inspect.signature(row.call).parameters.values():
        body = isinstance(one.annotation, type) and issubclass(one.annotation, BaseModel)
        if one.name == "case" or (body and "case" in one.annotation.model_fields):
            return True
    return False


def test_every_row_that_takes_a_case_is_tried_with_the_case_of_others():
    """What lists entries or explains by case, and what one may do, has tests of its own."""
    tried = {row.name for row in (*IN_PATH, *IN_QUESTION)}
    apart = {"explain", "listLog", "listMyCapabilities"}
    assert {row.name for row in ROUTES if takes_a_case(row)} <= tried | apart


@pytest.mark.parametrize("row", WITH_PARTS, ids=[row.name for row in WITH_PARTS])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=ANY)
def test_no_part_of_an_address_leads_anywhere_else(row, part, browsers, inquiry):
    """Path traversal and injection: whatever it is, it breaks nothing, leaks nothing, and is not there."""
    path = row.path
    for name in [piece.strip("{}") for piece in path.split("/") if piece.startswith("{")]:
        path = path.replace(f"{{{name}}}", quote(part, safe=""))
    said = {**example(row, inquiry), "url": path}
    for role in (Role.INVESTIGATOR, Role.ADMINISTRATOR, Role.AUDITOR):
        answer = browsers[role].request(**said)
        assert answer.status_code < 500, answer.text
        for secret in ("root:x:", "BEGIN PRIVATE KEY", "synopticon-workspace", str(inquiry.workspace.folder)):
            assert secret not in answer.text
        if row.method == "GET":
            assert answer.status_code in (400, 401, 403, 404, 405, 422) or row.kind == "text/event-stream"


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=st.from_regex(r"case-[0-9a-f]{16}", fullmatch=True))
@pytest.mark.parametrize("row", IN_QUESTION, ids=[row.name for row in IN_QUESTION])
def test_every_case_that_is_not_ours_is_not_there_whichever_way(row, case, ines, inquiry):
    """IDOR: the case of another unit and a made-up one get the same words, from each row that takes one."""
    told = [
        (answer.status_code, answer.text.replace(one, "CASE"))
        for one in (case, inquiry.foreign)
        for answer in [ines.request(**asked_for(row, one, inquiry))]
    ]
    assert told[0] == told[1]
    assert told[0][0] in (403, 404, 422)
