"""tradecore: order book, matching engine, backtests and strategies on a Rust core."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from tradecore import sign
from tradecore.core import (
    ExecutionReport,
    Fill,
    Instrument,
    Limits,
    MatchingEngine,
    Order,
    OrderBook,
    OrderEvent,
    OrderState,
    Position,
    RateLimiter,
    Risk,
    SymbolTerms,
    TradecoreError,
    Trader,
)

if TYPE_CHECKING:
    import numpy as np

    from tradecore.backtest.assumptions import Fees, Latency
    from tradecore.backtest.run import backtest
    from tradecore.backtest.sweep import sweep
    from tradecore.strategy import AbstractStrategy, StrategyConfig

    COMMAND_DTYPE: np.dtype[np.void]
    """Commands of `MatchingEngine.process`; docs/reference/matching.md has each field's numbers."""
    REPORT_DTYPE: np.dtype[np.void]
    """Its reports, and those of `take_reports`; described in the same place."""
    SPECIAL_COMMAND_DTYPE: np.dtype[np.void]
    """Commands with the terms few orders have; described in the same place."""

__all__ = [
    "COMMAND_DTYPE",
    "REPORT_DTYPE",
    "SPECIAL_COMMAND_DTYPE",
    "AbstractStrategy",
    "ExecutionReport",
    "Fees",
    "Fill",
    "Instrument",
    "Latency",
    "Limits",
    "MatchingEngine",
    "Order",
    "OrderBook",
    "OrderEvent",
    "OrderState",
    "Position",
    "RateLimiter",
    "Risk",
    "StrategyConfig",
    "SymbolTerms",
    "TradecoreError",
    "Trader",
    "backtest",
    "sign",
    "sweep",
]

# Where a name is that brings pydantic with it.
_LAZY = {
    "AbstractStrategy": "tradecore.strategy",
    "Fees": "tradecore.backtest",
    "Latency": "tradecore.backtest",
    "StrategyConfig": "tradecore.strategy",
    "sweep": "tradecore.backtest.sweep",
}


def __getattr__(name: str) -> object:
    """Import what is heavy when it is first asked for."""
    from tradecore import core  # noqa: PLC0415 -- numpy is imported only by those who use arrays

    if name == "COMMAND_DTYPE":
        return core.command_dtype()
    if name == "REPORT_DTYPE":
        return core.report_dtype()
    if name == "SPECIAL_COMMAND_DTYPE":
        return core.special_command_dtype()
    if name == "backtest":
        # A package that can be called, see there.
        return import_module("tradecore.backtest")
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'tradecore' has no attribute {name!r}")
