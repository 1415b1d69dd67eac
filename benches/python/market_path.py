"""Frames of a venue through the market server's own path to the book of a trader's feed.

The server's half is a process of its own: the connector's subscriber reads frames, the market
server publishes what each changed. The trader's half is its feed and its host with a strategy that
looks at the best prices. Nothing may be missing at the end. Measured twice: with frames handed to
the subscriber, as many in a turn of the event loop as a socket that lags behind hands over; and
off the WebSocket of a venue, a third process, which sends as fast as it is read from.
`python benches/python/market_path.py`.
"""
# ruff: noqa: SLF001 - the market server is put where its sockets would have brought it

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import multiprocessing
import random
import socket
import statistics
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import zmq

import tradecore as tc
from tradecore.exchanges.base import ConnectorSettings, HttpRequest, HttpResponse
from tradecore.exchanges.binance import PLUGIN, endpoints_at
from tradecore.model import Subscription
from tradecore.processes.host import Host, HostOptions
from tradecore.processes.market_server import MarketServer
from tradecore.processes.settings import MarketServerSettings, load_process
from tradecore.processes.strategy_host import LiveHost
from tradecore.processes.trader_feed import BusFeed
from tradecore.simulation.catalog import perpetuals
from tradecore.strategy import StrategyContainer
from tradecore.telemetry import SystemClock
from tradecore.transport.bus import BusLimits, Publisher
from tradecore.transport.pump import Pump, PumpSettings
from tradecore.transport.websocket import WebSocketSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

UPDATES = 100_000
A_TURN = 50
ROUNDS = 3
LEVELS = 2
FIRST = 2
SYMBOL = "BTCUSDT"
LIMITS = BusLimits(high_water=1_000_000, stale_ns=60_000_000_000, dead_ns=60_000_000_000)
SNAPSHOT = b'{"lastUpdateId":1,"E":1,"T":1,"bids":[["1.00","1"]],"asks":[["90000.00","1"]]}'
#: What a server of RFC 6455 adds to a client's key.
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frames(first: int, count: int) -> Iterator[bytes]:
    """Give changes of two levels a side, one after the other, as a venue sends them."""
    dice = random.Random(7)

    def side(price: int, sign: int) -> str:
        ticks = [price + sign * dice.randrange(50) for _ in range(LEVELS)]
        levels = [[f"{t // 10}.{t % 10}0", f"{dice.randrange(1, 1_000) / 1e3:.3f}"] for t in ticks]
        return json.dumps(levels, separators=(",", ":"))

    # A prime number of them, so that they come round in every order with what else comes round.
    books = [f'"b":{side(600_000, -1)},"a":{side(600_001, 1)}' for _ in range(997)]
    for n in range(first, first + count):
        yield (
            f'{{"e":"depthUpdate","E":1,"T":1,"s":"{SYMBOL}","U":{n},"u":{n},"pu":{n - 1},'
            f"{books[n % 997]}}}"
        ).encode()


def text_frame(data: bytes) -> bytes:
    """Return a message of less than 64 KiB as a server sends it."""
    size = len(data)
    return bytes([0x81, size] if size < 126 else [0x81, 126, *size.to_bytes(2, "big")]) + data


def venue(port: object, go: object, updates: int = UPDATES, read_up_to: object = None) -> None:
    """Accept one connection, answer its subscription, and send every frame once it may go.

    Where it is told what was read, it waits while it is too far ahead of that.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port.value = listening.getsockname()[1]
        connection, _ = listening.accept()
    with connection:
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += connection.recv(1 << 16)
        key = asked.lower().split(b"sec-websocket-key:")[1]
        key = asked[len(asked) - len(key) :].split(b"\r\n")[0].strip()
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())  # noqa: S324 - the protocol's
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        connection.recv(1 << 16)
        told = map(text_frame, frames(FIRST, updates))
        connection.sendall(text_frame(b'{"result":null,"id":1}') + next(told))
        ready = b"".join(islice(told, UPDATES - 1))
        go.wait()
        sent = UPDATES
        while ready:
            connection.sendall(ready)
            while read_up_to is not None and sent - read_up_to.value > UPDATES:
                time.sleep(0.001)
            ready = b"".join(islice(told, 1_000))
            sent += 1_000
        connection.recv(1 << 16)


def serving(
    endpoint: str, folder: Path, clock: SystemClock, port: int | None
) -> tuple[MarketServer, object]:
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
    url = f"ws://127.0.0.1:{port}"
    connector = ConnectorSettings(endpoints=endpoints_at("http://a", url, "ws://a/ws-fapi/v1"))
    subscriber = PLUGIN.subscriber(connector, [one.terms for one in perpetuals()])
    subscriber.tells_updates = True
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


class Answers:
    """Answers a request for a snapshot."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return HttpResponse(request=request, status=200, headers={}, body=SNAPSHOT)


async def hand_over(server: MarketServer, subscriber: object, go: object) -> None:
    """Hand every frame to the subscriber, a turn's worth at a time."""
    told, now_ns = list(frames(FIRST, UPDATES)), server._host.clock.now_ns()

    def hear(data: list[bytes]) -> None:
        server._hear(subscriber, subscriber.receive_many("public", data, 1, now_ns))

    hear(told[:1])
    request = next(one for one in subscriber.pending() if isinstance(one, HttpRequest))
    answer = await Answers().send(request)
    server._hear(subscriber, subscriber.receive(answer, now_ns))
    while not go.is_set():  # noqa: ASYNC110 - another process sets it
        await asyncio.sleep(0.01)
    for start in range(1, UPDATES, A_TURN):
        hear(told[start : start + A_TURN])
        await asyncio.sleep(0)


def serve(endpoint: str, go: object, done: object, port: int | None) -> None:
    """Publish what follows from a snapshot and every frame, off a venue's socket or by hand."""

    async def work(folder: Path) -> None:
        clock = SystemClock()
        server, subscriber = serving(endpoint, folder, clock, port)
        # This venue has no time to answer pings.
        settings = PumpSettings(websocket=WebSocketSettings(ping_interval_ns=0))
        pump = Pump(
            http=Answers(),
            clock=clock,
            on_events=server._hear,
            random=random.random,
            settings=settings,
        )
        if port is None:
            await hand_over(server, subscriber, go)
        else:
            pump.add(subscriber)
        running = asyncio.create_task(pump.run())
        while not done.is_set():  # noqa: ASYNC110 - another process sets it
            await asyncio.sleep(0.01)
        running.cancel()
        await pump.aclose()
        server._publisher.close()
        server._context.destroy(0)

    with tempfile.TemporaryDirectory() as name:
        asyncio.run(work(Path(name)))


class Watcher(tc.AbstractStrategy):
    """Looks at the best prices whenever they change."""

    wakes = 0

    def on_start(self) -> None:
        """Follow them."""
        self.subscribe(f"BINANCE:{SYMBOL}", book=1)

    def on_book(self, book: tc.BookView) -> None:
        """Look, and count."""
        assert book.bid_price < book.ask_price
        self.wakes += 1


class NoOrders:
    """Where orders would go."""


def read(endpoint: str, go: object, updates: int = UPDATES, read_up_to: object = None) -> float:
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
        trader = tc.Trader([instrument], run_id="bench", venue="binance")
        feed.host = live = LiveHost(trader, feed=feed, orders=NoOrders(), clock=clock)
        strategy = Watcher()
        live.start(StrategyContainer(strategy, trader, live))
        book = feed.book(SYMBOL)
        while book.last_id is None or book.last_id < FIRST:  # noqa: ASYNC110 - another's doing
            await asyncio.sleep(0.001)
        first, began = feed.messages, time.perf_counter()
        go.set()
        while book.last_id < FIRST + updates - 1:
            await asyncio.sleep(0.001)
            if read_up_to is not None:
                read_up_to.value = book.last_id
        took = time.perf_counter() - began
        assert feed.messages - first == updates - 1, "nothing is missing, nothing twice"
        assert strategy.wakes, "it is for the strategy"
        feed.close()
        context.destroy(0)
        return (updates - 1) / took

    return asyncio.run(work())


def measured(*, has_venue: bool) -> float:
    """Return the median rate of a few runs."""
    spawn = multiprocessing.get_context("spawn")
    rates = []
    for _ in range(ROUNDS):
        go, done, port = spawn.Event(), spawn.Event(), spawn.Value("i", 0)
        started = []
        if has_venue:
            started.append(spawn.Process(target=venue, args=(port, go)))
            started[0].start()
            while not port.value:
                time.sleep(0.01)
        with tempfile.TemporaryDirectory() as folder:
            endpoint = f"ipc://{folder}/bus/market"
            chosen = port.value if has_venue else None
            started.append(spawn.Process(target=serve, args=(endpoint, go, done, chosen)))
            started[-1].start()
            rates.append(read(endpoint, go))
            done.set()
            for process in started:
                process.join()
    return statistics.median(rates)


def run() -> list[dict[str, object]]:
    """Measure frames to book, handed over and off a venue's socket."""
    names = {
        False: f"frames of a venue to a trader's book, market server and bus, {A_TURN} a turn",
        True: "frames of a venue to a trader's book, off its WebSocket, as fast as it is read",
    }
    return [
        {
            "name": name,
            "value": measured(has_venue=has_venue),
            "unit": "updates/s",
            "baseline_name": None,
            "baseline_value": None,
            "ratio": None,
            "asked": ">= 300 k/s",
        }
        for has_venue, name in names.items()
    ]


if __name__ == "__main__":
    for row in run():
        print(row)
