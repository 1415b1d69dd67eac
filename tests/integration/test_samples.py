"""The sample strategies on the market that ships: they trade, keep their limits, and learn."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

import tradecore as tc
from tradecore.model.errors import StrategyError
from tradecore.strategy.samples import AvellanedaStoikov, TwoSidedQuoter

BOTH = pytest.mark.parametrize("sample", [AvellanedaStoikov, TwoSidedQuoter])


def run(strategy, **params):
    """Run a strategy for ten minutes of the sample market."""
    return tc.backtest(
        strategy,
        data="sample",
        venue="binance-usdm",
        fees="venue",
        latency="venue",
        params=params or None,
    )


@BOTH
def test_trades_as_a_maker_and_nothing_is_refused(sample):
    """Its quotes never cross, so none of them is refused and each fill rested."""
    result = run(sample)
    told = result.summary()

    assert result.exit_code == 0
    assert told.fills > 20
    assert told.maker_fills == told.fills
    assert not told.denials
    assert not told.rejections


@BOTH
@pytest.mark.parametrize("limit", ["0.010", "0.030"])
def test_never_holds_more_than_allowed(sample, limit):
    """Whatever fills while a quote is on its way."""
    fills = run(sample, max_position=limit).fills

    held = np.cumsum(fills["side"] * fills["quantity"])
    assert fills.size > 0
    assert np.abs(held).max() <= float(limit) + 1e-9


@BOTH
def test_two_runs_are_the_same(sample):
    """Nothing but the recording and the settings decides."""
    assert run(sample).fills.tobytes() == run(sample).fills.tobytes()


@BOTH
@pytest.mark.parametrize("setting", ["size", "max_position"])
def test_a_setting_without_sense_is_refused(sample, setting):
    """With the name of the setting, and what it was given."""
    with pytest.raises(StrategyError, match=f"greater than 0: {setting}='0'$"):
        sample.from_params({setting: "0"})


@BOTH
def test_a_misspelled_setting_is_refused(sample):
    """A limit that nobody reads is no limit."""
    with pytest.raises(StrategyError, match="did you mean 'max_position'"):
        sample.from_params({"max_postion": "1"})


class Watched(TwoSidedQuoter):
    """Remembers what was held and where the middle of its quote was, beside the market's."""

    def on_start(self):
        """Start with nothing seen."""
        super().on_start()
        self.seen = []

    def quote(self, symbol, bids, asks, **more):
        """Note both sides where there are both."""
        if bids and asks:
            book = self.book(symbol)
            mid = (book.bid_price + book.ask_price) / 2
            middle = (bids[0][0] + asks[0][0]) / 2
            self.seen.append((self.position(symbol).quantity, middle - mid))
        return super().quote(symbol, bids, asks, **more)


def test_the_two_sided_quote_leans_against_the_position():
    """Below the mid when long, above when short, on it when flat."""
    watched = Watched(Watched.Config(max_position=Decimal("0.030")))
    run(watched)

    leans = dict(watched.seen)
    assert min(leans) < 0 < max(leans)
    assert all((lean < 0) == (held > 0) for held, lean in leans.items() if held)
    assert leans[Decimal(0)] == pytest.approx(0.0, abs=1e-6)


def test_avellaneda_stoikov_learns_how_deep_trades_reach():
    """With `calibrate` the configured `k` gives way to the market's; without, it stays."""
    learned = run(AvellanedaStoikov, k_per_bp="1.0").records["k_per_bp"]["value"]
    kept = run(AvellanedaStoikov, k_per_bp="1.0", calibrate="no").records["k_per_bp"]["value"]

    assert learned[0] == 1.0
    assert learned[-1] > 10.0
    assert (kept == 1.0).all()


def test_avellaneda_stoikov_leans_more_the_more_it_holds():
    """The reservation price it records is below the mid when long and above when short."""
    result = run(AvellanedaStoikov, risk_aversion="0.2")
    leans = result.records["reservation_bps"]
    at = np.searchsorted(result.equity["ts_ns"], leans["ts_ns"], side="right") - 1
    held = result.equity["position"][np.maximum(at, 0)]

    assert np.corrcoef(held, leans["value"])[0, 1] < -0.8


def test_avellaneda_stoikov_keeps_its_least_spread():
    """A wider least spread fills less often and further from the mid."""
    narrow = run(AvellanedaStoikov).fills
    wide = run(AvellanedaStoikov, min_spread_ticks="20").fills

    def gain(fills):
        return float(np.mean(fills["side"] * (fills["mid"] - fills["price"])))

    assert wide.size < narrow.size
    assert gain(wide) > gain(narrow)
