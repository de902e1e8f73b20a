"""How often an address may ask: a bucket of requests that fills again, one for each address and purpose."""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

ADDRESSES = 10_000  # remembered at once; beyond it the one that was quiet longest is forgotten


@dataclass(frozen=True, slots=True)
class Rate:
    """``burst``: so many at once; then ``per_second`` on average."""

    burst: int
    per_second: float


ALL = Rate(2000, 500.0)  # twenty people behind one address turn pages
SIGN_IN = Rate(20, 0.2)  # beside the wait for each name: one guess for each of many names


@dataclass(slots=True)
class Buckets:
    """What is left for each address. For one event loop; ``clock``: seconds that never go back."""

    rate: Rate
    clock: Callable[[], float] = monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, address: str) -> int:
        """Take one: 0, or the seconds after which there is one again."""
        now = self.clock()
        left, at = self._left.pop(address, (float(self.rate.burst), now))
        left = min(left + (now - at) * self.rate.per_second, self.rate.burst)
        wait = 0 if left >= 1 else math.ceil((1 - left) / self.rate.per_second)
        self._left[address] = (left if wait else left - 1, now)
        if len(self._left) > ADDRESSES:
            self._left.popitem(last=False)
        return wait
