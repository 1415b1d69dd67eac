"""The loud halves of `memory_soak.py`: a market's frames, and an engine's fills, over sockets.

Both send as fast as whoever reads keeps up, and no further than they are allowed.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import struct
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from websockets.asyncio.server import serve

from tradecore.model import Balance, VenueFill, VenuePosition
from tradecore.processes.engine_commands import account_topic
from tradecore.wire import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.asyncio.server import ServerConnection

    from tradecore.transport.bus import Publisher

SYMBOL = "BTCUSDT"
BATCH = 100
UNSENT_BYTES_MAX = 1 << 20
TRADE_EVERY = 5
_DEPTH = (
    b'{"e":"depthUpdate","E":%d,"T":%d,"s":"BTCUSDT","U":%d,"u":%d,"pu":%d,'
    b'"b":[["%d.0","%d.000"],["%d.5","0.250"]],"a":[["%d.5","%d.000"]]}'
)
_TRADE = (
    b'{"e":"trade","E":%d,"T":%d,"s":"BTCUSDT","t":%d,"p":"60000.0","q":"0.010","X":"MARKET",'
    b'"m":%s}'
)


def frame(payload: bytes) -> bytes:
    """Return a text message as a server sends it."""
    if len(payload) < 126:
        return bytes((0x81, len(payload))) + payload
    return b"\x81\x7e" + struct.pack(">H", len(payload)) + payload


def market(first_id: int, now_ms: int) -> Iterator[bytes]:
    """Yield changes of a book that chain from an update id on, every fifth message a trade."""
    last = first_id
    for number in itertools.count(1):
        at_ms = now_ms + number // 100
        if number % TRADE_EVERY == 0:
            yield _TRADE % (at_ms, at_ms, number, b"true" if number % 2 else b"false")
            continue
        bid, size = 59_000 + number % 900, number % 7
        yield _DEPTH % (at_ms, at_ms, last, last + 1, last, bid, size, bid, bid + 2_000, size)
        last += 1


@dataclass
class Firehose:
    """A market's streams, as many messages as are allowed, to whoever subscribes last.

    Args:
        first_id: The update id of the book that is listed beside it.
        now_ms: When it begins.
    """

    first_id: int
    now_ms: int
    sent: int = 0
    allowed: int = 0
    url: str = ""
    #: Set once `url` is known.
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _turn: asyncio.Event = field(default_factory=asyncio.Event)

    def allow(self, messages: int) -> None:
        """Let it send up to so many in all."""
        self.allowed = messages
        self._turn.set()

    async def run(self) -> None:
        """Serve until canceled."""
        async with serve(self._serve, "127.0.0.1", 0, compression=None, ping_interval=None) as at:
            port = at.sockets[0].getsockname()[1]
            self.url = f"ws://127.0.0.1:{port}"
            self.ready.set()
            await asyncio.Future()

    async def _serve(self, connection: ServerConnection) -> None:
        """Answer subscriptions; the connection that has the book gets everything."""
        async for text in connection:
            asked = json.loads(text)
            await connection.send(json.dumps({"result": None, "id": asked["id"]}))
            if any("@depth" in stream for stream in asked.get("params", ())):
                await self._pour(connection)

    async def _pour(self, connection: ServerConnection) -> None:
        messages = market(self.first_id, self.now_ms)
        transport = connection.transport
        while not transport.is_closing():
            count = min(BATCH, self.allowed - self.sent)
            if count <= 0:
                self._turn.clear()
                await self._turn.wait()
                continue
            transport.write(b"".join(frame(next(messages)) for _ in range(count)))
            self.sent += count
            await asyncio.sleep(0)
            if transport.get_write_buffer_size() > UNSENT_BYTES_MAX:
                await connection.ping()


def account(exchange: str) -> Iterator[tuple[str, object]]:
    """Yield what an engine tells of an account that trades without end: topic and value."""
    topic, one = account_topic(exchange), Decimal("0.010")
    for number in itertools.count(1):
        is_bought = number % 2 == 1
        price = Decimal(60_000 + number % 50)
        yield (
            topic,
            VenueFill(
                exec_id=number,
                venue_order_id=str(number),
                symbol=SYMBOL,
                side="buy" if is_bought else "sell",
                price=price,
                quantity=one,
                fee=Decimal("0.12"),
                fee_currency="USDT",
                liquidity="maker",
                ts_event_ns=number,
            ),
        )
        yield (
            topic,
            VenuePosition(
                symbol=SYMBOL,
                quantity=one if is_bought else Decimal(0),
                entry_price=price,
                ts_event_ns=number,
            ),
        )
        yield (
            topic,
            Balance(
                currency="USDT", total=Decimal(number), free=Decimal(number), ts_event_ns=number
            ),
        )


def publish(publisher: Publisher, values: Iterator[tuple[str, object]], count: int) -> None:
    """Publish so many of them."""
    for topic, value in itertools.islice(values, count):
        publisher.publish(topic, *encode(value))
    publisher.flush()
