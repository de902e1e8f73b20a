"""Where marks lie among those of many parts: apart, so that who searches no plate loads no compiler."""

from typing import Any

import numpy as np

from synopticon.compiled import compiled


@compiled()
def marked(marks: Any, edges: Any, wanted: Any) -> Any:
    """Part, first row, and the row behind the last, int64 ``(k, 3)``, of each part that has its mark."""
    out, found = np.zeros((len(wanted), 3), np.int64), 0
    for k in range(len(wanted)):
        begin, end = edges[k], edges[k + 1]
        first = begin + np.searchsorted(marks[begin:end], wanted[k])
        last = first
        while last < end and marks[last] == wanted[k]:
            last += 1
        if last > first:
            out[found, 0], out[found, 1], out[found, 2] = k, first - begin, last - begin
            found += 1
    return out[:found]
