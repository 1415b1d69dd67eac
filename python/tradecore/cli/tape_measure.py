"""A backtest on the tape that ships, for `tradecore bench`: what one event costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.backtest import backtest
from tradecore.strategy import AbstractStrategy, StrategyConfig

if TYPE_CHECKING:
    from tradecore.model import BookView

__all__ = ["run_tape"]


class _Sleeper(AbstractStrategy):
    """Hears nothing and does nothing."""


class _Watcher(AbstractStrategy):
    """Hears every change of the best prices and does nothing."""

    class Config(StrategyConfig):
        """What to hear."""

        symbol: str = "BTCUSDT"

    def on_start(self) -> None:
        """Ask for the best bid and ask."""
        self.subscribe(self.config.symbol, book=1)

    def on_book(self, book: BookView) -> None:
        """Do nothing with it."""


def run_tape(*, watched: bool) -> int:
    """Play the sample tape to a strategy that does nothing; return the number of its events."""
    strategy = _Watcher if watched else _Sleeper
    result = backtest(strategy, data="sample", fees="zero", latency="zero")
    return result.summary().events
