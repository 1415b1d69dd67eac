"""Engine, position server and trader of one test over real sockets, and a market of one book.

The trader is a process of its own; the venue stands in this process.
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import zmq

from support import toy_exchange
from support.desk_venue import SYMBOL
from support.ports import free_ports
from tradecore.processes.host import Host, HostOptions
from tradecore.processes.position_server import PositionServer
from tradecore.processes.settings import EngineSettings, PositionServerSettings, load_process
from tradecore.processes.trading_engine import TradingEngine
from tradecore.telemetry import SystemClock
from tradecore.transport.bus import Publisher
from tradecore.wire import Kind
from tradecore.wire import schema_pb2 as pb

STRATEGY = """
import tradecore as tc

class Bidder(tc.AbstractStrategy):
    def on_start(self):
        self.subscribe("BTCUSDT", book=1)

    def on_book(self, book):
        self.quote("BTCUSDT", bids=[(book.bid_price - 10, "0.100")], asks=[])
"""
SAFETY = "[MONITORING]\nHEALTH_PORT=0\n[SAFETY]\nHEARTBEAT_INTERVAL_MS=50\nSILENCE_TIMEOUT_MS=400\n"


async def until(holds):
    """Wait until something holds; the test's own time-out ends a wait for what never does."""
    while not holds():  # noqa: ASYNC110 - it happens in sockets and other processes
        await asyncio.sleep(0.01)


@dataclass
class Rig:
    """The processes of one test, and the venue they trade at."""

    folder: Path
    venue: toy_exchange.ToyVenue = field(default_factory=toy_exchange.ToyVenue)
    services: list = field(default_factory=list)
    children: list = field(default_factory=list)

    def __post_init__(self):
        toy_exchange.PLUGIN.venue = self.venue
        names = ("market", "commands", "orders", "account", "status", "positions", "updates")
        at = (f"tcp://127.0.0.1:{port}" for port in free_ports(len(names)))
        self.at = dict(zip(names, at, strict=True))
        (self.folder / "bidder.py").write_text(STRATEGY)

    def write(self, name, text):
        """Write a file only its owner can read."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    async def start(self, service, name, settings):
        """Start a service in this process."""
        options = HostOptions(
            name=name,
            kind=name,
            performance=settings.performance,
            monitoring=settings.monitoring,
            stop_budget_ms=5_000,
        )
        host = Host(options, SystemClock())
        try:
            await service.start(host)
        except BaseException:
            await service.stop()
            raise
        self.services.append((service, asyncio.create_task(service.run())))
        return service

    async def engine(self, epoch):
        """Start an engine on the journal as it is."""
        at = self.at
        path = self.write(
            "trading_engine.ini",
            "[GLOBAL]\nEXCHANGE_NAME=TOY\nAPI_KEY=k-of-the-test\nAPI_SECRET=s-of-the-test\n"
            f"[ZMQ]\nTRADER_SUB_ENDPOINT={at['commands']}\n"
            f"ORDER_EVENTS_PUB_ENDPOINT={at['orders']}\n"
            f"TRADE_EVENTS_PUB_ENDPOINT={at['account']}\n"
            f"ORDER_STATUS_PUB_ENDPOINT={at['status']}\n"
            f"POSITION_SERVER_SUB_ENDPOINT={at['updates']}\n"
            f"[RISK_MANAGEMENT]\nENABLE_PRE_TRADE_CHECKS=false\n{SAFETY}",
        )
        settings = load_process(EngineSettings, path, environ={}).settings
        engine = TradingEngine(settings, epoch=epoch, journal=self.folder)
        return await self.start(engine, "trading_engine", settings)

    async def positions(self):
        """Start a position server."""
        path = self.write(
            "position_server.ini",
            "[GLOBAL]\nEXCHANGE_NAME=TOY\n"
            f"[ZMQ]\nTRADE_EVENTS_SUB_ENDPOINT={self.at['account']}\n"
            f"POSITION_EVENTS_PUB_ENDPOINT={self.at['positions']}\n"
            f"POSITION_UPDATES_PUB_ENDPOINT={self.at['updates']}\n{SAFETY}",
        )
        settings = load_process(PositionServerSettings, path, environ={}).settings
        return await self.start(PositionServer(settings, epoch=1), "position_server", settings)

    async def trader(self, journal=""):
        """Start the trader, in a process of its own, with more keys of its journal."""
        path = self.write(
            "trader.ini",
            "[GLOBAL]\nPROCESS_NAME=bidder\nENABLED_EXCHANGES=TOY\n"
            "[STRATEGY]\nCLASS=bidder.py:Bidder\n"
            f"[PUBLISHERS]\nORDER_EVENTS_PUB_ENDPOINT={self.at['orders']}\n"
            f"POSITION_EVENTS_PUB_ENDPOINT={self.at['positions']}\n"
            f"[SUBSCRIBERS]\nMARKET_SERVER_SUB_ENDPOINT={self.at['market']}\n"
            f"TRADING_ENGINE_SUB_ENDPOINT={self.at['commands']}\n"
            f"[JOURNAL]\nDIRECTORY={self.folder / 'journal'}\n{journal}{SAFETY}",
        )
        log = (self.folder / "trader.log").open("ab")
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tradecore", "trader", str(path)),
            stderr=log,
            stdout=log,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        log.close()
        self.children.append(child)
        return child

    async def kill(self, engine):
        """End an engine as a kill does: nothing is canceled, nothing is said, sockets vanish."""
        ((known, task),) = [pair for pair in self.services if pair[0] is engine]
        self.services.remove((known, task))
        driven = (engine.account_desk._driving, engine.account_desk.link._driving)
        for one in (task, *driven):
            one.cancel()
        await asyncio.gather(task, *driven, return_exceptions=True)
        await engine.account_desk.aclose()
        for opened in reversed(engine._opened):
            opened.close()
        engine._context.term()

    async def end(self):
        """End everything."""
        for child in self.children:
            if child.returncode is None:
                child.kill()
            await child.wait()
        for service, task in reversed(self.services):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await service.stop()


class Market:
    """A market server of one book."""

    def __init__(self, context, endpoint):
        self.id = 0
        self.publisher = Publisher(
            context,
            endpoint,
            stream=1,
            epoch=1,
            clock=SystemClock(),
            snapshot=lambda _: [(Kind.BOOK_UPDATE, self.body(is_snapshot=True))],
            keeps_history=False,
        )
        self.bid = 1_000

    def body(self, *, is_snapshot):
        """Return the book as a message."""
        return pb.BookUpdate(
            first_id=self.id,
            last_id=self.id,
            is_snapshot=is_snapshot,
            bid_ticks=[self.bid],
            bid_lots=[5_000],
            ask_ticks=[self.bid + 10],
            ask_lots=[5_000],
        ).SerializeToString()

    def show(self, bid):
        """Publish the book with another best bid, in ticks."""
        self.id += 1
        self.bid = bid
        self.publisher.publish(f"TOY.{SYMBOL}.book", Kind.BOOK_UPDATE, self.body(is_snapshot=True))


def play(story, folder):
    """Run a test's story in a rig, and end everything after it; return what the story does."""

    async def whole():
        rig = Rig(folder)
        context = zmq.Context()
        market = Market(context, rig.at["market"])
        market.show(1_000)
        try:
            async with asyncio.timeout(40):
                return await story(rig, market)
        except TimeoutError:
            log = folder / "trader.log"
            raise AssertionError(log.read_text()[-4_000:] if log.exists() else "") from None
        finally:
            await rig.end()
            market.publisher.close()
            context.term()

    return asyncio.run(whole())
