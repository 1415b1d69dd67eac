"""What comes from a venue to a codec, told by the pump."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.exchanges.base.outgoing import Frame, HttpRequest


class Message(msgspec.Struct, frozen=True, gc=False):
    """A message that arrived on a channel; `data` as it came, text or bytes."""

    channel: str
    data: bytes
    generation: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelUp:
    """A connection of a channel is open. A second one, while the first lives, replaces it soon."""

    channel: str
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDown:
    """The last connection of a channel is gone; the pump is opening another unless told to close.

    What was sent on it and not answered may or may not have reached the venue.
    """

    channel: str
    generation: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A whole answer, whatever its status. Header names are in lower case."""

    request: HttpRequest
    status: int
    headers: Mapping[str, str]
    body: bytes


class Fate(Enum):
    """What is known of something whose answer did not come."""

    #: Not one byte left: the venue cannot know of it.
    NOT_SENT = "not sent"
    #: Bytes left: only the venue can say.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A request or a frame that got no answer, and what that means."""

    request: HttpRequest | Frame
    fate: Fate
    reason: str


Incoming: TypeAlias = Message | ChannelUp | ChannelDown | HttpResponse | Failure
