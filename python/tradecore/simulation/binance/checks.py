"""What the exchange knows of a key: an HMAC secret, or the public half of an Ed25519 or RSA key."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from tradecore.core import InputError
from tradecore.exchanges.binance.signing import Verifier, params_payload, split_signature

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

__all__ = ["RequestCheck", "RsaKey", "check_of"]

#: The object identifier of RSA keys, as a key names it.
_RSA: Final = bytes.fromhex("2a864886f70d010101")
#: What stands before a SHA-256 digest in a signature (PKCS #1 v1.5).
_DIGEST_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")
_SEQUENCE, _INTEGER, _BITS, _NAME = 0x30, 0x02, 0x03, 0x06
_LONG: Final = 0x80
_LENGTH_BYTES_MAX: Final = 4
_BITS_MIN: Final = 1_024


class RequestCheck(Protocol):
    """What verifies a client's requests."""

    @property
    def is_ed25519(self) -> bool:
        """Whether the request channel may be logged on to with it."""

    def verify(self, payload: bytes, signature: bytes | str, /) -> bool:
        """Return whether a signature is the owner's over these very bytes."""

    def verify_request(self, query: bytes, body: bytes, /) -> bool:
        """Return whether a request carries exactly one signature, and that of its raw bytes."""

    def verify_params(self, params: Mapping[str, Any], /) -> bool:
        """Return whether parameters of the request channel carry their signature."""


def check_of(secret: SecretStr) -> RequestCheck:
    """Return what verifies for a key: a public key where the text is one, else an HMAC secret.

    Raises:
        InputError: If it looks like a public key and is none.
    """
    text = secret.get_secret_value()
    if not text.lstrip().startswith("-----BEGIN PUBLIC KEY"):
        return Verifier(secret)
    der = _der_of(text)
    return RsaKey.of(der) if _RSA in der else Verifier(text, is_ed25519=True)


def _der_of(pem: str) -> bytes:
    lines = [line.strip() for line in pem.strip().splitlines()]
    try:
        return base64.b64decode("".join(lines[1:-1]), validate=True)
    except binascii.Error as error:
        raise InputError("a public key is PEM: its lines are base64") from error


@dataclass(frozen=True, slots=True)
class RsaKey:
    """The public half of an RSA key: signatures are PKCS #1 v1.5 over SHA-256, in base64.

    Source: RFC 8017, section 8.2.2: what is expected is built and compared, never parsed.
    """

    modulus: int = field(repr=False)
    exponent: int

    @classmethod
    def of(cls, der: bytes) -> RsaKey:
        """Read a `SubjectPublicKeyInfo`.

        Raises:
            InputError: If it is none, or of fewer than 1024 bits.
        """
        try:
            info, _ = _value(der, _SEQUENCE)
            algorithm, bits_and_on = _value(info, _SEQUENCE)
            name, _ = _value(algorithm, _NAME)
            bits, _ = _value(bits_and_on, _BITS)
            numbers, _ = _value(bits[1:], _SEQUENCE)
            modulus, after = _value(numbers, _INTEGER)
            exponent, _ = _value(after, _INTEGER)
        except IndexError as error:
            raise InputError("an RSA key is a SubjectPublicKeyInfo: it ends too soon") from error
        key = cls(int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"))
        if name != _RSA or key.modulus.bit_length() < _BITS_MIN or key.exponent < 3:  # noqa: PLR2004
            raise InputError(f"an RSA key has 1024 bits or more: {key.modulus.bit_length()}")
        return key

    @property
    def is_ed25519(self) -> bool:
        """Return that the request channel is not logged on to with it."""
        return False

    def verify(self, payload: bytes, signature: bytes | str, /) -> bool:
        """Return whether `signature`, percent-decoded base64, is that of `payload`."""
        size = (self.modulus.bit_length() + 7) // 8
        try:
            raw = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            return False
        number = int.from_bytes(raw, "big")
        if len(raw) != size or number >= self.modulus:
            return False
        digest = _DIGEST_INFO + hashlib.sha256(payload).digest()
        expected = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
        return pow(number, self.exponent, self.modulus).to_bytes(size, "big") == expected

    def verify_request(self, query: bytes, body: bytes, /) -> bool:
        """Return whether a request carries exactly one signature, and that of its raw bytes."""
        payload, signature = split_signature(query, body)
        return signature is not None and self.verify(payload, signature)

    def verify_params(self, params: Mapping[str, Any], /) -> bool:
        """Return whether parameters of the request channel carry their signature."""
        signature = params.get("signature")
        if not isinstance(signature, str):
            return False
        return self.verify(params_payload(params).encode(), signature)


def _value(der: bytes, tag: int) -> tuple[bytes, bytes]:
    """Return the value of a tag at the beginning, and what follows it."""
    if der[0] != tag:
        raise InputError(f"an RSA key is a SubjectPublicKeyInfo: tag {der[0]:#04x}, not {tag:#04x}")
    length, start = der[1], 2
    if length & _LONG:
        count = length & ~_LONG
        if count > _LENGTH_BYTES_MAX:
            raise InputError(f"an RSA key is a SubjectPublicKeyInfo: {count} bytes of length")
        length, start = int.from_bytes(der[2 : 2 + count], "big"), 2 + count
    end = start + length
    if end > len(der):
        raise IndexError(end)
    return der[start:end], der[end:]
