"""One WebSocket connection, with the shortest way from the socket to the caller and back.

The `websockets` library keeps the protocol: handshake, frames, pings, closing. Its own queue and
its coroutines are passed by. A whole message goes to `on_message` in the call of the event loop
that read it, and `send` has the bytes written before it returns, so that an order caused by a
message leaves without one switch of tasks.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State

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
DATA: Final = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})


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

    message: Callable[[bytes], None] | None = None
    closed: Callable[[str], None] | None = None
    early: list[bytes] = field(default_factory=list)


class _Connection(ClientConnection):
    """The library's connection with its receiving end replaced."""

    def __init__(self, *arguments: Any, ears: _Ears, close_timeout_s: float, **named: Any) -> None:  # noqa: ANN401 - the library's
        super().__init__(*arguments, **named)
        self.ears = ears
        self._close_timeout_s = close_timeout_s
        self._parts: list[bytes] = []
        self._deadline: asyncio.TimerHandle | None = None

    def process_event(self, event: Event) -> None:
        """Hand a whole message on at once; the rest is the library's."""
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
        ears = self.ears
        if ears.message is not None:
            ears.message(data)
        elif len(ears.early) < EARLY_MAX:
            ears.early.append(data)
        else:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read, and see to it that a closing connection ends even if the other side dawdles."""
        super().data_received(data)
        if self._deadline is None and self.protocol.close_expected():
            self.limit_closing()

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

    def start(self, on_message: Callable[[bytes], None], on_closed: Callable[[str], None]) -> None:
        """Say who hears messages, each in the turn it was read in, and of the end, once.

        What came before is told first.
        """
        ears = self._connection.ears
        early = ears.early
        ears.message, ears.closed = on_message, on_closed
        ears.early = []
        for data in early:
            on_message(data)
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
        if not self.is_open:
            return "the connection is closing"
        unsent = connection.transport.get_write_buffer_size()
        if unsent > self._unsent_bytes_max:
            return (
                f"the other side does not read: unsent_bytes={unsent}, "
                f"unsent_bytes_max={self._unsent_bytes_max}"
            )
        connection.protocol.send_text(text.encode())
        connection.send_data()
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
    make = partial(_Connection, ears=_Ears(), close_timeout_s=settings.close_timeout_ns / 1e9)
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
