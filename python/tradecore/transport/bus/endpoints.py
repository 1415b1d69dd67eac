"""Where our processes meet: addresses, who may listen where, and folders of local sockets."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Final

from tradecore.model.errors import InputError

__all__ = ["REPLAY_SHIFT", "is_local", "prepare", "replay_endpoint"]

#: The door for questions stands so far above the port of the stream.
REPLAY_SHIFT: Final = 10_000
PORT_MAX: Final = 65_535
IPC: Final = "ipc://"
TCP: Final = "tcp://"
PRIVATE: Final = 0o700


def replay_endpoint(endpoint: str) -> str:
    """Return the address of the door for replays and snapshots beside a stream's.

    Raises:
        InputError: If the address has no such neighbour.
    """
    if endpoint.startswith(TCP):
        host, _, port = endpoint.rpartition(":")
        if port.isdecimal() and 0 < int(port) <= PORT_MAX - REPLAY_SHIFT:
            return f"{host}:{int(port) + REPLAY_SHIFT}"
        raise InputError(
            f"a stream's port is 1 to {PORT_MAX - REPLAY_SHIFT}, so that its door for replays "
            f"fits {REPLAY_SHIFT} above: endpoint={endpoint}"
        )
    if endpoint.startswith((IPC, "inproc://")):
        return f"{endpoint}.replay"
    raise InputError(f"an endpoint is tcp://HOST:PORT or ipc://PATH: endpoint={endpoint}")


def is_local(endpoint: str) -> bool:
    """Return whether only this machine can reach an address."""
    if not endpoint.startswith(TCP):
        return True
    host = endpoint.removeprefix(TCP).rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def prepare(endpoint: str) -> None:
    """Make the folder of a local socket, for its owner only.

    Raises:
        InputError: If others may enter the folder.
    """
    if not endpoint.startswith(IPC):
        return
    folder = Path(endpoint.removeprefix(IPC)).parent
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    mode = folder.stat().st_mode & 0o777
    if mode & 0o077:
        raise InputError(
            f"a folder of local sockets is its owner's alone: folder={folder}, mode={mode:o}"
        )
