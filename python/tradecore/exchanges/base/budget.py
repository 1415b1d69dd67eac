"""What a venue lets us send: its limits as it states them, its own counts, and its punishments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from tradecore.core import InputError, RateLimiter
from tradecore.model import Budget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.exchanges.base.events import RateRule, RateUsed
    from tradecore.exchanges.base.outgoing import Cost

__all__ = ["VenueBudget"]

KINDS_MAX: Final = 1_024
RULES_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class _Pool:
    """One limit of the venue."""

    rule: RateRule
    limiter: RateLimiter


@dataclass(slots=True)
class VenueBudget:
    """Admits what every limit of a venue admits, and charges all or none.

    Args:
        rules: The limits, at most eight.
        reserve_percent: The part of each limit that only cancels may use.

    Raises:
        InputError: If a rule is not a limit, or there are more than eight.
    """

    rules: Sequence[RateRule]
    reserve_percent: int = 20
    #: Before this time the venue takes no new order: it said so.
    until_ns: int = field(default=0, init=False)
    _pools: list[_Pool] = field(default_factory=list, init=False)
    _all: RateLimiter | None = field(default=None, init=False)
    #: What a cost takes of each pool: there are few kinds of them.
    _tokens: dict[Cost, list[int]] = field(default_factory=dict, init=False)
    _blocked_ns: int = field(default=0, init=False)
    _banned_ns: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if not 0 <= self.reserve_percent < 100:  # noqa: PLR2004 - per cent
            raise InputError(
                f"a reserve is 0 to 99 per cent: reserve_percent={self.reserve_percent}"
            )
        self._add(self.rules)

    def learn(self, rules: Sequence[RateRule], /) -> None:
        """Hold to further limits from now on, as the venue states them; at most eight in all.

        Whoever keeps `limiter` asks for it again.
        """
        new = [rule for rule in rules if rule not in self.rules][: RULES_MAX - len(self.rules)]
        if new:
            self.rules = [*self.rules, *new]
            self._add(new)

    def _add(self, rules: Sequence[RateRule]) -> None:
        for rule in rules:
            limiter = RateLimiter.weighted(
                capacity=rule.capacity,
                period_ns=rule.period_ns,
                reserve=rule.capacity * self.reserve_percent // 100 or None,
            )
            self._pools.append(_Pool(rule, limiter))
        if self._pools:
            self._all = RateLimiter.composite([pool.limiter for pool in self._pools])
        self._tokens.clear()

    def acquire(self, cost: Cost, now_ns: int, /) -> int:
        """Take a cost, and return 0; or take nothing, and return the nanoseconds to wait.

        `now_ns` is the venue's time as far as we know it: its periods are aligned to its clock.

        Raises:
            InputError: If no wait would admit it: the cost is above a whole limit.
        """
        until_ns = self._banned_ns if cost.is_cancel else self.until_ns
        if now_ns < until_ns:
            return until_ns - now_ns
        if self._all is None:
            return 0
        tokens = self._tokens.get(cost)
        if tokens is None:
            tokens = self.tokens_of(cost)
        return self._all.acquire(tokens, now_ns=now_ns, use_reserve=cost.is_cancel)

    def room(self, now_ns: int, /, *, most: int) -> int:
        """Return how many requests that weigh 1 would be admitted now, at most so many.

        Without the reserve, and whatever the limits of orders are.
        """
        if now_ns < self.until_ns:
            return 0
        pools = (pool for pool in self._pools if pool.rule.pool != "orders")
        return min([most, *(pool.limiter.available(now_ns=now_ns) for pool in pools)])

    @property
    def limiter(self) -> RateLimiter | None:
        """What counts all limits at once; `None` if there are none."""
        return self._all

    def tokens_of(self, cost: Cost, /) -> list[int]:
        """Return what a cost takes from each limit, in the order of the rules."""
        amounts = {"weight": cost.weight, "orders": cost.orders, "requests": min(cost.weight, 1)}
        if len(self._tokens) >= KINDS_MAX:
            self._tokens.clear()
        tokens = self._tokens[cost] = [amounts[pool.rule.pool] for pool in self._pools]
        return tokens

    def observe(self, used: RateUsed, now_ns: int, /) -> None:
        """Take over what the venue has counted, if it is more than we did."""
        for pool in self._pools:
            rule = pool.rule
            if rule.pool == used.pool and rule.period_ns == used.period_ns:
                pool.limiter.observe(used.used, now_ns=now_ns)

    def block_until(self, ns: int, /, *, is_ban: bool = False) -> None:
        """Send nothing before a time: the venue said so.

        Cancels may still pass unless it is a ban, which refuses everything from our address.
        """
        if is_ban:
            self._banned_ns = max(self._banned_ns, ns)
        else:
            self._blocked_ns = max(self._blocked_ns, ns)
        self.until_ns = max(self._banned_ns, self._blocked_ns)

    def blocked_ns(self, now_ns: int, /, *, is_cancel: bool = False) -> int:
        """Return how long the venue's last word keeps us from sending, nanoseconds."""
        until_ns = self._banned_ns if is_cancel else self.until_ns
        return max(0, until_ns - now_ns)

    def unblock(self) -> None:
        """Forget what the venue said, by hand."""
        self._blocked_ns = self._banned_ns = self.until_ns = 0

    def view(self, now_ns: int, /, pool: Literal["weight", "orders"] = "weight") -> Budget:
        """Return the fullest limit of a pool; a limit of nothing if the venue states none."""
        fullest = Budget(used=0, capacity=0, period_ns=0)
        for kept in self._pools:
            rule = kept.rule
            if rule.pool != pool:
                continue
            left = kept.limiter.available(now_ns=now_ns, use_reserve=True)
            used = rule.capacity - left
            if not fullest.capacity or used * fullest.capacity > fullest.used * rule.capacity:
                fullest = Budget(used=used, capacity=rule.capacity, period_ns=rule.period_ns)
        return fullest
