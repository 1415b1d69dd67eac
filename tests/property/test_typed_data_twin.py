"""GRVT's typed data hashed and signed in Rust agrees with a twin written by the book in Python."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tradecore import sign
from twins import ethereum

LEG = "OrderLeg(uint256 assetID,uint64 contractSize,uint64 limitPrice,bool isBuyingContract)"
HEAD = (
    "(uint64 subAccountID,bool isMarket,uint8 timeInForce,bool postOnly,bool reduceOnly,"
    "OrderLeg[] legs,"
)
TAIL = "uint32 nonce,int64 expiration)"
ORDER = f"Order{HEAD}{TAIL}{LEG}"
ORDER_WITH_BUILDER_FEE = f"OrderWithBuilderFee{HEAD}address builder,uint32 builderFee,{TAIL}{LEG}"
DOMAIN = "EIP712Domain(string name,string version,uint256 chainId)"
WORDS = (
    "GOOD_TILL_TIME",
    "ALL_OR_NONE",
    "IMMEDIATE_OR_CANCEL",
    "FILL_OR_KILL",
    "RETAIL_PRICE_IMPROVEMENT",
)

u64 = st.integers(0, 2**64 - 1)
positive = st.integers(1, 2**64 - 1)
orders = st.fixed_dictionaries(
    {
        "subAccountID": u64,
        "isMarket": st.booleans(),
        "timeInForce": st.integers(1, 5),
        "postOnly": st.booleans(),
        "reduceOnly": st.booleans(),
        "legs": st.tuples(
            st.fixed_dictionaries(
                {
                    "assetID": st.integers(0, 2**256 - 1),
                    "contractSize": positive,
                    "limitPrice": positive,
                    "isBuyingContract": st.booleans(),
                }
            )
        ),
        "builder": st.none() | st.binary(min_size=20, max_size=20).map(lambda b: "0x" + b.hex()),
        "builderFee": st.integers(0, 2**32 - 1),
        "nonce": st.integers(0, 2**32 - 1),
        "expiration": st.integers(1, 2**63 - 1),
    }
)


def sign_order(key, chain_id, message, base_decimals):
    """Sign a message of integers through the arguments a trader writes."""
    (leg,) = message["legs"]
    built = message["builder"] is not None
    return sign.eip712_order(
        key,
        chain_id=chain_id,
        sub_account_id=message["subAccountID"],
        instrument_hash=hex(leg["assetID"]),
        base_decimals=base_decimals,
        side="buy" if leg["isBuyingContract"] else "sell",
        quantity=Decimal(leg["contractSize"]).scaleb(-base_decimals),
        price=None if message["isMarket"] else f"{leg['limitPrice']}e-9",
        time_in_force=WORDS[message["timeInForce"] - 1],
        post_only=message["postOnly"],
        reduce_only=message["reduceOnly"],
        builder=message["builder"],
        builder_fee=Decimal(message["builderFee"]).scaleb(-4) if built else None,
        nonce=message["nonce"],
        expiration_ns=message["expiration"],
    )


@given(orders, u64, st.integers(0, 18))
def test_orders_hash_as_the_twin_says(message, chain_id, base_decimals):
    """Any order of integers the message can hold, scaled from decimals and back without a loss."""
    signed = sign_order("11" * 32, chain_id, message, base_decimals)

    if message["isMarket"]:
        message["legs"][0]["limitPrice"] = 0
    declared = ORDER if message["builder"] is None else ORDER_WITH_BUILDER_FEE
    domain = {"name": "GRVT Exchange", "version": "0", "chainId": chain_id}
    separator = ethereum.struct_hash(DOMAIN, domain)
    struct_hash = ethereum.struct_hash(declared, message)
    digest = ethereum.keccak(b"\x19\x01" + separator + struct_hash)

    assert signed.type_hash == "0x" + ethereum.keccak(declared.encode()).hex()
    assert signed.domain_separator == "0x" + separator.hex()
    assert signed.struct_hash == "0x" + struct_hash.hex()
    assert signed.digest == "0x" + digest.hex()


@settings(max_examples=20)
@example(1, 0)
@given(st.integers(1, ethereum.ORDER - 1), st.integers(0, 2**32 - 1))
def test_signatures_and_addresses_are_those_of_the_twin(key, nonce):
    """Any key of the curve: the same deterministic nonce, the same low s, the same v."""
    prepared = sign.Eip712Key(key.to_bytes(32, "big"))
    signed = sign.eip712_wallet_login(prepared, chain_id=325, nonce=nonce, expiration_ns=1)

    r, s, v = ethereum.sign(key, bytes.fromhex(signed.digest[2:]))

    assert (int(signed.r, 16), int(signed.s, 16), signed.v) == (r, s, v)
    assert prepared.address.lower() == ethereum.address(key)
    assert sign.eip712_recover(signed.digest, r=signed.r, s=signed.s, v=v) == prepared.address
