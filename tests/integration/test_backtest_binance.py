"""Backtests on what Binance really sent."""

from __future__ import annotations

import pytest

import tradecore as tc
from support.strategies import AtTouch, Silent

RECORDINGS = {
    "binance-usdm": ("usdm_btcusdt_20240808.gz", 93_954),
    "binance-spot": ("spot_btcusdt_20240808.gz", 41_249),
}


@pytest.fixture(params=RECORDINGS)
def recorded(request, shared_dir):
    """Return venue, path and number of lines."""
    name, lines = RECORDINGS[request.param]
    path = shared_dir / "data" / "binance_raw" / name
    if not path.exists():
        pytest.skip(f"needs ../shared/data/binance_raw/{name}: not present")
    return request.param, path, lines


def test_every_line_is_an_event_and_none_is_missing(recorded):
    """No gap, nothing crossed, nothing corrupt."""
    venue, path, lines = recorded
    told = tc.backtest(Silent, data=path, venue=venue, fees="venue", latency="venue").summary()

    assert told.events == lines
    for kind in ("gaps", "crossed", "corrupt", "disordered"):
        assert told.counts[kind] == 0, kind


def test_quoting_at_the_touch_is_filled_and_adds_up(recorded):
    """Hundreds of fills, exact to the last digit, and the same ones again."""
    venue, path, _ = recorded
    named = {"data": path, "venue": venue, "fees": "venue", "latency": "venue"}
    first, second = (tc.backtest(AtTouch, **named) for _ in range(2))
    told = first.summary()

    assert told.fills > 100
    assert told.pnl.net == second.summary().pnl.net
    assert first.fills.tobytes() == second.fills.tobytes()
    assert abs(first.equity["position"]).max() < 0.0601
