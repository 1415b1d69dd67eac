"""Whatever keeps a run, opened by what a command line calls it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tradecore.core import DataError, JournalError
from tradecore.processes.intent_history import history_of_intents
from tradecore.runs.history import history_of_run
from tradecore.runs.journal import read_run

if TYPE_CHECKING:
    from tradecore.runs.history import History

__all__ = ["open_history"]


def open_history(written: str) -> History:
    """Return the history in a run's journal, or in an engine's, where `@TRADER` may follow.

    Raises:
        FileNotFoundError: If there is no such file.
        DataError: If it is neither.
    """
    path, trader = Path(written), None
    if not path.exists() and "@" in written:
        name, _, trader = written.rpartition("@")
        path = Path(name)
    if path.is_dir():
        raise DataError(f"a run is kept in a file: {path} is a folder")
    if path.name.startswith("intents") or trader is not None:
        return history_of_intents(path, trader=trader)
    try:
        return history_of_run(read_run(path))
    except JournalError as error:
        raise DataError(f"no run's journal and no engine's: {error}") from error
