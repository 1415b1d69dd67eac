"""Messages that a socket hands over together: all in order, and in one call where a codec can."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest
from websockets.server import ServerProtocol

from support.venue_socket import Wishes, byte_server, pumping, until, websocket_server
from tradecore.exchanges.base import ChannelDown, Connect, Message


def open_public(url):
    """Ask for the channel `public`."""
    return Connect(channel="public", urls=(url,))


@pytest.mark.parametrize("piece", [1, 7, 1 << 16])
def test_messages_that_come_together_are_heard_in_their_order(piece):
    """However the bytes are cut, pings and parts among them, from the handshake on."""
    frames = b"".join(
        [
            b"\x81\x03one",
            b"\x89\x01?",
            b"\x82\x7e\x01\x2c" + b"2" * 300,
            b"\x81\x00",
            b"\x01\x02th",
            b"\x89\x00",
            b"\x80\x03ree",
            b"\x81\x04four",
            b"\x88\x02\x03\xe8",
        ]
    )

    async def scenario():
        answered = asyncio.Event()

        async def speak(reader, writer):
            asked = await reader.readuntil(b"\r\n\r\n")
            key = ServerProtocol()
            key.receive_data(asked)
            response = key.accept(key.events_received()[0])
            key.send_response(response)
            data = b"".join(key.data_to_send()) + frames
            for at in range(0, len(data), piece):
                writer.write(data[at : at + piece])
                await asyncio.sleep(0)
            # Two pongs and a close, each masked.
            await reader.readexactly(7 + 6 + 8)
            answered.set()

        async with byte_server(speak) as host:
            codec = Wishes(open_public(f"ws://{host}"))
            async with pumping(codec):
                await until(lambda: codec.of(ChannelDown))
                await answered.wait()
        heard = [message.data for message in codec.of(Message)][:5]
        assert heard == [b"one", b"2" * 300, b"", b"three", b"four"]
        assert "1000" in codec.of(ChannelDown)[0].reason

    asyncio.run(scenario())


def test_a_codec_that_passes_books_on_hears_messages_together():
    """What was read together is one call, and in it everything is in order."""

    class Together(Wishes):
        tells_updates = True
        together: ClassVar[list[list[bytes]]] = []

        def receive_many(self, channel, frames, generation, ts_recv_ns, /):
            """Keep them."""
            assert (channel, generation, ts_recv_ns > 0) == ("public", 1, True)
            self.together.append(frames)
            return [Message(channel, data) for data in frames]

    async def scenario():
        concluded = []

        async def speak(connection):
            for number in range(100):
                connection.protocol.send_text(b"%d" % number)
            connection.send_data()
            await connection.wait_closed()

        async with websocket_server(speak) as url:
            codec = Together(open_public(url))
            async with pumping(codec, on_events=lambda _, events: concluded.extend(events)):
                await until(lambda: len(concluded) == 100)
        assert [message.data for message in concluded] == [b"%d" % n for n in range(100)]
        assert len(codec.together) < 100
        assert not codec.of(Message)

    asyncio.run(scenario())
