"""Signatures over exactly the bytes that travel, and the check a venue makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote_to_bytes

from tradecore.sign import Ed25519Key, HmacKey, RequestWriter, SigningError, ed25519_verify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from tradecore.exchanges.base import Credentials

_MARK: Final = b"signature="


@dataclass(frozen=True, slots=True)
class Signer:
    """A prepared key and the name it goes by; neither is shown.

    Raises:
        SigningError: If the secret is no key of its method.
    """

    credentials: Credentials = field(repr=False)
    _key: HmacKey | Ed25519Key = field(init=False, repr=False)
    #: Writes messages of the request channel.
    writer: RequestWriter = field(init=False, repr=False)

    def __post_init__(self) -> None:
        secret = self.credentials.secret
        is_ed25519 = self.credentials.method == "ed25519"
        key = Ed25519Key(secret) if is_ed25519 else HmacKey(secret)
        object.__setattr__(self, "_key", key)
        writer = RequestWriter(self.credentials.key.get_secret_value(), key)
        object.__setattr__(self, "writer", writer)

    @property
    def has_session(self) -> bool:
        """Whether the request channel can be logged on to, so that requests go unsigned."""
        return self.credentials.method == "ed25519"

    def headers(self) -> dict[str, str]:
        """Return the header that says who asks."""
        return {"X-MBX-APIKEY": self.credentials.key.get_secret_value()}

    def sign_query(self, query: str, /) -> str:
        """Return a query with its signature at the end, percent-encoded."""
        return f"{query}&signature={quote(self._key.sign(query), safe='')}"


@dataclass(frozen=True, slots=True)
class Verifier:
    """What a venue knows of a client's key: an HMAC secret, or the public half of an Ed25519 key.

    Raises:
        SigningError: If an HMAC secret is empty.
    """

    secret: str | SecretStr = field(repr=False)
    is_ed25519: bool = False
    _key: HmacKey | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_key", None if self.is_ed25519 else HmacKey(self.secret))

    def verify(self, payload: bytes, signature: bytes | str, /) -> bool:
        """Return whether `signature`, percent-decoded, is that of `payload`.

        Hexadecimal is compared in either case, base64 as it is.
        """
        raw = signature.encode() if isinstance(signature, str) else signature
        if self._key is not None:
            return self._key.verify(payload, raw.lower())
        public = self.secret if isinstance(self.secret, str) else self.secret.get_secret_value()
        try:
            return ed25519_verify(public, payload, raw)
        except SigningError:
            return False

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


def split_signature(query: bytes, body: bytes, /) -> tuple[bytes, bytes | None]:
    """Take the signature out of a request, and leave every other byte as it came.

    Returns:
        Query and body joined without anything between them, as signed; and the signature,
        percent-decoded, or `None` if there is none or more than one.
    """
    rest: list[bytes] = []
    found: list[bytes] = []
    for part in (query, body):
        pairs = part.split(b"&") if part else []
        found += [pair[len(_MARK) :] for pair in pairs if pair.startswith(_MARK)]
        rest.append(b"&".join(pair for pair in pairs if not pair.startswith(_MARK)))
    return b"".join(rest), unquote_to_bytes(found[0]) if len(found) == 1 else None


def params_payload(params: Mapping[str, Any], /) -> str:
    """Return what is signed of the request channel's parameters: sorted by name, not encoded."""
    # A list and no call for what is text already: an order waits for this.
    return "&".join(
        [
            f"{name}={value if type(value) is str else _plain(value)}"
            for name, value in sorted(params.items())
            if name != "signature"
        ]
    )


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
