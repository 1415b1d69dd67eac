"""Ports that nobody uses, as the drills find them."""

from __future__ import annotations

from tradecore.drills.ports import free_ports

__all__ = ["free_port", "free_ports"]


def free_port():
    """Return a port where nobody listens, nor will who asks the system for any port."""
    return free_ports(1)[0]
