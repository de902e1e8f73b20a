"""Nothing outside ``acts/`` reaches what was derived from footage, and each act says what it is."""

import ast

import pytest

from synopticon.governance.capability import Operation
from tests.architecture.source import PACKAGE, python_files, tree

# Modules of the store that read what was derived from footage: the readers that take a grant, and the vault.
READERS = {
    "blobs",
    "descriptors",
    "erase",
    "footage",
    "granted",
    "journeys",
    "marks",
    "registers",
    "scoped",
    "sealed",
    "tables_footage",
    "tracks",
    "traits",
    "vault",
}
# Whoever takes a grant is an act; the module that holds the pattern is none.
GOVERNED = sorted(path.stem for path in (PACKAGE / "acts").glob("*.py") if ".act(" in path.read_text("utf-8"))
GOVERNED.remove("workspace")


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


@pytest.mark.parametrize("name", GOVERNED)
def test_each_act_declares_its_operation(name):
    module = ast.parse((PACKAGE / "acts" / f"{name}.py").read_text("utf-8"))
    declared = [
        ast.unparse(node.value)
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "OPERATION"
    ]
    assert len(declared) == 1
    assert declared[0].removeprefix("Operation.") in Operation.__members__


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
        }:
            continue
        # A view of traits is given by a store for one grant, and checks it at each read.
        for kind in (n for n in tree(path).body if isinstance(n, ast.ClassDef) and n.name != "TraitView"):
            for method in (n for n in kind.body if isinstance(n, ast.FunctionDef)):
                if not method.name.startswith("_"):
                    yield f"{path.stem}.{method.name}", [a.arg for a in method.args.args]


def test_every_read_takes_a_grant():
    # Whether a digest is known, how many there are, which keys exist: nothing of what footage shows.
    free = {"footage.known", "footage.erased", "footage.count", "footage.digests", "vault.parts"}
    free |= {"traits.lacking"}
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
