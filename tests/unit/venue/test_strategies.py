"""Strategies of an account: what their own fills made, and names that outlast the venue."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from support.venue_life import LISTED, START_NS, SYMBOL, open_life, picture
from tradecore.core import DataError, Limits
from tradecore.venue import PlaceOrder, Reason, VenueService
from tradecore.venue.entries import Entry
from tradecore.venue.naming import number_of
from tradecore.venue.notes import FundingDue, StrategyNamed, decode_note, encode_note
from tradecore.venue.strategies import STRATEGIES_MAX, Strategies


def held(service, account, name):
    """Return quantity, cost, fees and profit of a strategy in the symbol."""
    strategy = service.state.strategies.find(account, name)
    position = strategy.position(SYMBOL, "both")
    return position.quantity, position.cost, position.fees, position.realized


def test_a_strategy_has_what_its_own_fills_made(floor):
    """Two strategies of an account may be on both sides while the account is flat."""
    floor.place(2, "sell", "1", "60000")
    floor.place(1, "buy", "1", "60000", strategy="trend")
    floor.place(2, "buy", "1", "60100")
    floor.place(1, "sell", "1", "60100", strategy="fade")
    floor.place(2, "buy", "0.5", "60200")
    floor.place(1, "sell", "0.5", "60200", strategy="trend")

    quantity, cost, fees, realized = held(floor.service, 1, "trend")
    assert (quantity, cost, realized) == (Decimal("0.5"), 30_000, 100)
    assert fees > 0
    assert held(floor.service, 1, "fade")[:2] == (-1, -60_100)
    assert floor.service.state.ledger.position(1, "BTCUSDT").quantity == Decimal("-0.5")
    assert floor.service.state.strategies.find(2, "trend") is None
    assert floor.residue() == 0


def test_orders_fills_and_accounts_keep_their_names_apart(floor):
    """One name of two accounts is two strategies; fills say whose order they are of."""
    floor.place(2, "sell", "1", "60000", strategy="x")
    order = floor.place(1, "buy", "1", "60000", strategy="x")

    state = floor.service.state
    numbers = {one.account: one.number for one in state.strategies}
    assert numbers == {2: 1, 1: 2}
    assert order.request.strategy == "x"
    assert {one.strategy for one in state.histories.trades(1, "BTCUSDT")} == {"x"}
    assert held(floor.service, 1, "x")[0] == -held(floor.service, 2, "x")[0] == 1


def test_funding_is_each_strategy_s_part(floor):
    """By what it holds; both together are what the account was paid."""
    floor.place(2, "sell", "3", "60000")
    floor.place(1, "buy", "1", "60000", strategy="a")
    floor.place(1, "buy", "2", "60000", strategy="b")
    service = floor.service
    due = FundingDue(
        symbol="BTCUSDT", rate=Decimal("0.001"), mark=Decimal(60_000), due_ns=floor.now_ns
    )
    service.jot(due)

    parts = [service.state.strategies.find(1, name).positions[0].funding for name in "ab"]
    assert parts == [-60, -120]
    assert sum(parts) == service.state.ledger.position(1, "BTCUSDT").funding


def test_an_account_gives_a_bounded_number_of_names(floor):
    """One more is refused and costs nothing; those it has go on, and others have their own."""
    for number in range(STRATEGIES_MAX):
        assert number_of(floor.service.commands, 1, f"s{number}") == number + 1

    refused = floor.place(1, "buy", "0.1", "50000", strategy="more")
    assert (refused.reason, refused.value) == (Reason.TOO_MANY_STRATEGIES, str(STRATEGIES_MAX))
    assert floor.place(1, "buy", "0.1", "50000", strategy="s0").status == "new"
    assert floor.place(1, "buy", "0.1", "50000").status == "new"
    assert floor.place(2, "buy", "0.1", "50000", strategy="more").status == "new"
    assert floor.service.state.strategies.find(1, "more") is None


def test_a_limit_of_a_strategy_binds_its_orders_alone(floor):
    """The refusal says whose limit it was."""
    floor.place(1, "buy", "0.1", "50000", strategy="small")
    number = floor.service.state.strategies.find(1, "small").number
    floor.service.tell_engine(
        lambda engine: engine.risk.set_limits(Limits(max_order_value="1000"), strategy=number)
    )

    refused = floor.place(1, "buy", "0.1", "50000", strategy="small")
    assert (refused.code, refused.scope) == ("MAX_ORDER_VALUE", "strategy")
    assert floor.place(1, "buy", "0.1", "50000", strategy="large").status == "new"
    assert floor.place(1, "buy", "0.1", "50000").status == "new"


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_restart_knows_names_numbers_and_positions(tmp_path, is_shared):
    """From journal and notes alone, and from a checkpoint; the next name has the next number."""
    service = open_life(tmp_path, is_shared=is_shared)
    for account in (1, 2):
        service.open_account(account, deposit=Decimal(100_000))
    _trade(service, "trend")
    service.settle()
    checkpoint = service.checkpoint()
    _trade(service, "carry")
    service.settle()
    before = picture(service)
    service.close()
    found = []
    for kept in (None, checkpoint):
        again = open_life(
            tmp_path, now_ns=service.state.now_ns, checkpoint=kept, is_shared=is_shared
        )
        found.append(picture(again, with_ended=False)["strategies"])
        if kept is not None:
            assert number_of(again.commands, 2, "new") == 3
        again.close()

    assert found == [before["strategies"]] * 2
    assert [one["name"] for one in before["strategies"]] == ["trend", "carry"]


def _trade(service, strategy):
    """Let account 1 buy of account 2 for a strategy."""
    for account, side in ((2, "sell"), (1, "buy")):
        request = PlaceOrder(
            account=account,
            symbol=SYMBOL,
            side=side,
            quantity=Decimal("0.1"),
            price=Decimal(60_000),
            strategy=strategy if account == 1 else "",
        )
        service.place(request, now_ns=service.state.now_ns + 1)


def test_a_name_is_in_the_journal_before_its_first_order(tmp_path):
    """A venue that dies between the two has a name too many, and never an order without one."""
    service = open_life(tmp_path, ack="durable")
    service.open_account(1, deposit=Decimal(100_000))
    before = service.sequence
    _trade(service, "trend")
    told = service.engine.history(after=before)
    kinds = [entry.kind for entry in told.take(10)]
    told.close()
    service.close()

    assert [kind for kind in kinds if kind != "advance_time"] == ["name_strategy", "new"]


@pytest.mark.parametrize("is_shared", [False, True])
def test_names_that_were_kept_as_notes_become_the_engine_s(tmp_path, is_shared):
    """A venue from before the journal had names goes on: same numbers, and the next one is new."""
    service = open_life(tmp_path, is_shared=is_shared)
    for account in (1, 2):
        service.open_account(account, deposit=Decimal(100_000))
    service.jot(StrategyNamed(account=1, number=1, name="trend"))
    service.jot(StrategyNamed(account=2, number=2, name="trend"))
    _trade(service, "trend")
    before = picture(service)["strategies"]
    assert service.engine.strategies == []
    service.settle()
    service.close()
    for _ in range(2):
        again = open_life(tmp_path, now_ns=service.state.now_ns, is_shared=is_shared)
        assert again.engine.strategies[:2] == [(1, "trend"), (2, "trend")]
        assert number_of(again.commands, 1, "trend") == 1
        assert number_of(again.commands, 1, "carry") == 3
        found = [one for one in picture(again)["strategies"] if one["name"] == "trend"]
        again.settle()
        again.close()
        assert found == before


def test_notes_and_journal_of_two_venues_are_refused(tmp_path):
    """A name the notes give another number than the journal ends the start."""
    service = open_life(tmp_path)
    service.jot(StrategyNamed(account=1, number=1, name="a"))
    service.engine.name_strategy(1, "b")
    service.settle()
    service.close()

    with pytest.raises(DataError, match="one number: notes=1, journal=2, account=1"):
        open_life(tmp_path)


def test_a_name_the_books_do_not_know_yet_is_the_engine_s(tmp_path):
    """Another door named it a moment ago: both doors mean the same strategy, and the same bound."""
    service = open_life(tmp_path, is_shared=True)
    for account in (1, 2):
        service.open_account(account, deposit=Decimal(100_000))
    for number in range(STRATEGIES_MAX):
        service.engine.name_strategy(1, f"s{number}")
    order = PlaceOrder(
        account=1, symbol=SYMBOL, side="buy", quantity=Decimal("0.1"), price=Decimal(50_000)
    )
    now_ns = service.state.now_ns + 1
    placed = service.place(replace(order, strategy="s7"), now_ns=now_ns)
    refused = service.place(replace(order, strategy="more"), now_ns=now_ns)
    service.settle()
    service.close()

    assert (placed.status, placed.request.strategy) == ("new", "s7")
    assert refused.reason == "too_many_strategies"
    assert len(list(service.state.strategies)) == STRATEGIES_MAX


def test_an_order_of_a_strategy_nobody_named_is_refused():
    """Then journal and notes are not of one venue."""
    service = VenueService.begin(LISTED, now_ns=START_NS)
    order = PlaceOrder(account=1, symbol=SYMBOL, side="buy", quantity=Decimal(1))
    entry = Entry(sequence=99, ts_event_ns=START_NS, kind="new", order=order, strategy=7)

    with pytest.raises(DataError, match="named before its first order: strategy=7"):
        service.books.enter(entry)
    assert Strategies().named(0) == ""


def test_an_old_note_of_an_order_is_of_no_strategy():
    """Notes that were written before there were strategies are read as they were."""
    what = StrategyNamed(account=1, number=1, name="a")
    old = (
        b'{"after":1,"next_id":5,"ts_event_ns":7,"what":{"kind":"order_refused","order_id":5,'
        b'"order":{"account":1,"symbol":"X","side":"buy","quantity":"1"},"reason":"other"}}'
    )
    note = decode_note(old)

    assert note.what.order.strategy == ""
    again = decode_note(encode_note(type(note)(after=1, next_id=5, ts_event_ns=7, what=what)))
    assert again.what == what
