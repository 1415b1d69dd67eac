"""Ports that nobody uses now, for processes that are told theirs in a file."""

from __future__ import annotations

import contextlib
import socket


def free_ports(count):
    """Return ports that are free now, with room for a door 10,000 above each."""
    found, held = [], []
    while len(found) < count:
        one = socket.socket()
        one.bind(("127.0.0.1", 0))
        held.append(one)
        port = one.getsockname()[1] % 20_000 + 20_000
        with contextlib.suppress(OSError):
            for at in (port, port + 10_000):
                other = socket.socket()
                held.append(other)
                other.bind(("127.0.0.1", at))
            found.append(port)
    for one in held:
        one.close()
    return found
