"""Resting orders off the tick: left over from before the venue made it coarser, and passed over.

They cannot be counted in ticks, and rounding one onto a level of others would take that level away
when the stray one goes. New orders are on the tick, so strays only dwindle: a price off it that
no snapshot had, or many of them, mean that the tick we know is wrong, and are refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tradecore.exchanges.binance.messages import Number

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

#: At most one level of a snapshot in so many may be off the tick.
_ONE_IN: Final = 4


class _WrongTickError(Exception):
    """More is off the tick than old orders could be."""


@dataclass(slots=True)
class StrayLevels:
    """Takes strays out of frames that a book refused for them.

    Args:
        passed_over: How many levels were taken out so far.
    """

    passed_over: int = 0
    _known: dict[str, set[Decimal]] = field(default_factory=dict)

    def out_of_snapshot(self, symbol: str, tick: Decimal, body: bytes, /) -> bytes | None:
        """Return a snapshot without its strays, or `None` if they are not what is wrong."""
        strays: set[Decimal] = set()
        levels = 0

        def is_stray(price: Decimal, _quantity: Decimal) -> bool:
            nonlocal levels
            levels += 1
            if price % tick:
                strays.add(price)
            return price in strays

        cleaned = _without(body, ("bids", "asks"), is_stray)
        if cleaned is None or len(strays) * _ONE_IN > levels:
            return None
        self._known[symbol] = strays
        self.passed_over += len(strays)
        return cleaned

    def out_of_delta(self, symbol: str, tick: Decimal, data: bytes, /) -> bytes | None:
        """Return a change of a book without its strays, or `None` if they are not what is wrong."""
        known, count = self._known.get(symbol, set()), 0

        def is_stray(price: Decimal, quantity: Decimal) -> bool:
            nonlocal count
            if not price % tick:
                return False
            if quantity and price not in known:
                raise _WrongTickError
            count += 1
            return True

        cleaned = _without(data, ("b", "a"), is_stray)
        if cleaned is not None:
            self.passed_over += count
        return cleaned


def _without(
    body: bytes, sides: tuple[str, str], is_stray: Callable[[Decimal, Decimal], bool]
) -> bytes | None:
    """Return a frame without some levels; `None` where there are none, or it is no such frame."""
    try:
        frame: Any = msgspec.json.decode(body)
        inner = frame.get("data", frame)
        is_changed = False
        for side in sides:
            kept = [
                level
                for level in inner[side]
                if not is_stray(Number.parse(level[0]), Number.parse(level[1]))
            ]
            is_changed = is_changed or len(kept) < len(inner[side])
            inner[side] = kept
    except (
        msgspec.DecodeError, RecursionError, LookupError, AttributeError, TypeError, ValueError,
        ArithmeticError, _WrongTickError,
    ):  # fmt: skip
        return None
    return msgspec.json.encode(frame) if is_changed else None
