"""What a codec wants done: values that one pump carries out, whatever the venue."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping


class Repeat(Enum):
    """Whether a request may be sent again when its outcome is not known."""

    #: It changes nothing at the venue (a query), or the same twice is once (a keep-alive).
    SAFE = "safe"
    #: It may have done its work: the answer to a lost answer is a question, never a second try.
    NEVER = "never"


class Cost(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What sending something takes from a venue's budgets.

    Args:
        weight: Request weight.
        orders: Orders it counts as.
        is_cancel: Whether it may use what is kept in reserve.
    """

    weight: int = 1
    orders: int = 0
    is_cancel: bool = False


_FREE: Final = Cost(weight=0)
_LEAST: Final = Cost()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """Open a channel, or replace its connection.

    Args:
        channel: Its name here: `public`, `market`, `private`, `api`.
        urls: Where, the second and further ones when the first cannot be reached.
        headers: What the handshake carries.
        max_age_ns: Open a new connection beside this one after so long; never if 0.
    """

    channel: str
    urls: tuple[str, ...] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    max_age_ns: int = 0


class Frame(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Send a message on a channel.

    Args:
        channel: Which.
        text: What. It may hold a signature: never log it.
        request_id: What the codec will know the answer by; `None` where none is awaited.
        cost: What it takes from the budgets.
        repeat: Whether it may be sent twice.
        generation: Of which connection of the channel; the newest if `None`.
    """

    UNSHOWN: ClassVar = frozenset({"text"})

    channel: str
    text: str
    request_id: str | None = None
    cost: Cost = _FREE
    repeat: Repeat = Repeat.SAFE
    generation: int | None = None

    def __repr__(self) -> str:
        """Return all but the text."""
        shown = (name for name in self.__struct_fields__ if name not in self.UNSHOWN)
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"Frame({fields})"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """Send a request; its answer or its failure comes back to `receive` with this very object.

    Args:
        request_id: What the codec knows it by.
        method: `GET POST PUT DELETE`.
        url: Whole, query included, percent-encoded as signed. It may hold a signature: never log
            it; `path` is for that.
        path: What may be logged.
        body: As sent.
        headers: May hold the key: never log them.
        cost: What it takes from the budgets.
        repeat: Whether it may be sent twice.
        timeout_ns: How long to wait for the answer; the pump's setting if 0.
    """

    request_id: str
    method: str
    url: str = field(repr=False)
    path: str
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cost: Cost = _LEAST
    repeat: Repeat = Repeat.SAFE
    timeout_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Close a channel, for good unless a `Connect` follows."""

    channel: str
    reason: str


Outgoing: TypeAlias = Connect | Frame | HttpRequest | Close
