"""The exact totals of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from tradecore.backtest.performance import Performance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    import numpy.typing as npt

__all__ = ["Percentiles", "Pnl", "QueueStats", "Summary", "SymbolSummary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pnl:
    """The profit and its parts in the settlement currency; they add up to the last digit.

    Args:
        spread: What each fill was better than the mid at its moment, times its quantity.
        inventory: What the position gained as the mid moved.
        fees: What was paid; negative when rebates were more.
        funding: What was received; 0 unless the run asked for it.
    """

    spread: Decimal
    inventory: Decimal
    fees: Decimal
    funding: Decimal

    @property
    def net(self) -> Decimal:
        """All together."""
        return self.spread + self.inventory - self.fees + self.funding

    def __add__(self, other: Pnl, /) -> Pnl:
        """Return the profit of both."""
        return Pnl(
            spread=self.spread + other.spread,
            inventory=self.inventory + other.inventory,
            fees=self.fees + other.fees,
            funding=self.funding + other.funding,
        )


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The shape of a set of durations, in nanoseconds."""

    count: int
    p50: int
    p99: int
    p999: int
    largest: int

    @classmethod
    def of(cls, values_ns: npt.NDArray[np.int64]) -> Self | None:
        """Return the percentiles, each a value that occurred; None for an empty set."""
        if values_ns.size == 0:
            return None
        p50, p99, p999 = np.percentile(values_ns, (50, 99, 99.9), method="inverted_cdf").tolist()
        return cls(values_ns.size, int(p50), int(p99), int(p999), int(values_ns.max()))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStats:
    """How far resting orders stood from where trades happened.

    Args:
        rested: Orders that came to rest; one that was moved counts again.
        distance_ticks: Ticks behind the touch of their side when they came, on average.
        quantity_ahead: What was displayed at their price when they came, on average.
        trades: Trades against a side on which an order rested.
        trades_reached: Of these, those at the best of our prices or through it.
        volume_reached: Volume of those.
        nearest_ticks: Fewest ticks between such a trade and our best price; None without a trade.
    """

    rested: int
    distance_ticks: float
    quantity_ahead: float
    trades: int
    trades_reached: int
    volume_reached: float
    nearest_ticks: int | None

    @classmethod
    def over(cls, each: Sequence[QueueStats]) -> QueueStats:
        """Return the averages over several symbols; quantities are each in their symbol's units."""
        if len(each) == 1:
            return each[0]
        rested = sum(one.rested for one in each)
        weights = [one.rested / max(rested, 1) for one in each]
        nearest = [one.nearest_ticks for one in each if one.nearest_ticks is not None]
        return cls(
            rested=rested,
            distance_ticks=sum(
                one.distance_ticks * part for one, part in zip(each, weights, strict=True)
            ),
            quantity_ahead=sum(
                one.quantity_ahead * part for one, part in zip(each, weights, strict=True)
            ),
            trades=sum(one.trades for one in each),
            trades_reached=sum(one.trades_reached for one in each),
            volume_reached=sum(one.volume_reached for one in each),
            nearest_ticks=min(nearest, default=None),
        )

    @classmethod
    def of(cls, stats: Mapping[str, int | None], lot_size: Decimal) -> Self:
        """Return the averages of what a simulation counted."""
        rested = stats["rested"] or 0
        lot, each = float(lot_size), max(rested, 1)
        return cls(
            rested=rested,
            distance_ticks=(stats["distance_ticks"] or 0) / each,
            quantity_ahead=(stats["ahead_lots"] or 0) * lot / each,
            trades=stats["trades"] or 0,
            trades_reached=stats["trades_reached"] or 0,
            volume_reached=(stats["volume_reached_lots"] or 0) * lot,
            nearest_ticks=stats["nearest_ticks"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolSummary:
    """The exact totals of one symbol of a run.

    Args:
        symbol: Its name.
        venue: Whose account traded it.
        currency: What that settles in.
        events: Messages of its recording.
        orders: Orders sent.
        fills: Fills.
        volume: What was traded, in the currency.
        position: What was held at the end.
        pnl: The profit and its parts.
    """

    symbol: str
    venue: str
    currency: str
    events: int
    orders: int
    fills: int
    volume: Decimal
    position: Decimal
    pnl: Pnl


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The exact totals of a run.

    Args:
        events: Messages of the recording.
        counts: The same by kind, and what was wrong with them.
        orders: Orders sent.
        fills: Fills.
        maker_fills: Fills that rested.
        volume: What was traded, in the settlement currency.
        position: What was held at the end; NaN of several symbols, which have their own.
        pnl: The profit and its parts. Money is added up over the symbols that settle in the
            first one's currency.
        adverse_selection: Seconds after the fills to what the fills had gained by then against
            their mid; below 0: they were picked off.
        markout_fills: Seconds to how many fills that is, the recording having gone on that long.
        denials: Orders denied before they were sent, by code.
        rejections: Orders refused by the venue, by code.
        callbacks: Calls of each callback.
        latency: Percentiles by kind, see `LATENCY_KINDS`.
        queue: How far resting orders stood from trades.
        wall_s: Seconds the run took, without opening the recording.
        events_per_s: Messages a second.
        halted: Whether the strategy was stopped before the end.
        reason: Why.
        stopped_ns: When the run was stopped as asked, by its clock; None if it was not.
        faults: Why recordings gave no more than they did.
        symbols: Each symbol alone.
        performance: Return, Sharpe and Sortino ratio, drawdown, turnover, fill ratio, markouts.
    """

    events: int
    counts: Mapping[str, int]
    orders: int
    fills: int
    maker_fills: int
    volume: Decimal
    position: Decimal
    pnl: Pnl
    adverse_selection: Mapping[int, Decimal]
    markout_fills: Mapping[int, int]
    denials: Mapping[str, int]
    rejections: Mapping[str, int]
    callbacks: Mapping[str, int]
    latency: Mapping[str, Percentiles]
    queue: QueueStats
    wall_s: float
    events_per_s: float
    halted: bool
    reason: str | None
    stopped_ns: int | None = None
    faults: tuple[str, ...] = ()
    symbols: tuple[SymbolSummary, ...] = ()
    performance: Performance = field(default_factory=Performance)

    @property
    def ending(self) -> str:
        """How the run ended, in one line."""
        if self.halted:
            return f"halted: {self.reason}"
        if self.stopped_ns is not None:
            return f"stopped before the end, as asked, at {self.stopped_ns} ns"
        if self.faults:
            return f"ended early, a recording is damaged: {'; '.join(self.faults)}"
        return "ran to the end"

    @property
    def is_whole(self) -> bool:
        """Whether the run went to the end of all that was recorded."""
        return not self.halted and self.stopped_ns is None and not self.faults

    def accounts(self) -> dict[tuple[str, str], Pnl]:
        """Return the profit of each account: one for each venue, by venue and currency."""
        added: dict[tuple[str, str], Pnl] = {}
        for symbol in self.symbols:
            key = symbol.venue, symbol.currency
            added[key] = added[key] + symbol.pnl if key in added else symbol.pnl
        return added
