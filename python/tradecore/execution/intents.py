"""What a desk writes down before it acts, and reads when it starts again."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal  # noqa: TC003 - read when a journal is decoded
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

import msgspec

from tradecore.exchanges.base import CancelOrder, ModifyOrder, NewOrder
from tradecore.model.venue import OrderUpdate
from tradecore.risk import CarriedLimits

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Carried",
    "CarriedHolding",
    "Entry",
    "EntryKind",
    "IntentJournal",
    "MemoryIntents",
    "decode_entry",
    "encode_entry",
]


class EntryKind(IntEnum):
    """What an entry says; the number is in files."""

    NEW = 1
    MODIFY = 2
    CANCEL = 3
    UPDATE = 4
    CARRIED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedHolding:
    """What a trader's own fills added up to."""

    trader: str
    symbol: str
    quantity: Decimal
    average_price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What all entries before this one came to; those may be gone.

    Args:
        limits: Positions of the account, and what of the day's loss is used up.
        holdings: What each trader holds.
        names: By symbol, the venue's names of orders that came before, as far as they are known.
    """

    limits: CarriedLimits = field(default_factory=CarriedLimits)
    holdings: tuple[CarriedHolding, ...] = ()
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)


What: TypeAlias = NewOrder | ModifyOrder | CancelOrder | OrderUpdate | Carried


class Entry(msgspec.Struct, frozen=True, gc=False):
    """Whose, and what: an intent about to be sent, evidence about one, or what others came to."""

    trader: str
    what: What

    @property
    def kind(self) -> EntryKind:
        """Return what it says."""
        return _KINDS[type(self.what)]


class IntentJournal(Protocol):
    """Keeps entries in order. When `write` has returned, the entry survives this process."""

    def write(self, entry: Entry, ts_ns: int, /) -> None:
        """Keep an entry.

        Raises:
            OSError: If it cannot be kept; then nothing may be sent.
        """

    def entries(self) -> Iterable[tuple[int, Entry]]:
        """Return what was kept before, and when (nanoseconds since 1970), oldest first."""

    @property
    def is_full(self) -> bool:
        """Whether it wants to begin anew: so much was written since it did last."""

    def renew(self, head: Iterable[tuple[int, Entry]], /) -> None:
        """Begin anew with this; what was kept since it began last stays readable before it.

        Raises:
            OSError: If it cannot; then it goes on as it was, and is not full for a while.
        """


@dataclass(slots=True)
class MemoryIntents:
    """A journal that ends with the process: for backtests and tests of what is not about it."""

    kept: list[tuple[int, Entry]] = field(default_factory=list)

    def write(self, entry: Entry, ts_ns: int, /) -> None:
        """Keep an entry in memory."""
        self.kept.append((ts_ns, entry))

    def entries(self) -> Iterable[tuple[int, Entry]]:
        """Return what was kept so far."""
        return tuple(self.kept)

    @property
    def is_full(self) -> bool:
        """Never: it ends with the process."""
        return False

    def renew(self, head: Iterable[tuple[int, Entry]], /) -> None:
        """Keep only this."""
        self.kept = list(head)


class _Kept(msgspec.Struct, array_like=True):
    """The form in files: whose, and the fields by name."""

    trader: str
    what: msgspec.Raw


_KINDS = {
    NewOrder: EntryKind.NEW,
    ModifyOrder: EntryKind.MODIFY,
    CancelOrder: EntryKind.CANCEL,
    OrderUpdate: EntryKind.UPDATE,
    Carried: EntryKind.CARRIED,
}
_TYPES = {kind: type_ for type_, kind in _KINDS.items()}
_ENCODER = msgspec.json.Encoder()


def encode_entry(entry: Entry) -> bytes:
    """Return the form of an entry in a file: JSON, decimals as text."""
    return _ENCODER.encode((entry.trader, entry.what))


def decode_entry(kind: int, payload: bytes) -> Entry:
    """Return the entry that `encode_entry` wrote.

    Raises:
        msgspec.DecodeError: If it is none.
        ValueError: If its kind is not one of `EntryKind`.
    """
    kept = msgspec.json.decode(payload, type=_Kept)
    what: What = msgspec.json.decode(kept.what, type=_TYPES[EntryKind(kind)])
    return Entry(kept.trader, what)
