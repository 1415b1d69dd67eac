"""tradecore: order book, matching engine, backtests and strategies on a Rust core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore import sign
from tradecore.core import (
    ExecutionReport,
    Instrument,
    MatchingEngine,
    OrderBook,
    RateLimiter,
    TradecoreError,
)

if TYPE_CHECKING:
    import numpy as np

    COMMAND_DTYPE: np.dtype[np.void]
    REPORT_DTYPE: np.dtype[np.void]

__all__ = [
    "COMMAND_DTYPE",
    "REPORT_DTYPE",
    "ExecutionReport",
    "Instrument",
    "MatchingEngine",
    "OrderBook",
    "RateLimiter",
    "TradecoreError",
    "sign",
]


def __getattr__(name: str) -> object:
    """Import what is heavy when it is first asked for."""
    from tradecore import core  # noqa: PLC0415 -- numpy is imported only by those who use arrays

    if name == "COMMAND_DTYPE":
        return core.command_dtype()
    if name == "REPORT_DTYPE":
        return core.report_dtype()
    raise AttributeError(f"module 'tradecore' has no attribute {name!r}")
