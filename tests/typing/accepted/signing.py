"""Keys are text, bytes or a secret's holder; signatures are text."""

from __future__ import annotations

from typing import assert_type

from pydantic import SecretStr

import tradecore as tc

key = tc.sign.HmacKey(SecretStr("not-a-secret"))
assert_type(key.sign("symbol=BTCUSDT&timestamp=1"), str)
assert_type(key.verify(b"symbol=BTCUSDT", "00"), bool)
assert_type(tc.sign.hmac_sha256("not-a-secret", b"body", encoding="base64"), str)
assert_type(tc.sign.hmac_sha512(bytearray(b"not-a-secret"), "body"), str)
assert_type(tc.sign.ed25519(bytes(32), "body"), str)
