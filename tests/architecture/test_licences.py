"""Licences are a checked fact: each dependency at run time and each model card states a usable one."""

import importlib.metadata
import re
import tomllib

import pytest
from packaging.requirements import Requirement

from synopticon.models.cards import load_cards
from tests.architecture.source import ROOT

ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-4.0", "CC0-1.0", "HPND", "ISC",
    "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
EXCEPTIONS = {"LLVM-exception"}
FORBIDDEN = re.compile(r"\bA?GPL|Affero|non-?commercial|\bNC\b|SSPL|BUSL", re.IGNORECASE)
# Packages whose metadata state no SPDX expression; read by a person from the licence file they ship.
READ = {
    "authlib": "BSD-3-Clause",
    "defusedxml": "PSF-2.0",
    "flatbuffers": "Apache-2.0",
    "fonttools": "MIT",
    "h11": "MIT",
    "jinja2": "BSD-3-Clause",
    "joserfc": "BSD-3-Clause",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "numba": "BSD-2-Clause",
    "onnxruntime": "MIT",
    "opencv-python-headless": "Apache-2.0",
    "protobuf": "BSD-3-Clause",
    "rfc8785": "Apache-2.0",
    "rich": "MIT",
    "scipy": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "shellingham": "ISC",
    "tzdata": "Apache-2.0",
}
NEVER = {"ultralytics", "boxmot", "insightface", "pymerkle", "mobileclip"}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(name: str, seen: dict[str, importlib.metadata.Distribution]) -> None:
    """Collect what is installed because this package needs it to run."""
    if canonical(name) in seen:
        return
    found = importlib.metadata.distribution(name)
    seen[canonical(name)] = found
    for line in found.requires or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            needed(requirement.name, seen)


def runtime() -> dict[str, importlib.metadata.Distribution]:
    seen: dict[str, importlib.metadata.Distribution] = {}
    needed("synopticon", seen)
    return seen


def expression(name: str, found: importlib.metadata.Distribution) -> str:
    return found.metadata.get("License-Expression") or READ.get(name, "")


def problem(spdx: str) -> str:
    """Why a licence expression may not be used; "" when it may."""
    if not spdx:
        return "states no licence: read its licence file and add it to READ"
    # Of "A OR B" one may be chosen; of "A AND B" all must hold.
    choices = [part.strip("() ") for part in spdx.split(" OR ")]
    for choice in choices:
        terms = re.split(r" AND | WITH ", choice.replace("(", "").replace(")", ""))
        if all(term.strip() in ALLOWED | EXCEPTIONS for term in terms):
            return ""
    return f"{spdx} is not among the licences that may be used"


@pytest.mark.parametrize("name", sorted(runtime()))
def test_a_dependency_may_be_used(name):
    found = runtime()[name]
    assert not (why := problem(expression(name, found))), f"{name} {why}"
    stated = [found.metadata.get("License-Expression") or "", *(found.metadata.get_all("Classifier") or [])]
    short = found.metadata.get("License") or ""
    stated += [short] if len(short) < 200 else []
    assert not [text for text in stated if FORBIDDEN.search(text)]


@pytest.mark.parametrize("card", load_cards(), ids=lambda card: card.name)
def test_a_model_may_be_used(card):
    assert not problem(card.licence)
    assert not FORBIDDEN.search(card.licence)


@pytest.mark.parametrize(
    "spdx", ["AGPL-3.0-only", "GPL-3.0-or-later", "CC-BY-NC-4.0", "LicenseRef-unknown", ""]
)
def test_what_is_not_free_to_use_fails(spdx):
    assert problem(spdx)
    assert problem(f"MIT AND {spdx}" if spdx else "")
    assert not problem(f"MIT OR {spdx}") or not spdx


def test_nothing_forbidden_is_ever_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [
        *project["dependencies"],
        *(r for extra in project["optional-dependencies"].values() for r in extra),
    ]
    assert not {canonical(Requirement(r).name) for r in asked} & NEVER


def test_third_party_names_every_dependency_and_model():
    page = (ROOT / "THIRD-PARTY.md").read_text("utf-8").lower()
    missing = [n for n in runtime() if n != "synopticon" and f"| {n} |" not in page]
    missing += [c.name for c in load_cards() if f"| {c.name} |" not in page]
    assert not missing
