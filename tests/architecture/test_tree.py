"""What is written down: no machine's paths, no registry's host, nothing large."""

import re

from tests.architecture.source import ROOT, texts, tracked

# Put together from pieces, so that this file does not hold what it looks for.
HOSTS = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "deb.debian" + ".org",
    "proxy.golang" + ".org",
]
PLACES = [r"/(?:work|root|home/\w+|Users/\w+)/", r"[A-Z]:\\\\?Users"]
LARGEST = 1_500_000


def hits(pattern):
    return [f"{path}: {found[0]}" for path, text in texts() if (found := re.search(pattern, text))]


def test_no_registry_is_named():
    assert not hits("|".join(re.escape(host) for host in HOSTS))


def test_no_machine_is_named():
    pattern = "|".join(PLACES).replace("work|root", "work" + "|" + "root")
    assert not [hit for hit in hits(pattern) if not hit.startswith("tests/architecture/test_tree.py")]


def test_files_are_small():
    assert not [str(p) for p in tracked() if (ROOT / p).stat().st_size > LARGEST]


def test_no_test_is_skipped():
    """What cannot run is left out by a mark, and the reason is printed; see tests/conftest.py."""
    pattern = r"mark\.skip|pytest\.skip\(|import" + r"orskip|unittest\.skip"
    assert not [hit for hit in hits(pattern) if not hit.startswith("tests/architecture/test_tree.py")]


def test_no_unfinished_work_is_left():
    words = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
    assert not hits(r"\b(?:" + "|".join(words) + r")\b")
