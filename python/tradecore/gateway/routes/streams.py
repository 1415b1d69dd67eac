"""The WebSocket itself: `/ws`."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from tradecore.core import RateLimiter
from tradecore.gateway.access import gateway_of
from tradecore.gateway.stream.session import TRY_AGAIN_LATER, VIOLATION, OpError, Session

if TYPE_CHECKING:
    from tradecore.gateway.gateway import Gateway

__all__ = ["SUBPROTOCOL", "router"]

SUBPROTOCOL: Final = "tradecore.v1"
#: How often a token is looked at again.
CHECK_S: Final = 5.0
_S: Final = 1_000_000_000
router = APIRouter()


@router.websocket("/ws")
async def streams(socket: WebSocket) -> None:
    """Serve one client until it leaves or is let go."""
    gateway = gateway_of(socket)
    address = socket.client.host if socket.client else ""
    offered = socket.scope.get("subprotocols", [])
    if gateway.stop.reason is not None or not _is_welcome(socket, gateway):
        await socket.close(VIOLATION)
        return
    if not gateway.lines.add(address, gateway.settings.limits):
        await socket.close(TRY_AGAIN_LATER)
        return
    gateway.metrics.sockets(gateway.lines.count)
    try:
        await socket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        await _serve(socket, gateway)
    finally:
        gateway.lines.remove(address)
        gateway.metrics.sockets(gateway.lines.count)


def _is_welcome(socket: WebSocket, gateway: Gateway) -> bool:
    """Return whether a page that opens it is one that may; what is no page sends no origin."""
    origin = socket.headers.get("origin")
    if origin is None or origin in gateway.settings.server.cors_origins:
        return True
    return origin.partition("://")[2] == socket.headers.get("host", "")


async def _serve(socket: WebSocket, gateway: Gateway) -> None:
    waked = asyncio.Event()
    session = Session(gateway, waked.set)
    with suppress(OpError):
        _from_header(socket, session)
    gateway.sessions[session] = None
    loop = asyncio.get_running_loop()
    tasks = [
        loop.create_task(_read(socket, session, gateway)),
        loop.create_task(_write(socket, session, waked, gateway)),
        loop.create_task(_watch(session)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        session.leave()
        del gateway.sessions[session]
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                raise result


def _from_header(socket: WebSocket, session: Session) -> None:
    word, _, token = socket.headers.get("authorization", "").partition(" ")
    if word.lower() == "bearer" and token:
        session.log_in(token)


async def _read(socket: WebSocket, session: Session, gateway: Gateway) -> None:
    per_s = gateway.settings.limits.messages_per_s
    bucket = RateLimiter.token_bucket(capacity=per_s * 2, period_ns=2 * _S)
    while session.close_code is None:
        text = await socket.receive_text()
        gateway.metrics.message("in")
        if bucket.acquire(1, now_ns=gateway.clock.monotonic_ns()):
            session.close(VIOLATION, f"a connection sends at most {per_s} messages a second")
            await asyncio.sleep(CHECK_S)
            return
        await session.receive(text)


async def _write(
    socket: WebSocket, session: Session, waked: asyncio.Event, gateway: Gateway
) -> None:
    while True:
        await waked.wait()
        waked.clear()
        while session.close_code is None:
            # A snapshot for a slow client shows only what is kept.
            await gateway.floor.queue.settled()
            text = session.take()
            if text is None:
                break
            await socket.send_text(text)
            gateway.metrics.message("out")
        if session.close_code is not None:
            await socket.close(session.close_code, session.close_reason)
            return


async def _watch(session: Session) -> None:
    while True:
        await asyncio.sleep(CHECK_S)
        session.check()
