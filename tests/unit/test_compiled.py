import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from synopticon.compiled import compiled
from synopticon.synopsis.arrange import Knobs, arrange
from tests.tubesets import random_tubes

ROOT = Path(__file__).parents[2]
SECOND_RUN = """
import numpy as np
import sys
from synopticon.compiled import Compiled
from synopticon.synopsis.arrange import Knobs, arrange
from tests.tubesets import random_tubes
tubes = random_tubes(np.random.default_rng(0), 30)
arrange(tubes, Knobs(effort=1)); arrange(tubes, Knobs(effort=1, max_collision=0))
kernels = {
    f"{name}.{key}": value.made
    for name, module in list(sys.modules.items()) if name.startswith("synopticon.")
    for key, value in vars(module).items() if isinstance(value, Compiled) and "made" in vars(value)
}
used = {name: k for name, k in kernels.items() if k.signatures}
assert len(used) > 5, used
for name, kernel in used.items():
    assert not kernel.stats.cache_misses, f"{name} was compiled again"
    assert len(kernel.signatures) == 1, f"{name} was compiled for {kernel.signatures}"
"""


def test_nothing_is_compiled_again_on_a_second_run():
    tubes = random_tubes(np.random.default_rng(0), 30)
    arrange(tubes, Knobs(effort=1))
    arrange(tubes, Knobs(effort=1, max_collision=0))
    again = subprocess.run(
        [sys.executable, "-c", SECOND_RUN], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr


def test_without_any_folder_for_the_cache_it_is_compiled_all_the_same(monkeypatch):
    true = numba.njit

    def njit(signature=None, **options):
        if options["cache"]:
            raise RuntimeError("cannot cache function 'twice': no locator available for file")
        return true(signature, **options)

    monkeypatch.setattr(numba, "njit", njit)

    @compiled("int64(int64)")
    def twice(x):
        return 2 * x

    assert twice(21) == 42


def test_other_errors_of_the_compiler_pass(monkeypatch):
    def njit(*_, **__):
        raise RuntimeError("something else")

    monkeypatch.setattr(numba, "njit", njit)
    with pytest.raises(RuntimeError, match="something else"):
        compiled()(lambda x: x)(1)


def test_compiled_code_calls_what_was_not_compiled_yet():
    @compiled()
    def thrice(x):
        return 3 * x

    @compiled("int64(int64)")
    def more(x):
        return thrice(x) + 1

    assert more(2) == 7
    assert more.__name__ == "more"
    assert thrice.made.signatures
