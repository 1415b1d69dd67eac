"""An order that comes again under its name is told the same again, and nothing happens."""

from __future__ import annotations

import pytest

from tradecore.core import InputError, Instrument, VenueEngine


@pytest.fixture
def instrument() -> Instrument:
    """A contract in ticks and lots of 1."""
    return Instrument("BTC", tick_size="1", lot_size="1", kind="linear")


SAID = (
    "sequence",
    "order_id",
    "exec_type",
    "order_status",
    "last_price",
    "average_price",
    "timestamp_ns",
    "command_sequence",
    "client_order_id",
)


def told(reports):
    """Return what reports say, whether they are told again or not."""
    return [tuple(getattr(report, name) for name in SAID) for report in reports]


def test_the_same_again_is_told_the_same(instrument):
    """With its times, prices and sequences; whether the order lives or is gone."""
    venue = VenueEngine([instrument], answers_kept=10)
    venue.submit("BTC", side="sell", quantity=1, price=100, account=2)
    wish = {"side": "buy", "quantity": 3, "price": 100, "account": 1, "client_order_id": "a"}
    said = venue.submit("BTC", timestamp_ns=5, **wish)
    own = [report for report in said if report.account == 1]
    sequence = venue.sequence

    again = venue.submit("BTC", **wish)
    venue.cancel("BTC", order_id=own[0].order_id)
    ended = venue.submit("BTC", **wish)

    assert len(own) == 2
    assert told(again) == told(ended) == told(own)
    assert {(each.command_sequence, each.timestamp_ns) for each in own} == {(sequence, 5)}
    assert [each.is_duplicate for each in said + again + ended] == [False] * 3 + [True] * 4
    assert venue.sequence == sequence + 1
    assert venue.verify()


def test_another_under_the_name_is_refused(instrument):
    """The refusal is of no order and counts as no report; the book is as it was."""
    venue = VenueEngine([instrument], answers_kept=10)
    venue.submit("BTC", side="buy", quantity=1, price=100, client_order_id="a")
    before = venue.state_hash(), venue.sequence

    (refused,) = venue.submit("BTC", side="buy", quantity=2, price=100, client_order_id="a")

    assert (refused.exec_type, refused.reject_code) == ("rejected", "DUPLICATE_CLIENT_ORDER_ID")
    assert (refused.sequence, refused.order_id, refused.command_sequence) == (0, 0, 0)
    assert refused.quantity == 2
    assert not refused.is_duplicate
    assert (venue.state_hash(), venue.sequence) == before


def test_a_bracket_under_a_known_name_is_refused_whole(instrument):
    """Its stop and its target are not placed either."""
    venue = VenueEngine([instrument], answers_kept=10)
    wish = {"side": "buy", "quantity": 1, "price": 100, "stop_loss": 90, "take_profit": 110}
    venue.submit_bracket("BTC", client_order_id="a", **wish)
    before = venue.live_orders, venue.sequence

    (refused,) = venue.submit_bracket("BTC", client_order_id="a", **wish)

    assert refused.reject_code == "DUPLICATE_CLIENT_ORDER_ID"
    assert (venue.live_orders, venue.sequence) == before


def test_answers_outlast_the_process(tmp_path, instrument):
    """As many as were asked for, until somebody asks for another number."""
    settings = {"journal": tmp_path / "j", "segment_bytes": 1 << 23}
    venue = VenueEngine([instrument], answers_kept=2, **settings)
    wish = {"side": "buy", "quantity": 1, "price": 100, "time_in_force": "IOC"}
    said = {name: venue.submit("BTC", client_order_id=name, **wish) for name in "abc"}
    venue.close()

    again = VenueEngine([instrument], **settings)
    assert again.answers_kept == 2
    for name in "bc":
        reports = again.submit("BTC", client_order_id=name, **wish)
        assert told(reports) == told(said[name])
        assert all(report.is_duplicate for report in reports)
    reports = again.submit("BTC", client_order_id="a", **wish)
    assert not any(report.is_duplicate for report in reports)
    again.close()
    without = VenueEngine([instrument], answers_kept=0, **settings)
    reports = without.submit("BTC", client_order_id="c", **wish)
    assert (without.answers_kept, reports[0].is_duplicate) == (0, False)
    without.close()


def test_unless_asked_for_a_name_is_free_again(instrument):
    """An ended id may be used again, as on Binance, and nothing without a name is remembered."""
    venue = VenueEngine([instrument])
    wish = {"side": "buy", "quantity": 1, "price": 100, "time_in_force": "IOC"}
    ids = {venue.submit("BTC", client_order_id="a", **wish)[0].order_id for _ in range(3)}
    assert (venue.answers_kept, len(ids)) == (0, 3)
    keeping = VenueEngine([instrument], answers_kept=5)
    ids = {keeping.submit("BTC", **wish)[0].order_id for _ in range(3)}
    assert len(ids) == 3


def test_too_many_answers_are_refused(instrument):
    """With the number, before anything is made."""
    with pytest.raises(InputError, match="at most 10000000 answers are kept: answers_kept=100000"):
        VenueEngine([instrument], answers_kept=100_000_000)
