"""Modes of an account: hedged or one-way, isolated or shared money."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradecore.venue import OrderRecord, Reason, Refused

SYMBOL = "BTCUSDT"


def reason(answer):
    """Return why something was refused, `None` if it was not."""
    return answer.reason if isinstance(answer, Refused) else None


def test_a_hedged_account_holds_long_and_short_beside_each_other(floor):
    """Each leg has its entry and its profit, and margin of its own."""
    service, state = floor.service, floor.service.state
    assert service.modes.set_hedged(1, is_hedged=True) is None
    floor.place(2, "sell", "0.1", "60000")
    floor.place(1, "buy", "0.1", "60000", leg="long")
    floor.place(2, "buy", "0.1", "60000")
    floor.place(1, "sell", "0.1", "60000", leg="short")
    held = {one.leg: one.quantity for one in state.held(1, SYMBOL)}
    assert held == {"long": Decimal("0.1"), "short": Decimal("-0.1")}
    assert state.margin(1).position_initial == 600
    floor.place(2, "buy", "0.1", "60500")
    floor.place(1, "sell", "0.1", "60500", leg="long")
    assert [one.leg for one in state.held(1, SYMBOL)] == ["short"]
    assert state.ledger.position(1, SYMBOL, "long").realized == 50
    assert floor.residue() == 0


@pytest.mark.parametrize(
    ("is_hedged", "leg", "expected"),
    [
        pytest.param(True, "both", Reason.WRONG_LEG, id="hedged-both"),
        pytest.param(False, "long", Reason.WRONG_LEG, id="one-way-long"),
        pytest.param(False, "short", Reason.WRONG_LEG, id="one-way-short"),
        pytest.param(True, "short", Reason.REDUCE_ONLY, id="nothing-to-close"),
        pytest.param(True, "long", None, id="opens"),
    ],
)
def test_an_order_names_a_leg_its_account_has(floor, is_hedged, leg, expected):
    """A leg of the other mode is refused, and so is a close of nothing."""
    if is_hedged:
        floor.service.modes.set_hedged(1, is_hedged=True)
    assert reason(floor.place(1, "buy", "0.1", "59000", leg=leg)) is expected


def test_open_orders_never_close_more_than_a_leg_holds(floor):
    """What waits to close counts, so that a leg cannot turn; a larger amendment is refused too."""
    floor.service.modes.set_hedged(1, is_hedged=True)
    floor.place(2, "sell", "0.3", "60000")
    floor.place(1, "buy", "0.3", "60000", leg="long")
    first = floor.place(1, "sell", "0.2", "61000", leg="long")
    assert isinstance(first, OrderRecord)
    assert reason(floor.place(1, "sell", "0.2", "62000", leg="long")) is Reason.REDUCE_ONLY
    assert isinstance(floor.place(1, "sell", "0.1", "62000", leg="long"), OrderRecord)
    more = floor.service.amend(
        first, price=Decimal(61_000), quantity=Decimal("0.25"), now_ns=floor.now_ns
    )
    assert reason(more) is Reason.REDUCE_ONLY
    assert floor.service.state.margin(1).orders_initial == 0


def test_modes_change_only_while_nothing_depends_on_them(floor):
    """Unchanged, open orders and positions are each refused for their own reason."""
    modes = floor.service.modes
    assert reason(modes.set_hedged(1, is_hedged=False)) is Reason.MODE_UNCHANGED
    assert reason(modes.set_isolated(1, SYMBOL, is_isolated=False)) is Reason.MODE_UNCHANGED
    order = floor.place(1, "buy", "0.1", "59000")
    assert reason(modes.set_hedged(1, is_hedged=True)) is Reason.HAS_OPEN_ORDERS
    assert reason(modes.set_isolated(1, SYMBOL, is_isolated=True)) is Reason.HAS_OPEN_ORDERS
    floor.service.cancel(order, now_ns=floor.now_ns)
    floor.trade("0.1", "60000")
    assert reason(modes.set_hedged(1, is_hedged=True)) is Reason.HAS_POSITION
    assert reason(modes.set_isolated(1, SYMBOL, is_isolated=True)) is Reason.HAS_POSITION
    floor.trade("0.1", "60000", buyer=2, seller=1)
    for is_on in (True, False):
        assert modes.set_hedged(1, is_hedged=is_on) is None
        assert modes.set_isolated(1, SYMBOL, is_isolated=is_on) is None


def test_an_isolated_position_sets_money_aside_and_gives_it_back(floor):
    """Opening keeps value by leverage, closing a part gives back that part; wallets agree."""
    floor.service.modes.set_isolated(1, SYMBOL, is_isolated=True)
    state = floor.service.state
    floor.trade("0.4", "60000")
    position = state.ledger.position(1, SYMBOL)
    assert position.set_aside == 1_200
    margin = state.margin(1)
    assert margin.cross_wallet == margin.wallet - 1_200
    assert margin.available == margin.cross_wallet
    floor.trade("0.1", "60000", buyer=2, seller=1)
    assert position.set_aside == 900
    floor.trade("0.5", "60000", buyer=2, seller=1)
    assert (position.quantity, position.set_aside) == (Decimal("-0.2"), 600)
    assert floor.residue() == 0


def test_margin_moves_in_and_out_of_an_isolated_position(floor):
    """In what the account has available, out what is above the initial margin."""
    modes, state = floor.service.modes, floor.service.state
    move = lambda amount, *, out=False: reason(  # noqa: E731
        modes.move_margin(1, SYMBOL, "both", Decimal(amount), takes_out=out)
    )
    assert move(10) is Reason.NOT_ISOLATED
    modes.set_isolated(1, SYMBOL, is_isolated=True)
    assert move(10) is Reason.NO_POSITION
    floor.trade("0.1", "60000")
    assert move(0) is Reason.AMOUNT_NOT_POSITIVE
    assert move(100_000) is Reason.CROSS_MONEY_SHORT
    assert move(1, out=True) is Reason.ISOLATED_MONEY_SHORT
    assert move(50) is None
    assert state.ledger.position(1, SYMBOL).set_aside == 350
    assert move(50, out=True) is None
    assert state.ledger.position(1, SYMBOL).set_aside == 300
    assert reason(modes.set_leverage(1, SYMBOL, 10)) is Reason.LESS_LEVERAGE_ISOLATED
    assert modes.set_leverage(1, SYMBOL, 25) is None


def test_funding_of_an_isolated_position_is_paid_from_its_own_money(floor):
    """A long pays out of what is set aside."""
    floor.service.modes.set_isolated(1, SYMBOL, is_isolated=True)
    floor.trade("0.1", "60000")
    state = floor.service.state
    floor.service.advance(state.marks[SYMBOL].next_funding_ns)
    assert state.ledger.position(1, SYMBOL).set_aside == 300 - Decimal("0.6")
    assert floor.residue() == 0
