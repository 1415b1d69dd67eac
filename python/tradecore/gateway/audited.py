"""Administrative events in the audit log, written before they are done."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.gateway.gateway import Gateway
    from tradecore.identity.principal import Principal

__all__ = ["note"]


async def note(gateway: Gateway, caller: Principal, kind: str, data: Mapping[str, object]) -> None:
    """Write down that somebody does something; what cannot be written down is not done."""
    now_ns = gateway.clock.now_ns()
    await asyncio.to_thread(gateway.identity.audit, kind, caller.subject, dict(data), now_ns)
