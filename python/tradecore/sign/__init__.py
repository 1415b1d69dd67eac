"""Request signatures: HMAC, Ed25519, and GRVT's typed data; keys are never shown or kept longer.

The names come from Rust as they are, so that no Python frame ever holds a key in a local variable
for a traceback to print. A key may be `str`, `bytes`, `bytearray`, or an object with
`get_secret_value()` (pydantic's `SecretStr`); prefer a prepared key where many messages are signed:

    key = HmacKey(secret)
    signature = key.sign("symbol=BTCUSDT&timestamp=1591702613943")
"""

from __future__ import annotations

from tradecore.core import (
    Ed25519Key,
    Eip712Key,
    Eip712Signature,
    HmacKey,
    RequestWriter,
    SigningError,
    ed25519,
    ed25519_verify,
    eip712_order,
    eip712_recover,
    eip712_transfer,
    eip712_wallet_login,
    hmac_sha256,
    hmac_sha512,
)

__all__ = [
    "Ed25519Key",
    "Eip712Key",
    "Eip712Signature",
    "HmacKey",
    "RequestWriter",
    "SigningError",
    "ed25519",
    "ed25519_verify",
    "eip712_order",
    "eip712_recover",
    "eip712_transfer",
    "eip712_wallet_login",
    "hmac_sha256",
    "hmac_sha512",
]
