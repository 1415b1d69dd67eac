"""A trader whose engine came back asks what it missed: again and again until somebody answers.

The trader is the real one; the engine's end of its bus is the test's, over the same sockets.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import tradecore as tc
from support.bus_ends import CLOCK, context_of_zmq
from support.ports import free_ports
from support.toy_exchange import TERMS
from tradecore.core import InputError
from tradecore.model import OrderUpdate, RiskAlert
from tradecore.processes.engine_commands import orders_topic
from tradecore.processes.host import Host, HostOptions
from tradecore.processes.runs import RunFolder
from tradecore.processes.settings import TraderSettings
from tradecore.processes.trader import LOOK_BACK_NS, TraderProcess
from tradecore.telemetry import SystemClock
from tradecore.transport.bus import BusLimits, CommandServer, Publisher
from tradecore.wire import values

SYMBOL = TERMS.instrument.symbol
NAMES = ("market", "commands", "orders", "positions")
QUICK = BusLimits(heartbeat_ns=10_000_000, stale_ns=500_000_000, dead_ns=1_000_000_000)


class OneOrder(tc.AbstractStrategy):
    """Sends one order and waits."""

    def on_start(self):
        """Send it."""
        self.sent = self.buy(SYMBOL, "0.100", 50)


async def bound(make):
    """Bind, as soon as the life before has let go of the port."""
    while True:
        try:
            return make()
        except InputError:
            await asyncio.sleep(0.005)


@dataclass
class EngineEnd:
    """What an engine says to a trader, in one of its lives."""

    context: object
    at: dict
    epoch: int
    asked: list = field(default_factory=list)
    is_whole: bool = True
    publisher: Publisher | None = None
    server: CommandServer | None = None

    async def begin(self):
        """Publish from now on."""
        self.publisher = await bound(self.publish)
        return self

    def publish(self):
        """Bind where order events come from."""
        return Publisher(
            self.context,
            self.at["orders"],
            stream=1,
            epoch=self.epoch,
            clock=CLOCK,
            limits=QUICK,
        )

    async def listen(self):
        """Take commands from now on."""
        self.server = await bound(self.serve)

    def serve(self):
        """Bind where commands come to."""
        return CommandServer(
            self.context, self.at["commands"], clock=CLOCK, on_command=self.answer, limits=QUICK
        )

    def answer(self, _sender, command, envelope):
        """Answer as an engine does that has nothing of the trader's."""
        self.asked.append(command)
        if isinstance(command, values.Hello):
            return values.InstrumentsListed(terms=(TERMS,), rules=())
        if isinstance(command, values.RecoverRequest):
            return values.Recovered(ts_event_ns=1_000 * 10**9, is_whole=self.is_whole)
        return values.CommandAck(command=envelope.seq, is_accepted=True)

    def of(self, kind):
        """Return the commands of a kind."""
        return [command for command in self.asked if isinstance(command, kind)]

    def tell(self, order, reply, ts_recv_ns):
        """Publish evidence about an order."""
        update = OrderUpdate(
            client_order_id=order.client_order_id,
            symbol=SYMBOL,
            reply=reply,
            ts_event_ns=ts_recv_ns,
            ts_recv_ns=ts_recv_ns,
        )
        self.publisher.publish_now(orders_topic("one"), update)

    def close(self):
        """End this life."""
        self.publisher.close()
        if self.server is not None:
            self.server.close()


async def until(holds):
    """Wait until something holds; the test's own time-out ends a wait for what never does."""
    while not holds():  # noqa: ASYNC110 - it happens in sockets
        await asyncio.sleep(0.005)


class Silent(tc.AbstractStrategy):
    """Does nothing."""


def trader_of(folder, at, strategy):
    """Return a trader with a strategy, and the host it runs in."""
    settings = TraderSettings.model_validate(
        {
            "global_": {"process_name": "one", "enabled_exchanges": ("TOY",)},
            "strategy": {"class_": "one"},
            "publishers": {
                "order_events_pub_endpoint": at["orders"],
                "position_events_pub_endpoint": at["positions"],
            },
            "subscribers": {
                "market_server_sub_endpoint": at["market"],
                "trading_engine_sub_endpoint": at["commands"],
            },
            "safety": {"on_silence": "nothing", "silence_timeout_ms": 20_000},
        }
    )
    options = HostOptions(
        name="one",
        kind="trader",
        performance=settings.performance,
        monitoring=settings.monitoring,
        stop_budget_ms=5_000,
    )
    trader = TraderProcess(settings, strategy, folder=RunFolder(folder), name="one")
    return trader, Host(options, SystemClock())


def test_what_happened_while_an_engine_was_away_is_asked_for_until_it_answers(tmp_path):
    """It publishes before it takes commands: the question waits, and is put once."""

    async def story(context):
        ports = free_ports(len(NAMES))
        at = {name: f"tcp://127.0.0.1:{port}" for name, port in zip(NAMES, ports, strict=True)}
        first = await EngineEnd(context, at, epoch=1).begin()
        await first.listen()
        strategy = OneOrder()
        trader, host = trader_of(tmp_path, at, strategy)
        await trader.start(host)
        running = asyncio.create_task(trader.run())
        await until(lambda: first.of(values.NewOrder))
        heard_ns = 2_000 * 10**9
        first.tell(strategy.sent, "accepted", heard_ns)
        await until(lambda: str(strategy.sent.state) == "ACCEPTED")
        start_asked = first.of(values.RecoverRequest)
        first.close()

        second = await EngineEnd(context, at, epoch=2).begin()
        alert = RiskAlert(code="ANY", text="a word of the next life", ts_recv_ns=heard_ns)
        second.publisher.publish_now(orders_topic("one"), alert)
        await until(lambda: trader._is_behind)
        before = list(second.asked)
        await second.listen()
        await until(lambda: second.of(values.RecoverRequest))
        second.tell(strategy.sent, "canceled", heard_ns + 1)
        await until(lambda: not strategy.sent.is_live)
        asked = second.of(values.RecoverRequest)

        await trader.stop()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        second.close()
        return start_asked, before, asked, heard_ns

    async def whole():
        with context_of_zmq() as context:
            async with asyncio.timeout(20):
                return await story(context)

    start_asked, before, asked, heard_ns = asyncio.run(whole())

    # The first run asks for nothing of the past, the second for what came since its last word.
    now_ns = CLOCK.now_ns()
    assert all(now_ns - 60 * 10**9 < one.since_ns <= now_ns for one in start_asked)
    assert before == []
    assert [one.since_ns for one in asked] == [heard_ns - LOOK_BACK_NS]


def test_a_trader_that_waits_for_long_holds_only_the_last_it_heard(tmp_path, monkeypatch):
    """Before its strategy starts an engine tells again and again how an earlier run ends."""
    monkeypatch.setattr("tradecore.processes.trader.EARLY_MAX", 5)

    async def story(context):
        ports = free_ports(len(NAMES))
        at = {name: f"tcp://127.0.0.1:{port}" for name, port in zip(NAMES, ports, strict=True)}
        engine = await EngineEnd(context, at, epoch=1).begin()
        await engine.listen()
        trader, host = trader_of(tmp_path, at, Silent())
        engine.is_whole = False
        starting = asyncio.create_task(trader.start(host))
        await until(lambda: len(engine.of(values.RecoverRequest)) > 1)
        for number in range(50):
            alert = RiskAlert(code="ANY", text=str(number), ts_recv_ns=number)
            engine.publisher.publish_now(orders_topic("one"), alert)
            await asyncio.sleep(0)
            await until(lambda: trader._early)
        engine.is_whole = True
        await starting
        await trader.stop()
        engine.close()
        return len(trader._early), trader._early.maxlen

    async def whole():
        with context_of_zmq() as context:
            async with asyncio.timeout(20):
                return await story(context)

    assert asyncio.run(whole()) == (0, 5)
