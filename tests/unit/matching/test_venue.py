"""A venue writes every command down, and tells what its books did."""

from __future__ import annotations

import pytest

from tradecore.core import (
    InputError,
    Instrument,
    Limits,
    MatchingEngine,
    SymbolTerms,
    VenueEngine,
)


@pytest.fixture
def instrument() -> Instrument:
    """A contract in ticks of 0.5 and lots of 0.01."""
    return Instrument("BTC", tick_size="0.5", lot_size="0.01", kind="linear")


@pytest.fixture
def venue(instrument):
    """A venue of one symbol."""
    return VenueEngine([instrument])


def crossing_hour(engine):
    """Do a bit of everything and return the reports."""
    told = [
        engine.advance_time(1_000),
        engine.submit("BTC", side="sell", quantity="0.03", price="100.5", client_order_id="a"),
        engine.submit("BTC", side="sell", quantity="0.05", price="101", timestamp_ns=2_000),
        engine.submit("BTC", side="buy", quantity="0.04", price="101", account=1),
        engine.submit_oco("BTC", side="buy", quantity=1, price="90", stop_price="120", account=2),
        engine.submit_bracket(
            "BTC", side="buy", quantity=1, stop_loss="80", take_profit="130", price="95"
        ),
        engine.modify("BTC", order_id=2, quantity="0.03"),
        engine.cancel("BTC", order_id=2),
        engine.cancel_all("BTC", account=2),
        engine.set_phase("BTC", "halted"),
    ]
    engine.set_bands("BTC", low=10, high=1000)
    engine.set_reference("BTC", 99)
    return [(str(r), r.client_order_id, r.timestamp_ns) for reports in told for r in reports]


def test_a_venue_answers_what_an_engine_answers(instrument, venue):
    """The same calls give the same reports and the same state as in a `MatchingEngine`."""
    engine = MatchingEngine([instrument])

    assert crossing_hour(venue) == crossing_hour(engine)
    assert venue.state_hash() == engine.state_hash()


def test_every_command_is_in_the_log(venue):
    """Each command and each later time is a record, and the log leads to the state."""
    assert venue.sequence == 0
    crossing_hour(venue)
    venue.risk.set_owner(3, group=4)

    # Two times, eleven orders, cancels and changes, a phase, bands, a reference, an owner.
    assert venue.sequence == 2 + 3 + 2 + 3 + 3 + 1 + 2 + 1
    assert venue.verify()


def test_reading_and_refused_calls_leave_no_record(venue):
    """Whoever looks, or makes no sense, is not in the log."""
    venue.book("BTC").depth(5)
    venue.take_market_data()
    with pytest.raises(InputError, match="a client order id has at most 255 bytes: 256"):
        venue.submit("BTC", side="buy", quantity=1, price=100, client_order_id="x" * 256)
    venue.advance_time(0)

    assert venue.sequence == 1  # the time, as it was told


def test_an_update_says_what_the_commands_since_the_last_did(venue):
    """Several commands are one update: levels as they are now, trades in order."""
    venue.submit("BTC", side="sell", quantity="0.05", price="101")
    venue.submit("BTC", side="buy", quantity="0.02", price="101")
    venue.submit("BTC", side="buy", quantity="0.01", price="100")

    (update,) = venue.take_market_data()

    assert (update.symbol, update.prev, update.first, update.last) == ("BTC", 0, 1, 3)
    assert update.bids == [(200, 1)]
    assert update.asks == [(202, 3)]
    assert (update.best_bid, update.best_ask) == ((200, 1), (202, 3))
    assert [trade[1:] for trade in update.trades] == [(202, 2, 2, 1, "buy")]
    assert repr(update) == "MarketUpdate(BTC 1..3, 2 levels, 1 trades)"
    assert venue.take_market_data() == []


def test_updates_chain_and_a_removed_level_has_no_lots(venue):
    """`prev` is the last event of the update before; 0 lots takes a level out."""
    venue.submit("BTC", side="buy", quantity=1, price="100")
    (first,) = venue.take_market_data()
    venue.cancel("BTC", order_id=1)
    (second,) = venue.take_market_data()

    assert (second.prev, second.first) == (first.last, first.last + 1)
    assert second.bids == [(200, 0)]
    assert second.best_bid is None


def test_a_snapshot_is_the_book_of_now(venue):
    """It holds what no update told yet; the update that follows can be laid over it."""
    venue.submit("BTC", side="buy", quantity=1, price="100")
    venue.submit("BTC", side="buy", quantity=1, price="100.5")
    snapshot = venue.depth_snapshot("BTC")
    venue.cancel("BTC", order_id=2)
    (update,) = venue.take_market_data()

    assert (snapshot.bids, snapshot.last) == ([(201, 100), (200, 100)], 2)
    assert snapshot.trades == []
    # The level came and went within the update, but not within what the snapshot's reader saw.
    assert (update.bids, update.first, update.last) == ([(201, 0), (200, 100)], 1, 3)


def test_accounts_are_kept_and_replayed(venue):
    """Terms, money and limits are commands like any other."""
    venue.risk.keep_accounts({"BTC": SymbolTerms(base="BTC", quote="USD", initial_margin="0.1")})
    venue.risk.deposit(1, "USD", 1000)
    venue.risk.set_limits(Limits(max_open_orders=1), account=1)
    venue.submit("BTC", side="buy", quantity="0.1", price="100", account=1)
    (refused,) = venue.submit("BTC", side="buy", quantity="0.1", price="100", account=1)

    assert refused.reject_code == "MAX_OPEN_ORDERS"
    assert venue.sequence == 5
    assert venue.verify()
    with pytest.raises(InputError, match="accounts are kept once"):
        venue.risk.keep_accounts({"BTC": SymbolTerms(base="BTC", quote="USD")})
    assert venue.verify()
