"""The web interface does what its description says, whatever is sent to it: fuzzed with schemathesis."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks

from synopticon.acts.workspace import open_workspace
from synopticon.web.app import openapi
from tests.site import Site

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
schema = schemathesis.openapi.from_dict(openapi())
schema.config.phases.update(phases=["fuzzing"])


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The server of one person's workspace with nothing in it, and their browser."""
    with open_workspace(tmp_path_factory.mktemp("fuzz") / "ws") as workspace:
        site = Site(workspace)
        yield site, site.owner()


@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_is_described(case, alone):
    site, browser = alone
    if case.operation.definition.raw["operationId"] in ("signOut", "signIn"):
        browser = site.browser()  # the other one stays signed in
    sent = case.as_transport_kwargs(base_url=site.page)
    sent["headers"] = {**browser.headers, **sent.get("headers", {})}
    answer = browser.request(**sent)
    case.validate_response(schemathesis.Response.from_any(answer), checks=CHECKS)
