"""The last so many different things; whether one is of them costs the same however many."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LastSeen"]

T = TypeVar("T")


class LastSeen(Generic[T]):
    """Remembers things in the order in which each came first, and forgets the oldest."""

    def __init__(self, most: int) -> None:
        """Remember at most so many."""
        self._most = most
        self._order: deque[T] = deque()
        self._seen: set[T] = set()

    def __contains__(self, one: object) -> bool:
        return one in self._seen

    def __iter__(self) -> Iterator[T]:
        return iter(self._order)

    def add(self, one: T) -> None:
        """Remember a thing, unless it is remembered already."""
        if one in self._seen:
            return
        self._seen.add(one)
        self._order.append(one)
        if len(self._order) > self._most:
            self._seen.discard(self._order.popleft())

    def clear(self) -> None:
        """Forget everything."""
        self._order.clear()
        self._seen.clear()
