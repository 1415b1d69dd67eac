"""What a trader holds and what it earned: views over the core's exact accounts."""

from __future__ import annotations

from tradecore.core import Position
from tradecore.portfolio.profit import Profit, profit, total_profit
from tradecore.portfolio.statement import EntryKind, StatementEntry, Totals

__all__ = [
    "EntryKind",
    "Position",
    "Profit",
    "StatementEntry",
    "Totals",
    "profit",
    "total_profit",
]
