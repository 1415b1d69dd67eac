"""What a venue does by itself as its markets move and time passes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tradecore.venue.liquidation import Closer, cover_debts, liquidate
from tradecore.venue.notes import FundingDue, Wound
from tradecore.venue.triggers import Floor, Triggers

if TYPE_CHECKING:
    from tradecore.venue.commands import Commands

__all__ = ["House", "Upkeep"]


class House(Floor, Closer, Protocol):
    """What upkeep needs of a venue."""


@dataclass(slots=True)
class Upkeep:
    """Values positions, lets orders come in, closes what is not covered, and keeps times."""

    house: House
    commands: Commands
    triggers: Triggers = field(init=False)
    _is_liquidating: bool = False

    def __post_init__(self) -> None:
        self.triggers = Triggers(self.house)

    def open_again(self, now_ns: int) -> None:
        """Show the books as they are, and do what was due when the process ended."""
        state, engine = self.house.state, self.commands.engine
        engine.take_market_data()
        for symbol in state.instruments:
            state.show(engine.depth_snapshot(symbol))
            state.value(symbol)
        state.events.clear()
        cover_debts(self.house)
        self.advance(now_ns)
        for symbol in state.instruments:
            self.look(symbol)

    def look(self, symbol: str) -> None:
        """Show the market, and look at what waits for a price and at who is not covered."""
        self.show()
        self.triggers.look(symbol)
        self._liquidate()

    def show(self) -> None:
        """Tell of trades and of levels that changed, and value positions anew."""
        commands, books = self.commands, self.house.books
        commands.look()
        updates, commands.updates = commands.updates, []
        for update in updates:
            books.reports.show(update)
            books.state.value(update.symbol)
        books.reports.numbers.forget(is_even=not commands.is_shared)

    def _liquidate(self) -> None:
        """Close what is no longer covered, one account after the other."""
        state = self.house.state
        state.look_at_traders()
        if self._is_liquidating or not state.due:
            return
        self._is_liquidating = True
        try:
            while state.due:
                account = next(iter(state.due))
                del state.due[account]
                liquidate(self.house, account)
        finally:
            self._is_liquidating = False

    def advance(self, now_ns: int) -> None:
        """Let time pass: what is due by then happens. Time that runs backwards changes nothing."""
        state = self.house.state
        if now_ns <= state.now_ns:
            return
        expired = self.commands.advance_time(now_ns)
        self.triggers.expire(now_ns)
        for symbol in {report.symbol for report in expired if report.symbol is not None}:
            self.look(symbol)
        for (account, symbol), due_ns in [*state.countdowns.items()]:
            if due_ns <= now_ns:
                self._run_down(account, symbol)
        for symbol, mark in state.marks.items():
            if mark.next_funding_ns <= now_ns:
                self._fund(symbol)

    def _fund(self, symbol: str) -> None:
        state = self.house.state
        mark = state.marks[symbol]
        due_ns = mark.next_funding_ns
        self.house.jot(FundingDue(symbol=symbol, rate=mark.rate, mark=mark.mark, due_ns=due_ns))
        state.look_at_holders(symbol)
        self._liquidate()

    def _run_down(self, account: int, symbol: str) -> None:
        """Cancel what a countdown is of; it ends only then, so that a restart goes on with it."""
        state = self.house.state
        for order in state.histories.open(account, symbol):
            self.house.cancel(order, now_ns=state.now_ns)
        for waiting in state.conditions.waiting(account, symbol):
            self.triggers.cancel(waiting)
        self.house.jot(Wound(account=account, symbol=symbol, due_ns=0))
