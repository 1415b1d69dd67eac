"""What became of a run's orders, in one form for every kind of journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from tradecore.core import DataError
from tradecore.runs.entries import (
    EntryKind,
    Facts,
    Heard,
    Sent,
    decode_end,
    decode_heard,
    decode_sent,
)

if TYPE_CHECKING:
    from tradecore.runs.journal import RunRecords

__all__ = ["History", "HistoryBuilder", "PlacedOrder", "TradedFill", "history_of_run"]

Side: TypeAlias = Literal["buy", "sell"]
Stage: TypeAlias = Literal["new", "modify", "cancel"]

_ENDINGS = frozenset({"rejected", "canceled", "expired", "denied"})
_ANSWERS: dict[str, Stage] = {
    "accepted": "new",
    "rejected": "new",
    "modified": "modify",
    "modify_rejected": "modify",
    "canceled": "cancel",
    "cancel_rejected": "cancel",
}


@dataclass(slots=True, kw_only=True)
class PlacedOrder:
    """An order that left, as it was first asked for. Times are nanoseconds since 1970.

    Args:
        client_order_id: Its name in its own run.
        symbol: Of what.
        side: Which way.
        price: The limit; `None` of a market order.
        quantity: How much.
        ts_ns: When it left.
        ending: What ended it, `filled` among them; empty while it lives.
    """

    client_order_id: str
    symbol: str
    side: Side
    price: Decimal | None
    quantity: Decimal
    ts_ns: int
    ending: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradedFill:
    """A fill. Times are nanoseconds since 1970.

    Args:
        client_order_id: Whose.
        symbol: Of what.
        side: Our side.
        price: At what.
        quantity: How much.
        fee: In the settlement currency; negative is a rebate.
        liquidity: Whether we rested.
        ts_event_ns: The venue's time.
        ts_recv_ns: Ours.
        mid: The middle of the book when we heard of it, where that is known.
    """

    client_order_id: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    fee: Decimal
    liquidity: str
    ts_event_ns: int
    ts_recv_ns: int
    mid: Decimal | None = None

    @property
    def sign(self) -> int:
        """+1 bought, -1 sold."""
        return 1 if self.side == "buy" else -1


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A run as it can be compared.

    Args:
        name: What a reader calls it.
        kind: What kept it.
        facts: Its instruments, by symbol; may be empty where a journal does not name them.
        orders: In the order they left.
        fills: In the order they were heard.
        latency_ns: Nanoseconds of each stage, by name: `new`, `modify`, `cancel` from our command
            to its answer, `venue` from the venue's event to our hearing of a fill.
        marks: The middle of each book at the end.
        start_ns: The first time in it.
        end_ns: The last.
    """

    name: str
    kind: str
    facts: dict[str, Facts]
    orders: list[PlacedOrder]
    fills: list[TradedFill]
    latency_ns: dict[str, list[int]]
    marks: dict[str, Decimal]
    start_ns: int
    end_ns: int


@dataclass(slots=True)
class HistoryBuilder:
    """Puts a history together from commands and events in their order."""

    orders: dict[str, PlacedOrder] = field(default_factory=dict)
    fills: list[TradedFill] = field(default_factory=list)
    latency_ns: dict[str, list[int]] = field(default_factory=dict)
    start_ns: int = 0
    end_ns: int = 0
    _asked: dict[tuple[str, Stage], int] = field(default_factory=dict)

    def sent(self, command: Sent, ts_ns: int) -> None:
        """Take a command."""
        self._seen(ts_ns)
        name = command.client_order_id
        self._asked[name, command.word] = ts_ns
        if command.word == "new" and command.quantity is not None:
            self.orders[name] = PlacedOrder(
                client_order_id=name,
                symbol=command.symbol,
                side=command.side,
                price=command.price,
                quantity=command.quantity,
                ts_ns=ts_ns,
            )

    def heard(self, event: Heard) -> None:
        """Take an event."""
        name = event.client_order_id
        if event.name != "denied":
            self._seen(event.ts_recv_ns)
        order = self.orders.get(name)
        stage = _ANSWERS.get(event.name)
        asked_ns = None if stage is None else self._asked.pop((name, stage), None)
        if stage is not None and asked_ns is not None:
            self.latency_ns.setdefault(stage, []).append(event.ts_recv_ns - asked_ns)
        if event.name == "filled":
            self._fill(event)
        if order is not None and (event.name in _ENDINGS or event.state == "FILLED"):
            order.ending = "filled" if event.state == "FILLED" else event.name

    def done(
        self, name: str, kind: str, facts: dict[str, Facts], marks: dict[str, Decimal]
    ) -> History:
        """Return the history."""
        return History(
            name=name,
            kind=kind,
            facts=facts,
            orders=list(self.orders.values()),
            fills=self.fills,
            latency_ns=self.latency_ns,
            marks=marks,
            start_ns=self.start_ns,
            end_ns=self.end_ns,
        )

    def _fill(self, event: Heard) -> None:
        if event.price is None or event.quantity is None:
            raise DataError(f"a fill has price and quantity: {event}")
        self.latency_ns.setdefault("venue", []).append(event.ts_recv_ns - event.ts_event_ns)
        self.fills.append(
            TradedFill(
                client_order_id=event.client_order_id,
                symbol=event.symbol,
                side=event.side,
                price=event.price,
                quantity=event.quantity,
                fee=event.fee or Decimal(0),
                liquidity=event.liquidity or "maker",
                ts_event_ns=event.ts_event_ns,
                ts_recv_ns=event.ts_recv_ns,
                mid=event.mid,
            )
        )

    def _seen(self, ts_ns: int) -> None:
        self.start_ns = ts_ns if not self.start_ns else min(self.start_ns, ts_ns)
        self.end_ns = max(self.end_ns, ts_ns)


def history_of_run(records: RunRecords) -> History:
    """Return the history of a run from its journal.

    Raises:
        DataError: If a record makes no sense, with its place.
    """
    built = HistoryBuilder(start_ns=records.ts_ns, end_ns=records.ts_ns)
    marks: dict[str, Decimal] = {}
    for number, (kind, ts_ns, payload) in enumerate(records.rest, 2):
        try:
            if kind is EntryKind.SENT:
                built.sent(decode_sent(payload), ts_ns)
            elif kind is EntryKind.HEARD:
                built.heard(decode_heard(payload))
            elif kind is EntryKind.END:
                marks = decode_end(payload).marks
        except msgspec.DecodeError as error:
            where = f"record={number}: {records.path}"
            raise DataError(f"a record makes no sense: {error}: {where}") from error
        built.end_ns = max(built.end_ns, ts_ns)
    begin = records.begin
    facts = {one.symbol: one for one in begin.instruments}
    return built.done(records.path, begin.host, facts, marks)
