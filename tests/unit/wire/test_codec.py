"""What travels between our processes: every value comes back as it was."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore import Instrument
from tradecore.model import (
    Balance,
    Bar,
    Budget,
    ConnectionChange,
    FundingRate,
    InstrumentTerms,
    InventoryDelta,
    MarginCall,
    MarkPrice,
    OrderUpdate,
    Quote,
    RiskAlert,
    Ticker,
    Trade,
    VenueFill,
    VenueOrder,
    VenuePosition,
)
from tradecore.model.errors import DataError, UnknownSymbolError
from tradecore.wire import Kind, decode, encode, values
from tradecore.wire.codec import SHAPES

BTC = Instrument(
    "BTCUSDT",
    tick_size="0.1",
    lot_size="0.001",
    kind="linear",
    min_notional="100",
    maker_fee="-0.00005",
    taker_fee="0.0005",
)
D = Decimal
ORDER = VenueOrder(
    client_order_id="a",
    venue_order_id="7",
    symbol="BTCUSDT",
    side="buy",
    type="limit",
    time_in_force="GTC",
    price=D("60000.1"),
    quantity=D("0.010"),
    cumulative=D(0),
    status="new",
    post_only=True,
    reduce_only=False,
    ts_event_ns=5,
)
FILL = VenueFill(
    exec_id=2**63,
    venue_order_id="7",
    symbol="BTCUSDT",
    side="sell",
    price=D("0.1"),
    quantity=D("1E-8"),
    fee=D("-0.000000000000000001"),
    fee_currency="USDT",
    liquidity="maker",
    ts_event_ns=5,
)
POSITION = VenuePosition(
    symbol="BTCUSDT", quantity=D(-3), entry_price=None, ts_event_ns=1, unrealized=D("-0.5")
)
BALANCE = Balance(currency="USDT", total=D("1E+6"), free=D("0.00"), ts_event_ns=9)
TERMS = InstrumentTerms(
    instrument=BTC,
    base="BTC",
    quote="USDT",
    margin_currency="USDT",
    is_trading=True,
    price_min=D("0.1"),
    open_orders_max=200,
    price_up=D("1.05"),
)
VALUES = [
    Trade(
        instrument=BTC,
        trade_id=1,
        price_ticks=600_001,
        quantity_lots=3,
        aggressor="sell",
        ts_event_ns=1,
        ts_recv_ns=2,
    ),
    Quote(
        instrument=BTC,
        bid_ticks=1,
        bid_lots=0,
        ask_ticks=2,
        ask_lots=5,
        ts_event_ns=1,
        ts_recv_ns=2,
    ),
    MarkPrice(symbol="BTCUSDT", mark=D("1.50"), index=None, ts_event_ns=1),
    FundingRate(symbol="BTCUSDT", rate=D("-0.0001"), next_funding_ns=2, ts_event_ns=1),
    Ticker(symbol="X", last_price=D(1), high=D(2), low=D(1), volume=D("3.5"), ts_event_ns=1),
    Bar(
        symbol="X",
        period_ns=60,
        open=D(1),
        high=D(2),
        low=D(1),
        close=D(2),
        volume=D(9),
        ts_event_ns=1,
    ),
    values.NewOrder(
        client_order_id="a",
        symbol="X",
        side="buy",
        type="limit",
        quantity=D("0.001"),
        price=D(1),
        post_only=True,
        strategy="maker",
        ts_event_ns=3,
    ),
    values.ModifyOrder(client_order_id="a", symbol="X", side="buy", price=D(1), quantity=D(2)),
    values.CancelOrder(client_order_id="a", symbol="X", venue_order_id="7"),
    values.CancelAll(symbol="X", reason="stop"),
    values.QueryOrder(client_order_id="a", symbol="X"),
    values.RecoverRequest(strategy="maker", symbols=("X", "Y"), since_exec_id=4),
    values.Recovered(
        orders=(ORDER,), positions=(POSITION,), balances=(BALANCE,), fills=(FILL, FILL)
    ),
    values.Hello(process="trader"),
    values.CommandAck(command=3, is_accepted=False, reject_code="LIMIT", reject_number=2001),
    OrderUpdate(
        client_order_id="a",
        symbol="X",
        reply="filled",
        ts_event_ns=1,
        ts_recv_ns=2,
        exec_id=5,
        price=D(1),
        quantity=D(1),
        cumulative=D("1.0"),
        side="buy",
        fee=D("0.01"),
        fee_currency="USDT",
    ),
    OrderUpdate(
        client_order_id="a",
        symbol="X",
        reply="rejected",
        ts_event_ns=1,
        ts_recv_ns=2,
        source="response",
        reject_code="-2019",
        reject_text="Margin is insufficient.",
    ),
    ORDER,
    FILL,
    POSITION,
    BALANCE,
    MarginCall(positions=(POSITION,), wallet=D(3), ts_event_ns=1),
    RiskAlert(code="LIMIT_NEAR", text="80 %", ts_recv_ns=1),
    values.Reconciled(
        symbol="X",
        client_order_ids=("a", "b"),
        position_before=D(1),
        position_after=D(-1),
        ts_recv_ns=1,
    ),
    TERMS,
    values.InstrumentsListed(
        terms=(TERMS,), rules=(values.RateRule(pool="orders", capacity=300, period_ns=10),)
    ),
    Budget(used=1, capacity=2, period_ns=3),
    InventoryDelta(source="pool", asset="ETH", quantity=D("-1.5"), ts_event_ns=1),
    ConnectionChange(peer="BINANCE", channel="private", state="down", ts_recv_ns=1),
    values.Heartbeat(topics=("a", "b"), last_seqs=(1, 2**40)),
    values.ReplayRequest(topic="a", epoch=1, from_seq=2, to_seq=3),
    values.SnapshotRequest(topics=("a",)),
    values.Refusal(code="TOO_OLD", text="not kept", topic="a"),
]


NAMES = [f"{number}-{type(value).__name__}" for number, value in enumerate(VALUES)]


@pytest.mark.parametrize("value", VALUES, ids=NAMES)
def test_a_value_comes_back_as_it_was(value):
    """Encoding and decoding change nothing, exponents of decimals aside."""
    kind, body = encode(value)
    back = decode(kind, body, instruments={"BTCUSDT": BTC})
    assert type(back) is type(value)
    if not isinstance(value, InstrumentTerms | values.InstrumentsListed):
        assert back == value
    assert encode(back) == (kind, body)


def test_terms_keep_their_instrument():
    """Steps, fees and kind survive the journey."""
    back = decode(*encode(TERMS))
    for name in ("symbol", "tick_size", "lot_size", "kind", "maker_fee", "taker_fee"):
        assert getattr(back.instrument, name) == getattr(BTC, name)
    assert (back.price_min, back.price_max, back.open_orders_max) == (D("0.1"), None, 200)


def test_every_kind_with_a_value_is_tried_here():
    """No message is left out of this table."""
    assert {encode(value)[0] for value in VALUES} == set(SHAPES)


@given(st.binary(max_size=200), st.sampled_from(sorted(SHAPES)))
def test_garbage_is_refused_or_read_never_worse(body, kind):
    """Any bytes make a value or one of our own errors."""
    try:
        decode(Kind(kind), body, instruments={"BTCUSDT": BTC})
    except (DataError, UnknownSymbolError, ValueError):
        return


@given(st.decimals(allow_nan=False, allow_infinity=False, places=18))
def test_a_decimal_travels_exactly(number):
    """No digit is lost."""
    balance = Balance(currency="USDT", total=number, free=D(0), ts_event_ns=0)
    assert decode(*encode(balance)).total == number


@pytest.mark.parametrize("text", ["", "NaN", "Infinity", "1,5", "x"])
def test_a_decimal_is_finite_text(text):
    """Anything else is refused with the field's name."""
    body = SHAPES[Kind.BALANCE].message(currency="USDT", total=text, free="0").SerializeToString()
    with pytest.raises(DataError, match=r"a decimal is finite text: Balance\.total="):
        decode(Kind.BALANCE, body)


def test_a_trade_of_an_unknown_symbol_is_refused():
    """What was not told of cannot be priced."""
    with pytest.raises(UnknownSymbolError, match="symbol='BTCUSDT'"):
        decode(*encode(VALUES[0]))


def test_a_book_is_applied_and_never_decoded():
    """Its bodies go to the core as they are."""
    with pytest.raises(DataError, match="a message of this kind has no value"):
        decode(Kind.BOOK_UPDATE, b"")


def test_what_does_not_travel_is_named():
    """The type stands in the message."""
    with pytest.raises(TypeError, match="no message says this: dict"):
        encode({})
