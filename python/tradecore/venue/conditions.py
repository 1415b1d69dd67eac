"""Conditional orders: they wait outside the book for a price, then become ordinary ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from tradecore.venue.orders import PlaceOrder  # noqa: TC001 - msgspec reads the types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tradecore.model.orders import Side

__all__ = ["Condition", "ConditionStatus", "ConditionalOrder", "Conditions"]

ConditionStatus: TypeAlias = Literal[
    "new", "triggering", "triggered", "finished", "canceled", "rejected", "expired"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When an order is to come in.

    Args:
        kind: `stop` when the market moves against (a buy: up), `take_profit` the other way,
            `trailing` when it turns by a part of its extreme.
        by_mark: Whether the mark price decides; else the last trade.
        trigger: The price; of `trailing` where following begins, at once if `None`.
        callback: Of `trailing`: the turn, as a part of the extreme.
        close_position: Whether the quantity is what is held when it comes in.
        expires_ns: When it waits no longer; 0 for never.
    """

    kind: Literal["stop", "take_profit", "trailing"]
    by_mark: bool = False
    trigger: Decimal | None = None
    callback: Decimal = Decimal(0)
    close_position: bool = False
    expires_ns: int = 0


@dataclass(slots=True, kw_only=True)
class ConditionalOrder:
    """A conditional order as it stands.

    Args:
        condition_id: The venue's number.
        order: What comes in.
        extreme: Of a trailing one that follows: the best price since.
        order_id: The order it became.
        refusal: Why it became none.
    """

    condition_id: int
    client_id: str
    condition: Condition
    order: PlaceOrder
    status: ConditionStatus = "new"
    created_ns: int = 0
    updated_ns: int = 0
    triggered_ns: int = 0
    extreme: Decimal | None = None
    order_id: int | None = None
    refusal: str = ""

    def is_reached(self, price: Decimal, /) -> bool:
        """Return whether a price triggers it; a trailing one follows the price."""
        condition, side = self.condition, self.order.side
        if condition.kind == "trailing":
            return self._is_turned(price, side)
        trigger = condition.trigger
        if trigger is None:
            return False
        wants_up = (side == "buy") == (condition.kind == "stop")
        return price >= trigger if wants_up else price <= trigger

    def _is_turned(self, price: Decimal, side: Side) -> bool:
        start = self.condition.trigger
        if self.extreme is None:
            begins = start is None or (price <= start if side == "buy" else price >= start)
            if not begins:
                return False
            self.extreme = price
            return False
        if side == "buy":
            self.extreme = min(self.extreme, price)
            return price >= self.extreme * (1 + self.condition.callback)
        self.extreme = max(self.extreme, price)
        return price <= self.extreme * (1 - self.condition.callback)


@dataclass(slots=True)
class Conditions:
    """Every conditional order: those that wait by symbol, and the last ones that ended.

    Args:
        kept: How many that ended stay readable.
    """

    kept: int = 10_000
    _all: dict[int, ConditionalOrder] = field(default_factory=dict)
    _waiting: dict[str, dict[int, ConditionalOrder]] = field(default_factory=dict)
    #: Those that do not wait for ever.
    _mortal: dict[int, ConditionalOrder] = field(default_factory=dict)

    def add(self, order: ConditionalOrder, /) -> None:
        """Let one wait."""
        self._all[order.condition_id] = order
        if order.condition.expires_ns:
            self._mortal[order.condition_id] = order
        self._waiting.setdefault(order.order.symbol, {})[order.condition_id] = order

    def end(self, order: ConditionalOrder, /) -> None:
        """Let one wait no longer."""
        self._waiting.get(order.order.symbol, {}).pop(order.condition_id, None)
        self._mortal.pop(order.condition_id, None)
        while len(self._all) > self.kept:
            oldest = next(iter(self._all))
            if self._all[oldest].status == "new":
                break
            del self._all[oldest]

    def get(self, condition_id: int, /) -> ConditionalOrder | None:
        """Return an order by the venue's number."""
        return self._all.get(condition_id)

    def over(self, now_ns: int, /) -> list[ConditionalOrder]:
        """Return those whose time is over, oldest first."""
        return [one for one in self._mortal.values() if one.condition.expires_ns <= now_ns]

    def has_waiting(self, symbol: str, /) -> bool:
        """Return whether an order waits for a price of a symbol."""
        return bool(self._waiting.get(symbol))

    def all_waiting(self, symbol: str, /) -> Iterator[ConditionalOrder]:
        """Yield every order of a symbol that waits, oldest first."""
        return iter(self._waiting.get(symbol, {}).values())

    def find(
        self, account: int, *, condition_id: int = 0, client_id: str = ""
    ) -> ConditionalOrder | None:
        """Return an account's order by either name, the newest of a client's; or `None`."""
        if condition_id:
            found = self._all.get(condition_id)
            return found if found is not None and found.order.account == account else None
        for order in reversed(self._all.values()):
            if order.client_id == client_id and order.order.account == account:
                return order
        return None

    def waiting(self, account: int, symbol: str | None = None, /) -> list[ConditionalOrder]:
        """Return an account's orders that wait, oldest first."""
        symbols = self._waiting if symbol is None else (symbol,)
        return [
            order
            for name in symbols
            for order in self._waiting.get(name, {}).values()
            if order.order.account == account
        ]

    def listed(self, account: int, symbol: str | None = None, /) -> list[ConditionalOrder]:
        """Return every order of an account that is still known, oldest first."""
        return [
            order
            for order in self._all.values()
            if order.order.account == account and symbol in {None, order.order.symbol}
        ]

    def reached(self, symbol: str, /, *, last: Decimal | None, mark: Decimal) -> ConditionalOrder:
        """Return the oldest order of a symbol that is triggered now.

        Raises:
            LookupError: If there is none.
        """
        for order in self._waiting.get(symbol, {}).values():
            price = mark if order.condition.by_mark else last
            if price is not None and order.is_reached(price):
                return order
        raise LookupError(symbol)
