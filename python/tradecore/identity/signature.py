r"""The signature of a request: what is signed, byte by byte, and how it is compared.

The text that is signed has six lines, joined by a line feed and without one at the end:

    TRADECORE-HMAC-SHA256
    timestamp       milliseconds since the Unix epoch, decimal
    nonce           8 to 64 of A-Z a-z 0-9 _ -
    METHOD          upper case
    /path?query     as on the request line
    digest          SHA-256 of the body, 64 lower-case hexadecimal digits

No part may contain a line feed, so no two requests share a text. The signature is the
HMAC-SHA256 of the text under the secret's ASCII characters, 64 lower-case hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from typing import Final

__all__ = [
    "HEADERS",
    "SignedRequest",
    "canonical_request",
    "fault_of",
    "is_signed_by",
    "sign_request",
]

PREFIX: Final = "TRADECORE-HMAC-SHA256"
HEADERS: Final = ("X-API-KEY", "X-API-TIMESTAMP", "X-API-NONCE", "X-API-SIGNATURE")
"""Where key id, timestamp, nonce and signature stand in a request."""

KEY_ID_CHARS_MAX: Final = 64
TARGET_CHARS_MAX: Final = 4096
# What an unknown key is compared with, at the same cost.
_NO_SECRET: Final = "\0" * 32

_KEY_ID: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{KEY_ID_CHARS_MAX}}}")
_TIMESTAMP: Final = re.compile(r"[1-9][0-9]{0,15}")
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_METHOD: Final = re.compile(r"[A-Z]{1,16}")
_TARGET: Final = re.compile(rf"/[!-\"$-~]{{0,{TARGET_CHARS_MAX - 1}}}")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request with its signature, as it came; nothing in it is believed yet.

    Args:
        key_id: Which API key signed it.
        timestamp_ms: Milliseconds since the Unix epoch, as text.
        nonce: Text that its sender uses once.
        signature: Hexadecimal digits.
        method: As on the request line.
        target: Path and query as on the request line.
        body: The bytes of the body.
    """

    key_id: str
    timestamp_ms: str
    nonce: str
    signature: str = field(repr=False)
    method: str
    target: str
    body: bytes = field(default=b"", repr=False)


def fault_of(request: SignedRequest) -> str | None:
    """Return which part of a request has not the form it must have, or None."""
    forms = (
        ("key id", _KEY_ID, request.key_id),
        ("timestamp", _TIMESTAMP, request.timestamp_ms),
        ("nonce", _NONCE, request.nonce),
        ("method", _METHOD, request.method),
        ("target", _TARGET, request.target),
        ("signature", _SIGNATURE, request.signature),
    )
    return next((name for name, form, text in forms if form.fullmatch(text) is None), None)


def canonical_request(
    *, timestamp_ms: str, nonce: str, method: str, target: str, body: bytes
) -> bytes:
    """Return the text that is signed, of parts in the form they must have.

    Raises:
        ValueError: If a part has not its form.
    """
    forms = ((_TIMESTAMP, timestamp_ms), (_NONCE, nonce), (_METHOD, method), (_TARGET, target))
    for form, text in forms:
        if form.fullmatch(text) is None:
            raise ValueError(f"a part of a signed request is {form.pattern}: {text[:80]!r}")
    digest = hashlib.sha256(body).hexdigest()
    text = f"{PREFIX}\n{timestamp_ms}\n{nonce}\n{method}\n{target}\n{digest}"
    return text.encode("ascii")


def sign_request(
    secret: str, *, timestamp_ms: int, nonce: str, method: str, target: str, body: bytes = b""
) -> str:
    """Return the signature of a request under `secret`, as a client computes it.

    Raises:
        ValueError: If a part has not its form.
    """
    text = canonical_request(
        timestamp_ms=str(timestamp_ms), nonce=nonce, method=method, target=target, body=body
    )
    return hmac.new(secret.encode("ascii"), text, hashlib.sha256).hexdigest()


def is_signed_by(request: SignedRequest, secret: str | None) -> bool:
    """Return whether `secret` signed a request whose form is right, in constant time.

    Without a secret, for a key nobody has, the same work is done and the answer is no.
    """
    expected = sign_request(
        _NO_SECRET if secret is None else secret,
        timestamp_ms=int(request.timestamp_ms),
        nonce=request.nonce,
        method=request.method,
        target=request.target,
        body=request.body,
    )
    return hmac.compare_digest(expected, request.signature) and secret is not None
