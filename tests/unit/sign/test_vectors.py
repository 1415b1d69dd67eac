"""Every signature that venues and their clients published comes out the same."""

from __future__ import annotations

import pytest

from tradecore import sign
from twins import ethereum

FAMILIES = ("HMAC-SHA256 hex", "Ed25519, base64", "EIP-712")
TIME_IN_FORCE = {
    1: "GOOD_TILL_TIME",
    2: "ALL_OR_NONE",
    3: "IMMEDIATE_OR_CANCEL",
    4: "FILL_OR_KILL",
    5: "RETAIL_PRICE_IMPROVEMENT",
}


def of_family(vectors, family):
    """Return the vectors of one kind of signature, at least one."""
    chosen = [vector for vector in vectors if vector["alg"].startswith(family)]
    assert chosen, f"no vector of {family}"
    return chosen


def test_every_vector_belongs_to_a_family_tested_here(vectors):
    """A new kind of signature fails here until it has a test below."""
    assert {v["name"] for v in vectors if not v["alg"].startswith(FAMILIES)} == set()


def test_hmac(vectors):
    """Hex by the function, by the prepared key, and with the message as bytes."""
    for vector in of_family(vectors, "HMAC-SHA256 hex"):
        key, payload, expected = vector["secret"], vector["payload"], vector["signature"]
        assert sign.hmac_sha256(key, payload) == expected, vector["name"]
        assert sign.hmac_sha256(key.encode(), payload.encode()) == expected, vector["name"]
        assert sign.HmacKey(key).sign(payload) == expected, vector["name"]
        assert sign.HmacKey(key).verify(payload, expected), vector["name"]


def test_hmac_of_the_docs_third_example_does_not_verify_without_its_stray_blank(vectors):
    """The digest Binance prints is over `timestamp= 159…`; the request it shows has no blank."""
    by_name = {vector["name"]: vector for vector in vectors}
    published = by_name["binance_usdm_docs_example3_published_value"]
    meant = by_name["binance_usdm_hmac_mixed_query_and_body"]
    assert published["payload"].replace("= ", "=") == meant["payload"]

    key = sign.HmacKey(published["secret"])

    assert key.verify(published["payload"], published["signature"])
    assert not key.verify(meant["payload"], published["signature"])
    assert key.verify(meant["payload"], meant["signature"])


def test_ed25519(vectors):
    """Base64 from the PEM as the docs print it, verified by the public PEM where they print one."""
    for vector in of_family(vectors, "Ed25519, base64"):
        pem, payload, expected = vector["private_key_pem"], vector["payload"], vector["signature"]
        assert sign.ed25519(pem, payload) == expected, vector["name"]
        public = vector.get("public_key_pem", sign.Ed25519Key(pem).public_key)
        assert sign.ed25519_verify(public, payload, expected), vector["name"]


def signed(vector):
    """Sign a vector's message through the public functions, from what a trader writes."""
    message, key = vector["message"], sign.Eip712Key(vector["private_key"])
    common = {
        "chain_id": vector["domain"]["chainId"],
        "nonce": int(message["nonce"]),
        "expiration_ns": int(message["expiration"]),
    }
    if vector["primary"] == "WalletLogin":
        return sign.eip712_wallet_login(key, **common)
    if vector["primary"] == "Transfer":
        return sign.eip712_transfer(
            key,
            from_account=message["fromAccount"],
            from_sub_account=message["fromSubAccount"],
            to_account=message["toAccount"],
            to_sub_account=message["toSubAccount"],
            token_currency=message["tokenCurrency"],
            amount=vector["input"]["num_tokens"],
            token_decimals=6,
            **common,
        )
    (leg,) = message["legs"]
    return sign.eip712_order(
        key,
        sub_account_id=message["subAccountID"],
        instrument_hash=leg["assetID"],
        base_decimals=vector["input"]["base_decimals"],
        side="buy" if leg["isBuyingContract"] else "sell",
        quantity=vector["input"]["size"],
        price=None if message["isMarket"] else vector["input"]["limit_price"],
        time_in_force=TIME_IN_FORCE[message["timeInForce"]],
        post_only=message["postOnly"],
        reduce_only=message["reduceOnly"],
        builder=vector["input"]["builder"],
        builder_fee=vector["input"]["builder_fee"],
        excess_digits="truncate",
        **common,
    )


def test_typed_data_field_by_field(vectors):
    """Domain, struct hash, digest, signer, r, s and v; and the signature recovers the signer."""
    for vector in of_family(vectors, "EIP-712"):
        made = signed(vector)
        fields = ("domain_separator", "struct_hash", "digest", "signer", "r", "s", "v")
        assert {f: getattr(made, f) for f in fields} == {f: vector[f] for f in fields}, vector
        if "type_hash" in vector:
            assert made.type_hash == vector["type_hash"], vector["name"]
        recovered = sign.eip712_recover(made.digest, r=made.r, s=made.s, v=made.v)
        assert recovered == vector["signer"], vector["name"]


def test_the_twin_of_the_property_tests_agrees_with_the_vectors_too(vectors):
    """What stands in for the vectors on a machine without them is held by them here."""
    for vector in of_family(vectors, "EIP-712"):
        assert (
            "0x" + ethereum.struct_hash(vector["encode_type"], vector["message"]).hex()
            == (vector["struct_hash"])
        ), vector["name"]
        key = int(vector["private_key"], 16)
        r, s, v = ethereum.sign(key, bytes.fromhex(vector["digest"][2:]))
        assert (f"0x{r:064x}", f"0x{s:064x}", v) == (vector["r"], vector["s"], vector["v"])


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        pytest.param("grvt_order_02", "price must have at most 9 decimals", id="price"),
        pytest.param(
            "grvt_orderwithbuilderfee_14", "builder_fee must have at most 4 decimals", id="fee"
        ),
    ],
)
def test_numbers_with_more_decimals_than_are_signed_are_refused_by_default(vectors, name, digits):
    """GRVT's own library drops them silently; here dropping is asked for, or it is an error."""
    vector = next(v for v in vectors if v["name"] == name)
    (leg,) = vector["message"]["legs"]
    with pytest.raises(sign.SigningError, match=digits):
        sign.eip712_order(
            vector["private_key"],
            chain_id=326,
            sub_account_id=vector["message"]["subAccountID"],
            instrument_hash=leg["assetID"],
            base_decimals=18,
            side="sell",
            quantity=vector["input"]["size"],
            price=vector["input"]["limit_price"],
            builder=vector["input"]["builder"],
            builder_fee=vector["input"]["builder_fee"],
            nonce=1,
            expiration_ns=1,
        )
