"""Who is let in, checked in the order the venue documents: limit, path, key, time, signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from tradecore.exchanges.binance.costs import cost_of
from tradecore.simulation.binance.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.exchanges.base import Cost
    from tradecore.simulation.binance.calls import Security
    from tradecore.simulation.binance.checks import RequestCheck
    from tradecore.simulation.exchange import Request
    from tradecore.simulation.keys import ApiKey, KeyTable

__all__ = ["Access", "merged_params", "request_cost"]

KEY_FORM: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
WINDOW_DEFAULT_MS: Final = 5_000
WINDOW_MAX_MS: Final = 60_000
AHEAD_MAX_MS: Final = 1_000


def merged_params(request: Request) -> dict[str, str]:
    """Return a request's parameters: those of the query, and of the body where it has no such."""
    merged: dict[str, str] = {}
    for raw in (request.body, request.query):
        merged.update(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    return merged


def request_cost(call: str, params: Mapping[str, Any]) -> Cost:
    """Return what a request takes from the budgets."""
    limit = str(params.get("limit", ""))
    batch = str(params.get("batchOrders", ""))
    return cost_of(
        call,
        has_symbol="symbol" in params,
        limit=int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 6 else None,  # noqa: PLR2004
        orders=batch.count("{") if batch else None,
    )


@dataclass(frozen=True, slots=True)
class Access:
    """The checks of a request, against the registered keys."""

    keys: KeyTable[RequestCheck]

    def key_of(self, name: str | None) -> ApiKey[RequestCheck]:
        """Return the key that is named.

        Raises:
            RefusedError: If it has no form of a key, or is not registered.
        """
        if not name or KEY_FORM.fullmatch(name) is None:
            raise RefusedError(-2014)
        key = self.keys.find(name)
        if key is None:
            raise RefusedError(-2015)
        return key

    def check_request(
        self, request: Request, params: Mapping[str, str], security: Security, now_ms: int
    ) -> int:
        """Return whose request it is, 0 where nobody need be named.

        Raises:
            RefusedError: If it is not let in.
        """
        if security == "none":
            return 0
        key = self.key_of(request.headers.get("x-mbx-apikey"))
        if security == "key":
            return key.account
        self._check_time(params, now_ms)
        if "signature" not in params:
            raise RefusedError(-1102, "signature")
        if not key.check.verify_request(request.query, request.body):
            raise RefusedError(-1022)
        if security == "trade" and not key.can_trade:
            raise RefusedError(-2015)
        return key.account

    def check_params(
        self,
        params: Mapping[str, Any],
        security: Security,
        now_ms: int,
        *,
        session: ApiKey[RequestCheck] | None,
    ) -> int:
        """Return whose request on the request channel it is; one logged on need not sign.

        Raises:
            RefusedError: If it is not let in.
        """
        if security == "none":
            return 0
        key = session if session is not None and "apiKey" not in params else None
        if key is None:
            named = params.get("apiKey")
            key = self.key_of(named if isinstance(named, str) else None)
        if security == "key":
            return key.account
        self._check_time(params, now_ms)
        if session is None or "signature" in params:
            if "signature" not in params:
                raise RefusedError(-1102, "signature")
            if not key.check.verify_params(params):
                raise RefusedError(-1022)
        if security == "trade" and not key.can_trade:
            raise RefusedError(-2015)
        return key.account

    @staticmethod
    def _check_time(params: Mapping[str, Any], now_ms: int) -> None:
        timestamp = _whole(params, "timestamp")
        if timestamp is None:
            raise RefusedError(-1102, "timestamp")
        window = _whole(params, "recvWindow")
        if window is None:
            window = WINDOW_DEFAULT_MS
        if window > WINDOW_MAX_MS:
            raise RefusedError(-1131)
        if timestamp >= now_ms + AHEAD_MAX_MS:
            raise RefusedError(
                -1021,
                text="Timestamp for this request was 1000ms ahead of the server's time.",
            )
        if now_ms - timestamp > window:
            raise RefusedError(-1021)


def _whole(params: Mapping[str, Any], name: str) -> int | None:
    value = params.get(name)
    if value is None or value == "":
        return None
    text = str(value)
    if isinstance(value, bool) or not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004
        raise RefusedError(-1102, name)
    return int(text)
