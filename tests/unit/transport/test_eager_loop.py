"""A loop that asks again before it sleeps: what it tells, and for how long it asks."""

from __future__ import annotations

import asyncio
import selectors
import socket
from itertools import count

import pytest

from tradecore.processes.launch import loop_of
from tradecore.processes.settings import EngineSettings
from tradecore.transport.eager_loop import EagerSelector, eager_loop


@pytest.fixture
def pair():
    """Yield two sockets that are connected."""
    left, right = socket.socketpair()
    with left, right:
        yield left, right


def settings(**performance):
    """Return an engine's settings."""
    return EngineSettings.model_validate(
        {
            "global_": {"exchange_name": "BINANCE", "api_key": "k", "api_secret": "s"},
            "performance": performance,
        }
    )


def test_a_process_is_given_the_loop_its_settings_ask_for():
    """None asks again unless it was told to."""
    kinds = []
    for performance in ({}, {"busy_poll_us": 50}):
        loop = loop_of(settings(**performance))
        kinds.append(isinstance(loop._selector, EagerSelector))
        loop.close()

    assert kinds == [False, True]


def test_it_asks_for_as_long_as_it_was_told_and_then_sleeps(pair):
    """By its clock; a shorter time-out is not passed."""
    ticks = count(step=10)
    left, _ = pair
    with EagerSelector(100, monotonic_ns=lambda: next(ticks)) as selector:
        selector.register(left, selectors.EVENT_READ)

        assert selector.select(0.001) == []
        asked = next(ticks)
        assert selector.select(0) == []
        assert next(ticks) == asked + 10
        assert selector.select(50e-9) == []

    assert asked >= 100


def test_what_is_ready_is_told_at_once_and_what_comes_wakes_it(pair):
    """Before, and while it asks or sleeps."""
    left, right = pair
    with EagerSelector(1_000_000) as selector:
        selector.register(left, selectors.EVENT_READ)
        right.send(b"x")
        (ready,) = selector.select(None)

    assert ready[0].fileobj is left


@pytest.mark.parametrize("poll_ns", [0, 200_000])
def test_sockets_timers_and_threads_work_as_on_any_loop(pair, poll_ns):
    """What the loop promises does not depend on how it waits."""
    left, right = pair
    left.setblocking(False)
    right.setblocking(False)

    async def scenario():
        loop = asyncio.get_running_loop()
        loop.call_later(0.005, right.send, b"late")
        heard = await loop.sock_recv(left, 10)
        return heard, await asyncio.to_thread(lambda: "thread")

    with asyncio.Runner(loop_factory=lambda: eager_loop(poll_ns)) as runner:
        assert runner.run(scenario()) == (b"late", "thread")
