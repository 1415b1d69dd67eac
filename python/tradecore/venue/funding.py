"""What longs and shorts pay each other when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradecore.venue.marks import FundingPaid

if TYPE_CHECKING:
    from tradecore.venue.state import VenueState

__all__ = ["fund"]


def fund(state: VenueState, symbol: str) -> None:
    """Let the holders of a symbol pay each other, and look at their margin."""
    mark = state.marks[symbol]
    due_ns = mark.next_funding_ns
    payments = state.ledger.fund(symbol, mark=mark.mark, rate=mark.rate, ts_event_ns=state.now_ns)
    paid = FundingPaid(symbol=symbol, rate=mark.rate, mark=mark.mark, ts_event_ns=due_ns)
    state.histories.add_funding(paid)
    mark.next_funding_ns = due_ns + mark.instrument.funding_period_ns
    for account, amount in payments:
        state.note_income(account, "funding", amount, symbol=symbol)
        apart = state.held(account, symbol) if (account, symbol) in state.isolated else []
        state.note_account(account, "funding", positions=tuple(apart), delta=amount)
    state.look_at_holders(symbol)
