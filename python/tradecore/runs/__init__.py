"""What a run of a strategy was told and did: kept in a file, run again, compared with another."""

from __future__ import annotations

from tradecore.runs.entries import Begin, Code, EntryKind, Facts, Held
from tradecore.runs.journal import RunJournal, RunRecords, read_run
from tradecore.runs.recipe import Recipe
from tradecore.runs.witness import Sink, Witness

__all__ = [
    "Begin",
    "Code",
    "EntryKind",
    "Facts",
    "Held",
    "Recipe",
    "RunJournal",
    "RunRecords",
    "Sink",
    "Witness",
    "read_run",
]
