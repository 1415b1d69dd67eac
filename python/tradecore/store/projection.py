"""Steps of a venue's journal, written into its records once each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import sqlalchemy as sa

from tradecore.store import tables
from tradecore.store.bulk import Bulk
from tradecore.store.errors import GapError
from tradecore.store.exact import text_of
from tradecore.venue import JournalPosition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

    from tradecore.portfolio import Totals
    from tradecore.venue import Batch, Booked, OrderRecord
    from tradecore.venue.ledger import PositionState

__all__ = ["apply", "read_position"]

_Row: TypeAlias = tuple[object, ...]
#: How a database takes a decimal.
Exactly: TypeAlias = "Callable[[Decimal | None], object]"

_NAME: Final = "records"
_KEPT: Final = frozenset({"created_ns", "opened_sequence", "opened_note"})
_ORDERS: Final = Bulk(tables.orders, changes=True, fixed=_KEPT)
_POSITIONS: Final = Bulk(tables.positions, changes=True)
_BALANCES: Final = Bulk(tables.balances, changes=True)
_TRADES: Final = Bulk(tables.trades)
_FILLS: Final = Bulk(tables.account_trades)
_ENTRIES: Final = Bulk(tables.statement)


def read_position(connection: sa.Connection, *, is_writer: bool = False) -> JournalPosition:
    """Return how far the records are; whoever is to write them keeps others from doing so."""
    query = sa.select(tables.progress.c.sequence, tables.progress.c.note).where(
        tables.progress.c.name == _NAME
    )
    row = connection.execute(query.with_for_update() if is_writer else query).one()
    return JournalPosition(row.sequence, row.note)


def apply(connection: sa.Connection, batch: Batch) -> JournalPosition:
    """Write what is new in a batch, and how far the records are then, in one transaction.

    What they have already is left out, so a batch may come twice or overlap.

    Raises:
        GapError: If steps between the records and the batch are missing; nothing was written.
    """
    position = read_position(connection, is_writer=True)
    if batch.upto <= position:
        return position
    if batch.after > position:
        raise GapError(
            f"steps follow each other: records={_text(position)}, batch={_text(batch.after)}"
        )
    _write(connection, [step for step in batch.booked if step.position > position])
    connection.execute(
        sa.update(tables.progress)
        .where(tables.progress.c.name == _NAME)
        .values(sequence=batch.upto.sequence, note=batch.upto.note)
    )
    return batch.upto


def _text(position: JournalPosition) -> str:
    return f"{position.sequence}/{position.note}"


def _write(connection: sa.Connection, steps: list[Booked]) -> None:
    exact = text_of if connection.dialect.name == "sqlite" else _as_it_is
    # The last state counts; where an order came is where it was seen first.
    orders: dict[int, tuple[OrderRecord, JournalPosition]] = {}
    held: dict[tuple[int, str, str], tuple[PositionState, Booked]] = {}
    paid: dict[tuple[int, str], tuple[Totals, Booked]] = {}
    for step in steps:
        for order in step.orders:
            seen = orders.get(order.order_id)
            orders[order.order_id] = order, step.position if seen is None else seen[1]
        for account, position in step.positions:
            held[account, position.symbol, position.leg] = position, step
        for account, currency, totals in step.totals:
            paid[account, currency] = totals, step
    _ORDERS.write(connection, [_order(*one, exact) for one in orders.values()])
    _POSITIONS.write(connection, [_position(key[0], *held[key], exact) for key in held])
    _BALANCES.write(connection, [_balance(*key, *paid[key], exact) for key in paid])
    _TRADES.write(connection, [row for step in steps for row in _trades(step, exact)])
    _FILLS.write(connection, [row for step in steps for row in _fills(step, exact)])
    _ENTRIES.write(connection, [row for step in steps for row in _entries(step, exact)])


def _as_it_is(value: Decimal | None) -> Decimal | None:
    return value


# What follows is in the order of the tables' columns.


def _order(order: OrderRecord, opened: JournalPosition, exact: Exactly) -> _Row:
    asked = order.request
    return (
        order.order_id,
        asked.client_order_id,
        asked.account,
        asked.symbol,
        asked.side,
        asked.kind,
        asked.time_in_force,
        exact(order.price),
        exact(order.stop_price),
        exact(asked.display_quantity),
        exact(order.quantity),
        exact(order.cumulative),
        exact(order.cumulative_notional),
        order.status,
        order.reject_code,
        asked.post_only,
        asked.reduce_only,
        asked.leg,
        order.created_ns,
        order.updated_ns,
        order.sequence,
        opened.sequence,
        opened.note,
        asked.strategy,
    )


def _position(account: int, held: PositionState, step: Booked, exact: Exactly) -> _Row:
    return (
        account,
        held.symbol,
        held.leg,
        exact(held.quantity),
        exact(held.cost),
        exact(held.fees),
        exact(held.realized),
        exact(held.set_aside),
        held.updated_ns,
        step.position.sequence,
    )


def _balance(account: int, currency: str, totals: Totals, step: Booked, exact: Exactly) -> _Row:
    return (
        account,
        currency,
        exact(totals.total),
        exact(totals.deposit),
        exact(totals.withdrawal),
        exact(totals.realized),
        exact(totals.fee),
        exact(totals.funding),
        exact(totals.insurance),
        step.ts_event_ns,
        step.position.sequence,
    )


def _trades(step: Booked, exact: Exactly) -> Iterator[_Row]:
    for trade in step.trades:
        yield (
            trade.symbol,
            trade.trade_id,
            exact(trade.price),
            exact(trade.quantity),
            trade.aggressor or "",
            trade.taker_order_id,
            trade.maker_order_id,
            trade.ts_event_ns,
            step.position.sequence,
        )


def _fills(step: Booked, exact: Exactly) -> Iterator[_Row]:
    for part, fill in enumerate(step.fills):
        yield (
            step.position.sequence,
            part,
            fill.symbol,
            fill.trade_id,
            fill.order_id,
            fill.account,
            fill.side,
            exact(fill.price),
            exact(fill.quantity),
            exact(fill.realized),
            exact(fill.fee),
            fill.fee_currency,
            fill.is_maker,
            fill.leg,
            fill.ts_event_ns,
            fill.strategy,
        )


def _entries(step: Booked, exact: Exactly) -> Iterator[_Row]:
    for part, entry in enumerate(step.entries):
        yield (
            step.position.sequence,
            step.position.note,
            part,
            entry.account,
            entry.currency,
            entry.kind,
            exact(entry.amount),
            exact(entry.balance),
            entry.symbol,
            entry.trade_id,
            step.ts_event_ns,
        )
