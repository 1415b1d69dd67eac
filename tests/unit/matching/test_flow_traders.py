"""Simulated traders are participants of a venue like any other."""

from __future__ import annotations

import pytest

from tradecore.core import (
    FlowTraders,
    InputError,
    Instrument,
    PriceError,
    UnknownSymbolError,
    VenueEngine,
)

START_NS = 1_700_000_000_000_000_000
SECOND_NS = 1_000_000_000
FLOW = 7
OURS = 1


@pytest.fixture
def venue():
    """A venue of two symbols."""
    return VenueEngine(
        [
            Instrument(symbol, tick_size="0.5", lot_size="0.01", kind="linear")
            for symbol in ("OTHER", "BTC")
        ]
    )


def traders(symbol="BTC", price=30_000):
    """Return traders who are always the same."""
    return FlowTraders(symbol, seed=3, price=price, volatility_milliticks=2_000, account=FLOW)


def test_they_make_a_market_and_their_orders_are_in_the_log(venue):
    """The first step builds up a book; each command is one of the log, and is replayed."""
    flow = traders()
    sent = flow.step(venue, START_NS)

    assert sent > 1_000
    assert venue.book("BTC").best_bid[0] < venue.book("BTC").best_ask[0]
    assert venue.book("OTHER").best_bid is None
    assert venue.sequence >= sent
    assert flow.step(venue, START_NS + SECOND_NS) > 10
    assert flow.step(venue, START_NS) == 0
    assert venue.take_reports() == []
    assert venue.verify()


def test_the_same_seed_does_the_same(venue):
    """However often they are led, the state is the same."""
    again = VenueEngine(
        [
            Instrument(symbol, tick_size="0.5", lot_size="0.01", kind="linear")
            for symbol in ("OTHER", "BTC")
        ]
    )
    once, often = traders(), traders()
    once.step(venue, START_NS)
    once.step(venue, START_NS + SECOND_NS)
    for tenth in range(11):
        often.step(again, START_NS + SECOND_NS * tenth // 10)

    assert venue.state_hash() == again.state_hash()


def test_our_resting_orders_are_filled_and_the_fills_are_told(venue):
    """What they take from us is reported under our name, in order, once."""
    flow = traders()
    flow.step(venue, START_NS)
    best_bid, _ = venue.book("BTC").best_bid
    venue.submit(
        "BTC", side="buy", quantity="0.01", price=best_bid, account=OURS, client_order_id="mine"
    )
    reports = []
    for second in range(1, 60):
        flow.step(venue, START_NS + second * SECOND_NS)
        reports += venue.take_reports()
        if reports:
            break

    assert [(r.exec_type, r.account, r.client_order_id) for r in reports] == [
        ("trade", OURS, "mine")
    ]
    assert reports[0].liquidity == "maker"
    assert START_NS < reports[0].timestamp_ns <= START_NS + 60 * SECOND_NS
    assert venue.take_reports() == []


def test_they_go_on_when_we_take_everything_or_an_operator_cancels_all(venue):
    """Orders of theirs that are gone are forgotten; the market comes back."""
    flow = traders()
    flow.step(venue, START_NS)
    venue.submit("BTC", side="buy", quantity=1_000_000, type="market", account=OURS)
    assert venue.book("BTC").best_ask is None
    flow.step(venue, START_NS + 2 * SECOND_NS)
    assert venue.book("BTC").best_ask is not None
    venue.cancel_all("BTC")
    venue.set_phase("BTC", "halted")
    flow.step(venue, START_NS + 3 * SECOND_NS)
    venue.set_phase("BTC", "open")
    flow.step(venue, START_NS + 20 * SECOND_NS)

    assert venue.book("BTC").best_bid is not None
    assert venue.verify()


def test_what_makes_no_sense_is_refused(venue):
    """An unknown symbol, a price off the tick, a leap of hours."""
    with pytest.raises(UnknownSymbolError, match='symbol="NONE"'):
        traders("NONE").step(venue, START_NS)
    with pytest.raises(PriceError, match="tick"):
        traders(price="0.3").step(venue, START_NS)
    with pytest.raises(InputError, match="1000000 milliticks at most"):
        FlowTraders("BTC", seed=1, price=1, volatility_milliticks=1_000_001)
    flow = traders()
    flow.step(venue, START_NS)
    with pytest.raises(InputError, match="3600000000000 ns at most at a time"):
        flow.step(venue, START_NS + 3_601 * SECOND_NS)
