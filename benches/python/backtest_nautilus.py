"""The backtests of `backtest.py` beside nautilus_trader, where that can be imported.

Both play the same generated market on one core, by the processor's time, medians after one round to
warm up: depth changes within the levels of `backtest_peers.py`, and trades. The peer gets no quote
messages, so its rate is that of the messages it gets and ours that of all. Its data lie in memory
as its own objects, ours are decoded in every round. Its classes are Python like ours; its makers
cancel and send anew. An order travels as long as one of ours; news of the market comes at the time
we received it. Fees are its instrument's, and orders have no place in the queue as ours have.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from decimal import Decimal
from importlib import import_module
from operator import itemgetter

import backtest as bench
import backtest_peers as beside

import tradecore as tc


def parts():
    """Return the names of the peer this needs, in one place."""
    found = {}
    for module, names in {
        "nautilus_trader.backtest.engine": ("BacktestEngine", "BacktestEngineConfig"),
        "nautilus_trader.backtest.models": ("LatencyModel",),
        "nautilus_trader.config": ("LoggingConfig",),
        "nautilus_trader.model.currencies": ("USDT",),
        "nautilus_trader.model.data": (
            "BookOrder",
            "OrderBookDelta",
            "OrderBookDeltas",
            "TradeTick",
        ),
        "nautilus_trader.model.enums": (
            "AccountType",
            "AggressorSide",
            "BookAction",
            "BookType",
            "OmsType",
            "OrderSide",
        ),
        "nautilus_trader.model.identifiers": ("TradeId", "Venue"),
        "nautilus_trader.model.objects": ("Money",),
        "nautilus_trader.test_kit.providers": ("TestInstrumentProvider",),
        "nautilus_trader.trading.strategy": ("Strategy",),
    }.items():
        found |= {name: getattr(import_module(module), name) for name in names}
    return type("Parts", (), found)


def written(rows, instrument, nt):
    """Return the market as the peer's objects, of each message one."""
    made, trades = [], itertools.count(1)
    for (kind, ts_ns), of_message in itertools.groupby(rows, key=itemgetter(0, 2)):
        if kind == 1:
            for _, sign, _, price, size in of_message:
                made.append(
                    nt.TradeTick(
                        instrument.id,
                        instrument.make_price(price),
                        instrument.make_qty(size),
                        nt.AggressorSide.BUYER if sign > 0 else nt.AggressorSide.SELLER,
                        nt.TradeId(str(next(trades))),
                        ts_ns,
                        ts_ns,
                    )
                )
            continue
        deltas = []
        for _, sign, _, price, size in of_message:
            order = nt.BookOrder(
                nt.OrderSide.BUY if sign > 0 else nt.OrderSide.SELL,
                instrument.make_price(price),
                instrument.make_qty(size),
                0,
            )
            action = nt.BookAction.UPDATE if size else nt.BookAction.DELETE
            deltas.append(nt.OrderBookDelta(instrument.id, action, order, 0, 0, ts_ns, ts_ns))
        made.append(nt.OrderBookDeltas(instrument.id, deltas))
    return made


def strategies(instrument, nt):
    """Return the peer's three: silent, listening, making."""

    class Silent(nt.Strategy):
        """Hears nothing."""

    class Listening(nt.Strategy):
        """Is called with every message."""

        seen = 0

        def on_start(self):
            """Ask for all."""
            self.subscribe_order_book_deltas(instrument.id, nt.BookType.L2_MBP)
            self.subscribe_trade_ticks(instrument.id)

        def on_order_book_deltas(self, deltas):  # noqa: ARG002 - the peer hands it over
            """Look."""
            book = self.cache.order_book(instrument.id)
            bid, ask = book.best_bid_price(), book.best_ask_price()
            self.seen += bid is not None and ask is not None and bid < ask

        def on_trade_tick(self, tick):
            """Look."""
            self.seen += tick.price > 0

    class AtTouch(nt.Strategy):
        """Quotes the best prices at every depth message, within a limit."""

        size = instrument.make_qty(Decimal("0.010"))
        limit = Decimal("0.100")
        sent = 0

        def on_start(self):
            """Hear of the book."""
            self.resting = {nt.OrderSide.BUY: None, nt.OrderSide.SELL: None}
            self.subscribe_order_book_deltas(instrument.id, nt.BookType.L2_MBP)

        def on_order_book_deltas(self, deltas):  # noqa: ARG002 - the peer hands it over
            """Move both quotes."""
            book = self.cache.order_book(instrument.id)
            held = self.portfolio.net_position(instrument.id)
            self.move(nt.OrderSide.BUY, book.best_bid_price(), held < self.limit)
            self.move(nt.OrderSide.SELL, book.best_ask_price(), held > -self.limit)

        def move(self, side, price, is_wanted):
            """Cancel what stands elsewhere; send where nothing is."""
            order = self.resting[side]
            if order is not None and not order.is_closed:
                elsewhere = not is_wanted or order.price != price
                if elsewhere and order.is_open and not order.is_pending_cancel:
                    self.cancel_order(order)
                return
            if is_wanted and price is not None:
                self.resting[side] = self.order_factory.limit(instrument.id, side, self.size, price)
                self.submit_order(self.resting[side])
                type(self).sent += 1

    return Silent, Listening, AtTouch


def opened(data, instrument, strategy, latency, nt):
    """Return a fresh run of the peer."""
    quiet = nt.LoggingConfig(bypass_logging=True)
    engine = nt.BacktestEngine(nt.BacktestEngineConfig(logging=quiet))
    engine.add_venue(
        nt.Venue("BINANCE"),
        oms_type=nt.OmsType.NETTING,
        account_type=nt.AccountType.MARGIN,
        starting_balances=[nt.Money(1_000_000, nt.USDT)],
        book_type=nt.BookType.L2_MBP,
        latency_model=nt.LatencyModel(base_latency_nanos=latency),
    )
    engine.add_instrument(instrument)
    engine.add_data(data)
    engine.add_strategy(strategy())
    return engine


def rows_beside(nt, played):
    """Return our figures beside the peer's."""
    writes = beside.Writes()
    tc.backtest(writes, data=played, fees="zero", latency="zero")
    instrument = nt.TestInstrumentProvider.btcusdt_perp_binance()
    data = written(writes.rows, instrument, nt)
    events = tc.backtest(bench.Silent, data=played, **beside.NAMED).summary().events

    def mine(strategy):
        return events / bench.seconds(lambda: tc.backtest(strategy, data=played, **beside.NAMED))

    def peer(strategy):
        latency = beside.LATENCY["entry"]
        runs = [opened(data, instrument, strategy, latency, nt) for _ in range(bench.ROUNDS + 1)]
        waiting = iter(runs)
        rate = len(data) / bench.seconds(lambda: next(waiting).run())
        for engine in runs:
            engine.dispose()
        return rate

    names = ("engine only", "Python callback at each message", "Python maker at the touch")
    ours = (bench.Silent, bench.Listening, bench.AtTouch)
    theirs = strategies(instrument, nt)
    rows = [
        beside.beside(name, mine(own), "nautilus_trader", peer(other))
        for name, own, other in zip(names, ours, theirs, strict=True)
    ]
    if not theirs[2].sent:
        raise RuntimeError("the peer's maker sent nothing")
    return rows


def run():
    """Measure, and return the rows; none where the peer is not installed."""
    try:
        nt = parts()
    except ImportError as error:
        print(f"nautilus_trader is not here, so nothing is compared: {error}", file=sys.stderr)
        return []
    with bench.one_core(), tempfile.TemporaryDirectory() as folder:
        return rows_beside(nt, bench.tape(folder))


if __name__ == "__main__":
    for one in run():
        print(one)
