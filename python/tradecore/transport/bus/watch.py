"""A socket of ZeroMQ on the event loop: read until empty at each wake-up, never one await each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import zmq

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NOBLOCK", "Watch"]

#: As a number: the library's own is an enum, and adding flags to it costs more than a send.
NOBLOCK: Final = int(zmq.NOBLOCK)


class Watch:
    """Reads a socket whenever something is there, and owns it from then on.

    The descriptor of such a socket is edge-triggered: it speaks once, and sending may swallow
    what it had to say. So each wake-up reads to the end, and each send looks again afterwards.

    Args:
        socket: What is read.
        on_frames: Called with the frames of each message, or with its one frame; returns how many
            messages that stands for, where that is not one.
        on_drained: Called when nothing is left, if something was read.
        drain_max: Messages read before others get their turn.
        is_single: Whether messages have one frame, which is read faster.
    """

    def __init__(
        self,
        socket: zmq.Socket[bytes],
        on_frames: Callable[[Any], int | None],
        on_drained: Callable[[], None] | None = None,
        drain_max: int = 5_000,
        *,
        is_single: bool = False,
    ) -> None:
        self.socket = socket
        self._receive: Callable[[int], Any] = socket.recv if is_single else socket.recv_multipart
        self._on_frames = on_frames
        self._on_drained = on_drained
        self._drain_max = drain_max
        self._loop = asyncio.get_running_loop()
        self._descriptor = int(socket.FD)
        self._is_open = True
        self._is_due = False
        self._loop.add_reader(self._descriptor, self.drain)
        self._look_soon()

    def send(self, frames: list[bytes]) -> bool:
        """Send without waiting; return whether it was taken.

        Raises:
            zmq.ZMQError: If nobody is there to take it, where the socket tells.
        """
        try:
            self.socket.send_multipart(frames, NOBLOCK)
        except zmq.Again:
            return False
        finally:
            self._look_soon()
        return True

    def drain(self) -> None:
        """Read what is there."""
        self._is_due = False
        if not self._is_open:
            return
        receive, hear = self._receive, self._on_frames
        count = 0
        try:
            while count < self._drain_max:
                count += hear(receive(NOBLOCK)) or 1
                if not self._is_open:
                    return
        except zmq.Again:
            pass
        else:
            self._look_soon()
        if count and self._on_drained is not None:
            self._on_drained()

    def close(self) -> None:
        """Stop reading and close the socket."""
        if self._is_open:
            self._is_open = False
            self._loop.remove_reader(self._descriptor)
            self.socket.close(0)

    def _look_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self.drain)
