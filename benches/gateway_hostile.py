"""Requests that nobody should send, and whether the answer to one is as it must be."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema_rs
from gateway_client import Answer, request

from tradecore.gateway.app import make_api

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

#: What ends the token or, for good, the trading that is looked at afterwards.
LEFT_OUT = {("POST", "/auth/revoke"), ("DELETE", "/admin/instruments/{symbol}")}
TEXTS = [
    *("", " ", "0", "-1", "00", "1e309", "NaN", "Infinity", "null", "true", "[]", "{}", "%", "%00"),
    *("' OR 1=1 --", '"; DROP TABLE orders; --', "${jndi:ldap://x/a}", "{{7*7}}", "<script>x"),
    *(
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "\\\\x\\y",
        "file:///etc/passwd",
        "|id",
        "$(id)",
    ),
    *("BTCUSDT", "btc/usdt", "BTC_USDT", "ETHUSDT", "A" * 24, "A" * 25, "A" * 9_000, "é", "💥"),
    *("\u202e", "\ufeff", "\u0000", "\ud800", "\r\nX-Forged: 1", "nobody", "usr_x", "9" * 40),
    *(
        "2026-13-45T99:99:99Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:60Z",
        "0x10",
        "1_000",
        "\u0661",
    ),
]
NUMBERS = [0, -1, 1, 2**31, 2**32, 2**53, 2**63, 2**64, 10**40, -(10**40), 0.1, -0.0, 1e308, 1e-308]
OTHERS: list[Any] = [None, True, False, [], {}, [[[]]], {"a": {"b": {}}}, [None] * 50, {"": ""}]
WORDS = ["1", "0.5", "45000", "BTCUSDT", "a test"]
PLAIN: dict[str | None, list[Any]] = {
    "integer": [1, 2, 100],
    "number": [1, 2, 0.5],
    "boolean": [True, False],
    "null": [None],
}
HEADERS = [
    *(
        "Content-Length: 5\r\nContent-Length: 6",
        "Transfer-Encoding: chunked",
        "Expect: 100-continue",
    ),
    *("Content-Type: text/xml", "Content-Type: application/json; charset=utf-7", "Accept: */*;q=x"),
    *(
        "Authorization: Bearer a.b.c",
        "Authorization: Basic YTpi",
        "X-Admin-Token: x",
        "X-API-KEY: k",
    ),
    *("Idempotency-Key: \x7f", 'Idempotency-Key: "a', "If-None-Match: *", "Origin: null"),
    *(
        "X-Forwarded-For: 127.0.0.1",
        "Host: evil",
        "traceparent: 00-zz",
        "Range: bytes=0-",
        "X: \xff",
    ),
]
RAW = [
    *(b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01"),
    *(
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\n",
    ),
    *(b"POST /api/trading/orders HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",),
    *(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: " + b"b" * 90_000 + b"\r\n\r\n",),
    *(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",),
]
LEAKS = re.compile(rb"Traceback|site-packages|\.py\"|sqlalchemy|sqlite3|\bFile \"", re.IGNORECASE)


@dataclass
class Judge:
    """Says what is wrong with an answer, by the venue's own description."""

    described: dict[str, Any] = field(default_factory=lambda: make_api().openapi())
    _validators: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def operations(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Return method, path and description of each operation."""
        return [
            (method.upper(), path, operation)
            for path, operations in self.described["paths"].items()
            for method, operation in operations.items()
            if (method.upper(), path) not in LEFT_OUT
        ]

    def fault(self, method: str, path: str | None, answer: Answer) -> str | None:
        """Return what is wrong with an answer to a request for an operation, if anything is.

        Without a path nothing is known of it but that it is to be refused in our form, or, where
        it was no HTTP at all, as 400 or by an end of the line.
        """
        if LEAKS.search(answer.body):
            return "it tells of its inside"
        if answer.status >= 500 and answer.status != 503:
            return f"status {answer.status}"
        if path is None or answer.status in {414, 431}:
            return None
        if answer.status == 0:
            return "the line was closed without an answer"
        return self._undescribed(method, path, answer)

    def _undescribed(self, method: str, path: str, answer: Answer) -> str | None:
        """Return what of an answer its operation's description does not say."""
        responses = self.described["paths"][path][method.lower()]["responses"]
        status, kind = str(answer.status), answer.headers.get("content-type", "").partition(";")[0]
        if status not in responses:
            return f"status {status} is not described"
        content = responses[status].get("content", {})
        if not content:
            return "a body that is not described" if answer.body else None
        if kind not in content:
            return f"{kind or 'no kind'} of {status} is not described"
        is_json = "json" in kind
        return self._check(method, path, status, content[kind], answer.body) if is_json else None

    def _check(
        self, method: str, path: str, status: str, content: dict[str, Any], body: bytes
    ) -> str | None:
        name = (method, path, status)
        if name not in self._validators:
            schema = {**content["schema"], "components": self.described["components"]}
            self._validators[name] = jsonschema_rs.validator_for(schema)
        try:
            self._validators[name].validate(json.loads(body))
        except (ValueError, jsonschema_rs.ValidationError) as error:
            return f"not as described: {str(error)[:200]}"
        return None


@dataclass
class Hostile:
    """Makes requests up: every operation, each part of it wrong in one way or another."""

    judge: Judge
    token: str
    dice: random.Random

    def __iter__(self) -> Iterator[tuple[str, str | None, bytes]]:
        """Yield method, operation's path and bytes; no path where nothing is asked for."""
        operations = self.judge.operations()
        while True:
            if self.dice.random() < 0.002:
                yield "GET", None, self.dice.choice(RAW)
                continue
            method, path, operation = self.dice.choice(operations)
            yield self._one(method, path, operation)

    def _one(
        self, method: str, path: str, operation: dict[str, Any]
    ) -> tuple[str, str | None, bytes]:
        dice = self.dice
        filled = re.sub(r"\{\w+\}", lambda _: quote(self._text() or "x", safe=""), path)
        # A slash in a part of a path leads to another path.
        known: str | None = None if "%2F" in filled else path
        names = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
        picked = [name for name in [*names, "x"] if dice.random() < 0.4]
        query = "&".join(f"{quote(name)}={quote(self._text(), safe='')}" for name in picked)
        body = b""
        if method in {"POST", "PUT", "PATCH"}:
            body = self._body(operation)
        token = self.token if dice.random() < 0.9 else dice.choice([None, "a.b.c", "", "x" * 500])
        raw = request(method, filled + (f"?{query}" if query else ""), body, token)
        if dice.random() < 0.02:
            header = dice.choice(HEADERS).encode("utf-8")
            raw = raw.replace(b"\r\n", b"\r\n" + header + b"\r\n", 1)
            known = None
        return method, known, raw

    def _text(self) -> str:
        """Return a text that an address can hold."""
        return self.dice.choice(TEXTS).encode("utf-8", "replace").decode()

    def _body(self, operation: dict[str, Any]) -> bytes:
        dice = self.dice
        chance = dice.random()
        if chance < 0.05:
            return dice.choice(
                [b"{", b"[" * 30_000, b'"' + b"x" * 70_000 + b'"', b"\xff\xfe{}", b"nan"]
            )
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        said = self._value(schema, 0)
        if chance < 0.15:
            said = self._wrong()
        return json.dumps(said).encode()

    def _wrong(self) -> Any:
        return self.dice.choice([self.dice.choice(TEXTS), self.dice.choice(NUMBERS), *OTHERS])

    def _value(self, schema: dict[str, Any], depth: int) -> Any:
        """Return a value that nearly fits: now and then a part of it is wrong."""
        dice = self.dice
        while "$ref" in schema:
            schema = self.judge.described["components"]["schemas"][schema["$ref"].split("/")[-1]]
        if depth > 3 or dice.random() < 0.06:
            return self._wrong()
        choices = schema.get("anyOf") or schema.get("oneOf")
        if choices:
            return self._value(dice.choice(choices), depth)
        if "enum" in schema or "const" in schema:
            return dice.choice(schema.get("enum", [schema.get("const")]))
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return [self._value(schema.get("items", {}), depth + 1) for _ in range(2)]
        return dice.choice(PLAIN.get(kind, [*WORDS, *schema.get("examples", [])]))

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        needed = schema.get("required", ())
        found = {
            name: self._value(one, depth + 1)
            for name, one in schema.get("properties", {}).items()
            if (name in needed) is (self.dice.random() < 0.9)
        }
        if self.dice.random() < 0.05:
            found[self.dice.choice(TEXTS)] = self._wrong()
        return found
