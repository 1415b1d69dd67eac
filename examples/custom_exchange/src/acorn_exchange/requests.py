"""Requests to Acorn: signed over exactly what travels, and what a refusal of them means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from acorn_exchange.messages import MalformedError, Refusal, read, write
from tradecore.core import InputError
from tradecore.exchanges.base import Cost, Fault, FaultKind, HttpRequest, Repeat
from tradecore.sign import Ed25519Key, HmacKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.exchanges.base import ConnectorSettings, HttpResponse

NS_PER_US: Final = 1_000
OK: Final = 200
_CLIENT: Final = 400
_WAIT_DIGITS_MAX: Final = 5
_TOO_MANY: Final = 429
_SERVER: Final = 500

#: What Acorn's words for a refusal are in ours.
_KINDS: Final = {
    "BAD_KEY": FaultKind.AUTH,
    "BAD_SIGNATURE": FaultKind.AUTH,
    "BAD_TIME": FaultKind.CLOCK,
    "TOO_MANY": FaultKind.LIMIT,
    "BAD_REQUEST": FaultKind.PARAMETER,
    "UNKNOWN_ORDER": FaultKind.NOT_FOUND,
    "NO_MONEY": FaultKind.RISK,
    "OFF_STEP": FaultKind.FILTER,
}


@dataclass(slots=True)
class Desk:
    """Makes requests, numbered under a name.

    Args:
        settings: Where, and as whom.
        name: What request ids begin with.
    """

    settings: ConnectorSettings
    name: str
    _key: HmacKey | Ed25519Key | None = field(init=False, repr=False)
    _number: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        given = self.settings.credentials
        kinds = {"hmac_sha256": HmacKey, "ed25519": Ed25519Key}
        self._key = kinds[given.method](given.secret) if given else None

    def public(self, path: str) -> HttpRequest:
        """Return a question that needs no key."""
        return self._request("GET", path, b"", {})

    def signed(
        self,
        method: str,
        path: str,
        *,
        venue_ns: int,
        body: object = None,
        cost: Cost | None = None,
        repeat: Repeat = Repeat.SAFE,
        query: Mapping[str, str] | None = None,
    ) -> HttpRequest:
        """Return a signed request."""
        whole = f"{path}?{urlencode(query)}" if query else path
        data = b"" if body is None else write(body)
        headers = self.proof(f"{method} {whole} ".encode() + data, venue_ns=venue_ns)
        return self._request(method, whole, data, headers, repeat=repeat, cost=cost)

    def proof(self, payload: bytes, *, venue_ns: int) -> dict[str, str]:
        """Return the headers that prove who asks, and when.

        Raises:
            InputError: If there are no credentials.
        """
        given = self.settings.credentials
        if given is None or self._key is None:
            raise InputError("a private request needs credentials: settings have none")
        at = str(venue_ns // NS_PER_US)
        signature = self._key.sign(f"{at} ".encode() + payload)
        return {
            "acorn-key": given.key.get_secret_value(),
            "acorn-time": at,
            "acorn-signature": signature,
        }

    def _request(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
        *,
        repeat: Repeat = Repeat.SAFE,
        cost: Cost | None = None,
    ) -> HttpRequest:
        self._number += 1
        kind = {"content-type": "application/json"} if body else {}
        return HttpRequest(
            request_id=f"{self.name}-{self._number}",
            method=method,
            url=f"{self.settings.endpoints.rest}{path}",
            path=path.partition("?")[0],
            body=body,
            headers={**headers, **kind},
            cost=cost or Cost(),
            repeat=repeat,
        )


def refusal_of(response: HttpResponse) -> Refusal | None:
    """Return the venue's own refusal; `None` if whatever answered was not the venue.

    Only a 4xx with a body of the venue's proves that nothing was done.
    """
    if not _CLIENT <= response.status < _SERVER:
        return None
    try:
        refusal = read(Refusal, response.body)
    except MalformedError:
        return None
    return refusal if refusal.code in _KINDS or refusal.code.isupper() else None


def fault_of(response: HttpResponse) -> Fault:
    """Return what is wrong, from an answer that is no success."""
    refusal = refusal_of(response)
    where = f"{response.request.method} {response.request.path}"
    wait = response.headers.get("retry-after", "")
    is_limit = response.status == _TOO_MANY
    wait_ns = (
        int(wait) * 1_000_000_000
        if wait.isascii() and wait.isdigit() and len(wait) <= _WAIT_DIGITS_MAX
        else 0
    )
    if refusal is None:
        kind = FaultKind.LIMIT if is_limit else FaultKind.TRANSIENT
        return Fault(
            kind=kind, code=str(response.status), text="no answer of the venue", where=where,
            retry_after_ns=wait_ns,
        )  # fmt: skip
    return Fault(
        kind=_KINDS.get(refusal.code, FaultKind.PARAMETER),
        code=refusal.code[:64],
        text=refusal.text[:200],
        where=where,
        retry_after_ns=wait_ns,
    )
