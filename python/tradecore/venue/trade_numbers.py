"""Trades counted by symbol, whether market data or the reports tell of them first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tradecore.core import MarketUpdate

__all__ = ["TradeNumbers"]


@dataclass(slots=True)
class TradeNumbers:
    """The number a trade has among those of its symbol, by the number the engine gave it.

    The engine's numbers grow. One is forgotten when both the public was shown its trade and its
    two sides were booked.
    """

    #: The last number of each symbol.
    last: dict[str, int] = field(default_factory=dict)
    #: The last one of each symbol whose two sides are in the books.
    last_booked: dict[str, int] = field(default_factory=dict)
    _counted: dict[str, int] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)
    _shown: int = 0
    _booked: int = 0

    def count(self, symbol: str, engine_number: int, /) -> None:
        """Give a trade the next number of its symbol, unless it has one."""
        if engine_number > self._counted.get(symbol, 0):
            number = self.last.get(symbol, 0) + 1
            self.last[symbol] = self._numbers[engine_number] = number
            self._counted[symbol] = engine_number

    def count_all(self, updates: Iterable[MarketUpdate], /) -> None:
        """Count the trades of market data, in the order in which the engine made them."""
        for update in updates:
            for engine_number, *_ in update.trades:
                self.count(update.symbol, engine_number)

    def of(self, engine_number: int, /) -> int:
        """Return the number of a trade that was counted."""
        return self._numbers[engine_number]

    def shown(self, symbol: str, engine_number: int, /) -> int:
        """Return the number of a trade the public is told of."""
        self.count(symbol, engine_number)
        self._shown = max(self._shown, engine_number)
        return self._numbers[engine_number]

    def booked(self, symbol: str, engine_number: int, /) -> None:
        """Note that both sides of a trade are in the books."""
        self._booked = max(self._booked, engine_number)
        self.last_booked[symbol] = self._numbers[engine_number]

    def begin_at(self, symbol: str, number: int, /) -> None:
        """Go on behind the last number that is in the books."""
        self.last[symbol] = self.last_booked[symbol] = number

    def clear(self) -> None:
        """Forget every number: all trades so far are booked, and the public is not shown them."""
        self._numbers.clear()

    def forget(self, *, is_even: bool) -> None:
        """Forget what nobody will ask for again.

        Args:
            is_even: Whether everything shown is booked, also what the books do not contain.
        """
        done = self._shown if is_even else min(self._shown, self._booked)
        while self._numbers and (oldest := next(iter(self._numbers))) <= done:
            del self._numbers[oldest]
