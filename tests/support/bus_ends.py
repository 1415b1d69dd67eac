"""Both ends of the bus on one event loop, at addresses nobody else has."""

from __future__ import annotations

import asyncio
import contextlib

import zmq

from tradecore.telemetry import SystemClock
from tradecore.transport.bus import Publisher, Subscriber
from tradecore.wire import Kind

CLOCK = SystemClock()


async def until(condition, seconds=10.0):
    """Wait until a condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is awaited is another socket's doing
            await asyncio.sleep(0.002)


@contextlib.contextmanager
def context_of_zmq():
    """Give a context, and end it with every socket of it."""
    context = zmq.Context()
    try:
        yield context
    finally:
        context.destroy(0)


def run(scenario, folder):
    """Run a scenario with a context of its own."""

    async def play():
        with context_of_zmq() as context:
            await scenario(context, folder)

    asyncio.run(play())


class Heard:
    """What a subscriber was told."""

    def __init__(self):
        self.batches = []
        self.statuses = []

    def bodies(self, topic=None):
        """Return the bodies in the order they came."""
        return [b for batch in self.batches if topic in (None, batch.topic) for b in batch.bodies]

    def words(self):
        """Return the words of the statuses."""
        return [status.word for status in self.statuses]


def address(folder, name="stream"):
    """Return the address of a local socket in a folder of the test's own."""
    return f"ipc://{folder}/bus/{name}"


def publisher(context, folder, **changes):
    """Make a publisher of stream 1, epoch 1."""
    named = {"stream": 1, "epoch": 1, "clock": CLOCK} | changes
    return Publisher(context, address(folder), **named)


def subscriber(context, folder, heard, **changes):
    """Make a subscriber of topic `t`."""
    named = {"topics": ["t"], "clock": CLOCK} | changes
    return Subscriber(
        context,
        address(folder),
        on_batch=heard.batches.append,
        on_status=heard.statuses.append,
        **named,
    )


def say(source, *numbers, topic="t"):
    """Publish numbers as bodies of eight bytes."""
    for number in numbers:
        source.publish(topic, Kind.ORDER_UPDATE, number.to_bytes(8, "big"))


def numbers(bodies):
    """Read bodies of eight bytes."""
    return [int.from_bytes(body, "big") for body in bodies]
