"""Every error of the tree becomes a problem with its one line; what is no error of ours says nothing."""

import json
import logging

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from synopticon.errors import (
    AuditError,
    FootageError,
    ModelError,
    OutputError,
    QueryError,
    RefusedError,
    StoreError,
    UsageError,
    WaitError,
)
from synopticon.web import problems
from synopticon.web.problems import MissingError, NobodyError, of_error
from tests.architecture.pages import tree

CASES = [
    (UsageError("no: do this"), 422),
    (QueryError("character 3: no", "word", 3, "red"), 422),
    (RefusedError("no (rule a.b): ask", "a.b"), 403),
    (WaitError("wait", "a.b", 30), 429),
    (RefusedError("case-1 is no case of your unit", "case.of-unit"), 404),
    (FootageError("no picture"), 422),
    (OutputError("exists"), 409),
    (MissingError("gone"), 404),
    (NobodyError("who"), 401),
    (StoreError("damaged"), 500),
    (AuditError("cut"), 500),
    (ModelError("none"), 500),
]


@pytest.mark.parametrize(("error", "status"), CASES, ids=lambda x: type(x).__name__)
def test_an_error_is_a_problem(error, status):
    answer = of_error(error)
    said = json.loads(answer.body)
    assert (answer.status_code, said["status"], answer.media_type) == (status, status, problems.MEDIA)
    assert set(said) <= {"type", "title", "status", "detail", "rule", "column", "suggestion"}


@pytest.mark.parametrize("kind", tree(), ids=lambda kind: kind.__name__)
def test_every_error_has_its_status(kind):
    more = {"WaitError": ("a.b", 1)}.get(kind.__name__, ())
    assert 400 <= of_error(kind("what", *more)).status_code < 600


def test_a_case_of_others_is_named_by_nothing():
    said = json.loads(of_error(RefusedError("case-1 is no case of your unit: see x", "case.of-unit")).body)
    assert "case-1" not in said["detail"]


def test_a_wait_says_how_long():
    assert of_error(WaitError("wait", "a.b", 30)).headers["retry-after"] == "30"


def test_what_nobody_expected_is_told_to_the_terminal_only(caplog):
    app = FastAPI()
    problems.install(app)

    @app.get("/broken")
    def broken():
        raise RuntimeError("the secret is 42")

    with caplog.at_level(logging.CRITICAL, "synopticon.web"):
        answer = TestClient(app, raise_server_exceptions=False).get("/broken")
    assert answer.status_code == 500
    assert "42" not in answer.text
    assert "RuntimeError" in caplog.text
    caplog.clear()
