"""Books and positions in Redis, for reads that need not ask the venue; never the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal  # noqa: TC003 - msgspec reads the types of fields
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
import redis

from tradecore.core import InputError
from tradecore.store.rows import PositionRow  # noqa: TC001 - the same
from tradecore.telemetry import get_logger
from tradecore.venue import BookDepth

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Cache"]

T = TypeVar("T")

TIMEOUT_S: Final = 0.05
BOOK_MS: Final = 1_000
POSITIONS_MS: Final = 60_000
#: After a failure so many reads do not ask Redis, so that a dead one costs one wait in many.
SKIPPED_READS: Final = 500

_log = get_logger(__name__)


@dataclass(slots=True, eq=False)
class Cache:
    """Reads through: what Redis does not have is loaded, answered, and left there for the next.

    Whatever Redis does wrong (it is away, slow, or holds garbage), the answer is the loaded one.
    An entry bears the number of what it was made from, and an older one is not answered where the
    caller knows of a newer.
    """

    prefix: str
    _redis: redis.Redis
    hits: int = 0
    misses: int = 0
    failures: int = 0
    _skips: int = field(default=0, init=False)

    @classmethod
    def open(cls, url: str, /, *, prefix: str = "tradecore") -> Cache:
        """Return a cache at a URL; nothing connects before it is used.

        Args:
            url: As `redis://:password@host:6379/0`.
            prefix: Before every key, so that several venues can share one Redis.

        Raises:
            InputError: If the URL is none.
        """
        try:
            client = redis.Redis.from_url(
                url,
                socket_timeout=TIMEOUT_S,
                socket_connect_timeout=TIMEOUT_S,
                retry_on_timeout=False,
                retry=None,
            )
        except ValueError as error:
            raise InputError("a cache has a URL such as redis://localhost:6379/0") from error
        return cls(prefix, client)

    def book(
        self, symbol: str, levels: int, load: Callable[[], BookDepth], *, sequence: int = 0
    ) -> BookDepth:
        """Return the best levels of a book.

        Args:
            symbol: Whose.
            levels: How many.
            load: Asks the venue.
            sequence: The number of the last event the caller knows of; an older book is not
                answered.
        """
        name = f"book:{symbol}:{levels}"
        found = self._get(name, _Book)
        if found is not None and found.sequence >= sequence:
            return BookDepth(found.sequence, found.bids, found.asks)
        book = load()
        self._set(name, _Book(*book), BOOK_MS)
        return book

    def positions(
        self, account: int, load: Callable[[], tuple[PositionRow, ...]], *, sequence: int = 0
    ) -> tuple[PositionRow, ...]:
        """Return what an account holds.

        Args:
            account: Whose.
            load: Asks the records.
            sequence: The journal's number of the account's last trade; older rows are not
                answered.
        """
        name = f"positions:{account}"
        found = self._get(name, _Positions)
        if found is not None and found.sequence >= sequence:
            return found.rows
        rows = load()
        newest = max((row.sequence for row in rows), default=0)
        self._set(name, _Positions(newest, rows), POSITIONS_MS)
        return rows

    def forget(self, account: int, /) -> None:
        """Let an account's positions be loaded anew: they changed."""
        self._ask(lambda: self._redis.delete(f"{self.prefix}:positions:{account}"))

    def ping(self) -> bool:
        """Return whether Redis answers."""
        self._skips = 0
        return self._ask(self._redis.ping) is not None

    def close(self) -> None:
        """Let go of the connections."""
        self._redis.close()

    def _get(self, name: str, kind: type[T]) -> T | None:
        raw = self._ask(lambda: self._redis.get(f"{self.prefix}:{name}"))
        if not isinstance(raw, bytes):
            self.misses += 1
            return None
        try:
            found = msgspec.json.decode(raw, type=kind)
        except msgspec.MsgspecError:
            self._fail("what it holds is none of ours")
            return None
        self.hits += 1
        return found

    def _set(self, name: str, value: object, life_ms: int) -> None:
        raw = msgspec.json.encode(value)
        self._ask(lambda: self._redis.set(f"{self.prefix}:{name}", raw, px=life_ms))

    def _ask(self, ask: Callable[[], T]) -> T | None:
        """Ask Redis; `None` where it does not answer, which the next reads do not try again."""
        if self._skips:
            self._skips -= 1
            return None
        try:
            return ask()
        except (redis.RedisError, OSError) as error:
            self._fail(type(error).__name__)
            self._skips = SKIPPED_READS
            return None

    def _fail(self, why: str) -> None:
        if not self.failures:
            _log.warning("cache_fails", error=why)
        self.failures += 1


class _Book(msgspec.Struct, frozen=True):
    sequence: int
    bids: list[tuple[Decimal, Decimal]]
    asks: list[tuple[Decimal, Decimal]]


class _Positions(msgspec.Struct, frozen=True):
    sequence: int
    rows: tuple[PositionRow, ...]
