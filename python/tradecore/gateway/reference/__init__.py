"""The page at `/docs`: the description of the API for people, with nothing from elsewhere."""

from __future__ import annotations

from tradecore.gateway.reference.page import SECURITY_POLICY, page

__all__ = ["SECURITY_POLICY", "page"]
