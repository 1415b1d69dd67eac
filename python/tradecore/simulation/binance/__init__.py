"""The local exchange's door for clients of Binance USDⓈ-M futures."""

from __future__ import annotations

from tradecore.simulation.binance.exchange import BinanceExchange
from tradecore.simulation.binance.limits import LimitSettings

__all__ = ["BinanceExchange", "LimitSettings"]
