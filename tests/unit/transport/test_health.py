"""The health endpoint, alerts and the supervisor's socket, each over its real protocol."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter

from support.venue_socket import byte_server
from tradecore.model.errors import InputError
from tradecore.telemetry import ManualClock
from tradecore.telemetry.health import Health
from tradecore.transport.health import serve_health
from tradecore.transport.listening import PortTakenError
from tradecore.transport.sd_notify import Notifier
from tradecore.transport.webhook import Webhook, WebhookError


def get(path, *, method="GET", prepare=None):
    """Ask one page of a process that needs `reconciled`."""

    async def scenario():
        clock = ManualClock()
        health = Health("engine", 0, ("reconciled",))
        if prepare is not None:
            prepare(health, clock)
        registry = CollectorRegistry()
        Counter("orders", "Orders.", registry=registry).inc()
        server = await serve_health("127.0.0.1", 0, health=health, registry=registry, clock=clock)
        async with httpx.AsyncClient() as client:
            answer = await client.request(method, f"http://127.0.0.1:{server.port}{path}")
        await server.aclose()
        return answer

    return asyncio.run(scenario())


def reconciled(health, _):
    """Meet the one need."""
    health.note("reconciled", is_met=True, detail="at start", now_ns=0)


def stuck(_, clock):
    """Let the loop stand still."""
    clock.advance(3_000_000_000)


@pytest.mark.parametrize(
    ("path", "prepare", "status", "text"),
    [
        pytest.param("/health/live", reconciled, 200, "ok", id="alive"),
        pytest.param("/health/live", stuck, 503, "did not turn for 3.0 s", id="stuck"),
        pytest.param("/health/ready", reconciled, 200, "ok", id="ready"),
        pytest.param("/health/ready", stuck, 503, "reconciled: not known yet", id="not-ready"),
        pytest.param("/health/detailed", reconciled, 200, '"process": "engine"', id="detailed"),
        pytest.param("/metrics", reconciled, 200, "orders_total 1.0", id="metrics"),
        pytest.param("/else", reconciled, 404, "/health/live", id="no-such-page"),
    ],
)
def test_each_page_says_what_it_knows(path, prepare, status, text):
    """The status is the judgement, the text its reasons."""
    answer = get(path, prepare=prepare)
    assert answer.status_code == status
    assert text in answer.text


def test_nothing_can_be_changed():
    """Only questions are answered."""
    assert get("/health/live", method="POST").status_code == 405


def test_an_address_in_use_is_said():
    """The process does not start without its health endpoint, and says why."""

    async def scenario():
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            with pytest.raises(PortTakenError, match=f"health listens on .*port={port}"):
                await serve_health(
                    "127.0.0.1",
                    port,
                    health=Health("engine", 0),
                    registry=CollectorRegistry(),
                    clock=ManualClock(),
                )

    asyncio.run(scenario())


def post(answer):
    """Post an alert to a server that answers so; return what the server read."""
    read = []

    async def scenario():
        async def take(reader, writer):
            head = await reader.readuntil(b"\r\n\r\n")
            read.append(head + await reader.read(1_000))
            writer.write(answer)
            await writer.drain()

        async with byte_server(take) as host:
            hook = Webhook(f"http://{host}/hook/secret")
            try:
                await hook.post({"code": "DOWN"})
            finally:
                await hook.aclose()

    asyncio.run(scenario())
    return read[0]


def test_an_alert_is_posted_as_json():
    """One POST."""
    read = post(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert read.startswith(b"POST /hook/secret HTTP/1.1\r\n")
    assert read.endswith(b'{"code":"DOWN"}')


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(
            b"HTTP/1.1 302 Found\r\nLocation: http://else/\r\nContent-Length: 0\r\n\r\n",
            "status=302",
            id="redirect",
        ),
        pytest.param(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "status=500", id="error"),
        pytest.param(b"", "RemoteProtocolError", id="no-answer"),
    ],
)
def test_an_alert_that_was_not_taken_is_said_without_the_address(answer, said):
    """The address holds a key."""
    with pytest.raises(WebhookError, match=said) as raised:
        post(answer)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    ["http://venue.example/hook", "file:///etc/passwd", "https://user:key@venue.example/", "x"],
)
def test_alerts_go_only_where_it_is_safe(url):
    """Encrypted, or on this machine; never with a user in the address."""
    with pytest.raises(InputError, match="an a"):
        Webhook(url)


def test_alerts_go_only_to_hosts_on_the_list():
    """A list of hosts is kept to."""
    with pytest.raises(InputError, match=r"a host on the list: host=else\.example"):
        Webhook("https://else.example/hook", frozenset({"venue.example"}))


def test_the_supervisor_hears_words(tmp_path):
    """A datagram to the socket; without a socket nothing happens, and nothing fails."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(path))
        assert Notifier(str(path))("READY=1")
        assert supervisor.recv(100) == b"READY=1"
    assert not Notifier()("READY=1")
    assert not Notifier(str(tmp_path / "gone"))("READY=1")
