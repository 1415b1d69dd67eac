"""The request channel, and what is said on a stream's connection besides its events."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import msgspec
from msgspec import field

from tradecore.exchanges.binance.messages.account import UserEvent
from tradecore.exchanges.binance.messages.base import (
    MalformedError,
    Millis,
    VenueMessage,
    decode_as,
)
from tradecore.exchanges.binance.messages.errors import ErrorBody
from tradecore.exchanges.binance.messages.info import RateLimit
from tradecore.exchanges.binance.messages.market import StreamEvent

_NONE: Final = msgspec.Raw()
RequestId: TypeAlias = str | int | None
"""Echoed with the type it came with."""


class ApiRequest(VenueMessage, frozen=True, kw_only=True):
    """A request on the request channel; `params` are signed as they stand here."""

    id: RequestId = None
    method: str
    params: dict[str, Any] = field(default_factory=dict)


class ApiResponse(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """Its answer: `result` if `status` is 200, else `error`."""

    id: str | int | None
    status: int
    result: msgspec.Raw = _NONE
    error: ErrorBody | None = None
    rate_limits: tuple[RateLimit, ...] | None = None


class LogonResult(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """The state of a session on the request channel."""

    api_key: str | None
    authorized_since: Millis | None
    connected_since: Millis
    return_rate_limits: bool
    server_time: Millis


class Control(VenueMessage, frozen=True, kw_only=True):
    """What a client asks of a stream connection: `SUBSCRIBE`, `SET_PROPERTY` and so on."""

    method: str
    params: tuple[Any, ...] | None = None
    id: RequestId = None


class ControlReply(VenueMessage, frozen=True, kw_only=True):
    """The answer: `result` is null for done, a list for a listing, a value for a property."""

    result: Any
    id: str | int | None


class ControlError(VenueMessage, frozen=True, kw_only=True):
    """The refusal, in the newer of two forms."""

    error: ErrorBody
    id: str | int | None


class Combined(VenueMessage, frozen=True, kw_only=True):
    """An event with the name of its stream around it."""

    stream: str
    data: msgspec.Raw


class _Envelope(VenueMessage, frozen=True, kw_only=True):
    # What can be told of a message before it is known what it is.
    kind: str | None = field(default=None, name="e")
    stream: str | None = None
    data: msgspec.Raw = _NONE
    result: msgspec.Raw = _NONE
    error: ErrorBody | None = None
    code: int | None = None
    msg: str | None = None


AnyEvent: TypeAlias = StreamEvent | UserEvent
Said: TypeAlias = AnyEvent | ControlReply | ControlError | None
_KINDS: Final = frozenset(
    kind.__struct_config__.tag for kind in (*StreamEvent.__args__, *UserEvent.__args__)
)


def decode_event(body: bytes | msgspec.Raw, /) -> AnyEvent | None:
    """Read an event of a stream, or return `None` for one of a kind that is not declared.

    Raises:
        MalformedError: If it is neither.
    """
    try:
        return decode_as(AnyEvent, body)  # type: ignore[arg-type]
    except MalformedError:
        kind = decode_as(_Envelope, body).kind
        if kind is None or kind in _KINDS:
            raise
        return None


def decode_said(body: bytes, /) -> Said:
    """Read whatever a stream's connection says: an event, bare or combined, or an answer.

    Raises:
        MalformedError: If it is none of these.
    """
    envelope = decode_as(_Envelope, body)
    if envelope.kind is not None:
        return decode_event(body)
    if envelope.stream is not None and bytes(envelope.data):
        return decode_event(envelope.data)
    if envelope.error is not None:
        return ControlError.decode(body)
    if envelope.code is not None:
        error = ErrorBody(code=envelope.code, msg=envelope.msg or "")
        return ControlError(error=error, id=None)
    if bytes(envelope.result):
        return ControlReply.decode(body)
    raise MalformedError("a message is an event or an answer: message has none of their fields")
