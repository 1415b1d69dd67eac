"""Keys of private streams: made, prolonged, expired."""

from __future__ import annotations

import random  # noqa: TC003 - a dataclass field
from dataclasses import dataclass, field
from typing import Final

__all__ = ["LIFE_MS", "ListenKeys"]

LIFE_MS: Final = 3_600_000
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LENGTH: Final = 64


@dataclass(slots=True)
class ListenKeys:
    """One key an account, good for an hour after it was last asked for."""

    chance: random.Random
    _by_account: dict[int, str] = field(default_factory=dict)
    _accounts: dict[str, int] = field(default_factory=dict)
    _until_ms: dict[str, int] = field(default_factory=dict)

    def start(self, account: int, now_ms: int) -> str:
        """Return an account's key, a new one if it has none, good for another hour."""
        key = self._by_account.get(account)
        if key is None or self._until_ms[key] <= now_ms:
            key = "".join(self.chance.choices(_ALPHABET, k=_LENGTH))
            self._by_account[account] = key
            self._accounts[key] = account
        self._until_ms[key] = now_ms + LIFE_MS
        return key

    def prolong(self, account: int, now_ms: int) -> str | None:
        """Return an account's key, good for another hour; `None` if it has none."""
        key = self._by_account.get(account)
        return None if key is None else self.start(account, now_ms)

    def stop(self, account: int) -> str | None:
        """Forget an account's key and return it."""
        key = self._by_account.pop(account, None)
        if key is not None:
            self._forget(key)
        return key

    def key_of(self, account: int) -> str | None:
        """Return an account's key, while it has one."""
        return self._by_account.get(account)

    def take_expired(self, now_ms: int) -> list[str]:
        """Forget and return the keys whose hour is over."""
        over = [key for key, until_ms in self._until_ms.items() if until_ms <= now_ms]
        for key in over:
            self._by_account.pop(self._accounts[key], None)
            self._forget(key)
        return over

    def expire_all(self) -> None:
        """Let every key's hour be over."""
        for key in self._until_ms:
            self._until_ms[key] = 0

    def _forget(self, key: str) -> None:
        self._accounts.pop(key, None)
        self._until_ms.pop(key, None)
