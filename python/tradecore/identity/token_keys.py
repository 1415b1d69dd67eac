"""Keys that sign and check tokens: one algorithm, and several keys while they are changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from tradecore.identity.users import IdentityError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Algorithm", "TokenKeys"]

SECRET_BYTES_MIN: Final = 32
RSA_BITS_MIN: Final = 2048
KEYS_MAX: Final = 16


class Algorithm(StrEnum):
    """How tokens are signed; configured, never taken from a token."""

    HS256 = "HS256"
    EDDSA = "EdDSA"
    RS256 = "RS256"


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """The keys of one algorithm.

    Args:
        algorithm: The only one that is accepted.
        verification: Keys that check, by their `kid`.
        signing_kid: Which of them signs; None where tokens are only checked.
        signing: The key that signs.
    """

    algorithm: Algorithm
    verification: Mapping[str, Any] = field(repr=False)
    signing_kid: str | None = None
    signing: Any = field(default=None, repr=False)

    @classmethod
    def from_secret(cls, secret: str, previous: Sequence[str] = ()) -> TokenKeys:
        """Return the keys of HS256: one that signs, and those that signed before.

        Raises:
            IdentityError: If one is shorter than 32 bytes or is a public key in text.
        """
        _check_count(1 + len(previous))
        keys = {_secret_kid(text): _secret_bytes(text) for text in (*previous, secret)}
        kid = _secret_kid(secret)
        return cls(Algorithm.HS256, keys, kid, keys[kid])

    @classmethod
    def from_pem(
        cls, algorithm: Algorithm, private: str | None, public: Sequence[str] = ()
    ) -> TokenKeys:
        """Return the keys of EdDSA or RS256, from PEM.

        Args:
            algorithm: Which of the two.
            private: The key that signs; None where tokens are only checked.
            public: Further keys that check: those of before, or of another issuer.

        Raises:
            IdentityError: If one is no key of that algorithm, or an RSA key under 2,048 bits.
        """
        _check_count(1 + len(public))
        keys = [_public_of(algorithm, text) for text in public]
        verification = {_public_kid(key): key for key in keys}
        if private is None:
            return cls(algorithm, verification)
        signing = _private_of(algorithm, private)
        kid = _public_kid(signing.public_key())
        return cls(algorithm, verification | {kid: signing.public_key()}, kid, signing)

    @classmethod
    def from_jwks(cls, algorithm: Algorithm, text: str) -> TokenKeys:
        """Return the keys of another issuer, from its JSON web key set; the set has public keys.

        Raises:
            IdentityError: If it is none, or a key has no `kid` or is of another algorithm.
        """
        try:
            entries = json.loads(text)["keys"]
            read = [(entry["kid"], entry.get("alg"), PyJWK(entry, algorithm)) for entry in entries]
        except (ValueError, TypeError, KeyError, PyJWTError) as error:
            kind = type(error).__name__
            raise IdentityError(f"a key set has keys of {algorithm} with kid: {kind}") from error
        _check_count(len(read))
        for kid, named, one in read:
            if not isinstance(kid, str) or named not in {None, algorithm.value}:
                raise IdentityError(f"a key of the set is for {algorithm}: alg={named!r}")
            _check_public(algorithm, one.key)
        return cls(algorithm, {kid: one.key for kid, _, one in read})

    def key_of(self, kid: str | None) -> Any:  # noqa: ANN401 - bytes, or a key of cryptography
        """Return the key a token names, or None; without a name, the only one there is."""
        if kid is None:
            return next(iter(self.verification.values())) if len(self.verification) == 1 else None
        return self.verification.get(kid)


def _check_count(count: int) -> None:
    if not 1 <= count <= KEYS_MAX:
        raise IdentityError(f"tokens are checked with 1 to {KEYS_MAX} keys: {count}")


def _secret_bytes(text: str) -> bytes:
    secret = text.encode()
    if len(secret) < SECRET_BYTES_MIN:
        raise IdentityError(f"a secret of HS256 has at least {SECRET_BYTES_MIN} bytes")
    if "-----BEGIN" in text or text.lstrip().startswith(("ssh-", "{")):
        raise IdentityError("a secret of HS256 is no key of another algorithm")
    return secret


def _secret_kid(text: str) -> str:
    return f"hs-{hashlib.sha256(b'tradecore kid' + text.encode()).hexdigest()[:8]}"


def _public_kid(key: Ed25519PublicKey | RSAPublicKey) -> str:
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()[:16]


def _private_of(algorithm: Algorithm, pem: str) -> Ed25519PrivateKey | RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise IdentityError("a private key is PEM without a password") from error
    if not isinstance(key, Ed25519PrivateKey | RSAPrivateKey):
        raise IdentityError(f"a key is for {algorithm}: {type(key).__name__}")
    _check_public(algorithm, key.public_key())
    return key


def _public_of(algorithm: Algorithm, pem: str) -> Ed25519PublicKey | RSAPublicKey:
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise IdentityError("a public key is PEM") from error
    return _check_public(algorithm, key)


def _check_public(algorithm: Algorithm, key: object) -> Ed25519PublicKey | RSAPublicKey:
    if algorithm is Algorithm.EDDSA and isinstance(key, Ed25519PublicKey):
        return key
    if algorithm is Algorithm.RS256 and isinstance(key, RSAPublicKey):
        if key.key_size < RSA_BITS_MIN:
            raise IdentityError(f"an RSA key has at least {RSA_BITS_MIN} bits: {key.key_size}")
        return key
    raise IdentityError(f"a key is for {algorithm}: {type(key).__name__}")
