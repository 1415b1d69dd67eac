"""How an account holds positions: at which leverage, with whose money, one way or both."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.venue.notes import HedgeSet, IsolationSet, LeverageSet, MarginMoved
from tradecore.venue.refusals import Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.venue.notes import What
    from tradecore.venue.orders import Leg
    from tradecore.venue.state import VenueState

__all__ = ["Modes"]

LEVERAGE_MAX: Final = 125
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Modes:
    """Changes of an account's modes; a refusal changes nothing.

    Args:
        state: What they are read from.
        jot: Writes a change down and lets it have its effect.
    """

    state: VenueState
    jot: Callable[[What], None]

    def set_leverage(self, account: int, symbol: str, leverage: int) -> Refused | None:
        """Trade a symbol at another leverage, where the positions allow it."""
        state = self.state
        instrument = state.instruments[symbol]
        if not 1 <= leverage <= min(LEVERAGE_MAX, instrument.brackets[0].leverage_max):
            return Refused(Reason.LEVERAGE_INVALID, str(leverage))
        exposures = [state.exposure(account, symbol, leg) for leg in state.legs(account)]
        if max(one.margin().worst_notional for one in exposures) > instrument.cap_at(leverage):
            return Refused(Reason.LEVERAGE_TOO_HIGH, str(leverage))
        before = state.leverage(account, symbol)
        is_isolated = (account, symbol) in state.isolated
        if leverage < before and is_isolated and state.held(account, symbol):
            return Refused(Reason.LESS_LEVERAGE_ISOLATED)
        if leverage < before:
            state.set_leverage(account, symbol, leverage)
            is_short = state.margin(account).is_short
            state.set_leverage(account, symbol, before)
            if is_short:
                return Refused(Reason.INSUFFICIENT_MARGIN)
        self.jot(LeverageSet(account=account, symbol=symbol, leverage=leverage))
        return None

    def set_isolated(self, account: int, symbol: str, *, is_isolated: bool) -> Refused | None:
        """Let a symbol's positions have money of their own, or share the account's."""
        state, key = self.state, (account, symbol)
        if is_isolated == (key in state.isolated):
            return Refused(Reason.MODE_UNCHANGED)
        if state.histories.open(account, symbol):
            return Refused(Reason.HAS_OPEN_ORDERS)
        if state.held(account, symbol):
            return Refused(Reason.HAS_POSITION)
        self.jot(IsolationSet(account=account, symbol=symbol, is_isolated=is_isolated))
        return None

    def set_hedged(self, account: int, *, is_hedged: bool) -> Refused | None:
        """Let an account hold a long and a short position of a symbol beside each other, or not."""
        state = self.state
        if is_hedged == (account in state.hedged):
            return Refused(Reason.MODE_UNCHANGED)
        if any(state.histories.open(account, symbol) for symbol in state.instruments):
            return Refused(Reason.HAS_OPEN_ORDERS)
        if any(state.held(account, symbol) for symbol in state.instruments):
            return Refused(Reason.HAS_POSITION)
        self.jot(HedgeSet(account=account, is_hedged=is_hedged))
        return None

    def move_margin(
        self, account: int, symbol: str, leg: Leg, amount: Decimal, *, takes_out: bool
    ) -> Refused | None:
        """Give an isolated position more of the account's money, or take out what it can spare.

        It can spare what is above its initial margin, its loss taken off.
        """
        state = self.state
        reason = self._move_reason(account, symbol, leg, amount)
        if reason is not None:
            return Refused(reason)
        exposure = state.exposure(account, symbol, leg)
        position, margin = exposure.position, exposure.margin()
        spare = position.set_aside + min(margin.unrealized, _ZERO) - margin.position_initial
        if takes_out and amount > spare:
            return Refused(Reason.ISOLATED_MONEY_SHORT)
        if not takes_out and amount > state.margin(account).available:
            return Refused(Reason.CROSS_MONEY_SHORT)
        moved = -amount if takes_out else amount
        self.jot(MarginMoved(account=account, symbol=symbol, leg=leg, amount=moved))
        return None

    def _move_reason(self, account: int, symbol: str, leg: Leg, amount: Decimal) -> Reason | None:
        """Return why there is no position to move money of, or no money to move."""
        if leg not in self.state.legs(account):
            return Reason.WRONG_LEG
        if (account, symbol) not in self.state.isolated:
            return Reason.NOT_ISOLATED
        if amount <= 0:
            return Reason.AMOUNT_NOT_POSITIVE
        is_flat = not self.state.ledger.position(account, symbol, leg).quantity
        return Reason.NO_POSITION if is_flat else None
