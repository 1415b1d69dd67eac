"""The instruments the local exchange lists: three perpetuals with the usual steps and margins."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from tradecore.core import Instrument
from tradecore.model.venue import InstrumentTerms
from tradecore.venue import VenueInstrument, brackets_of

__all__ = ["perpetuals"]

_BRACKETS: Final = brackets_of(
    (
        (125, "50000", "0.004"),
        (100, "600000", "0.005"),
        (75, "3000000", "0.0065"),
        (50, "12000000", "0.01"),
        (25, "70000000", "0.02"),
        (20, "100000000", "0.025"),
        (10, "230000000", "0.05"),
        (5, "480000000", "0.1"),
        (4, "600000000", "0.125"),
        (3, "800000000", "0.15"),
        (2, "1200000000", "0.25"),
        (1, "1800000000", "0.5"),
    )
)
#: Symbol, base, tick, lot, least value, price it starts at.
_ROWS: Final = (
    ("BTCUSDT", "BTC", "0.10", "0.001", "5", "60000"),
    ("ETHUSDT", "ETH", "0.01", "0.001", "5", "3000"),
    ("SOLUSDT", "SOL", "0.0100", "0.01", "5", "150"),
)
MAKER_FEE: Final = Decimal("0.0002")
TAKER_FEE: Final = Decimal("0.0005")


def perpetuals() -> tuple[VenueInstrument, ...]:
    """Return the instruments, linear and settled in USDT."""
    return tuple(
        perpetual(symbol, base, tick_size=tick, lot_size=lot, min_notional=least, price=price)
        for symbol, base, tick, lot, least, price in _ROWS
    )


def perpetual(
    symbol: str, base: str, *, tick_size: str, lot_size: str, min_notional: str, price: str
) -> VenueInstrument:
    """Return one perpetual with our fees, brackets and bands."""
    lot = Decimal(lot_size)
    instrument = Instrument(
        symbol,
        tick_size=tick_size,
        lot_size=lot_size,
        kind="linear",
        min_notional=min_notional,
        maker_fee=MAKER_FEE,
        taker_fee=TAKER_FEE,
    )
    return VenueInstrument(
        terms=InstrumentTerms(
            instrument=instrument,
            base=base,
            quote="USDT",
            margin_currency="USDT",
            is_trading=True,
            price_min=Decimal(tick_size),
            price_max=Decimal(price) * 100,
            quantity_min=lot,
            quantity_max=lot * 1_000_000,
            market_quantity_min=lot,
            market_quantity_max=lot * 120_000,
            open_orders_max=200,
            price_up=Decimal("1.15"),
            price_down=Decimal("0.85"),
        ),
        brackets=_BRACKETS,
        reference_price=Decimal(price),
    )
