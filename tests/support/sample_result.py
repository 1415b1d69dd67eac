"""A result as a simulation would give it, made of a seeded random walk."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np

from tradecore.backtest import BacktestResult, Summary
from tradecore.backtest.summary import Pnl, QueueStats
from tradecore.backtest.tables import EQUITY_DTYPE as EQUITY
from tradecore.backtest.tables import FILL_DTYPE as FILL
from tradecore.backtest.tables import LATENCY_DTYPE as LATENCY
from tradecore.backtest.tables import ORDER_DTYPE as ORDER
from tradecore.core import OrderState

SECOND = 1_000_000_000
STATES = list(OrderState)
START_NS = 1_700_000_000 * SECOND

RECORD = np.dtype([("ts_ns", "i8"), ("value", "f8")])
KINDS = ("events", "snapshots", "depths", "trades", "quotes", "gaps", "crossed", "corrupt")
NO_QUEUE = QueueStats(
    rested=0,
    distance_ticks=0.0,
    quantity_ahead=0.0,
    trades=0,
    trades_reached=0,
    volume_reached=0.0,
    nearest_ticks=None,
)
NO_PROFIT = Pnl(spread=Decimal(0), inventory=Decimal(0), fees=Decimal(0), funding=Decimal(0))
NO_TOTALS = Summary(
    events=0,
    counts=dict.fromkeys(KINDS, 0),
    orders=0,
    fills=0,
    maker_fills=0,
    volume=Decimal(0),
    position=Decimal(0),
    pnl=NO_PROFIT,
    adverse_selection={},
    markout_fills={},
    denials={},
    rejections={},
    callbacks={},
    latency={},
    queue=NO_QUEUE,
    wall_s=0.0,
    events_per_s=0.0,
    halted=False,
    reason=None,
)
NOTHING = BacktestResult(
    fills=np.zeros(0, FILL),
    orders=np.zeros(0, ORDER),
    equity=np.zeros(0, EQUITY),
    latency=np.zeros(0, LATENCY),
    records={},
    denials={},
    assumptions=(),
    meta={},
    errors=(),
    exit_code=0,
    _summary=NO_TOTALS,
)
"""A run in which nothing happened at all."""


def resulting(result, *, totals=None, **changes):
    """Return `result` with changed arrays and totals; what follows from the arrays is counted."""
    made = replace(result, **changes)
    counted = replace(
        result.summary(),
        orders=made.orders.size,
        fills=made.fills.size,
        maker_fills=int((made.fills["liquidity"] == 0).sum()),
        denials=made.denials,
        **(totals or {}),
    )
    return replace(made, _summary=counted)


META = {
    "strategy": "AvellanedaStoikov",
    "data": "sample tape, BTCUSDT",
    "venue": "binance-usdm",
    "symbol": "BTCUSDT",
    "currency": "USDT",
}
ASSUMPTIONS = (
    "Fees: maker 0.02 %, taker 0.05 % of the notional.",
    "Latency: 5 ms to the venue and 5 ms back, constant.",
    "Queue: an order starts behind all volume at its price; trades at the price move it up.",
    "Not modelled: the market's reaction to our own orders; hidden volume.",
)


def walk(rng, points, *, price=37_000.0, seconds=3_600):
    """Return times and a mid that moves about a basis point a second."""
    times = START_NS + np.sort(rng.integers(0, seconds * SECOND, points))
    steps = rng.normal(0, 0.9e-4 * price * np.sqrt(seconds / max(1, points)), points)
    return times, np.round(price + np.cumsum(steps), 1)


def sample_result(*, seed=3, points=20_000, fills=480, seconds=3_600):
    """Return an hour of a market maker with `fills` fills."""
    rng = np.random.default_rng(seed)
    times, mid = walk(rng, points, seconds=seconds)
    at = np.sort(rng.choice(points, fills, replace=False))
    rows = np.zeros(fills, FILL)
    rows["ts_ns"], rows["order_key"] = times[at], np.arange(1, fills + 1) * 2
    rows["side"] = np.where(rng.random(fills) < 0.5 - 0.4 * np.sin(np.arange(fills) / 25), 1, -1)
    rows["liquidity"] = rng.random(fills) < 0.06
    half = np.where(rows["liquidity"], -0.4, 1.7)
    rows["mid"], rows["price"] = mid[at], mid[at] - rows["side"] * half
    rows["quantity"] = 0.01
    rows["fee"] = rows["price"] * 0.01 * np.where(rows["liquidity"], 5e-4, -5e-6)
    for name, seconds_later in (("mid_1s", 1), ("mid_5s", 5), ("mid_30s", 30)):
        later = np.searchsorted(times, rows["ts_ns"] + seconds_later * SECOND)
        known = later < points
        rows[name] = np.where(known, mid[np.minimum(later, points - 1)], np.nan)
        rows[name] -= rows["side"] * 0.35 * np.log1p(seconds_later)
    return resulting(
        NOTHING,
        fills=rows,
        orders=sample_orders(rng, rows),
        equity=sample_equity(times, mid, rows),
        latency=sample_latency(rng, rows),
        records=sample_records(rng, times[:: max(1, points // 2_000)]),
        denials={"POST_ONLY_WOULD_CROSS": 4, "MAX_POSITION": 2},
        assumptions=ASSUMPTIONS,
        meta=META,
        totals=sample_totals(rows, mid[-1] if points else 0.0, points),
    )


def sample_orders(rng, fills):
    """Return two orders for each fill: one that was filled and one that was canceled."""
    rows = np.zeros(2 * fills.size, ORDER)
    rows["key"] = np.arange(1, rows.size + 1)
    rows["side"] = np.repeat(fills["side"], 2)
    rows["price"], rows["quantity"] = np.repeat(fills["price"], 2), 0.01
    life = rng.exponential(4 * SECOND, rows.size).astype(np.int64) + 20_000_000
    rows["ts_done_ns"] = np.repeat(fills["ts_ns"], 2)
    rows["ts_submit_ns"] = rows["ts_done_ns"] - life
    rows["ts_accept_ns"] = rows["ts_submit_ns"] + rng.integers(4_000_000, 7_000_000, rows.size)
    rows["filled"][1::2] = 0.01
    rows["state"][0::2], rows["state"][1::2] = STATES.index("CANCELED"), STATES.index("FILLED")
    refused = np.arange(0, rows.size, 34)
    rows["reject_code"][refused] = 3004
    rows["ts_accept_ns"][refused] = 0
    rows["state"][refused] = STATES.index("REJECTED")
    return rows


def sample_equity(times, mid, fills):
    """Mark cash and position to the mid at each time."""
    rows = np.zeros(times.size, EQUITY)
    rows["ts_ns"], rows["mid"] = times, mid
    done = np.searchsorted(fills["ts_ns"], times, side="right")
    signed = fills["side"] * fills["quantity"]
    sums = [signed, -signed * fills["price"] - fills["fee"], fills["fee"]]
    held, cash, fees = (np.concatenate([[0.0], np.cumsum(part)])[done] for part in sums)
    rows["position"], rows["cash"], rows["fees"] = held, cash, fees
    rows["equity"] = cash + held * mid
    return rows


def sample_latency(rng, fills):
    """Return time in the callback and on the way, once a fill."""
    rows = np.zeros(2 * fills.size, LATENCY)
    rows["ts_ns"] = np.repeat(fills["ts_ns"], 2)
    rows["kind"][0::2], rows["kind"][1::2] = "callback", "new"
    rows["ns"][0::2] = rng.lognormal(9.5, 0.6, fills.size)
    rows["ns"][1::2] = 5_000_000
    return rows


def sample_records(rng, times):
    """Return what a market maker would record."""
    rows = {}
    for name, values in (
        ("sigma_bps", 0.9 + 0.2 * np.sin(np.arange(times.size) / 150)),
        ("reservation_offset", np.cumsum(rng.normal(0, 0.2, times.size))),
    ):
        rows[name] = np.zeros(times.size, RECORD)
        rows[name]["ts_ns"], rows[name]["value"] = times, values
    return rows


def sample_totals(fills, last_mid, events):
    """Split the profit exactly."""
    signed = fills["side"] * fills["quantity"]
    spread = Decimal(str(round(float((signed * (fills["mid"] - fills["price"])).sum()), 6)))
    inventory = Decimal(str(round(float((signed * (last_mid - fills["mid"])).sum()), 6)))
    adverse = {
        horizon: Decimal(str(round(float(np.nansum(signed * (fills[name] - fills["mid"]))), 6)))
        for horizon, name in ((1, "mid_1s"), (5, "mid_5s"), (30, "mid_30s"))
    }
    fees = Decimal(str(round(float(fills["fee"].sum()), 6)))
    split = Pnl(spread=spread, inventory=inventory, fees=fees, funding=Decimal(0))
    return {
        "events": events * 40,
        "counts": NO_TOTALS.counts | {"events": events * 40, "snapshots": 1, "trades": events},
        "wall_s": 1.37,
        "pnl": split,
        "adverse_selection": adverse,
        "callbacks": {"on_start": 1, "on_book": events},
        "rejections": {"POST_ONLY_WOULD_CROSS": int(2 * fills.size / 34) + 1},
    }


def special_cases():
    """Return the runs in which something is missing, by name."""
    full = sample_result()
    nothing = np.zeros(0, FILL)
    rested = replace(NO_QUEUE, rested=451, distance_ticks=12.5, trades=90, nearest_ticks=3)
    quiet = resulting(
        full,
        fills=nothing,
        orders=full.orders[full.orders["filled"] == 0],
        equity=sample_equity(full.equity["ts_ns"], full.equity["mid"], nothing),
        denials={},
        totals={"pnl": NO_PROFIT, "adverse_selection": {}, "queue": rested},
    )
    unknown = full.fills.copy()
    for name in ("mid_1s", "mid_5s", "mid_30s"):
        unknown[name] = np.nan
    denied = resulting(
        quiet,
        orders=np.zeros(0, ORDER),
        denials={"MAX_POSITION": 1_200, "MIN_NOTIONAL": 3},
        totals={"rejections": {}},
    )
    halted = {"halted": True, "reason": "ZeroDivisionError in on_book"}
    return {
        "full": full,
        "empty": NOTHING,
        "no-fill": quiet,
        "denied": denied,
        "halted": resulting(full, totals=halted),
        "one-fill": sample_result(fills=1),
        "unknown-markouts": resulting(full, fills=unknown),
        "million": sample_result(points=1_000_000, fills=20_000),
    }
