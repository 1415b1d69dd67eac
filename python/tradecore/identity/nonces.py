"""Nonces seen lately: each is admitted once, in memory that has a limit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from tradecore.identity.refusals import AuthCode

__all__ = ["NonceWindow"]

SECOND_NS: Final = 1_000_000_000


@dataclass(slots=True)
class NonceWindow:
    """Admits a request once and only near its own time.

    A nonce is remembered while its timestamp could still be admitted. When the memory is full a
    request is refused: forgetting an old nonce would let its request in again. What was
    admitted before the window was opened is not known to it, so a timestamp before that moment
    is refused too, and so is one whose nonces were forgotten already, should the clock step back.

    Args:
        opened_ns: When this window was opened, nanoseconds since the Unix epoch.
        tolerance_ns: How far a timestamp may be from now, either way.
        entries_max: Nonces remembered in all.
        key_entries_max: Nonces remembered of one key, so that no key uses up the others' share.
    """

    opened_ns: int
    tolerance_ns: int = 5 * SECOND_NS
    entries_max: int = 1_000_000
    key_entries_max: int = 250_000
    #: By second of the timestamps: keys and their nonces.
    _seen: dict[int, set[tuple[str, str]]] = field(default_factory=dict, init=False)
    _by_key: Counter[str] = field(default_factory=Counter, init=False)
    _floor_ns: int = field(init=False)
    _entries: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if min(self.tolerance_ns, self.entries_max, self.key_entries_max) <= 0:
            raise ValueError(
                f"a nonce window has a tolerance and room: tolerance_ns={self.tolerance_ns}, "
                f"entries_max={self.entries_max}, key_entries_max={self.key_entries_max}"
            )
        self._floor_ns = self.opened_ns

    def __len__(self) -> int:
        """Return how many nonces are remembered."""
        return self._entries

    def admit(self, key_id: str, nonce: str, *, timestamp_ns: int, now_ns: int) -> AuthCode | None:
        """Remember a nonce and return None, or return why its request is not admitted."""
        self._forget(now_ns)
        if abs(timestamp_ns - now_ns) > self.tolerance_ns or timestamp_ns < self._floor_ns:
            return AuthCode.OUT_OF_TIME
        entry = (key_id, nonce)
        second = timestamp_ns // SECOND_NS
        # The same nonce under another timestamp is the same nonce.
        if any(entry in seen for seen in self._seen.values()):
            return AuthCode.NONCE_USED
        if self._entries >= self.entries_max or self._by_key[key_id] >= self.key_entries_max:
            return AuthCode.NONCES_FULL
        self._seen.setdefault(second, set()).add(entry)
        self._by_key[key_id] += 1
        self._entries += 1
        return None

    def _forget(self, now_ns: int) -> None:
        """Forget the seconds no timestamp of which can be admitted any more."""
        oldest_ns = now_ns - self.tolerance_ns
        for second in [at for at in self._seen if (at + 1) * SECOND_NS <= oldest_ns]:
            gone = self._seen.pop(second)
            self._entries -= len(gone)
            self._by_key.subtract(key for key, _ in gone)
            self._by_key = +self._by_key  # without the keys that have none left
            self._floor_ns = max(self._floor_ns, (second + 1) * SECOND_NS)
