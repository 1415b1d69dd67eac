"""What asking a rate limiter costs, beside the same limit in plain Python."""

from __future__ import annotations

import itertools
import statistics
import timeit
from collections import deque

import tradecore as tc

ROUNDS = 25
CALLS = 10_000
NOW = 1_700_000_000_000_000_000
PERIOD = 1_000_000_000
# Far more than is asked for in a run, so that every timed request is admitted.
PLENTY = 1_000_000


class PlainBucket:
    """A token bucket with integer credit, as one writes it in Python."""

    def __init__(self, capacity: int, period_ns: int) -> None:
        self.capacity = capacity
        self.period_ns = period_ns
        self.credit = capacity * period_ns
        self.updated_ns = NOW

    def acquire(self, tokens: int, *, now_ns: int) -> int:
        """Return the wait in nanoseconds, 0 when admitted."""
        if now_ns > self.updated_ns:
            gained = (now_ns - self.updated_ns) * self.capacity
            self.credit = min(self.capacity * self.period_ns, self.credit + gained)
            self.updated_ns = now_ns
        missing = tokens * self.period_ns - self.credit
        if missing > 0:
            return -(-missing // self.capacity)
        self.credit -= tokens * self.period_ns
        return 0


class PlainWindow:
    """A sliding window with a deque of admissions, as one writes it in Python."""

    def __init__(self, capacity: int, period_ns: int) -> None:
        self.capacity = capacity
        self.period_ns = period_ns
        self.admitted: deque[tuple[int, int]] = deque()
        self.used = 0

    def acquire(self, tokens: int, *, now_ns: int) -> int:
        """Return the wait in nanoseconds, 0 when admitted."""
        while self.admitted and now_ns - self.admitted[0][0] >= self.period_ns:
            self.used -= self.admitted.popleft()[1]
        excess = self.used + tokens - self.capacity
        if excess <= 0:
            self.used += tokens
            self.admitted.append((now_ns, tokens))
            return 0
        for at, inside in self.admitted:
            excess -= inside
            if excess <= 0:
                return at + self.period_ns - now_ns
        return self.period_ns


class PlainWeighted:
    """A budget of each aligned period, as one writes it in Python."""

    def __init__(self, capacity: int, period_ns: int) -> None:
        self.capacity = capacity
        self.period_ns = period_ns
        self.period = -1
        self.used = 0

    def acquire(self, tokens: int, *, now_ns: int) -> int:
        """Return the wait in nanoseconds, 0 when admitted."""
        period = now_ns // self.period_ns
        if period > self.period:
            self.period, self.used = period, 0
        if self.used + tokens > self.capacity:
            return (self.period + 1) * self.period_ns - now_ns
        self.used += tokens
        return 0


class PlainComposite:
    """Several limits, asked one after the other; enough where all admit, which is what is timed."""

    def __init__(self, *parts: PlainBucket | PlainWindow | PlainWeighted) -> None:
        self.parts = parts

    def acquire(self, tokens: int, *, now_ns: int) -> int:
        """Return the longest wait in nanoseconds, 0 when admitted."""
        return max(part.acquire(tokens, now_ns=now_ns) for part in self.parts)


KINDS = {
    "token_bucket": PlainBucket,
    "sliding_window": PlainWindow,
    "weighted": PlainWeighted,
}


def made(kind: str, capacity: int) -> tuple[tc.RateLimiter, object]:
    """Return a limiter and its equal in plain Python."""
    limiter = getattr(tc.RateLimiter, kind)(capacity=capacity, period_ns=PERIOD)
    return limiter, KINDS[kind](capacity, PERIOD)


def check(kind: str) -> None:
    """Ask both the same, often enough that both refuse, and compare every answer."""
    ours, plain = made(kind, 7)
    times = itertools.accumulate(((step * 7_919) % 400_000_000 for step in range(500)), initial=NOW)
    for step, now in enumerate(times):
        tokens = 1 + step % 4
        assert ours.acquire(tokens, now_ns=now) == plain.acquire(tokens, now_ns=now)


def row(name: str, ours: object, plain: object) -> dict[str, object]:
    """Measure one admitted request of each, at times a microsecond apart."""
    statement = "acquire(1, now_ns=next(times))"
    pair: tuple[list[float], list[float]] = ([], [])
    now = NOW
    for _ in range(ROUNDS):
        for limiter, taken in zip((ours, plain), pair, strict=True):
            times = itertools.count(now, 1_000)
            timer = timeit.Timer(statement, globals={"acquire": limiter.acquire, "times": times})
            taken.append(timer.timeit(CALLS) / CALLS * 1e9)
            assert limiter.acquire(0, now_ns=next(times)) == 0
        now += PERIOD
    value, baseline = (statistics.median(taken) for taken in pair)
    return {
        "name": f"RateLimiter.acquire, {name}, admitted",
        "value": value,
        "unit": "ns",
        "baseline_name": "the same in plain Python",
        "baseline_value": baseline,
        "ratio": baseline / value,
    }


def run() -> list[dict[str, object]]:
    """Measure each kind, and a composite of all three."""
    rows = []
    for kind in KINDS:
        check(kind)
        rows.append(row(kind.replace("_", " "), *made(kind, PLENTY)))
    pairs = [made(kind, PLENTY) for kind in KINDS]
    whole = tc.RateLimiter.composite([ours for ours, _ in pairs])
    rows.append(row("composite of three", whole, PlainComposite(*(plain for _, plain in pairs))))
    return rows
