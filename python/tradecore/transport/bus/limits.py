"""Limits and habits of every socket of the bus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import zmq

from tradecore.model.errors import InputError
from tradecore.transport.bus.endpoints import is_local, prepare

if TYPE_CHECKING:
    from tradecore.transport.bus.keys import ClientKeys, ServerKeys

__all__ = ["BusLimits", "bind", "connect"]

#: How often the kernel asks a silent machine whether it is there, and how often in vain.
KEEPALIVE_S: Final = 1
KEEPALIVE_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BusLimits:
    """Limits of sockets; times in nanoseconds.

    Args:
        high_water: Messages that may wait in a socket for a peer.
        frame_bytes_max: A longer frame closes the connection it came on.
        heartbeat_ns: How often a stream tells its last numbers.
        stale_ns: Silence after which what a stream said last must not be traded on.
        dead_ns: Silence after which its process is taken for dead.
        ask_again_ns: How long to wait for an answer before asking again.
        drain_max: Messages read in one turn of the event loop.
        history_max: Messages of a topic kept for replay.
        waiting_max: Messages that wait in a reader while something missing is asked for.
        outbox_max: Commands that may wait for an acknowledgement.
    """

    high_water: int = 10_000
    frame_bytes_max: int = 1 << 20
    heartbeat_ns: int = 100_000_000
    stale_ns: int = 300_000_000
    dead_ns: int = 1_000_000_000
    ask_again_ns: int = 500_000_000
    drain_max: int = 5_000
    history_max: int = 100_000
    waiting_max: int = 50_000
    outbox_max: int = 10_000

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) < 1:
                raise InputError(f"a limit of the bus is at least 1: {name}={getattr(self, name)}")


def _common(socket: zmq.Socket[bytes], limits: BusLimits) -> None:
    socket.set(zmq.SNDHWM, limits.high_water)
    socket.set(zmq.RCVHWM, limits.high_water)
    socket.set(zmq.MAXMSGSIZE, limits.frame_bytes_max)
    socket.set(zmq.LINGER, 0)
    # No heartbeats of the library's own: they take a queue that is full for silence, and the
    # connection it opens then can end the process (libzmq issue 3937). The kernel looks whether
    # a machine is still there; whether a process is, our streams and commands say themselves.
    socket.set(zmq.TCP_KEEPALIVE, 1)
    socket.set(zmq.TCP_KEEPALIVE_IDLE, KEEPALIVE_S)
    socket.set(zmq.TCP_KEEPALIVE_INTVL, KEEPALIVE_S)
    socket.set(zmq.TCP_KEEPALIVE_CNT, KEEPALIVE_TRIES)
    socket.set(zmq.RECONNECT_IVL, 50)
    socket.set(zmq.RECONNECT_IVL_MAX, 2_000)


def bind(
    socket: zmq.Socket[bytes], endpoint: str, limits: BusLimits, keys: ServerKeys | None
) -> str:
    """Listen at an address, and return it with the port that was chosen.

    Raises:
        InputError: If others than this machine could come without keys, or the address is taken.
    """
    if keys is None and not is_local(endpoint):
        raise InputError(f"off loopback the bus needs keys: endpoint={endpoint}")
    prepare(endpoint)
    _common(socket, limits)
    if keys is not None:
        keys.protect(socket)
    try:
        socket.bind(endpoint)
    except zmq.ZMQError as error:
        raise InputError(f"cannot listen: endpoint={endpoint}, reason={error}") from error
    return socket.get_string(zmq.LAST_ENDPOINT).rstrip("\0")


def connect(
    socket: zmq.Socket[bytes], endpoint: str, limits: BusLimits, keys: ClientKeys | None
) -> None:
    """Connect to an address, now or whenever somebody listens there.

    Raises:
        InputError: If the other side is not this machine and there are no keys.
    """
    if keys is None and not is_local(endpoint):
        raise InputError(f"off loopback the bus needs keys: endpoint={endpoint}")
    _common(socket, limits)
    if keys is not None:
        keys.protect(socket)
    try:
        socket.connect(endpoint)
    except zmq.ZMQError as error:
        raise InputError(f"no such address: endpoint={endpoint}, reason={error}") from error
