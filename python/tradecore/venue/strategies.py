"""Strategies of accounts: their names, their numbers in the engine, and what their own fills made.

The engine gives them numbers as they are named, at whichever door; its commands have the number,
by which limits and states of strategies are found. Names are an account's own: two accounts may use
the same one and mean two strategies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec import field as later

from tradecore.core import DataError
from tradecore.venue.ledger import PositionState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from tradecore.venue.orders import Leg

__all__ = ["STRATEGIES_MAX", "Strategies", "Strategy"]

#: Names an account may give.
STRATEGIES_MAX: Final = 1_000


class Strategy(Struct, kw_only=True):
    """A strategy of an account.

    Args:
        number: What the engine knows it by, from 1.
        account: Whose.
        name: What the account calls it.
        positions: What the fills of its orders made.
    """

    number: int
    account: int
    name: str
    positions: list[PositionState] = later(default_factory=list)

    def position(self, symbol: str, leg: Leg, /) -> PositionState:
        """Return what it holds of a symbol."""
        for held in self.positions:
            if held.symbol == symbol and held.leg == leg:
                return held
        self.positions.append(PositionState(symbol=symbol, leg=leg))
        return self.positions[-1]


@dataclass(slots=True)
class Strategies:
    """Every strategy that was named."""

    _by_number: dict[int, Strategy] = field(default_factory=dict)
    _by_name: dict[int, dict[str, Strategy]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Strategy]:
        """Yield them in the order in which they were named."""
        return iter(self._by_number.values())

    def find(self, account: int, name: str, /) -> Strategy | None:
        """Return an account's strategy; `None` where it named none so."""
        return self._by_name.get(account, {}).get(name)

    def named(self, number: int, /) -> str:
        """Return the name of the strategy that an order of the journal is of; empty for none.

        Raises:
            DataError: If no note names it: the notes are of another journal.
        """
        if not number:
            return ""
        found = self._by_number.get(number)
        if found is None:
            raise DataError(f"a strategy is named before its first order: strategy={number}")
        return found.name

    def may_name(self, account: int, name: str, /) -> bool:
        """Return whether an account may have a strategy of this name, or none."""
        known = self._by_name.get(account, {})
        return not name or name in known or len(known) < STRATEGIES_MAX

    def name(self, account: int, name: str, /) -> None:
        """Know a strategy the engine named, with the next number, unless it is known."""
        if self.find(account, name) is None:
            number = len(self._by_number) + 1
            self.add(Strategy(number=number, account=account, name=name))

    def add(self, strategy: Strategy, /) -> None:
        """Know a strategy by its name and number."""
        self._by_number[strategy.number] = strategy
        self._by_name.setdefault(strategy.account, {})[strategy.name] = strategy

    def fund(self, symbol: str, /, *, mark: Decimal, rate: Decimal) -> None:
        """Note each strategy's part of what holders of a symbol pay each other."""
        for strategy in self:
            for held in strategy.positions:
                if held.symbol == symbol and held.quantity:
                    held.fund(mark, rate)
