"""The venue's positions held against ours, and what of a difference is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.execution.desk_outputs import DeskReconciled

if TYPE_CHECKING:
    from tradecore.exchanges.base import ExchangeDataFetcher, PositionsListed
    from tradecore.execution.desk_face import DeskFace
    from tradecore.execution.desk_orders import DeskOrder
    from tradecore.model.venue import OrderUpdate

__all__ = ["Positions"]

#: Most orders of a symbol that one difference names.
CHANGED_MAX: Final = 1_000


@dataclass(slots=True)
class Positions:
    """Takes over what the venue says twice.

    Args:
        desk: Whose positions.
        fetcher: Where they are asked for once more.
    """

    desk: DeskFace
    fetcher: ExchangeDataFetcher
    _mismatch: dict[str, Decimal] = field(default_factory=dict)
    #: By symbol, the venue's time when its position was taken over last.
    _believed_ns: dict[str, int] = field(default_factory=dict)
    _changed: dict[str, dict[str, None]] = field(default_factory=dict)

    def begin(self) -> None:
        """Forget what differed before a gap."""
        self._mismatch.clear()
        self._changed.clear()

    def differs(self, order: DeskOrder) -> None:
        """Note an order of which the venue knows more; so many of a symbol can be named."""
        changed = self._changed.setdefault(order.symbol, {})
        if len(changed) < CHANGED_MAX:
            changed[order.told_as] = None

    def may_hold(self, fill: OrderUpdate) -> bool:
        """Return whether a position that was taken over may hold a fill that came after it."""
        return fill.ts_event_ns <= self._believed_ns.get(fill.symbol, 0)

    def compare(self, listed: PositionsListed, now_ns: int) -> bool:
        """Hold the venue's positions against ours; return whether they are the same now.

        A fill may be in one and not yet in the other, so only a difference that is the same twice
        is believed.
        """
        limits = self.desk.limits
        venue = {p.symbol: p for p in listed.positions}
        symbols = venue.keys() | self.desk.table.symbols()
        ours = {symbol: limits.position(symbol) for symbol in sorted(symbols)}
        for symbol, before in ours.items():
            position = venue.get(symbol)
            after = Decimal(0) if position is None else position.quantity
            if after == before:
                self._mismatch.pop(symbol, None)
            elif self._mismatch.get(symbol) == after - before:
                del self._mismatch[symbol]
                entry = None if position is None else position.entry_price
                limits.set_position(symbol, after, entry)
                self._believed_ns[symbol] = self.desk.venue_ns(now_ns)
                self._tell(symbol, before, after, now_ns)
                self._changed.pop(symbol, None)
            else:
                self._mismatch[symbol] = after - before
        if self._mismatch:
            self.fetcher.fetch_positions(now_ns=now_ns, venue_ns=self.desk.venue_ns(now_ns))
            return False
        for symbol, ids in self._changed.items():
            if ids:
                held = limits.position(symbol)
                self._tell(symbol, held, held, now_ns)
        self._changed.clear()
        return True

    def _tell(self, symbol: str, before: Decimal, after: Decimal, now_ns: int) -> None:
        self.desk.tell(
            DeskReconciled(
                symbol=symbol,
                client_order_ids=tuple(self._changed.get(symbol, ())),
                position_before=before,
                position_after=after,
                ts_recv_ns=now_ns,
            )
        )
