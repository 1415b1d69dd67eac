"""Which names promise a secret: one answer for logs, configuration and reports."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ["is_secret_name"]

# Found anywhere in a name once case and separators are gone: `X-MBX-APIKEY`, `apiSecret`.
_FRAGMENTS: Final = (
    "accesskey",
    "apikey",
    "authorization",
    "bearer",
    "cookie",
    "credential",
    "encryptionkey",
    "hmackey",
    "jwt",
    "listenkey",
    "masterkey",
    "mnemonic",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "privkey",
    "secret",
    "seedphrase",
    "sessionid",
    "sessionkey",
    "signature",
    "signingkey",
)
# Whole words only, for they live inside innocent names: `tokenizer`, `design`, `authors`.
_WORDS: Final = frozenset({"auth", "otp", "pin", "pwd", "sig", "token", "tokens"})
# What a name ends in when its value only speaks about a secret: `SIGNATURE_TOLERANCE_MS`.
_ABOUT: Final = frozenset(
    {
        *("bytes", "count", "file", "id", "interval", "kind", "length", "limit", "method", "ms"),
        *("ns", "path", "ratio", "s", "scheme", "seconds", "size", "total", "type", "us"),
    }
)
_NAME_CHARS_MAX: Final = 256

_BREAKS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")


def is_secret_name(name: str) -> bool:
    """Say if a value under `name` must not be shown, whatever its case and separators.

    Only the last 256 characters are looked at.
    """
    return _is_secret(name[-_NAME_CHARS_MAX:])


@lru_cache(maxsize=4096)
def _is_secret(name: str) -> bool:
    words = [word.lower() for word in _BREAKS.split(name) if word]
    if not words or (words[-1] in _ABOUT and words[-2:] != ["session", "id"]):
        return False
    compact = "".join(words)
    if any(fragment in compact for fragment in _FRAGMENTS):
        return True
    return compact.endswith("token") or not _WORDS.isdisjoint(words)
