"""`[JOURNAL]`: where a process writes down what must survive it."""

from __future__ import annotations

from pydantic import Field

from tradecore.config import Settings

__all__ = ["Journal", "OrderJournal"]


class Journal(Settings):
    """Where this process writes down what must survive it."""

    directory: str = Field(
        default="journal", min_length=1, description="Folder; each process has its own below it."
    )


class OrderJournal(Journal):
    """Where this process writes down orders before they leave."""

    sync: bool = Field(
        default=False,
        description="Wait for the disk before an order leaves: survives a power cut, and costs a "
        "disk's answer an order. A killed process loses nothing either way.",
    )
    segment_mb: int = Field(
        default=16,
        ge=1,
        le=4096,
        description="After so many MiB of orders and answers the file begins anew with what is "
        "unresolved; the one before it is kept, the one before that is not.",
    )
