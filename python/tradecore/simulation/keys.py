"""Who may use the local exchange: keys, what verifies for them, and what they are allowed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

__all__ = ["ApiKey", "KeyTable", "SignatureCheck"]


class SignatureCheck(Protocol):
    """What a venue knows of a key's owner."""

    def verify(self, payload: bytes, signature: bytes | str, /) -> bool:
        """Return whether a signature is the owner's over these very bytes."""


C = TypeVar("C", bound=SignatureCheck)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey(Generic[C]):
    """A registered key.

    Args:
        name: Its public part.
        account: Whose.
        check: What verifies for it; never shown.
        can_trade: Whether it may do more than read.
    """

    name: str
    account: int
    check: C = field(repr=False)
    can_trade: bool = True


@dataclass(slots=True)
class KeyTable(Generic[C]):
    """Registered keys by name."""

    _keys: dict[str, ApiKey[C]] = field(default_factory=dict)

    def add(self, key: ApiKey[C]) -> None:
        """Register a key, in place of one of the same name."""
        self._keys[key.name] = key

    def find(self, name: str) -> ApiKey[C] | None:
        """Return the key of this name."""
        return self._keys.get(name)

    def accounts(self) -> list[int]:
        """Return the accounts that have a key."""
        return sorted({key.account for key in self._keys.values()})

    def revoke(self, name: str) -> None:
        """Forget a key."""
        self._keys.pop(name, None)
