"""One decorator for the few hot loops that numba compiles, when they are first called.

Most commands call none of them, and numba takes as long to load as all else that they import. The machine
code is cached beside the source, or in numba's user-wide folder when the package is read-only, so nothing is
compiled again on a second run. Where neither folder can be written the code still runs; it is then compiled
once a process.
"""

from collections.abc import Callable
from functools import cached_property, update_wrapper
from typing import Any

Function = Callable[..., Any]


class Compiled:
    """A function that is compiled when it is first called, be it by compiled code."""

    def __init__(self, function: Function, signature: str | None) -> None:
        self._function = function
        self._signature = signature
        update_wrapper(self, function)

    def __call__(self, *given: Any) -> Any:
        """What the function gives."""
        return self.made(*given)

    @cached_property
    def made(self) -> Any:
        """What numba made of it: cached on disk, or where no folder for a cache can be written, not."""
        try:
            return self._compile(cache=True)
        except RuntimeError as error:
            if "cannot cache" not in str(error):
                raise
            return self._compile(cache=False)

    @property
    def _numba_type_(self) -> Any:
        """By this numba knows what it is that compiled code calls."""
        return self.made._numba_type_

    def _compile(self, cache: bool) -> Any:
        import numba

        return numba.njit(self._signature, cache=cache, nogil=True, error_model="numpy")(self._function)


def compiled(signature: str | None = None) -> Callable[[Function], Function]:
    """Compile a function for numba types given as text; ``None`` = take the types of the first call."""
    return lambda function: Compiled(function, signature)
