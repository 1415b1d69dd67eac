"""Binance: USDⓈ-M futures and spot."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final

from tradecore.backtest.assumptions import Fees, FeeTier, Latency
from tradecore.backtest.profiles.profile import (
    LATENCY_ASSUMED,
    MS,
    InstrumentTerms,
    MarginRates,
    RequestLimit,
    VenueProfile,
)

__all__ = ["BINANCE_SPOT", "BINANCE_USDM"]

_S: Final = 1_000 * MS
_LATENCY: Final = Latency(feed_ns=2 * MS, entry_ns=3 * MS, response_ns=3 * MS)
_BPS: Final = Decimal("0.0001")
_MILLION: Final = 1_000_000

# 30-day spot volume in millions, then maker and taker in basis points: spot, futures.
_VIP: Final = (
    (1, ("9", "10"), ("1.6", "4")),
    (5, ("8", "10"), ("1.4", "3.5")),
    (20, ("4.2", "6"), ("1.2", "3.2")),
    (50, ("4.2", "5.4"), ("1", "3")),
    (100, ("3.6", "4.8"), ("0.8", "2.7")),
    (250, ("3", "4.2"), ("0.6", "2.5")),
    (500, ("2.4", "3.6"), ("0.4", "2.2")),
    (1000, ("1.8", "3"), ("0.2", "2")),
    (2500, ("1.2", "2.4"), ("0", "1.7")),
)
_FUTURES_VOLUME_TIMES: Final = 5


def _tier(millions: int, rates: tuple[str, str]) -> FeeTier:
    maker, taker = (Decimal(rate) * _BPS for rate in rates)
    return FeeTier(volume=Decimal(millions * _MILLION), maker=maker, taker=taker)


_TIERS_SOURCE: Final = (
    "rates and spot volumes: published tables of VIP 1 to 9, read 2026-11; futures volumes are five"
    " times the spot ones (Binance FAQ 360033544231, read 2026-11); holdings of BNB, which a level"
    " asks for as well, are taken as there"
)

BINANCE_USDM: Final = VenueProfile(
    name="binance-usdm",
    title="Binance USD-M futures",
    kind="linear",
    currency="USDT",
    fees=Fees(
        maker=Decimal("0.0002"),
        taker=Decimal("0.0005"),
        tiers=tuple(_tier(spot * _FUTURES_VOLUME_TIMES, futures) for spot, _, futures in _VIP),
    ),
    fees_source="Binance, Futures Trading Fee, USDT contracts, regular user, 2024-08",
    latency=_LATENCY,
    latency_source=LATENCY_ASSUMED,
    limits=(
        RequestLimit(kind="weighted", capacity=300, period_ns=10 * _S),
        RequestLimit(kind="weighted", capacity=1200, period_ns=60 * _S),
    ),
    margin=MarginRates(
        initial=Decimal("0.05"),
        maintenance=Decimal("0.004"),
        liquidation_fee=Decimal("0.012"),
    ),
    funding_interval_ns=8 * 3600 * _S,
    order_types=("limit", "market", "stop", "stop_limit", "trailing_stop"),
    times_in_force=("GTC", "IOC", "FOK", "GTD"),
    self_trade_prevention="cancel_oldest",
    orders_max=200,
    instruments=MappingProxyType(
        {
            "BTCUSDT": InstrumentTerms(
                tick_size=Decimal("0.1"),
                lot_size=Decimal("0.001"),
                min_notional=Decimal(100),
                contract_size=Decimal(1),
            ),
            "ETHUSDT": InstrumentTerms(
                tick_size=Decimal("0.01"),
                lot_size=Decimal("0.001"),
                min_notional=Decimal(20),
                contract_size=Decimal(1),
            ),
        }
    ),
    sources=MappingProxyType(
        {
            "tiers": _TIERS_SOURCE,
            "limits": "exchangeInfo rateLimits ORDERS 10 s and 1 min, recorded 2025",
            "margin": "20x, the leverage an account starts with (Binance FAQ, 2020-06); "
            "maintenance of the first bracket of BTCUSDT (announcement of 2021-06-22); liquidation"
            " fee from exchangeInfo, recorded 2025; brackets above the first are left out",
            "funding": "every 8 h (USDⓈ-M docs, fundingInfo, 2026)",
            "orders": "exchangeInfo orderTypes; GTD since 2024; conditional orders trigger by the"
            " last price (workingType CONTRACT_PRICE); a trailing distance is in price here, in"
            " percent there",
            "self_trade_prevention": "EXPIRE_MAKER, as recorded orders have it, 2025-12",
            "orders_max": "exchangeInfo MAX_NUM_ORDERS, recorded 2025",
            "instruments": "exchangeInfo PRICE_FILTER and LOT_SIZE, recorded 2025; least values"
            " as of 2025 and from memory: check them",
        }
    ),
)

BINANCE_SPOT: Final = VenueProfile(
    name="binance-spot",
    title="Binance spot",
    kind="spot",
    currency="USDT",
    fees=Fees(
        maker=Decimal("0.001"),
        taker=Decimal("0.001"),
        tiers=tuple(_tier(volume, spot) for volume, spot, _ in _VIP),
    ),
    fees_source="Binance, Spot Trading Fee, regular user without BNB, 2024-08",
    latency=_LATENCY,
    latency_source=LATENCY_ASSUMED,
    limits=(RequestLimit(kind="weighted", capacity=100, period_ns=10 * _S),),
    order_types=("limit", "market", "stop", "stop_limit", "trailing_stop", "iceberg"),
    self_trade_prevention="cancel_oldest",
    orders_max=200,
    instruments=MappingProxyType(
        {
            "BTCUSDT": InstrumentTerms(
                tick_size=Decimal("0.01"),
                lot_size=Decimal("0.00001"),
                min_notional=Decimal(5),
                contract_size=Decimal(1),
            ),
            "ETHUSDT": InstrumentTerms(
                tick_size=Decimal("0.01"),
                lot_size=Decimal("0.0001"),
                min_notional=Decimal(5),
                contract_size=Decimal(1),
            ),
        }
    ),
    sources=MappingProxyType(
        {
            "tiers": _TIERS_SOURCE,
            "limits": "exchangeInfo rateLimits ORDERS 10 s, as of 2024 and from memory: check it",
            "orders": "spot API docs, order types, 2025; fees are counted in the quote currency",
            "self_trade_prevention": "EXPIRE_MAKER, defaultSelfTradePreventionMode, 2025",
            "orders_max": "exchangeInfo MAX_NUM_ORDERS, as of 2024 and from memory: check it",
            "instruments": "exchangeInfo PRICE_FILTER, LOT_SIZE and NOTIONAL, as of 2024 and from"
            " memory: check them",
        }
    ),
)
