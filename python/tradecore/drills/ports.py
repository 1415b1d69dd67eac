"""Ports that nobody uses now, for processes that are told theirs in a file."""

from __future__ import annotations

import socket
from contextlib import ExitStack, suppress

__all__ = ["DOOR_ABOVE", "free_ports"]

#: A publisher on a port answers for what was missed on another, so far above.
DOOR_ABOVE = 10_000
#: Both are below those that are given to whoever asks for none (32,768 and above on Linux):
#: a process that takes any port takes none of these.
_FIRST, _SPAN = 10_000, 12_000


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that are free now, each with a free one for its door."""
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            port = _FIRST + _bound(held, 0) % _SPAN
            with suppress(OSError):
                for at in (port, port + DOOR_ABOVE):
                    _bound(held, at)
                found.append(port)
    return found


def _bound(held: ExitStack, port: int) -> int:
    """Take a port until `held` is closed, and return its number."""
    line = held.enter_context(socket.socket())
    line.bind(("127.0.0.1", port))
    return int(line.getsockname()[1])
