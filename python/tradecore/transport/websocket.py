"""One WebSocket connection, with the shortest way from the socket to the caller and back.

The `websockets` library keeps the protocol: handshake, pings, closing, messages in parts. Messages
of one frame are cut out before it sees them, and its own queue and its coroutines are passed by.
Whole messages go to `on_messages` in the call of the event loop that read them, together where
they were read together, and `send` has the bytes written before it returns, so that an order
caused by a message leaves without one switch of tasks.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State

from tradecore.core import FrameReader, text_frame

if TYPE_CHECKING:
    import asyncio
    import ssl
    from collections.abc import Callable, Mapping

    from websockets.protocol import Event

__all__ = ["WebSocket", "WebSocketSettings", "open_websocket"]

#: Swallows what the library would log: frames and addresses hold keys and signatures.
SILENT: Final = logging.Logger("tradecore.transport.websocket")  # noqa: LOG001 - outside the tree
SILENT.disabled = True
#: Messages kept between the end of the handshake and `start`.
EARLY_MAX: Final = 1024
END_OF_HEADERS: Final = b"\r\n\r\n"
DATA: Final = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})
MASK_BYTES: Final = 4
#: Masks drawn from the system at a time: one call for each would be a good part of a send.
MASKS: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSocketSettings:
    """Limits of a connection; times in nanoseconds, sizes in bytes.

    Args:
        connect_timeout_ns: Longest time for name, TCP, TLS and handshake together.
        message_bytes_max: A longer message closes the connection (code 1009).
        ping_interval_ns: How often to ask whether the other side lives; never if 0.
        pong_timeout_ns: How long to wait for the answer.
        close_timeout_ns: How long to wait for the other side to end a closing connection.
        unsent_bytes_max: A send is refused while more than this waits for the other side.
        tls: For `wss` with a certificate authority of one's own; the system's if `None`.
    """

    connect_timeout_ns: int = 5_000_000_000
    message_bytes_max: int = 4 << 20
    ping_interval_ns: int = 10_000_000_000
    pong_timeout_ns: int = 10_000_000_000
    close_timeout_ns: int = 2_000_000_000
    unsent_bytes_max: int = 1 << 20
    tls: ssl.SSLContext | None = None


@dataclass(slots=True, kw_only=True)
class _Ears:
    """Who is told what a connection hears; until somebody is, messages are kept."""

    messages: Callable[[list[bytes]], None] | None = None
    closed: Callable[[str], None] | None = None
    early: list[bytes] = field(default_factory=list)


class _Connection(ClientConnection):
    """The library's connection with its receiving end replaced."""

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 - the library's
        ears: _Ears,
        close_timeout_s: float,
        message_bytes_max: int,
        **named: Any,  # noqa: ANN401 - the library's
    ) -> None:
        super().__init__(*arguments, **named)
        self.ears = ears
        self._close_timeout_s = close_timeout_s
        self._parts: list[bytes] = []
        self._whole: list[bytes] = []
        self._frames = FrameReader(message_bytes_max=message_bytes_max)
        self._handshake = b""
        self._deadline: asyncio.TimerHandle | None = None

    def process_event(self, event: Event) -> None:
        """Keep a whole message until all is read that came with it; the rest is the library's."""
        if self.response is None or not isinstance(event, Frame) or event.opcode not in DATA:
            super().process_event(event)
            return
        data = event.data if type(event.data) is bytes else bytes(event.data)
        if not event.fin or self._parts:
            self._parts.append(data)
            if not event.fin:
                return
            data = b"".join(self._parts)
            self._parts.clear()
        self._whole.append(data)

    def _hand_on(self) -> None:
        """Hand on the messages that were read."""
        if not self._whole:
            return
        whole, self._whole = self._whole, []
        ears = self.ears
        if ears.messages is not None:
            ears.messages(whole)
        elif len(ears.early) + len(whole) <= EARLY_MAX:
            ears.early += whole
        else:
            self.transport.abort()

    def eof_received(self) -> None:
        """Read what came before the end."""
        if rest := self._frames.take_rest():
            super().data_received(rest)
        super().eof_received()
        self._hand_on()

    def data_received(self, data: bytes) -> None:
        """Read, and see to it that a closing connection ends even if the other side dawdles."""
        if self.protocol.state is State.OPEN:
            messages, other = self._frames.receive(data)
            hear = self.ears.messages
            if other is None and hear is not None:
                # What comes most: whole messages, and nothing of the library's.
                if messages:
                    hear(messages)
                return
            self._whole += messages
            if other is not None:
                super().data_received(other)
            data = b""
        else:
            data = self._shake_hands(data)
        self._read(data)
        self._hand_on()
        if self._deadline is None and self.protocol.close_expected():
            self.limit_closing()

    def _shake_hands(self, data: bytes) -> bytes:
        """Give the library its handshake, and return what is behind it."""
        if self.protocol.state is not State.CONNECTING:
            return data
        seen = self._handshake + data
        end = seen.find(END_OF_HEADERS)
        self._handshake = seen[1 - len(END_OF_HEADERS) :]
        size = len(data) if end < 0 else end + len(END_OF_HEADERS) - len(seen) + len(data)
        super().data_received(data[:size])
        return data[size:]

    def _read(self, data: bytes) -> None:
        """Keep whole messages, and give the library the frames of other kinds, whole, in turn."""
        other: bytes | None = data
        while other is not None and self.protocol.state is State.OPEN:
            messages, other = self._frames.receive(data)
            self._whole += messages
            data = b""
            if other is not None:
                super().data_received(other)
        if self.protocol.state is not State.OPEN and (rest := self._frames.take_rest() + data):
            super().data_received(rest)

    def limit_closing(self) -> None:
        """Cut the connection unless it ends by itself in time."""
        if self._deadline is None:
            self._deadline = self.loop.call_later(self._close_timeout_s, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell that it is over, and why."""
        super().connection_lost(exc)
        if self._deadline is not None:
            self._deadline.cancel()
        if self.ears.closed is not None:
            self.ears.closed(self.reason())

    def reason(self) -> str:
        """Return why the connection ended, in the protocol's words."""
        ours, theirs = self.protocol.close_sent, self.protocol.close_rcvd
        if theirs is not None and not self.protocol.close_rcvd_then_sent:
            return f"we closed: {ours}"
        if theirs is not None:
            return f"the other side closed: {theirs}"
        if ours is not None:
            return f"we closed: {ours}"
        lost = self.connection_exc
        return f"connection lost: {type(lost).__name__}" if lost else "connection lost"


class _Connect(connect):
    """A connect that goes where it was sent and nowhere else."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Never follow a redirect: it would carry a key to an address nobody configured."""
        return exc


class WebSocket:
    """An open connection. Made by `open_websocket`; silent until `start`."""

    def __init__(self, connection: _Connection, settings: WebSocketSettings) -> None:
        self._connection = connection
        self._unsent_bytes_max = settings.unsent_bytes_max
        self._masks: list[bytes] = []

    def start(
        self, on_messages: Callable[[list[bytes]], None], on_closed: Callable[[str], None]
    ) -> None:
        """Say who hears messages, all in the turn they were read in, and of the end, once.

        What came before is told first.
        """
        ears = self._connection.ears
        early = ears.early
        ears.messages, ears.closed = on_messages, on_closed
        ears.early = []
        if early:
            on_messages(early)
        if self._connection.protocol.state is State.CLOSED:
            self._connection.loop.call_soon(on_closed, self._connection.reason())

    @property
    def is_open(self) -> bool:
        """Whether a message sent now would leave."""
        connection = self._connection
        return connection.protocol.state is State.OPEN and not connection.transport.is_closing()

    @property
    def latency_ns(self) -> int:
        """Round trip of the last ping, nanoseconds; 0 before the first."""
        return int(self._connection.latency * 1e9)

    def send(self, text: str) -> str | None:
        """Write a message to the socket now; return `None`, or why not a byte of it was taken."""
        connection = self._connection
        transport = connection.transport
        if connection.protocol.state is not State.OPEN or transport.is_closing():
            return "the connection is closing"
        # Paused from the first byte above the limit on, and for some time after.
        if connection.paused:
            unsent = transport.get_write_buffer_size()
            if unsent > self._unsent_bytes_max:
                return (
                    f"the other side does not read: unsent_bytes={unsent}, "
                    f"unsent_bytes_max={self._unsent_bytes_max}"
                )
        masks = self._masks
        if not masks:
            masks += _masks()
        transport.write(text_frame(text, masks.pop()))
        return None

    def close(self, reason: str = "") -> None:
        """Begin to close; `on_closed` is told when it is done, within the close time-out."""
        connection = self._connection
        if self.is_open:
            connection.protocol.send_close(CloseCode.NORMAL_CLOSURE, reason[:100])
            connection.send_data()
        connection.limit_closing()

    def abort(self) -> None:
        """Cut the connection without a word."""
        self._connection.transport.abort()


def _masks() -> list[bytes]:
    """Return masks for frames, none to be foreseen; each is used once."""
    drawn = secrets.token_bytes(MASKS * MASK_BYTES)
    return [drawn[at : at + MASK_BYTES] for at in range(0, len(drawn), MASK_BYTES)]


async def open_websocket(
    url: str, *, headers: Mapping[str, str], settings: WebSocketSettings
) -> WebSocket:
    """Connect once.

    Raises:
        OSError: If the address cannot be reached.
        TimeoutError: If it took too long.
        websockets.exceptions.WebSocketException: If the other side will not speak WebSocket.
    """
    ping_s = settings.ping_interval_ns / 1e9
    options: dict[str, Any] = {"ssl": settings.tls} if settings.tls is not None else {}
    make = partial(
        _Connection,
        ears=_Ears(),
        close_timeout_s=settings.close_timeout_ns / 1e9,
        message_bytes_max=settings.message_bytes_max,
    )
    connection = await _Connect(
        url,
        create_connection=cast("type[ClientConnection]", make),
        additional_headers=headers,
        user_agent_header="tradecore",
        compression=None,
        proxy=None,
        logger=SILENT,
        open_timeout=settings.connect_timeout_ns / 1e9,
        ping_interval=ping_s or None,
        ping_timeout=settings.pong_timeout_ns / 1e9,
        close_timeout=settings.close_timeout_ns / 1e9,
        max_size=settings.message_bytes_max,
        write_limit=settings.unsent_bytes_max,
        **options,
    )
    return WebSocket(cast("_Connection", connection), settings)
