"""The private stream is live only while its key and its connection are, and tells fills once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tradecore.exchanges.base import (
    ChannelDown,
    ChannelUp,
    Connect,
    Failure,
    Fate,
    Faulted,
    FaultKind,
    HttpRequest,
    StreamLost,
    StreamReady,
)
from tradecore.exchanges.binance.pms import BinancePMS
from tradecore.model import Balance, MarginCall, OrderUpdate, VenuePosition

MINUTE = 60 * 1_000_000_000
READY = StreamReady(channel="private")


def event(**changed):
    """Return an `ORDER_TRADE_UPDATE`, a fill unless changed."""
    order = {
        "s": "BTCUSDT", "c": "tc-1-1", "S": "BUY", "o": "LIMIT", "f": "GTC", "q": "2",
        "p": "100.10", "ap": "0", "sp": "0", "x": "TRADE", "X": "PARTIALLY_FILLED", "i": 7,
        "l": "0.5", "z": "0.5", "L": "100.00", "N": "USDT", "n": "0.02", "T": 5, "t": 9,
        "m": True, "R": False, **changed,
    }  # fmt: skip
    return {"e": "ORDER_TRADE_UPDATE", "T": 5, "E": 6, "o": order}


def up(made, generation, now):
    """Open a connection."""
    return made.codec.receive(ChannelUp(channel="private", generation=generation), now)


def down(made, generation, now):
    """Lose the last connection."""
    lost = ChannelDown(channel="private", generation=generation, reason="reset")
    return made.codec.receive(lost, now)


@pytest.fixture
def fresh(settings, hand):
    """Return the role before it began."""
    return hand(BinancePMS(settings))


@pytest.fixture
def pms(fresh, now):
    """Return the role with its stream live."""
    fresh.codec.start(now)
    (request,) = fresh.requests()
    assert fresh.answer(request, {"listenKey": "K1"}) == []
    (connect,) = fresh.take()
    assert connect.urls == ("wss://s.invalid/private/ws?listenKey=K1",)
    assert up(fresh, 1, now) == [READY]
    return fresh


def test_a_key_is_kept_alive_within_half_an_hour(pms, now):
    """The keep-alive goes out after 25 minutes, and again after its answer."""
    pms.codec.tick(now + 24 * MINUTE)
    assert pms.requests() == []
    pms.codec.tick(now + 25 * MINUTE)
    (request,) = pms.requests()
    assert (request.method, request.path) == ("PUT", "/fapi/v1/listenKey")
    assert pms.answer(request, {}, now=now + 25 * MINUTE) == []
    pms.codec.tick(now + 49 * MINUTE)
    assert pms.requests() == []
    assert pms.codec.is_live


def test_a_key_that_expired_is_replaced(pms, now):
    """Told by the stream or by -1125: the stream is lost until another key's connection is up."""
    lost = pms.say("private", {"e": "listenKeyExpired", "E": 1, "listenKey": "K1"})
    (request,) = pms.requests()
    pms.answer(request, {"listenKey": "K2"})
    (connect,) = pms.take()

    assert lost == [StreamLost(channel="private", reason="the key of the stream expired")]
    assert isinstance(connect, Connect)
    assert connect.urls[0].endswith("listenKey=K2")
    assert not pms.codec.is_live
    assert pms.say("private", {"e": "listenKeyExpired", "E": 1, "listenKey": "K1"}) == []
    assert up(pms, 2, now) == [READY]


def test_a_keep_alive_that_finds_no_key_makes_another(pms, now):
    """-1125 means that nothing comes any more."""
    pms.codec.tick(now + 25 * MINUTE)
    (request,) = pms.requests()
    events = pms.answer(request, {"code": -1125, "msg": "no such key"}, status=400)

    assert [type(one) for one in events] == [StreamLost]
    assert pms.requests()[0].method == "POST"


def test_a_lost_connection_is_ready_again_only_with_its_key_confirmed(pms, now):
    """The key may have died meanwhile: both must hold, in either order."""
    assert down(pms, 1, now) == [StreamLost(channel="private", reason="reset")]
    (request,) = pms.requests()
    assert up(pms, 2, now) == []
    assert pms.answer(request, {"listenKey": "K1"}) == [READY]
    down(pms, 2, now)
    (request,) = pms.requests()
    assert pms.answer(request, {"listenKey": "K1"}) == []
    assert up(pms, 3, now) == [READY]


def test_a_roll_over_loses_nothing(pms, now):
    """A second connection beside the first changes nothing, nor does the end of the first."""
    assert up(pms, 2, now) == []
    assert down(pms, 1, now) == []
    assert pms.codec.is_live


def test_a_key_that_does_not_come_is_asked_for_ever_more_slowly(fresh, now):
    """A failure, a refusal and nonsense are faults; the next try waits twice as long."""
    fresh.codec.start(now)
    (request,) = fresh.requests()
    failure = Failure(request=request, fate=Fate.UNKNOWN, reason="reset")
    assert [type(one) for one in fresh.codec.receive(failure, now)] == [Faulted]
    fresh.codec.tick(now + 999_999_999)
    assert fresh.requests() == []
    fresh.codec.tick(now + 1_000_000_000)
    (request,) = fresh.requests()
    fresh.answer(request, {"listenKey": "a&b=c"}, now=now)
    fresh.codec.tick(now + 1_999_999_999)
    assert fresh.requests() == []
    fresh.codec.tick(now + 2_000_000_000)
    assert isinstance(fresh.requests()[0], HttpRequest)


def test_a_fill_is_told_once_with_its_fee(pms):
    """Price and quantity are the fill's; the same trade again is nothing new."""
    (update,) = pms.say("private", event())

    assert isinstance(update, OrderUpdate)
    assert (update.reply, update.exec_id, update.price, update.quantity, update.cumulative) == (
        "filled", 9, Decimal("100.00"), Decimal("0.5"), Decimal("0.5"),
    )  # fmt: skip
    assert (update.fee, update.fee_currency, update.liquidity) == (Decimal("0.02"), "USDT", "maker")
    assert type(update.price) is Decimal
    assert pms.say("private", event()) == []
    assert len(pms.say("private", event(s="ETHUSDT"))) == 1


@pytest.mark.parametrize(
    ("changed", "reply", "code"),
    [
        pytest.param({"x": "NEW", "X": "NEW"}, "accepted", None, id="new"),
        pytest.param({"x": "CANCELED", "X": "CANCELED"}, "canceled", None, id="canceled"),
        pytest.param({"x": "AMENDMENT", "X": "NEW", "q": "3"}, "replaced", None, id="amended"),
        pytest.param({"x": "AMENDMENT", "X": "CANCELED"}, "canceled", None, id="amended-away"),
        pytest.param({"x": "EXPIRED", "X": "EXPIRED", "f": "GTD"}, "expired", None, id="its-time"),
        pytest.param({"x": "EXPIRED", "X": "EXPIRED", "f": "IOC"}, "canceled", None, id="ioc"),
        pytest.param(
            {"x": "EXPIRED", "X": "EXPIRED", "f": "GTX"}, "canceled", "POST_ONLY_WOULD_CROSS",
            id="post-only",
        ),
        pytest.param(
            {"x": "EXPIRED", "X": "EXPIRED_IN_MATCH"}, "canceled", "SELF_TRADE_PREVENTED", id="stp"
        ),
        pytest.param({"x": "CALCULATED", "X": "FILLED"}, "filled", None, id="liquidation"),
        pytest.param({"x": "CALCULATED", "X": "NEW", "l": "0"}, "accepted", None, id="pending"),
    ],
)  # fmt: skip
def test_what_happened_in_our_words(pms, changed, reply, code):
    """One table: execution type and status give the reply."""
    (update,) = pms.say("private", event(**changed))

    assert (update.reply, update.reject_code) == (reply, code)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(event(l="0"), id="fill-of-nothing"),
        pytest.param(event(L="-1"), id="negative-price"),
        pytest.param(event(L="NaN"), id="nan"),
        pytest.param(event(t=0), id="fill-without-id"),
        pytest.param(event(S="LONG"), id="no-side"),
        pytest.param(event(x="EXPLODED"), id="unheard-of"),
        pytest.param(event(z=[]), id="wrong-type"),
        pytest.param(b"{", id="truncated"),
        pytest.param(b'{"o":' * 3_000, id="nested"),
    ],
)
def test_hostile_events_are_faults_and_change_nothing(pms, body):
    """The fill that comes after is told as if nothing had been."""
    (fault,) = pms.say("private", body)

    assert fault.fault.kind is FaultKind.MALFORMED
    assert len(pms.say("private", event())) == 1


def account(pms):
    """Let balances, a position and a margin call arrive."""
    change = {
        "m": "ORDER",
        "B": [{"a": "USDT", "wb": "10", "cw": "9", "bc": "0"}],
        "P": [{"s": "BTCUSDT", "pa": "-1", "ep": "5", "cr": "0", "up": "0.1", "ps": "BOTH"}],
    }
    position = {
        "s": "BTCUSDT", "ps": "BOTH", "pa": "-1", "mt": "CROSSED", "iw": "0", "mp": "5",
        "up": "-1", "mm": "1",
    }  # fmt: skip
    events = pms.say("private", {"e": "ACCOUNT_UPDATE", "E": 2, "T": 1, "a": change})
    return events + pms.say("private", {"e": "MARGIN_CALL", "E": 2, "cw": "3", "p": [position]})


def test_account_changes(pms):
    """Balances, signed positions and margin calls are told."""
    balance, position, call = account(pms)

    assert balance == Balance(
        currency="USDT", total=Decimal(10), free=Decimal(9), ts_event_ns=1_000_000
    )
    assert isinstance(position, VenuePosition)
    assert position.quantity == -1
    assert isinstance(call, MarginCall)
    assert call.wallet == 3


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param({"order_update"}, [OrderUpdate], id="orders"),
        pytest.param({"trade_update"}, [OrderUpdate], id="fills"),
        pytest.param({"balance_update"}, [Balance], id="balances"),
        pytest.param({"account_update"}, [VenuePosition, MarginCall], id="positions"),
    ],
)
def test_only_what_is_wanted_is_told(settings, hand, words, told):
    """The words of the configuration choose."""
    made = hand(BinancePMS(replace(settings, channels=frozenset(words))))
    events = made.say("private", event()) + made.say("private", event(x="NEW", X="NEW"))

    assert [type(one) for one in events + account(made)] == told


def test_a_fill_ahead_of_its_event_and_unknown_events_are_passed_over(pms):
    """`TRADE_LITE` says nothing that the event does not say, and a new kind is no fault."""
    lite = {
        "e": "TRADE_LITE", "E": 1, "T": 1, "s": "BTCUSDT", "q": "2", "p": "1", "m": True,
        "c": "x", "S": "BUY", "L": "1", "l": "1", "t": 9, "i": 7,
    }  # fmt: skip
    assert pms.say("private", lite) == []
    assert pms.say("private", {"e": "NEW_KIND"}) == []
    assert len(pms.say("private", event())) == 1
