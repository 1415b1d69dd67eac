"""Around every request: its number, its size, what it may ask, what an answer always says."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tradecore.gateway.problems import ProblemError
from tradecore.telemetry import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tradecore.gateway.budgets import Budgets
    from tradecore.gateway.metrics import VenueMetrics
    from tradecore.telemetry import Clock

__all__ = ["Edge", "Stop"]

TARGET_BYTES_MAX: Final = 8_192
#: Headers by which a request offers to prove who asks.
PROOFS: Final = frozenset({b"authorization", b"x-api-key"})
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_TRACE: Final = re.compile(rb"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
PROBES: Final = ("/health",)
_SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"interest-cohort=()"),
)
_CSP: Final = b"default-src 'none'; frame-ancestors 'none'"


@dataclass(slots=True)
class Stop:
    """Whether the venue is on its way out: nothing new is taken then."""

    reason: str | None = None


@dataclass(slots=True, eq=False)
class Edge:
    """The outermost layer.

    Args:
        app: What is inside.
        clock: Measures.
        metrics: Counts requests.
        addresses: What an address may ask.
        body_bytes_max: Longest body.
        stop: Whether new requests are refused.
        route_of: Names the route of a path, for metrics: as few names as there are routes.
    """

    app: ASGIApp
    clock: Clock
    metrics: VenueMetrics
    addresses: Budgets
    body_bytes_max: int
    stop: Stop
    route_of: Callable[[Scope], str]
    open_requests: int = field(default=0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; WebSockets have their own limits."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began_ns = self.clock.monotonic_ns()
        state = scope.setdefault("state", {})
        state["trace_id"] = trace_id = _trace_id(scope["headers"])
        answer = _Answer(send, state)
        self.open_requests += 1
        try:
            await self._pass(scope, receive, answer, began_ns)
        except Exception as error:  # noqa: BLE001 - the host's loop: the client gets a problem
            if not answer.has_begun:
                get_logger("tradecore.gateway").error(
                    "request failed", trace_id=trace_id, path=scope["path"], exc_info=error
                )
                problem = ProblemError(500, "INTERNAL", "the venue made a mistake")
                await self._refuse(problem, scope, receive, answer)
        finally:
            self.open_requests -= 1
            took_ns = self.clock.monotonic_ns() - began_ns
            self.metrics.request(_method(scope), self.route_of(scope), answer.status, took_ns)

    async def _pass(self, scope: Scope, receive: Receive, answer: _Answer, now_ns: int) -> None:
        body = b""
        try:
            self._admit(scope, now_ns)
            if _has_body(scope):
                body = await self._read(receive)
                _check_type(scope, body)
        except ProblemError as problem:
            await self._refuse(problem, scope, receive, answer)
            return
        scope["state"]["body"] = body
        await self.app(scope, _replay(body, receive), answer)

    def _admit(self, scope: Scope, now_ns: int) -> None:
        target = len(scope["raw_path"]) + len(scope["query_string"])
        if target > TARGET_BYTES_MAX:
            raise ProblemError(
                414, "TARGET_TOO_LONG", f"a target has at most {TARGET_BYTES_MAX} bytes"
            )
        if scope["path"].startswith(PROBES):
            return
        if self.stop.reason is not None:
            raise ProblemError(
                503,
                "DRAINING",
                self.stop.reason,
                retry_after_ms=1_000,
                headers={"Connection": "close"},
            )
        if any(name in PROOFS for name, _ in scope["headers"]):
            # Who proves who it is has a budget of its own; who does not is charged there.
            return
        client = scope.get("client")
        budget = self.addresses.take(client[0] if client else "", now_ns=now_ns)
        scope["state"]["budget"] = budget
        if budget.wait_ns:
            raise ProblemError(
                429,
                "TOO_MANY_REQUESTS",
                f"an address asks at most {budget.per_s} times a second without a token",
                retry_after_ms=-(-budget.wait_ns // 1_000_000),
            )

    async def _read(self, receive: Receive) -> bytes:
        """Return the body, as long as it may be."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ProblemError(400, "BODY_CUT", "the body ended before its length")
            body += message.get("body", b"")
            if len(body) > self.body_bytes_max:
                raise ProblemError(
                    413,
                    "BODY_TOO_LARGE",
                    f"a body has at most {self.body_bytes_max} bytes",
                    headers={"Connection": "close"},
                )
            if not message.get("more_body", False):
                return bytes(body)

    @staticmethod
    async def _refuse(
        problem: ProblemError, scope: Scope, receive: Receive, answer: _Answer
    ) -> None:
        response = problem.response(instance=scope["path"], trace_id=scope["state"]["trace_id"])
        await response(scope, receive, answer)


class _Answer:
    """Sends an answer with the headers every answer has, and notes its status."""

    def __init__(self, send: Send, state: dict[str, Any]) -> None:
        self._send, self._state = send, state
        self.has_begun = False
        self.status = 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            message = {**message, "headers": [*headers, *self._more({n for n, _ in headers})]}
        await self._send(message)

    def _more(self, named: set[bytes]) -> Iterable[tuple[bytes, bytes]]:
        yield from _SECURITY
        if b"content-security-policy" not in named:
            yield b"content-security-policy", _CSP
        if b"cache-control" not in named:
            yield b"cache-control", b"no-store"
        yield b"x-trace-id", self._state["trace_id"].encode()
        budget = self._state.get("budget")
        if budget is not None:
            for name, value in budget.headers().items():
                yield name.lower().encode(), value.encode()


def _trace_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the caller's trace, if it named one, or a new one."""
    for name, value in headers:
        if name == b"traceparent":
            found = _TRACE.fullmatch(value)
            if found is not None and found[1].strip(b"0"):
                return found[1].decode()
    return secrets.token_hex(16)


def _method(scope: Scope) -> str:
    method = scope["method"]
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return method if method in known else "OTHER"


def _has_body(scope: Scope) -> bool:
    if scope["method"] in _WITH_BODY:
        return True
    return any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"])


def _check_type(scope: Scope, body: bytes) -> None:
    if not body or scope["method"] not in _WITH_BODY:
        return
    found = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    media, _, parameters = found.decode("latin-1").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if media.strip() != "application/json" or charset not in {"", "utf-8"}:
        raise ProblemError(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "a body is application/json in UTF-8",
            headers={"Accept": "application/json"},
        )


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return what hands a body on that was read already."""
    is_told = False

    async def again() -> Message:
        nonlocal is_told
        if is_told:
            return await receive()
        is_told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
