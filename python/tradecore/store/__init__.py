"""What a venue keeps on disk beside its engine's journal: notes, and records in SQL."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from tradecore.store.checkpoint_file import CheckpointFile
from tradecore.store.errors import GapError, MissingExtraError, SchemaError, StoreError
from tradecore.store.notes_file import NotesFile, open_notes

if TYPE_CHECKING:
    from tradecore.store.cache import Cache
    from tradecore.store.pages import Page
    from tradecore.store.records import Records
    from tradecore.store.rows import (
        AccountTradeRow,
        BalanceRow,
        OrderRow,
        PositionRow,
        StatementRow,
        TradeRow,
    )
    from tradecore.store.versions import SchemaState, schema, upgrade
    from tradecore.store.writer import RecordWriter, WriterStatus

__all__ = [
    "AccountTradeRow",
    "BalanceRow",
    "Cache",
    "CheckpointFile",
    "GapError",
    "MissingExtraError",
    "NotesFile",
    "OrderRow",
    "Page",
    "PositionRow",
    "RecordWriter",
    "Records",
    "SchemaError",
    "SchemaState",
    "StatementRow",
    "StoreError",
    "TradeRow",
    "WriterStatus",
    "open_notes",
    "schema",
    "upgrade",
]

_HOMES: Final = {
    "AccountTradeRow": "rows",
    "BalanceRow": "rows",
    "Cache": "cache",
    "OrderRow": "rows",
    "Page": "pages",
    "PositionRow": "rows",
    "RecordWriter": "writer",
    "Records": "records",
    "SchemaState": "versions",
    "StatementRow": "rows",
    "TradeRow": "rows",
    "WriterStatus": "writer",
    "schema": "versions",
    "upgrade": "versions",
}
#: Libraries of the extra `venue`.
_EXTRA: Final = frozenset({"sqlalchemy", "alembic", "redis", "psycopg"})


def __getattr__(name: str) -> object:
    """Load the libraries of databases only where one is used, and say what is missing.

    Raises:
        MissingExtraError: If the extra `venue` is not installed.
    """
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = importlib.import_module(f"tradecore.store.{home}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise MissingExtraError(
            f"records need the libraries of a venue: run `pip install tradecore[venue]`, "
            f"missing={error.name}"
        ) from error
    return getattr(module, name)
