"""The encryption key as a setting writes it down."""

from __future__ import annotations

import base64
import binascii
from typing import Final

__all__ = ["KEY_BYTES", "read_key"]

KEY_BYTES: Final = 32
_HEX_CHARS: Final = 2 * KEY_BYTES
_BASE64_CHARS: Final = (43, 44)


def read_key(text: str) -> bytes:
    """Return the 32 bytes that `text` writes down: 64 hexadecimal digits, base64, or as they are.

    Raises:
        ValueError: If it is none of the three; the message does not show it.
    """
    try:
        if len(text) == _HEX_CHARS:
            return bytes.fromhex(text)
        if len(text) in _BASE64_CHARS:
            padded = text.ljust(_BASE64_CHARS[1], "=").replace("-", "+").replace("_", "/")
            return base64.b64decode(padded, validate=True)
    except (ValueError, binascii.Error):
        pass
    key = text.encode()
    if len(key) != KEY_BYTES:
        raise ValueError("an encryption key is 32 bytes: 64 hexadecimal digits, or base64 of them")
    return key
