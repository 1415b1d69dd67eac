"""Holds what an account has against its limits, whether or not an order comes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.model import VenuePosition
    from tradecore.processes.settings.risk_management import RiskManagement

__all__ = ["Breach", "breaches"]


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that is near or passed.

    Args:
        code: The limit's word.
        is_over: Whether it is passed.
        text: Values and limit.
    """

    code: str
    is_over: bool
    text: str


def breaches(
    positions: Mapping[str, VenuePosition], risk: RiskManagement, *, net: Decimal | None = None
) -> list[Breach]:
    """Return every limit that is near, from the alert threshold on, or passed.

    Args:
        positions: What is held, by symbol.
        risk: The limits.
        net: Profit of the day less fees, where it is known.
    """
    part = Decimal(str(risk.risk_alert_threshold))
    found = []
    for symbol, position in sorted(positions.items()):
        limit, held = risk.max_position_per_symbol, abs(position.quantity)
        if limit is not None and held >= limit * part:
            text = f"symbol={symbol}, held={held}, MAX_POSITION_PER_SYMBOL={limit}"
            found.append(Breach("POSITION_LIMIT", held > limit, text))
    total = sum((abs(position.quantity) for position in positions.values()), Decimal(0))
    limit = risk.max_position_size
    if limit is not None and total >= limit * part:
        text = f"held={total}, MAX_POSITION_SIZE={limit}"
        found.append(Breach("POSITION_LIMIT", total > limit, text))
    limit = risk.max_daily_loss
    if limit is not None and net is not None and -net >= limit * part:
        text = f"net={net}, MAX_DAILY_LOSS={limit}"
        found.append(Breach("DAILY_LOSS", -net > limit, text))
    return found
