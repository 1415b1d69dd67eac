"""What a local exchange keeps of its clients' orders is what became of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import SecretStr

from tradecore.core import Instrument
from tradecore.runs.comparison import compare_runs
from tradecore.runs.history import history_of_run
from tradecore.runs.journal import RunJournal, read_run
from tradecore.simulation.kept import KeptOrders
from tradecore.simulation.local import make_binance
from tradecore.venue.orders import PlaceOrder

START_NS = 1_700_000_000_000_000_000
MS = 1_000_000
BTC = "BTCUSDT"


@pytest.fixture
def played(tmp_path):
    """A client who rests, changes, trades and takes out, and one beside it who is not kept."""
    exchange, _ = make_binance(
        keys={"client": SecretStr("x"), "other": SecretStr("y")}, now_ns=START_NS
    )
    exchange.kept = KeptOrders(
        RunJournal(tmp_path / "exchange.journal"),
        exchange.service,
        [1],
        venue="binance",
        now_ns=START_NS,
    )

    def place(account, side, quantity, price, name, at_ms):  # noqa: PLR0917 - a row
        request = PlaceOrder(
            account=account,
            symbol=BTC,
            side=side,
            quantity=Decimal(quantity),
            price=Decimal(price),
            client_order_id=name,
        )
        order = exchange.service.place(request, now_ns=START_NS + at_ms * MS)
        exchange.settle(START_NS + at_ms * MS)
        return order

    reference = exchange.service.state.instruments[BTC].reference_price
    tick = exchange.service.state.instruments[BTC].terms.instrument.tick_size
    bid = reference - 10 * tick
    first = place(1, "buy", "0.010", bid, "rests", 1)
    place(2, "sell", "0.004", bid, "strange", 5)
    exchange.service.amend(
        first, price=bid - tick, quantity=Decimal("0.020"), now_ns=START_NS + 8 * MS
    )
    exchange.settle(START_NS + 8 * MS)
    exchange.service.cancel(first, now_ns=START_NS + 9 * MS)
    exchange.settle(START_NS + 9 * MS)
    assert not exchange.kept._known, "an order that ended is not remembered"
    exchange.kept.end(START_NS + 10 * MS)
    return tmp_path / "exchange.journal", bid


def test_an_order_is_kept_from_its_arrival_to_its_end(played):
    """Its fill with price and fee, at the exchange's times; nobody else's order is there."""
    path, bid = played

    history = history_of_run(read_run(path))

    (order,) = history.orders
    assert (order.client_order_id, order.price, order.ending) == ("rests", bid, "canceled")
    (fill,) = history.fills
    assert (fill.price, fill.quantity, fill.liquidity) == (bid, Decimal("0.004"), "maker")
    assert fill.ts_event_ns == START_NS + 5 * MS
    assert fill.fee > 0


def test_it_says_what_is_traded_so_that_others_can_be_compared(played):
    """Instruments by symbol; a run beside itself is the same."""
    history = history_of_run(read_run(played[0]))

    assert isinstance(history.facts[BTC].instrument(), Instrument)
    assert compare_runs(history, history, window_ns=MS).is_same
