"""What a trader is told of the account when it comes back: its own, not its neighbour's."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.desk_venue import SYMBOL, DeskRig
from tradecore.exchanges.base import InstrumentsListed
from tradecore.execution import DeskAlert
from tradecore.model import VenuePosition
from tradecore.processes.engine_commands import EngineCommands
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
