"""Venues as they were on a date: what they charge, take, limit and refuse."""

from __future__ import annotations

from tradecore.backtest.profiles.binance import BINANCE_SPOT, BINANCE_USDM
from tradecore.backtest.profiles.deribit import DERIBIT
from tradecore.backtest.profiles.grvt import GRVT
from tradecore.backtest.profiles.profile import (
    InstrumentTerms,
    MarginRates,
    RequestLimit,
    VenueProfile,
)

__all__ = [
    "BINANCE_SPOT",
    "BINANCE_USDM",
    "DERIBIT",
    "GRVT",
    "InstrumentTerms",
    "MarginRates",
    "RequestLimit",
    "VenueProfile",
]
