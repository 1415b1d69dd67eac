"""What a venue was told and what came of it can be told again from any command on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from tradecore.core import InputError, Instrument, JournalError, Limits, SymbolTerms, VenueEngine

TERMS = {"BTC": SymbolTerms(base="BTC", quote="USDT")}


@pytest.fixture
def settings(tmp_path):
    """Return a journal's place and a size that suits a test."""
    return {"journal": tmp_path / "j", "segment_bytes": 1 << 23}


@pytest.fixture
def instrument() -> Instrument:
    """A contract in ticks of 0.5 and lots of 1 that costs a taker 1 %."""
    return Instrument("BTC", tick_size="0.5", lot_size="1", kind="linear", taker_fee="0.01")


def open_(instrument, settings) -> VenueEngine:
    """Open a venue that keeps accounts and answers."""
    venue = VenueEngine([instrument], answers_kept=10, **settings)
    venue.risk.keep_accounts(TERMS)
    return venue


def trade(venue) -> list:
    """Fund two accounts and let them trade; return the reports of the trade's call."""
    venue.risk.deposit(1, "USDT", 500)
    venue.risk.deposit(2, "USDT", 500)
    venue.submit("BTC", side="sell", quantity=3, price=100, account=2, client_order_id="s")
    return venue.submit(
        "BTC", side="buy", quantity=2, price=100, account=1, client_order_id="b", timestamp_ns=7
    )


def said(reports) -> list[tuple]:
    """Return everything a report says."""
    names = [name for name in dir(type(reports[0])) if not name.startswith("_")]
    return [tuple(getattr(report, name) for name in names) for report in reports]


def test_every_command_is_told_with_what_it_caused(instrument, settings):
    """In order; the reports are those the calls gave, and balances those behind the command."""
    venue = open_(instrument, settings)
    reports = trade(venue)

    entries = venue.history().take()

    assert [entry.sequence for entry in entries] == list(range(1, venue.sequence + 1))
    assert [entry.kind for entry in entries] == [
        "keep_answers",
        "keep_accounts",
        "deposit",
        "deposit",
        "new",
        "advance_time",
        "new",
    ]
    last = entries[-1]
    assert said(last.reports) == said(reports)
    assert [report.client_order_id for report in last.reports] == ["b", "s", "b"]
    assert last.timestamp_ns == 7
    assert last.balances == [(1, "USDT", Decimal(498)), (2, "USDT", Decimal(500))]
    assert last.balances[0][2] == venue.risk.balance(1, "USDT").total
    assert entries[2].arguments == {"account": 1, "asset": "USDT", "amount": Decimal(500)}
    assert entries[2].balances == [(1, "USDT", Decimal(500))]
    assert last.arguments == {
        "account": 1,
        "client_order_id": "b",
        "post_only": False,
        "price": Decimal(100),
        "quantity": Decimal(2),
        "reduce_only": False,
        "side": "buy",
        "symbol": "BTC",
        "time_in_force": "GTC",
        "type": "limit",
    }
    venue.close()


def test_a_crash_is_caught_up_with_exactly_once(instrument, settings):
    """Who kept the last sequence he knows is told the rest, by the venue that was opened again."""
    venue = open_(instrument, settings)
    trade(venue)
    whole = [(each.sequence, each.kind, len(each.reports)) for each in venue.history()]
    venue.close()
    for after in range(len(whole) + 1):
        again = open_(instrument, settings)
        history = again.history(after=after)
        assert history.sequence == after
        rest = [(each.sequence, each.kind, len(each.reports)) for each in history]
        assert rest == whole[after:]
        assert history.sequence == len(whole)
        again.close()


def test_a_history_goes_on_with_the_venue(instrument, settings):
    """What comes later is told later; who waits is woken, and a closed one is not read."""
    venue = open_(instrument, settings)
    history = venue.history(after=venue.sequence)
    assert history.take(timeout_ms=1) == []
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(history.take, 1, timeout_ms=60_000)
        venue.advance_time(3)
        (entry,) = waiting.result()
    assert (entry.kind, entry.arguments) == ("advance_time", {"timestamp_ns": 3})
    assert history.take() == []
    history.close()
    history.close()
    with pytest.raises(JournalError, match="a closed history is not read"):
        history.take()
    venue.close()


def test_what_an_operator_does_is_told(instrument, settings):
    """With its arguments by name; a refused command is there with its refusal."""
    venue = open_(instrument, settings)
    venue.risk.set_limits(Limits(max_order_lots=5, max_leverage=3, order_rate=(2, 9)), account=4)
    venue.risk.set_trading_state("halted")
    venue.risk.set_mark("BTC", "99.5")
    venue.risk.withdraw(1, "USDT", 1)
    venue.set_phase("BTC", "auction")
    venue.set_bands("BTC", low=1, dynamic_bps=50)
    venue.modify("BTC", order_id=8, price=90)
    venue.cancel_all("BTC", account=3, side="sell")
    venue.submit("BTC", side="sell", quantity=3, stop_price=90, type="stop")
    entries = venue.history(after=2).take()
    arguments = [(entry.kind, entry.arguments) for entry in entries]
    assert arguments[:8] == [
        (
            "set_limits",
            {
                "account": 4,
                "max_order_lots": 5,
                "max_leverage": Decimal(3),
                "order_rate_burst": 2,
                "order_rate_period_ns": 9,
            },
        ),
        ("set_trading_state", {"trading": "halted"}),
        ("set_mark", {"symbol": "BTC", "price": Decimal("99.5")}),
        ("withdraw", {"account": 1, "asset": "USDT", "amount": Decimal(1)}),
        ("set_phase", {"symbol": "BTC", "phase": "auction"}),
        ("set_bands", {"symbol": "BTC", "low": Decimal(1), "dynamic_bps": 50, "halt_ns": 0}),
        (
            "modify",
            {"symbol": "BTC", "order_id": 8, "price": Decimal(90), "keep_priority": True},
        ),
        ("cancel_all", {"symbol": "BTC", "account": 3, "side": "sell"}),
    ]
    kind, stop = arguments[8]
    assert (kind, stop["type"], stop["stop_price"]) == ("new", "stop", Decimal(90))
    codes = {entry.kind: report.reject_code for entry in entries for report in entry.reports}
    assert codes == {
        "withdraw": "UNKNOWN_ACCOUNT",
        "modify": "UNKNOWN_ORDER",
        "new": "TRADING_HALTED",
    }
    venue.close()


def test_a_note_is_told_in_its_place(instrument, settings):
    """It changes nothing and comes back as it was given."""
    venue = open_(instrument, settings)
    before = venue.state_hash()
    assert venue.note(b"a countdown began") == 3
    assert venue.state_hash() == before
    venue.advance_time(1)
    venue.flush()
    assert venue.durable_sequence == 4
    note, _ = venue.history(after=2).take()
    assert (note.kind, note.arguments) == ("note", {"payload": b"a countdown began"})
    assert note.reports == note.balances == []
    with pytest.raises(InputError, match="a note has at most 65536 bytes: 65537"):
        venue.note(bytes(65_537))
    venue.close()
    again = open_(instrument, settings)
    assert again.verify()
    assert again.sequence == 4
    again.close()


def test_a_history_that_cannot_be_told_is_refused(instrument, settings):
    """Without a journal, behind a command nobody gave, or before assets have names."""
    with pytest.raises(InputError, match="a venue without a journal has no history"):
        VenueEngine([instrument]).history()
    venue = open_(instrument, settings)
    with pytest.raises(InputError, match="behind a command there was: after=3, last=2"):
        venue.history(after=3)
    venue.close()
    again = VenueEngine([instrument], **settings)
    with pytest.raises(InputError, match=r"call risk\.keep_accounts first"):
        again.history()
    again.close()
