"""Books between two processes: from the publisher's call to the level in the reader's book.

The publisher is a process of its own and sends as fast as it can over a local socket; the reader
keeps a `WireBook`. Nothing may be missing at the end. The baseline is the loop one writes with
pyzmq and protobuf alone: one message an update, no numbers, no envelope, two dicts for the book.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import statistics
import tempfile
import time
from itertools import pairwise

import zmq

import tradecore as tc
from tradecore.core import WireBook
from tradecore.telemetry import SystemClock
from tradecore.transport.bus import BusLimits, CommandClient, CommandServer, Publisher, Subscriber
from tradecore.wire import Kind, schema_pb2
from tradecore.wire.values import CancelAll, CommandAck

UPDATES = 400_000
ROUNDS = 3
LEVELS = 2
TOPIC = "BINANCE.BTCUSDT.book"
LIMITS = BusLimits(high_water=1_000_000, history_max=UPDATES + 1, dead_ns=60_000_000_000)
COMMANDS = 3_000


def bodies(count: int) -> list[bytes]:
    """Return a state and then changes of two levels a side, as a market server sends them."""
    dice = random.Random(7)
    made = []
    for number in range(count):
        update = schema_pb2.BookUpdate(
            first_id=number + 1,
            last_id=number + 1,
            is_snapshot=number == 0,
            ts_event_ns=number,
            ts_recv_ns=number,
            bid_ticks=[600_000 - dice.randrange(50) for _ in range(LEVELS)],
            bid_lots=[dice.randrange(1, 1_000) for _ in range(LEVELS)],
            ask_ticks=[600_001 + dice.randrange(50) for _ in range(LEVELS)],
            ask_lots=[dice.randrange(1, 1_000) for _ in range(LEVELS)],
        )
        made.append(update.SerializeToString())
    return made


def publish(endpoint: str, batch: int, go: object, done: object) -> None:
    """Publish everything, `batch` updates in a turn of the event loop."""

    async def work() -> None:
        context = zmq.Context()
        source = Publisher(context, endpoint, stream=1, epoch=1, clock=SystemClock(), limits=LIMITS)
        sent = bodies(UPDATES)
        while not go.is_set():  # noqa: ASYNC110 - another process sets it
            await asyncio.sleep(0.01)
        for start in range(0, UPDATES, batch):
            for body in sent[start : start + batch]:
                source.publish(TOPIC, Kind.BOOK_UPDATE, body)
            source.flush()
            if start // batch % 20 == 0:
                await asyncio.sleep(0)
        while not done.is_set():  # noqa: ASYNC110 - another process sets it
            await asyncio.sleep(0.01)
        source.close()
        context.destroy(0)

    asyncio.run(work())


def publish_plain(endpoint: str, go: object, done: object) -> None:
    """Publish everything with pyzmq alone."""
    context = zmq.Context()
    source = context.socket(zmq.PUB)
    source.set(zmq.SNDHWM, 0)
    source.bind(endpoint)
    sent = bodies(UPDATES)
    go.wait()
    time.sleep(0.3)
    for body in sent:
        source.send_multipart([TOPIC.encode(), body])
    done.wait()
    context.destroy(0)


def read(endpoint: str, go: object) -> float:
    """Read everything into a book; return updates a second, first batch to last."""

    async def work() -> float:
        book = WireBook(tc.Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001"))
        times: list[float] = []
        count = [0]

        def take(batch: object) -> None:
            if not times:
                times.append(time.perf_counter())
            book.apply_many(batch.bodies)
            count[0] += len(batch.bodies)
            if count[0] == UPDATES:
                times.append(time.perf_counter())
                finished.set()

        finished = asyncio.Event()
        context = zmq.Context()
        reader = Subscriber(
            context,
            endpoint,
            topics=[TOPIC],
            clock=SystemClock(),
            on_batch=take,
            on_status=lambda status: go.set() if status.word == "up" else None,
            limits=LIMITS,
        )
        await finished.wait()
        assert count[0] == UPDATES
        assert book.last_id == UPDATES
        reader.close()
        context.destroy(0)
        return UPDATES / (times[1] - times[0])

    return asyncio.run(work())


def read_plain(endpoint: str, go: object) -> float:
    """Read everything with pyzmq and protobuf into two dicts."""
    context = zmq.Context()
    reader = context.socket(zmq.SUB)
    reader.set(zmq.RCVHWM, 0)
    reader.subscribe(b"")
    reader.connect(endpoint)
    go.set()
    bids: dict[int, int] = {}
    asks: dict[int, int] = {}
    began = 0.0
    for _ in range(UPDATES):
        body = reader.recv_multipart()[1]
        began = began or time.perf_counter()
        update = schema_pb2.BookUpdate()
        update.ParseFromString(body)
        bids.update(zip(update.bid_ticks, update.bid_lots, strict=True))
        asks.update(zip(update.ask_ticks, update.ask_lots, strict=True))
    took = time.perf_counter() - began
    context.destroy(0)
    return UPDATES / took


def measured(batch: int | None) -> float:
    """Return the median rate of a few runs with a publisher in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    rates = []
    for _ in range(ROUNDS):
        go, done = spawn.Event(), spawn.Event()
        with tempfile.TemporaryDirectory() as folder:
            endpoint = f"ipc://{folder}/bus/books" if batch else f"ipc://{folder}/books"
            target = publish if batch else publish_plain
            arguments = (endpoint, batch, go, done) if batch else (endpoint, go, done)
            source = spawn.Process(target=target, args=arguments)
            source.start()
            rates.append((read if batch else read_plain)(endpoint, go))
            done.set()
            source.join()
    return statistics.median(rates)


def command_times() -> list[float]:
    """Return sorted times in microseconds from a command's call to its acknowledgement."""

    async def work() -> list[float]:
        context = zmq.Context()
        replied = asyncio.Event()
        with tempfile.TemporaryDirectory() as folder:
            endpoint = f"ipc://{folder}/bus/commands"
            clock = SystemClock()
            server = CommandServer(
                context,
                endpoint,
                clock=clock,
                on_command=lambda _, __, e: CommandAck(command=e.seq, is_accepted=True),
            )
            client = CommandClient(
                context,
                endpoint,
                sender="bench",
                epoch=1,
                clock=clock,
                on_reply=lambda *_: replied.set(),
            )
            await asyncio.sleep(0.3)
            marks = []
            for _ in range(COMMANDS):
                replied.clear()
                began = time.perf_counter()
                client.send(CancelAll(reason="bench"))
                await replied.wait()
                marks.append((began, time.perf_counter()))
            client.close()
            server.close()
            context.destroy(0)
        assert all(first[0] < second[0] for first, second in pairwise(marks))
        return sorted((end - began) * 1e6 for began, end in marks)

    return asyncio.run(work())


def run() -> list[dict[str, object]]:
    """Measure books one by one and in batches, beside pyzmq and protobuf; then a round trip."""
    plain = measured(None)
    rows: list[dict[str, object]] = []
    for batch, name in ((50, "50 a turn"), (1, "one a message")):
        rate = measured(batch)
        rows.append(
            {
                "name": f"book updates between processes, in order, in the book, {name}",
                "value": rate,
                "unit": "updates/s",
                "baseline_name": "pyzmq, protobuf and dicts",
                "baseline_value": plain,
                "ratio": rate / plain,
                "asked": ">= 300 k/s" if batch > 1 else None,
            }
        )
    times = command_times()
    for part, name in ((0.5, "p50"), (0.99, "p99")):
        rows.append(
            {
                "name": f"command to acknowledgement, both ends on one event loop, {name}",
                "value": times[int(len(times) * part)],
                "unit": "us",
                "baseline_name": None,
                "baseline_value": None,
                "ratio": None,
            }
        )
    return rows


if __name__ == "__main__":
    for row in run():
        print(row)
