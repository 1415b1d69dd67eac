"""What is refused because of where a process runs: open wires, and loose ends in production."""

from __future__ import annotations

from collections.abc import Iterable  # noqa: TC003 - pydantic's models import this module
from typing import TYPE_CHECKING

from tradecore.processes.settings.bus import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.processes.settings.bus import Curve
    from tradecore.processes.settings.identity import Identity
    from tradecore.processes.settings.monitoring import Monitoring

__all__ = ["check_addresses", "check_endpoints", "check_production"]


def check_endpoints(endpoints: Mapping[str, str], curve: Curve) -> None:
    """Refuse endpoints that meet each other, or that leave this machine in the clear.

    Raises:
        ValueError: With the keys and the endpoint.
    """
    seen: dict[str, str] = {}
    for name, endpoint in endpoints.items():
        if endpoint in seen:
            raise ValueError(
                f"an endpoint has one purpose: {seen[endpoint]} and {name} are both {endpoint}"
            )
        seen[endpoint] = name
        if not is_loopback(endpoint) and not curve.is_enabled:
            raise ValueError(
                "an endpoint that other machines can reach is encrypted, give [CURVE] keys or use "
                f"127.0.0.1: {name}={endpoint}"
            )


def check_production(identity: Identity, monitoring: Monitoring, urls: Iterable[str] = ()) -> None:
    """Refuse in production what is for trying out.

    Raises:
        ValueError: With the key and its value.
    """
    if identity.environment != "production":
        return
    if identity.log_level == "DEBUG":
        raise ValueError("debug lines show what orders say: LOG_LEVEL=DEBUG in production")
    if getattr(identity, "testnet_mode", False):
        raise ValueError("a venue for tests is not for production: TESTNET_MODE=true")
    plain = [url for url in urls if url.startswith(("http://", "ws://"))]
    if plain:
        raise ValueError(f"addresses of a venue are encrypted in production: {plain[0]}")
    if not monitoring.alert_on_errors:
        raise ValueError("somebody is told of errors in production: ALERT_ON_ERRORS=false")


def check_addresses(*, testnet: bool, given: Iterable[str], real: Iterable[str]) -> None:
    """Refuse a test run at a venue's real addresses.

    Raises:
        ValueError: With the address.
    """
    if not testnet:
        return
    hosts = {address.split("/")[2] for address in real}
    for address in given:
        if address.split("/")[2] in hosts:
            raise ValueError(f"TESTNET_MODE=true beside an address where money is real: {address}")
