"""What a trader is told of the account when it comes back: its own, not its neighbour's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.desk_venue import SYMBOL, DeskRig
from tradecore.exchanges.base import InstrumentsListed
from tradecore.execution import DeskAlert
from tradecore.model import VenueFill, VenuePosition
from tradecore.processes.engine_commands import EngineCommands
from tradecore.processes.position_server import AccountBook
from tradecore.wire import values


@pytest.fixture
def rig():
    """Return a desk that may trade."""
    return DeskRig().open()


@pytest.fixture
def commands(rig):
    """Return what an engine does with commands, on that desk."""
    listed = InstrumentsListed(terms=(), rules=())
    return EngineCommands(desk=rig.desk, exchange="TOY", listed=listed)


def trade(rig, trader, quantity, price="100", side="buy"):
    """Let a trader's order trade whole."""
    name = rig.buy(quantity, price, side, trader=trader)
    rig.venue.arrive()
    rig.venue.trade(name, quantity)
    rig.settle()


def at_venue(commands, quantity, price="100"):
    """Let the venue say what the account holds."""
    commands.hear(
        VenuePosition(
            symbol=SYMBOL, quantity=Decimal(quantity), entry_price=Decimal(price), ts_event_ns=1
        )
    )


def held(commands, rig, trader):
    """Return what a trader that starts again is given."""
    request = values.RecoverRequest(strategy=trader)
    recovered = commands.command(trader, 1, request, now_ns=rig.venue.now_ns)
    return {one.symbol: (one.quantity, one.entry_price) for one in recovered.positions}


def test_a_trader_alone_takes_the_account_as_the_venue_has_it(rig, commands):
    """Also what was held before any order of ours, at the venue's price."""
    trade(rig, "t1", "2")
    at_venue(commands, "5", "98.5")

    assert held(commands, rig, "t1") == {SYMBOL: (Decimal(5), Decimal("98.5"))}


def test_two_traders_get_what_each_of_them_traded(rig, commands):
    """A restart does not make one strategy hold the other's position."""
    trade(rig, "t1", "3", "100")
    trade(rig, "t2", "1", "90", side="sell")
    at_venue(commands, "2")

    assert held(commands, rig, "t1") == {SYMBOL: (Decimal(3), Decimal(100))}
    assert held(commands, rig, "t2") == {SYMBOL: (Decimal(-1), Decimal(90))}


def test_positions_that_offset_each_other_are_still_there(rig, commands):
    """The account is flat, the strategies are not."""
    trade(rig, "t1", "1")
    trade(rig, "t2", "1", side="sell")

    assert held(commands, rig, "t1") == {SYMBOL: (Decimal(1), Decimal(100))}


def test_one_who_never_traded_a_symbol_gets_nothing_of_it(rig, commands):
    """It belongs to the one who did."""
    trade(rig, "t1", "3")
    at_venue(commands, "3")

    assert held(commands, rig, "t2") == {}


def test_a_position_of_nobody_is_given_once(rig, commands):
    """To the first who asks, and to the same one again."""
    at_venue(commands, "4", "77")

    assert held(commands, rig, "t1") == {SYMBOL: (Decimal(4), Decimal(77))}
    assert held(commands, rig, "t2") == {}
    assert held(commands, rig, "t1") == {SYMBOL: (Decimal(4), Decimal(77))}


def test_what_is_left_over_is_told(rig, commands):
    """Where several trade, what no order made is named in an alert and given to nobody."""
    trade(rig, "t1", "3")
    trade(rig, "t2", "1")
    at_venue(commands, "10")
    held(commands, rig, "t1")
    alerts = [one.alert for one in rig.desk.take() if isinstance(one, DeskAlert)]

    assert [alert.code for alert in alerts] == ["UNOWNED_POSITION"]
    assert "6 of the position" in alerts[0].text


def told_again(commands, rig, **asked):
    """Return of which orders a trader that asks is told again, and what."""
    commands.take()
    request = values.RecoverRequest(strategy="t1", **asked)
    commands.command("t1", 1, request, now_ns=rig.venue.now_ns)
    told = [one.value for one in commands.take() if one.topic == "orders.t1"]
    return [(one.client_order_id, one.reply) for one in told]


def test_a_trader_is_told_what_may_have_passed_it_by_and_no_more(rig, commands):
    """All of what is open, and of what had news since it heard last: not the history of months."""
    trade(rig, "t1", "1")
    old = next(iter(rig.desk.table)).client_order_id
    rests = rig.buy("1", trader="t1")
    rig.venue.arrive()
    rig.settle()
    rig.advance(60)
    heard_ns = rig.venue.now_ns
    rig.advance(1)
    trade(rig, "t1", "1")
    new = [one.client_order_id for one in rig.desk.table][-1]

    told = told_again(commands, rig, since_ns=heard_ns)
    whole = told_again(commands, rig)

    assert told == [(rests, "accepted"), (new, "accepted"), (new, "filled")]
    assert {name for name, _ in whole} == {old, rests, new}


def fills_told(commands):
    """Return the numbers of fills that are published for whoever counts the account."""
    return [one.value.exec_id for one in commands.take() if isinstance(one.value, VenueFill)]


def test_fills_the_journal_gave_back_are_told_again(rig, commands):
    """The last may have been written down and not told when the engine was killed."""
    trade(rig, "t1", "2")
    trade(rig, "t2", "1", side="sell")
    cut = rig.buy("1", "90", trader="t1")
    rig.venue.arrive()
    rig.settle()
    rig.cancel(cut)
    first = fills_told(commands)

    rig.start()
    heir = EngineCommands(
        desk=rig.desk, exchange="TOY", listed=InstrumentsListed(terms=(), rules=())
    )
    heir.tell_fills_again()
    published = heir.take()

    fills = [one for one in published if isinstance(one.value, VenueFill)]
    assert [one.value.exec_id for one in fills] == [1, 2]
    assert [(one.value.side, one.value.quantity) for one in fills] == [("buy", 2), ("sell", 1)]
    assert {(one.stream, one.topic) for one in fills} == {("account", "TOY.account")}
    assert not first
    # Whoever counts them by their number counts none twice.
    book = AccountBook()
    for one in [*fills, *fills]:
        book.fill(one.value)
    assert book.profit().keys() == {SYMBOL}
    assert book.net() == 0


def test_before_anything_traded_no_fill_is_told_again(rig, commands):
    """An order that rests has none."""
    rig.buy("1")
    rig.venue.arrive()
    rig.settle()
    commands.take()

    commands.tell_fills_again()

    assert fills_told(commands) == []
