"""What provably never left is sent again; nothing else ever is."""

from __future__ import annotations

import pytest

from support.desk_venue import SYMBOL, DeskRig
from tradecore.model import OrderUpdate
from tradecore.processes.order_retries import OrderRetries

DELAY = 1_000_000


def refusal(name, now_ns, code="VENUE_UNAVAILABLE"):
    """Return an update that says that an order was not sent."""
    return OrderUpdate(
        client_order_id=name,
        symbol=SYMBOL,
        reply="rejected",
        ts_event_ns=now_ns,
        ts_recv_ns=now_ns,
        source="response",
        reject_code=code,
    )


@pytest.fixture
def rig():
    """Return a desk at an open venue."""
    return DeskRig().open()


def sent(rig, retries):
    """Send an order that does not get out, and return its name."""
    name = rig.buy()
    rig.venue.wire.clear()
    assert retries.holds(refusal(name, rig.venue.now_ns), rig.desk, rig.venue.now_ns)
    return name


def test_an_order_that_did_not_get_out_is_sent_again_under_its_id(rig):
    """After the delay, and the trader hears nothing of it."""
    retries = OrderRetries(3, DELAY)
    name = sent(rig, retries)
    early = list(retries.due(rig.desk, rig.venue, rig.venue.now_ns))
    rig.venue.now_ns += DELAY
    late = list(retries.due(rig.desk, rig.venue, rig.venue.now_ns))
    rig.venue.arrive()
    rig.settle()

    assert early == late == []
    assert rig.venue.created == [name]
    assert rig.replies(name) == ["accepted"]


def test_it_is_given_up_after_so_many_tries(rig):
    """The refusal is passed on then."""
    retries = OrderRetries(1, DELAY)
    name = sent(rig, retries)
    rig.venue.now_ns += DELAY
    list(retries.due(rig.desk, rig.venue, rig.venue.now_ns))

    assert not retries.holds(refusal(name, rig.venue.now_ns), rig.desk, rig.venue.now_ns)


@pytest.mark.parametrize("code", ["VENUE_REJECTED", "VENUE_RATE_LIMIT", None])
def test_what_the_venue_refused_is_not_tried_again(rig, code):
    """It was there."""
    name = rig.buy()
    update = refusal(name, rig.venue.now_ns, code)

    assert not OrderRetries(3, DELAY).holds(update, rig.desk, rig.venue.now_ns)


def test_without_retries_nothing_is_held(rig):
    """`RETRY_FAILED_ORDERS=false`."""
    update = refusal(rig.buy(), rig.venue.now_ns)

    assert not OrderRetries(0, DELAY).holds(update, rig.desk, rig.venue.now_ns)


def test_an_order_in_doubt_is_never_sent_again(rig):
    """Whatever was held before the doubt came up is passed on instead."""
    retries = OrderRetries(3, DELAY)
    name = sent(rig, retries)
    now_ns = rig.venue.now_ns
    rig.desk.outcomes.raise_doubt(name, SYMBOL, "new", sent_ns=now_ns, now_ns=now_ns)
    rig.venue.now_ns += DELAY
    passed = list(retries.due(rig.desk, rig.venue, rig.venue.now_ns))

    assert [update.client_order_id for update in passed] == [name]
    assert not rig.venue.wire


def test_nothing_is_remembered_of_what_was_passed_on(rig):
    """However many orders did not get out and were canceled before their next try."""
    retries = OrderRetries(3, DELAY)
    name = sent(rig, retries)
    rig.cancel(name)
    rig.venue.now_ns += DELAY
    passed = list(retries.due(rig.desk, rig.venue, rig.venue.now_ns))

    assert [update.client_order_id for update in passed] == [name]
    assert len(retries) == 0
