"""Acorn, an exchange invented to show how a venue is added to tradecore."""

from __future__ import annotations

from acorn_exchange.plugin import PLUGIN

__all__ = ["PLUGIN"]
