"""A message of the request channel is written as the declared one is."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from tradecore.core import InputError
from tradecore.exchanges.base import Credentials
from tradecore.exchanges.binance.messages import ApiRequest
from tradecore.exchanges.binance.signing import Signer, params_payload
from tradecore.sign import Ed25519Key, HmacKey

SEED = "11" * 32


@pytest.mark.parametrize(
    ("method", "secret"), [("hmac_sha256", "secret"), ("ed25519", SEED)], ids=["hmac", "ed25519"]
)
@pytest.mark.parametrize("symbol", ["BTCUSDT", '"\\\n\x01\u00fc\uff11'], ids=["plain", "escaped"])
def test_a_message_is_written_as_the_declared_one_is(method, secret, symbol):
    """Escapes, the key's name and the signature last, and without them."""
    ours = Signer(Credentials(key=SecretStr("name"), secret=SecretStr(secret), method=method))
    key = Ed25519Key(secret) if method == "ed25519" else HmacKey(secret)
    params = {"symbol": symbol, "price": "1.50", "reduceOnly": True, "timestamp": 1_700_000_000_000}
    named = {**params, "apiKey": "name"}
    signed = {**named, "signature": key.sign(params_payload(named))}

    for stands, is_signed in ((signed, True), (params, False)):
        declared = ApiRequest(id="order-1", method="order.place", params=stands).encode().decode()
        text = ours.writer.write("order-1", "order.place", params, signed=is_signed)
        assert text == declared


def test_a_parameter_of_another_type_is_refused_by_name():
    """A float would be a guess."""
    ours = Signer(Credentials(key=SecretStr("name"), secret=SecretStr("secret")))

    with pytest.raises(InputError, match="name=price, got float"):
        ours.writer.write("1", "order.place", {"price": 1.5}, signed=True)
    assert "secret" not in repr(ours.writer)
