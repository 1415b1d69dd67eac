"""How far a sweep has come, told from several threads."""

from __future__ import annotations

from threading import Lock
from typing import Protocol

__all__ = ["Advance", "Told"]


class Advance(Protocol):
    """What is told how far a sweep has come."""

    def __call__(self, done: int, total: int, /) -> None:
        """Take what is done of how much; of no unit."""


class Told:
    """Sums what the workers did, and tells the caller."""

    def __init__(self, advance: Advance | None) -> None:
        """Tell `advance`, or nobody."""
        self._advance = advance
        self._lock = Lock()
        self._done = 0
        self._total = 1

    def begin(self, total: int) -> None:
        """Say how much there is to do."""
        self._total = max(total, 1)

    def add(self, done: int) -> None:
        """Say that more is done."""
        with self._lock:
            self._done += done
            if self._advance is not None:
                self._advance(self._done, self._total)
