"""A person filmed asks: the whole story in a small workspace, and each way in which it can go wrong."""

import json
import subprocess
import threading

import pytest

from synopticon.acts import requests, retention
from synopticon.acts.request_papers import write_form, write_notice
from synopticon.acts.request_search import search_request
from synopticon.acts.request_send import send_answer
from synopticon.acts.requests import decide_request, extend_request, list_requests, open_request, show_request
from synopticon.errors import FootageError, RefusedError, StoreError, UsageError
from synopticon.evidence.verify import verify_package
from synopticon.governance.demand import Person, Right, Stage
from synopticon.governance.grant import Window
from tests.investigation import investigate
from tests.people import HOUR, NOW

WHO = Person("Zoé Marchand", "red top, grey trousers, came in with a dog", "passport, seen at the desk")
WINDOW = Window(NOW - HOUR, NOW + HOUR)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        yield investigate(tmp_path_factory.mktemp("asked"), patched)


def asks(here, right=Right.ACCESS, window=WINDOW, who=WHO, cameras=("gate",)):
    return open_request(here.workspace, right, cameras, window, who)


def test_story(here, tmp_path):
    info = asks(here)
    id = info.demand.id
    answer = search_request(here.workspace, id, "")
    ids = [h.track for h in answer.found.hits]
    print(ids, answer.facts, answer.worth())
    decide_request(here.workspace, id, tracks=ids[:1], reason="the red top, the dog, and the time agree")
    sent = send_answer(here.workspace, id, tmp_path / "answer", contact="privacy@example.org")
    print(sent)
    print((tmp_path / "answer" / "letter.en.txt").read_text())
    print((tmp_path / "answer" / "looks.json").read_text())
    print(sorted(p.name for p in (tmp_path / "answer").rglob("*")))
    import shutil

    shutil.copytree(tmp_path / "answer", "/tmp/ev/scratch-request/answer", dirs_exist_ok=True)
    assert not verify_package(tmp_path / "answer").problems
