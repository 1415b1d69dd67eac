"""No key ever shows: not in `repr`, not in an error, not in a traceback that prints locals."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest
from pydantic import SecretStr

from tradecore import sign

# A run of hex that is a valid secp256k1 key, a valid Ed25519 seed and a valid HMAC key.
CANARY = "c0ffee" * 10 + "c0ff"

PEM = "-----BEGIN {0}-----\n" + CANARY + "\n-----END {0}-----\n"

FAILING = {
    "hmac-encoding": lambda key, _: sign.hmac_sha256(key(CANARY), "m", encoding="no"),
    "hmac-message": lambda key, _: sign.hmac_sha512(key(CANARY), 5),
    "hmac-algorithm": lambda key, _: sign.HmacKey(key(CANARY), algorithm="no"),
    "hmac-surrogate": lambda key, _: sign.HmacKey(key(CANARY + "\udc80")),
    "hmac-container": lambda _key, _: sign.HmacKey([CANARY]),
    "ed25519-truncated": lambda key, _: sign.ed25519(key(CANARY[1:]), "m"),
    "ed25519-pem": lambda key, _: sign.Ed25519Key(key(PEM.format("PRIVATE KEY"))),
    "ed25519-other-pem": lambda key, _: sign.Ed25519Key(key(PEM.format("RSA PRIVATE KEY"))),
    "ed25519-message": lambda key, _: sign.ed25519(key(CANARY), None),
    "eip712-truncated": lambda key, _: sign.Eip712Key(key(CANARY[1:])),
    "eip712-long": lambda key, _: sign.Eip712Key(key(CANARY + "00")),
    "eip712-order": lambda key, order: sign.eip712_order(key(CANARY), **order | {"quantity": "x"}),
    "eip712-login": lambda key, _: sign.eip712_wallet_login(
        key(CANARY), chain_id=1, nonce=1, expiration_ns=0
    ),
    "eip712-misplaced": lambda _key, order: sign.eip712_order(
        b"\x07" * 32, **order | {"builder": CANARY, "builder_fee": 0}
    ),
    "eip712-missing": lambda key, _: sign.eip712_order(key(CANARY)),
}


@pytest.mark.parametrize("wrap", [str, SecretStr], ids=["str", "SecretStr"])
@pytest.mark.parametrize("fail", FAILING.values(), ids=FAILING)
def test_no_error_shows_the_key(fail, wrap, order):
    """Neither the text nor the causes, whose arguments Python would print."""
    with pytest.raises(
        (sign.SigningError, TypeError), match=r"must|missing|lone|is not a"
    ) as caught:
        fail(wrap, order)

    error = caught.value
    shown = [str(error), repr(error), repr(error.args), *traceback.format_exception(error)]
    assert error.__cause__ is None
    assert error.__context__ is None
    assert CANARY[:12] not in "".join(shown).lower()


def test_no_frame_of_ours_holds_the_key(order):
    """The functions are Rust's own, so a traceback with locals has no frame of tradecore in it."""
    with pytest.raises(sign.SigningError, match=r"^secp256k1 key must be") as caught:
        sign.eip712_order(CANARY[1:], **order)
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert [frame.filename for frame in frames] == [__file__]


@pytest.mark.parametrize(
    "prepared",
    [sign.HmacKey(CANARY), sign.Ed25519Key(CANARY), sign.Eip712Key(CANARY)],
    ids=lambda prepared: type(prepared).__name__,
)
def test_a_prepared_key_prints_stars_and_cannot_leave_the_process(prepared):
    """It can be neither copied nor pickled, and no attribute gives the key back."""
    for text in (repr(prepared), str(prepared), f"{prepared}", ascii(prepared)):
        assert "***" in text
        assert "c0ffee" not in text
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="pickle"):
            leave(prepared)
    values = [getattr(prepared, name) for name in dir(prepared) if not name.startswith("__")]
    assert not any("c0ffee" in str(value) for value in values)


def test_a_signature_prints_nothing_but_public_values(order):
    """Signer, r, s and v go over the wire anyway."""
    signed = sign.eip712_order(CANARY, **order)
    assert repr(signed).startswith(f"Eip712Signature(signer='{signed.signer}', r='0x")
    assert "c0ffee" not in repr(signed)
