"""A trading engine's journal of intents as a history that can be compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError
from tradecore.exchanges.base import CancelOrder, ModifyOrder, NewOrder
from tradecore.model.venue import OrderUpdate
from tradecore.processes.intent_file import read_intents
from tradecore.runs.entries import Heard, Sent
from tradecore.runs.history import HistoryBuilder

if TYPE_CHECKING:
    from pathlib import Path

    from tradecore.execution.intents import What
    from tradecore.model.orders import Side
    from tradecore.runs.history import History

__all__ = ["history_of_intents"]

_EVENTS: Final = {"replaced": "modified"}


def history_of_intents(path: Path, *, trader: str | None = None) -> History:
    """Return what a trader's orders came to, as the engine wrote it down.

    A file keeps neither books nor instruments: marks, mids and contracts are those of the run it
    is compared with.

    Args:
        path: The engine's file.
        trader: Whose; may be left out where the file has one trader's.

    Raises:
        DataError: If the file is damaged.
        InputError: If it has several traders and none was named, or not that one.
        OSError: If it cannot be read.
    """
    entries = [(ts_ns, entry) for ts_ns, entry in read_intents(path) if entry.trader]
    traders = sorted({entry.trader for _, entry in entries})
    if trader is None and len(traders) != 1:
        raise InputError(
            f"a journal of several traders is read for one, as FILE@TRADER: {path} has "
            f"{', '.join(traders) or 'none'}"
        )
    name = traders[0] if trader is None else trader
    if name not in traders:
        raise InputError(f"no such trader in {path}: {name}, it has {', '.join(traders) or 'none'}")
    built = _Built()
    for ts_ns, entry in entries:
        if entry.trader == name:
            built.take(entry.what, ts_ns)
    return built.history.done(f"{path}@{name}", "engine", {}, {})


@dataclass(slots=True)
class _Built:
    """A history, and what it needs to know that an entry does not say."""

    history: HistoryBuilder = field(default_factory=HistoryBuilder)
    _sides: dict[str, Side] = field(default_factory=dict)
    _told: set[tuple[str, int]] = field(default_factory=set)

    def take(self, what: What, ts_ns: int) -> None:
        match what:
            case NewOrder():
                self._sides[what.client_order_id] = what.side
                self.history.sent(_sent(what), ts_ns)
            case ModifyOrder() | CancelOrder():
                self.history.sent(_sent(what), ts_ns)
            case OrderUpdate():
                self._update(what)
            case _:
                pass

    def _update(self, update: OrderUpdate) -> None:
        """Take evidence; a fill that was told twice is one."""
        key = (update.client_order_id, update.exec_id)
        if update.reply == "filled":
            if key in self._told:
                return
            self._told.add(key)
        side = update.side or self._sides.get(update.client_order_id)
        if side is not None:
            self.history.heard(_heard(update, side))


def _sent(what: NewOrder | ModifyOrder | CancelOrder) -> Sent:
    name, symbol = what.client_order_id, what.symbol
    match what:
        case NewOrder():
            terms = (what.type, what.price, what.quantity, what.time_in_force)
            return Sent("new", name, symbol, what.side, *terms, what.post_only, what.reduce_only)
        case ModifyOrder():
            terms = ("limit", what.price, what.quantity, "GTC")
            return Sent("modify", name, symbol, what.side, *terms, False, False)
        case CancelOrder():
            return Sent("cancel", name, symbol, "buy", "", None, None, "", False, False)


def _heard(update: OrderUpdate, side: Side) -> Heard:
    is_fill = update.reply == "filled"
    return Heard(
        _EVENTS.get(update.reply, update.reply),
        update.client_order_id,
        update.symbol,
        side,
        "",
        update.ts_event_ns,
        update.ts_recv_ns,
        update.price if is_fill else None,
        update.quantity if is_fill else None,
        (update.fee or Decimal(0)) if is_fill else None,
        update.liquidity if is_fill else None,
        update.exec_id,
        update.reject_code,
    )
