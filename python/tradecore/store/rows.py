"""Records as they are read: frozen, typed, exact."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

__all__ = [
    "AccountTradeRow",
    "BalanceRow",
    "OrderRow",
    "PositionRow",
    "StatementRow",
    "TradeRow",
]

_ZERO: Final = Decimal(0)
_OPEN: Final = frozenset({"new", "partially_filled", "pending_trigger"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order as it stands, refused ones too.

    Args:
        order_id: The venue's number.
        notional: Value of what traded.
        reject_code: Why it was refused, or what took out the rest of it; else empty.
        strategy_id: What its account calls the strategy it is of; empty for none.
        sequence: The journal's number of its last change.
    """

    order_id: int
    client_order_id: str
    account: int
    symbol: str
    side: str
    type: str
    time_in_force: str
    price: Decimal | None
    stop_price: Decimal | None
    display_quantity: Decimal | None
    quantity: Decimal
    filled: Decimal
    notional: Decimal
    status: str
    reject_code: str
    post_only: bool
    reduce_only: bool
    leg: str
    created_ns: int
    updated_ns: int
    sequence: int
    strategy_id: str

    @property
    def is_open(self) -> bool:
        """Return whether it can still trade."""
        return self.status in _OPEN

    @property
    def leaves(self) -> Decimal:
        """Return what is still open; 0 once it ended."""
        return self.quantity - self.filled if self.is_open else _ZERO

    @property
    def average_price(self) -> Decimal:
        """Return the average price of what traded, 0 before."""
        return self.notional / self.filled if self.filled else _ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeRow:
    """A trade as the public sees it; `aggressor` is empty where nobody took, as in an auction."""

    symbol: str
    trade_id: int
    price: Decimal
    quantity: Decimal
    aggressor: str
    taker_order_id: int
    maker_order_id: int
    ts_event_ns: int
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTradeRow:
    """One side of a trade; `realized` is the profit it took, before `fee`.

    Args:
        strategy_id: The strategy of its order; empty for none.
    """

    symbol: str
    trade_id: int
    order_id: int
    account: int
    side: str
    price: Decimal
    quantity: Decimal
    realized: Decimal
    fee: Decimal
    fee_currency: str
    is_maker: bool
    leg: str
    ts_event_ns: int
    sequence: int
    part: int
    strategy_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionRow:
    """What an account holds of a symbol; negative is short, and the cost is signed like it."""

    account: int
    symbol: str
    leg: str
    quantity: Decimal
    cost: Decimal
    fees: Decimal
    realized: Decimal
    set_aside: Decimal
    updated_ns: int
    sequence: int

    @property
    def entry_price(self) -> Decimal:
        """Return the average price of what is held, 0 when flat."""
        return self.cost / self.quantity if self.quantity else _ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """An account's money, and the sums by reason that it is made of; fees paid are negative."""

    account: int
    currency: str
    total: Decimal
    deposit: Decimal
    withdrawal: Decimal
    realized: Decimal
    fee: Decimal
    funding: Decimal
    insurance: Decimal
    updated_ns: int
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """One change of an account's money, and what there was after it.

    Args:
        sequence: The journal's number of the command it came of, or came after.
        note: The number of the last note before or at it.
        part: Which of that step's entries it is.
        kind: `deposit withdrawal realized fee funding insurance`.
    """

    sequence: int
    note: int
    part: int
    account: int
    currency: str
    kind: str
    amount: Decimal
    balance: Decimal
    symbol: str
    trade_id: int
    ts_event_ns: int

    @property
    def entry_id(self) -> str:
        """Return its name, which never changes."""
        return f"{self.sequence}-{self.note}-{self.part}"
