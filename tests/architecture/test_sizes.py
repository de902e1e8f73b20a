"""Small functions and files, as the field's best code has them."""

import statistics

from tests.architecture.source import ROOT, functions, python_files

FILE_LIMIT = 600
FUNCTION_LIMIT = 80
MEDIAN = 12
P90 = 40


def test_files_are_short():
    sizes = {p: len((ROOT / p).read_text("utf-8").splitlines()) for p in python_files("src")}
    assert not {str(p): n for p, n in sizes.items() if n >= FILE_LIMIT}


def test_functions_are_short():
    sizes = {
        f"{p}:{f.lineno}": f.end_lineno - f.lineno + 1 for p in python_files("src") for f in functions(p)
    }
    assert not {name: n for name, n in sizes.items() if n > FUNCTION_LIMIT}
    assert statistics.median(sizes.values()) <= MEDIAN
    assert statistics.quantiles(sizes.values(), n=10)[8] <= P90
