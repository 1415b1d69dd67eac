"""An engine for the tests of matching."""

from __future__ import annotations

import pytest

import tradecore as tc


@pytest.fixture
def engine() -> tc.MatchingEngine:
    """An engine for one instrument with a tick of 0.1 and a lot of 0.001."""
    return tc.MatchingEngine([tc.Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001")])
