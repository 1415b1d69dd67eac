"""The backtests of `backtest.py` beside hftbacktest, where that can be imported.

Both play the same market on one core, by the processor's time, medians after one round to warm up
(which compiles hftbacktest's loops). It is the generated tape as depth changes within `LEVELS` of
the touch and trades: hftbacktest has no quote messages, so its rate is that of the messages it gets
(not of levels), and ours that of all. Its data lie decoded in memory, ours are decoded in every
round. Its loops are compiled by numba, ours call Python. Latencies, fees and the risk-averse queue
are the same. The makers quote the best prices; ours moves its orders, the peer's cancels and sends
anew, and in whole fills alone: with partial ones hftbacktest 2.4.4 stops within minutes of the tape
with its error 14, an order's status that does not allow what was asked.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module

import backtest as bench
import numpy as np

import tradecore as tc

LEVELS = 20
FEED = 2
"""What hftbacktest answers for news of the market; less where none came."""
MS = 1_000_000
FEES = {"maker": "0.0002", "taker": "0.0005"}
LATENCY = {"feed": 2 * MS, "entry": 3 * MS, "response": 3 * MS}
NAMED = {"fees": FEES, "latency": LATENCY, "queue": "risk-averse"}


class Writes(tc.AbstractStrategy):
    """Writes the market down as depth changes and trades."""

    def on_start(self):
        """Hear of all of it."""
        self.rows, self.before = [], ({}, {})
        self.subscribe("BTCUSDT", book=LEVELS, trades=True)

    def on_book(self, book):
        """Write the levels that changed."""
        now_ns = self.now_ns
        after = tuple(dict(side.tolist()) for side in book.depth(LEVELS))
        for sign, old, new in zip((1, -1), self.before, after, strict=True):
            changed = [(price, size) for price, size in new.items() if old.get(price) != size]
            gone = [(price, 0.0) for price in old if price not in new]
            self.rows += [(0, sign, now_ns, *level) for level in (*gone, *changed)]
        self.before = after

    def on_trade(self, trade):
        """Write the trade."""
        sign = 1 if trade.aggressor == "buy" else -1
        self.rows.append((1, sign, self.now_ns, float(trade.price), float(trade.quantity)))


def written(played, hft):
    """Return the market as hftbacktest reads it."""
    writes = Writes()
    tc.backtest(writes, data=played, fees="zero", latency="zero")
    kinds, signs, times, prices, sizes = (
        np.array(column) for column in zip(*writes.rows, strict=True)
    )
    data = np.zeros(len(kinds), hft.types.event_dtype)
    event = np.where(kinds == 1, hft.TRADE_EVENT, hft.DEPTH_EVENT)
    side = np.where(signs > 0, hft.BUY_EVENT, hft.SELL_EVENT)
    data["ev"] = event | side | hft.EXCH_EVENT | hft.LOCAL_EVENT
    data["exch_ts"], data["local_ts"] = times - LATENCY["feed"], times
    data["px"], data["qty"] = prices, sizes
    return data


def quiet_loops():
    """Return what runs without orders, compiled."""
    from numba import njit  # noqa: PLC0415 - a part of the peer

    @njit
    def silent(hbt):
        while hbt.elapse(60_000_000_000) == 0:
            pass

    @njit
    def listening(hbt):
        seen = 0
        while True:
            if hbt.wait_next_feed(False, 60_000_000_000) == 1:
                return seen
            depth = hbt.depth(0)
            seen += depth.best_bid < depth.best_ask

    return silent, listening


def making_loop():
    """Return the maker of `backtest.py`, compiled."""
    from numba import njit  # noqa: PLC0415 - a part of the peer

    @njit
    def is_due(hbt, number, price_tick, is_wanted):
        orders = hbt.orders(0)
        if number not in orders:
            return is_wanted
        order = orders.get(number)
        if (not is_wanted or order.price_tick != price_tick) and order.cancellable:
            hbt.cancel(0, number, False)
        return False

    @njit
    def making(hbt, size, limit):
        last = bid = ask = 0
        code = hbt.wait_next_feed(False, 60_000_000_000)
        while code in (0, 2):
            depth, held = hbt.depth(0), hbt.position(0)
            hbt.clear_inactive_orders(0)
            if is_due(hbt, bid, depth.best_bid_tick, held < limit):
                bid = last = last + 1
                hbt.submit_buy_order(0, bid, depth.best_bid, size, 0, 0, False)
            if is_due(hbt, ask, depth.best_ask_tick, held > -limit):
                ask = last = last + 1
                hbt.submit_sell_order(0, ask, depth.best_ask, size, 0, 0, False)
            code = hbt.wait_next_feed(False, 60_000_000_000)
        return code, last

    def whole(hbt):
        code, sent = making(hbt, 0.01, 0.1)
        if code != 1 or not sent:
            raise RuntimeError(f"the peer's maker did not come to the end: {code=} {sent=}")

    return whole


def opened(hft, data):
    """Return a fresh run of the peer."""
    asset = (
        hft.BacktestAsset()
        .data([data])
        .linear_asset(1.0)
        .constant_order_latency(LATENCY["entry"], LATENCY["response"])
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .trading_value_fee_model(0.0002, 0.0005)
        .tick_size(0.1)
        .lot_size(0.001)
    )
    return hft.ROIVectorMarketDepthBacktest([asset.roi_lb(0.0).roi_ub(120_000.0)])


def rows_beside(hft, played):
    """Return our figures beside the peer's."""
    data = written(played, hft)
    events = tc.backtest(bench.Silent, data=played, **NAMED).summary().events
    quotes = tc.backtest(bench.Silent, data=played, **NAMED).summary().counts["quotes"]
    silent, listening = quiet_loops()

    def peer(loop):
        def work():
            run = opened(hft, data)
            loop(run)
            run.close()

        return (events - quotes) / bench.seconds(work)

    def mine(strategy):
        return events / bench.seconds(lambda: tc.backtest(strategy, data=played, **NAMED))

    return [
        beside("engine only", mine(bench.Silent), "hftbacktest", peer(silent)),
        beside(
            "Python callback at each message",
            mine(bench.Listening),
            "hftbacktest, compiled loop",
            peer(listening),
        ),
        beside(
            "Python maker at the touch",
            mine(bench.AtTouch),
            "hftbacktest, compiled loop",
            peer(making_loop()),
        ),
    ]


def beside(name, value, peer_name, peer_value):
    """Return a row of the table."""
    return {
        "name": name,
        "value": value,
        "unit": "events/s",
        "baseline_name": peer_name,
        "baseline_value": peer_value,
        "ratio": value / peer_value,
    }


def run():
    """Measure, and return the rows; none where the peer is not installed."""
    try:
        hft = import_module("hftbacktest")
    except ImportError as error:
        print(f"hftbacktest is not here, so nothing is compared: {error}", file=sys.stderr)
        return []
    with bench.one_core(), tempfile.TemporaryDirectory() as folder:
        return rows_beside(hft, bench.tape(folder))


if __name__ == "__main__":
    for one in run():
        print(one)
