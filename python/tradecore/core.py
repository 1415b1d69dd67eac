"""The only door to the Rust core: every other module imports its names from here."""

from __future__ import annotations

from tradecore._core import (
    BookGapError,
    DataError,
    EngineBook,
    ExecutionReport,
    InputError,
    Instrument,
    InstrumentSpecError,
    MatchingEngine,
    PriceError,
    QuantityError,
    SigningError,
    TradecoreError,
    UnknownSymbolError,
    command_dtype,
    report_dtype,
)

__all__ = [
    "BookGapError",
    "DataError",
    "EngineBook",
    "ExecutionReport",
    "InputError",
    "Instrument",
    "InstrumentSpecError",
    "MatchingEngine",
    "PriceError",
    "QuantityError",
    "SigningError",
    "TradecoreError",
    "UnknownSymbolError",
    "command_dtype",
    "report_dtype",
]
