"""How sure a share is that was counted on few things.

Wilson's interval ("Probable inference, the law of succession, and statistical inference", JASA 22, 1927).
"""

from math import sqrt

Z = 1.959964  # of 95 %


def wilson(found: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share, 0..1; all of 0..1 where nothing was counted."""
    if not n:
        return 0.0, 1.0
    share, square = found / n, Z * Z / n
    middle = (share + square / 2) / (1 + square)
    half = Z * sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)
