"""Answers for a process by HTTP: is it alive, is it ready, what is known, and its metrics."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tradecore.transport.listening import Listener, take_port

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from prometheus_client import CollectorRegistry

    from tradecore.telemetry import Clock
    from tradecore.telemetry.health import Health, Judgement

__all__ = ["HealthServer", "serve_health"]

TEXT: Final = "text/plain; charset=utf-8"
CONNECTIONS_MAX: Final = 32
BACKLOG: Final = 64


@dataclass(frozen=True, slots=True)
class _Pages:
    """The four pages, as an ASGI application."""

    health: Health
    registry: CollectorRegistry | None
    clock: Clock

    async def __call__(
        self,
        scope: dict[str, Any],
        _: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        status, content_type, body = self._page(scope["method"], scope["path"])
        headers = [
            (b"content-type", content_type.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": body})

    def _page(self, method: str, path: str) -> tuple[int, str, bytes]:
        if method not in {"GET", "HEAD"}:
            return 405, TEXT, b"only GET\n"
        now_ns = self.clock.monotonic_ns()
        match path:
            case "/health/live":
                return _judged(self.health.live(now_ns))
            case "/health/ready":
                return _judged(self.health.ready(now_ns))
            case "/health/detailed":
                told = json.dumps(self.health.detailed(now_ns), default=str)
                status = self.health.ready(now_ns).status
                return status, "application/json", told.encode()
            case "/metrics":
                return self._metrics()
            case _:
                return 404, TEXT, b"/health/live /health/ready /health/detailed /metrics\n"

    def _metrics(self) -> tuple[int, str, bytes]:
        if self.registry is None:
            return 404, TEXT, b"metrics are off\n"
        return 200, CONTENT_TYPE_LATEST, generate_latest(self.registry)


def _judged(judgement: Judgement) -> tuple[int, str, bytes]:
    lines = judgement.reasons or ("ok",)
    return judgement.status, TEXT, ("\n".join(lines) + "\n").encode()


@dataclass(slots=True)
class HealthServer:
    """A health endpoint that is being served."""

    host: str
    port: int
    _server: Listener
    _task: asyncio.Task[None]

    async def aclose(self) -> None:
        """Stop answering."""
        self._server.should_exit = True
        self._server.force_exit = True
        await self._task


async def serve_health(
    host: str, port: int, *, health: Health, registry: CollectorRegistry | None, clock: Clock
) -> HealthServer:
    """Serve the health of a process; a port of 0 takes any that is free, no registry no metrics.

    Raises:
        PortTakenError: If the address is taken or not ours.
    """
    line, port = take_port("health", host, port, backlog=BACKLOG)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    server = Listener(
        uvicorn.Config(
            _Pages(health, registry, clock),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            limit_concurrency=CONNECTIONS_MAX,
            server_header=False,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=1,
        )
    )
    task = asyncio.get_running_loop().create_task(server.serve([line]))
    return HealthServer(host, port, server, task)
