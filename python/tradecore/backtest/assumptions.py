"""What a backtest assumes. Nothing here has a silent default: a zero must be written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

from tradecore.config.quantities import format_duration, parse_duration, parse_fee
from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

__all__ = ["DEFAULT_QUEUE", "QUEUE_MODELS", "Fees", "Latency", "QueueModel"]

QueueModel: TypeAlias = Literal["risk-averse", "power", "power-2", "power-3", "log"]

QUEUE_MODELS: Final[Mapping[QueueModel, str]] = {
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """Fee rates as parts of the notional: `0.0002` is 2 basis points; negative is a rebate."""

    maker: Decimal
    taker: Decimal

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
        return f"maker {maker} bps, taker {taker} bps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long messages travel, in nanoseconds.

    Args:
        feed_ns: From the venue's book to our receipt of the message.
        entry_ns: From our command to its arrival at the venue.
        response_ns: From the venue's decision to our receipt of the reply.
    """

    feed_ns: int
    entry_ns: int
    response_ns: int

    @classmethod
    def of(cls, *, feed: object, entry: object, response: object) -> Self:
        """Return the latencies of `2ms`, `250us`, or nanoseconds as an integer.

        Raises:
            InputError: If one is no duration.
        """
        try:
            return cls(
                feed_ns=parse_duration(feed),
                entry_ns=parse_duration(entry),
                response_ns=parse_duration(response),
            )
        except ValueError as error:
            raise InputError(f"{error}: latency") from error

    def __str__(self) -> str:
        feed, entry, response = map(
            format_duration, (self.feed_ns, self.entry_ns, self.response_ns)
        )
        return f"feed {feed}, order entry {entry}, response {response}"
