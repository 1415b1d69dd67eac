"""What happened and may be asked for later, each list bounded."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.venue.events import TradePrinted
    from tradecore.venue.marks import FundingPaid
    from tradecore.venue.orders import Leg, OrderRecord, TradeRecord

__all__ = ["Histories", "Income", "MarginMove"]


class Income(Struct, frozen=True, kw_only=True):
    """One reason why a wallet changed; `kind` is `deposit realized fee funding insurance`."""

    income_id: int
    account: int
    symbol: str
    kind: str
    amount: Decimal
    currency: str
    trade_id: int
    ts_event_ns: int


class MarginMove(Struct, frozen=True, kw_only=True):
    """Money that went into an isolated position, or came out where it is negative."""

    account: int
    symbol: str
    leg: Leg
    amount: Decimal
    ts_event_ns: int


@dataclass(slots=True)
class Histories:
    """Orders, trades and incomes by account, and what was printed by symbol.

    Args:
        kept: How many ended orders or incomes of an account stay readable, and trades of it in
            a symbol.
    """

    kept: int = 20_000
    _orders: dict[int, OrderRecord] = field(default_factory=dict)
    _by_client: dict[tuple[int, str], OrderRecord] = field(default_factory=dict)
    _open: dict[tuple[int, str], dict[int, OrderRecord]] = field(default_factory=dict)
    _ended: dict[int, deque[OrderRecord]] = field(default_factory=dict)
    _trades: dict[tuple[int, str], deque[TradeRecord]] = field(default_factory=dict)
    _incomes: dict[int, deque[Income]] = field(default_factory=dict)
    _margin_moves: dict[int, deque[MarginMove]] = field(default_factory=dict)
    _printed: dict[str, deque[TradePrinted]] = field(default_factory=dict)
    _fundings: dict[str, deque[FundingPaid]] = field(default_factory=dict)

    def opened(self, order: OrderRecord) -> None:
        """Keep an order that was accepted."""
        self._orders[order.order_id] = order
        self._by_client[order.account, order.client_order_id] = order
        self._open.setdefault((order.account, order.symbol), {})[order.order_id] = order

    def ended(self, order: OrderRecord, *, is_house: bool) -> None:
        """Let an order be history, and forget the oldest of the account beyond the bound."""
        self._open.get((order.account, order.symbol), {}).pop(order.order_id, None)
        ended = self._ended.setdefault(order.account, deque())
        ended.append(order)
        while len(ended) > (0 if is_house else self.kept):
            self._forget(ended.popleft())

    def _forget(self, order: OrderRecord) -> None:
        self._orders.pop(order.order_id, None)
        key = (order.account, order.client_order_id)
        if self._by_client.get(key) is order:
            del self._by_client[key]

    def order(self, order_id: int) -> OrderRecord | None:
        """Return an order by the venue's number."""
        return self._orders.get(order_id)

    def by_client(self, account: int, client_order_id: str) -> OrderRecord | None:
        """Return the newest order an account gave this name."""
        return self._by_client.get((account, client_order_id))

    def open(self, account: int, symbol: str) -> list[OrderRecord]:
        """Return an account's open orders of a symbol, oldest first."""
        return list(self._open.get((account, symbol), {}).values())

    def orders(self, account: int, symbol: str) -> list[OrderRecord]:
        """Return open and ended orders by number."""
        ended = [order for order in self._ended.get(account, ()) if order.symbol == symbol]
        return sorted([*ended, *self.open(account, symbol)], key=lambda order: order.order_id)

    def add_trade(self, trade: TradeRecord) -> None:
        """Keep an account's fill."""
        kept = self._trades.setdefault((trade.account, trade.symbol), deque(maxlen=self.kept))
        kept.append(trade)

    def trades(
        self, account: int, symbol: str, *, since_id: int = 0, since_ns: int = 0
    ) -> list[TradeRecord]:
        """Return an account's fills of a symbol from a number and a time on, oldest first.

        Numbers and times grow, so the last few are found without a look at those before them.
        """
        newest = reversed(self._trades.get((account, symbol), ()))
        found = takewhile(
            lambda one: one.trade_id >= since_id and one.ts_event_ns >= since_ns, newest
        )
        return [*found][::-1]

    def add_income(self, income: Income) -> None:
        """Keep a reason why a wallet changed."""
        self._incomes.setdefault(income.account, deque(maxlen=self.kept)).append(income)

    def incomes(self, account: int) -> list[Income]:
        """Return why a wallet changed, oldest first."""
        return list(self._incomes.get(account, ()))

    def add_margin_move(self, move: MarginMove) -> None:
        """Keep that money of an isolated position moved."""
        self._margin_moves.setdefault(move.account, deque(maxlen=self.kept)).append(move)

    def margin_moves(self, account: int, symbol: str) -> list[MarginMove]:
        """Return what an account moved in a symbol, oldest first."""
        return [move for move in self._margin_moves.get(account, ()) if move.symbol == symbol]

    def add_print(self, trade: TradePrinted) -> None:
        """Keep what the public saw."""
        self._printed.setdefault(trade.symbol, deque(maxlen=self.kept)).append(trade)

    def prints(self, symbol: str) -> list[TradePrinted]:
        """Return what the public saw, oldest first."""
        return list(self._printed.get(symbol, ()))

    def add_funding(self, paid: FundingPaid) -> None:
        """Keep a funding."""
        self._fundings.setdefault(paid.symbol, deque(maxlen=1_000)).append(paid)

    def fundings(self, symbol: str) -> list[FundingPaid]:
        """Return fundings, oldest first."""
        return list(self._fundings.get(symbol, ()))
