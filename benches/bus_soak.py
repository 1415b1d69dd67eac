"""Publish a million messages through small queues to readers that are killed again and again.

`python benches/bus_soak.py [--messages N] [--kills N]`. Readers are processes of their own; each
writes what it applied, and how far it got, to a file in one step. A reader is killed with SIGKILL
at a random moment and the next goes on from the file. Fails if a message is missing, comes twice
or in the wrong order in the file, or if nothing was lost on the way (then nothing was proved).
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import struct
import sys
import tempfile
import time
from pathlib import Path

import zmq

from tradecore.telemetry import SystemClock
from tradecore.transport.bus import BusLimits, Publisher, Subscriber
from tradecore.wire import Kind

TOPIC = "orders"
ENTRY = struct.Struct("<QQ")
BATCH = 50
HIGH_WATER = 100


def limits(messages: int) -> BusLimits:
    """Return small queues and a history that holds everything."""
    return BusLimits(high_water=HIGH_WATER, history_max=messages, waiting_max=20_000)


def follow(endpoint: str, path: str, messages: int) -> None:
    """Read from where the file ends, and append what is applied; end when all is there."""

    async def work() -> None:
        done = asyncio.Event()
        with Path(path).open("ab", buffering=0) as applied:  # noqa: ASYNC230 - before it starts
            read_up_to = applied.tell() // ENTRY.size
            count = [read_up_to]

            def take(batch: object) -> None:
                first = batch.envelope.seq - len(batch.bodies) + 1
                entries = [
                    ENTRY.pack(seq, int.from_bytes(body, "little"))
                    for seq, body in enumerate(batch.bodies, first)
                ]
                # One write: a kill leaves all of a batch, or the reader goes on before it.
                os.write(applied.fileno(), b"".join(entries))
                count[0] += len(entries)
                if count[0] >= messages:
                    done.set()

            context = zmq.Context()
            Subscriber(
                context,
                endpoint,
                topics=[TOPIC],
                clock=SystemClock(),
                on_batch=take,
                positions={TOPIC: (1, read_up_to)} if read_up_to else None,
                limits=limits(messages),
            )
            await done.wait()

    asyncio.run(work())


async def soak(messages: int, kills: int, folder: Path) -> tuple[float, int, int]:
    """Publish everything while readers are killed; return seconds, kills and replays asked for."""
    endpoint, path = f"ipc://{folder}/bus/orders", folder / "applied"
    path.touch()
    context = zmq.Context()
    spawn = multiprocessing.get_context("spawn")
    dice = random.Random(11)
    source = Publisher(
        context, endpoint, stream=1, epoch=1, clock=SystemClock(), limits=limits(messages)
    )

    def begin() -> multiprocessing.Process:
        reader = spawn.Process(target=follow, args=(endpoint, str(path), messages), daemon=True)
        reader.start()
        return reader

    began = time.perf_counter()
    reader, killed = begin(), 0
    sent = 0
    next_kill = time.perf_counter() + 1.0
    while reader.is_alive():
        for _ in range(20):
            for number in range(sent, min(sent + BATCH, messages * (killed + 1) // (kills + 1))):
                source.publish(TOPIC, Kind.ORDER_UPDATE, number.to_bytes(8, "little"))
                sent = number + 1
            source.flush()
        await asyncio.sleep(0.001)
        if killed < kills and time.perf_counter() > next_kill:
            reader.kill()
            reader.join()
            killed += 1
            reader = begin()
            next_kill = time.perf_counter() + 0.5 + dice.random()
    took = time.perf_counter() - began
    asked = source.answers
    source.close()
    context.destroy(0)
    return took, killed, asked


def check(path: Path, messages: int) -> None:
    """Compare what was applied with what was published."""
    applied = path.read_bytes()
    entries = list(ENTRY.iter_unpack(applied))
    wanted = [(number + 1, number) for number in range(messages)]
    if entries != wanted:
        at = next(
            (n for n, pair in enumerate(zip(entries, wanted, strict=False)) if pair[0] != pair[1]),
            min(len(entries), len(wanted)),
        )
        sys.exit(f"applied {len(entries)} of {messages}; the first difference is at {at}")


def main() -> None:
    """Run, and say what was seen."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--messages", type=int, default=1_000_000)
    asked.add_argument("--kills", type=int, default=100)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        took, killed, replays = asyncio.run(soak(given.messages, given.kills, folder))
        check(folder / "applied", given.messages)
    if not replays:
        sys.exit("nothing was lost on the way, so nothing was proved")
    print(
        f"{given.messages} messages, {killed} readers killed, {replays} replays answered: "
        f"0 lost, 0 twice, 0 out of order, in {took:.0f} s"
    )


if __name__ == "__main__":
    main()
