"""How fast a desk asks: a part of what the venue's limits allow, spread over their periods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tradecore.core import RateLimiter

if TYPE_CHECKING:
    from tradecore.exchanges.base.budget import VenueBudget

__all__ = ["Pace"]

#: Questions about orders that may be under way.
QUESTIONS_MAX: Final = 100
SECOND_NS: Final = 1_000_000_000
#: What questions may take of what is not kept for cancels, per cent; lists take the rest.
SHARE_PERCENT: Final = 75
#: How many such parts of a second may be made up for at once.
BURSTS_A_SECOND: Final = 4


class Pace:
    """Counts questions about single orders; what each takes of the budget, the pump takes.

    A venue's period is long: who asks as fast as it admits waits idle for the rest of it.
    """

    def __init__(self, budget: VenueBudget) -> None:
        """Keep within a budget's limits as they are now."""
        self._budget = budget
        percent = (100 - budget.reserve_percent) * SHARE_PERCENT
        buckets = []
        for rule in budget.rules:
            if rule.pool != "orders":
                share = max(1, rule.capacity * percent // 10_000)
                burst = max(1, share * SECOND_NS // (BURSTS_A_SECOND * rule.period_ns))
                buckets.append(
                    RateLimiter.token_bucket(capacity=burst, refill=share, period_ns=rule.period_ns)
                )
        self._limiter = RateLimiter.composite(buckets) if buckets else None

    def has_room(self, venue_ns: int) -> bool:
        """Return whether the venue takes a question now that is no cancel."""
        return self._budget.room(venue_ns, most=1) > 0

    def room(self, under_way: int, /, *, now_ns: int, venue_ns: int) -> int:
        """Return how many more questions may be asked now than are under way."""
        most = max(QUESTIONS_MAX - under_way, 0)
        if self._limiter is not None:
            most = min(most, self._limiter.available(now_ns=now_ns))
        return self._budget.room(venue_ns, most=most)

    def spend(self, questions: int, now_ns: int) -> None:
        """Count questions there was room for."""
        if questions and self._limiter is not None:
            self._limiter.acquire(questions, now_ns=now_ns)
