"""Whether an order may come in: terms, names, counts and margin, in that order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.venue.filters import check_terms
from tradecore.venue.margin import AccountMargin
from tradecore.venue.refusals import Reason, Refused
from tradecore.venue.strategies import STRATEGIES_MAX

if TYPE_CHECKING:
    from tradecore.venue.conditions import Condition
    from tradecore.venue.instruments import VenueInstrument
    from tradecore.venue.margin import Exposure
    from tradecore.venue.orders import OrderRecord, PlaceOrder
    from tradecore.venue.state import VenueState

__all__ = ["Admission"]

CONDITIONS_MAX: Final = 200
AMENDMENTS_MAX: Final = 10_000
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Admission:
    """The rules before an order, read from a venue's state."""

    state: VenueState

    def of_new(self, request: PlaceOrder) -> Refused | None:
        """Return the first rule a new order breaks, or `None`; the house keeps its own rules."""
        instrument = self.state.instruments.get(request.symbol)
        if instrument is None:
            return Refused(Reason.UNKNOWN_SYMBOL)
        if request.account in self.state.house:
            return None
        refused = check_terms(
            instrument,
            side=request.side,
            price=request.price,
            quantity=request.quantity,
            mark=self.state.mark(request.symbol),
            reduces=request.reduce_only,
        )
        return refused or self._counts(request) or self._risk(request)

    def _counts(self, request: PlaceOrder) -> Refused | None:
        histories, account = self.state.histories, request.account
        named = histories.by_client(account, request.client_order_id)
        if request.client_order_id and named is not None and named.is_open:
            return Refused(Reason.DUPLICATE_CLIENT_ORDER_ID)
        if not self.state.strategies.may_name(account, request.strategy):
            return Refused(Reason.TOO_MANY_STRATEGIES, str(STRATEGIES_MAX))
        orders_max = self.state.instruments[request.symbol].terms.open_orders_max
        if orders_max is not None and len(histories.open(account, request.symbol)) >= orders_max:
            return Refused(Reason.TOO_MANY_OPEN_ORDERS)
        return None

    def _risk(self, request: PlaceOrder) -> Refused | None:
        if request.leg not in self.state.legs(request.account):
            return Refused(Reason.WRONG_LEG)
        if request.closes:
            return self._closes(request, request.quantity)
        if request.reduce_only:
            return self._reduces(request)
        value = self._price(request) * request.quantity
        exposure = self.state.exposure(request.account, request.symbol, request.leg)
        return self._margin(request.account, exposure, _with(exposure, request.side, value))

    def needs_guard(self, request: PlaceOrder) -> bool:
        """Return whether the engine is to keep an order from opening.

        It counts what rests beside it. An order that never rests and is no larger than the position
        cannot open anything, whatever rests; a leg is guarded before the engine.
        """
        if not request.reduce_only or request.leg != "both":
            return False
        held = self.state.ledger.position(request.account, request.symbol).quantity
        rests = request.price is not None and request.time_in_force not in {"IOC", "FOK"}
        return rests or request.quantity > abs(held)

    def _reduces(self, request: PlaceOrder) -> Refused | None:
        held = self.state.ledger.position(request.account, request.symbol).quantity
        reduces = held > 0 if request.side == "sell" else held < 0
        return None if reduces else Refused(Reason.REDUCE_ONLY)

    def _closes(self, request: PlaceOrder, quantity: Decimal) -> Refused | None:
        """Refuse to close more of a leg than is held, with all open orders that close it."""
        state, account, symbol = self.state, request.account, request.symbol
        held = abs(state.ledger.position(account, symbol, request.leg).quantity)
        closing = (
            one.leaves
            for one in state.histories.open(account, symbol)
            if one.request.closes and one.request.leg == request.leg
        )
        return Refused(Reason.REDUCE_ONLY) if sum(closing, start=quantity) > held else None

    def _price(self, request: PlaceOrder) -> Decimal:
        """Return what an order is valued at: its limit, or what it will meet."""
        if request.price is not None:
            return request.price
        best = self.state.depths[request.symbol].best("sell" if request.side == "buy" else "buy")
        mark = self.state.mark(request.symbol)
        return mark if best is None else max(mark, best[0])

    def of_change(self, order: OrderRecord, price: Decimal, quantity: Decimal) -> Refused | None:
        """Return the first rule an order breaks with other terms, or `None`."""
        if not order.is_open:
            return Refused(Reason.UNKNOWN_ORDER)
        if order.price is None:
            return Refused(Reason.NOT_A_LIMIT_ORDER)
        if (price, quantity) == (order.price, order.quantity):
            return Refused(Reason.UNCHANGED)
        if len(order.amendments) >= AMENDMENTS_MAX:
            return Refused(Reason.TOO_MANY_AMENDMENTS)
        return self._new_terms(order, price, quantity)

    def _new_terms(self, order: OrderRecord, price: Decimal, quantity: Decimal) -> Refused | None:
        state = self.state
        refused = check_terms(
            state.instruments[order.symbol],
            side=order.side,
            price=price,
            quantity=quantity,
            mark=state.mark(order.symbol),
            reduces=order.request.reduce_only,
        )
        if refused is not None or order.account in state.house or order.request.reduce_only:
            return refused
        if order.request.closes:
            more = max(quantity - order.cumulative, _ZERO) - order.leaves
            return self._closes(order.request, more)
        before = state.exposure(order.account, order.symbol, order.request.leg)
        open_value = max(quantity - order.cumulative, _ZERO) * price
        change = open_value - order.leaves * (order.price or _ZERO)
        return self._margin(order.account, before, _with(before, order.side, change))

    def _margin(self, account: int, before: Exposure, after: Exposure) -> Refused | None:
        """Return why an account may not come from one exposure to another, or `None`."""
        state, symbol = self.state, before.instrument.symbol
        was, becomes = before.margin(), after.margin()
        if becomes.worst_notional <= was.worst_notional:
            return None
        if becomes.worst_notional > before.instrument.cap_at(before.leverage):
            return Refused(Reason.LEVERAGE_TOO_HIGH, str(before.leverage))
        others = [
            one.margin()
            for one in state.exposures(account)
            if (one.instrument.symbol, one.position.leg) != (symbol, before.position.leg)
        ]
        margin = AccountMargin.of(state.ledger.wallet(account), [*others, becomes])
        return Refused(Reason.INSUFFICIENT_MARGIN) if margin.is_short else None

    def of_condition(
        self, order: PlaceOrder, condition: Condition, client_id: str
    ) -> Refused | None:
        """Return the first rule a conditional order breaks, or `None`."""
        state, symbol = self.state, order.symbol
        instrument = state.instruments.get(symbol)
        if instrument is None:
            return Refused(Reason.UNKNOWN_SYMBOL)
        if order.leg not in state.legs(order.account):
            return Refused(Reason.WRONG_LEG)
        refused = self._terms_of(order, condition, instrument)
        if refused is not None:
            return refused
        waiting = state.conditions.waiting(order.account, symbol)
        if len(waiting) >= CONDITIONS_MAX:
            return Refused(Reason.TOO_MANY_CONDITIONAL_ORDERS)
        if client_id and any(one.client_id == client_id for one in waiting):
            return Refused(Reason.DUPLICATE_CLIENT_ORDER_ID)
        return self._at_once(order, condition)

    def _terms_of(
        self, order: PlaceOrder, condition: Condition, instrument: VenueInstrument
    ) -> Refused | None:
        trigger = condition.trigger
        if trigger is not None and (trigger <= 0 or trigger % instrument.instrument.tick_size):
            return Refused(Reason.PRICE_OFF_TICK)
        if condition.close_position:
            return None
        return check_terms(
            instrument,
            side=order.side,
            price=order.price,
            quantity=order.quantity,
            mark=order.price or trigger or self.state.mark(order.symbol),
            reduces=order.reduce_only,
        )

    def _at_once(self, order: PlaceOrder, condition: Condition) -> Refused | None:
        mark = self.state.mark(order.symbol)
        price = mark if condition.by_mark else self.state.last_prices.get(order.symbol, mark)
        trigger = condition.trigger
        if trigger is None:
            return None
        # A trailing one begins to follow on the far side of the market, as a profit is taken.
        wants_up = (order.side == "buy") == (condition.kind == "stop")
        reached = price >= trigger if wants_up else price <= trigger
        return Refused(Reason.WOULD_TRIGGER) if reached else None


def _with(exposure: Exposure, side: str, value: Decimal) -> Exposure:
    if side == "buy":
        return replace(exposure, buys=exposure.buys + value)
    return replace(exposure, sells=exposure.sells + value)
