import ast
import copy
import dataclasses
import pickle
from datetime import timedelta

import pytest

from synopticon.errors import RefusedError, UsageError
from synopticon.governance.capability import (
    CAPABILITIES,
    EVENTS,
    FOOTAGE,
    FRAME,
    HOUSE,
    Operation,
    operation_of,
    spread,
)
from synopticon.governance.grant import Grant, Scope, Window, merged
from tests.architecture.source import PACKAGE, ROOT, python_files, tree
from tests.grants import grant_for
from tests.people import DIGEST, HOUR, NOW, SCOPE, WINDOW


@pytest.mark.parametrize("seal", [b"", b"x" * 32])
def test_a_grant_cannot_be_made_elsewhere(seal):
    true = grant_for(scope=SCOPE)
    fields = {f.name: getattr(true, f.name) for f in dataclasses.fields(true)}
    with pytest.raises(RefusedError) as found:
        Grant(**{**fields, "seal": seal})
    assert found.value.rule == "grant.made-by-authority"


@pytest.mark.parametrize(
    "change",
    [{"capability": "redact"}, {"actor": "user-2"}, {"scope": Scope(("cam-9",), (WINDOW,))}, {"unit": "u"}],
)
def test_a_grant_cannot_be_changed(change):
    with pytest.raises(RefusedError, match="made-by-authority"):
        dataclasses.replace(grant_for(scope=SCOPE), **change)
    grant = grant_for(scope=SCOPE)
    for name, value in change.items():
        object.__setattr__(grant, name, value)
    with pytest.raises(RefusedError, match="made-by-authority"):
        grant.check(NOW)


def test_a_grant_does_not_leave_its_process():
    grant = grant_for(scope=SCOPE)
    with pytest.raises(RefusedError, match="made-by-authority"):
        pickle.dumps(grant)
    assert copy.copy(grant) is grant
    assert copy.deepcopy([grant])[0] is grant
    assert b"seal" not in repr(grant).encode()


def test_only_the_authority_mints():
    """No code but the authority's reaches the mint, its secret or a seal."""
    for path in python_files("src"):
        if ROOT / path in (PACKAGE / "governance" / "grant.py", PACKAGE / "governance" / "authority.py"):
            continue
        names = {
            getattr(n, "id", None) or getattr(n, "attr", None) or getattr(n, "name", "")
            for n in ast.walk(tree(path))
        }
        assert not names & {"_mint", "_SECRET", "_sealed"}, path


def test_a_grant_ends_and_is_for_one_act():
    grant = grant_for("synopsis", SCOPE)
    assert grant.check(NOW, "synopsis", "view.masked") == SCOPE
    with pytest.raises(RefusedError) as late:
        grant.check(grant.expires)
    assert late.value.rule == "grant.not-expired"
    with pytest.raises(RefusedError) as other:
        grant.check(NOW, "export.masked")
    assert other.value.rule == "grant.for-this-act"


def test_a_scope_covers_what_lies_wholly_in_it():
    scope = Scope(("cam-1",), (WINDOW,))
    start, end = WINDOW.start, WINDOW.end
    assert scope.covers("cam-1", start, end)
    assert scope.covers("cam-1", start + HOUR, end - HOUR, 3600.0)
    assert not scope.covers("cam-1", start + HOUR, end - HOUR, 3600.1)
    assert not scope.covers("cam-2", start, end)
    assert not scope.covers("cam-1", start - HOUR, end)
    assert not scope.covers("cam-1", end, end)
    assert not scope.covers("cam-1", start, end, float("nan"))
    assert not scope.covers("cam-1", start, end, -1.0)
    assert not scope.covers("cam-1", start, end, 1e300)
    assert not scope.covers("cam-1", end - HOUR, start + HOUR)


def test_windows_that_touch_are_one():
    later = Window(WINDOW.end, WINDOW.end + HOUR)
    apart = Window(WINDOW.end + 3 * HOUR, WINDOW.end + 4 * HOUR)
    scope = Scope(("cam-1",), (apart, later, WINDOW))
    assert scope.windows == (Window(WINDOW.start, later.end), apart)
    assert scope.covers("cam-1", WINDOW.end - HOUR, later.end)
    assert merged([]) == ()
    assert Scope(("b", "a", "b")).cameras == ("a", "b")


def test_a_scope_is_read_back():
    assert Scope.of_plain(SCOPE.plain()) == SCOPE
    assert Scope.of_plain(Scope().plain()) == Scope()
    for bad in (
        {},
        {"cameras": [], "windows": ["x"], "digests": []},
        {"cameras": [], "windows": "ab", "digests": []},
    ):
        with pytest.raises(UsageError):
            Scope.of_plain(bad)


def test_an_empty_scope_covers_nothing():
    assert not Scope()
    assert not Scope(cameras=("cam-1",))
    assert not Scope().covers("cam-1", NOW, NOW + HOUR)
    assert not Scope().covers_digest(DIGEST)
    assert Scope(digests=(DIGEST,)).covers_digest(DIGEST)


def test_a_window_has_a_zone_and_a_length():
    with pytest.raises(UsageError, match="time zone"):
        Window(NOW.replace(tzinfo=None), NOW)
    with pytest.raises(UsageError, match="ends before"):
        Window(NOW, NOW - timedelta(seconds=1))


def test_the_list_of_capabilities_is_closed():
    """The list of the issue; each has one of the six operations."""
    wanted = (
        "ingest view.masked view.unmasked synopsis search.attributes search.similar search.plate journey "
        "statistics case.mark redact handover export.masked export.original request request.search live"
    )
    assert set(FOOTAGE) == set(wanted.split()) | {f"event.{name}" for name in EVENTS}
    assert {name.split(".")[0] for name in FRAME} == {"case", "camera", "audit"}
    assert {op.value for op in Operation} == {
        "collection", "alteration", "consultation", "disclosure", "combination", "erasure",
    }  # fmt: skip
    assert set(CAPABILITIES) == {*FOOTAGE, *FRAME, *HOUSE}
    assert len(CAPABILITIES) == len(FOOTAGE) + len(FRAME) + len(HOUSE)


def test_families_and_typing_errors():
    assert set(spread("event.*")) == {f"event.{name}" for name in EVENTS}
    assert spread("synopsis") == ("synopsis",)
    for wrong in ("face.*", "search", "*", "serch.plate", ""):
        with pytest.raises(UsageError, match="choose one"):
            spread(wrong)
    with pytest.raises(UsageError, match=r"search\.plate"):
        operation_of("serch.plate")
