"""Nothing outside ``acts/`` reaches what was derived from footage, and each act says what it is."""

import ast

import pytest

from synopticon.governance.capability import Operation, operation_of, spread
from tests.architecture.source import PACKAGE, python_files, tree

# Modules of the store that read what was derived from footage: the readers that take a grant, and the vault.
READERS = {
    "blobs",
    "demands",
    "descriptors",
    "erase",
    "events",
    "footage",
    "granted",
    "journeys",
    "live",
    "marks",
    "plate_lists",
    "plates",
    "registers",
    "scoped",
    "sealed",
    "tables_footage",
    "tracks",
    "traits",
    "vault",
    "webhooks",
}
# Whoever takes a grant is an act; the module that holds the pattern is none.
GOVERNED = sorted(path.stem for path in (PACKAGE / "acts").glob("*.py") if ".act(" in path.read_text("utf-8"))
GOVERNED.remove("workspace")


# What a module does besides what it declares: the readers beside the writers of one thing, and its keepers.
BESIDES = {
    "audit": {"audit.export", "audit.witness"},
    "camera_rules": {"camera.read"},  # the list of them
    "cameras": {"camera.add", "camera.read"},
    "cases": {"case.open", "case.emergency", "case.read"},
    "export": {"search.attributes", "view.unmasked"},  # which tracks; they stay clear
    "kept_events": {"case.mark"},  # a decision
    "live": set(spread("event.*")),  # what is looked for
    "journey": {"camera.set", "camera.read"},  # ways between cameras
    "marks": {"view.masked"},  # the list of what was noted
    "plates": {"journey"},  # a plate is followed from camera to camera
    "people": {"user.add", "user.read", "user.login"},
    "request_send": {"request.read"},  # whom it goes to
    "requests": {"request.open", "request.read", "request.search"},  # the tracks that are named
    "retention": {"retention.report", "retention.hold", "retention.release"},
    "redact": {"view.unmasked"},  # somebody stays clear
    "site": {"camera.read"},
    "switches": {"camera.read"},
    "webhooks": {"webhook.read"},
    "zones": {"camera.read"},
}


def imported(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def rooms():
    for path in python_files("src"):
        parts = path.parts[2:]
        if parts[0] not in ("acts", "store"):
            yield path


def test_only_acts_reach_the_readers_of_footage():
    wrong = {f"synopticon.store.{name}" for name in READERS}
    assert not [(str(p), name) for p in rooms() for name in imported(p) if name in wrong]


def test_the_readers_are_all_named_here():
    """A new module of the store that asks for grants is a reader, too."""
    asking = {
        p.stem
        for p in python_files("src")
        if p.parts[2] == "store" and any(n == "synopticon.governance.grant.Grant" for n in imported(p))
    }
    assert asking <= READERS


def test_the_acts_are_found():
    assert {"synopsis", "tracks", "ingest", "cameras", "retention", "cases", "audit"} <= set(GOVERNED)


def module(name):
    return ast.parse((PACKAGE / "acts" / f"{name}.py").read_text("utf-8"))


def declared(name):
    return [
        ast.unparse(node.value)
        for node in module(name).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "OPERATION"
    ]


def calls(name, method):
    """Calls of a method of that name, whosever it is."""
    for node in ast.walk(module(name)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
            yield node


@pytest.mark.parametrize("name", GOVERNED)
def test_each_act_declares_its_operation(name):
    (found,) = declared(name)
    assert found.removeprefix("Operation.") in Operation.__members__


def asked_for(node):
    """The capabilities that an argument names: one, or those of a family as ``f"event.{name}"``."""
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return spread(f"{node.values[0].value}*")
    assert isinstance(node, ast.Constant), "write the capability where it is asked for"
    return (node.value,)


@pytest.mark.parametrize("name", GOVERNED)
def test_each_act_records_what_it_declares(name):
    """The log says of an act what its module says: an alteration is not logged as a look."""
    (found,) = declared(name)
    operation = Operation[found.removeprefix("Operation.")]
    recorded = {said for call in calls(name, "act") for said in asked_for(call.args[0])}
    others = {capability for capability in recorded if operation_of(capability) is not operation}
    assert others == BESIDES.get(name, set())
    assert recorded - others


@pytest.mark.parametrize("name", GOVERNED)
def test_the_log_has_one_word_for_one_thing(name):
    """``subjects``: ids; ``track_list``: their digest; ``track_count``: how many; never ``tracks``."""
    words = {keyword.arg for call in calls(name, "note") for keyword in call.keywords}
    assert "tracks" not in words


VIEWS = ("TraitView", "PlateView")


def public_readers():
    """Public methods of the readers that touch the database, with the names of their parameters."""
    for path in python_files("src"):
        if path.parts[2] != "store" or path.stem not in {
            "footage",
            "tracks",
            "traits",
            "marks",
            "blobs",
            "vault",
            "descriptors",
            "journeys",
            "plates",
            "plate_lists",
        }:
            continue
        # A view is given by a store for one grant, and checks it at each read.
        for kind in (n for n in tree(path).body if isinstance(n, ast.ClassDef) and n.name not in VIEWS):
            for method in (n for n in kind.body if isinstance(n, ast.FunctionDef)):
                if not method.name.startswith("_"):
                    yield f"{path.stem}.{method.name}", [a.arg for a in method.args.args]


def test_every_read_takes_a_grant():
    # Whether a digest is known, how many there are, which keys exist: nothing of what footage shows.
    free = {
        "footage.known",
        "footage.taken_from",
        "footage.erased",
        "footage.home",
        "footage.count",
        "footage.digests",
        "vault.parts",
    }
    free |= {"traits.lacking", "plates.take", "plates.join", "plates.place", "plates.kept"}
    free |= {"journeys.set", "journeys.all", "journeys.turned"}  # ways between cameras: nothing of footage
    free |= {
        "descriptors.take",
        "descriptors.join",
        "descriptors.none",
        "descriptors.pairs",
    }
    found = dict(public_readers())
    assert len(found) > 15
    assert {name for name, parameters in found.items() if "grant" not in parameters} == free
