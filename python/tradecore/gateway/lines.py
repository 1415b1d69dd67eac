"""How many WebSockets are open, in all and by address."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradecore.gateway.settings import LimitSettings

__all__ = ["Lines"]


@dataclass(slots=True)
class Lines:
    """Open WebSockets, by address."""

    count: int = 0
    by_address: Counter[str] = field(default_factory=Counter)

    def add(self, address: str, limits: LimitSettings) -> bool:
        """Count a line in, if there may be one more."""
        is_full = (
            self.count >= limits.connections_max
            or self.by_address[address] >= limits.connections_per_address_max
        )
        if not is_full:
            self.count += 1
            self.by_address[address] += 1
        return not is_full

    def remove(self, address: str) -> None:
        """Count a line out."""
        self.count -= 1
        self.by_address[address] -= 1
        if not self.by_address[address]:
            del self.by_address[address]
