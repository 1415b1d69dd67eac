"""A port to listen on, and a server on it that leaves signals to the process."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from tradecore.core import TradecoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uvicorn._types import ASGISendEvent

__all__ = ["Listener", "PortTakenError", "StreamProtocol", "take_port"]


class PortTakenError(TradecoreError):
    """A port that something else listens on, or an address that may not be used."""


class Listener(uvicorn.Server):
    """uvicorn without its own idea of signals: whoever starts it decides when it ends."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def take_port(
    who: str, host: str, port: int, *, backlog: int | None = None
) -> tuple[socket.socket, int]:
    """Return a socket that has a port, and the port's number.

    Args:
        who: Who wants it, for the error.
        host: The address, of IPv6 or IPv4, or a name of this machine.
        port: Which; any free one if 0.
        backlog: How many connections may wait from now on; none comes in yet without.

    Raises:
        PortTakenError: If it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, since the loop switches Nagle's algorithm off only on what it knows to be TCP.
    line = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind((host, port))
        if backlog is not None:
            line.listen(backlog)
    except (OSError, OverflowError) as error:
        line.close()
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        text = f"{who} listens on a free port: host={host}, port={port}: {reason}"
        raise PortTakenError(text) from error
    return line, int(line.getsockname()[1])


class StreamProtocol(WebSocketsSansIOProtocol):
    """A WebSocket that is not written to once its client is known to be gone.

    The loop tells a protocol so in its next turn; until then each message would be thrown away and
    the fifth logged.
    """

    async def send(self, message: ASGISendEvent) -> None:
        """Send as before, or say as uvicorn does that nobody is there."""
        await self.writable.wait()
        if self.transport.is_closing() and not self.close_sent:
            raise ClientDisconnected
        await super().send(message)
