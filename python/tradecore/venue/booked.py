"""What the journal did to the books, step by step, for whoever keeps records of it."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct

if TYPE_CHECKING:
    from tradecore.portfolio import StatementEntry, Totals
    from tradecore.venue.events import TradePrinted
    from tradecore.venue.ledger import Ledger, PositionState
    from tradecore.venue.orders import OrderRecord, TradeRecord

__all__ = ["START", "Batch", "Booked", "Gathered", "JournalPosition"]


class JournalPosition(NamedTuple):
    """How far a venue's books are: the last command and the last note they contain.

    Both only grow, so positions compare; the same journal and notes lead through the same ones.
    """

    sequence: int = 0
    note: int = 0


#: Before everything.
START: Final = JournalPosition()


class Booked(Struct, frozen=True, kw_only=True):
    """What one command or note changed, each thing as it stood afterwards.

    Args:
        position: Behind it.
        ts_event_ns: When.
        orders: Orders that came, changed or were refused.
        trades: What was printed.
        fills: Both sides of the trades.
        entries: Why money changed, in order.
        positions: What is held, by account.
        totals: Money and its parts, by account and currency.
    """

    position: JournalPosition
    ts_event_ns: int
    orders: tuple[OrderRecord, ...] = ()
    trades: tuple[TradePrinted, ...] = ()
    fills: tuple[TradeRecord, ...] = ()
    entries: tuple[StatementEntry, ...] = ()
    positions: tuple[tuple[int, PositionState], ...] = ()
    totals: tuple[tuple[int, str, Totals], ...] = ()


class Batch(Struct, frozen=True, kw_only=True):
    """Steps behind `after`, up to `upto`; those that changed nothing are left out."""

    after: JournalPosition
    upto: JournalPosition
    booked: tuple[Booked, ...]


@dataclass(slots=True)
class Gathered:
    """What the present step changed so far; nothing is kept unless `is_on`."""

    is_on: bool = False
    orders: dict[int, OrderRecord] = field(default_factory=dict)
    trades: list[TradePrinted] = field(default_factory=list)
    fills: list[TradeRecord] = field(default_factory=list)
    positions: dict[tuple[int, str, str], PositionState] = field(default_factory=dict)

    def order(self, order: OrderRecord, /) -> None:
        """Note that an order changed."""
        if self.is_on:
            self.orders[order.order_id] = order

    def position(self, account: int, position: PositionState, /) -> None:
        """Note that what an account holds changed."""
        if self.is_on:
            self.positions[account, position.symbol, position.leg] = position

    def fill(self, trade: TradeRecord, position: PositionState, /) -> None:
        """Note one side of a trade."""
        if self.is_on:
            self.fills.append(trade)
            self.position(trade.account, position)

    def take(self, ledger: Ledger, *, position: JournalPosition, ts_event_ns: int) -> Booked | None:
        """Return what the step changed, as it stands now, and begin the next; `None` if nothing."""
        entries = ledger.entries
        if entries:
            ledger.entries = []
        if not (self.orders or self.trades or self.positions or entries):
            return None
        orders = tuple([copy(order) for order in self.orders.values()])
        self.orders = {}
        if not (self.trades or self.positions or entries):
            # Most steps are of one order and nothing else.
            return Booked(position=position, ts_event_ns=ts_event_ns, orders=orders)
        payers = {entry.account: entry.currency for entry in entries}
        booked = Booked(
            position=position,
            ts_event_ns=ts_event_ns,
            orders=orders,
            trades=tuple(self.trades),
            fills=tuple(self.fills),
            entries=tuple(entries),
            positions=tuple([(key[0], copy(one)) for key, one in self.positions.items()]),
            totals=tuple(
                [(one, currency, copy(ledger.totals(one))) for one, currency in payers.items()]
            ),
        )
        self.trades, self.fills, self.positions = [], [], {}
        return booked
