"""What a backtest assumes. Nothing here has a silent default: a zero must be written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self, TypeAlias

from tradecore.backtest.travel import format_travel, parse_travel
from tradecore.config.quantities import parse_fee
from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from tradecore.backtest.travel import Travel

__all__ = ["DEFAULT_QUEUE", "QUEUE_MODELS", "FeeTier", "Fees", "Latency", "QueueModel"]

QueueModel: TypeAlias = str
"""One of `QUEUE_MODELS`, or `power:N` with a power from 0.01 to 10."""

QUEUE_MODELS: Final[Mapping[str, str]] = {
    "risk-averse": "whoever cancels stood behind us, as long as enough did",
    "power": "cancels come evenly from the whole queue",
    "power-2": "cancels come from before and behind us as the squares of their sizes",
    "power-3": "cancels come from before and behind us as the cubes of their sizes",
    "log": "cancels come from before and behind us as the logarithms of their sizes",
}
"""How a queue ahead of a resting order shrinks when others cancel."""

DEFAULT_QUEUE: Final[QueueModel] = "log"
"""It misjudges fewest shadow orders, and misses as many as it invents.

Source: `benches/python/queue_models.py`.
"""


@dataclass(frozen=True, slots=True)
class FeeTier:
    """Rates from a volume on.

    Args:
        volume: Least volume of the last 30 days, in the settlement currency.
        maker: Rate of a fill that rested.
        taker: Rate of a fill that came.
    """

    volume: Decimal
    maker: Decimal
    taker: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """Fee rates as parts of the notional: `0.0002` is 2 basis points; negative is a rebate.

    Args:
        maker: Of a fill that rested.
        taker: Of a fill that came.
        tiers: Other rates from a volume on, volumes rising.
    """

    maker: Decimal
    taker: Decimal
    tiers: tuple[FeeTier, ...] = ()

    @classmethod
    def of(cls, *, maker: object, taker: object) -> Self:
        """Return the rates of `0.0002`, `0.02%`, `2bps` or a number.

        Raises:
            InputError: If one is no such rate.
        """
        try:
            return cls(maker=parse_fee(maker), taker=parse_fee(taker))
        except ValueError as error:
            raise InputError(f"{error}: fees") from error

    def __str__(self) -> str:
        maker, taker = (f"{(rate * 10_000).normalize():f}" for rate in (self.maker, self.taker))
        by_volume = f", {len(self.tiers)} tiers by volume" * bool(self.tiers)
        return f"maker {maker} bps, taker {taker} bps{by_volume}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long messages travel: nanoseconds, or a shape of `tradecore.backtest.travel`.

    Args:
        feed_ns: From the venue's book to our receipt of the message.
        entry_ns: From our command to its arrival at the venue.
        response_ns: From the venue's decision to our receipt of the reply.
    """

    feed_ns: Travel
    entry_ns: Travel
    response_ns: Travel

    @classmethod
    def of(cls, *, feed: object, entry: object, response: object) -> Self:
        """Return the latencies of `2ms`, `2ms~10ms`, `recorded:FILE`, a shape, or nanoseconds.

        Raises:
            InputError: If one is no duration.
            OSError: If a recorded file cannot be read.
        """
        try:
            return cls(
                feed_ns=parse_travel(feed),
                entry_ns=parse_travel(entry),
                response_ns=parse_travel(response),
            )
        except ValueError as error:
            raise InputError(f"{error}: latency") from error

    @property
    def varies(self) -> bool:
        """Whether one of them is not the same for every message."""
        travels = (self.feed_ns, self.entry_ns, self.response_ns)
        return not all(isinstance(travel, int) for travel in travels)

    def __str__(self) -> str:
        feed, entry, response = map(format_travel, (self.feed_ns, self.entry_ns, self.response_ns))
        return f"feed {feed}, order entry {entry}, response {response}"
