"""Which connection a channel of the pump is: roll-overs, other addresses, its end."""

from __future__ import annotations

import asyncio

from support.ports import free_port
from support.venue_socket import (
    Wishes,
    pumping,
    until,
    websocket_server,
)
from tradecore.exchanges.base import (
    ChannelDown,
    ChannelUp,
    Close,
    Connect,
    Failure,
    Frame,
    Message,
)


async def echo(connection):
    """Send back what comes."""
    async for message in connection:
        await connection.send(message)


def open_public(*urls, **changes):
    """Ask for the channel `public`."""
    return Connect(channel="public", urls=urls, **changes)


def test_addresses_are_tried_in_turn():
    """The second address serves when nobody listens at the first; failures are counted."""

    async def scenario():
        alarms = []
        async with websocket_server(echo) as url:
            dead = f"ws://127.0.0.1:{free_port()}"
            codec = Wishes(open_public(dead, dead, dead, url))
            async with pumping(codec, on_alarm=lambda *told: alarms.append(told[1:3])) as pump:
                await until(lambda: codec.of(ChannelUp))
                state = pump.states()[0]
        assert state.is_up
        assert state.attempts == 3
        assert "ConnectionRefused" in state.last_reason
        assert alarms == [("public", 3)]

    asyncio.run(scenario())


def test_a_roll_over_loses_nothing():
    """The new connection is up beside the old, the old is closed when the new one has spoken."""

    async def scenario():
        counts = {"open": 0, "most": 0}

        async def counting(connection):
            counts["open"] += 1
            counts["most"] = max(counts["most"], counts["open"])
            try:
                while True:
                    await connection.send("tick")
                    await asyncio.sleep(0.005)
            finally:
                counts["open"] -= 1

        async with websocket_server(counting) as url:
            codec = Wishes(open_public(url, max_age_ns=50_000_000))
            async with pumping(codec):
                await until(lambda: len(codec.of(ChannelUp)) == 4)
        generations = [message.generation for message in codec.of(Message)]
        assert not codec.of(ChannelDown)
        assert generations == sorted(generations)
        assert counts["most"] == 2

    asyncio.run(scenario())


def test_an_old_connection_ends_with_the_overlap_though_the_new_one_is_silent():
    """A quiet channel rolls over too."""

    async def scenario():
        closed = []

        async def quiet(connection):
            await connection.wait_closed()
            closed.append(connection.close_code)

        async with websocket_server(quiet) as url:
            codec = Wishes(open_public(url, max_age_ns=200_000_000))
            async with pumping(codec, overlap_ns=10_000_000):
                await until(lambda: closed)
                assert len(codec.of(ChannelUp)) >= 2
        assert closed[0] == 1000
        assert not codec.of(ChannelDown)

    asyncio.run(scenario())


def test_a_channel_that_never_came_up_can_be_sent_elsewhere():
    """New addresses while the old ones fail are tried at once."""

    async def scenario():
        async with websocket_server(echo) as url:
            codec = Wishes(open_public(f"ws://127.0.0.1:{free_port()}"))
            async with pumping(codec) as pump:
                await until(lambda: pump.states()[0].attempts)
                codec.wanted.append(open_public(url))
                pump.flush(codec)
                await until(lambda: codec.of(ChannelUp))

    asyncio.run(scenario())


def test_a_closed_channel_stays_closed():
    """After `Close` nothing is told, and frames for it fail."""

    async def scenario():
        async with websocket_server(echo) as url:
            codec = Wishes(open_public(url))
            async with pumping(codec) as pump:
                await until(lambda: codec.of(ChannelUp))
                codec.wanted.append(Close(channel="public", reason="done"))
                codec.wanted.append(Frame(channel="public", text="late"))
                pump.flush(codec)
                await until(lambda: codec.of(Failure))
                assert pump.states() == ()
        assert not codec.of(ChannelDown)

    asyncio.run(scenario())


def test_new_addresses_replace_a_connection_beside_it():
    """A second `Connect` of the same name opens the new one first."""

    async def scenario():
        async with websocket_server(echo) as one, websocket_server(echo) as two:
            codec = Wishes(open_public(one))
            async with pumping(codec) as pump:
                await until(lambda: codec.of(ChannelUp))
                codec.wanted.append(open_public(two))
                pump.flush(codec)
                await until(lambda: len(codec.of(ChannelUp)) == 2)
                codec.wanted.append(Frame(channel="public", text="x"))
                pump.flush(codec)
                await until(lambda: codec.of(Message))
        assert codec.of(Message)[0].generation == 2
        assert not codec.of(ChannelDown)

    asyncio.run(scenario())
