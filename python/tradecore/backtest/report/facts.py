"""What a result says, counted and averaged: numbers only, no words and no pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tradecore.core import OrderState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.backtest.report.scale import Array, Times
    from tradecore.backtest.report.source import Result

Rows = npt.NDArray[np.void]

HORIZONS_S = (0, 1, 5, 30)
_MIDS = ("mid", "mid_1s", "mid_5s", "mid_30s")
BPS = 1e4
_STATES = list(OrderState)
_TAKEN_OUT = [_STATES.index(state) for state in (OrderState.CANCELED, OrderState.EXPIRED)]
_ENDED = [*_TAKEN_OUT, _STATES.index(OrderState.FILLED)]
# A mean of fewer fills than this is drawn without a confidence interval.
INTERVAL_MIN = 5


@dataclass(frozen=True, slots=True)
class Markout:
    """Mean gain of fills against the mid some time after, in basis points of the price.

    Shape: each ``(4,) float64``, for the horizons 0, 1, 5 and 30 seconds; NaN where no fill has
    a mid that late.
    """

    mean_bps: Array
    interval_bps: Array
    """Half width of the 95 % confidence interval; NaN below `INTERVAL_MIN` fills."""
    fills: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The shape of a set of durations, in nanoseconds."""

    count: int
    p50: float
    p90: float
    p99: float
    largest: float

    @classmethod
    def of(cls, values_ns: npt.NDArray[np.int64]) -> Percentiles:
        """Return the percentiles; NaN for an empty set."""
        if values_ns.size == 0:
            return cls(0, *(float("nan"),) * 4)
        p50, p90, p99 = np.percentile(values_ns, (50, 90, 99)).tolist()
        return cls(values_ns.size, p50, p90, p99, float(values_ns.max()))


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What became of the orders."""

    submitted: int
    accepted: int
    filled: int
    """Filled whole."""
    partly_filled: int
    canceled: int
    """Ended by a cancel or by their time, with something left."""
    ordered_quantity: float
    filled_quantity: float
    refusals: dict[int, int]
    """Refusals by the venue: number of the code to how many."""
    acknowledged: Percentiles
    """From submission to acceptance."""
    first_fill: Percentiles
    """From acceptance to the first fill, of orders that were filled."""
    life: Percentiles
    """From acceptance to the end, of orders that ended."""


@dataclass(frozen=True, slots=True)
class FillFacts:
    """What was traded."""

    fills: int
    maker: int
    bought: float
    sold: float
    turnover: float
    """Price times quantity, summed."""
    spread_bps: float
    """Gain against the mid at the time of the fill, weighted by quantity."""


def markout(fills: Rows) -> Markout:
    """Return the mean gain of `fills` after each horizon, weighted alike."""
    side = fills["side"].astype(np.float64)
    means, intervals, counts = [], [], []
    for name in _MIDS:
        with np.errstate(divide="ignore", invalid="ignore"):
            gains = side * (fills[name] - fills["price"]) / fills["price"] * BPS
        gains = gains[np.isfinite(gains)]
        counts.append(gains.size)
        means.append(gains.mean() if gains.size else np.nan)
        enough = gains.size >= INTERVAL_MIN
        intervals.append(1.96 * gains.std(ddof=1) / np.sqrt(gains.size) if enough else np.nan)
    return Markout(np.array(means), np.array(intervals), np.array(counts))


def fill_facts(fills: Rows) -> FillFacts:
    """Count and sum the fills."""
    side, quantity = fills["side"], fills["quantity"]
    traded = float(quantity.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = side * (fills["mid"] - fills["price"]) / fills["price"] * BPS
    known = np.isfinite(gains)
    weight = float(quantity[known].sum())
    return FillFacts(
        fills=fills.size,
        maker=int((fills["liquidity"] == 0).sum()),
        bought=float(quantity[side > 0].sum()),
        sold=traded - float(quantity[side > 0].sum()),
        turnover=float((fills["price"] * quantity).sum()),
        spread_bps=float(gains[known] @ quantity[known]) / weight if weight else float("nan"),
    )


def order_facts(result: Result) -> OrderFacts:
    """Count the orders and time them."""
    orders, fills = result.orders, result.fills
    accepted = orders["ts_accept_ns"] > 0
    whole = orders["filled"] >= orders["quantity"] * (1 - 1e-12)
    some = orders["filled"] > 0
    ended = accepted & np.isin(orders["state"], _ENDED)
    codes, counts = np.unique(orders["reject_code"], return_counts=True)
    return OrderFacts(
        submitted=orders.size,
        accepted=int(accepted.sum()),
        filled=int((some & whole).sum()),
        partly_filled=int((some & ~whole).sum()),
        canceled=int(np.isin(orders["state"], _TAKEN_OUT).sum()),
        ordered_quantity=float(orders["quantity"].sum()),
        filled_quantity=float(orders["filled"].sum()),
        refusals={
            code: count for code, count in zip(codes.tolist(), counts.tolist(), strict=True) if code
        },
        acknowledged=Percentiles.of((orders["ts_accept_ns"] - orders["ts_submit_ns"])[accepted]),
        first_fill=Percentiles.of(_to_first_fill(orders, fills)),
        life=Percentiles.of((orders["ts_done_ns"] - orders["ts_accept_ns"])[ended]),
    )


def _to_first_fill(orders: Rows, fills: Rows) -> npt.NDArray[np.int64]:
    """Nanoseconds from acceptance to first fill, for the orders that have both."""
    # Fills are in order of time, so the first of each key is its earliest.
    keys, first = np.unique(fills["order_key"], return_index=True)
    by_key = np.argsort(orders["key"], kind="stable")
    found = np.searchsorted(orders["key"][by_key], keys)
    inside = found < orders.size
    order = by_key[found[inside]]
    same = orders["key"][order] == keys[inside]
    accepted = orders["ts_accept_ns"][order][same]
    waited: npt.NDArray[np.int64] = fills["ts_ns"][first[inside]][same] - accepted
    return np.compress(accepted > 0, waited)


def drawdown(equity: Array) -> Array:
    """Return how far `equity` is below its highest value so far: zero or negative."""
    if equity.size == 0:
        return equity
    filled = np.where(np.isfinite(equity), equity, -np.inf)
    fall: Array = equity - np.maximum.accumulate(filled)
    return fall


def latencies(rows: Rows) -> Iterator[tuple[str, Percentiles]]:
    """Yield each kind of latency with its percentiles."""
    for kind in np.unique(rows["kind"]).tolist():
        yield str(kind), Percentiles.of(rows["ns"][rows["kind"] == kind])


def span(result: Result) -> tuple[int, int] | None:
    """Return the first and last time anything is known about, or ``None``."""
    ends: list[Times] = [
        times[[0, -1]]
        for times in (result.equity["ts_ns"], result.fills["ts_ns"], result.orders["ts_submit_ns"])
        if times.size
    ]
    if not ends:
        return None
    together = np.concatenate(ends)
    return int(together.min()), int(together.max())
