"""What goes wrong with records."""

from __future__ import annotations

from tradecore.core import TradecoreError

__all__ = ["GapError", "MissingExtraError", "SchemaError", "StoreError"]


class StoreError(TradecoreError):
    """The database does not do what it was asked; a later try may succeed."""


class SchemaError(StoreError):
    """The tables are not those of this program; `tradecore db upgrade` makes them so, or not."""

    exit_code = 4


class GapError(StoreError):
    """Steps are missing between the records and what came: they are to be read from the journal."""


class MissingExtraError(TradecoreError):
    """Libraries that only a venue needs are not installed."""

    exit_code = 4
