"""Marks as the engine has them: its own rules value positions and orders by them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.core import VenueEngine
    from tradecore.venue.service import VenueService

__all__ = ["EngineMarks"]


@dataclass(slots=True)
class EngineMarks:
    """Tells an engine which marks moved.

    Args:
        service: The venue.
    """

    service: VenueService
    _told: dict[str, Decimal] = field(default_factory=dict)

    def tell(self) -> None:
        """Tell the marks that are others than those last told, on their ticks."""
        state = self.service.state
        for symbol, one in state.instruments.items():
            mark = one.instrument.round_price(state.mark(symbol), "buy")
            if self._told.get(symbol) != mark:
                self._told[symbol] = mark
                self.service.tell_engine(partial(_set, symbol=symbol, mark=mark))


def _set(engine: VenueEngine, *, symbol: str, mark: Decimal) -> None:
    engine.risk.set_mark(symbol, mark)
