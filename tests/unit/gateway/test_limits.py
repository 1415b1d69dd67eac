"""Limits of accounts: the stricter holds, and what was set outlasts the process."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tradecore.core import DataError
from tradecore.gateway.limits import LimitTable, LimitValues
from tradecore.gateway.settings import RiskSettings

EVERYBODY = LimitValues(max_order_value=Decimal(100), max_leverage=Decimal(5))


def test_the_stricter_of_two_limits_holds(tmp_path):
    """An account's own limits cannot loosen everybody's."""
    table = LimitTable(EVERYBODY, tmp_path / "limits.json")
    table.set(7, LimitValues(max_order_value=Decimal(500), max_open_orders=3))

    found = table.of(7)

    assert (found.max_order_value, found.max_leverage, found.max_open_orders) == (100, 5, 3)
    assert table.of(8) == EVERYBODY


def test_what_was_set_is_there_again(tmp_path):
    """Exactly, digit by digit."""
    values = LimitValues(max_position_value=Decimal("0.0000001"), max_open_orders=9)
    LimitTable(EVERYBODY, tmp_path / "limits.json").set(7, values)

    again = LimitTable(EVERYBODY, tmp_path / "limits.json")
    again.load()

    assert again.own() == {(7, ""): values}


def test_a_strategy_s_limits_stand_beside_its_account_s(tmp_path):
    """The strictest of all three holds for its orders, and its name may have a stroke in it."""
    table = LimitTable(EVERYBODY, tmp_path / "limits.json")
    table.set(7, LimitValues(max_order_value=Decimal(50)))
    table.set(7, LimitValues(max_order_value=Decimal(80), max_open_orders=2), strategy="a/b")
    table.set(7, LimitValues(max_order_value=Decimal(10)), strategy="c")
    again = LimitTable(EVERYBODY, tmp_path / "limits.json")
    again.load()

    assert again.own() == table.own()
    assert again.of(7).max_order_value == 50
    found = again.of(7, "a/b")
    assert (found.max_order_value, found.max_open_orders, found.max_leverage) == (50, 2, 5)
    assert again.of(7, "c").max_order_value == 10
    assert again.of(8, "c") == EVERYBODY


@pytest.mark.parametrize("text", ["[", "[]", '{"x": {}}', '{"7": {"max_color": "1"}}'])
def test_a_file_that_is_none_of_ours_is_refused(tmp_path, text):
    """A venue does not begin with limits it cannot read."""
    (tmp_path / "limits.json").write_text(text)

    with pytest.raises(DataError, match="limits of accounts are kept as JSON"):
        LimitTable(EVERYBODY, tmp_path / "limits.json").load()


def test_switched_off_nothing_is_limited():
    """Margin holds all the same; that is the venue's own rule."""
    assert LimitValues.of_settings(RiskSettings(risk_limits_enabled=False)) == LimitValues()
    assert LimitValues.of_settings(RiskSettings()).max_order_value == 50_000
