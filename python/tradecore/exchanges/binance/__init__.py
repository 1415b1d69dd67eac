"""Binance USDⓈ-M futures: codecs over messages that both ends of the wire share."""

from __future__ import annotations

from tradecore.exchanges.binance.plugin import PLUGIN, BinancePlugin, endpoints_at

__all__ = ["PLUGIN", "BinancePlugin", "endpoints_at"]
