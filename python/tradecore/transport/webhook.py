"""Posts an alert to an address that was allowed beforehand."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import msgspec

from tradecore.exchanges.base import Failure, HttpRequest, Repeat
from tradecore.model.errors import InputError
from tradecore.transport.http import HttpClient, HttpSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Webhook", "WebhookError"]

GOOD: Final = range(200, 300)
ANSWER_BYTES_MAX: Final = 64 << 10


class WebhookError(OSError):
    """An alert was not delivered; it can be tried again."""


@dataclass(slots=True)
class Webhook:
    """Posts JSON to one address. Follows no redirect, and never says the address: it holds a key.

    Args:
        url: `https://…`, or `http://…` on this machine.
        hosts: Hosts it may name; any if empty.
        timeout_ns: How long a delivery may take.

    Raises:
        InputError: If the address is not of those.
    """

    url: str = field(repr=False)
    hosts: frozenset[str] = frozenset()
    timeout_ns: int = 5_000_000_000
    _http: HttpClient = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(host)):
            raise InputError(
                "an alert goes to https://, or to http:// on this machine: "
                f"scheme={parts.scheme}, host={host}"
            )
        if self.hosts and host not in self.hosts:
            raise InputError(f"an alert goes to a host on the list: host={host}")
        if parts.username is not None or parts.password is not None:
            raise InputError(f"an address of alerts holds no user: host={host}")
        self._http = HttpClient(
            HttpSettings(
                timeout_ns=self.timeout_ns, connections_max=1, response_bytes_max=ANSWER_BYTES_MAX
            )
        )

    async def post(self, said: Mapping[str, object]) -> None:
        """Deliver an alert.

        Raises:
            WebhookError: If it was not taken.
        """
        answer = await self._http.send(
            HttpRequest(
                request_id="alert",
                method="POST",
                url=self.url,
                path="(webhook)",
                body=msgspec.json.encode(said),
                headers={"content-type": "application/json"},
                repeat=Repeat.NEVER,
            )
        )
        if isinstance(answer, Failure):
            raise WebhookError(f"an alert was not delivered: {answer.reason}")
        if answer.status not in GOOD:
            raise WebhookError(f"an alert was not taken: status={answer.status}")

    async def aclose(self) -> None:
        """Close the connection."""
        await self._http.aclose()


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
