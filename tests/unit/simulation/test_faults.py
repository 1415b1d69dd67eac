"""Faults: what each does, how it is confined, and that it is counted."""

from __future__ import annotations

import json

import pytest

from support.binance_desk import Desk, heard
from tradecore.simulation.faults import Faults, FaultSpecError

ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.010",
    "price": "59000",
}


def open_count(desk):
    """Return how many orders are open, without a request."""
    return len(desk.exchange.service.state.histories.open(1, "BTCUSDT"))


@pytest.mark.parametrize(
    ("spec", "failure", "opened"),
    [
        pytest.param("error_5xx_before:where=orders", None, 0, id="503-before"),
        pytest.param("error_5xx_after:where=orders", None, 1, id="503-after"),
        pytest.param("timeout_before:where=orders", "silence", 0, id="silence-before"),
        pytest.param("timeout_after:where=orders", "silence", 1, id="silence-after"),
        pytest.param("reset_before:where=orders", "reset", 0, id="reset-before"),
        pytest.param("reset_after:where=orders", "reset", 1, id="reset-after"),
    ],
)
def test_a_request_may_fail_before_or_after_it_is_done(spec, failure, opened):
    """The client cannot tell which; the exchange's books can."""
    desk = Desk(faults=spec)
    answer = desk.signed("POST", "/fapi/v1/order", **ORDER)
    assert (answer.status, answer.failure) == (503, failure)
    assert answer.body.startswith(b"Unknown error")
    assert open_count(desk) == opened
    assert desk.ask("GET", "/fapi/v1/openOrders") is not None
    assert desk.faults.counts == {spec.partition(":")[0]: 1}


def test_limits_can_be_made_to_bite():
    """429 and 418 come with how long to wait."""
    desk = Desk(faults="rate_limit_429:times=1:amount=3,ban_418:times=1:amount=9:where=orders")
    slow = desk.raw("GET", "/fapi/v1/ping")
    assert (slow.status, slow.headers["Retry-After"]) == (429, "3")
    assert desk.raw("GET", "/fapi/v1/ping").status == 200
    assert desk.signed("POST", "/fapi/v1/order", **ORDER).status == 418
    assert desk.raw("GET", "/fapi/v1/ping").status == 418
    desk.now_ns += 9_000_000_000
    assert desk.raw("GET", "/fapi/v1/ping").status == 200


def test_a_wrong_clock_refuses_honest_timestamps():
    """The venue's time is ahead or behind by the amount."""
    desk = Desk(faults="clock_skew:amount=6000")
    assert desk.public("/fapi/v1/time") == {"serverTime": desk.now_ms + 6_000}
    assert desk.ask("GET", "/fapi/v3/balance")["code"] == -1021


def test_a_gap_loses_one_update_for_every_listener():
    """The next update's `pu` is not the last `u` heard."""
    desk = Desk()
    line = desk.listen("/public/ws/btcusdt@depth@100ms")
    desk.order()
    desk.wait(100)
    desk.faults.switch("gap", times=3)
    desk.order()
    desk.wait(100)
    desk.faults.clear()
    desk.order()
    desk.wait(100)
    first, second = heard(line)
    assert second["pu"] != first["u"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param("drop_frame:times=1", ["b", "c"], id="drop"),
        pytest.param("duplicate_event:times=1", ["a", "a", "b", "c"], id="duplicate"),
        pytest.param("reorder_event:times=1", ["b", "a", "c"], id="reorder"),
        pytest.param("drop_frame:where=market", ["a", "b", "c"], id="elsewhere"),
    ],
)
def test_private_events_are_lost_repeated_or_reordered(spec, expected):
    """Answers never are; a fault of another kind of connection does nothing here."""
    desk = Desk(faults=spec)
    line = desk.private()
    for name in "abc":
        desk.order(newClientOrderId=name)
    assert [event["o"]["c"] for event in heard(line)] == expected


def test_connections_are_cut_by_kind():
    """A cut of private streams leaves the others alone."""
    desk = Desk()
    public, private = desk.listen("/public/ws"), desk.private()
    assert desk.exchange.disconnect("private") == 1
    assert (public.is_reset, private.is_reset) == (False, True)
    desk.faults.switch("disconnect", where="market", times=1)
    desk.wait(200)
    assert public.is_reset


def test_listen_keys_can_be_made_to_expire():
    """The stream says so at the next tick."""
    desk = Desk()
    line = desk.private()
    desk.faults.switch("listen_key_expiry", times=1)
    desk.wait(200)
    assert heard(line)[-1]["e"] == "listenKeyExpired"


def test_orders_trade_in_part_while_nobody_listens():
    """What happened in the outage is found by asking."""
    desk = Desk(faults="outage_fills:times=1")
    placed = desk.order()
    desk.wait(200)
    asked = desk.ask("GET", "/fapi/v1/order", symbol="BTCUSDT", orderId=placed["orderId"])
    assert (asked["status"], asked["executedQty"]) == ("PARTIALLY_FILLED", "0.005")


def test_who_is_cut_off_hears_nothing_from_that_moment_on():
    """However quickly he comes back: what trades in that very tick is not told on the old line."""
    desk = Desk(faults="outage_fills:times=1,disconnect:times=1:where=private")
    line = desk.private()
    placed = desk.order()
    heard(line)
    desk.wait(100)
    asked = desk.ask("GET", "/fapi/v1/order", symbol="BTCUSDT", orderId=placed["orderId"])

    assert asked["executedQty"] == "0.005"
    assert line.is_reset
    assert heard(line) == []


def test_the_same_seed_does_the_same():
    """Which requests are hit follows from the seed."""
    hits = [
        [faults.hits("gap") for _ in range(50)]
        for faults in (Faults(seed=1), Faults(seed=1), Faults(seed=2))
        if faults.switch("gap", probability=0.3) is None
    ]
    assert hits[0] == hits[1] != hits[2]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        pytest.param("nothing", "a fault is one of", id="unknown"),
        pytest.param("gap:2", "a probability is from 0 to 1", id="probability"),
        pytest.param("gap:where=orders", "may be confined to nothing", id="where"),
        pytest.param("gap:often", "a fault is name", id="number"),
        pytest.param("gap:odd=1", "no such key", id="key"),
        pytest.param("latency:amount=-1", "an amount is not below 0", id="amount"),
    ],
)
def test_a_wrong_text_names_its_fault(spec, message):
    """A fault that cannot be is refused with exit code 4."""
    with pytest.raises(FaultSpecError, match=message) as caught:
        Faults().switch_all(spec)
    assert caught.value.exit_code == 4


def test_what_is_on_can_be_read():
    """The description has settings, counts and every known name."""
    faults = Faults()
    faults.switch_all("latency:amount=20:where=orders,gap:0.5")
    described = json.loads(json.dumps(faults.described()))
    assert described["on"]["latency"]["amount"] == 20
    assert faults.delay_ms("orders") == 20
    assert faults.delay_ms("queries") == 0
    assert "ban_418" in described["known"]
