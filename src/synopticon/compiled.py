"""One decorator for the few hot loops that numba compiles.

The machine code is cached beside the source, or in numba's user-wide folder when the package is read-only, so
that nothing is compiled again on a second run. Where neither folder can be written the code still runs; it is
then compiled once a process.
"""

from collections.abc import Callable
from typing import Any

import numba

Function = Callable[..., Any]


def compiled(signature: str | None = None) -> Callable[[Function], Function]:
    """Compile a function for numba types given as text; ``None`` = take the types of the first call."""

    def wrap(function: Function) -> Function:
        """Compile with a cache on disk, or without where none can be written."""

        def compile_it(cache: bool) -> Function:
            made: Function = numba.njit(signature, cache=cache, nogil=True, error_model="numpy")(function)
            return made

        try:
            return compile_it(cache=True)
        except RuntimeError as error:  # no folder for the cache can be written
            if "cannot cache" not in str(error):
                raise
            return compile_it(cache=False)

    return wrap
