"""Clients that are a burden: they come and say nothing, never read, or come and go all the time."""

from __future__ import annotations

import asyncio
import itertools
import json
import multiprocessing
import socket
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from gateway_client import frame, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.sharedctypes import Synchronized

CHANNELS = ["book:BTCUSDT:1000", "book:ETHUSDT:1000", "trades:BTCUSDT"]
RETRY_S = 0.05


class Address:
    """Gives clients addresses of this machine in turn, so that the limit of one is not theirs."""

    def __init__(self, each: int = 100) -> None:
        """Give each address to so many clients."""
        self._numbers = itertools.count()
        self._each = each

    def next(self) -> str:
        """Return the next client's."""
        number = next(self._numbers) // self._each % 200
        return f"127.0.1.{number + 1}"


async def connect(port: int, address: str, *, room: int = 0) -> asyncio.StreamWriter:
    """Open a WebSocket and return it; `room` is what its system keeps unread."""
    line = socket.socket()
    line.setblocking(False)
    if room:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    line.bind((address, 0))
    await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=line, limit=4_096)
    writer.write(upgrade())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in head.partition(b"\r\n")[0]:
        writer.close()
        raise ConnectionRefusedError(head[:40])
    if room:
        # Whoever does not read: nothing is taken from the system any more.
        writer.transport.pause_reading()  # type: ignore[attr-defined]
    return writer


def say(writer: asyncio.StreamWriter, **said: object) -> None:
    """Send an operation."""
    writer.write(frame(json.dumps(said)))


async def idle(port: int, addresses: Address, count: int) -> list[asyncio.StreamWriter]:
    """Open so many lines that say nothing: half of them WebSockets, half HTTP."""
    lines = []
    for number in range(count):
        if number % 2:
            lines.append(await connect(port, addresses.next()))
        else:
            _, writer = await asyncio.open_connection(
                "127.0.0.1", port, local_addr=(addresses.next(), 0)
            )
            lines.append(writer)
    return lines


async def slow(port: int, addresses: Address, count: int, token: str) -> list[asyncio.StreamWriter]:
    """Open so many WebSockets that ask for everything and read nothing."""
    lines = []
    for _ in range(count):
        writer = await connect(port, addresses.next(), room=2_048)
        say(writer, op="auth", token=token)
        say(writer, op="subscribe", channels=[*CHANNELS, "orders", "fills"])
        lines.append(writer)
    return lines


async def storm(
    port: int, addresses: Address, token: str, per_s: float, counts: Synchronized[int]
) -> None:
    """Come, prove who one is, subscribe, go without a word, and come again."""
    began = time.perf_counter()
    running: set[asyncio.Task[None]] = set()
    for number in itertools.count():
        await asyncio.sleep(max(0.0, began + number / per_s - time.perf_counter()))
        task = asyncio.ensure_future(_come_and_go(port, addresses.next(), token, counts))
        running.add(task)
        task.add_done_callback(running.discard)


async def _come_and_go(port: int, address: str, token: str, counts: Synchronized[int]) -> None:
    with suppress(OSError, asyncio.IncompleteReadError, ConnectionError):
        writer = await connect(port, address)
        say(writer, op="auth", token=token)
        say(writer, op="subscribe", channels=CHANNELS)
        await writer.drain()
        await asyncio.sleep(RETRY_S)
        # Reset, not closed: the venue hears nothing of it but the end.
        writer.transport.abort()
        counts.value += 1


async def _crowd(  # noqa: PLR0917 - the arguments of a process
    port: int, token: str, idle_count: int, slow_count: int, per_s: float, counts: Synchronized[int]
) -> None:
    addresses = Address()
    kept = await idle(port, addresses, idle_count)
    kept += await slow(port, addresses, slow_count, token)
    counts.value = 0
    if per_s:
        await storm(port, addresses, token, per_s, counts)
    await asyncio.Event().wait()


def _run(*arguments: object) -> None:
    asyncio.run(_crowd(*arguments))  # type: ignore[arg-type]


@contextmanager
def crowd(
    port: int, token: str, *, idle_count: int, slow_count: int, per_s: float
) -> Iterator[Synchronized[int]]:
    """Keep a crowd, in a process of its own, until the end of the block.

    What it yields is -1 until everybody is there, then counts who came and went.
    """
    context = multiprocessing.get_context("spawn")
    counts = context.Value("i", -1)
    arguments = (port, token, idle_count, slow_count, per_s, counts)
    process = context.Process(target=_run, args=arguments, daemon=True)
    process.start()
    try:
        while counts.value < 0:
            assert process.is_alive(), "the crowd did not get in"
            time.sleep(0.05)
        yield counts
    finally:
        process.kill()
        process.join()
