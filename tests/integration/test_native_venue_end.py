"""A venue ends in time whoever holds on to it, and what its books had not by then they have after.

The process is a real one, under load at both doors, with lines that are open and never read.
"""

from __future__ import annotations

import json
import signal
import socket
import threading
from contextlib import ExitStack, suppress

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from support.native_client import Key, session
from support.program import Program, until
from support.venue_server import PLAIN, quick_folder

DRAIN_MS = 500
#: What a drain, the books, the records and the machine may take together, in seconds.
END_S = 40
SETTINGS = (
    *("--set", "order_entry.burst=1000000", "--set", "order_entry.orders_per_s=1000000"),
    *("--set", "limits.requests_per_s=1000000", "--set", "limits.burst=1000000"),
    *("--set", "limits.anonymous_per_s=1000000", "--set", "limits.anonymous_burst=1000000"),
    *("--set", "risk.risk_limits_enabled=false", "--set", "server.log_level=ERROR"),
    *("--set", f"server.drain_ms={DRAIN_MS}"),
)
ORDER = {"symbol": "SOLUSDT", "side": "buy", "type": "limit", "quantity": "0.1", "price": "90"}


@pytest.fixture
def program(tmp_path):
    """Return what starts commands in a folder of the test's."""
    running = Program(tmp_path)
    yield running
    running.end()
    for child in running.children:
        child.stdout.close()


def start(program, data):
    """Start a venue; return the process and what it told."""
    child = program.start("venue", "--data", data, "--port", 0, "--json", *SETTINGS)
    line = child.stdout.readline()
    assert line, child.log.read_text()
    return child, json.loads(line)


def flood_native(line, answered):
    """Send orders as long as somebody takes them; note what was answered."""
    with suppress(ConnectionClosed, OSError):
        for number in range(1_000_000):
            order = ORDER | {"clientOrderId": f"e-{number}"}
            line.send(json.dumps({"op": "new", "id": number, "order": order}))
            if number >= 256:
                said = json.loads(line.recv(timeout=30))
                if said["op"] == "answer" and said["status"] == 201:
                    answered.append(said["order"]["orderId"])


def flood_rest(url, headers):
    """Send orders to the gateway as long as it listens."""
    with (
        httpx.Client(base_url=url, trust_env=False, verify=PLAIN, headers=headers) as client,
        suppress(httpx.HTTPError),
    ):
        while True:
            client.post("/api/trading/orders", json=ORDER, timeout=30)


def token_of(client, first):
    """Return headers of the first key's user."""
    asked = {"api_key": first["api_key"], "api_secret": first["api_secret"]}
    token = client.post("/auth/token", json=asked).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.timeout(120)
def test_a_venue_ends_under_a_flood_and_goes_on_with_all_of_it(program):
    """SIGTERM: it exits with 0 in time, and every answered order is in the records afterwards."""
    answered = []
    with quick_folder() as data, ExitStack() as held:
        child, told = start(program, data)
        first, urls = told["first"], told["urls"]
        port = int(urls["order_entry"].rpartition(":")[2])
        key = Key(first["api_key"], first["api_secret"].encode(), "trader", 1)
        with httpx.Client(base_url=urls["rest"], trust_env=False, verify=PLAIN) as client:
            headers = token_of(client, first)
        for name in ("order_entry", "rest"):
            address = ("127.0.0.1", int(urls[name].rpartition(":")[2]))
            for sent in (b"", b"POST /api/trading/orders HTTP/1.1\r\nHost: a\r\nContent-Le"):
                idle = held.enter_context(socket.create_connection(address))
                idle.sendall(sent)
        deaf = held.enter_context(session(port, key, session="deaf", dropCopy=True))
        line = held.enter_context(session(port, key))
        work = [
            threading.Thread(target=flood_native, args=(line, answered), daemon=True),
            threading.Thread(target=flood_rest, args=(urls["rest"], headers), daemon=True),
        ]
        for one in work:
            one.start()
        until(lambda: len(answered) >= 500, lambda: len(answered))
        child.send_signal(signal.SIGTERM)
        assert child.wait(END_S) == 0
        for one in work:
            one.join(30)
        with suppress(ConnectionClosed):
            deaf.close()
        child, told = start(program, data)
        with httpx.Client(base_url=told["urls"]["rest"], trust_env=False, verify=PLAIN) as client:
            client.headers.update(token_of(client, first))
            found = [client.get(f"/api/orders/{number}") for number in answered[-10:]]
            found += [client.get(f"/api/orders/{number}") for number in answered[::100]]
        child.send_signal(signal.SIGTERM)
        assert child.wait(END_S) == 0
    assert {one.status_code for one in found} == {200}
