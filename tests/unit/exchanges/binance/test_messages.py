"""Messages are read and written from one declaration, and hostile ones are refused whole."""

from __future__ import annotations

import inspect
import json
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecore.exchanges.binance import messages
from tradecore.exchanges.binance.messages import (
    BatchParams,
    MalformedError,
    NewOrderParams,
    Number,
    OrderReply,
    OrderTradeUpdate,
    ParameterError,
    SymbolInfo,
    decode_batch,
    decode_event,
    decode_said,
)
from tradecore.exchanges.binance.messages.base import VenueMessage

KINDS = sorted(
    {
        one
        for one in vars(messages).values()
        if inspect.isclass(one) and issubclass(one, VenueMessage) and one is not VenueMessage
    },
    key=lambda one: one.__name__,
)
NUMBERS = st.decimals(
    min_value=Decimal("-1e15"), max_value=Decimal("1e15"), places=8, allow_nan=False
).map(Number.of)
INTS = st.integers(min_value=0, max_value=2**62 // 1_000_000)
TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=8)


SIMPLE = {
    Number: NUMBERS,
    str: TEXTS,
    bool: st.booleans(),
    float: st.just(0.5),
    int: INTS,
    Any: TEXTS,
    NoneType: st.none(),
    msgspec.Raw: st.just(msgspec.Raw(b'{"filterType":"X"}')),
}


def values(hint):
    """Return values of a type as a field may have them."""
    origin, args = get_origin(hint), get_args(hint)
    if hint in SIMPLE:
        found = SIMPLE[hint]
    elif origin in {Union, UnionType}:
        found = st.one_of([values(one) for one in args])
    elif origin is tuple and args[-1] is Ellipsis:
        found = st.lists(values(args[0]), min_size=1, max_size=2).map(tuple)
    elif origin is tuple:
        found = st.tuples(*[values(one) for one in args])
    elif origin is dict:
        found = st.dictionaries(TEXTS, TEXTS, max_size=2)
    else:
        found = structs(hint)
    return found


def structs(kind):
    """Return messages of a kind, every field filled or absent."""
    hints = get_type_hints(kind)  # without what is only annotated, such as bounds
    return st.builds(kind, **{name: values(hints[name]) for name in kind.__struct_fields__})


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.__name__)
@settings(max_examples=10)
@given(data=st.data())
def test_decode_undoes_encode(kind, data):
    """What is written is read back, for every kind of message, whatever its values."""
    message = data.draw(structs(kind))

    assert kind.decode(message.encode()) == message
    assert kind.decode(message.encode()).encode() == message.encode()


@pytest.mark.parametrize(
    "text", ["0.00000000", "0.00000001", "-0.10", "7", "100000000000000.00000001"]
)
def test_numbers_keep_every_digit(text):
    """A number is written as the venue wrote it, trailing zeros and all, with no exponent."""
    assert str(Number.parse(text)) == text


@pytest.mark.parametrize(
    "bad", ["NaN", "Infinity", "-Infinity", "1e5", "", " 1", "1.", ".5", "0x1", "1_0", "9" * 41]
)
def test_what_is_no_number_is_refused(bad):
    """No exponent, no NaN, no infinity, no number of any length."""
    with pytest.raises(ValueError, match="a number is digits"):
        Number.parse(bad)


HOSTILE = [
    pytest.param(b"", id="empty"),
    pytest.param(b"{", id="truncated"),
    pytest.param(b"null", id="null"),
    pytest.param(b"[]", id="list"),
    pytest.param(b"\xff\xfe", id="not-utf8"),
    pytest.param(b'{"e":"\xff"}', id="not-utf8-inside"),
    pytest.param(b'{"e":' * 5_000, id="nested"),
    pytest.param(b'{"e":"ORDER_TRADE_UPDATE"}', id="no-fields"),
    pytest.param(b'{"e":"ORDER_TRADE_UPDATE","E":1,"T":1,"o":[]}', id="wrong-type"),
    pytest.param(b'{"e":"listenKeyExpired","E":' + b"9" * 5_000 + b"}", id="huge-integer"),
    pytest.param(b'{"e":"listenKeyExpired","E":1e400}', id="huge-float"),
    pytest.param(b'{"e":"listenKeyExpired","E":-1}', id="before-time"),
    pytest.param(b'{"e":7}', id="kind-is-no-text"),
    pytest.param(b'{"a":1}', id="neither-event-nor-answer"),
]


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_messages_are_refused(body):
    """One exception for whatever is wrong, and it never holds the message itself."""
    with pytest.raises(MalformedError, match="a message") as caught:
        decode_said(body)

    assert len(str(caught.value)) < 400


def test_unknown_things_are_tolerated():
    """A field or a kind of event that is not declared is passed over."""
    assert decode_event(b'{"e":"GRID_UPDATE","x":{"y":1}}') is None
    assert decode_event(b'{"new":[1],"e":"listenKeyExpired","E":1}') is not None


@pytest.mark.parametrize(
    ("query", "code", "name"),
    [
        pytest.param("symbol=A&side=BUY", -1102, "type", id="missing"),
        pytest.param("symbol=A&side=BUY&type=", -1102, "type", id="empty"),
        pytest.param("symbol=A&symbol=B", -1101, "symbol", id="twice"),
        pytest.param("symbol=A&side=BUY&type=LIMIT&price=NaN", -1130, "price", id="nan"),
    ],
)
def test_what_is_wrong_with_a_request_is_named(query, code, name):
    """The code and the parameter are those a venue answers with."""
    with pytest.raises(ParameterError, match=name) as caught:
        NewOrderParams.from_query(query)

    assert (caught.value.code, caught.value.name) == (code, name)


def test_requests_come_out_as_they_went_in():
    """A query, a channel's object and a batch carry the same order."""
    order = NewOrderParams(
        symbol="BTCUSDT", side="BUY", type="LIMIT", price=Number("1.10"), reduce_only=True
    )

    assert order.to_query() == "symbol=BTCUSDT&side=BUY&type=LIMIT&price=1.10&reduceOnly=true"
    assert NewOrderParams.from_query(order.to_query()) == order
    assert NewOrderParams.from_params(order.to_params()) == order
    packed = BatchParams.from_query(BatchParams.pack([order]).to_query())
    assert [NewOrderParams.from_params(one) for one in packed.items()] == [order]
    assert NewOrderParams.from_query("symbol=A&side=BUY&type=X&reduceOnly=True").reduce_only


def within(ours, theirs):
    """Return whether everything we wrote stands in what they wrote, value for value."""
    if isinstance(ours, dict):
        return all(name in theirs and within(one, theirs[name]) for name, one in ours.items())
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(within, ours, theirs))
    # A break-even price of portfolio margin comes as a bare number.
    return ours == theirs or (isinstance(theirs, float) and ours == repr(theirs))


def recorded_events(shared):
    """Return every event among the recorded messages, with where it stands."""
    base = shared / "protocols/fixtures/binance_usdm"

    def walk(value, where):
        if isinstance(value, dict):
            if isinstance(value.get("e"), str):
                yield where, value
                return
            for name, one in value.items():
                yield from walk(one, f"{where}.{name}")
        elif isinstance(value, list):
            for one in value:
                yield from walk(one, where)

    for path in sorted(base.rglob("*.json")):
        yield from walk(json.loads(path.read_text()), path.name)
    for line in (base / "cryptofeed/BINANCE_FUTURES.ws.1.0").read_text().splitlines()[1:]:
        yield "cryptofeed", json.loads(line.partition(": ")[2])["data"]


#: Levels of one number in the documentation's own example.
DOCUMENTED_WRONG = {
    "official_sdk_doc_examples.json.websocket_streams.partial_book_depth_streams",
    "official_sdk_doc_examples.json.websocket_streams.partial_book_depth_streams_subscription",
}


def test_recorded_events_are_read_without_loss(shared_dir):
    """Each event of a declared kind is read, and written again with the values it had."""
    counts = {"read": 0, "passed over": 0, "odd": []}
    for where, event in recorded_events(shared_dir):
        try:
            message = decode_event(json.dumps(event).encode())
        except MalformedError as error:
            counts["odd"].append((where, str(error)[-90:]))
            continue
        if message is None:
            counts["passed over"] += 1
            continue
        again = json.loads(message.encode())
        assert within(again, event), where
        counts["read"] += 1
    assert counts["read"] > 1_500
    assert {where for where, _ in counts["odd"]} <= DOCUMENTED_WRONG, counts["odd"]


ANSWERS = {
    "account_information_v2": messages.AccountReply,
    "account_information_v3": messages.AccountReply,
    "futures_account_balance_v3": messages.BalanceRow,
    "futures_account_configuration": messages.AccountConfig,
    "get_income_history": messages.IncomeRow,
    "query_user_rate_limit": messages.RateLimit,
    "symbol_configuration": messages.SymbolConfig,
    "user_commission_rate": messages.CommissionRate,
    "check_server_time": messages.ServerTime,
    "exchange_information": messages.ExchangeInfo,
    "compressed_aggregate_trades_list": messages.AggregateRow,
    "get_funding_rate_history": messages.FundingRow,
    "mark_price": messages.PremiumIndex,
    "order_book": messages.DepthSnapshot,
    "recent_trades_list": messages.PublicTrade,
    "symbol_order_book_ticker": messages.BookTickerRow,
    "symbol_price_ticker": messages.PriceTicker,
    "ticker24hr_price_change_statistics": messages.DayTickerRow,
    "account_trade_list": messages.UserTrade,
    "all_orders": OrderReply,
    "auto_cancel_all_open_orders": messages.CountdownReply,
    "cancel_algo_order": messages.AlgoCanceled,
    "cancel_all_open_orders": messages.Done,
    "cancel_order": OrderReply,
    "change_initial_leverage": messages.LeverageReply,
    "change_margin_type": messages.Done,
    "current_all_algo_open_orders": messages.AlgoReply,
    "current_all_open_orders": OrderReply,
    "get_current_multi_assets_mode": messages.MultiAssetsMode,
    "get_current_position_mode": messages.PositionMode,
    "modify_isolated_position_margin": messages.PositionMarginReply,
    "modify_order": OrderReply,
    "new_algo_order": messages.AlgoReply,
    "new_order": OrderReply,
    "notional_and_leverage_brackets": messages.SymbolBrackets,
    "position_information_v2": messages.PositionRow,
    "position_information_v3": messages.PositionRow,
    "query_algo_order": messages.AlgoReply,
    "query_current_open_order": OrderReply,
    "query_order": OrderReply,
    "keepalive_user_data_stream": messages.ListenKey,
    "start_user_data_stream": messages.ListenKey,
}


@pytest.mark.parametrize("name", ANSWERS)
def test_documented_answers_are_read_without_loss(shared_dir, name):
    """The venue's own examples of answers are read, and written again with their values."""
    path = shared_dir / "protocols/fixtures/binance_usdm/official_sdk_doc_examples.json"
    example = json.loads(path.read_text())["rest_api"][name]
    for one in example if isinstance(example, list) else [example]:
        again = json.loads(ANSWERS[name].decode(json.dumps(one).encode()).encode())
        assert within(again, one)


def test_a_batch_holds_orders_and_errors():
    """Each element is read as what it is."""
    error = b'{"code":-2011,"msg":"Unknown order sent."}'

    (found,) = decode_batch(b"[" + error + b"]")

    assert found == messages.ErrorBody(code=-2011, msg="Unknown order sent.")


def test_classes_are_all_reachable():
    """Every message is exported by the package."""
    assert {OrderTradeUpdate, SymbolInfo, NewOrderParams} <= set(KINDS)
