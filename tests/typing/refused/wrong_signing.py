"""A key that is none, and an encoding nobody reads, do not type-check."""

from __future__ import annotations

import tradecore as tc

tc.sign.HmacKey(7)  # E: arg-type
tc.sign.hmac_sha256("key", {"symbol": "BTCUSDT"})  # E: arg-type
tc.sign.hmac_sha256("key", "body", encoding="binary")  # E: arg-type
tc.sign.hmac_sha256("key", "body", "hex")  # E: call-arg
key = tc.sign.HmacKey("key")
signed: bytes = key.sign("body")  # E: assignment
