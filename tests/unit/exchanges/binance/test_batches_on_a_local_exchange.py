"""Batches and conditional orders against a venue of our own, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import random
from decimal import Decimal

import pytest
from pydantic import SecretStr

from support.heard import Heard
from tradecore.exchanges.base import (
    CancelOrder,
    ConditionalTold,
    ConnectorSettings,
    Credentials,
    Faulted,
    ModifyOrder,
    NewConditional,
    NewOrder,
    OpenOrdersListed,
    OrderFound,
    OrderNotFound,
    StreamReady,
)
from tradecore.exchanges.binance import PLUGIN, endpoints_at
from tradecore.model import Approved, OrderUpdate
from tradecore.simulation.local import make_binance
from tradecore.simulation.server import LocalExchange
from tradecore.telemetry import SystemClock
from tradecore.transport.http import HttpClient
from tradecore.transport.pump import Pump

KEYS = {"ours": "secret of ours", "others": "secret of others"}


class Told(Heard):
    """And what only these tests wait for."""

    async def told(self, one, status, source="stream"):
        """Return what was told of a conditional order."""
        return await self.until(
            lambda e: (
                isinstance(e, ConditionalTold)
                and (e.client_order_id, e.status, e.source) == (one, status, source)
            )
        )

    async def kind(self, kind):
        """Return the first event of a kind."""
        return await self.until(lambda e: isinstance(e, kind))


class Account:
    """One account's codecs, their pump, and what they heard."""

    def __init__(self, name, host, clock):
        self.clock, self.heard, self.http = clock, Told(), HttpClient()
        self.pump = Pump(
            http=self.http,
            clock=clock,
            on_events=self.heard.take,
            random=random.Random(1).random,
        )
        settings = ConnectorSettings(
            endpoints=endpoints_at(f"http://{host}", f"ws://{host}", f"ws://{host}/ws-fapi/v1"),
            credentials=Credentials(key=SecretStr(name), secret=SecretStr(KEYS[name])),
        )
        self.oms, self.pms = PLUGIN.oms(settings, ()), PLUGIN.pms(settings, ())
        self.apart, self.state = PLUGIN.conditionals(settings), PLUGIN.data_fetcher(settings)

    async def start(self):
        """Go live."""
        for codec in (self.oms, self.pms):
            codec.start(self.clock.now_ns())
        for codec in (self.oms, self.pms, self.apart, self.state):
            self.pump.add(codec)
        await self.heard.kind(StreamReady)

    def ask(self, codec, verb, *given):
        """Have a codec ask something, and send it."""
        now_ns = self.clock.now_ns()
        getattr(codec, verb)(*given, now_ns=now_ns, venue_ns=now_ns)
        self.pump.flush(codec)


@contextlib.asynccontextmanager
async def accounts():
    """Run a local exchange, and trade there under two keys."""
    clock = SystemClock()
    keys = {name: SecretStr(secret) for name, secret in KEYS.items()}
    dialect, flow = make_binance(keys=keys, now_ns=clock.now_ns())
    exchange = LocalExchange(dialect, clock, flow=flow)
    host = f"127.0.0.1:{exchange.bind()}"
    serving = asyncio.create_task(exchange.run())
    await exchange.started()
    both = [Account(name, host, clock) for name in KEYS]
    running = [asyncio.create_task(one.pump.run()) for one in both]
    try:
        async with asyncio.timeout(20):
            for one in both:
                await one.start()
            yield both
    finally:
        for task in running:
            task.cancel()
        for one in both:
            await one.pump.aclose()
            await one.http.aclose()
        exchange.stop()
        await asyncio.gather(*running, serving, return_exceptions=True)


def order(one, side, price):
    """Return an approved limit order."""
    new = NewOrder(
        client_order_id=one,
        symbol="BTCUSDT",
        side=side,
        type="limit",
        quantity=Decimal("0.010"),
        price=Decimal(price),
    )
    return Approved(new, "test")


def change(one, price):
    """Return an approved change."""
    new = ModifyOrder(
        client_order_id=one,
        symbol="BTCUSDT",
        side="buy",
        price=Decimal(price),
        quantity=Decimal("0.010"),
    )
    return Approved(new, "test")


def cancel(one):
    """Return a cancel."""
    return CancelOrder(client_order_id=one, symbol="BTCUSDT")


def waiting(one, **terms):
    """Return an approved conditional order."""
    given = {"side": "buy", "kind": "stop", "quantity": Decimal("0.010"), **terms}
    return Approved(NewConditional(client_order_id=one, symbol="BTCUSDT", **given), "test")


def faults(account):
    """Return the faults an account heard."""
    return [one for one in account.heard.events if isinstance(one, Faulted)]


def test_batches_place_change_and_cancel():
    """Seven of each, in two requests, and each is told by its answer or by the stream."""
    names = [f"tc-1-{number}" for number in range(7)]

    async def trade():
        async with accounts() as (ours, _):
            placed = [order(one, "buy", f"{40_000 + at}.0") for at, one in enumerate(names)]
            ours.ask(ours.oms, "submit_batch", placed)
            for one in names:
                await ours.heard.reply(one, "accepted")
            changes = [change(one, f"{41_000 + at}.0") for at, one in enumerate(names)]
            ours.ask(ours.oms, "modify_batch", [*changes, change("tc-1-9", "41000.0")])
            for one in names:
                await ours.heard.reply(one, "replaced")
            await ours.heard.reply("tc-1-9", "modify_rejected")
            ours.ask(ours.oms, "cancel_batch", [cancel(one) for one in [*names, "tc-1-9"]])
            for one in names:
                await ours.heard.reply(one, "canceled")
                await ours.heard.reply(one, "canceled", "stream")
            await ours.heard.reply("tc-1-9", "unknown")
            return faults(ours)

    assert asyncio.run(trade()) == []


KINDS = [
    {"trigger_price": Decimal("90000.0")},
    {"kind": "stop_limit", "trigger_price": Decimal("90000.0"), "price": Decimal("90010.0")},
    {"side": "sell", "kind": "take_profit", "trigger_price": Decimal("90000.0"), "by_mark": True},
    {"side": "sell", "kind": "take_profit_limit", "trigger_price": Decimal("90000.0"),
     "price": Decimal("90000.0")},
    {"side": "sell", "kind": "trailing_stop", "callback": Decimal("0.05"),
     "activate_price": Decimal("95000.0")},
    {"trigger_price": Decimal("90000.0"), "quantity": None},
]  # fmt: skip


@pytest.mark.parametrize("terms", KINDS, ids=range(len(KINDS)))
def test_a_conditional_order_is_placed_found_listed_and_canceled(terms):
    """Each kind; the answer, the stream and the list agree, and one that is not there is told."""

    async def trade():
        async with accounts() as (ours, _):
            ours.ask(ours.apart, "submit", waiting("tc-1-1", **terms))
            placed = await ours.heard.reply("tc-1-1", "accepted")
            told = await ours.heard.told("tc-1-1", "new")
            assert told.venue_order_id == placed.venue_order_id
            ours.ask(ours.apart, "query", "tc-1-1", "BTCUSDT")
            found = (await ours.heard.kind(OrderFound)).order
            assert (found.client_order_id, found.status) == ("tc-1-1", "new")
            ours.ask(ours.apart, "query", "tc-1-9", "BTCUSDT")
            await ours.heard.kind(OrderNotFound)
            ours.state.lists_waiting = True
            ours.ask(ours.state, "fetch_open_orders", "BTCUSDT")
            listed = await ours.heard.kind(OpenOrdersListed)
            assert [one.client_order_id for one in listed.orders] == ["tc-1-1"]
            ours.ask(ours.apart, "cancel", cancel("tc-1-1"))
            await ours.heard.reply("tc-1-1", "canceled")
            await ours.heard.told("tc-1-1", "canceled")
            return faults(ours)

    assert asyncio.run(trade()) == []


def test_a_stop_becomes_an_order_when_its_price_trades():
    """Every step is told, and with the order it became the fill is found."""

    async def trade():
        async with accounts() as (ours, others):
            sells = [order("s-1", "sell", "60100.0"), order("s-2", "sell", "60200.0")]
            others.ask(others.oms, "submit_batch", sells)
            await others.heard.reply("s-1", "accepted")
            await others.heard.reply("s-2", "accepted")
            ours.ask(ours.apart, "submit", waiting("tc-1-1", trigger_price=Decimal("60100.0")))
            await ours.heard.reply("tc-1-1", "accepted")
            ours.ask(ours.oms, "submit", order("tc-1-2", "buy", "60100.0"))
            done = await ours.heard.told("tc-1-1", "finished")
            filled = await ours.heard.until(
                lambda e: (
                    isinstance(e, OrderUpdate)
                    and e.venue_order_id == done.order_id
                    and e.reply == "filled"
                )
            )
            assert filled.price == Decimal("60200.0")
            steps = [e.status for e in ours.heard.events if isinstance(e, ConditionalTold)]
            assert steps == ["new", "triggering", "triggered", "finished"]
            return faults(ours)

    assert asyncio.run(trade()) == []


def test_a_stop_whose_price_is_reached_already_is_refused():
    """The venue keeps none that would trigger at once."""

    async def trade():
        async with accounts() as (ours, _):
            terms = {"trigger_price": Decimal("1000.0"), "by_mark": True}
            ours.ask(ours.apart, "submit", waiting("tc-1-1", **terms))
            return (await ours.heard.reply("tc-1-1", "rejected")).reject_code

    assert asyncio.run(trade()) is not None
