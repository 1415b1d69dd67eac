"""The only door to the Rust core: every other module imports its names from here."""

from __future__ import annotations

from tradecore._core import (
    BUILD_PROFILE,
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
    __version__,
)

__all__ = [
    "BUILD_PROFILE",
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
    "__version__",
]
