"""Messages between our processes that are not already nouns of the model."""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003 - msgspec reads the types of fields
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from tradecore.model.orders import OrderTypeWord, Side, TimeInForceWord  # noqa: TC001 - the same

if TYPE_CHECKING:
    from tradecore.model import Balance, InstrumentTerms, VenueFill, VenueOrder, VenuePosition

__all__ = [
    "CancelAll",
    "CancelOrder",
    "Command",
    "CommandAck",
    "Heartbeat",
    "Hello",
    "InstrumentsListed",
    "ModifyOrder",
    "NewOrder",
    "QueryOrder",
    "RateRule",
    "Reconciled",
    "RecoverRequest",
    "Recovered",
    "Refusal",
    "ReplayRequest",
    "SnapshotRequest",
]


class NewOrder(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A strategy's new order, already with its id."""

    client_order_id: str
    symbol: str
    side: Side
    type: OrderTypeWord
    quantity: Decimal
    price: Decimal | None = None
    time_in_force: TimeInForceWord = "GTC"
    post_only: bool = False
    reduce_only: bool = False
    stop_price: Decimal | None = None
    strategy: str = ""
    ts_event_ns: int = 0
    trailing_distance: Decimal | None = None


class ModifyOrder(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A change of a live order; `quantity` is the new total, what traded included."""

    client_order_id: str
    symbol: str
    side: Side
    price: Decimal | None
    quantity: Decimal
    venue_order_id: str | None = None
    strategy: str = ""
    ts_event_ns: int = 0
    stop_price: Decimal | None = None


class CancelOrder(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A cancel of one order."""

    client_order_id: str
    symbol: str
    venue_order_id: str | None = None
    strategy: str = ""
    ts_event_ns: int = 0


class CancelAll(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A cancel of every order of a strategy in a symbol, or in all where that is empty."""

    symbol: str = ""
    strategy: str = ""
    reason: str = ""
    ts_event_ns: int = 0


class QueryOrder(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A question how an order stands."""

    client_order_id: str
    symbol: str
    strategy: str = ""


class RecoverRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A question for all that a strategy needs to start, or to go on.

    Args:
        strategy: Whose.
        symbols: In which; all where it is empty.
        since_exec_id: Fills after an execution id.
        since_ns: Of orders that have ended, only those of which something came since then.
    """

    strategy: str
    symbols: tuple[str, ...] = ()
    since_exec_id: int = 0
    since_ns: int = 0


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to `RecoverRequest`; `is_whole` if the venue was asked and nothing is missing."""

    orders: tuple[VenueOrder, ...] = ()
    positions: tuple[VenuePosition, ...] = ()
    balances: tuple[Balance, ...] = ()
    fills: tuple[VenueFill, ...] = ()
    is_whole: bool = True
    ts_event_ns: int = 0


class Hello(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Who is there; `schema` is the version of the envelope."""

    process: str
    strategy: str = ""
    schema: int = 1
    ts_event_ns: int = 0


class CommandAck(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What the engine says to a command: taken, or why not.

    Args:
        command: The number the sender gave it.
        is_accepted: Whether the engine has it; what the venue says comes as an `OrderUpdate`.
        reject_code: Word of a refusal.
        reject_number: Its number.
        reject_text: Its rule and values.
        is_duplicate: Whether it had come before; nothing was done a second time.
        ts_event_ns: When it was decided.
    """

    command: int
    is_accepted: bool
    reject_code: str = ""
    reject_number: int = 0
    reject_text: str = ""
    is_duplicate: bool = False
    ts_event_ns: int = 0


class Reconciled(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A reconciliation as it travels: orders by id, since each process keeps its own orders."""

    symbol: str
    client_order_ids: tuple[str, ...]
    position_before: Decimal
    position_after: Decimal
    ts_recv_ns: int


class RateRule(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A limit as the venue states it."""

    pool: Literal["weight", "orders", "requests"]
    capacity: int
    period_ns: int


class InstrumentsListed(msgspec.Struct, frozen=True, kw_only=True):
    """What the venue trades, and how much it lets us send."""

    terms: tuple[InstrumentTerms, ...]
    rules: tuple[RateRule, ...] = ()


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """The number of the last message of each topic; parallel tuples."""

    topics: tuple[str, ...] = ()
    last_seqs: tuple[int, ...] = ()


class ReplayRequest(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A question for messages of a topic again, both ends included."""

    topic: str
    epoch: int
    from_seq: int
    to_seq: int


class SnapshotRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A question for the state of topics; a topic that ends in `*` stands for all that begin so."""

    topics: tuple[str, ...]


class Refusal(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A question that cannot be answered, and why."""

    code: str
    text: str
    topic: str = ""


Command: TypeAlias = (
    NewOrder | ModifyOrder | CancelOrder | CancelAll | QueryOrder | RecoverRequest | Hello
)
