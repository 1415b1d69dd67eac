"""Requests over HTTP: made, signed and priced in one place, and what every answer carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from tradecore.core import InputError
from tradecore.exchanges.base import HttpRequest, RateUsed, Repeat
from tradecore.exchanges.binance.costs import cost_of
from tradecore.exchanges.binance.messages import SignedParams
from tradecore.exchanges.binance.signing import Signer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tradecore.exchanges.base import ConnectorSettings, Cost
    from tradecore.exchanges.binance.messages import Params, RateLimit

_NS_PER_MS: Final = 1_000_000
_NS_PER_S: Final = 1_000_000_000
#: Header, pool, period.
_HEADERS: Final[tuple[tuple[str, Literal["weight", "orders"], int], ...]] = (
    ("x-mbx-used-weight-1m", "weight", 60 * _NS_PER_S),
    ("x-mbx-order-count-10s", "orders", 10 * _NS_PER_S),
    ("x-mbx-order-count-1m", "orders", 60 * _NS_PER_S),
)
_DIGITS_MAX: Final = 12


@dataclass(slots=True)
class Rest:
    """Makes requests, numbered under a name.

    Args:
        settings: Where, and as whom.
        name: What request ids begin with.

    Raises:
        SigningError: If the secret is no key.
    """

    settings: ConnectorSettings
    name: str
    signer: Signer | None = field(init=False)
    #: Of the last request.
    number: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        credentials = self.settings.credentials
        self.signer = Signer(credentials) if credentials else None

    def next_id(self) -> str:
        """Return a request id that was not used before."""
        self.number += 1
        return f"{self.name}-{self.number}"

    def keys(self) -> Signer:
        """Return what signs.

        Raises:
            InputError: If there are no credentials.
        """
        if self.signer is None:
            raise InputError("a private request needs credentials: settings have none")
        return self.signer

    def stamp(self, venue_ns: int) -> SignedParams:
        """Return when a request is made by the venue's clock, and for how long it is good."""
        return SignedParams(
            timestamp=venue_ns // _NS_PER_MS, recv_window=self.settings.receive_window_ms
        )

    def public(self, call: str, params: Params | None = None, *, limit: int = 0) -> HttpRequest:
        """Return a request that needs no key."""
        query = params.to_query() if params else ""
        return self._request(call, query, cost_of(call, limit=limit or None), {}, Repeat.SAFE)

    def keyed(self, call: str) -> HttpRequest:
        """Return a request that needs the key's name, but no signature."""
        return self._request(call, "", cost_of(call), self.keys().headers(), Repeat.SAFE)

    def signed(
        self,
        call: str,
        params: Params | None,
        *,
        venue_ns: int,
        repeat: Repeat = Repeat.SAFE,
        cost: Cost | None = None,
    ) -> HttpRequest:
        """Return a signed request; everything stands in the query, in the order signed."""
        parts = [params.to_query()] if params else []
        parts.append(self.stamp(venue_ns).to_query())
        query = self.keys().sign_query("&".join(part for part in parts if part))
        cost = cost_of(call) if cost is None else cost
        return self._request(call, query, cost, self.keys().headers(), repeat)

    def _request(
        self, call: str, query: str, cost: Cost, headers: Mapping[str, str], repeat: Repeat
    ) -> HttpRequest:
        method, path = call.split(" ")
        url = f"{self.settings.endpoints.rest}{path}"
        return HttpRequest(
            request_id=self.next_id(),
            method=method,
            url=f"{url}?{query}" if query else url,
            path=path,
            headers=headers,
            cost=cost,
            repeat=repeat,
        )


def rates_of_headers(headers: Mapping[str, str], /) -> list[RateUsed]:
    """Return what the venue has counted, from the headers of an answer."""
    used: list[RateUsed] = []
    for name, pool, period in _HEADERS:
        text = headers.get(name, "")
        if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX:
            used.append(RateUsed(pool=pool, period_ns=period, used=int(text)))
    return used


def rates_of_limits(limits: Iterable[RateLimit], /) -> list[RateUsed]:
    """Return what the venue has counted, from an answer of the request channel."""
    periods = {"SECOND": _NS_PER_S, "MINUTE": 60 * _NS_PER_S}
    return [
        RateUsed(
            pool="weight" if limit.rate_limit_type == "REQUEST_WEIGHT" else "orders",
            period_ns=periods[limit.interval] * limit.interval_num,
            used=limit.count,
        )
        for limit in limits
        if limit.count is not None
        and limit.count >= 0
        and limit.interval_num > 0
        and limit.interval in periods
        and limit.rate_limit_type in {"REQUEST_WEIGHT", "ORDERS"}
    ]
