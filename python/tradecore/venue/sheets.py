"""What a venue asks of an instrument beside its engine's terms, as it is written down."""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003 - msgspec reads the types of fields
from typing import TYPE_CHECKING, Final

import msgspec

from tradecore.core import DataError
from tradecore.model.venue import InstrumentTerms
from tradecore.venue.instruments import LeverageBracket, VenueInstrument

if TYPE_CHECKING:
    from tradecore.core import Instrument, VenueEngine

__all__ = ["Sheet", "instrument_of", "listed_before", "read_sheet", "sheet_of", "write_sheet"]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of an instrument that the engine has no use for, as `VenueInstrument` names them.

    Args:
        listed_ns: When it came to a venue that ran already; 0 of one the venue began with.
    """

    base: str
    quote: str
    margin_currency: str
    is_trading: bool
    price_min: Decimal | None
    price_max: Decimal | None
    quantity_min: Decimal | None
    quantity_max: Decimal | None
    market_quantity_min: Decimal | None
    market_quantity_max: Decimal | None
    open_orders_max: int | None
    price_up: Decimal | None
    price_down: Decimal | None
    brackets: tuple[LeverageBracket, ...]
    reference_price: Decimal
    funding_rate: Decimal
    funding_period_ns: int
    leverage: int
    band_bps: int
    halt_ns: int
    listed_ns: int


_TERMS: Final = tuple(name for name in InstrumentTerms.__struct_fields__ if name != "instrument")
_REST: Final = tuple(name for name in Sheet.__struct_fields__ if name not in _TERMS)
_DECODER: Final = msgspec.json.Decoder(Sheet)
_ENCODER: Final = msgspec.json.Encoder(decimal_format="string", order="deterministic")


def sheet_of(listed: VenueInstrument, /) -> Sheet:
    """Return what is written down of an instrument."""
    terms = {name: getattr(listed.terms, name) for name in _TERMS}
    return Sheet(**terms, **{name: getattr(listed, name) for name in _REST})


def instrument_of(instrument: Instrument, sheet: Sheet, /) -> VenueInstrument:
    """Return an instrument as its venue runs it."""
    terms = {name: getattr(sheet, name) for name in _TERMS}
    return VenueInstrument(
        terms=InstrumentTerms(instrument=instrument, **terms),
        **{name: getattr(sheet, name) for name in _REST},
    )


def write_sheet(sheet: Sheet, /) -> bytes:
    """Return a sheet as JSON, for the engine's journal."""
    return _ENCODER.encode(sheet)


def read_sheet(about: bytes, /) -> Sheet:
    """Return what `write_sheet` wrote.

    Raises:
        DataError: If it is nothing of the kind.
    """
    try:
        return _DECODER.decode(about)
    except msgspec.MsgspecError as error:
        raise DataError(f"a listed instrument has the sheet a venue wrote: {error}") from error


def listed_before(engine: VenueEngine, /) -> tuple[VenueInstrument, ...]:
    """Return the instruments an engine's journal says were listed, in the engine's order.

    Raises:
        DataError: If one of them has no sheet.
    """
    found = engine.listings
    return tuple(instrument_of(instrument, read_sheet(about)) for instrument, about in found)
