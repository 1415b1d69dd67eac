"""The connector against a venue of our own, over real sockets: both ends of every message."""

from __future__ import annotations

import asyncio
import random
from decimal import Decimal

from pydantic import SecretStr

from support.heard import Heard
from tradecore.exchanges.base import (
    BalancesListed,
    BookChanged,
    CancelOrder,
    ClockSample,
    ConnectorSettings,
    Credentials,
    Faulted,
    InstrumentsListed,
    ModifyOrder,
    NewOrder,
    OpenOrdersListed,
    OrderFound,
    OrderNotFound,
    OrdersListed,
    StreamReady,
)
from tradecore.exchanges.binance import PLUGIN, endpoints_at
from tradecore.model import Approved, OrderUpdate, Subscription
from tradecore.simulation.local import make_binance
from tradecore.simulation.server import LocalExchange
from tradecore.telemetry import SystemClock
from tradecore.transport.http import HttpClient
from tradecore.transport.pump import Pump

KEY, SECRET = "localkey", "localsecret"


class Told(Heard):
    """And what only these tests wait for."""

    async def kind(self, kind):
        """Return the first event of a kind."""
        return await self.until(lambda e: isinstance(e, kind))


def order(one, side, price, quantity="0.010"):
    """Return an approved limit order."""
    new = NewOrder(
        client_order_id=one,
        symbol="BTCUSDT",
        side=side,
        type="limit",
        quantity=Decimal(quantity),
        price=Decimal(price),
    )
    return Approved(new, "test")


async def session(clock):
    """Trade a little; return everything that was heard."""
    dialect, flow = make_binance(keys={KEY: SecretStr(SECRET)}, now_ns=clock.now_ns())
    exchange = LocalExchange(dialect, clock, flow=flow)
    port = exchange.bind()
    serving = asyncio.create_task(exchange.run())
    await exchange.started()
    host = f"127.0.0.1:{port}"
    settings = ConnectorSettings(
        endpoints=endpoints_at(f"http://{host}", f"ws://{host}", f"ws://{host}/ws-fapi/v1"),
        credentials=Credentials(key=SecretStr(KEY), secret=SecretStr(SECRET)),
    )
    heard = Told()
    http = HttpClient()
    pump = Pump(http=http, clock=clock, on_events=heard.take, random=random.Random(1).random)
    running = asyncio.create_task(pump.run())
    try:
        async with asyncio.timeout(20):
            await trade(pump, heard, settings, clock)
    finally:
        running.cancel()
        await pump.aclose()
        await http.aclose()
        exchange.stop()
        await asyncio.gather(running, serving, return_exceptions=True)
    return heard.events


async def trade(pump, heard, settings, clock):
    """Do what a day's session does: list, subscribe, place, change, cancel, ask."""
    at = {"now_ns": clock.now_ns(), "venue_ns": clock.now_ns()}
    state = PLUGIN.data_fetcher(settings)
    state.fetch_clock(at["now_ns"])
    state.fetch_instruments(at["now_ns"])
    state.fetch_balances(**at)
    state.fetch_open_orders(None, **at)
    pump.add(state)
    terms = (await heard.kind(InstrumentsListed)).terms
    market, oms = PLUGIN.subscriber(settings, terms), PLUGIN.oms(settings, terms)
    pms = PLUGIN.pms(settings, terms)
    market.subscribe(Subscription(symbol="BTCUSDT", book=5, trades=True, quotes=True))
    for codec in (market, oms, pms):
        codec.start(at["now_ns"])
        pump.add(codec)
    await heard.kind(StreamReady)
    for kind in (ClockSample, BalancesListed, OpenOrdersListed):
        await heard.kind(kind)

    def now():
        return {"now_ns": clock.now_ns(), "venue_ns": clock.now_ns()}

    oms.submit(order("tc-1-1", "buy", "40000.0"), **now())
    pump.flush(oms)
    placed = await heard.reply("tc-1-1", "accepted", "response")
    await heard.reply("tc-1-1", "accepted", "stream")
    await heard.until(lambda e: e == BookChanged("BTCUSDT"))
    change = ModifyOrder(
        client_order_id="tc-1-1",
        symbol="BTCUSDT",
        side="buy",
        price=Decimal("40001.0"),
        quantity=Decimal("0.020"),
        venue_order_id=placed.venue_order_id,
    )
    oms.modify(Approved(change, "test"), **now())
    pump.flush(oms)
    await heard.reply("tc-1-1", "replaced", "stream")
    oms.query("tc-1-1", "BTCUSDT", **now())
    oms.query("tc-1-9", "BTCUSDT", **now())
    oms.cancel(CancelOrder(client_order_id="tc-1-9", symbol="BTCUSDT"), **now())
    oms.submit_batch(
        [order("tc-1-2", "sell", "60000.0"), order("tc-1-3", "sell", "60000.05")], **now()
    )
    oms.keep_alive(["BTCUSDT"], 60_000, **now())
    pump.flush(oms)
    await heard.kind(OrderFound)
    await heard.kind(OrderNotFound)
    await heard.reply("tc-1-9", "unknown", "response")
    await heard.reply("tc-1-2", "accepted", "stream")
    await heard.reply("tc-1-3", "rejected", "response")
    oms.cancel(CancelOrder(client_order_id="tc-1-1", symbol="BTCUSDT"), **now())
    oms.cancel_all("BTCUSDT", **now())
    pump.flush(oms)
    await heard.reply("tc-1-1", "canceled", "stream")
    await heard.reply("tc-1-2", "canceled", "stream")
    state.fetch_orders("BTCUSDT", since_ns=at["now_ns"] - 5_000_000_000, **now())
    pump.flush(state)
    await heard.until(lambda e: isinstance(e, OrdersListed) and e.is_whole)


def test_a_session_over_real_sockets():
    """Every request is understood and every answer read, without one fault."""
    events = asyncio.run(session(SystemClock()))

    assert [one for one in events if isinstance(one, Faulted)] == []
    found = next(one.order for one in events if isinstance(one, OrderFound))
    assert (found.price, found.quantity) == (Decimal("40001.0"), Decimal("0.020"))
    listed = [one for e in events if isinstance(e, OrdersListed) for one in e.orders]
    assert [(one.client_order_id, one.status) for one in listed] == [
        ("tc-1-1", "canceled"),
        ("tc-1-2", "canceled"),
    ]
    rejected = next(e for e in events if isinstance(e, OrderUpdate) and e.reply == "rejected")
    assert rejected.reject_code == "OFF_TICK"
