"""Tokens of every wrong kind, made by hand: what a library would refuse to make."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

NOW_S = 1_800_000_000
SECRET = "a9Xk2mQ7vL4tR8wZ1cB6nH3jF5pD0sGy"  # noqa: S105 - of this test alone
OTHER_SECRET = "0123456789abcdefghijKLMNOPQRSTUV"  # noqa: S105 - the same


def b64(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def claims(**changes) -> dict:
    """Return the claims of a good token, changed; a value of `...` leaves a claim out."""
    good = {
        "iss": "tradecore",
        "aud": "tradecore",
        "sub": "usr_alice",
        "jti": "t-1",
        "iat": NOW_S,
        "exp": NOW_S + 600,
        "scope": "orders:read orders:write",
        "acc": 7,
    }
    return {name: value for name, value in (good | changes).items() if value is not ...}


def as_bytes(part: dict | str | bytes) -> bytes:
    """Return a part of a token as bytes, JSON unless it is text already."""
    if isinstance(part, dict):
        return json.dumps(part, separators=(",", ":")).encode()
    return part.encode() if isinstance(part, str) else part


def hs256(header: dict | str, payload: dict | str | bytes, secret: bytes | str = SECRET) -> str:
    """Return a token with the HMAC-SHA256 of whatever header and payload."""
    signed = f"{b64(as_bytes(header))}.{b64(as_bytes(payload))}"
    key = secret.encode() if isinstance(secret, str) else secret
    return f"{signed}.{b64(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"
