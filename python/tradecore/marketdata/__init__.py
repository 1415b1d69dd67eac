"""Market data: a venue's book by price, recordings, and what a recording says of itself."""

from __future__ import annotations

from tradecore.core import BinanceFrames, BookView, OrderBook, TapeReader, TapeWriter
from tradecore.marketdata.convert import FORMATS, Conversion, Format, Terms, UnreadRecord, convert
from tradecore.marketdata.replay import (
    BookRebuild,
    Disagreement,
    Fault,
    Gap,
    LobsterComparison,
    RowDifference,
    rebuild_book,
    replay_lobster,
)
from tradecore.marketdata.sources import (
    Progress,
    RawFile,
    Recording,
    open_recording,
    open_tape,
    read_file,
    write_tape,
)

__all__ = [
    "FORMATS",
    "BinanceFrames",
    "BookRebuild",
    "BookView",
    "Conversion",
    "Disagreement",
    "Fault",
    "Format",
    "Gap",
    "LobsterComparison",
    "OrderBook",
    "Progress",
    "RawFile",
    "Recording",
    "RowDifference",
    "TapeReader",
    "TapeWriter",
    "Terms",
    "UnreadRecord",
    "convert",
    "open_recording",
    "open_tape",
    "read_file",
    "rebuild_book",
    "replay_lobster",
    "write_tape",
]
