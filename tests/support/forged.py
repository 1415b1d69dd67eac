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


def parts_of(token: str) -> tuple[dict, dict, str]:
    """Return header, claims and signature of a token."""
    head, body, mac = token.split(".")
    padded = [part + "=" * (-len(part) % 4) for part in (head, body)]
    read = [json.loads(base64.urlsafe_b64decode(part)) for part in padded]
    return read[0], read[1], mac


def forgeries(token: str, secret: str) -> dict[str, str]:
    """Return what becomes of a good token in wrong hands, and of one that is signed rightly too."""
    header, said, mac = parts_of(token)
    head, body, _ = token.split(".")

    def made(*, key: str | bytes = secret, head: dict | None = None, **changes) -> str:
        changed = {n: v for n, v in (said | changes).items() if v is not ...}
        return hs256(header | (head or {}), changed, key)

    rightly = {
        "no-life": {"exp": said["iat"]},
        "too-long-a-life": {"exp": said["iat"] + 10_000},
        "ended": {"iat": said["iat"] - 800, "exp": said["iat"] - 60},
        "not-yet": {"iat": said["iat"] + 300, "exp": said["iat"] + 600},
        "begins-later": {"nbf": said["iat"] + 300},
        "other-issuer": {"iss": "elsewhere"},
        "other-audience": {"aud": "elsewhere"},
        "nobody": {"sub": "usr_nobody"},
        "other-account": {"acc": 1},
        "no-account-number": {"acc": "7"},
        "scopes-as-list": {"scope": ["admin"]},
        "methods-as-text": {"amr": "pwd"},
        **{f"without-{name}": {name: ...} for name in ("iss", "aud", "sub", "jti", "iat", "exp")},
    }
    heads = {
        "none": {"alg": "none"},
        "no-algorithm": {"alg": ""},
        "hs512": {"alg": "HS512"},
        "rs256": {"alg": "RS256"},
        "eddsa": {"alg": "EdDSA"},
        "other-key": {"kid": "hs-00000000"},
        "path-as-key": {"kid": "../../dev/null"},
        "key-brought-along": {"jwk": {"kty": "oct", "k": "AAAA"}},
        "key-from-afar": {"jku": "https://example.org/k"},
        "refresh-type": {"typ": "rt+jwt"},
        "id-token": {"typ": "id_token"},
        "critical": {"crit": ["exp"]},
    }
    more = b64(json.dumps(said | {"scope": "admin risk:kill"}).encode())
    return {
        **{name: made(**changes) for name, changes in rightly.items()},
        **{f"head-{name}": made(head=changes) for name, changes in heads.items()},
        "other-secret": made(key=OTHER_SECRET),
        "empty-secret": made(key=b""),
        "name-as-secret": made(key=header["kid"]),
        "more-scopes": f"{head}.{more}.{mac}",
        "no-signature": f"{head}.{body}.",
        "two-parts": f"{head}.{body}",
        "cut": token[:-4],
        "flipped": f"{head}.{body}.{'B' if mac[0] == 'A' else 'A'}{mac[1:]}",
        "twice": f"{token}.{mac}",
        "padded": f"{token}=",
        "in-quotes": f'"{token}"',
        "signature-of-itself": f"{head}.{body}.{b64(mac.encode())}",
    }
