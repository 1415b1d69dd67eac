"""A client of native order entry as anybody could write one: it signs, sends and reads."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import itertools
import json
from dataclasses import dataclass

from websockets.sync.client import connect

from tradecore.telemetry import SystemClock

__all__ = ["ANN", "BOB", "Client", "Key", "order", "session"]

_CLOCK = SystemClock()
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Key:
    """A key as the identity's table has it."""

    id: str
    secret: bytes
    user: str
    account: int
    scopes: int = 3
    networks: tuple[str, ...] = ()
    expires_ns: int = 0

    def sign(self, method, target, body=b""):
        """Return the four fields that prove who sends."""
        timestamp, nonce = str(_CLOCK.now_ns() // 1_000_000), f"nonce-{next(_NUMBERS):08}"
        digest = hashlib.sha256(body).hexdigest()
        lines = ["TRADECORE-HMAC-SHA256", timestamp, nonce, method, target, digest]
        signature = hmac.new(self.secret, "\n".join(lines).encode(), hashlib.sha256).hexdigest()
        return {"key": self.id, "timestamp": timestamp, "nonce": nonce, "signature": signature}


ANN = Key("tck_ann", b"secret of ann", "ann", 1)
BOB = Key("tck_bob", b"secret of bob", "bob", 2)


class Client:
    """A connection of HTTP."""

    def __init__(self, port, key):
        self.key = key
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, method, target, body=None):
        """Send a signed request; return status and JSON of its answer."""
        text = b"" if body is None else json.dumps(body).encode()
        proof = self.key.sign(method, target, text)
        headers = {f"X-API-{name.upper()}": value for name, value in proof.items()}
        headers["Content-Type"] = "application/json"
        self.connection.request(method, target, text, headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())

    def place(self, side, price, **more):
        """Place an order of one."""
        return self.ask("POST", "/api/trading/orders", order(side, price, **more))

    def close(self):
        """End the connection."""
        self.connection.close()


def order(side, price, **more):
    """Return a limit order of one."""
    fields = {"symbol": "BTC", "side": side, "type": "limit", "quantity": "1"}
    return fields | {"price": str(price)} | more


@contextlib.contextmanager
def session(port, key, **more):
    """Give a WebSocket behind its logon."""
    with connect(f"ws://127.0.0.1:{port}/ws", compression=None, max_queue=None) as socket:
        socket.send(json.dumps({"op": "logon"} | key.sign("GET", "/ws") | more))
        assert json.loads(socket.recv(timeout=30))["op"] == "logon"
        yield socket
