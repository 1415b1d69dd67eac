"""The position server on a bus where not everything makes sense, and what it tells."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
import zmq

from support.bus_ends import CLOCK, Heard, context_of_zmq, until
from support.local_venue import KEY, SECRET, local_venue
from support.program import POSITION_KEYS, bus_section
from tradecore.model import Balance, VenueFill, VenuePosition
from tradecore.processes.host import Host, HostOptions
from tradecore.processes.position_server import PositionServer
from tradecore.processes.settings import PositionServerSettings, load_process
from tradecore.telemetry import SystemClock
from tradecore.transport.bus import Publisher, Subscriber
from tradecore.wire import Envelope, Kind, decode, encode

TOPIC = "BINANCE.account"


def position(quantity, ts=1, symbol="BTCUSDT"):
    """Return what the venue says is held."""
    return VenuePosition(
        symbol=symbol, quantity=Decimal(quantity), entry_price=Decimal(100), ts_event_ns=ts
    )


def fill(number, side, price):
    """Return a trade of one unit."""
    return VenueFill(
        exec_id=number,
        venue_order_id="1",
        symbol="BTCUSDT",
        side=side,
        price=Decimal(price),
        quantity=Decimal(1),
        fee=Decimal("0.5"),
        fee_currency="USDT",
        liquidity="maker",
        ts_event_ns=number,
    )


class Rig:
    """A position server in this process, and the ends of its bus."""

    def __init__(self, folder, *, keys="", venue="", more=""):
        bus, self.at = bus_section(*POSITION_KEYS)
        path = folder / "position_server.ini"
        path.write_text(f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\n{keys}{venue}{bus}{more}")
        path.chmod(0o600)
        settings = load_process(PositionServerSettings, path, environ={}).settings
        self.server = PositionServer(settings, epoch=1)
        options = HostOptions(
            name="positions",
            kind="position_server",
            performance=settings.performance,
            monitoring=settings.monitoring,
            stop_budget_ms=1_000,
            needs=("account",),
        )
        self.host = Host(options, SystemClock())
        self.alerts = []

    def codes(self):
        """Return kinds and texts of alerts so far."""
        self.alerts += list(self.host.alerts.take())
        return [(alert.code, alert.text) for alert in self.alerts]

    def engine(self, context):
        """Publish as an engine would."""
        at = self.at["TRADE_EVENTS_SUB_ENDPOINT"]
        return Publisher(context, at, stream=6_017, epoch=1, clock=CLOCK)

    def reader(self, context, heard, key="POSITION_EVENTS_PUB_ENDPOINT"):
        """Read what it publishes."""
        return Subscriber(
            context, self.at[key], topics=["BINANCE.*"], clock=CLOCK, on_batch=heard.batches.append
        )

    def held(self):
        """Return quantities by symbol."""
        return {s: str(p.quantity) for s, p in self.server.account.positions.items()}


@pytest.fixture
def play(tmp_path):
    """Return a function that runs a story with a server that has started."""

    def play(story, **changes):
        async def whole():
            rig = Rig(tmp_path, **changes)
            with context_of_zmq() as context:
                try:
                    async with asyncio.timeout(25):
                        await rig.server.start(rig.host)
                        running = asyncio.create_task(rig.server.run())
                        result = await story(rig, context)
                        assert not running.done()
                        running.cancel()
                        await asyncio.gather(running, return_exceptions=True)
                        return result
                finally:
                    await rig.server.stop()

        return asyncio.run(whole())

    return play


def test_what_the_engine_tells_is_passed_on_on_both_streams(play):
    """Positions, balances, and fills with the profit each closed."""

    async def story(rig, context):
        engine = rig.engine(context)
        traders, limits = Heard(), Heard()
        readers = [
            rig.reader(context, traders),
            rig.reader(context, limits, "POSITION_UPDATES_PUB_ENDPOINT"),
        ]
        for value in (
            position("1"),
            Balance(currency="USDT", total=Decimal(5), free=Decimal(4), ts_event_ns=1),
            fill(1, "buy", "100"),
            fill(2, "sell", "130"),
            fill(2, "sell", "130"),
        ):
            engine.publish(TOPIC, *encode(value))
        await until(lambda: len(traders.bodies()) == len(limits.bodies()) == 4)
        rig.server.sample()
        facts = rig.host.health.detailed(0)["facts"]
        engine.close()
        for reader in readers:
            reader.close()
        return [decode(b.kind, body) for b in traders.batches for body in b.bodies], facts

    values, facts = play(story)

    fills = [one for one in values if isinstance(one, VenueFill)]
    assert [one.realized for one in fills] == [0, 30]
    assert {type(one) for one in values} == {VenuePosition, Balance, VenueFill}
    assert facts["profit"] == {"BTCUSDT": {"realized": "30", "fees_USDT": "1.0"}}
    assert facts["positions"] == {"BTCUSDT": "1"}


def test_an_older_word_of_the_venue_does_not_undo_a_newer_one(play):
    """By the venue's time."""

    async def story(rig, context):
        engine = rig.engine(context)
        for value in (position("3", ts=5), position("1", ts=4), position("9", symbol="ETHUSDT")):
            engine.publish(TOPIC, *encode(value))
        await until(lambda: "ETHUSDT" in rig.held())
        engine.close()
        return rig.held()

    assert play(story) == {"BTCUSDT": "3", "ETHUSDT": "9"}


NONSENSE = {
    "garbage": (Kind.VENUE_POSITION, b"\xff" * 60),
    "empty": (Kind.VENUE_POSITION, b""),
    "another-kind": (Kind.BOOK_UPDATE, b"\x08\x01"),
    "order": (Kind.ORDER_UPDATE, b"\xff" * 10),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_a_body_that_makes_no_sense_is_passed_over(play, name):
    """What came before and after it counts."""

    async def story(rig, context):
        engine = rig.engine(context)
        engine.publish(TOPIC, *encode(position("1")))
        await until(rig.held)
        # In one message with what makes sense, and live.
        engine.publish(TOPIC, *NONSENSE[name])
        engine.publish(TOPIC, *encode(position("9", symbol="ETHUSDT")))
        await until(lambda: "ETHUSDT" in rig.held())
        engine.close()
        return rig.held(), rig.codes()

    held, alerts = play(story)

    assert held == {"BTCUSDT": "1", "ETHUSDT": "9"}
    assert [code for code, _ in alerts] == ["BUS_MALFORMED"]


@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_schema_is_not_guessed_at(play, version):
    """Frames of a version we do not speak change nothing."""
    kind, body = encode(position("7"))
    frame = Envelope(kind, 6_017, 1, 1, 0, 0, 0).pack(body)
    raw = TOPIC.encode() + b"\0" + bytes([version]) + frame[1:]

    async def story(rig, context):
        told = []
        # The server's own subscriber, heard beside it.
        stranger = context.socket(zmq.XPUB)
        stranger.bind(rig.at["TRADE_EVENTS_SUB_ENDPOINT"])
        subscribed = asyncio.get_running_loop().run_in_executor(None, stranger.poll, 10_000)
        await subscribed
        subscriber = rig.server._opened[-1]
        stranger.send(raw)
        await until(lambda: subscriber.malformed)
        told.append(subscriber.malformed)
        stranger.close(0)
        return told, rig.held(), rig.codes()

    told, held, alerts = play(story)

    assert (told, held) == ([1], {})
    assert f"schema version 1: a message came in version={version}" in alerts[0][1]


@pytest.mark.parametrize(
    ("more", "quantity", "word"),
    [
        ("MAX_POSITION_PER_SYMBOL=5\n", "5.5", "is passed"),
        ("MAX_POSITION_PER_SYMBOL=5\n", "4.5", "is near"),
        ("MAX_POSITION_SIZE=5\nRISK_ALERT_THRESHOLD=0.5\n", "-2.5", "is near"),
    ],
)
def test_a_limit_is_told_without_any_order(play, more, quantity, word):
    """Each `POSITION_LIMIT_CHECK_INTERVAL_MS`."""

    async def story(rig, context):
        engine = rig.engine(context)
        engine.publish(TOPIC, *encode(position(quantity)))
        await until(rig.codes)
        engine.close()
        return rig.codes()[0]

    code, text = play(
        story, more=f"[RISK_MANAGEMENT]\nPOSITION_LIMIT_CHECK_INTERVAL_MS=100\n{more}"
    )

    assert code == "POSITION_LIMIT"
    assert f"a limit {word}" in text


def test_a_days_loss_is_told(play):
    """By the fills, fees counted."""

    async def story(rig, context):
        engine = rig.engine(context)
        engine.publish(TOPIC, *encode(fill(1, "buy", "100")))
        engine.publish(TOPIC, *encode(fill(2, "sell", "50")))
        await until(rig.codes)
        engine.close()
        return rig.codes()[0]

    code, text = play(
        story,
        more="[RISK_MANAGEMENT]\nPOSITION_LIMIT_CHECK_INTERVAL_MS=100\nMAX_DAILY_LOSS=40\n",
    )

    assert (code, "net=-51" in text) == ("DAILY_LOSS", True)


def test_an_engine_that_falls_silent_is_noticed_and_its_return_too(play):
    """Positions are kept; only their age is told."""

    async def story(rig, context):
        engine = rig.engine(context)
        engine.publish(TOPIC, *encode(position("1")))
        now = rig.host.clock.monotonic_ns
        await until(lambda: rig.held() and rig.host.health.ready(now()).is_ok)
        engine.close()
        await until(lambda: not rig.host.health.ready(now()).is_ok)
        reasons = rig.host.health.ready(now()).reasons
        again = Publisher(
            context, rig.at["TRADE_EVENTS_SUB_ENDPOINT"], stream=6_017, epoch=2, clock=CLOCK
        )
        again.publish(TOPIC, *encode(position("2", ts=2)))
        await until(lambda: rig.held() == {"BTCUSDT": "2"})
        await until(lambda: rig.host.health.ready(now()).is_ok)
        again.close()
        return reasons

    reasons = play(story, more="[SAFETY]\nHEARTBEAT_INTERVAL_MS=20\nSILENCE_TIMEOUT_MS=200\n")

    assert reasons[0].startswith("account: the engine is ")


def test_with_a_key_of_its_own_it_follows_the_venue(play):
    """Balances are asked for, a trade is heard: no engine is needed."""
    keys = f"API_KEY={KEY}\nAPI_SECRET={SECRET}\n"
    with local_venue(flow="synthetic", seed=7) as venue:

        async def story(rig, _):
            now = rig.host.clock.monotonic_ns
            await until(lambda: rig.host.health.ready(now()).is_ok)
            await until(lambda: "USDT" in rig.server.account.balances)
            await asyncio.to_thread(
                venue.ask,
                "POST",
                "/fapi/v1/order",
                symbol="BTCUSDT",
                side="BUY",
                type="MARKET",
                quantity="0.010",
            )
            await until(lambda: rig.held() == {"BTCUSDT": "0.010"})
            await until(rig.server.account.profit)
            rig.server.sample()
            return rig.server.account.profit()

        profit = play(story, keys=keys, venue=venue.sections)

    assert profit["BTCUSDT"]["realized"] == "0"
    assert Decimal(profit["BTCUSDT"]["fees_USDT"]) > 0


def test_a_stream_of_its_own_that_is_cut_is_asked_about_when_it_is_back(play):
    """What happened in the gap is in the positions that are fetched then."""
    keys = f"API_KEY={KEY}\nAPI_SECRET={SECRET}\n"
    with local_venue(flow="synthetic", seed=7) as venue:

        async def story(rig, _):
            def is_ready():
                return rig.host.health.ready(rig.host.clock.monotonic_ns()).is_ok

            await until(is_ready)
            venue.faults.switch_all("disconnect:1:where=private")
            await until(lambda: not is_ready())
            market = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "0.010"}
            await asyncio.to_thread(venue.ask, "POST", "/fapi/v1/order", **market)
            venue.faults.switch_all("disconnect:0")
            await until(is_ready)
            await until(lambda: rig.held() == {"BTCUSDT": "-0.010"})

        play(story, keys=keys, venue=venue.sections)
