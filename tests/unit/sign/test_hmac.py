"""HMAC signatures: the standard's cases, every form of key, and what is refused."""

from __future__ import annotations

import base64
import hmac

import pytest
from pydantic import SecretBytes, SecretStr

from tradecore import sign

# RFC 4231, test cases 2 and 6: a short key, and one longer than a block.
RFC_4231 = [
    (
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        (
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6"
            "fdcaeab1a34d4a6b4b636e070a38bce737"
        ),
    ),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        (
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
            "6b56d037e05f2598bd0fd2215d6a1e"
            "5295e64f73f63f0aec8b915a985d786598"
        ),
    ),
]


@pytest.mark.parametrize(("key", "message", "sha256", "sha512"), RFC_4231)
def test_agrees_with_rfc_4231(key, message, sha256, sha512):
    """Short keys, and keys longer than a block, which are hashed first."""
    assert sign.hmac_sha256(key, message) == sha256
    assert sign.hmac_sha512(key, message) == sha512
    in_base64 = base64.b64encode(bytes.fromhex(sha512)).decode()
    assert sign.hmac_sha512(key, message, encoding="base64") == in_base64


@pytest.mark.parametrize("length", [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 200, 100_000])
@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_agrees_with_the_standard_library_at_every_block_edge(length, algorithm):
    """Lengths around the padding of both hashes, the empty message, and a long one."""
    message = bytes(at % 251 for at in range(length))
    key = sign.HmacKey("a key", algorithm=algorithm, encoding="base64")
    expected = base64.b64encode(hmac.digest(b"a key", message, algorithm)).decode()
    assert key.sign(message) == expected
    assert key.verify(message, expected)


@pytest.mark.parametrize(
    "key",
    [
        "pass¤word",
        "pass¤word".encode(),
        bytearray("pass¤word".encode()),
        SecretStr("pass¤word"),
        SecretBytes("pass¤word".encode()),
    ],
    ids=["str", "bytes", "bytearray", "SecretStr", "SecretBytes"],
)
def test_a_key_may_be_text_bytes_or_a_secret(key):
    """A str is its UTF-8."""
    expected = hmac.digest("pass¤word".encode(), b"message", "sha256").hex()
    assert sign.hmac_sha256(key, "message") == expected
    assert sign.HmacKey(key).sign(bytearray(b"message")) == expected


def test_a_prepared_key_outlives_the_buffer_it_was_made_of():
    """The caller may wipe its own copy at once."""
    buffer = bytearray(b"secret")
    key = sign.HmacKey(buffer)
    buffer[:] = bytes(6)
    assert key.sign("m") == sign.hmac_sha256("secret", "m")


@pytest.mark.parametrize("signature", ["", "00", "zz" * 32, "€", b"\xff", "0" * 64, "0" * 66])
def test_what_is_not_the_signature_does_not_verify(signature):
    """Whatever a peer sends instead is simply not the signature."""
    assert sign.HmacKey("k").verify("m", signature) is False


@pytest.mark.parametrize("key", ["", b"", bytearray(), SecretStr("")], ids=repr)
def test_an_empty_key_is_refused(key):
    """HMAC is defined for it, but it is always a missing setting."""
    with pytest.raises(sign.SigningError, match=r"^hmac-sha256 key must not be empty$"):
        sign.hmac_sha256(key, "message")


@pytest.mark.parametrize("key", [None, 7, 1.5, True, ["k"], object()])
def test_a_key_of_another_type_is_refused(key):
    """The text names the type, never the value."""
    with pytest.raises(sign.SigningError, match=r"key must be str, bytes or a secret with get_sec"):
        sign.HmacKey(key)


@pytest.mark.parametrize("message", [None, 7, 1.5, float("nan"), True, ["m"], memoryview(b"m")])
def test_a_message_of_another_type_is_refused(message):
    """Numbers are not silently turned into text before they are signed."""
    with pytest.raises(sign.SigningError, match=r"^message must be str or bytes: got "):
        sign.HmacKey("key").sign(message)


def test_words_that_name_nothing_are_refused():
    """Encodings and hashes are named in lower case."""
    with pytest.raises(
        sign.SigningError, match=r"^encoding must be 'hex' or 'base64': encoding=\"Hex\"$"
    ):
        sign.hmac_sha256("key", "message", encoding="Hex")
    with pytest.raises(sign.SigningError, match=r"^algorithm must be 'sha256' or 'sha512': "):
        sign.HmacKey("key", algorithm="md5")
