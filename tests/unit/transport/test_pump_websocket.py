"""Channels of the pump against a real WebSocket server."""

from __future__ import annotations

import asyncio

import pytest

from support.ports import free_port
from support.venue_socket import (
    Wishes,
    byte_server,
    pumping,
    until,
    websocket_server,
)
from tradecore.exchanges.base import (
    ChannelDown,
    ChannelUp,
    Connect,
    Cost,
    Failure,
    Fate,
    Frame,
    Message,
    Repeat,
)
from tradecore.transport.websocket import WebSocketSettings


async def echo(connection):
    """Send back what comes."""
    async for message in connection:
        await connection.send(message)


def open_public(*urls, **changes):
    """Ask for the channel `public`."""
    return Connect(channel="public", urls=urls, **changes)


def test_a_frame_goes_out_and_a_message_comes_in():
    """Up, then the echo, as bytes and with the generation of its connection."""

    async def scenario():
        async with websocket_server(echo) as url:
            codec = Wishes(open_public(url))
            async with pumping(codec) as pump:
                await until(lambda: codec.of(ChannelUp))
                codec.wanted.append(Frame(channel="public", text="hello"))
                pump.flush(codec)
                await until(lambda: codec.of(Message))
            assert codec.heard[:2] == [
                ChannelUp(channel="public", generation=1),
                Message("public", b"hello", 1),
            ]

    asyncio.run(scenario())


def test_an_answer_is_written_before_the_callback_returns():
    """A frame flushed inside `on_events` reaches the server though the callback then blocks."""
    order = []

    async def scenario():
        async def first(connection):
            await connection.send("tick")
            order.append(await connection.recv())
            await connection.send("done")

        async with websocket_server(first) as url:
            codec = Wishes(open_public(url))

            def on_events(_, events):
                if events[0].data == b"tick":
                    codec.wanted.append(Frame(channel="public", text="order"))
                    pump.flush(codec)
                    order.append("returned")

            async with pumping(codec, on_events=on_events) as pump:
                await until(lambda: len(codec.of(Message)) == 2)
        assert sorted(order) == ["order", "returned"]

    asyncio.run(scenario())


def test_a_lost_connection_is_told_and_opened_again():
    """Down, with the reason; then up with the next generation, for as long as it takes."""

    async def scenario():
        async def leave(connection):
            await connection.send("once")
            await connection.close(1012, "restart")

        async with websocket_server(leave) as url:
            codec = Wishes(open_public(url))
            async with pumping(codec):
                await until(lambda: len(codec.of(ChannelUp)) == 3)
        down = codec.of(ChannelDown)[0]
        assert down.generation == 1
        assert "1012" in down.reason
        assert "restart" in down.reason
        assert [up.generation for up in codec.of(ChannelUp)][:3] == [1, 2, 3]

    asyncio.run(scenario())


def test_a_refused_handshake_says_the_status_and_not_the_address():
    """What a listen key would be in is not in the reason."""

    async def scenario():
        async with websocket_server(echo, process_request=lambda c, _: c.respond(403, "no")) as url:
            codec = Wishes(open_public(f"{url}/?listenKey=secret"))
            async with pumping(codec) as pump:
                await until(lambda: pump.states()[0].attempts > 1)
                reason = pump.states()[0].last_reason
        assert "status=403" in reason
        assert "secret" not in reason

    asyncio.run(scenario())


def test_a_redirect_is_not_followed():
    """A handshake answered with another address fails."""

    async def scenario():
        async with websocket_server(echo) as elsewhere:

            def redirect(connection, _):
                response = connection.respond(302, "")
                response.headers["Location"] = elsewhere
                return response

            async with websocket_server(echo, process_request=redirect) as url:
                codec = Wishes(open_public(url))
                async with pumping(codec) as pump:
                    await until(lambda: pump.states()[0].attempts > 1)
                    assert "status=302" in pump.states()[0].last_reason
        assert not codec.of(ChannelUp)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param({"message_bytes_max": 100}, "1009", id="message-too-long"),
        pytest.param(
            {"ping_interval_ns": 20_000_000, "pong_timeout_ns": 20_000_000},
            "keepalive ping timeout",
            id="no-pong",
        ),
    ],
)
def test_a_connection_that_breaks_a_limit_is_closed_and_replaced(settings, said):
    """Too long a message, or no answer to a ping: down with the reason, then up again."""

    async def scenario():
        over = asyncio.Event()

        async def rude(connection):
            await connection.send("x" * 1_000)
            connection.transport.pause_reading()
            await over.wait()
            connection.transport.abort()

        chosen = WebSocketSettings(close_timeout_ns=20_000_000, **settings)
        async with websocket_server(rude, ping_interval=None) as url:
            codec = Wishes(open_public(url))
            async with pumping(codec, websocket=chosen):
                await until(lambda: len(codec.of(ChannelUp)) == 2)
            # A server that still slept here would hold up its own end.
            over.set()
        assert said in codec.of(ChannelDown)[0].reason

    asyncio.run(scenario())


@pytest.mark.parametrize("generation", [None, 7])
def test_a_frame_without_a_connection_was_not_sent(generation):
    """It comes back as a failure of which the venue cannot know."""

    async def scenario():
        dead = f"ws://127.0.0.1:{free_port()}"
        frame = Frame(channel="public", text="order", generation=generation)
        codec = Wishes(open_public(dead), frame)
        async with pumping(codec):
            await until(lambda: codec.of(Failure))
        failure = codec.of(Failure)[0]
        assert failure.request is frame
        assert failure.fate is Fate.NOT_SENT
        assert "no connection is open" in failure.reason

    asyncio.run(scenario())


def test_a_server_that_does_not_read_makes_frames_fail():
    """Beyond the limit of unsent bytes a frame is refused, not kept."""

    async def scenario():
        async def deaf(connection):
            connection.transport.pause_reading()
            await asyncio.sleep(30)

        settings = WebSocketSettings(unsent_bytes_max=10_000, close_timeout_ns=10_000_000)
        async with websocket_server(deaf) as url:
            codec = Wishes(open_public(url))
            async with pumping(codec, websocket=settings) as pump:
                await until(lambda: codec.of(ChannelUp))
                await asyncio.sleep(0)
                codec.wanted.extend([Frame(channel="public", text="x" * 100_000)] * 200)
                pump.flush(codec)
                await until(lambda: codec.of(Failure))
        assert codec.of(Failure)[0].fate is Fate.NOT_SENT
        assert "does not read" in codec.of(Failure)[0].reason

    asyncio.run(scenario())


def test_a_connection_that_opens_and_says_nothing_times_out():
    """TCP without a handshake is no connection."""

    async def scenario():
        async def silent(reader, _):
            await reader.read()

        settings = WebSocketSettings(connect_timeout_ns=30_000_000)
        async with byte_server(silent) as host:
            codec = Wishes(open_public(f"ws://{host}"))
            async with pumping(codec, websocket=settings) as pump:
                await until(lambda: pump.states()[0].attempts > 1)
                assert pump.states()[0].last_reason == "TimeoutError"

    asyncio.run(scenario())


def test_a_message_in_parts_is_heard_whole():
    """Fragments are joined; nothing is told of the parts."""

    async def scenario():
        async def parts(connection):
            await connection.send(["he", "ll", "o"])
            await connection.send(b"\x00\xff")
            await connection.wait_closed()

        async with websocket_server(parts) as url:
            codec = Wishes(open_public(url))
            async with pumping(codec):
                await until(lambda: len(codec.of(Message)) == 2)
        assert [message.data for message in codec.of(Message)] == [b"hello", b"\x00\xff"]

    asyncio.run(scenario())


def test_a_safe_frame_waits_for_the_budget_and_an_order_does_not():
    """What may be repeated can wait; what must not has been admitted by whoever submits it."""

    class Short:
        """A budget that admits the second time."""

        asked = 0

        def acquire(self, cost, now_ns, /):
            """Refuse once."""
            assert (cost.weight, now_ns > 0) == (5, True)
            self.asked += 1
            return 20_000_000 if self.asked == 1 else 0

    async def scenario():
        budget = Short()
        cost = Cost(weight=5)
        async with websocket_server(echo) as url:
            codec = Wishes(open_public(url))
            async with pumping(codec, budget=budget) as pump:
                await until(lambda: codec.of(ChannelUp))
                codec.wanted.append(Frame(channel="public", text="query", cost=cost))
                codec.wanted.append(
                    Frame(channel="public", text="order", cost=cost, repeat=Repeat.NEVER)
                )
                pump.flush(codec)
                await until(lambda: len(codec.of(Message)) == 2)
        assert [message.data for message in codec.of(Message)] == [b"order", b"query"]
        assert budget.asked == 2

    asyncio.run(scenario())


def test_a_frame_for_a_channel_nobody_asked_for_was_not_sent():
    """It names the channel."""

    async def scenario():
        codec = Wishes(Frame(channel="nowhere", text="x"))
        async with pumping(codec) as pump:
            await until(lambda: codec.of(Failure))
            assert pump.channels(codec) == ()
        assert "no such channel was asked for: channel=nowhere" in codec.of(Failure)[0].reason

    asyncio.run(scenario())


def test_a_mistake_in_a_callback_ends_the_pump():
    """What `on_events` raises comes out of `run`, not into the socket."""

    async def scenario():
        async def greet(connection):
            await connection.send("hello")
            await connection.wait_closed()

        def broken(*_):
            raise LookupError("our mistake")

        async with (
            asyncio.timeout(10),
            websocket_server(greet) as url,
            pumping(Wishes(open_public(url)), on_events=broken, runs=False) as pump,
        ):
            await pump.run()

    with pytest.raises(LookupError, match="our mistake"):
        asyncio.run(scenario())
