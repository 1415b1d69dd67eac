"""An event loop that goes on asking for a while before it sleeps.

A process that sleeps is woken by the kernel, finds its caches cold and its core slowed down: of a
short way from a tick to an order that is most. One that asks over and over is there at once, and
takes a whole core for it.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EagerSelector", "eager_loop"]


class EagerSelector(selectors.DefaultSelector):
    """The machine's selector, with a time in which it does not sleep.

    Args:
        poll_ns: For how long after a call began it asks again; then it sleeps as it was told to.
        monotonic_ns: The time.
    """

    def __init__(self, poll_ns: int, monotonic_ns: Callable[[], int] = time.monotonic_ns) -> None:
        super().__init__()
        self._poll_ns, self._monotonic_ns = poll_ns, monotonic_ns

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready: at once where something is, else within `timeout` seconds."""
        look, clock = super().select, self._monotonic_ns
        ready = look(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        poll_ns = self._poll_ns if timeout is None else min(self._poll_ns, int(timeout * 1e9))
        began_ns = clock()
        while clock() - began_ns < poll_ns:
            ready = look(0)
            if ready:
                return ready
        if timeout is None:
            return look(None)
        return look(max(timeout - (clock() - began_ns) / 1e9, 0))


def eager_loop(poll_ns: int) -> asyncio.AbstractEventLoop:
    """Return a new event loop that asks for so long before it sleeps; 0 is as any other."""
    return (
        asyncio.SelectorEventLoop(EagerSelector(poll_ns)) if poll_ns else asyncio.new_event_loop()
    )
