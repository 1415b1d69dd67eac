"""`[JOURNAL]`: where a process writes down what must survive it."""

from __future__ import annotations

from pydantic import Field

from tradecore.config import Settings

__all__ = ["Journal", "OrderJournal", "TraderJournal"]


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


class TraderJournal(Journal):
    """Where this process keeps its runs, for `tradecore rerun` and `tradecore compare`."""

    run_mb: int = Field(
        default=256,
        ge=0,
        le=1_048_576,
        description="What a run's file may have, in MiB: all that the strategy was told and did. "
        "Behind that nothing more is kept; 0 keeps no run.",
    )
    runs_kept: int = Field(
        default=4, ge=1, le=1_000, description="Files of so many runs are kept, the newest."
    )
