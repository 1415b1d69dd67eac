"""Several strategies at one desk share limits and rate budget, and do not trade with each other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.desk_venue import SECOND, SYMBOL, DeskRig
from support.toy_exchange import TERMS
from tradecore.exchanges.base import CancelOrder, RateRule
from tradecore.model import Refused
from tradecore.risk import AccountLimits, LimitRules


@pytest.fixture
def rig():
    """Return a desk of an account that may hold 5, at a venue that takes 5 orders in 10 s."""
    rules = LimitRules(position=Decimal(5), position_total=Decimal(5))
    return DeskRig(
        limits_of=lambda: AccountLimits([TERMS], rules),
        rules=(RateRule(pool="orders", capacity=5, period_ns=10 * SECOND),),
    ).open()


def test_the_position_limit_is_the_accounts(rig):
    """What one strategy has in the market, another cannot have as well."""
    first = rig.buy("3", trader="one")
    refused = rig.buy("3", trader="other")
    small = rig.buy("2", trader="other")

    assert isinstance(first, str)
    assert isinstance(refused, Refused)
    assert refused.code == "MAX_POSITION_QTY"
    assert isinstance(small, str)


def test_orders_of_two_strategies_do_not_meet(rig):
    """The second is refused by name, before the venue sees it."""
    rig.buy("1", "100", trader="one")
    sent = len(rig.venue.wire)
    refused = rig.buy("1", "99", side="sell", trader="other")

    assert refused.code == "SELF_CROSS"
    assert len(rig.venue.wire) == sent


def test_the_rate_budget_is_the_accounts_and_cancels_keep_their_part(rig):
    """Orders of both count together; what is beyond waits, and a cancel does not wait for it."""
    names = [rig.buy("1", "90", trader=trader) for trader in ("one", "other") * 2]
    names.append(rig.buy("1", "90", trader="one"))
    left = len(rig.venue.wire)
    while rig.venue.wire:
        rig.venue.arrive()
    rig.settle()
    rig.desk.cancel_all(trader="one", now_ns=rig.venue.now_ns)
    canceled = len(rig.venue.wire)

    assert all(isinstance(name, str) for name in names)
    assert left == 4  # the fifth part is kept for cancels
    assert canceled == 2


def test_a_strategy_cannot_touch_anothers_order(rig):
    """Nor cancel it, nor learn more than that it is not its own."""
    name = rig.buy("1", "90", trader="one")
    rig.venue.arrive()
    rig.settle()
    cancel = CancelOrder(client_order_id=name, symbol=SYMBOL)
    refused = rig.desk.cancel("other", cancel, now_ns=rig.venue.now_ns)

    assert refused.code == "UNKNOWN_ORDER"
    assert rig.venue.open_ids() == {name}
