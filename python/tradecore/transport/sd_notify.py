"""Tells the supervisor of the machine (systemd) how the process fares."""

from __future__ import annotations

import socket
from dataclasses import dataclass

__all__ = ["Notifier"]


@dataclass(frozen=True, slots=True)
class Notifier:
    """Sends words such as `READY=1` to the socket that `NOTIFY_SOCKET` names.

    Args:
        address: The value of `NOTIFY_SOCKET`; nothing is sent if empty. A leading `@` is an
            abstract socket.

    Source: sd_notify(3).
    """

    address: str = ""

    def __call__(self, words: str, /) -> bool:
        """Send without waiting; return whether it was taken. A lost word stops nobody's work."""
        if not self.address:
            return False
        to = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)
                sender.sendto(words.encode(), to)
        except OSError:
            return False
        return True
