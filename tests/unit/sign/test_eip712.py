"""GRVT's typed data: what a signature binds, how numbers are scaled, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import SecretStr

from tradecore import sign

KEY = "0x" + "07" * 32
HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
OTHER = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"


def test_the_address_of_the_key_one_is_the_one_everybody_knows():
    """The generator's own address, with its checksum."""
    assert sign.Eip712Key(f"{1:064x}").address == OTHER


@pytest.mark.parametrize(
    "key",
    [KEY, KEY[2:], KEY.upper().replace("0X", "0x"), bytes([7] * 32), SecretStr(KEY)],
    ids=["0x", "hex", "upper", "raw", "secret"],
)
def test_any_form_of_the_key_signs_the_same_and_as_the_prepared_one(key, order):
    """Hex with or without 0x, in either case, raw bytes or a secret."""
    prepared = sign.Eip712Key(key)
    signed = sign.eip712_order(key, **order)
    assert signed == sign.eip712_order(prepared, **order)
    assert hash(signed) == hash(sign.eip712_order(prepared, **order))
    assert signed.signer == prepared.address


def test_s_is_low_and_v_is_27_or_28_for_every_nonce(order):
    """Half of all signatures have a high s before it is normalised, and each v comes up."""
    seen = set()
    for nonce in range(64):
        signed = sign.eip712_order(KEY, **order | {"nonce": nonce})
        assert int(signed.s, 16) <= HALF_ORDER
        assert len(signed.r) == len(signed.s) == 66
        recovered = sign.eip712_recover(signed.digest, r=signed.r, s=signed.s, v=signed.v)
        assert recovered == signed.signer
        seen.add(signed.v)
    assert seen == {27, 28}


@pytest.mark.parametrize(
    "change",
    [
        {"chain_id": 325},
        {"sub_account_id": 43},
        {"instrument_hash": "0x030502"},
        {"base_decimals": 8},
        {"side": "sell"},
        {"quantity": "0.250000001"},
        {"price": "68900.500000001"},
        {"price": None},
        {"nonce": 8},
        {"expiration_ns": 1_900_000_000_000_000_001},
        {"time_in_force": "FILL_OR_KILL"},
        {"post_only": True},
        {"reduce_only": True},
        {"builder": OTHER, "builder_fee": 0},
    ],
    ids=repr,
)
def test_every_argument_is_bound_by_the_signature(change, order):
    """Whoever changes one argument needs another signature."""
    assert sign.eip712_order(KEY, **order).digest != sign.eip712_order(KEY, **order | change).digest


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": Decimal("0.2500")},
        {"quantity": "25e-2"},
        {"price": Decimal("6.89005E+4")},
        {"sub_account_id": "42"},
        {"instrument_hash": "0x0000030501"},
        {"post_only": False},
    ],
    ids=repr,
)
def test_another_way_to_write_the_same_number_signs_the_same(change, order):
    """What is signed is the number, not its spelling."""
    assert sign.eip712_order(KEY, **order) == sign.eip712_order(KEY, **order | change)


def test_excess_digits_are_dropped_only_when_asked_for(order):
    """An order is signed as it was written, or not at all."""
    long = order | {"quantity": "0.2500000009", "price": "68900.5000000009"}
    with pytest.raises(
        sign.SigningError,
        match=r"^price must have at most 9 decimals, or digits are lost: price=68900\.5000000009$",
    ):
        sign.eip712_order(KEY, **long)
    cut = sign.eip712_order(KEY, **long, excess_digits="truncate")
    assert cut == sign.eip712_order(KEY, **order)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quantity": 0.25}, "^quantity must be Decimal, str or int.*got float$"),
        ({"quantity": True}, "^quantity must be Decimal, str or int.*got bool$"),
        ({"quantity": "0"}, "^quantity must be above zero: quantity=0$"),
        ({"quantity": "-1"}, "^quantity must be above zero: quantity=-1$"),
        ({"quantity": "nan"}, "^quantity is not a decimal number"),
        ({"quantity": Decimal("Infinity")}, "^quantity is not a decimal number"),
        ({"quantity": "1e11"}, "^quantity must fit 64 bits once scaled by 10\\^9: quantity=1000"),
        ({"quantity": "1e-19"}, "^quantity has more digits than the core keeps"),
        ({"price": "0"}, "^price must be above zero"),
        ({"price": float("nan")}, "^price must be Decimal, str or int"),
        ({"price": "1e30"}, "^price must fit 64 bits"),
        ({"base_decimals": 19}, "^base_decimals must be at most 18: base_decimals=19$"),
        ({"base_decimals": -1}, "^base_decimals must be a whole number from 0"),
        ({"sub_account_id": -1}, "^sub_account_id must be a whole number from 0"),
        ({"sub_account_id": "-1"}, "^sub_account_id must be the digits of a number below"),
        ({"sub_account_id": 2**64}, "^sub_account_id must be a whole number from 0"),
        ({"sub_account_id": True}, "^sub_account_id must be a whole number from 0"),
        ({"chain_id": 326.0}, "^chain_id must be a whole number from 0"),
        ({"nonce": 2**32}, "^nonce must fit 32 bits: nonce=4294967296$"),
        ({"expiration_ns": 0}, "^expiration_ns must be above zero: expiration_ns=0$"),
        ({"expiration_ns": -5}, "^expiration_ns must be above zero: expiration_ns=-5$"),
        ({"expiration_ns": 2**63}, "^expiration_ns must be a whole number from"),
        ({"expiration_ns": 1.9e18}, "^expiration_ns must be a whole number from"),
        ({"instrument_hash": "030501"}, "^instrument_hash must be 0x and 1 to 64 hex digits"),
        ({"instrument_hash": "0x03050g"}, "^instrument_hash must be 0x and 1 to 64 hex digits"),
        ({"side": "long"}, "^side must be 'buy' or 'sell': side=\"long\"$"),
        ({"time_in_force": "GTC"}, "^time_in_force must be GOOD_TILL_TIME, ALL_OR_NONE"),
        ({"excess_digits": "round"}, "^excess_digits must be 'refuse' or 'truncate'"),
        ({"builder": OTHER}, "^builder and builder_fee must be given together: builder alone is$"),
        ({"builder_fee": "1"}, "given together: builder_fee alone is$"),
        ({"builder": "0x12", "builder_fee": "1"}, "^builder must be 0x and 40 hex digits"),
        ({"builder": OTHER, "builder_fee": "-1"}, "^builder_fee must be above zero"),
        ({"builder": OTHER, "builder_fee": "0.00001"}, "^builder_fee must have at most 4 decimals"),
        ({"builder": OTHER, "builder_fee": "500000"}, "^builder_fee must fit 32 bits"),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused(change, said, order):
    """The text names the argument, the rule and the value."""
    with pytest.raises(sign.SigningError, match=said):
        sign.eip712_order(KEY, **order | change)


@pytest.mark.parametrize("missing", ["expiration_ns", "nonce", "price", "chain_id"])
def test_nothing_that_matters_has_a_default(missing, order):
    """A forgotten price would be a market order, a forgotten expiration lives for a day."""
    del order[missing]
    with pytest.raises(TypeError, match=f"missing.*{missing}"):
        sign.eip712_order(KEY, **order)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "^secp256k1 key must not be empty$"),
        ("0x", "got 2 bytes that are not$"),
        ("07" * 31, "got 62 bytes that are not$"),
        ("zz" * 32, "got 64 bytes that are not$"),
        ("00" * 32, "above zero and below the curve's order"),
        (bytes(32), "above zero and below the curve's order"),
        ("ff" * 32, "above zero and below the curve's order"),
        ("-----BEGIN PRIVATE KEY-----", "32 raw bytes or 64 hex digits"),
        (7, "^key must be str, bytes or a secret with get_secret_value: got int$"),
    ],
)
def test_a_key_outside_the_curve_is_refused(key, said, order):
    """Zero, the curve's order and above, and what is no number at all."""
    with pytest.raises(sign.SigningError, match=said):
        sign.eip712_order(key, **order)


def test_transfers_and_logins_bind_their_arguments():
    """A transfer's signature moves this amount, once, between these two, and nothing else."""
    transfer = {
        "chain_id": 325,
        "from_account": OTHER,
        "from_sub_account": 0,
        "to_account": sign.Eip712Key(KEY).address,
        "to_sub_account": "8",
        "token_currency": 3,
        "amount": "1.5",
        "token_decimals": 6,
        "nonce": 1,
        "expiration_ns": 5,
    }
    digest = sign.eip712_transfer(KEY, **transfer).digest
    for change in (
        {"from_sub_account": 1},
        {"to_account": OTHER},
        {"token_currency": 4},
        {"amount": "1.500001"},
        {"token_decimals": 7},
        {"nonce": 2},
        {"expiration_ns": 6},
    ):
        assert sign.eip712_transfer(KEY, **transfer | change).digest != digest, change
    with pytest.raises(sign.SigningError, match=r"^amount must have at most 6 decimals"):
        sign.eip712_transfer(KEY, **transfer | {"amount": "0.0000001"})
    with pytest.raises(
        sign.SigningError, match=r"^token_currency must fit 8 bits: token_currency=256"
    ):
        sign.eip712_transfer(KEY, **transfer | {"token_currency": 256})

    login = sign.eip712_wallet_login(KEY, chain_id=325, nonce=1, expiration_ns=5)
    assert login != sign.eip712_wallet_login(KEY, chain_id=325, nonce=2, expiration_ns=5)
    with pytest.raises(sign.SigningError, match=r"^expiration_ns must be above zero"):
        sign.eip712_wallet_login(KEY, chain_id=325, nonce=1, expiration_ns=0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"v": 0}, "^signature recovers no key"),
        ({"v": 29}, "^signature recovers no key"),
        ({"v": 256}, "^v must fit 8 bits"),
        ({"r": "0x" + "00" * 32}, "^signature recovers no key"),
        ({"s": "0x" + "ff" * 32}, "^signature recovers no key"),
        ({"r": "0x12"}, "^r must be 0x and 64 hex digits"),
    ],
)
def test_what_no_key_signed_recovers_nobody(change, said, order):
    """Nor does the mirror image of a good signature, which plain ECDSA would accept."""
    signed = sign.eip712_order(KEY, **order)
    good = {"r": signed.r, "s": signed.s, "v": signed.v}
    with pytest.raises(sign.SigningError, match=said):
        sign.eip712_recover(signed.digest, **good | change)
    # The mirror image (n - s, other v) is as valid to plain ECDSA, and venues refuse it.
    high = 2 * HALF_ORDER + 1 - int(signed.s, 16)
    with pytest.raises(sign.SigningError, match=r"^signature recovers no key"):
        sign.eip712_recover(signed.digest, r=signed.r, s=f"0x{high:064x}", v=55 - signed.v)
