"""HMAC signed in Rust agrees with the standard library on any key and message."""

from __future__ import annotations

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore import sign


@given(
    st.binary(min_size=1, max_size=300),
    st.binary(max_size=600),
    st.sampled_from(["sha256", "sha512"]),
)
def test_signatures_are_those_of_the_standard_library(key, message, algorithm):
    """Keys and messages around every block edge, both hashes, both encodings."""
    expected = hmac.digest(key, message, algorithm)
    assert sign.HmacKey(key, algorithm=algorithm).sign(message) == expected.hex()
    in_base64 = sign.HmacKey(key, algorithm=algorithm, encoding="base64")
    assert in_base64.sign(message) == base64.b64encode(expected).decode()
    assert in_base64.verify(message, base64.b64encode(expected))


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])), st.text())
def test_text_is_signed_as_utf8(key, message):
    """What has no UTF-8, a lone surrogate, is refused without being shown."""
    if any("\ud800" <= character <= "\udfff" for character in message):
        with pytest.raises(sign.SigningError, match=r"^message must have no lone surrogates: got"):
            sign.hmac_sha256(key, message)
    else:
        expected = hmac.digest(key.encode(), message.encode(), "sha256").hex()
        assert sign.hmac_sha256(key, message) == expected
