"""The local exchange's sockets: one port for requests and WebSockets, and a clock that ticks."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tradecore.simulation.exchange import Connection, Request, Response
from tradecore.simulation.faults import FaultSpecError
from tradecore.transport.listening import Listener, StreamProtocol, take_port

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from tradecore.simulation.exchange import Dialect
    from tradecore.simulation.flow import Flow
    from tradecore.telemetry.clock import Clock

__all__ = ["LocalExchange"]

CONTROL_PATH: Final = "/simulate/faults"
REPLAY_PATH: Final = "/simulate/replay"
BODY_MAX: Final = 64 * 1024
TICK_S: Final = 0.01
_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}
_LINGER_NONE: Final = struct.pack("ii", 1, 0)
_MS_PER_S: Final = 1_000
_TIMER_STEP_S: Final = 1e-6


class _Transports:
    """Open connections by the client's address and port, so that a fault can cut them."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def add(self, transport: asyncio.Transport) -> None:
        """Know a connection."""
        name = transport.get_extra_info("peername")
        if name is not None:
            self._open[name[0], name[1]] = transport

    def remove(self, transport: asyncio.Transport) -> None:
        """Forget a connection."""
        for name in [name for name, one in self._open.items() if one is transport]:
            del self._open[name]

    def reset(self, client: tuple[str, int]) -> None:
        """Cut a connection so that the client's next read fails."""
        transport = self._open.get((client[0], client[1]))
        if transport is None:
            return
        line = transport.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
        transport.abort()


def _protocols(transports: _Transports) -> tuple[type[H11Protocol], type[StreamProtocol]]:
    """Return uvicorn's protocols, which also tell whose connections are open."""

    class Http(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            transports.add(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            transports.remove(self.transport)
            super().connection_lost(exc)

    class WebSocket(StreamProtocol):
        def connection_lost(self, exc: Exception | None) -> None:
            transports.remove(self.transport)
            super().connection_lost(exc)

    return Http, WebSocket


@dataclass(slots=True, eq=False)
class LocalExchange:
    """Serves a dialect on a port until stopped.

    Args:
        dialect: The venue's language and the venue behind it.
        clock: Time, for the venue and its flow.
        flow: The market in the background; none unless given.
        host: Where to listen; only this machine unless told otherwise.
        port: On which port; any free one if 0.
        ping_s: How often a WebSocket is pinged.
    """

    dialect: Dialect
    clock: Clock
    flow: Flow | None = None
    host: str = "127.0.0.1"
    port: int = 0
    ping_s: float = 180.0
    _socket: socket.socket | None = None
    _server: Listener | None = None
    _transports: _Transports = field(default_factory=_Transports)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    def bind(self) -> int:
        """Take the port and return its number.

        Raises:
            PortTakenError: If it is taken.
        """
        self._socket, self.port = take_port("the exchange", self.host, self.port)
        return self.port

    async def run(self) -> None:
        """Serve until `stop`.

        Raises:
            Exception: What stopped the venue's time or its market: nothing is served after that.
        """
        if self._socket is None:
            self.bind()
        http, websocket = _protocols(self._transports)
        config = uvicorn.Config(
            self._app,
            http=http,
            ws=websocket,
            loop="asyncio",
            interface="asgi3",
            proxy_headers=False,
            lifespan="off",
            log_level="error",
            access_log=False,
            server_header=False,
            date_header=False,
            ws_ping_interval=self.ping_s,
            ws_ping_timeout=600.0,
            ws_max_size=BODY_MAX,
            ws_per_message_deflate=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
            backlog=2_048,
        )
        self._server = Listener(config)
        ticking = asyncio.create_task(self._tick())
        # A venue whose time stands still would go on answering, and look well.
        ticking.add_done_callback(lambda _: self.stop())
        try:
            await self._server.serve(sockets=[self._socket] if self._socket else None)
        finally:
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
            if self._socket is not None:
                self._socket.close()

    async def started(self) -> None:
        """Return when requests are answered."""
        while self._server is None or not self._server.started:  # noqa: ASYNC110 - uvicorn has no event
            await asyncio.sleep(0.005)

    def stop(self) -> None:
        """End `run` soon."""
        if self._server is not None:
            self._server.should_exit = True

    async def _tick(self) -> None:
        """Let the venue's time pass, and its market move, a bounded amount each turn."""
        while True:
            now_ns = self.clock.now_ns()
            if self.flow is not None:
                self.flow.step(now_ns)
            self.dialect.advance(now_ns)
            await asyncio.sleep(TICK_S)

    async def _app(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)

    async def _http(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            if len(body) > BODY_MAX or not message.get("more_body", False):
                break
        request = _request(scope, body)
        if len(body) > BODY_MAX:
            response = Response(status=413, body=b"")
        elif request.path in {CONTROL_PATH, REPLAY_PATH}:
            response = self._operate(request)
        else:
            delay_ms = self.dialect.delay_ms(request)
            if delay_ms:
                await asyncio.sleep(delay_ms / _MS_PER_S)
            response = self.dialect.handle(request, self.clock.now_ns())
        if response.failure == "reset":
            self._transports.reset(scope["client"])
        if response.failure is not None:
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
        headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": response.body})

    def _operate(self, request: Request) -> Response:
        """Answer whoever runs the exchange: somebody on this machine."""
        if request.peer not in _LOOPBACK:
            return Response(status=403, body=b"")
        return self._control(request) if request.path == CONTROL_PATH else self._replay(request)

    def _control(self, request: Request) -> Response:
        """Answer the control endpoint: what faults are on, and switch them."""
        faults = self.dialect.faults
        done: dict[str, object] = {}
        if request.method == "DELETE":
            faults.clear()
        elif request.method == "PUT":
            try:
                asked = json.loads(request.body or b"{}")
                if not isinstance(asked, dict):
                    raise FaultSpecError("a change of faults is an object")  # noqa: TRY301
                if asked.get("clear"):
                    faults.clear()
                faults.switch_all(str(asked.get("faults", "")))
            except (ValueError, FaultSpecError) as error:
                body = json.dumps({"error": str(error)}).encode()
                return Response(status=400, body=body)
            if "disconnect" in asked:
                done["disconnected"] = self.dialect.disconnect(str(asked["disconnect"]))
            if asked.get("expire_keys"):
                done["expired"] = self.dialect.expire_keys(self.clock.now_ns())
        elif request.method != "GET":
            return Response(status=405, body=b"")
        body = json.dumps({**faults.described(), **done}).encode()
        return Response(status=200, body=body, headers={"content-type": "application/json"})

    def _replay(self, request: Request) -> Response:
        """Answer how the venue's log replays: a fresh engine told it all, against the one at work.

        Everything else waits meanwhile.
        """
        if request.method != "GET":
            return Response(status=405, body=b"")
        engine = self.dialect.service.engine
        told = {
            "commands": engine.sequence,
            "state_hash": engine.state_hash(),
            "is_identical": engine.verify(),
        }
        body = json.dumps(told).encode()
        return Response(status=200, body=body, headers={"content-type": "application/json"})

    async def _websocket(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        await receive()
        accepted = self.dialect.connect(_request(scope, b""), self.clock.now_ns())
        if isinstance(accepted, Response):
            headers = [(name.encode(), value.encode()) for name, value in accepted.headers.items()]
            await send(
                {
                    "type": "websocket.http.response.start",
                    "status": accepted.status,
                    "headers": headers,
                }
            )
            await send({"type": "websocket.http.response.body", "body": accepted.body})
            return
        await send({"type": "websocket.accept"})
        waked = asyncio.Event()
        accepted.wake = waked.set
        waked.set()
        writing = asyncio.create_task(self._write(accepted, waked, send, scope["client"]))
        arrivals = _Arrivals(accepted, self.clock)
        try:
            while True:
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    break
                text = message.get("text")
                if text is None:
                    text = (message.get("bytes") or b"").decode("utf-8", "replace")
                arrivals.take(text)
        finally:
            arrivals.forget()
            accepted.closed()
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing

    async def _write(
        self,
        connection: Connection,
        waked: asyncio.Event,
        send: Any,  # noqa: ANN401 - ASGI
        client: tuple[str, int],
    ) -> None:
        while True:
            await waked.wait()
            waked.clear()
            if connection.is_reset:
                self._transports.reset(client)
                return
            while connection.outbox:
                frame = connection.outbox.popleft()
                await send({"type": "websocket.send", "text": frame.decode()})
            if connection.close_code is not None:
                await send({"type": "websocket.close", "code": connection.close_code})
                return


@dataclass(slots=True)
class _Arrivals:
    """Hands a connection its messages in their order, each after its delay.

    Delays do not add up: two messages that come together are late together.
    """

    connection: Connection
    clock: Clock
    _due_s: float = 0.0
    _waiting: dict[float, asyncio.TimerHandle] = field(default_factory=dict)

    def take(self, text: str) -> None:
        """Take a message now, or later."""
        loop = asyncio.get_running_loop()
        delay_s = self.connection.delay_ms(text) / _MS_PER_S
        if not delay_s and not self._waiting:
            self.connection.receive(text, self.clock.now_ns())
            return
        # A timer that is not after the one before it might ring first.
        self._due_s = max(loop.time() + delay_s, self._due_s + _TIMER_STEP_S)
        self._waiting[self._due_s] = loop.call_at(self._due_s, self._hand, self._due_s, text)

    def _hand(self, due_s: float, text: str) -> None:
        del self._waiting[due_s]
        self.connection.receive(text, self.clock.now_ns())

    def forget(self) -> None:
        """Drop what still waits: the client is gone."""
        for handle in self._waiting.values():
            handle.cancel()
        self._waiting.clear()


def _request(scope: Mapping[str, Any], body: bytes) -> Request:
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }
    client = scope["client"]
    return Request(
        method=scope.get("method", "GET"),
        path=scope["path"],
        query=scope["query_string"],
        body=body,
        headers=headers,
        peer=client[0] if client else "",
    )
