"""Decisions about orders on their way to a venue: one desk for every strategy of an account."""

from __future__ import annotations

from tradecore.execution.desk import OrderDesk
from tradecore.execution.desk_outputs import DeskAlert, DeskOutput, DeskReconciled, DeskUpdate
from tradecore.execution.desk_settings import DeskSettings
from tradecore.execution.intents import IntentJournal, MemoryIntents

__all__ = [
    "DeskAlert",
    "DeskOutput",
    "DeskReconciled",
    "DeskSettings",
    "DeskUpdate",
    "IntentJournal",
    "MemoryIntents",
    "OrderDesk",
]
