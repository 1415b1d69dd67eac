"""A client of the local exchange without sockets: signs, asks, listens, and moves its clock."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import urlencode

from pydantic import SecretStr

from tradecore.simulation.binance import LimitSettings
from tradecore.simulation.exchange import Request, Response
from tradecore.simulation.faults import Faults
from tradecore.simulation.local import make_binance

KEY, SECRET = "testkey", "testsecret"
START_NS = 1_700_000_000_000 * 1_000_000
MS = 1_000_000


class Desk:
    """One exchange, and requests to it as bytes."""

    def __init__(self, *, flow="none", faults="", limits=None, keys=None, seed=1, deposit=None):
        """Open an exchange at a fixed time."""
        self.now_ns = START_NS
        self.faults = Faults(seed=seed)
        self.faults.switch_all(faults)
        more = {} if deposit is None else {"deposit": deposit}
        self.exchange, self.flow = make_binance(
            keys=keys or {KEY: SecretStr(SECRET), "other": SecretStr("othersecret")},
            now_ns=self.now_ns,
            flow=flow,
            faults=self.faults,
            seed=seed,
            limits=limits or LimitSettings(),
            **more,
        )

    @property
    def now_ms(self):
        """Return the time in milliseconds."""
        return self.now_ns // MS

    def wait(self, ms, *, step=10):
        """Let time pass in steps."""
        end = self.now_ns + ms * MS
        while self.now_ns < end:
            self.now_ns = min(self.now_ns + step * MS, end)
            if self.flow is not None:
                self.flow.step(self.now_ns)
            self.exchange.advance(self.now_ns)

    def raw(self, method, path, *, query="", body="", key=KEY, peer="127.0.0.1"):
        """Send a request as it stands."""
        headers = {} if key is None else {"x-mbx-apikey": key}
        request = Request(
            method=method,
            path=path,
            query=query.encode(),
            body=body.encode(),
            headers=headers,
            peer=peer,
        )
        return self.exchange.handle(request, self.now_ns)

    def sign(self, text, secret=SECRET):
        """Return the signature of a text."""
        return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def signed(self, method, path, *, key=KEY, secret=SECRET, in_body=False, **params):
        """Send a signed request."""
        text = urlencode({"timestamp": self.now_ms, **params})
        text += "&signature=" + self.sign(text, secret)
        where = {"body": text} if in_body else {"query": text}
        return self.raw(method, path, key=key, **where)

    def ask(self, method, path, **params):
        """Send a signed request and return what its answer says."""
        return json.loads(self.signed(method, path, **params).body)

    def public(self, path, query=""):
        """Send an unsigned question and return what its answer says."""
        return json.loads(self.raw("GET", path, query=query, key=None).body)

    def order(self, side="BUY", quantity="0.010", price="59000", **params):
        """Place an order; a limit order unless told otherwise."""
        terms = {"symbol": "BTCUSDT", "side": side, "type": "LIMIT", "timeInForce": "GTC"}
        terms |= {"quantity": quantity, "price": price}
        terms |= params
        return self.ask(
            "POST", "/fapi/v1/order", **{k: v for k, v in terms.items() if v is not None}
        )

    def other(self, side, quantity, price, **params):
        """Place an order of another account."""
        return self.order(side, quantity, price, key="other", secret="othersecret", **params)  # noqa: S106

    def listen(self, path, query=""):
        """Open a WebSocket connection."""
        connection = self.exchange.connect(
            Request(method="GET", path=path, query=query.encode()), self.now_ns
        )
        assert not isinstance(connection, Response), connection
        return connection

    def private(self, query=""):
        """Open the private stream."""
        key = json.loads(self.raw("POST", "/fapi/v1/listenKey").body)["listenKey"]
        return self.listen("/private/ws", f"listenKey={key}{query}")

    def say(self, connection, message):
        """Send a message on a connection and return the answers."""
        connection.receive(json.dumps(message), self.now_ns)
        return heard(connection)


def heard(connection):
    """Return and forget what a connection was told."""
    frames = [json.loads(frame) for frame in connection.outbox]
    connection.outbox.clear()
    return frames
