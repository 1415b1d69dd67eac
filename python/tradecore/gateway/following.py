"""How a venue's books come along with its native door: part by part, and never for long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tradecore.gateway.native import NativeDoor
    from tradecore.telemetry import Clock
    from tradecore.venue import VenueService

__all__ = ["Following"]

#: Commands are booked as many at a time as take about so long.
PART_NS: Final = 10_000_000
PART_MIN: Final = 16
PART_MAX: Final = 1_000


@dataclass(slots=True, eq=False)
class Following:
    """Books commands that others sent.

    Args:
        service: Whose books.
        native: Hears how far they are.
        clock: How long a part took.
    """

    service: VenueService
    native: NativeDoor | None
    clock: Clock
    _most: int = 128

    @property
    def behind(self) -> int:
        """Return how many commands of the engine the books have not yet."""
        return max(self.service.engine.sequence - self.service.sequence, 0)

    def follow(self) -> bool:
        """Book a part of what came in at the native door; say if there may be more."""
        if self.native is None:
            return False
        most, began_ns = self._most, self.clock.monotonic_ns()
        try:
            count = self.service.follow(most)
        finally:
            self.native.seen(self.service.sequence)
        if count < most:
            return False
        fits = count * PART_NS // max(self.clock.monotonic_ns() - began_ns, 1)
        self._most = min(max(fits, most // 2, PART_MIN), 2 * most, PART_MAX)
        return True

    def catch_up(self, patience_s: float) -> None:
        """Book what came in at the native door, as far as that is done in time."""
        end_ns = self.clock.monotonic_ns() + int(patience_s * 1e9)
        while self.behind and self.clock.monotonic_ns() < end_ns:
            self.service.settle()
            self.service.follow(self._most)
