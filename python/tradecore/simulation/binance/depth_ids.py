"""Numbers of book changes, and their partition into the updates that each speed's listeners get."""

from __future__ import annotations

import random  # noqa: TC003 - a dataclass field
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.venue.events import LevelsChanged

__all__ = ["SPEEDS_MS", "DepthIds", "DepthWindow"]

SPEEDS_MS: Final = (100, 250, 500)
_JUMP: Final = 6


@dataclass(slots=True)
class DepthWindow:
    """What changed in a book since the last update of a speed.

    Args:
        prev_last: The last number of that update.
        first: The number of the first change since; 0 if there was none.
        last: That of the last one.
    """

    prev_last: int
    first: int = 0
    last: int = 0
    bids: dict[Decimal, Decimal] = field(default_factory=dict)
    asks: dict[Decimal, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class DepthIds:
    """One counter for all books, so that the numbers of one book have gaps of their own.

    Every listener of a symbol at a speed is told the same updates.
    """

    chance: random.Random
    counter: int = 0
    _last: dict[str, int] = field(default_factory=dict)
    _windows: dict[tuple[str, int], DepthWindow] = field(default_factory=dict)

    def last(self, symbol: str) -> int:
        """Return the number of the last change of a book; of one without any, the present one."""
        return self._last.setdefault(symbol, self.counter)

    def change(self, event: LevelsChanged) -> int:
        """Number a change of a book and keep it for the updates that will tell it."""
        before = self.last(event.symbol)
        first = self.counter + 1 + self.chance.randrange(_JUMP)
        self.counter = first + len(event.bids) + len(event.asks) - 1
        self._last[event.symbol] = self.counter
        for speed in SPEEDS_MS:
            window = self._windows.setdefault((event.symbol, speed), DepthWindow(before))
            window.first = window.first or first
            window.last = self.counter
            window.bids.update(event.bids)
            window.asks.update(event.asks)
        return self.counter

    def take(self, symbol: str, speed_ms: int) -> DepthWindow | None:
        """Return what changed since the last update of a speed, and begin the next one."""
        window = self._windows.get((symbol, speed_ms))
        if window is None or not window.first:
            return None
        self._windows[symbol, speed_ms] = DepthWindow(window.last)
        return window
