"""Many messages at a time: each has its number, and the strategy hears what it asked to hear."""

from __future__ import annotations

import asyncio
import json

import pytest
import zmq

import tradecore as tc
from support.bus_ends import (
    CLOCK,
    Heard,
    address,
    context_of_zmq,
    numbers,
    publisher,
    say,
    subscriber,
    until,
)
from tradecore.core import BinanceFeed
from tradecore.processes.strategy_host import LiveHost
from tradecore.processes.trader_feed import BusFeed
from tradecore.strategy import StrategyContainer
from tradecore.transport.bus import BusLimits
from tradecore.transport.bus.limits import bind, connect
from tradecore.wire import Kind

BTC = tc.Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001")
SNAPSHOT = b'{"lastUpdateId":0,"bids":[["50000.0","1"]],"asks":[["50001.0","1"]]}'


@pytest.mark.parametrize("keeps_history", [True, False])
def test_messages_given_at_once_are_numbered_one_by_one(tmp_path, keeps_history):
    """Among single ones, beyond the size of a frame, and after a change of their kind."""
    many = [number.to_bytes(8, "big") for number in range(3, 40_003)]

    async def scenario(context):
        source = publisher(context, tmp_path, keeps_history=keeps_history)
        heard = Heard()
        reader = subscriber(context, tmp_path, heard)
        await until(lambda: "up" in heard.words())
        say(source, 1, 2)
        assert source.publish_many("t", Kind.ORDER_UPDATE, many) == 40_002
        assert source.publish_many("t", Kind.ORDER_UPDATE, []) == 40_002
        assert source.publish_many("t", Kind.BALANCE, [bytes(8)]) == 40_003
        say(source, 40_004)
        await until(lambda: len(heard.bodies()) == 40_004)
        said = numbers(heard.bodies())
        assert said == [*range(1, 40_003), 0, 40_004]
        assert [batch.envelope.seq for batch in heard.batches][-3:] == [40_002, 40_003, 40_004]
        assert reader.gaps == 0
        reader.close()
        source.close()

    with context_of_zmq() as context:
        asyncio.run(scenario(context))


def test_a_batch_that_was_lost_is_replayed(tmp_path):
    """Numbers show it, whatever shared a frame."""

    async def scenario(context):
        limits = BusLimits(high_water=10)
        source = publisher(context, tmp_path, limits=limits)
        heard = Heard()
        reader = subscriber(context, tmp_path, heard, limits=limits)
        await until(lambda: "up" in heard.words())
        for first in range(0, 10_000, 20):
            bodies = [number.to_bytes(8, "big") for number in range(first, first + 20)]
            source.publish_many("t", Kind.ORDER_UPDATE, bodies)
            source.flush()
        await until(lambda: len(heard.bodies()) == 10_000)
        assert numbers(heard.bodies()) == list(range(10_000))
        assert reader.gaps > 0
        reader.close()
        source.close()

    with context_of_zmq() as context:
        asyncio.run(scenario(context))


def test_who_stands_still_is_not_taken_for_dead(tmp_path):
    """The library asks nobody whether he lives, as a full queue keeps its answer; the kernel does.

    With its heartbeats a reader that stood still for three seconds could be ended by the library
    itself (libzmq issue 3937).
    """
    with context_of_zmq() as context:
        ends = [context.socket(zmq.PUB), context.socket(zmq.SUB)]
        bind(ends[0], address(tmp_path), BusLimits(), None)
        connect(ends[1], address(tmp_path), BusLimits(), None)
        for end in ends:
            assert [end.get(zmq.HEARTBEAT_IVL), end.get(zmq.HEARTBEAT_TTL)] == [0, 0]
            assert [end.get(zmq.TCP_KEEPALIVE), end.get(zmq.TCP_KEEPALIVE_IDLE)] == [1, 1]


class Listener(tc.AbstractStrategy):
    """Notes the best bid whenever it is told of the book."""

    def __init__(self, *, deltas):
        super().__init__()
        self.deltas, self.changes, self.heard = deltas, [], []

    def on_start(self):
        """Follow the best level, and each change if wanted."""
        self.subscribe("BINANCE:BTCUSDT", book=1, book_deltas=self.deltas)

    def on_book(self, book):
        """Note it."""
        self.heard.append(book.bid_price)

    def on_book_delta(self, book):
        """Note it."""
        self.changes.append(book.bid_price)


def bodies_of(count):
    """Return a snapshot, and as many changes of which each raises the bid."""
    feed = BinanceFeed([BTC], chained=True)
    feed.snapshot("BTCUSDT", SNAPSHOT, ts_recv_ns=1)
    first = feed.take_update("BTCUSDT")
    frames = [
        json.dumps(
            {"e": "depthUpdate", "E": 1, "T": 1, "s": "BTCUSDT", "U": n, "u": n, "pu": n - 1}
            | {"b": [[f"{50_000 + n / 10:.1f}", "1"]], "a": []}
        ).encode()
        for n in range(1, count + 1)
    ]
    read, code, ((symbol, bodies),) = feed.receive_many(frames, ts_recv_ns=2)
    assert (read, code, symbol, len(bodies)) == (count, 1, "BTCUSDT", count)
    return first, bodies


@pytest.mark.parametrize("deltas", [False, True])
def test_a_book_is_conflated_and_its_changes_are_not(tmp_path, deltas):
    """Of five changes that came together one book is told; of changes each, if they are wanted."""
    first, bodies = bodies_of(5)

    async def scenario(context):
        source = publisher(context, tmp_path, snapshot=lambda _: [(Kind.BOOK_UPDATE, first)])
        source.publish("BINANCE.BTCUSDT.book", Kind.BOOK_UPDATE, first)
        feed = BusFeed(
            context,
            address(tmp_path),
            exchange="BINANCE",
            instruments={"BTCUSDT": BTC},
            clock=CLOCK,
            limits=BusLimits(),
            keys=None,
            on_gap=lambda: None,
            on_order=lambda _: None,
            orders_sent=lambda: 0,
        )
        trader = tc.Trader([BTC], run_id="r1", venue="binance")
        strategy = Listener(deltas=deltas)
        feed.host = live = LiveHost(trader, feed=feed, orders=None, clock=CLOCK)
        live.start(StrategyContainer(strategy, trader, live))
        await until(lambda: feed.book("BTCUSDT").last_id == 0)
        strategy.heard.clear()
        strategy.changes.clear()
        source.publish_many("BINANCE.BTCUSDT.book", Kind.BOOK_UPDATE, bodies)
        await until(lambda: feed.book("BTCUSDT").last_id == 5)
        bids = [50_000.1, 50_000.2, 50_000.3, 50_000.4, 50_000.5]
        assert strategy.changes == (bids if deltas else [])
        assert strategy.heard == (bids if deltas else bids[-1:])
        feed.close()
        source.close()

    with context_of_zmq() as context:
        asyncio.run(scenario(context))
