"""Deribit: inverse perpetuals, settled in the coin."""

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

__all__ = ["DERIBIT"]

_S: Final = 1_000 * MS
_HOUR: Final = 3_600 * _S

DERIBIT: Final = VenueProfile(
    name="deribit",
    title="Deribit",
    kind="inverse",
    currency="BTC",
    fees=Fees(maker=Decimal(0), taker=Decimal("0.0005")),
    fees_source="Deribit, Fees, BTC and ETH perpetual, read 2026-11",
    latency=Latency(feed_ns=2 * MS, entry_ns=3 * MS, response_ns=3 * MS),
    latency_source=LATENCY_ASSUMED,
    limits=(
        RequestLimit(
            kind="token_bucket", capacity=20, refill=5, period_ns=_S, new=1, modify=1, cancel=1
        ),
    ),
    margin=MarginRates(
        initial=Decimal("0.02"),
        maintenance=Decimal("0.01"),
        liquidation_fee=Decimal("0.0075"),
    ),
    funding_interval_ns=_HOUR,
    order_types=(
        "limit",
        "market",
        "stop",
        "stop_limit",
        "trailing_stop",
        "market_to_limit",
        "iceberg",
    ),
    times_in_force=("GTC", "IOC", "FOK", "DAY"),
    self_trade_prevention="cancel_newest",
    reprices_post_only=True,
    day_end_ns=8 * _HOUR,
    instruments=MappingProxyType(
        {
            "BTC-PERPETUAL": InstrumentTerms(
                tick_size=Decimal("0.5"),
                lot_size=Decimal(10),
                min_notional=Decimal(0),
                contract_size=Decimal(1),
            ),
            "ETH-PERPETUAL": InstrumentTerms(
                tick_size=Decimal("0.05"),
                lot_size=Decimal(1),
                min_notional=Decimal(0),
                contract_size=Decimal(1),
            ),
        }
    ),
    sources=MappingProxyType(
        {
            "limits": "API docs, matching engine requests of the lowest tier, 5 a second, burst"
            " 20, 2026-08",
            "margin": "Deribit announcement of 2022-01-11, BTC, standard margin; the rise with the"
            " size of a position is left out",
            "funding": "settled continuously there, once an hour here: name an eighth of the 8 h"
            " rate (Deribit, Perpetual, read 2026-11)",
            "orders": "API docs, private/buy, 2026-08; good_til_day ends at 08:00 UTC; quantities"
            " are in USD",
            "self_trade_prevention": "self_trading_reject_mode reject_taker (API docs, 2026-08)",
            "instruments": "public/get_instruments, recorded 2021-07",
        }
    ),
)
