"""What a desk tells those around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from tradecore.model import Refused

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.model import RiskAlert
    from tradecore.model.venue import OrderUpdate


class DeskUpdate(msgspec.Struct, frozen=True, gc=False):
    """Evidence about an order, for the trader that sent it."""

    trader: str
    update: OrderUpdate


@dataclass(frozen=True, slots=True)
class DeskAlert:
    """Somebody should look."""

    alert: RiskAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReconciled:
    """What differed between our books and the venue's, and was set to the venue's.

    Args:
        symbol: Where.
        client_order_ids: Orders whose state was not what we believed.
        position_before: What we believed to hold.
        position_after: What the venue says.
        ts_recv_ns: When.
    """

    symbol: str
    client_order_ids: tuple[str, ...]
    position_before: Decimal
    position_after: Decimal
    ts_recv_ns: int


DeskOutput: TypeAlias = DeskUpdate | DeskAlert | DeskReconciled


def unwritten(error: OSError) -> Refused:
    """Return the refusal of what could not be written down."""
    text = f"an order is written down before it leaves: {error.strerror or error}"
    return Refused("VENUE_UNAVAILABLE", text)
