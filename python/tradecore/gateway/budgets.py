"""How much each client may ask: a bucket of tokens a user, and one an address."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from tradecore.core import RateLimiter

__all__ = ["Budget", "Budgets"]

_S: Final = 1_000_000_000
KEYS_MAX: Final = 100_000


@dataclass(frozen=True, slots=True)
class Budget:
    """What a request left of a budget.

    Args:
        name: Whose: `user` or `address`.
        per_s: What comes back each second.
        burst: What may be asked at once.
        left: What is left.
        wait_ns: How long until the next one passes; 0 if this one did.
    """

    name: str
    per_s: int
    burst: int
    left: int
    wait_ns: int

    def headers(self) -> dict[str, str]:
        """Return the headers that tell it, as the draft for RateLimit headers has them."""
        window = max(1, -(-self.burst // self.per_s))
        reset = -(-(self.burst - self.left) // self.per_s)
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.burst};w={window}',
            "RateLimit": f'"{self.name}";r={self.left};t={reset}',
        }


@dataclass(slots=True)
class Budgets:
    """One bucket for each key, the least recently used forgotten beyond a bound.

    Args:
        name: What the keys are.
        per_s: Requests that come back each second.
        burst: Requests at once.
    """

    name: str
    per_s: int
    burst: int
    _buckets: OrderedDict[str, RateLimiter] = field(default_factory=OrderedDict)

    def take(self, key: str, *, now_ns: int) -> Budget:
        """Take one request from a key's bucket, by the monotonic clock."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = RateLimiter.token_bucket(
                capacity=self.burst, period_ns=self.burst * _S // self.per_s
            )
            self._buckets[key] = bucket
            if len(self._buckets) > KEYS_MAX:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        wait_ns = bucket.acquire(1, now_ns=now_ns)
        left = bucket.available(now_ns=now_ns)
        return Budget(self.name, self.per_s, self.burst, left, wait_ns)
