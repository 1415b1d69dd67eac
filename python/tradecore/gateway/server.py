"""The gateway's socket: one port for requests and WebSockets, and an end that loses nothing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import uvicorn

from tradecore.core import TradecoreError
from tradecore.gateway.problems import ProblemError
from tradecore.telemetry import get_logger
from tradecore.transport.listening import Listener, StreamProtocol, take_port

if TYPE_CHECKING:
    import socket

    from tradecore.gateway.edge import Edge
    from tradecore.gateway.opening import OpenVenue

__all__ = ["VenueServer"]

PING_S: Final = 30.0
PONG_S: Final = 10.0
MESSAGE_BYTES_MAX: Final = 16_384
GOING_AWAY: Final = 1001
TICK_S: Final = 1.0
FORGET_EVERY_S: Final = 600.0


@dataclass(slots=True, eq=False)
class VenueServer:
    """Serves a venue until stopped.

    Args:
        app: The application.
        venue: What it serves.
        host: Where to listen.
        port: On which port; any free one if 0.
    """

    app: Edge
    venue: OpenVenue
    host: str
    port: int
    _socket: socket.socket | None = None
    _server: Listener | None = None
    _is_stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def bind(self) -> int:
        """Take the port and return its number.

        Raises:
            PortTakenError: If it cannot be had.
            DoorClosedError: If that of order entry cannot.
        """
        self._socket, self.port = take_port("a venue", self.host, self.port)
        native = self.venue.gateway.floor.native
        if native is not None:
            native.bind()
        return self.port

    def close(self) -> None:
        """Let go of a port that was taken and never served."""
        if self._socket is not None:
            self._socket.close()
        native = self.venue.gateway.floor.native
        if native is not None:
            native.close()

    def stop(self, reason: str) -> None:
        """Begin the end: what was taken is answered, nothing new is taken."""
        if self.venue.gateway.stop.reason is None:
            self.venue.gateway.stop.reason = reason
            get_logger("tradecore.gateway").info("draining", reason=reason)
        self._is_stopping.set()

    async def run(self) -> None:
        """Serve until `stop`, then drain."""
        self._server = Listener(self._config())
        self.venue.start()
        loop = asyncio.get_running_loop()
        around = [loop.create_task(work) for work in (self._tick(), self._know(), self._drain())]
        try:
            await self._server.serve(sockets=[self._socket] if self._socket else None)
        finally:
            for task in around:
                task.cancel()
            await asyncio.gather(*around, return_exceptions=True)
            await self.venue.close()
            self.close()

    async def started(self) -> None:
        """Return when requests are answered."""
        while self._server is None or not self._server.started:  # noqa: ASYNC110 - uvicorn has no event
            await asyncio.sleep(0.005)

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            self.app,
            loop="asyncio",
            interface="asgi3",
            http="h11",
            ws=StreamProtocol,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws_ping_interval=PING_S,
            ws_ping_timeout=PONG_S,
            ws_max_size=MESSAGE_BYTES_MAX,
            ws_per_message_deflate=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
            backlog=2_048,
        )

    async def _drain(self) -> None:
        """Wait for a stop, then for the requests that are open, and end."""
        await self._is_stopping.wait()
        gateway = self.venue.gateway
        native = gateway.floor.native
        with suppress(TimeoutError):
            async with asyncio.timeout(gateway.settings.server.drain_ms / 1_000):
                # Each look is short: nobody who asks the door for something waits for the end.
                while native is not None and not native.drain():  # noqa: ASYNC110 - counts, no event
                    await asyncio.sleep(0.01)
                for session in [*gateway.sessions]:
                    session.close(GOING_AWAY, "the venue ends")
                while self.app.open_requests or gateway.sessions:  # noqa: ASYNC110 - the same
                    await asyncio.sleep(0.01)
        for session in [*gateway.sessions]:
            session.close(GOING_AWAY, "the venue ends")
        if self._server is not None:
            self._server.should_exit = True

    async def _tick(self) -> None:
        """Let the venue's time pass while nobody asks for anything."""
        floor = self.venue.gateway.floor
        while True:
            await asyncio.sleep(TICK_S)
            if floor.native is not None and not self._is_stopping.is_set():
                floor.native.hold(is_held=floor.queue.breaker.is_open)
            try:
                await floor.tick()
            except (ProblemError, OSError) as error:
                get_logger("tradecore.gateway").warning("time does not pass", reason=str(error))
            except Exception as error:  # noqa: BLE001 - the host's loop: time goes on
                get_logger("tradecore.gateway").error("a tick failed", exc_info=error)

    async def _know(self) -> None:
        """Notice users, keys and revocations that were changed elsewhere."""
        log = get_logger("tradecore.gateway")
        forgotten_s = 0.0
        while True:
            await asyncio.sleep(TICK_S)
            forgotten_s += TICK_S
            try:
                await self.venue.gateway.know_users()
                if forgotten_s >= FORGET_EVERY_S:
                    forgotten_s = 0.0
                    await self.venue.gateway.forget_answers()
            except (TradecoreError, OSError) as error:
                log.warning("the database could not be asked", reason=str(error))
            except Exception:
                log.exception("users were not read")
