"""A connection to streams: what it asked for, and what of it its route lets through."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from tradecore.exchanges.binance.messages import (
    Combined,
    Control,
    ControlReply,
    MalformedError,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.simulation.exchange import Connection

__all__ = ["StreamSession", "route_of"]

STREAMS_MAX: Final = 1_024
MESSAGES_A_SECOND_MAX: Final = 10
_SECOND_NS: Final = 1_000_000_000
_PUBLIC: Final = ("bookTicker", "depth", "rpiDepth", "trade")


def route_of(stream: str) -> str:
    """Return the route on which a stream is delivered; a name without a kind is a listen key."""
    if stream.startswith("!"):
        return "public" if stream == "!bookTicker" else "market"
    _, at, kind = stream.partition("@")
    if not at:
        return "private"
    return "public" if kind.startswith(_PUBLIC) else "market"


class Publisher(Protocol):
    """What tells sessions what happens on the streams they hear."""

    def listen(self, stream: str, session: StreamSession, /) -> object:
        """Tell a session of a stream from now on."""

    def leave(self, stream: str, session: StreamSession, /) -> object:
        """Tell it no more."""


@dataclass(slots=True, eq=False)
class StreamSession:
    """What one connection hears.

    Args:
        route: `public`, `market`, `private`, or `any` for a connection without a route.
        is_combined: Whether events come with their stream's name around them.
        on_key: Told of a listen key that is subscribed (`True`) or left.
        events: Names of private events that are let through; all if empty.
    """

    connection: Connection
    publisher: Publisher
    route: str
    is_combined: bool
    on_key: Callable[[str, StreamSession, bool], None]
    events: frozenset[str] = frozenset()
    streams: dict[str, None] = field(default_factory=dict)
    _arrivals: deque[int] = field(default_factory=lambda: deque(maxlen=MESSAGES_A_SECOND_MAX))

    def begin(self, streams: list[str]) -> None:
        """Hear the streams of an address; a client that names too many is cut off."""
        if len(dict.fromkeys(streams)) > STREAMS_MAX:
            self.connection.close(1008)
            return
        for stream in streams:
            self.subscribe(stream)

    def subscribe(self, stream: str) -> None:
        """Hear a stream; on the wrong route nothing of it is ever heard, and nobody says so."""
        self.streams[stream] = None
        owner = route_of(stream)
        if self.route not in {owner, "any"}:
            return
        if owner == "private":
            self.on_key(stream, self, True)
        else:
            self.publisher.listen(stream, self)

    def unsubscribe(self, stream: str) -> None:
        """Hear a stream no more."""
        self.streams.pop(stream, None)
        self.publisher.leave(stream, self)
        if route_of(stream) == "private":
            self.on_key(stream, self, False)

    def tell(self, stream: str, frame: bytes) -> None:
        """Send an event of a stream."""
        if self.is_combined:
            frame = encode(Combined(stream=stream, data=msgspec.Raw(frame)))
        self.connection.push(frame)

    def tell_private(self, key: str, kind: str, frame: bytes) -> None:
        """Send a private event, if its name is let through."""
        if not self.events or kind in self.events:
            self.tell(key, frame)

    def leave(self) -> None:
        """Hear nothing any more: the client is gone."""
        for stream in list(self.streams):
            self.unsubscribe(stream)

    def receive(self, text: str, now_ns: int) -> None:
        """Take a control message; who sends too many is cut off."""
        is_full = len(self._arrivals) == MESSAGES_A_SECOND_MAX
        if is_full and now_ns - self._arrivals[0] < _SECOND_NS:
            self.connection.close(1008)
            return
        self._arrivals.append(now_ns)
        try:
            control = Control.decode(text.encode())
        except MalformedError:
            self._answer_malformed(text)
            return
        self.connection.push(self._answer(control), is_answer=True)

    def _answer_malformed(self, text: str) -> None:
        try:
            msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            error = {"code": 3, "msg": "Invalid JSON: expected value at line 1 column 1"}
        else:
            error = {"code": 2, "msg": "Invalid request: unknown variant or missing field"}
        self.connection.push(encode(error), is_answer=True)

    def _answer(self, control: Control) -> bytes:
        params = control.params or ()
        match control.method:
            case "SUBSCRIBE" | "UNSUBSCRIBE" if all(isinstance(one, str) for one in params):
                is_more = control.method == "SUBSCRIBE"
                fault = self._change(params, is_more=is_more)
                result: object = None
            case "LIST_SUBSCRIPTIONS":
                fault, result = None, list(self.streams)
            case "SET_PROPERTY":
                fault, result = self._set_property(params), None
            case "GET_PROPERTY":
                is_known = params[:1] == ("combined",)
                fault = None if is_known else _error(0, "Unknown property")
                result = self.is_combined
            case _:
                fault = _error(2, f"Invalid request: unknown variant `{control.method[:40]}`")
                result = None
        return fault or encode(ControlReply(result=result, id=control.id))

    def _change(self, streams: tuple[str, ...], *, is_more: bool) -> bytes | None:
        new = {one for one in streams if one not in self.streams}
        if is_more and len(self.streams) + len(new) > STREAMS_MAX:
            return _error(2, "Invalid request: too many streams")
        for one in streams:
            if is_more:
                self.subscribe(one)
            else:
                self.unsubscribe(one)
        return None

    def _set_property(self, params: tuple[Any, ...]) -> bytes | None:
        if len(params) != 2 or params[0] != "combined":  # noqa: PLR2004 - name and value
            return _error(0, "Unknown property")
        if not isinstance(params[1], bool):
            return _error(1, "Invalid value type: expected Boolean")
        self.is_combined = params[1]
        return None


def _error(code: int, text: str) -> bytes:
    return encode({"code": code, "msg": text})
