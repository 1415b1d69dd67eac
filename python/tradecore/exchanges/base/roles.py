"""The four roles a venue's plug-in plays. Each is a codec: it never awaits, and reads no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.core import BookView, Instrument, RequestWriter
    from tradecore.exchanges.base.actions import (
        CancelOrder,
        ModifyOrder,
        NewConditional,
        NewOrder,
    )
    from tradecore.exchanges.base.events import Event
    from tradecore.exchanges.base.incoming import Incoming
    from tradecore.exchanges.base.outgoing import Cost, Outgoing
    from tradecore.exchanges.base.settings import ConnectorSettings, Endpoints
    from tradecore.model import Approved, OrderTypeWord, Subscription
    from tradecore.model.venue import InstrumentTerms


class Codec(Protocol):
    """Three verbs; whoever pumps calls `pending` after each of the others."""

    def receive(self, incoming: Incoming, ts_recv_ns: int, /) -> Sequence[Event]:
        """Take what came, and return what follows from it. Hostile input is an event too."""

    def pending(self) -> Sequence[Outgoing]:
        """Return what is to be sent, in order, and forget it."""

    def tick(self, now_ns: int, /) -> Sequence[Event]:
        """Let time pass: heart beats, keep-alives, time-outs. Called a few times a second."""


class ExchangeSubscriber(Codec, Protocol):
    """Public market data: subscriptions in, books and market events out."""

    def start(self, now_ns: int, /) -> None:
        """Ask for connections; what was subscribed is subscribed on each."""

    def subscribe(self, subscription: Subscription, /) -> None:
        """Add to what is heard."""

    def unsubscribe(self, symbol: str, /) -> None:
        """Hear nothing more of a symbol."""

    def book(self, symbol: str, /) -> BookView:
        """Return the book that follows the venue's; it goes on changing."""

    def take_update(self, symbol: str, /, *, snapshot: bool = False) -> bytes | None:
        """Return the book's changes since the last call, as the body of a bus message."""


@runtime_checkable
class ExchangeBatchSubscriber(Protocol):
    """An `ExchangeSubscriber` that reads messages which came together in one go.

    Only where `tells_updates` is set, for whoever passes books on: `BookChanged` then comes once
    for many messages, and carries the body of a bus message for each of them.
    """

    tells_updates: bool

    def receive_many(
        self, channel: str, frames: list[bytes], generation: int, ts_recv_ns: int, /
    ) -> Sequence[Event]:
        """Take messages of a channel in their order, as `receive` takes them one by one."""


class ExchangeOMS(Codec, Protocol):
    """Orders over the private connection.

    Nothing here sends twice: an answer that is lost comes out as an `OrderUpdate` with the reply
    `unknown`, and what to do about it is decided above. What was provably not sent is a
    `rejected`, `modify_rejected` or `cancel_rejected` with the code `VENUE_UNAVAILABLE`.
    """

    def start(self, now_ns: int, /) -> None:
        """Ask for connections."""

    @property
    def can_send(self) -> bool:
        """Whether an order sent now would leave at once."""

    def cost_of(self, action: NewOrder | ModifyOrder | CancelOrder, /) -> Cost:
        """Return what an action would take from the venue's budgets."""

    def submit(self, order: Approved[NewOrder], /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a new order; `venue_ns` is the venue's time as far as we know it."""

    def modify(self, change: Approved[ModifyOrder], /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a change."""

    def cancel(self, cancel: CancelOrder, /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a cancel."""

    def submit_batch(
        self, orders: Sequence[Approved[NewOrder]], /, *, now_ns: int, venue_ns: int
    ) -> None:
        """Sign and queue new orders in as few messages as the venue allows."""

    def cancel_all(self, symbol: str, /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue the cancel of every order of a symbol."""

    def query(self, client_order_id: str, symbol: str, /, *, now_ns: int, venue_ns: int) -> None:
        """Ask how an order stands: `OrderFound` or `OrderNotFound` follows."""

    def keep_alive(
        self, symbols: Sequence[str], countdown_ms: int, /, *, now_ns: int, venue_ns: int
    ) -> None:
        """Wind the dead-man switch: the venue cancels all of ours unless wound again; 0 stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainTerms:
    """By what a venue's plain orders are worded and sent.

    Args:
        writer: What writes its messages.
        channel: Where they leave.
        window_ms: How old one may be when it arrives.
        cost: What one takes from the venue's budgets.
    """

    writer: RequestWriter
    channel: str
    window_ms: int
    cost: Cost


@runtime_checkable
class ExchangePlainOrders(Protocol):
    """An `ExchangeOMS` of a venue whose plain orders the core words; see `PlainOrders`."""

    @property
    def plain_terms(self) -> PlainTerms:
        """By what they are worded and sent."""

    def next_request(self) -> tuple[str, bool, int] | None:
        """Return the next request's id, whether it is to be signed, and its connection.

        The last is a generation of `channel`, by which it may be sent at once, or 0 if it has to
        queue behind others. It stays the next until `worded`. `None` if none can leave.
        """

    def worded(
        self, order: NewOrder, text: str, /, *, is_sent: bool, now_ns: int, venue_ns: int
    ) -> None:
        """Await the answer to a new order, worded with the next request's id.

        Its message is queued unless it was sent already.
        """


@runtime_checkable
class ExchangeTriggers(Protocol):
    """An `ExchangeOMS` of a venue that keeps orders apart while they wait for a trigger.

    `submit` takes them like any other, and `receive` gives the answers to what was asked of
    `waiting`. Once an order was triggered its answers are about what it became, which bears the
    same id of ours.
    """

    @property
    def waiting(self) -> ExchangeConditionals:
        """Where those that wait are canceled, and asked about."""


@runtime_checkable
class ExchangeWaitingLists(Protocol):
    """An `ExchangeDataFetcher` of such a venue.

    Only while `lists_waiting` is set, for it costs as much again, does `fetch_open_orders` ask for
    both kinds, and answer when it has both.
    """

    lists_waiting: bool


@runtime_checkable
class ExchangeOrderHistory(Protocol):
    """An `ExchangeDataFetcher` of a venue that lists every order of ours, also one that ended."""

    def fetch_orders(self, symbol: str, /, *, since_ns: int, now_ns: int, venue_ns: int) -> None:
        """Ask for orders placed since a time of the venue's: `OrdersListed` follows, page by page.

        Those that wait for a trigger need not be among them.
        """


@runtime_checkable
class ExchangeBatches(Protocol):
    """An `ExchangeOMS` of a venue that takes several changes or cancels at once.

    Each order has an answer of its own, as if it had been sent alone; without one it is `unknown`.
    """

    def modify_batch(
        self, changes: Sequence[Approved[ModifyOrder]], /, *, now_ns: int, venue_ns: int
    ) -> None:
        """Sign and queue changes in as few messages as the venue allows."""

    def cancel_batch(
        self, cancels: Sequence[CancelOrder], /, *, now_ns: int, venue_ns: int
    ) -> None:
        """Sign and queue cancels in as few messages as the venue allows."""


class ExchangePMS(Codec, Protocol):
    """The private stream: order updates, fills, balances, positions, margin calls."""

    def start(self, now_ns: int, /) -> None:
        """Ask for the stream; `StreamReady` follows."""

    @property
    def is_live(self) -> bool:
        """Whether what happens now will be told."""


class ExchangeDataFetcher(Codec, Protocol):
    """State by HTTP: at start-up, and after each gap of the private stream."""

    def fetch_clock(self, now_ns: int, /) -> None:
        """Ask for the venue's time: a `ClockSample` follows."""

    def fetch_instruments(self, now_ns: int, /) -> None:
        """Ask for what is traded: `InstrumentsListed` follows."""

    def fetch_open_orders(self, symbol: str | None, /, *, now_ns: int, venue_ns: int) -> None:
        """Ask for open orders: `OpenOrdersListed` follows."""

    def fetch_fills(
        self, symbol: str, /, *, since_exec_id: int, since_ns: int, now_ns: int, venue_ns: int
    ) -> None:
        """Ask for fills after an execution id, or since a time where that is 0."""

    def fetch_positions(self, *, now_ns: int, venue_ns: int) -> None:
        """Ask for positions: `PositionsListed` follows."""

    def fetch_balances(self, *, now_ns: int, venue_ns: int) -> None:
        """Ask for balances: `BalancesListed` follows."""


class ExchangeConditionals(Codec, Protocol):
    """Orders that wait for a trigger, at a venue that lists them apart from resting ones."""

    def submit(self, order: Approved[NewConditional], /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a new one: an `OrderUpdate` follows, and is not sent twice."""

    def objection(self, order: NewOrder, /) -> str | None:
        """Return why the venue cannot take an order that waits, in words; `None` if it can."""

    def query(self, client_order_id: str, symbol: str, /, *, now_ns: int, venue_ns: int) -> None:
        """Ask how one stands, by our id: `OrderFound` or `OrderNotFound` follows.

        Of one that became an order `ConditionalTold`, which names that.
        """

    def cancel(self, cancel: CancelOrder, /, *, now_ns: int, venue_ns: int) -> None:
        """Sign and queue a cancel: an `OrderUpdate` follows."""

    def withdraw(self, cancel: CancelOrder, /, *, now_ns: int, venue_ns: int) -> None:
        """As `cancel`, but never of what an order became: if it waits no longer, nothing is done.

        The `OrderUpdate` that follows then is `modify_rejected`.
        """


@runtime_checkable
class ConditionalPlugin(Protocol):
    """A plug-in of a venue that keeps conditional orders apart."""

    @property
    def conditional_types(self) -> tuple[OrderTypeWord, ...]:
        """Which of them its order role takes: an `ExchangeTriggers`."""

    def conditionals(self, settings: ConnectorSettings, /) -> ExchangeConditionals:
        """Make the role for them."""


class ExchangePlugin(Protocol):
    """What an entry point of the group `tradecore.exchanges` names: one venue.

    `fees` and the like are not here: they are facts of an account, which the venue tells.
    """

    @property
    def name(self) -> str:
        """The venue's name as configurations write it, such as `BINANCE`."""

    def endpoints(self, *, asset_type: str, is_testnet: bool) -> Endpoints:
        """Return the venue's own addresses.

        Raises:
            InputError: If the venue has no such kind of assets.
        """

    def subscriber(
        self, settings: ConnectorSettings, terms: Sequence[InstrumentTerms], /
    ) -> ExchangeSubscriber:
        """Make the public role for some instruments."""

    def oms(self, settings: ConnectorSettings, terms: Sequence[InstrumentTerms], /) -> ExchangeOMS:
        """Make the order role."""

    def pms(self, settings: ConnectorSettings, terms: Sequence[InstrumentTerms], /) -> ExchangePMS:
        """Make the private-stream role."""

    def data_fetcher(self, settings: ConnectorSettings, /) -> ExchangeDataFetcher:
        """Make the role that asks for state."""

    def can_amend(self, instrument: Instrument, /) -> bool:
        """Return whether a resting order can be changed, or must be canceled and sent anew."""
