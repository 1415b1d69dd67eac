"""What a venue trades, made from its settings."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.core import Instrument
from tradecore.model.venue import InstrumentTerms
from tradecore.venue import VenueInstrument, brackets_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.gateway.settings import InstrumentSettings

__all__ = ["listed"]

#: The largest position a bracket covers; what is beyond belongs to the last one.
_CAP: Final = "1000000000"
_LOTS_MAX: Final = 10**9
_FUNDING: Final = Decimal(0)


def listed(instruments: Mapping[str, InstrumentSettings]) -> tuple[VenueInstrument, ...]:
    """Return the instruments in the order of the settings: linear, settled in their quote."""
    return tuple(_instrument(symbol, one) for symbol, one in instruments.items())


def _instrument(symbol: str, one: InstrumentSettings) -> VenueInstrument:
    return VenueInstrument(
        terms=InstrumentTerms(
            instrument=Instrument(
                symbol,
                tick_size=one.tick_size,
                lot_size=one.lot_size,
                kind="linear",
                min_notional=one.min_notional,
                maker_fee=one.maker_fee,
                taker_fee=one.taker_fee,
            ),
            base=one.base,
            quote=one.quote,
            margin_currency=one.quote,
            is_trading=True,
            price_min=one.tick_size,
            price_max=one.price * 100,
            quantity_min=one.lot_size,
            quantity_max=one.lot_size * _LOTS_MAX,
            market_quantity_min=one.lot_size,
            market_quantity_max=one.lot_size * _LOTS_MAX,
        ),
        brackets=brackets_of(((one.leverage_max, _CAP, str(one.maintenance_rate)),)),
        reference_price=one.price,
        funding_rate=_FUNDING,
        leverage=min(one.leverage_max, 20),
    )
