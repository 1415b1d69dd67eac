"""A venue behind a desk, small enough to see through, that loses answers when it is told to.

It plays both sides of a codec: what a desk sends becomes requests, which arrive, are executed and
answered only when a test lets them. It keeps the truth, against which a desk is held.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

from tradecore.exchanges.base import (
    BalancesListed,
    CancelOrder,
    Cost,
    FillsListed,
    ModifyOrder,
    NewOrder,
    OpenOrdersListed,
    OrderFound,
    OrderNotFound,
    PositionsListed,
    RateRule,
    StreamLost,
    StreamReady,
)
from tradecore.exchanges.base.budget import VenueBudget
from tradecore.execution import DeskUpdate, MemoryIntents, OrderDesk
from tradecore.model.venue import OrderUpdate, VenueFill, VenueOrder, VenuePosition
from tradecore.risk import OrderLimits, PositionsOnly

SYMBOL = "BTCUSDT"
SECOND = 1_000_000_000
START_NS = 1_700_000_000 * SECOND
WINDOW_NS = 2 * SECOND


@dataclass
class Booked:
    """An order as the venue has it."""

    new: NewOrder
    number: int
    price: Decimal
    quantity: Decimal
    filled: Decimal = Decimal(0)
    status: str = "new"

    @property
    def is_open(self):
        """Whether it can trade."""
        return self.status in {"new", "partially_filled"}

    def listed(self, now_ns):
        """Return it as a query answers."""
        return VenueOrder(
            client_order_id=self.new.client_order_id,
            venue_order_id=str(self.number),
            symbol=SYMBOL,
            side=self.new.side,
            type="limit",
            time_in_force="GTC",
            price=self.price,
            quantity=self.quantity,
            cumulative=self.filled,
            status=self.status,
            post_only=False,
            reduce_only=False,
            ts_event_ns=now_ns,
        )


@dataclass
class DeskVenue:
    """The venue's truth, and every role of its codec that a desk speaks to."""

    now_ns: int = START_NS
    orders: dict[str, Booked] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    fills: list[tuple[int, VenueFill]] = field(default_factory=list)
    position: Decimal = Decimal(0)
    can_send: bool = True
    #: Requests that left and have not arrived: when they were signed, and what they ask.
    wire: deque = field(default_factory=deque)
    #: What the desk will hear, in order.
    inbox: deque = field(default_factory=deque)
    is_deaf: bool = False
    fills_asked: int = 0
    #: Of which symbol, or of all, open orders were listed.
    lists_asked: list[str | None] = field(default_factory=list)
    #: Orders it was asked about; it does not answer while it is silent.
    asked: list[str] = field(default_factory=list)
    is_silent: bool = False
    numbers: count = field(default_factory=lambda: count(1))
    execs: count = field(default_factory=lambda: count(1))

    # The codec a desk calls

    def cost_of(self, action):
        """An order counts once, everything weighs one."""
        is_cancel = isinstance(action, CancelOrder)
        return Cost(weight=1, orders=int(isinstance(action, NewOrder)), is_cancel=is_cancel)

    def submit(self, order, *, now_ns, venue_ns):
        """Put a new order on the wire."""
        del now_ns
        self.wire.append((venue_ns, order.value))

    def modify(self, change, *, now_ns, venue_ns):
        """Put a change on the wire."""
        del now_ns
        self.wire.append((venue_ns, change.value))

    def cancel(self, cancel, *, now_ns, venue_ns):
        """Put a cancel on the wire."""
        del now_ns
        self.wire.append((venue_ns, cancel))

    def query(self, client_order_id, symbol, *, now_ns, venue_ns):
        """Answer a question about one order at once."""
        del venue_ns
        self.asked.append(client_order_id)
        if self.is_silent:
            return
        order = self.orders.get(client_order_id)
        if order is None:
            self.inbox.append(
                OrderNotFound(
                    client_order_id=client_order_id,
                    symbol=symbol,
                    asked_ns=now_ns,
                    ts_recv_ns=now_ns,
                )
            )
        else:
            self.inbox.append(OrderFound(order=order.listed(now_ns), asked_ns=now_ns))

    def fetch_open_orders(self, symbol, *, now_ns, venue_ns):
        """List what is open."""
        del venue_ns
        self.lists_asked.append(symbol)
        listed = tuple(o.listed(now_ns) for o in self.orders.values() if o.is_open)
        self.inbox.append(
            OpenOrdersListed(symbol=symbol, orders=listed, asked_ns=now_ns, ts_recv_ns=now_ns)
        )

    def fetch_fills(self, symbol, *, since_exec_id, since_ns, now_ns, venue_ns):
        """List fills."""
        del venue_ns
        self.fills_asked += 1
        told = tuple(f for at, f in self.fills if at >= since_ns and f.exec_id > since_exec_id)
        self.inbox.append(
            FillsListed(
                symbol=symbol, fills=told, is_whole=True, asked_ns=now_ns, since_ns=since_ns
            )
        )

    def fetch_positions(self, *, now_ns, venue_ns):
        """List the one position."""
        del venue_ns
        held = VenuePosition(
            symbol=SYMBOL, quantity=self.position, entry_price=None, ts_event_ns=now_ns
        )
        self.inbox.append(PositionsListed(positions=(held,), ts_recv_ns=now_ns))

    def fetch_balances(self, *, now_ns, venue_ns):
        """List no balance."""
        del now_ns, venue_ns
        self.inbox.append(BalancesListed(balances=()))

    # What a test makes happen

    def arrive(self, *, answer=True, lose=False):
        """Let the oldest request arrive and be executed, or be lost on its way.

        Without `answer` its response never comes back, and the desk learns that much.
        """
        signed_ns, asked = self.wire.popleft()
        if lose:
            self.doubt(asked)
            return
        in_time = self.now_ns - signed_ns <= WINDOW_NS
        reply = self._execute(asked) if in_time else self._too_old(asked)
        if answer:
            self._tell(reply, source="response")
        else:
            self.doubt(asked)

    def doubt(self, asked):
        """Tell the desk that an answer was lost."""
        self.inbox.append(self._update(asked.client_order_id, "unknown", source="response"))

    def trade(self, client_order_id, quantity):
        """Fill a part of an order."""
        order = self.orders[client_order_id]
        quantity = min(Decimal(quantity), order.quantity - order.filled)
        order.filled += quantity
        order.status = "filled" if order.filled == order.quantity else "partially_filled"
        self.position += quantity if order.new.side == "buy" else -quantity
        fill = VenueFill(
            exec_id=next(self.execs),
            venue_order_id=str(order.number),
            symbol=SYMBOL,
            side=order.new.side,
            price=order.price,
            quantity=quantity,
            fee=Decimal(0),
            fee_currency="USDT",
            liquidity="maker",
            ts_event_ns=self.now_ns,
        )
        self.fills.append((self.now_ns, fill))
        self._tell(
            self._update(
                client_order_id,
                "filled",
                exec_id=fill.exec_id,
                price=fill.price,
                quantity=quantity,
                cumulative=order.filled,
                venue_order_id=str(order.number),
            )
        )

    def lose_stream(self):
        """The private stream goes deaf."""
        self.is_deaf = True
        self.inbox.append(StreamLost(channel="private", reason="drill"))

    def find_stream(self):
        """It hears again."""
        self.is_deaf = False
        self.inbox.append(StreamReady(channel="private"))

    def open_ids(self):
        """Return the ids of what is open."""
        return {name for name, order in self.orders.items() if order.is_open}

    def _tell(self, update, source="stream"):
        if source == "response" or not self.is_deaf:
            self.inbox.append(update)

    def _too_old(self, asked):
        words = {NewOrder: "rejected", ModifyOrder: "modify_rejected"}
        reply = words.get(type(asked), "cancel_rejected")
        return self._update(asked.client_order_id, reply, reject_text="outside the window")

    def _execute(self, asked):
        order = self.orders.get(asked.client_order_id)
        if isinstance(asked, NewOrder):
            assert order is None, "a client order id arrived twice"
            number = next(self.numbers)
            self.orders[asked.client_order_id] = Booked(asked, number, asked.price, asked.quantity)
            self.created.append(asked.client_order_id)
            return self._update(asked.client_order_id, "accepted", venue_order_id=str(number))
        is_cancel = isinstance(asked, CancelOrder)
        if order is None or not order.is_open:
            # Of a cancel nobody knows what became of the order: the codec says so.
            reply = "unknown" if is_cancel else "modify_rejected"
            return self._update(asked.client_order_id, reply, reject_code="UNKNOWN_ORDER")
        if is_cancel:
            order.status = "canceled"
            return self._update(asked.client_order_id, "canceled", cumulative=order.filled)
        if asked.quantity <= order.filled:
            return self._update(asked.client_order_id, "modify_rejected")
        order.price, order.quantity = asked.price, asked.quantity
        return self._update(
            asked.client_order_id, "replaced", price=asked.price, quantity=asked.quantity
        )

    def _update(self, client_order_id, reply, **terms):
        terms = {"source": "stream", **terms}
        return OrderUpdate(
            client_order_id=client_order_id,
            symbol=SYMBOL,
            reply=reply,
            ts_event_ns=self.now_ns,
            ts_recv_ns=self.now_ns,
            **terms,
        )


@dataclass
class SmallJournal(MemoryIntents):
    """A journal on a disk that has room for so many entries."""

    room: int = 1_000_000

    def write(self, entry, ts_ns, /):
        """Keep an entry, or say that the disk is full."""
        if len(self.kept) >= self.room:
            raise OSError(28, "No space left on device")
        super().write(entry, ts_ns)


@dataclass
class DeskRig:
    """A desk at its venue, a clock moved by hand, and a ledger of what the trader was told."""

    venue: DeskVenue = field(default_factory=DeskVenue)
    journal: SmallJournal = field(default_factory=SmallJournal)
    told: list[OrderUpdate] = field(default_factory=list)
    others: list[object] = field(default_factory=list)
    numbers: count = field(default_factory=lambda: count(1))
    #: What makes the account's limits, and the venue's rate rules.
    limits_of: Callable[[], OrderLimits] = PositionsOnly
    rules: tuple[RateRule, ...] = ()

    def __post_init__(self):
        self.start()

    def start(self):
        """Start a desk on the journal as it is: the first one, or the one after a crash."""
        self.limits = self.limits_of()
        self.budget = VenueBudget(self.rules)
        self.desk = OrderDesk(
            oms=self.venue,
            fetcher=self.venue,
            limits=self.limits,
            budget=self.budget,
            journal=self.journal,
            start_ns=self.venue.now_ns,
        )
        self.venue.inbox.clear()

    def open(self):
        """Bring the stream up and reconcile."""
        self.venue.find_stream()
        self.settle()
        return self

    def buy(self, quantity="1", price="100", side="buy", trader="t1"):
        """Send an order as a trader would; return its id, or the refusal."""
        name = f"tc-{trader}-{next(self.numbers)}"
        order = NewOrder(
            client_order_id=name,
            symbol=SYMBOL,
            side=side,
            type="limit",
            quantity=Decimal(quantity),
            price=Decimal(price),
        )
        return self.desk.submit(trader, order, now_ns=self.venue.now_ns) or name

    def modify(self, name, price, quantity):
        """Change an order."""
        change = ModifyOrder(
            client_order_id=name,
            symbol=SYMBOL,
            side=self.desk.table.get(name).new.side,
            price=Decimal(price),
            quantity=Decimal(quantity),
        )
        return self.desk.modify("t1", change, now_ns=self.venue.now_ns)

    def cancel(self, name):
        """Cancel an order."""
        cancel = CancelOrder(client_order_id=name, symbol=SYMBOL)
        return self.desk.cancel("t1", cancel, now_ns=self.venue.now_ns)

    def settle(self):
        """Let the desk hear what waits, and what that causes."""
        for _ in range(1_000):
            if not self.venue.inbox:
                return
            self.desk.hear(self.venue.inbox.popleft(), self.venue.now_ns)
            self.collect()
        raise AssertionError("questions and answers never end")

    def collect(self):
        """Sort what the desk says."""
        for output in self.desk.take():
            if isinstance(output, DeskUpdate):
                self.told.append(output.update)
            else:
                self.others.append(output)

    def advance(self, seconds):
        """Let time pass in steps of a quarter of a second."""
        for _ in range(int(seconds * 4)):
            self.venue.now_ns += SECOND // 4
            self.desk.tick(self.venue.now_ns)
            self.collect()
            self.settle()

    def replies(self, name):
        """Return what the trader was told of an order, in words."""
        return [update.reply for update in self.told if update.client_order_id == name]
