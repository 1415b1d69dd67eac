"""tradecore: order book, matching engine, backtests and strategies on a Rust core."""

from __future__ import annotations

from tradecore import sign
from tradecore.core import Instrument, RateLimiter, TradecoreError

__all__ = ["Instrument", "RateLimiter", "TradecoreError", "sign"]
