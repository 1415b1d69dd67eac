"""What the engine wrote down, replayed by the desk's own rules: our side of the truth.

It is what an engine that starts again knows before it asks anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradecore.exchanges.base import NewOrder
from tradecore.execution.desk_evidence import merge
from tradecore.execution.desk_orders import DeskOrder, OrderTable, Stage
from tradecore.model import OrderUpdate
from tradecore.processes.intent_file import read_intents
from tradecore.risk import PositionsOnly

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal
    from pathlib import Path

    from tradecore.execution.intents import Entry

__all__ = ["Written", "first_answer_ns", "read_journal", "replay_journal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a journal comes to.

    Args:
        entries: How many entries it has.
        orders: Our ids of all orders that were to be sent.
        open_orders: Those that nothing says the end of.
        exec_ids: Fills, by the venue's number.
        position: What the fills of a symbol come to.
    """

    entries: int
    orders: frozenset[str]
    open_orders: frozenset[str]
    exec_ids: frozenset[int]
    position: Decimal


def read_journal(path: Path, symbol: str) -> Written:
    """Return what a file comes to; the engine may be writing it. Nothing if there is none.

    Raises:
        DataError: If it is damaged.
    """
    return replay_journal(read_intents(path) if path.exists() else (), symbol)


def first_answer_ns(path: Path, *, after_ns: int) -> int | None:
    """Return when, after a time, an engine first had an order or a change taken by the venue.

    What it only asked about does not count. Nanoseconds since 1970; `None` if not yet.

    Raises:
        DataError: If the journal is damaged.
    """
    for ts_ns, entry in read_intents(path):
        what = entry.what
        if ts_ns <= after_ns or not isinstance(what, OrderUpdate):
            continue
        if what.reply in {"accepted", "replaced"} and what.source != "query":
            return ts_ns
    return None


def replay_journal(entries: Iterable[tuple[int, Entry]], symbol: str) -> Written:
    """Return what entries come to."""
    kept = tuple(entries)
    # As many are kept as there can be: what ended counts here as well.
    table, limits = OrderTable(retained=len(kept) + 1), PositionsOnly()
    for ts_ns, entry in kept:
        what = entry.what
        if isinstance(what, NewOrder):
            limits.restore(entry.trader, what, now_ns=ts_ns)
            table.add(
                DeskOrder(
                    trader=entry.trader,
                    new=what,
                    stage=Stage.SENT,
                    price=what.price,
                    quantity=what.quantity,
                    sent_ns=ts_ns,
                )
            )
        elif isinstance(what, OrderUpdate):
            order = table.get(what.client_order_id)
            if order is not None:
                merge(order, what, table=table, limits=limits)
    return Written(
        entries=len(kept),
        orders=frozenset(order.client_order_id for order in table),
        open_orders=frozenset(order.client_order_id for order in table.open_orders()),
        exec_ids=frozenset(exec_id for order in table for exec_id in order.exec_ids),
        position=limits.position(symbol),
    )
