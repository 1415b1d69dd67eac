"""What longs and shorts pay each other when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.venue.marks import FundingPaid

if TYPE_CHECKING:
    from tradecore.venue.notes import FundingDue
    from tradecore.venue.state import VenueState

__all__ = ["fund"]


def fund(state: VenueState, due: FundingDue, /) -> None:
    """Let the holders of a symbol pay each other."""
    symbol, mark = due.symbol, state.marks[due.symbol]
    payments = state.ledger.fund(symbol, mark=due.mark, rate=due.rate, ts_event_ns=state.now_ns)
    state.strategies.fund(symbol, mark=due.mark, rate=due.rate)
    paid = FundingPaid(symbol=symbol, rate=due.rate, mark=due.mark, ts_event_ns=due.due_ns)
    state.histories.add_funding(paid)
    mark.next_funding_ns = due.due_ns + mark.instrument.funding_period_ns
    for account, amount in payments:
        state.note_income(account, "funding", amount, symbol=symbol)
        apart = state.held(account, symbol) if (account, symbol) in state.isolated else []
        state.note_account(account, "funding", positions=tuple(apart), delta=amount)
