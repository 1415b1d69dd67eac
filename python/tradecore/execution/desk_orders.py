"""The orders of a desk, as far as it knows them."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from enum import Enum
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import msgspec

from tradecore.execution.holdings import Holdings
from tradecore.execution.last_seen import LastSeen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tradecore.exchanges.base import ModifyOrder, NewOrder
    from tradecore.model.venue import OrderUpdate

__all__ = ["EVIDENCE_MAX", "DeskOrder", "OrderTable", "Stage"]

#: Beside its fills, so much evidence of an order is kept; then only the last of each kind.
EVIDENCE_MAX: Final = 64
#: So many of the names a venue gave an order find it; some give a new one with each change.
NAMES_MAX: Final = 8
#: The venue's names of so many orders that were let go stay known: who asks whether a fill is of
#: an order in doubt must be able to tell that it is of an older one.
GONE_MAX: Final = 32_768


class Stage(Enum):
    """How far an order has come."""

    #: Written down, waiting for the venue's rate budget; not one byte left.
    QUEUED = "queued"
    #: Sent; no evidence yet that the venue has it.
    SENT = "sent"
    #: The venue has it.
    LIVE = "live"
    #: Nothing but a late fill can change it.
    DONE = "done"


class DeskOrder(msgspec.Struct, kw_only=True):
    """An order of one trader, with what was asked for and what is known."""

    trader: str
    new: NewOrder
    stage: Stage
    price: Decimal | None
    quantity: Decimal
    queued_ns: int = 0
    sent_ns: int = 0
    #: When a cancel or a change was sent last.
    asked_ns: int = 0
    #: When its last change was known, by our clock: what was asked before may not have it.
    terms_ns: int = 0
    #: When it was done, by the venue's: what it says of an earlier one may come later.
    replaced_ns: int = 0
    cumulative: Decimal = Decimal(0)
    venue_order_id: str | None = None
    #: What the venue called it before, oldest first.
    former_ids: list[str] = msgspec.field(default_factory=list)
    change: ModifyOrder | None = None
    #: Whether that change left, and so may have been done.
    is_change_out: bool = False
    #: The venue's time of the terms it had when that was asked for: no answer is older.
    change_after_ns: int = 0
    #: Whether that change is of one that waited: it is taken back, and another follows.
    is_swap: bool = False
    #: Whether its trader knows that it followed another.
    is_introduced: bool = False
    is_cancel_asked: bool = False
    cancels_sent: int = 0
    exec_ids: set[int] = msgspec.field(default_factory=set)
    #: All that was told of it, for a trader that comes back.
    evidence: list[OrderUpdate] = msgspec.field(default_factory=list)
    #: Whether it waited for a trigger, which came.
    is_triggered: bool = False
    #: How many audits in a row did not find it at the venue.
    absences: int = 0
    #: Whether its trader heard last that something of it is not known, or that what was not known
    #: is refused.
    is_doubted: bool = False

    @classmethod
    def queued(cls, trader: str, new: NewOrder, now_ns: int) -> DeskOrder:
        """Return an order that was just written down."""
        return cls(
            trader=trader,
            new=new,
            stage=Stage.QUEUED,
            price=new.price,
            quantity=new.quantity,
            queued_ns=now_ns,
        )

    @property
    def client_order_id(self) -> str:
        """Our name for it."""
        return self.new.client_order_id

    @property
    def told_as(self) -> str:
        """The id its trader knows: of one that follows another, that of the first."""
        name = self.new.client_order_id
        return name.rpartition(":")[0] if self.generation else name

    @property
    def generation(self) -> int:
        """How many orders it follows."""
        first, _, number = self.new.client_order_id.rpartition(":")
        return int(number) if first and number.isascii() and number.isdigit() else 0

    @property
    def symbol(self) -> str:
        """What it trades."""
        return self.new.symbol

    @property
    def placed_ns(self) -> int | None:
        """When it was placed; `None` of one that a list of all orders need not hold."""
        return None if self.new.is_conditional else self.sent_ns

    @property
    def waits(self) -> bool:
        """Whether it waits for a trigger, as far as is known."""
        return self.new.is_conditional and not self.is_triggered

    @property
    def is_open(self) -> bool:
        """Whether it may still trade, as far as is known."""
        return self.stage is not Stage.DONE

    @property
    def is_answer_due(self) -> bool:
        """Whether something that was sent is not answered."""
        is_asked = self.change is not None or self.is_cancel_asked
        return self.stage is Stage.SENT or (self.stage is Stage.LIVE and is_asked)

    @property
    def is_acceptance_news(self) -> bool:
        """Whether its trader has to be told that the venue has it, as it is known here.

        Also where that was told before: after a doubt about a request the refusal of the request
        does not say that the order still stands.
        """
        if self.stage is Stage.LIVE:
            return self.is_doubted and not self.is_answer_due
        return self.is_open

    @property
    def open_quantity(self) -> Decimal:
        """What may still trade."""
        return max(self.quantity - self.cumulative, Decimal(0))

    def ask_change(self, change: ModifyOrder) -> None:
        """Note a change that is to leave."""
        self.change, self.is_change_out = change, False
        self.change_after_ns, self.is_swap = self.replaced_ns, self.waits

    def note(self, update: OrderUpdate) -> None:
        """Keep what was told of it; of much that is superseded only the last of each kind.

        Every fill stays: an order that is changed a million times has as few as it traded.
        """
        self.evidence.append(update)
        if len(self.evidence) - len(self.exec_ids) > EVIDENCE_MAX:
            last = {told.reply: told for told in self.evidence}
            self.evidence = [
                told for told in self.evidence if told.reply == "filled" or last[told.reply] is told
            ]


class OrderTable:
    """Orders by our id and the venue's; finished ones stay until `retained` others followed."""

    def __init__(self, retained: int) -> None:
        """Start empty."""
        self._by_id: dict[str, DeskOrder] = {}
        #: Returns an order by our id, or `None`: the dictionary's own, since each order asks.
        self.get: Callable[[str], DeskOrder | None] = self._by_id.get
        self._by_venue_id: dict[tuple[str, str], str] = {}
        self._open: dict[str, DeskOrder] = {}
        #: The last of those that follow an order.
        self._heirs: dict[str, str] = {}
        self._done: deque[str] = deque()
        self._gone: LastSeen[tuple[str, str]] = LastSeen(GONE_MAX)
        self._retained = retained
        #: What each trader's fills add up to, also of orders that were let go.
        self.holdings = Holdings()

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, client_order_id: object) -> bool:
        return client_order_id in self._by_id

    def __iter__(self) -> Iterator[DeskOrder]:
        return iter(self._by_id.values())

    def by_venue_id(self, symbol: str, venue_order_id: str) -> DeskOrder | None:
        """Return an order by the venue's id, which is unique within a symbol."""
        client_order_id = self._by_venue_id.get((symbol, venue_order_id))
        return None if client_order_id is None else self._by_id.get(client_order_id)

    def current(self, name: str) -> DeskOrder | None:
        """Return an order by the id its trader knows: the last of those that followed it."""
        return self._by_id.get(self._heirs.get(name, name) if self._heirs else name)

    def add(self, order: DeskOrder) -> None:
        """Take an order in."""
        name = order.new.client_order_id
        self._by_id[name] = order
        if order.new.is_conditional and order.generation:
            self._heirs[order.told_as] = name
        if order.stage is not Stage.DONE:
            self._open[name] = order

    def name(self, order: DeskOrder, venue_order_id: str) -> None:
        """Note the venue's id of an order; fills under its last few names find it too."""
        former = order.venue_order_id
        if former is not None and former != venue_order_id:
            order.former_ids.append(former)
            if len(order.former_ids) >= NAMES_MAX:
                self._by_venue_id.pop((order.symbol, order.former_ids.pop(0)), None)
        order.venue_order_id = venue_order_id
        self._by_venue_id[order.symbol, venue_order_id] = order.client_order_id

    def finish(self, order: DeskOrder) -> None:
        """Note that an order ended, and let go of the oldest that did."""
        if not order.is_open:
            return
        order.stage = Stage.DONE
        self._open.pop(order.client_order_id, None)
        self._done.append(order.client_order_id)
        while len(self._done) > self._retained:
            gone = self._by_id.pop(self._done.popleft(), None)
            if gone is None:
                continue
            if self._heirs.get(gone.told_as) == gone.client_order_id:
                del self._heirs[gone.told_as]
            for name in (gone.venue_order_id, *gone.former_ids):
                if name is not None:
                    self._by_venue_id.pop((gone.symbol, name), None)
                    self._gone.add((gone.symbol, name))

    def is_named(self, symbol: str, name: str) -> bool:
        """Return whether the venue calls an order so: one that is known, or of the last let go."""
        return (symbol, name) in self._by_venue_id or (symbol, name) in self._gone

    def names_by_symbol(self) -> dict[str, tuple[str, ...]]:
        """Return all such names of every symbol, oldest first."""
        names: dict[str, list[str]] = {}
        for symbol, name in (*self._gone, *self._by_venue_id):
            names.setdefault(symbol, []).append(name)
        return {symbol: tuple(listed) for symbol, listed in names.items()}

    def recall(self, names: Mapping[str, Sequence[str]]) -> None:
        """Know the venue's names of orders that were let go before this run."""
        every = [
            (at - len(listed), (symbol, name))
            for symbol, listed in names.items()
            for at, name in enumerate(listed)
        ]
        # There may be more than are kept: the last of every symbol are the ones that matter.
        every.sort(key=itemgetter(0))
        self._gone.clear()
        for _, name in every:
            if name not in self._by_venue_id:
                self._gone.add(name)

    def open_orders(
        self, *, trader: str | None = None, symbol: str | None = None
    ) -> list[DeskOrder]:
        """Return the open orders that match, oldest first."""
        return [
            order
            for order in self._open.values()
            if (trader is None or order.trader == trader)
            and (symbol is None or order.symbol == symbol)
        ]

    def symbols(self) -> set[str]:
        """Return every symbol of which an order is known."""
        return {order.symbol for order in self._by_id.values()}

    def of_trader(self, trader: str) -> Iterable[DeskOrder]:
        """Return every known order of a trader, oldest first."""
        return (order for order in self._by_id.values() if order.trader == trader)
