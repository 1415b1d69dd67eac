"""A run without fills says why, with numbers."""

from __future__ import annotations

import pytest

import tradecore as tc
from support.strategies import AtTouch, Silent


def told(strategy, data, **params):
    """Return the sentences of a run."""
    result = tc.backtest(strategy, data=data, fees="zero", latency="venue", params=params or None)
    assert result.summary().fills == 0
    return result.diagnosis


def test_nobody_listens(short_tape):
    """No callback, no order."""
    (sentence,) = told(Silent, short_tape)

    assert sentence.startswith("nothing was filled: no order was sent, no market callback was ever")
    assert sentence.endswith("does on_start subscribe?")


def test_quotes_too_far_out(short_tape):
    """How far they stood, and how near the market came."""
    (sentence,) = told(AtTouch, short_tape, away_ticks=900)

    assert sentence.startswith("nothing was filled: quotes rested ")
    assert "times, on average 900.0 ticks behind the touch with 0.000 displayed" in sentence
    assert "trades on their side reached them, the nearest came" in sentence
    assert sentence.endswith("ticks short")


def test_every_order_denied(short_tape):
    """By which rule, and how often."""

    class OffTick(tc.AbstractStrategy):
        def on_start(self):
            self.subscribe("BTCUSDT", book=1)

        def on_book(self, book):
            self.buy(book.symbol, "0.01", "59999.05")

    (sentence,) = told(OffTick, short_tape)
    assert "orders were denied before leaving: " in sentence


class Crossing(tc.AbstractStrategy):
    """Sends post-only orders that would take."""

    def on_start(self):
        """Hear of the touch."""
        self.subscribe("BTCUSDT", book=1)

    def on_book(self, book):
        """Bid far above the market."""
        self.buy(book.symbol, "0.01", "61000.0", post_only=True)


def test_every_order_refused_by_the_venue(short_tape):
    """By which rule, and how often."""
    sentences = told(Crossing, short_tape)

    refused = sentences[0].removeprefix("the venue refused ").split(" ")[0]
    assert int(refused.replace(",", "")) > 100
    assert sentences[0].endswith(" POST_ONLY_WOULD_CROSS")
    assert sentences[1].startswith("nothing was filled: no order came to rest")


@pytest.mark.parametrize("queue", ["risk-averse", "power", "power-2", "power-3"])
def test_no_model_fills_without_trades_at_the_price(short_tape, queue):
    """Ninety ticks out nothing trades in half a minute, whatever the queue model."""
    result = tc.backtest(
        AtTouch,
        data=short_tape,
        fees="zero",
        latency="zero",
        queue=queue,
        params={"away_ticks": "90"},
    )
    assert result.summary().fills == 0


def test_a_halt_before_any_order_is_the_only_finding(short_tape):
    """That nothing was filled follows from it."""

    class Raising(tc.AbstractStrategy):
        def on_start(self):
            self.subscribe("BTCUSDT", book=1)

        def on_book(self, _book):
            raise ValueError("told to")

    (sentence,) = told(Raising, short_tape)
    assert sentence.endswith(": on_book raised ValueError: told to")
