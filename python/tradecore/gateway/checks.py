"""Whether an order would pass, rule by rule, and what the account would come to; nothing changes.

The engine decides when the order is placed. Here the same rules are asked of the same state, so
that a caller sees each of them with its numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from tradecore.gateway.codes import code_of
from tradecore.gateway.holdings import sums_of
from tradecore.gateway.schemas.risk import Check, LimitUse, Projected
from tradecore.venue.filters import check_terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.gateway.limits import LimitValues
    from tradecore.gateway.switches import TradingState
    from tradecore.model.orders import Side
    from tradecore.venue import PlaceOrder, VenueService

__all__ = ["WARN_AT", "Examination", "limits_used"]

WARN_AT: Final = Decimal("0.8")
_ZERO: Final = Decimal(0)


@dataclass(slots=True)
class Examination:
    """An order beside the account it is for.

    Args:
        service: The venue.
        limits: What holds for the account.
        state: How it may trade in the symbol.
        order: What is asked.
    """

    service: VenueService
    limits: LimitValues
    state: TradingState
    order: PlaceOrder

    @property
    def reference(self) -> Decimal:
        """Return what the symbol is valued at."""
        return self.service.state.mark(self.order.symbol)

    @property
    def price(self) -> Decimal:
        """Return what the order is valued at: its limit, its trigger, or what it would meet."""
        order = self.order
        if order.price is not None:
            return order.price
        if order.stop_price is not None:
            return order.stop_price
        across: Side = "sell" if order.side == "buy" else "buy"
        best = self.service.state.depths[order.symbol].best(across)
        return self.reference if best is None else best[0]

    def _working(self) -> Decimal:
        """Return how much of the order's side is open already."""
        open_orders = self.service.state.histories.open(self.order.account, self.order.symbol)
        return sum((one.leaves for one in open_orders if one.side == self.order.side), start=_ZERO)

    def _held(self) -> Decimal:
        return self.service.state.ledger.position(self.order.account, self.order.symbol).quantity

    def _worst(self) -> Decimal:
        """Return the position, unsigned, if all of the order's side fills."""
        sign = 1 if self.order.side == "buy" else -1
        return abs(self._held() + sign * (self.order.quantity + self._working()))

    @property
    def reduces(self) -> bool:
        """Return whether it can only make the position smaller."""
        held, total = self._held(), self.order.quantity + self._working()
        is_against = held < 0 if self.order.side == "buy" else held > 0
        return is_against and total <= abs(held)

    def checks(self) -> list[Check]:
        """Return every rule in the order in which they are asked."""
        return [self._state_check(), *self._term_checks(), *self.limit_checks(), self._admission()]

    def _state_check(self) -> Check:
        word = self.state
        code = {"halted": "TRADING_HALTED", "reducing": "REDUCE_ONLY_STATE"}.get(word)
        passed = word == "active" or (word == "reducing" and self.reduces)
        return Check(name="trading_state", passed=passed, code=None if passed else code)

    def _term_checks(self) -> Iterator[Check]:
        order = self.order
        refused = check_terms(
            self.service.state.instruments[order.symbol],
            side=order.side,
            price=order.price,
            quantity=order.quantity,
            mark=self.reference,
            reduces=order.reduce_only,
        )
        code = None if refused is None else code_of(refused)
        yield Check(name="terms", passed=refused is None, code=code)

    def limit_checks(self) -> Iterator[Check]:
        """Yield the rules that compare the order with a limit."""
        limits, value = self.limits, self.price * self.order.quantity
        yield _within("order_value", "MAX_ORDER_VALUE", limits.max_order_value, value)
        yield self._collar()
        open_orders = sum(
            len(self.service.state.histories.open(self.order.account, one))
            for one in self.service.state.instruments
        )
        most = None if limits.max_open_orders is None else Decimal(limits.max_open_orders)
        yield _within("open_orders", "MAX_OPEN_ORDERS", most, Decimal(open_orders + 1))
        worst = self._worst()
        is_free = self.reduces
        for name, code, limit, found in (
            ("position_size", "MAX_POSITION_QTY", limits.max_position_size, worst),
            (
                "position_value",
                "MAX_POSITION_VALUE",
                limits.max_position_value,
                worst * self.reference,
            ),
            ("leverage", "MAX_LEVERAGE", limits.max_leverage, self.leverage()),
        ):
            yield _within(name, code, None if is_free else limit, found)

    def _collar(self) -> Check:
        part, order = self.limits.price_collar, self.order
        if part is None or order.price is None:
            return Check(name="price_collar", passed=True)
        if order.side == "buy":
            edge = self.reference * (1 + part)
            passed = order.price <= edge
        else:
            edge = self.reference * (1 - part)
            passed = order.price >= edge
        code = None if passed else "PRICE_COLLAR"
        return Check(name="price_collar", passed=passed, code=code, limit=edge, value=order.price)

    def _admission(self) -> Check:
        refused = self.service.admission.of_new(self.order)
        code = None if refused is None else code_of(refused)
        return Check(name="admission", passed=refused is None, code=code)

    def leverage(self) -> Decimal:
        """Return exposure over equity with all of the order's side filled; 0 without equity."""
        state, order = self.service.state, self.order
        others = sum(
            (
                self._exposed(one.instrument.symbol) * one.mark
                for one in state.exposures(order.account)
                if one.instrument.symbol != order.symbol
            ),
            start=_ZERO,
        )
        equity = state.margin(order.account).equity
        return (
            (others + self._exposed_with_order() * self.reference) / equity if equity > 0 else _ZERO
        )

    def _exposed(self, symbol: str) -> Decimal:
        """Return the larger position, unsigned, that a symbol's working orders can lead to."""
        held, buys, sells = self._sides(symbol)
        return max(abs(held), abs(held + buys), abs(held - sells))

    def _exposed_with_order(self) -> Decimal:
        held, buys, sells = self._sides(self.order.symbol)
        if self.order.side == "buy":
            buys += self.order.quantity
        else:
            sells += self.order.quantity
        return max(abs(held), abs(held + buys), abs(held - sells))

    def _sides(self, symbol: str) -> tuple[Decimal, Decimal, Decimal]:
        """Return what is held of a symbol, and what its buys and sells have left."""
        state, account = self.service.state, self.order.account
        sums = {"buy": _ZERO, "sell": _ZERO}
        for one in state.histories.open(account, symbol):
            sums[one.side] += one.leaves
        return state.ledger.position(account, symbol).quantity, sums["buy"], sums["sell"]

    def projected(self) -> Projected:
        """Return the account with the order filled."""
        sign = 1 if self.order.side == "buy" else -1
        position = self._held() + sign * self.order.quantity
        notional = position * self.reference
        leverage = self.service.state.leverage(self.order.account, self.order.symbol)
        return Projected(
            position=position,
            notional=notional,
            leverage=self.leverage(),
            initial_margin=abs(notional) / leverage,
            liquidation_price=None,
        )


def _within(name: str, code: str, limit: Decimal | None, value: Decimal) -> Check:
    passed = limit is None or value <= limit
    return Check(name=name, passed=passed, code=None if passed else code, limit=limit, value=value)


def limits_used(service: VenueService, limits: LimitValues, account: int) -> list[LimitUse]:
    """Return each limit that is set, and how much of it an account uses."""
    state, sums = service.state, sums_of(service.state, account)
    open_orders = sum(len(state.histories.open(account, one)) for one in state.instruments)
    sizes = [abs(one.position.quantity) for one in state.exposures(account)]
    most = None if limits.max_open_orders is None else Decimal(limits.max_open_orders)
    rows = (
        ("max_position_value", limits.max_position_value, sums.largest),
        ("max_position_size", limits.max_position_size, max(sizes, default=_ZERO)),
        ("max_leverage", limits.max_leverage, sums.leverage),
        ("max_open_orders", most, Decimal(open_orders)),
    )
    return [_use(name, limit, used) for name, limit, used in rows if limit is not None]


def _use(name: str, limit: Decimal, used: Decimal) -> LimitUse:
    part = used / limit
    status: Literal["ok", "warn", "breach"] = (
        "breach" if part > 1 else "warn" if part >= WARN_AT else "ok"
    )
    return LimitUse(
        name=name, limit=limit, used=used, utilization=round(float(part), 6), status=status
    )
