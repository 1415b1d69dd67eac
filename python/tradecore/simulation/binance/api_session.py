"""The request channel: one connection on which requests are made by name, signed or logged on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from tradecore.exchanges.binance.messages import (
    ApiRequest,
    ApiResponse,
    ErrorBody,
    LogonResult,
    MalformedError,
    encode,
)
from tradecore.simulation.binance.access import request_cost
from tradecore.simulation.binance.calls import Call
from tradecore.simulation.binance.digits import to_ms
from tradecore.simulation.binance.limits import BackOffError
from tradecore.simulation.binance.refusals import RefusedError
from tradecore.simulation.binance.routes import METHODS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.exchanges.binance.messages import RateLimit, RequestId
    from tradecore.simulation.binance.access import Access
    from tradecore.simulation.binance.calls import Shop
    from tradecore.simulation.binance.checks import RequestCheck
    from tradecore.simulation.exchange import Connection
    from tradecore.simulation.keys import ApiKey

__all__ = ["ApiSession", "where_of_method"]


def where_of_method(method: str) -> str:
    """Return to which group of requests faults count a method."""
    if method.endswith((".place", ".modify")):
        return "orders"
    return "cancels" if method.endswith(".cancel") else "queries"


@dataclass(slots=True, eq=False)
class ApiSession:
    """What one connection to the request channel may do.

    Args:
        settle: Called after each request, so that events follow its answer.
        time_ns: Makes the venue's time of the server's.
        tells_limits: Whether answers say what is used of the limits.
    """

    connection: Connection
    shop: Shop
    access: Access
    peer: str
    connected_ms: int
    settle: Callable[[int], None]
    time_ns: Callable[[int], int]
    tells_limits: bool = True
    _key: ApiKey[RequestCheck] | None = None
    _since_ms: int | None = field(default=None)

    def delay_ms(self, text: str) -> int:
        """Return how long a request waits before it is looked at."""
        try:
            method = ApiRequest.decode(text.encode()).method
        except MalformedError:
            return 0
        return self.connection.faults.delay_ms(where_of_method(method))

    def receive(self, text: str, now_ns: int) -> None:
        """Take a request and queue its answer, unless a fault wants otherwise."""
        try:
            request = ApiRequest.decode(text.encode())
        except MalformedError:
            error = ErrorBody(code=-1000, msg="Invalid JSON request.")
            self._push(ApiResponse(id=None, status=400, error=error))
            return
        where, faults = where_of_method(request.method), self.connection.faults
        now_ns = self.time_ns(now_ns)
        failure = faults.failure(where, "before")
        if failure is None:
            answer = self._respond(request, where, now_ns)
            failure = faults.failure(where, "after")
        if failure is None:
            self._push(answer)
        elif failure == "error":
            self._push(self._refused(request.id, RefusedError(-1007), None))
        elif failure == "reset":
            self.connection.reset()
        self.settle(now_ns)

    def _push(self, answer: ApiResponse) -> None:
        self.connection.push(encode(answer), is_answer=True)

    def _respond(self, request: ApiRequest, where: str, now_ns: int) -> ApiResponse:
        params, now_ms = dict(request.params), to_ms(now_ns)
        tells = self.tells_limits and params.get("returnRateLimits") is not False
        limits: tuple[RateLimit, ...] | None = None
        account: int | None = None
        try:
            self._slow_down(where, now_ms)
            cost = request_cost(request.method, params)
            self.shop.limits.admit(self.peer, cost.weight, now_ms)
            if request.method.startswith("session."):
                result: Any = self._session(request.method, params, now_ms)
            else:
                endpoint = METHODS.get(request.method)
                if endpoint is None:
                    raise RefusedError(-1020, text="Unknown method.", status=400)  # noqa: TRY301
                account = self.access.check_params(
                    params, endpoint.security, now_ms, session=self._key
                )
                if cost.orders:
                    self.shop.limits.admit_orders(account, cost.orders, now_ms)
                call = Call(shop=self.shop, params=params, account=account, now_ns=now_ns)
                result = endpoint.handler(call)
        except RefusedError as error:
            return self._refused(request.id, error, self._limits(tells, account, request, now_ms))
        limits = self._limits(tells, account, request, now_ms)
        body = msgspec.Raw(encode(result))
        return ApiResponse(id=request.id, status=200, result=body, rate_limits=limits)

    def _slow_down(self, where: str, now_ms: int) -> None:
        faults = self.connection.faults
        if faults.hits("ban_418", where):
            raise self.shop.limits.ban(self.peer, faults.amount("ban_418"), now_ms)
        if faults.hits("rate_limit_429", where):
            raise self.shop.limits.slow_down(faults.amount("rate_limit_429"))

    def _limits(
        self,
        tells: bool,  # noqa: FBT001
        account: int | None,
        request: ApiRequest,
        now_ms: int,
    ) -> tuple[RateLimit, ...] | None:
        if not tells:
            return None
        is_order = where_of_method(request.method) == "orders"
        return self.shop.limits.counted(self.peer, account if is_order else None, now_ms)

    @staticmethod
    def _refused(
        request_id: RequestId, error: RefusedError, limits: tuple[RateLimit, ...] | None
    ) -> ApiResponse:
        status = error.status if isinstance(error, BackOffError) else max(error.status, 400)
        return ApiResponse(id=request_id, status=status, error=error.body, rate_limits=limits)

    def _session(self, method: str, params: dict[str, Any], now_ms: int) -> LogonResult:
        if method == "session.logon":
            named = params.get("apiKey")
            key = self.access.key_of(named if isinstance(named, str) else None)
            if not key.check.is_ed25519:
                raise RefusedError(-1020, text="HMAC_SHA256 API key is not supported.")
            self.access.check_params(params, "read", now_ms, session=None)
            self._key, self._since_ms = key, now_ms
        elif method == "session.logout":
            self._key, self._since_ms = None, None
        elif method != "session.status":
            raise RefusedError(-1020, text="Unknown method.")
        return LogonResult(
            api_key=None if self._key is None else self._key.name,
            authorized_since=self._since_ms,
            connected_since=self.connected_ms,
            return_rate_limits=self.tells_limits,
            server_time=now_ms,
        )

    @property
    def key_name(self) -> str | None:
        """Return the key that is logged on."""
        return None if self._key is None else self._key.name
