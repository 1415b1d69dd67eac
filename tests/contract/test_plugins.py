"""What every venue's plug-in must do, whatever the venue."""

from __future__ import annotations

import inspect
from decimal import Decimal

import pytest

from tradecore.core import InputError
from tradecore.exchanges.base import (
    CancelOrder,
    ChannelDown,
    ChannelUp,
    Connect,
    Failure,
    Fate,
    Frame,
    HttpRequest,
    HttpResponse,
    Message,
    ModifyOrder,
    NewOrder,
    Repeat,
)
from tradecore.model import Approved, OrderUpdate, Subscription

NOW = 1_700_000_000_000_000_000
KEY, SECRET = "PUBLICNAMEOFTHEKEY", "11" * 32
VERBS = {"receive", "pending", "tick"}
WORDS = {
    "subscriber": {"start", "subscribe", "unsubscribe", "book", "take_update"},
    "oms": {
        "start", "can_send", "cost_of", "submit", "modify", "cancel", "submit_batch",
        "cancel_all", "query", "keep_alive",
    },
    "pms": {"start", "is_live"},
    "data_fetcher": {
        "fetch_clock", "fetch_instruments", "fetch_open_orders", "fetch_fills",
        "fetch_positions", "fetch_balances",
    },
}  # fmt: skip
GARBAGE = [
    b"", b"{", b"[]", b"null", b"0", b'"x"', b"\xff\xfe\x00", b'{"id":null}', b'{"e":[]}',
    b'{"a":' * 4_000, b'{"id":1,"result":null}', b'{"stream":"x","data":7}', b"9" * 6_000,
    b'{"e":"depthUpdate","s":"BTCUSDT","u":NaN}',
]  # fmt: skip


def new(one="tc-1-1"):
    """Return an approved order."""
    order = NewOrder(
        client_order_id=one,
        symbol="BTCUSDT",
        side="buy",
        type="limit",
        quantity=Decimal("0.010"),
        price=Decimal("100.1"),
    )
    return Approved(order, "test")


def begin(roles):
    """Start every role and ask everything of it; return what each wants sent."""
    at = {"now_ns": NOW, "venue_ns": NOW}
    market, orders, state = roles["subscriber"], roles["oms"], roles["data_fetcher"]
    market.subscribe(Subscription(symbol="BTCUSDT", book=5, trades=True, ticker=True))
    for role in (market, orders, roles["pms"]):
        role.start(NOW)
    change = ModifyOrder(
        client_order_id="tc-1-1",
        symbol="BTCUSDT",
        side="buy",
        price=Decimal(1),
        quantity=Decimal(1),
    )
    orders.submit(new(), **at)
    orders.modify(Approved(change, "test"), **at)
    orders.cancel(CancelOrder(client_order_id="tc-1-1", symbol="BTCUSDT"), **at)
    orders.submit_batch([new("tc-1-2"), new("tc-1-3")], **at)
    orders.cancel_all("BTCUSDT", **at)
    orders.query("tc-1-1", "BTCUSDT", **at)
    orders.keep_alive(["BTCUSDT"], 10_000, **at)
    state.fetch_clock(NOW)
    state.fetch_instruments(NOW)
    state.fetch_open_orders(None, **at)
    state.fetch_fills("BTCUSDT", since_exec_id=0, since_ns=NOW, **at)
    state.fetch_positions(**at)
    state.fetch_balances(**at)
    return {name: list(role.pending()) for name, role in roles.items()}


def test_a_role_has_its_verbs_and_never_awaits(roles):
    """Three verbs for the pump, the role's own for us, and no coroutine among them."""
    for name, role in roles.items():
        for verb in VERBS | WORDS[name]:
            assert hasattr(type(role), verb), (name, verb)
            assert not inspect.iscoroutinefunction(getattr(type(role), verb)), (name, verb)


def test_what_is_to_be_sent_is_told_once(roles):
    """In order, then forgotten."""
    wanted = begin(roles)

    assert all(wanted.values())
    assert all(list(role.pending()) == [] for role in roles.values())


def test_addresses_are_encrypted_and_named(plugin, settings, roles):
    """Every channel that is opened is one of the addresses, and none is in the clear."""
    assert plugin.name == plugin.name.upper()
    assert settings.endpoints.rest.startswith("https://")
    for outgoing in (one for listed in begin(roles).values() for one in listed):
        if isinstance(outgoing, Connect):
            assert outgoing.channel in settings.endpoints.channels
            assert all(url.startswith("wss://") for url in outgoing.urls)
            assert outgoing.max_age_ns > 0
    with pytest.raises(InputError, match="asset_type='houses'"):
        plugin.endpoints(asset_type="houses", is_testnet=False)


def test_an_order_is_never_repeated_and_a_question_may_be(roles):
    """What may do its work twice is marked so."""
    sent = [one for one in begin(roles)["oms"] if isinstance(one, (HttpRequest, Frame))]
    once = [one for one in sent if one.repeat is Repeat.NEVER]

    # Two orders in a batch are one request, or two where a venue has no batches.
    assert len(once) in {5, 6}
    assert all(one.repeat is Repeat.SAFE for one in begin(roles)["data_fetcher"])


def test_no_secret_can_be_printed(roles, settings):
    """Neither roles nor settings nor what is sent show a key, a secret or a signature."""
    wanted = begin(roles)
    shown = repr((roles, settings, wanted))

    assert KEY not in shown
    assert SECRET not in shown
    assert "signature" not in shown


@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_never_raises_nor_touches_an_order(roles, settings, body):
    """Whatever arrives, on whatever channel, known or not."""
    begin(roles)
    for role in roles.values():
        for channel in [*settings.endpoints.channels, "nowhere"]:
            role.receive(ChannelUp(channel=channel, generation=1), NOW)
            events = role.receive(Message(channel, body, 1), NOW)
            assert not any(isinstance(one, OrderUpdate) for one in events)


@pytest.mark.parametrize("status", [200, 204, 302, 400, 404, 418, 429, 500, 503])
@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b'{"code":"x"}', b"[[]]"], ids=range(5))
def test_no_answer_that_cannot_be_read_ends_an_order(roles, status, body):
    """A stranger's answer is passed over, and ours leaves orders unknown, never rejected."""
    for name, listed in begin(roles).items():
        requests = [one for one in listed if isinstance(one, HttpRequest)]
        for request in requests:
            response = HttpResponse(request=request, status=status, headers={}, body=body)
            for other, role in roles.items():
                if other != name:
                    assert not role.receive(response, NOW)
            events = roles[name].receive(response, NOW)
            replies = {one.reply for one in events if isinstance(one, OrderUpdate)}
            assert replies <= {"unknown"}


@pytest.mark.parametrize(
    ("fate", "allowed"),
    [
        (Fate.NOT_SENT, {"rejected", "modify_rejected", "cancel_rejected"}),
        (Fate.UNKNOWN, {"unknown"}),
    ],
)
def test_what_got_no_answer(roles, fate, allowed):
    """Provably not sent is refused by us; all else is unknown."""
    oms = roles["oms"]
    sent = [one for one in begin(roles)["oms"] if isinstance(one, (HttpRequest, Frame))]
    events = [
        event
        for one in sent
        for event in oms.receive(Failure(request=one, fate=fate, reason="reset"), NOW)
    ]
    told = [one for one in events if isinstance(one, OrderUpdate)]

    assert {one.reply for one in told} == allowed
    assert {one.client_order_id for one in told} == {"tc-1-1", "tc-1-2", "tc-1-3"}
    assert all(one.reject_code == "VENUE_UNAVAILABLE" for one in told if fate is Fate.NOT_SENT)


def test_silence_is_unknown_in_the_end(roles):
    """Time passes, nothing comes: each order is unknown, once."""
    begin(roles)
    later = NOW + 60_000_000_000
    told = [one for one in roles["oms"].tick(later) if isinstance(one, OrderUpdate)]

    assert {one.reply for one in told} == {"unknown"}
    assert [one for one in roles["oms"].tick(later) if isinstance(one, OrderUpdate)] == []


def test_connections_of_others_are_passed_over(roles):
    """A channel a role does not know changes nothing."""
    for role in roles.values():
        assert not role.receive(ChannelUp(channel="nowhere", generation=1), NOW)
        assert not role.receive(ChannelDown(channel="nowhere", generation=1, reason="x"), NOW)
    assert not roles["pms"].is_live
