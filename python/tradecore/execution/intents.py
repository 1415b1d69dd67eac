"""What a desk writes down before it acts, and reads when it starts again."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

from tradecore.exchanges.base import CancelOrder, ModifyOrder, NewOrder
from tradecore.model.venue import OrderUpdate

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Entry", "EntryKind", "IntentJournal", "MemoryIntents", "decode_entry", "encode_entry"]


class EntryKind(IntEnum):
    """What an entry says; the number is in files."""

    NEW = 1
    MODIFY = 2
    CANCEL = 3
    UPDATE = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """Whose, and what: an intent about to be sent, or evidence about one."""

    trader: str
    what: NewOrder | ModifyOrder | CancelOrder | OrderUpdate

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


class _Kept(msgspec.Struct, array_like=True):
    """The form in files: whose, and the fields by name."""

    trader: str
    what: msgspec.Raw


_KINDS = {
    NewOrder: EntryKind.NEW,
    ModifyOrder: EntryKind.MODIFY,
    CancelOrder: EntryKind.CANCEL,
    OrderUpdate: EntryKind.UPDATE,
}
_TYPES = {kind: type_ for type_, kind in _KINDS.items()}
_ENCODER = msgspec.json.Encoder()


def encode_entry(entry: Entry) -> bytes:
    """Return the form of an entry in a file: JSON, decimals as text."""
    return _ENCODER.encode(_Kept(entry.trader, msgspec.Raw(_ENCODER.encode(entry.what))))


def decode_entry(kind: int, payload: bytes) -> Entry:
    """Return the entry that `encode_entry` wrote.

    Raises:
        msgspec.DecodeError: If it is none.
        ValueError: If its kind is not one of `EntryKind`.
    """
    kept = msgspec.json.decode(payload, type=_Kept)
    what: NewOrder | ModifyOrder | CancelOrder | OrderUpdate = msgspec.json.decode(
        kept.what, type=_TYPES[EntryKind(kind)]
    )
    return Entry(kept.trader, what)
