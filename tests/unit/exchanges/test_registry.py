"""A venue is found by its name, and says which orders it takes."""

from __future__ import annotations

import pytest

from tradecore.exchanges.registry import order_types

STOPS = ("stop", "stop_limit", "trailing_stop")


@pytest.mark.parametrize(
    ("name", "types"),
    [
        pytest.param("BINANCE", ("limit", "market", *STOPS), id="ours"),
        pytest.param("binance", ("limit", "market", *STOPS), id="in-any-case"),
        pytest.param("NOWHERE", ("limit", "market"), id="not-installed"),
    ],
)
def test_a_venue_says_which_orders_it_takes(name, types):
    """Of one whose plug-in is elsewhere a trader's process knows what every venue takes."""
    assert order_types(name) == types
