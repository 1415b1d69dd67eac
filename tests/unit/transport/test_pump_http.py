"""Requests of the pump against real sockets: what is known when no answer comes."""

from __future__ import annotations

import asyncio
import logging

import pytest

from support.ports import free_port
from support.venue_socket import Wishes, byte_server, pumping, until
from tradecore.exchanges.base import Cost, Failure, Fate, HttpRequest, HttpResponse, Repeat
from tradecore.transport.breaker import Breaker
from tradecore.transport.http import HttpClient, HttpSettings

ANSWER = b"HTTP/1.1 200 OK\r\nX-Used: 7\r\nContent-Length: 2\r\n\r\n{}"


def asking(host, path="/v1/order", **changes):
    """Make a request that must not be repeated."""
    named = {"request_id": "1", "method": "POST", "repeat": Repeat.NEVER} | changes
    return HttpRequest(url=f"http://{host}{path}?a=%5B1%5D&signature=secret", path=path, **named)


def ask(handler, *, seconds=10.0, http=None, **changes):
    """Send one request to a server, and return what came of it and what the server read."""
    read = []

    async def scenario():
        async def noting(reader, writer):
            read.append(await reader.readuntil(b"\r\n\r\n"))
            await handler(reader, writer)

        async with byte_server(noting) as host:
            codec = Wishes(asking(host, **changes))
            async with pumping(codec, http=http):
                await until(lambda: codec.heard, seconds)
            return codec.heard[0]

    return asyncio.run(scenario()), read


async def answer(_, writer):
    """Answer as a venue does."""
    writer.write(ANSWER)
    await writer.drain()


def test_an_answer_comes_back_with_its_request():
    """Status, headers in lower case, body; the address is sent to the byte as it was signed."""
    came, read = ask(answer, body=b"x=1", headers={"X-Key": "k"})
    assert isinstance(came, HttpResponse)
    assert (came.status, came.headers["x-used"], came.body) == (200, "7", b"{}")
    assert came.request.request_id == "1"
    assert read[0].startswith(b"POST /v1/order?a=%5B1%5D&signature=secret HTTP/1.1\r\n")
    assert b"X-Key: k\r\n" in read[0]


def test_a_refused_connection_was_not_sent():
    """Nobody listens: the venue cannot know of it."""

    async def scenario():
        codec = Wishes(asking(f"127.0.0.1:{free_port()}"))
        async with pumping(codec):
            await until(lambda: codec.heard)
        assert isinstance(codec.heard[0], Failure)
        assert codec.heard[0].fate is Fate.NOT_SENT
        assert codec.heard[0].reason == "POST /v1/order: ConnectError"

    asyncio.run(scenario())


async def hang_up(_, writer):
    """Read the request and leave."""
    writer.close()


async def half(_, writer):
    """Answer in part and leave."""
    writer.write(ANSWER[:-1])
    await writer.drain()


async def nothing(reader, _):
    """Say nothing until the other side leaves."""
    await reader.read()


async def endless(_, writer):
    """Send more than anybody wants."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 10_000)
        await writer.drain()


async def garbage(_, writer):
    """Answer in no protocol."""
    writer.write(b"\x00\x01\x02\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        pytest.param(hang_up, "RemoteProtocolError", id="answer-lost"),
        pytest.param(half, "RemoteProtocolError", id="answer-in-part"),
        pytest.param(nothing, "no whole answer in time: timeout_ms=1500", id="slow"),
        pytest.param(endless, "answer too large: response_bytes_max=50000", id="too-large"),
        pytest.param(garbage, "RemoteProtocolError", id="garbage"),
    ],
)
def test_what_left_and_got_no_whole_answer_is_unknown(handler, said):
    """Once bytes left only the venue can say; the request is sent once and never again."""
    timeout_ns = 1_500_000_000 if handler is nothing else 10_000_000_000
    came, read = ask(handler, http=HttpSettings(response_bytes_max=50_000), timeout_ns=timeout_ns)
    assert isinstance(came, Failure)
    assert came.fate is Fate.UNKNOWN
    assert said in came.reason
    assert "secret" not in came.reason
    assert len(read) == 1


def test_waiting_for_a_connection_is_not_sending():
    """A request that never got one of the connections was not sent."""

    async def scenario():
        async with byte_server(nothing) as host:
            codec = Wishes(asking(host), asking(host, request_id="2", timeout_ns=20_000_000))
            async with pumping(codec, http=HttpSettings(connections_max=1)):
                await until(lambda: codec.heard)
        assert codec.heard[0].request.request_id == "2"
        assert codec.heard[0].fate is Fate.NOT_SENT

    asyncio.run(scenario())


def test_a_redirect_is_an_answer():
    """It is handed on, not followed."""

    async def redirect(_, writer):
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    came, read = ask(redirect)
    assert came.status == 302
    assert len(read) == 1


def test_a_safe_request_is_repeated_a_few_times():
    """Three repeats, then the failure; the last try that works is the answer."""
    tries = []

    async def third(reader, writer):
        tries.append(1)
        await (answer if len(tries) == 3 else hang_up)(reader, writer)

    came, _ = ask(third, repeat=Repeat.SAFE, method="GET")
    assert isinstance(came, HttpResponse)
    tries.clear()
    came, read = ask(hang_up, repeat=Repeat.SAFE, method="GET")
    assert isinstance(came, Failure)
    assert len(read) == 4


def test_an_open_breaker_keeps_safe_requests_back_and_no_others():
    """After failures in a row a query is not sent; a cancel still is."""

    async def scenario():
        breaker = Breaker(failures_max=1, rest_ns=60_000_000_000)
        breaker.fail(0)
        breaker._opened_ns = 1 << 62
        async with byte_server(answer) as host:
            codec = Wishes(asking(host, repeat=Repeat.SAFE), asking(host, request_id="2"))
            async with pumping(codec, breaker=breaker):
                await until(lambda: len(codec.heard) == 2)
            kept = codec.of(Failure)[0]
            assert kept.fate is Fate.NOT_SENT
            assert "did not answer before" in kept.reason
            assert codec.of(HttpResponse)[0].request.request_id == "2"

    asyncio.run(scenario())


def test_only_safe_requests_wait_for_the_budget():
    """A request that must not be repeated leaves at once: who submits it has asked the budget."""

    class Spent:
        """A budget that admits nothing for a while."""

        asked = 0

        def acquire(self, cost, now_ns, /):
            """Refuse."""
            assert now_ns == 42
            assert cost == Cost()
            self.asked += 1
            return 3_600_000_000_000

    async def scenario():
        budget = Spent()
        async with byte_server(answer) as host:
            codec = Wishes(asking(host, repeat=Repeat.SAFE), asking(host, request_id="2"))
            async with pumping(codec, budget=budget, venue_ns=lambda _: 42):
                await until(lambda: codec.heard)
        assert codec.heard[0].request.request_id == "2"
        assert budget.asked == 1

    asyncio.run(scenario())


def test_nothing_of_a_request_is_logged(caplog):
    """No logger says the address, at any level."""
    with caplog.at_level(logging.DEBUG):
        ask(answer, headers={"X-Key": "hidden"})
    text = "\n".join(record.getMessage() for record in caplog.records)
    assert "secret" not in text
    assert "hidden" not in text


def test_many_requests_that_time_out_together_leave_the_client_able():
    """What waits for a connection when its time is up takes none with it."""

    async def scenario():
        opened = asyncio.Event()

        async def late(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            await opened.wait()
            await answer(reader, writer)

        async with byte_server(late) as host:
            client = HttpClient(HttpSettings(connections_max=2, timeout_ns=100_000_000))
            lost = await asyncio.gather(*(client.send(asking(host)) for _ in range(50)))
            opened.set()
            came = [await client.send(asking(host)) for _ in range(4)]
            await client.aclose()
        assert {type(one) for one in lost} == {Failure}
        assert {type(one) for one in came} == {HttpResponse}

    asyncio.run(scenario())
