"""How a venue's books come along with its native door: part by part, and never for long.

Commands of the gateway wait until the books have what came before them. Where native orders keep
coming faster than they are booked that would be for ever, so that nobody's order is taken out there
and no position is closed by force. So after a while the native door takes no new orders, until the
books are there and who waited had his turn.
"""

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
#: Commands of the gateway wait for books that others keep busy for so long.
PATIENCE_NS: Final = 5_000_000_000


@dataclass(slots=True, eq=False)
class Following:
    """Books commands that others sent.

    Args:
        service: Whose books.
        native: Hears how far they are.
        clock: How long a part took.
        patience_ns: How long commands wait before the native door takes no new orders.
    """

    service: VenueService
    native: NativeDoor | None
    clock: Clock
    patience_ns: int = PATIENCE_NS
    _most: int = 128
    _awaited_ns: int = 0
    _is_held: bool = False

    @property
    def behind(self) -> int:
        """Return how many commands of the engine the books have not yet."""
        return max(self.service.engine.sequence - self.service.sequence, 0)

    def follow(self, *, is_awaited: bool = False) -> bool:
        """Book a part of what came in at the native door; say if there may be more.

        Args:
            is_awaited: Whether commands wait until there is no more.
        """
        if self.native is None:
            return False
        most, began_ns, count = self._most, self.clock.monotonic_ns(), 0
        try:
            count = self.service.follow(most)
        finally:
            self._is_held = self._is_late(began_ns, is_awaited=is_awaited)
            self.native.seen(self.service.sequence, is_awaited=self._is_held)
        if count < most:
            return False
        fits = count * PART_NS // max(self.clock.monotonic_ns() - began_ns, 1)
        self._most = min(max(fits, most // 2, PART_MIN), 2 * most, PART_MAX)
        return True

    @property
    def is_behind(self) -> bool:
        """Return whether the next command of the gateway would have more to book than a part."""
        return self.native is not None and self.behind > PART_MAX

    def served(self) -> None:
        """Note that who waited had his turn: native orders come in again."""
        self._awaited_ns = 0
        if self._is_held and self.native is not None:
            self._is_held = False
            self.native.seen(self.service.sequence)

    def _is_late(self, now_ns: int, *, is_awaited: bool) -> bool:
        """Return whether the first of the commands that wait did so for too long."""
        if not is_awaited:
            self._awaited_ns = 0
            return False
        self._awaited_ns = self._awaited_ns or now_ns
        return now_ns - self._awaited_ns >= self.patience_ns

    def catch_up(self, patience_s: float) -> None:
        """Book what came in at the native door, as far as that is done in time."""
        end_ns = self.clock.monotonic_ns() + int(patience_s * 1e9)
        while self.behind and self.clock.monotonic_ns() < end_ns:
            self.service.settle()
            self.service.follow(self._most)
