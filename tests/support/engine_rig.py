"""A trading engine in the test's process at the local exchange, and a trader's end of its bus."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from support.bus_ends import CLOCK, context_of_zmq
from support.local_venue import KEY, SECRET
from support.program import ENGINE_KEYS, bus_section
from tradecore.processes.host import Host, HostOptions
from tradecore.processes.settings import EngineSettings, load_process
from tradecore.processes.trading_engine import TradingEngine
from tradecore.telemetry import SystemClock
from tradecore.transport.bus import BackPressureError, CommandClient
from tradecore.wire.values import NewOrder

ORDER = NewOrder(
    client_order_id="tc-1-1",
    symbol="BTCUSDT",
    side="buy",
    type="limit",
    quantity=Decimal("0.010"),
    price=Decimal("40000.0"),
)


class EngineRig:
    """An engine, and a trader's end of its bus."""

    def __init__(self, folder, venue, *, key=KEY, secret=SECRET, http="", more=""):
        bus, self.at = bus_section(*ENGINE_KEYS)
        sections = venue.sections.replace("[HTTP_API]\n", f"[HTTP_API]\n{http}")
        path = folder / "trading_engine.ini"
        path.write_text(
            f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\nAPI_KEY={key}\nAPI_SECRET={secret}\n"
            f"{sections}{bus}{more}"
        )
        path.chmod(0o600)
        self.settings = load_process(EngineSettings, path, environ={}).settings
        self.engine = TradingEngine(self.settings, epoch=1, journal=folder)
        self.told = []
        options = HostOptions(
            name="engine",
            kind="trading_engine",
            performance=self.settings.performance,
            monitoring=self.settings.monitoring,
            stop_budget_ms=5_000,
            needs=("venue", "clock", "journal", "reconciled"),
        )
        self.host = Host(options, SystemClock())

    def codes(self):
        """Return the kinds of alerts so far."""
        self.told += list(self.host.alerts.take())
        return {alert.code for alert in self.told}

    def reasons(self):
        """Return why it is not ready; that this machine was busy is no reason of the engine's."""
        self.engine.sample()
        ready = self.host.health.ready(self.host.clock.monotonic_ns())
        return tuple(reason for reason in ready.reasons if "loop did not turn" not in reason)

    async def until(self, holds):
        """Wait until something holds."""
        while not holds():  # noqa: ASYNC110 - it happens in sockets
            await asyncio.sleep(0.01)

    def trader(self, context, replies):
        """Connect as a trader."""
        return CommandClient(
            context,
            self.at["TRADER_SUB_ENDPOINT"],
            sender="maker",
            epoch=1,
            clock=CLOCK,
            on_reply=lambda *reply: replies.append(reply[1]),
        )

    async def send(self, context, command=ORDER, *, stays=None):
        """Send a command as a trader, and return the reply; it is gone then unless it stays."""
        replies = []
        client = self.trader(context, replies)
        try:
            while True:
                try:
                    client.send(command)
                    break
                except BackPressureError:
                    await asyncio.sleep(0.01)
            await self.until(lambda: replies)
        finally:
            if stays is None:
                client.close()
            else:
                stays.append(client)
        return replies[0]


def play(folder, venue, story, **changes):
    """Run a story with an engine that has started, and stop it well."""

    async def whole():
        rig = EngineRig(folder, venue, **changes)
        with context_of_zmq() as context:
            try:
                async with asyncio.timeout(25):
                    await rig.engine.start(rig.host)
                    running = asyncio.create_task(rig.engine.run())
                    result = await story(rig, context)
                    running.cancel()
                    await asyncio.gather(running, return_exceptions=True)
                    return result
            finally:
                await rig.engine.stop()

    return asyncio.run(whole())
