"""Steps of a venue's journal, written into its records once each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tradecore.store import tables
from tradecore.store.errors import GapError
from tradecore.venue import JournalPosition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tradecore.venue import Batch, Booked, OrderRecord

__all__ = ["apply", "read_position"]

_NAME: Final = "records"
_FIXED: Final = frozenset({"order_id", "created_ns", "opened_sequence", "opened_note"})


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
    orders: dict[int, dict[str, Any]] = {}
    positions: dict[tuple[int, str, str], dict[str, Any]] = {}
    balances: dict[tuple[int, str], dict[str, Any]] = {}
    for step in steps:
        for order in step.orders:
            # The last state counts; where it came is where it was seen first.
            opened = orders.get(order.order_id)
            orders[order.order_id] = _order(order, step, opened)
        for account, held in step.positions:
            positions[account, held.symbol, held.leg] = {
                "account": account,
                "symbol": held.symbol,
                "leg": held.leg,
                "quantity": held.quantity,
                "cost": held.cost,
                "fees": held.fees,
                "realized": held.realized,
                "set_aside": held.set_aside,
                "updated_ns": held.updated_ns,
                "sequence": step.position.sequence,
            }
        for account, currency, totals in step.totals:
            balances[account, currency] = {
                "account": account,
                "currency": currency,
                "total": totals.total,
                "deposit": totals.deposit,
                "withdrawal": totals.withdrawal,
                "realized": totals.realized,
                "fee": totals.fee,
                "funding": totals.funding,
                "insurance": totals.insurance,
                "updated_ns": step.ts_event_ns,
                "sequence": step.position.sequence,
            }
    _put(connection, tables.orders, orders.values(), fixed=_FIXED)
    _put(connection, tables.positions, positions.values())
    _put(connection, tables.balances, balances.values())
    _add(connection, tables.trades, [row for step in steps for row in _trades(step)])
    _add(connection, tables.account_trades, [row for step in steps for row in _fills(step)])
    _add(connection, tables.statement, [row for step in steps for row in _entries(step)])


def _order(order: OrderRecord, step: Booked, opened: Mapping[str, Any] | None) -> dict[str, Any]:
    asked = order.request
    return {
        "order_id": order.order_id,
        "client_order_id": asked.client_order_id,
        "account": asked.account,
        "symbol": asked.symbol,
        "side": asked.side,
        "type": asked.kind,
        "time_in_force": asked.time_in_force,
        "price": order.price,
        "stop_price": order.stop_price,
        "display_quantity": asked.display_quantity,
        "quantity": order.quantity,
        "filled": order.cumulative,
        "notional": order.cumulative_notional,
        "status": order.status,
        "reject_code": order.reject_code,
        "post_only": asked.post_only,
        "reduce_only": asked.reduce_only,
        "leg": asked.leg,
        "created_ns": order.created_ns,
        "updated_ns": order.updated_ns,
        "sequence": order.sequence,
        "opened_sequence": opened["opened_sequence"] if opened else step.position.sequence,
        "opened_note": opened["opened_note"] if opened else step.position.note,
    }


def _trades(step: Booked) -> Iterable[dict[str, Any]]:
    for trade in step.trades:
        yield {
            "symbol": trade.symbol,
            "trade_id": trade.trade_id,
            "price": trade.price,
            "quantity": trade.quantity,
            "aggressor": trade.aggressor or "",
            "taker_order_id": trade.taker_order_id,
            "maker_order_id": trade.maker_order_id,
            "ts_event_ns": trade.ts_event_ns,
            "sequence": step.position.sequence,
        }


def _fills(step: Booked) -> Iterable[dict[str, Any]]:
    for part, fill in enumerate(step.fills):
        yield {
            "sequence": step.position.sequence,
            "part": part,
            "symbol": fill.symbol,
            "trade_id": fill.trade_id,
            "order_id": fill.order_id,
            "account": fill.account,
            "side": fill.side,
            "price": fill.price,
            "quantity": fill.quantity,
            "realized": fill.realized,
            "fee": fill.fee,
            "fee_currency": fill.fee_currency,
            "is_maker": fill.is_maker,
            "leg": fill.leg,
            "ts_event_ns": fill.ts_event_ns,
        }


def _entries(step: Booked) -> Iterable[dict[str, Any]]:
    for part, entry in enumerate(step.entries):
        yield {
            "sequence": step.position.sequence,
            "note": step.position.note,
            "part": part,
            "account": entry.account,
            "currency": entry.currency,
            "kind": entry.kind,
            "amount": entry.amount,
            "balance": entry.balance,
            "symbol": entry.symbol,
            "trade_id": entry.trade_id,
            "ts_event_ns": step.ts_event_ns,
        }


def _insert(connection: sa.Connection, table: sa.Table) -> Any:  # noqa: ANN401 - of two dialects
    made = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return made(table)


def _add(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows that are not there."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


def _put(
    connection: sa.Connection,
    table: sa.Table,
    rows: Iterable[dict[str, Any]],
    *,
    fixed: frozenset[str] = frozenset(),
) -> None:
    """Insert rows, or change those that are there; what is `fixed` stays as it was."""
    listed = list(rows)
    if not listed:
        return
    insert, keys = _insert(connection, table), [column.name for column in table.primary_key]
    changed = {
        column.name: insert.excluded[column.name]
        for column in table.columns
        if column.name not in fixed and column.name not in keys
    }
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed), listed)
