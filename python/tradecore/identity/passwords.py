"""Passwords as argon2id hashes: made with a salt that is given, checked at one cost for all."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from tradecore.identity.users import PASSWORD_BYTES_MAX

__all__ = ["SALT_BYTES", "PasswordCheck", "PasswordCost", "Passwords"]

SALT_BYTES: Final = 16
HASH_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """What one guess costs.

    The least of OWASP's password storage sheet for argon2id, with twice its passes: some 50 ms
    and 19 MiB a login.

    Args:
        memory_kib: Memory of one hash.
        passes: How often it is filled.
        lanes: Threads that fill it.
    """

    memory_kib: int = 19_456
    passes: int = 4
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """What became of a login's password.

    Args:
        is_right: If it was the user's.
        is_outdated: If its hash costs less than it would now, so that it should be made anew.
    """

    is_right: bool
    is_outdated: bool = False


@dataclass(frozen=True, slots=True)
class Passwords:
    """Makes and checks hashes of one cost.

    Args:
        cost: What a guess costs.
        salt: Sixteen random bytes for the hash that an unknown user's password is compared
            with, so that nobody learns from the time who exists. None where hashes are only made.
    """

    cost: PasswordCost
    salt: bytes | None = field(default=None, repr=False)
    _hasher: PasswordHasher = field(init=False, repr=False)
    _decoy: str = field(default="", init=False, repr=False)

    def __post_init__(self) -> None:
        hasher = PasswordHasher(
            time_cost=self.cost.passes,
            memory_cost=self.cost.memory_kib,
            parallelism=self.cost.lanes,
            hash_len=HASH_BYTES,
            salt_len=SALT_BYTES,
            type=Type.ID,
        )
        object.__setattr__(self, "_hasher", hasher)
        if self.salt is not None:
            object.__setattr__(self, "_decoy", hasher.hash("nobody's password", salt=self.salt))

    def hash(self, password: str, *, salt: bytes) -> str:
        """Return the hash of a password that `prepared_password` let through.

        Raises:
            ValueError: If the salt is not sixteen bytes.
        """
        if len(salt) != SALT_BYTES:
            raise ValueError(f"a salt is {SALT_BYTES} bytes: {len(salt)}")
        return self._hasher.hash(password, salt=salt)

    def check(self, password: str, stored: str | None) -> PasswordCheck:
        """Compare a password with a user's hash; None, for a user there is not, costs the same."""
        assert self.salt is not None, "Invariant: who checks passwords has a decoy"  # noqa: S101
        text = unicodedata.normalize("NFKC", password[: PASSWORD_BYTES_MAX + 1])
        is_possible = len(text.encode("utf-8", "surrogatepass")) <= PASSWORD_BYTES_MAX
        if not is_possible or not _is_unicode(text):
            text = ""
        hashed = self._decoy if stored is None else stored
        try:
            self._hasher.verify(hashed, text)
        except (VerificationError, InvalidHashError):
            return PasswordCheck(is_right=False)
        if stored is None:
            return PasswordCheck(is_right=False)
        return PasswordCheck(is_right=True, is_outdated=self._hasher.check_needs_rehash(stored))


def _is_unicode(text: str) -> bool:
    """Return whether a text can be encoded: one from JSON may have half a pair in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
