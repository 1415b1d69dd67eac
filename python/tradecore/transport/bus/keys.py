"""Who may come to the bus off this machine: CURVE keys, and the list of those that are let in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import zmq
from zmq.utils import z85

from tradecore.transport.bus.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ClientKeys", "Doorkeeper", "ServerKeys"]

ZAP: Final = "inproc://zeromq.zap.01"
DOMAIN: Final = b"tradecore"
REQUEST_FRAMES_MIN: Final = 8


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """The key pair of who listens, as Z85 text; the secret is never printed."""

    public: bytes
    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> ServerKeys:
        """Make a new pair."""
        return cls(*zmq.curve_keypair())

    def protect(self, socket: zmq.Socket[bytes]) -> None:
        """Let only those in that a `Doorkeeper` of the context knows."""
        socket.set(zmq.CURVE_SERVER, 1)
        socket.set(zmq.CURVE_SECRETKEY, self.secret)
        socket.set(zmq.ZAP_DOMAIN, DOMAIN)


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """The key pair of who connects, and the public key of whom it expects."""

    public: bytes
    secret: bytes = field(repr=False)
    server: bytes

    @classmethod
    def generate(cls, server: bytes) -> ClientKeys:
        """Make a new pair for a server whose public key is known."""
        return cls(*zmq.curve_keypair(), server)

    def protect(self, socket: zmq.Socket[bytes]) -> None:
        """Show this pair, and talk to nobody but the server."""
        socket.set(zmq.CURVE_PUBLICKEY, self.public)
        socket.set(zmq.CURVE_SECRETKEY, self.secret)
        socket.set(zmq.CURVE_SERVERKEY, self.server)


class Doorkeeper:
    """Answers for a context who is let in; must run before its protected sockets listen.

    Args:
        context: Whose sockets it guards.
        allowed: Public keys as Z85 text, with the role each has.
    """

    def __init__(
        self, context: zmq.Context[zmq.Socket[bytes]], allowed: Mapping[bytes, str]
    ) -> None:
        self._roles = {z85.decode(key): role for key, role in allowed.items()}
        self.refused = 0
        self._socket = context.socket(zmq.ROUTER)
        self._socket.set(zmq.LINGER, 0)
        self._socket.bind(ZAP)
        self._watch = Watch(self._socket, self._asked)

    def _asked(self, frames: list[bytes]) -> None:
        """Answer one question of RFC 27."""
        empty = frames.index(b"")
        route, said = frames[: empty + 1], frames[empty + 1 :]
        if len(said) < REQUEST_FRAMES_MIN - 1:
            return
        request, domain, mechanism = said[1], said[2], said[5]
        role = self._roles.get(said[6]) if mechanism == b"CURVE" and domain == DOMAIN else None
        if role is None:
            self.refused += 1
            verdict = [b"400", b"not on the list", b"", b""]
        else:
            verdict = [b"200", b"OK", role.encode(), b""]
        self._watch.send([*route, b"1.0", request, *verdict])

    def close(self) -> None:
        """Stop answering: nobody new is let in."""
        self._watch.close()
