"""GRVT: perpetuals settled in USDT."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final

from tradecore.backtest.assumptions import Fees, Latency
from tradecore.backtest.profiles.profile import (
    LATENCY_ASSUMED,
    MS,
    InstrumentTerms,
    MarginRates,
    RequestLimit,
    VenueProfile,
)

__all__ = ["GRVT"]

_S: Final = 1_000 * MS

GRVT: Final = VenueProfile(
    name="grvt",
    title="GRVT",
    kind="linear",
    currency="USDT",
    fees=Fees(maker=Decimal("-0.000001"), taker=Decimal("0.00045")),
    fees_source="GRVT, level 1: taker as in a recorded fill, maker as reported 2026-03",
    latency=Latency(feed_ns=5 * MS, entry_ns=10 * MS, response_ns=10 * MS),
    latency_source=LATENCY_ASSUMED,
    limits=(RequestLimit(kind="sliding_window", capacity=200, period_ns=10 * _S, cancel=1),),
    margin=MarginRates(
        initial=Decimal("0.02"),
        maintenance=Decimal("0.0125"),
        liquidation_fee=Decimal("0.009"),
    ),
    funding_interval_ns=8 * 3600 * _S,
    order_types=("limit", "market"),
    times_in_force=("GTC", "IOC", "FOK", "GTD"),
    instruments=MappingProxyType(
        {
            "BTC_USDT_Perp": InstrumentTerms(
                tick_size=Decimal("0.1"),
                lot_size=Decimal("0.001"),
                min_notional=Decimal(100),
                contract_size=Decimal(1),
            ),
        }
    ),
    sources=MappingProxyType(
        {
            "limits": "not published; what known clients keep to, 2026",
            "margin": "GRVT help 10255049, up to 50x, the higher of its first two maintenance"
            " rates, and 9614699, liquidation fee, both read 2026-11",
            "funding": "every 8 h (market data API, BTC_USDT_Perp, 2025)",
            "orders": "API docs, create_order, 2026; orders that may take wait 25 ms at the venue,"
            " which is left out: add it to the order entry latency of a taker",
            "instruments": "market data API, instrument, recorded 2025",
        }
    ),
)
