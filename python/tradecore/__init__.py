"""tradecore: order book, matching engine, backtests and strategies on a Rust core."""

from __future__ import annotations

from tradecore.core import Instrument, TradecoreError

__all__ = ["Instrument", "TradecoreError"]
