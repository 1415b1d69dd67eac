"""Strategies on recorded markets; the package itself can be called: ``tradecore.backtest(...)``."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from tradecore.backtest.assumptions import QUEUE_MODELS, Fees, FeeTier, Latency
from tradecore.backtest.listings import RecordedMarket
from tradecore.backtest.lookahead import LookAhead, check_look_ahead
from tradecore.backtest.performance import Performance
from tradecore.backtest.result import BacktestResult
from tradecore.backtest.rules import FundingPayment, FundingRate, Outage
from tradecore.backtest.run import backtest
from tradecore.backtest.summary import Summary, SymbolSummary
from tradecore.backtest.travel import LogNormal, Measured, Quantiles
from tradecore.backtest.venues import VENUES, VenueProfile

__all__ = [
    "QUEUE_MODELS",
    "VENUES",
    "BacktestResult",
    "FeeTier",
    "Fees",
    "FundingPayment",
    "FundingRate",
    "Latency",
    "LogNormal",
    "LookAhead",
    "Measured",
    "Outage",
    "Performance",
    "Quantiles",
    "RecordedMarket",
    "Summary",
    "SymbolSummary",
    "VenueProfile",
    "backtest",
    "check_look_ahead",
]


class _CallablePackage(ModuleType):
    """Lets `tradecore.backtest` be the package and the function, as its two names are one."""

    def __call__(self, *args: Any, **named: Any) -> BacktestResult:  # noqa: ANN401 - handed through
        return backtest(*args, **named)


sys.modules[__name__].__class__ = _CallablePackage
