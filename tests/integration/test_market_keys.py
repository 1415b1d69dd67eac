"""`[MARKET_DATA]`: what a market server at the local exchange publishes because of each key."""

from __future__ import annotations

import asyncio

import pytest

from support.bus_ends import CLOCK, Heard, context_of_zmq, until
from support.local_venue import local_venue
from support.program import bus_section
from tradecore.processes.host import Host, HostOptions
from tradecore.processes.market_server import MarketServer
from tradecore.processes.settings import MarketServerSettings, load_process
from tradecore.telemetry import SystemClock
from tradecore.transport.bus import Subscriber
from tradecore.wire import Kind
from tradecore.wire import schema_pb2 as pb

COLLECT = ("ORDERBOOK", "TICKER", "TRADES", "MARK_PRICE")


@pytest.fixture(scope="module")
def venue():
    """Run an exchange with a market in the background."""
    with local_venue(flow="synthetic", seed=7) as venue:
        yield venue


@pytest.fixture
def listen(tmp_path, venue):
    """Return a function that runs a market server until what was heard is enough."""

    def listen(data, enough, *, topics=("BINANCE.*",)):
        bus, at = bus_section("MARKET_DATA_PUB_ENDPOINT")
        path = tmp_path / "market_server.ini"
        path.write_text(
            f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\n{venue.sections}{bus}[MARKET_DATA]\n{data}"
        )
        settings = load_process(MarketServerSettings, path, environ={}).settings

        async def whole(context):
            host = Host(
                HostOptions(
                    name="market",
                    kind="market_server",
                    performance=settings.performance,
                    monitoring=settings.monitoring,
                    stop_budget_ms=1_000,
                ),
                SystemClock(),
            )
            heard = Heard()
            reader = Subscriber(
                context,
                at["MARKET_DATA_PUB_ENDPOINT"],
                topics=topics,
                clock=CLOCK,
                on_batch=heard.batches.append,
            )
            server = MarketServer(settings, epoch=1)
            try:
                await server.start(host)
                running = asyncio.create_task(server.run())
                await until(lambda: enough(heard), seconds=20)
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
            finally:
                await server.stop()
                reader.close()
            return heard

        with context_of_zmq() as context:
            return asyncio.run(whole(context))

    return listen


def channels(heard):
    """Return which channels of the symbol were published."""
    return {batch.topic.removeprefix("BINANCE.BTCUSDT.") for batch in heard.batches}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ORDERBOOK", {"book"}),
        ("TICKER", {"quote", "ticker"}),
        ("TRADES", {"trade"}),
        ("MARK_PRICE", {"mark", "funding"}),
    ],
)
def test_what_is_collected_is_published_and_nothing_else(listen, key, expected):
    """One `COLLECT_` key at a time, the others false."""
    data = "".join(f"COLLECT_{name}={str(name == key).lower()}\n" for name in COLLECT)

    heard = listen(f"SYMBOLS=BTCUSDT\n{data}", lambda heard: channels(heard) >= expected)

    assert channels(heard) == expected


def test_only_the_symbols_named_are_followed(listen):
    """Each by its topics."""
    heard = listen(
        "SYMBOLS=BTCUSDT,ETHUSDT\n",
        lambda heard: (
            {batch.topic.split(".")[1] for batch in heard.batches} >= {"BTCUSDT", "ETHUSDT"}
        ),
    )

    assert {batch.topic.split(".")[1] for batch in heard.batches} == {"BTCUSDT", "ETHUSDT"}


def whole_books(heard):
    """Return how many whole books were published without being asked for."""
    return sum(
        pb.BookUpdate.FromString(body).is_snapshot
        for batch in heard.batches
        if batch.kind is Kind.BOOK_UPDATE and not batch.is_snapshot
        for body in batch.bodies
    )


def test_a_whole_book_comes_in_its_interval_among_the_changes(listen):
    """`SNAPSHOT_INTERVAL_MS`: whoever only listens has the book without asking."""
    heard = listen(
        "SYMBOLS=BTCUSDT\nSNAPSHOT_INTERVAL_MS=100\n", lambda heard: whole_books(heard) >= 4
    )

    assert whole_books(heard) < len(heard.bodies())
