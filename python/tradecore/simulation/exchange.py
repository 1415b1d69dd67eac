"""What a door of the local exchange is made of, whatever venue's language it speaks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping  # noqa: TC003 - dataclass fields
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from tradecore.simulation.faults import Failure, Faults
    from tradecore.venue import VenueService

__all__ = ["Connection", "Dialect", "Request", "Response"]

ConnectionKind: TypeAlias = Literal["market", "private", "api"]
OUTBOX_MAX = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request as its bytes came; `peer` is the address it came from."""

    method: str
    path: str
    query: bytes = b""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    peer: str = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Its answer; `failure` says that the client is not to get it, and how not."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: Failure | None = None


@dataclass(slots=True, eq=False)
class Connection:
    """A WebSocket connection: what is to be sent waits in `outbox` until the server takes it.

    Args:
        kind: What faults see it as.
        receive: Takes a message of the client and the time.
        delay_ms: Says how long a message waits before it is taken.
        closed: Told once when the client is gone.
        wake: Called when there is something to send.
        close_code: Set when the server is to close it.
    """

    kind: ConnectionKind
    faults: Faults
    receive: Callable[[str, int], None] = lambda _text, _now_ns: None
    delay_ms: Callable[[str], int] = lambda _text: 0
    closed: Callable[[], object] = lambda: None
    wake: Callable[[], None] = lambda: None
    outbox: deque[bytes] = field(default_factory=deque)
    close_code: int | None = None
    is_reset: bool = False
    _held: bytes | None = None

    def push(self, frame: bytes, *, is_answer: bool = False) -> None:
        """Queue a frame; faults of events may lose, repeat or reorder it, never an answer.

        A client that does not read its frames is cut off; one that was cut off hears nothing.
        """
        if self.is_reset:
            return
        frames = [frame] if is_answer else self._faulted(frame)
        if len(self.outbox) + len(frames) > OUTBOX_MAX:
            self.close(1008)
            return
        self.outbox.extend(frames)
        self.wake()

    def _faulted(self, frame: bytes) -> list[bytes]:
        faults = self.faults
        if faults.hits("drop_frame", self.kind):
            return []
        if self._held is not None:
            held, self._held = self._held, None
            return [frame, held]
        if faults.hits("reorder_event", self.kind):
            self._held = frame
            return []
        return [frame, frame] if faults.hits("duplicate_event", self.kind) else [frame]

    def release(self) -> None:
        """Send what was held back to come late."""
        if self._held is not None:
            held, self._held = self._held, None
            self.outbox.append(held)
            self.wake()

    def reset(self) -> None:
        """Have the server cut the line without a word."""
        self.is_reset = True
        self.wake()

    def close(self, code: int) -> None:
        """Have the server close it with this code."""
        self.close_code = code
        self.wake()


class Dialect(Protocol):
    """A venue's language in front of a `VenueService`; it reads no clock and no socket."""

    @property
    def service(self) -> VenueService:
        """The venue behind it."""

    @property
    def faults(self) -> Faults:
        """What goes wrong on purpose."""

    def delay_ms(self, request: Request, /) -> int:
        """Return how long a request waits before it is looked at."""

    def handle(self, request: Request, now_ns: int, /) -> Response:
        """Answer a request."""

    def connect(self, request: Request, now_ns: int, /) -> Connection | Response:
        """Take a WebSocket connection, or refuse it."""

    def advance(self, now_ns: int, /) -> None:
        """Let time pass: timers ring, windows close, frames are queued."""

    def disconnect(self, kind: str, /) -> int:
        """Cut the connections of a kind, or `all`; return how many."""

    def expire_keys(self, now_ns: int, /) -> int:
        """Let every key of a private stream run out; return how many."""
