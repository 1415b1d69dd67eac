"""A server whose client is gone writes nothing more to it."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import struct

import pytest
import uvicorn

from tradecore.transport.listening import Listener, StreamProtocol, take_port

FRAMES = 20


class Teller:
    """An application that sends many messages at once, when it is told to."""

    def __init__(self):
        self.told, self.ended = asyncio.Event(), asyncio.Event()
        self.sent = 0

    async def __call__(self, scope, receive, send):
        """Serve one connection."""
        del scope
        await receive()
        await send({"type": "websocket.accept"})
        await self.told.wait()
        try:
            for _ in range(FRAMES):
                await send({"type": "websocket.send", "text": "x" * 100})
                self.sent += 1
        finally:
            self.ended.set()


async def connect(port):
    """Return a socket that is a WebSocket now."""
    loop = asyncio.get_running_loop()
    line = socket.socket()
    line.setblocking(False)
    await loop.sock_connect(line, ("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    text = (
        f"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await loop.sock_sendall(line, text.encode())
    assert b"101" in await loop.sock_recv(line, 4_096)
    return line


def reset(line):
    """Leave without a word."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


async def told(leave):
    """Have messages sent to a client that leaves, or stays, and return how many were."""
    teller = Teller()
    line, port = take_port("the server", "127.0.0.1", 0)
    server = Listener(
        uvicorn.Config(teller, http="h11", ws=StreamProtocol, lifespan="off", log_config=None)
    )
    serving = asyncio.create_task(server.serve(sockets=[line]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event
        await asyncio.sleep(0.005)
    client = await connect(port)
    # The server has its turn before it can see that the client is gone.
    if leave:
        reset(client)
    teller.told.set()
    await teller.ended.wait()
    if not leave:
        reset(client)
    server.should_exit = True
    await serving
    return teller.sent


@pytest.mark.parametrize(("leave", "most"), [(True, 1), (False, FRAMES)], ids=["gone", "there"])
def test_what_is_sent_ends_with_the_connection(caplog, leave, most):
    """The first message finds out; none is written after it, and nothing is logged."""
    assert asyncio.run(told(leave)) == most
    assert [one.getMessage() for one in caplog.records if one.levelname != "INFO"] == []
