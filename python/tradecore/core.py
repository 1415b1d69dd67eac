"""The only door to the Rust core: every other module imports its names from here."""

from __future__ import annotations

from tradecore._core import (
    BookGapError,
    DataError,
    InputError,
    Instrument,
    InstrumentSpecError,
    PriceError,
    QuantityError,
    SigningError,
    TradecoreError,
    UnknownSymbolError,
)

__all__ = [
    "BookGapError",
    "DataError",
    "InputError",
    "Instrument",
    "InstrumentSpecError",
    "PriceError",
    "QuantityError",
    "SigningError",
    "TradecoreError",
    "UnknownSymbolError",
]
