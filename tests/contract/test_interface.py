"""The web interface does what its description says, whatever is sent to it: fuzzed with schemathesis.

Every operation, in one person's empty workspace and in an organisation as each of its roles and another unit.
``SYNOPTICON_FUZZ=200`` sends so many requests to each operation, instead of a few.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis import checks

from synopticon.acts.workspace import open_workspace
from synopticon.governance.users import Role
from synopticon.web.app import openapi
from tests.inquiry import browsers_of, inquire, site_of
from tests.site import Site

EXAMPLES = int(os.environ.get("SYNOPTICON_FUZZ", "6"))
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
ENDING = ("signOut", "signIn", "changePassword", "endSession", "endSessions", "retireUser")
# A stream does not end by itself: ``tests/unit/web/test_jobs.py`` reads it.
schema = schemathesis.openapi.from_dict(openapi()).exclude(operation_id="followJobs")
schema.config.phases.update(phases=["fuzzing"])


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The server of one person's workspace with nothing in it, and their browser."""
    with open_workspace(tmp_path_factory.mktemp("fuzz") / "ws") as workspace:
        site = Site(workspace)
        yield site, site.owner()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return site_of(inquire(tmp_path_factory.mktemp("inquiry")))


@pytest.fixture(scope="module")
def browsers(site):
    return browsers_of(site)


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_is_described(case, alone):
    check(case, *alone)


@schema.given(who=st.sampled_from([*Role, "sven"]))
@schema.parametrize()
@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=list(HealthCheck))
def test_so_is_it_for_each_role(case, who, site, browsers):
    check(case, site, browsers.get(who) or site.browser())


def check(case, site, browser):
    """Send a request as somebody, and hold the answer against what is described."""
    if case.operation.definition.raw["operationId"] in ENDING:
        browser = site.browser()  # the other one stays signed in
    sent = case.as_transport_kwargs(base_url=site.page)
    sent["headers"] = {**browser.headers, **sent.get("headers", {})}
    answer = browser.request(**sent)
    case.validate_response(schemathesis.Response.from_any(answer), checks=CHECKS)
