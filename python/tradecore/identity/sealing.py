"""Secrets at rest: sealed under the encryption key, bound to their row, rotated to a new key."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tradecore.core import TradecoreError
from tradecore.identity.encryption_key import KEY_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["NONCE_BYTES", "SealError", "Vault"]

NONCE_BYTES: Final = 12
VERSION: Final = "v1"
_PARTS: Final = 4


class SealError(TradecoreError):
    """A sealed secret that cannot be opened; trying again does not help."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals with one key and opens with any it was given.

    AES-256-GCM. A sealed text is `v1.KEY.NONCE.CIPHERTEXT`: which key it was (eight digits of
    its SHA-256), the nonce and the ciphertext with its tag, both base64url.

    Args:
        current: The key that seals.
        previous: Keys that open what was sealed before.
    """

    current: bytes = field(repr=False)
    previous: Sequence[bytes] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if any(len(key) != KEY_BYTES for key in (self.current, *self.previous)):
            raise ValueError(f"an encryption key is {KEY_BYTES} bytes")

    @property
    def key_id(self) -> str:
        """Return which key seals."""
        return _key_id(self.current)

    def seal(self, secret: str, *, nonce: bytes, row: str) -> str:
        """Return `secret` sealed.

        Args:
            secret: What to keep.
            nonce: Twelve random bytes, never used before.
            row: What the secret belongs to; it opens only for the same.

        Raises:
            ValueError: If the nonce has another length.
        """
        if len(nonce) != NONCE_BYTES:
            raise ValueError(f"a nonce is {NONCE_BYTES} bytes: {len(nonce)}")
        sealed = AESGCM(self.current).encrypt(nonce, secret.encode(), _bound(self.key_id, row))
        return f"{VERSION}.{self.key_id}.{_text(nonce)}.{_text(sealed)}"

    def open(self, sealed: str, *, row: str) -> str:
        """Return the secret in `sealed`.

        Raises:
            SealError: If it was sealed with a key this vault has not, for another row, or is
                not as it was sealed.
        """
        parts = sealed.split(".")
        if len(parts) != _PARTS or parts[0] != VERSION:
            raise SealError(f"a sealed secret is {VERSION}.KEY.NONCE.CIPHERTEXT, {row}")
        key = self._keys().get(parts[1])
        if key is None:
            known = " ".join(self._keys())
            raise SealError(
                f"a secret is sealed with an encryption key that is not configured: "
                f"key={parts[1]!r}, configured={known}, {row}"
            )
        try:
            nonce, ciphertext = _bytes(parts[2]), _bytes(parts[3])
            return AESGCM(key).decrypt(nonce, ciphertext, _bound(parts[1], row)).decode()
        except (InvalidTag, ValueError) as error:
            raise SealError(f"a sealed secret is not as it was sealed, {row}") from error

    def is_current(self, sealed: str) -> bool:
        """Return whether `sealed` needs no sealing anew after a rotation."""
        return sealed.startswith(f"{VERSION}.{self.key_id}.")

    def _keys(self) -> Mapping[str, bytes]:
        return {_key_id(key): key for key in (*self.previous, self.current)}


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"tradecore encryption key\0" + key).hexdigest()[:8]


def _bound(key_id: str, row: str) -> bytes:
    return f"tradecore {VERSION}\0{key_id}\0{row}".encode()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _text(data) != text:
        raise ValueError("base64 has one spelling")
    return data
