"""Addresses of clients."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["is_within"]


def is_within(peer: str, networks: Iterable[str]) -> bool:
    """Return whether an address is of one of some networks, such as `10.0.0.0/8`."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return any((mapped or address) in ipaddress.ip_network(one) for one in networks)
