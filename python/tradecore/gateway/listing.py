"""What a venue trades, made from its settings or from what an administrator says of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from tradecore.core import InputError, Instrument
from tradecore.model.venue import InstrumentTerms
from tradecore.venue import VenueInstrument, brackets_of
from tradecore.venue.sheets import instrument_of, sheet_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.gateway.settings import InstrumentSettings

__all__ = ["TermsChange", "listed", "listed_one", "with_terms"]

#: The largest position a bracket covers; what is beyond belongs to the last one.
_CAP: Final = "1000000000"
_LOTS_MAX: Final = 10**9
_FUNDING: Final = Decimal(0)
_LEVERAGE_FIRST: Final = 20


def listed(instruments: Mapping[str, InstrumentSettings]) -> tuple[VenueInstrument, ...]:
    """Return the instruments in the order of the settings: linear, settled in their quote."""
    return tuple(listed_one(symbol, one) for symbol, one in instruments.items())


def listed_one(symbol: str, one: InstrumentSettings) -> VenueInstrument:
    """Return one of them.

    Raises:
        InputError: If its name or its money cannot be counted with.
    """
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
        leverage=min(one.leverage_max, _LEVERAGE_FIRST),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsChange:
    """Terms that may become others while an instrument trades; `None` where they stay.

    Prices and quantities are in units of the instrument; a band is in hundredths of a percent.
    """

    price_min: Decimal | None = None
    price_max: Decimal | None = None
    quantity_min: Decimal | None = None
    quantity_max: Decimal | None = None
    leverage_max: int | None = None
    maintenance_rate: Decimal | None = None
    band_bps: int | None = None
    halt_ns: int | None = None

    def said(self) -> dict[str, str]:
        """Return what is to be another way, by name."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: str(value) for name, value in found.items() if value is not None}


def with_terms(one: VenueInstrument, change: TermsChange) -> VenueInstrument:
    """Return an instrument with other terms.

    Raises:
        InputError: If they do not go together.
    """
    sheet, bracket = sheet_of(one), one.brackets[-1]
    price_min, price_max = _range(change, sheet, "price", one.instrument.tick_size)
    low, high = _range(change, sheet, "quantity", one.instrument.lot_size)
    leverage_max = change.leverage_max or max(each.leverage_max for each in one.brackets)
    rate = change.maintenance_rate or bracket.maintenance_rate
    if rate * leverage_max >= 1:
        raise InputError(
            f"maintenance margin is below the margin a position opens with: "
            f"leverage_max={leverage_max}, maintenance_rate={rate}, symbol={one.symbol}"
        )
    band_bps = sheet.band_bps if change.band_bps is None else change.band_bps
    halt_ns = sheet.halt_ns if change.halt_ns is None else change.halt_ns
    if halt_ns and not band_bps:
        raise InputError(f"a halt is of a band: band_bps=0, halt_ns={halt_ns}, symbol={one.symbol}")
    changes_margin = change.leverage_max is not None or change.maintenance_rate is not None
    rows = ((leverage_max, _CAP, str(rate)),)
    return instrument_of(
        one.instrument,
        replace(
            sheet,
            price_min=price_min,
            price_max=price_max,
            quantity_min=low,
            quantity_max=high,
            market_quantity_min=low,
            market_quantity_max=high,
            brackets=brackets_of(rows) if changes_margin else sheet.brackets,
            leverage=min(leverage_max, _LEVERAGE_FIRST) if changes_margin else sheet.leverage,
            band_bps=band_bps,
            halt_ns=halt_ns,
        ),
    )


def _range(
    change: TermsChange, sheet: object, what: str, step: Decimal
) -> tuple[Decimal | None, Decimal | None]:
    """Return least and most of a price or quantity, both on their step."""
    ends: list[Decimal | None] = []
    for name in (f"{what}_min", f"{what}_max"):
        said = getattr(change, name)
        if said is not None and (said < step or said % step):
            raise InputError(f"{name} is a multiple of its step: {name}={said}, step={step}")
        ends.append(getattr(sheet, name) if said is None else said)
    low, high = ends
    if low is not None and high is not None and low > high:
        raise InputError(f"the least {what} is not above the most: least={low}, most={high}")
    return low, high
