"""Ports that nobody uses now, for processes that are told theirs in a file."""

from __future__ import annotations

from tradecore.drills.ports import free_ports

__all__ = ["free_ports"]
