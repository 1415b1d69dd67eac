"""Frames of a venue through the market server's own path to the book of a trader's feed.

The server's half is a process of its own: the connector's subscriber reads each frame, the market
server publishes what changed, as many frames in a turn of its event loop as a socket that lags
behind hands over. The trader's half is its `BusFeed`. Nothing may be missing at the end. The
sockets of the venue and the strategy are left out; `python benches/python/market_path.py`.
"""
# ruff: noqa: SLF001 - the market server is put where its sockets would have brought it

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
import statistics
import tempfile
import time
from pathlib import Path

import zmq

import tradecore as tc
from tradecore.exchanges.base import ConnectorSettings, HttpResponse, Message
from tradecore.exchanges.binance import PLUGIN, endpoints_at
from tradecore.model import Subscription
from tradecore.processes.host import Host, HostOptions
from tradecore.processes.market_server import MarketServer
from tradecore.processes.settings import MarketServerSettings, load_process
from tradecore.processes.trader_feed import BusFeed
from tradecore.simulation.catalog import perpetuals
from tradecore.telemetry import SystemClock
from tradecore.transport.bus import BusLimits, Publisher

UPDATES = 100_000
A_TURN = 50
ROUNDS = 3
LEVELS = 2
SYMBOL = "BTCUSDT"
LIMITS = BusLimits(high_water=1_000_000, dead_ns=60_000_000_000)


def frames(count: int) -> list[bytes]:
    """Return changes of two levels a side, one after the other, as a venue sends them."""
    dice = random.Random(7)

    def side(first: int, sign: int) -> list[list[str]]:
        ticks = [first + sign * dice.randrange(50) for _ in range(LEVELS)]
        return [[f"{t // 10}.{t % 10}0", f"{dice.randrange(1, 1_000) / 1e3:.3f}"] for t in ticks]

    return [
        json.dumps(
            {
                "e": "depthUpdate", "E": 1, "T": 1, "s": SYMBOL, "U": n, "u": n, "pu": n - 1,
                "b": side(600_000, -1), "a": side(600_001, 1),
            },
            separators=(",", ":"),
        ).encode()
        for n in range(2, count + 2)
    ]  # fmt: skip


def serving(endpoint: str, folder: Path, clock: SystemClock) -> tuple[MarketServer, object]:
    """Return a market server that stands where its sockets would have brought it."""
    path = folder / "market_server.ini"
    path.write_text(
        f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\n[MARKET_DATA]\nSYMBOLS={SYMBOL}\n"
        f"[ZMQ]\nMARKET_DATA_PUB_ENDPOINT={endpoint}\n[MONITORING]\nHEALTH_PORT=0\n"
    )
    path.chmod(0o600)
    settings = load_process(MarketServerSettings, path, environ={}).settings
    server = MarketServer(settings, epoch=1)
    server._host = Host(
        HostOptions(
            name="bench",
            kind="market_server",
            performance=settings.performance,
            monitoring=settings.monitoring,
            stop_budget_ms=1_000,
        ),
        clock,
    )
    connector = ConnectorSettings(endpoints=endpoints_at("http://a", "ws://a", "ws://a/ws-fapi/v1"))
    subscriber = PLUGIN.subscriber(connector, [one.terms for one in perpetuals()])
    subscriber.subscribe(Subscription(symbol=SYMBOL, book=1))
    subscriber.start(1)
    server._subscriber = subscriber
    server._publisher = Publisher(
        server._context,
        endpoint,
        stream=1,
        epoch=1,
        clock=clock,
        snapshot=server._snapshot,
        keeps_history=False,
        limits=LIMITS,
    )
    return server, subscriber


def serve(endpoint: str, go: object, done: object) -> None:
    """Take a snapshot, then every frame, and publish what follows."""

    async def work(folder: Path) -> None:
        clock = SystemClock()
        server, subscriber = serving(endpoint, folder, clock)
        told = frames(UPDATES)
        now_ns = clock.now_ns()

        def hear(incoming: object) -> None:
            events = subscriber.receive(incoming, now_ns)
            if events:
                server._hear(subscriber, events)

        hear(Message("public", told[0], 1))
        request = next(one for one in subscriber.pending() if hasattr(one, "method"))
        body = b'{"lastUpdateId":1,"E":1,"T":1,"bids":[["1.00","1"]],"asks":[["90000.00","1"]]}'
        hear(HttpResponse(request=request, status=200, headers={}, body=body))
        while not go.is_set():  # noqa: ASYNC110 - another process sets it
            await asyncio.sleep(0.01)
        for start in range(1, UPDATES, A_TURN):
            for data in told[start : start + A_TURN]:
                hear(Message("public", data, 1))
            await asyncio.sleep(0)
        while not done.is_set():  # noqa: ASYNC110 - another process sets it
            await asyncio.sleep(0.01)
        server._publisher.close()
        server._context.destroy(0)

    with tempfile.TemporaryDirectory() as name:
        asyncio.run(work(Path(name)))


class Counted:
    """Stands where a strategy would: counts how often it would have been woken."""

    wakes = 0

    def hear_book(self, _: str) -> None:
        """Count."""
        self.wakes += 1

    def hear_connection(self, _: object) -> None:
        """Take no notice."""


def read(endpoint: str, go: object) -> float:
    """Follow until the last update is in the book; return updates a second."""

    async def work() -> float:
        clock = SystemClock()
        instrument = tc.Instrument(SYMBOL, tick_size="0.1", lot_size="0.001")
        context = zmq.Context()
        feed = BusFeed(
            context,
            endpoint,
            exchange="BINANCE",
            instruments={SYMBOL: instrument},
            clock=clock,
            limits=LIMITS,
            keys=None,
            on_gap=lambda: None,
            on_order=lambda _: None,
            orders_sent=lambda: 0,
        )
        feed.host = Counted()
        feed.subscribe(Subscription(symbol=SYMBOL, book=1))
        book = feed.book(SYMBOL)
        while book.last_id is None or book.last_id < 2:  # noqa: ASYNC110 - another's doing
            await asyncio.sleep(0.001)
        first, began = feed.messages, time.perf_counter()
        go.set()
        while book.last_id < UPDATES + 1:  # noqa: ASYNC110 - another's doing
            await asyncio.sleep(0.001)
        took = time.perf_counter() - began
        assert feed.messages - first == UPDATES - 1, "nothing is missing, nothing twice"
        feed.close()
        context.destroy(0)
        return (UPDATES - 1) / took

    return asyncio.run(work())


def measured() -> float:
    """Return the median rate of a few runs."""
    spawn = multiprocessing.get_context("spawn")
    rates = []
    for _ in range(ROUNDS):
        go, done = spawn.Event(), spawn.Event()
        with tempfile.TemporaryDirectory() as folder:
            endpoint = f"ipc://{folder}/bus/market"
            source = spawn.Process(target=serve, args=(endpoint, go, done))
            source.start()
            rates.append(read(endpoint, go))
            done.set()
            source.join()
    return statistics.median(rates)


def run() -> list[dict[str, object]]:
    """Measure frames to book."""
    return [
        {
            "name": f"frames of a venue to a trader's book, market server and bus, {A_TURN} a turn",
            "value": measured(),
            "unit": "updates/s",
            "baseline_name": None,
            "baseline_value": None,
            "ratio": None,
        }
    ]


if __name__ == "__main__":
    for row in run():
        print(row)
