"""What a venue decides that its engine does not know, as notes beside the engine's journal.

The engine's journal has every command. It does not have which of two positions an order changes,
leverage, conditional orders, funding and the like. Each is written down as a note before it has an
effect, with the number of the last command booked before it, so that commands and notes have one
order and lead to the same books again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal  # noqa: TC003 - msgspec reads the types of fields
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import msgspec

from tradecore.venue.conditions import Condition, ConditionStatus  # noqa: TC001 - the same
from tradecore.venue.orders import Leg, PlaceOrder  # noqa: TC001 - the same
from tradecore.venue.sheets import Sheet  # noqa: TC001 - the same

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "ConditionEnded",
    "ConditionPlaced",
    "FundingDue",
    "HedgeSet",
    "HouseOpened",
    "IndexSet",
    "InsurancePaid",
    "IsolationSet",
    "LeverageSet",
    "MarginMoved",
    "MemoryNotes",
    "Note",
    "Notes",
    "OrderRefused",
    "OrderTerms",
    "SheetSet",
    "StrategyNamed",
    "TrailFollowed",
    "Voided",
    "What",
    "Wound",
    "decode_note",
    "encode_note",
]

#: The one kind of record of ours in the file.
NOTE_KIND = 1


class HouseOpened(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="house"):
    """An account is the house's own: nobody is told of what it does."""

    account: int


class OrderTerms(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="order_terms"):
    """What an order that is about to be sent has beside the engine's terms.

    The engine's command of the same account and name has the rest; without one, it never came.
    """

    account: int
    client_order_id: str
    leg: Leg = "both"
    reduce_only: bool = False
    is_forced: bool = False
    condition_id: int = 0
    origin: Any = None


class OrderRefused(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="order_refused"
):
    """An order was refused before it reached the engine."""

    order_id: int
    order: PlaceOrder
    reason: str


class ConditionPlaced(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="condition"):
    """An order waits for a price."""

    condition_id: int
    client_id: str
    condition: Condition
    order: PlaceOrder


class ConditionEnded(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="condition_ended"
):
    """An order waits no longer, and did not come in."""

    condition_id: int
    status: ConditionStatus
    refusal: str = ""


class TrailFollowed(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="trail"):
    """The best price a trailing order has seen."""

    condition_id: int
    extreme: Decimal


class LeverageSet(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="leverage"):
    """An account trades a symbol at another leverage."""

    account: int
    symbol: str
    leverage: int


class IsolationSet(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="isolation"):
    """A symbol's positions have money of their own, or share the account's."""

    account: int
    symbol: str
    is_isolated: bool


class HedgeSet(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="hedge"):
    """An account holds longs and shorts beside each other, or not."""

    account: int
    is_hedged: bool


class MarginMoved(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="margin"):
    """Money went into an isolated position, or out where it is negative."""

    account: int
    symbol: str
    leg: Leg
    amount: Decimal


class FundingDue(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="funding"):
    """The holders of a symbol pay each other."""

    symbol: str
    rate: Decimal
    mark: Decimal
    due_ns: int


class InsurancePaid(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="insurance"):
    """An account paid the insurance fund, or was paid where it is negative."""

    account: int
    symbol: str
    amount: Decimal


class IndexSet(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="index"):
    """What a symbol is worth elsewhere."""

    symbol: str
    price: Decimal


class SheetSet(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="sheet"):
    """An instrument trades on other terms, or no more."""

    symbol: str
    sheet: Sheet


class Wound(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="countdown"):
    """An account's orders of a symbol go at a time; 0 when they do not any more."""

    account: int
    symbol: str
    due_ns: int


class StrategyNamed(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="strategy"):
    """An account named a strategy; the engine's commands have its number.

    Read alone: since the engine knows names itself, they are commands of its journal.
    """

    account: int
    number: int
    name: str


class Voided(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="voided"):
    """Notes from this number to the one before this are void: their commands were lost.

    A venue that answers from memory may lose its last commands; nobody was told of them.
    """

    first: int


What: TypeAlias = (
    HouseOpened
    | OrderTerms
    | OrderRefused
    | ConditionPlaced
    | ConditionEnded
    | TrailFollowed
    | LeverageSet
    | IsolationSet
    | HedgeSet
    | MarginMoved
    | FundingDue
    | InsurancePaid
    | IndexSet
    | SheetSet
    | StrategyNamed
    | Wound
    | Voided
)


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A note: what, behind which command, and the next number the venue gave when it wrote it."""

    after: int
    next_id: int
    ts_event_ns: int
    what: What


class Notes(Protocol):
    """Where notes are kept; whoever keeps them counts them from 1 without a gap."""

    def append(self, kind: int, payload: bytes, /, *, timestamp_ns: int) -> int:
        """Write one down and return its number."""

    def flush(self) -> None:
        """Return when all of them are on the medium."""

    def read(self) -> Iterator[tuple[int, int, int, bytes]]:
        """Yield number, kind, time and payload of each, oldest first."""

    def close(self) -> None:
        """Let go of them."""


_DECODER = msgspec.json.Decoder(Note)
_ENCODER = msgspec.json.Encoder(decimal_format="string", order="deterministic")


def encode_note(note: Note, /) -> bytes:
    """Return a note as JSON."""
    return _ENCODER.encode(note)


def decode_note(payload: bytes, /) -> Note:
    """Return the note in a payload.

    Raises:
        msgspec.MsgspecError: If there is none.
    """
    return _DECODER.decode(payload)


@dataclass(slots=True)
class MemoryNotes:
    """Notes that last as long as the object."""

    _records: list[tuple[int, int, int, bytes]] = field(default_factory=list)

    def append(self, kind: int, payload: bytes, /, *, timestamp_ns: int) -> int:
        """Keep one and return its number."""
        number = len(self._records) + 1
        self._records.append((number, kind, timestamp_ns, payload))
        return number

    def flush(self) -> None:
        """Return."""

    def read(self) -> Iterator[tuple[int, int, int, bytes]]:
        """Yield them, oldest first."""
        return iter(list(self._records))

    def close(self) -> None:
        """Keep them: whoever goes on has them still."""
