"""Ed25519 signatures: the standard's case in every form of key, and what is refused."""

from __future__ import annotations

import base64

import pytest
from pydantic import SecretStr

from tradecore import sign

# RFC 8032 §7.1, test 2.
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
MESSAGE = b"\x72"


def document(label, der):
    """Return `der` as a PEM document."""
    return f"-----BEGIN {label}-----\n{base64.b64encode(der).decode()}\n-----END {label}-----\n"


@pytest.mark.parametrize("form", ["seed", "hex", "pem", "pem-crlf", "pem-bytes", "secret"])
def test_agrees_with_rfc_8032_in_every_form_of_key(form, seed, private_pem):
    """A raw seed, hex, or PEM with either line ending, plain or as a secret."""
    key = {
        "seed": seed,
        "hex": seed.hex(),
        "pem": private_pem,
        "pem-crlf": private_pem.replace("\n", "\r\n"),
        "pem-bytes": private_pem.strip().encode(),
        "secret": SecretStr(private_pem),
    }[form]
    in_base64 = base64.b64encode(bytes.fromhex(SIGNATURE)).decode()
    assert sign.ed25519(key, MESSAGE, encoding="hex") == SIGNATURE
    assert sign.ed25519(key, MESSAGE) == in_base64
    prepared = sign.Ed25519Key(key)
    assert prepared.sign(MESSAGE) == prepared.sign(MESSAGE.decode()) == in_base64
    assert prepared.public_key == PUBLIC
    assert repr(prepared) == f"Ed25519Key(***, public_key='{PUBLIC}')"


def test_an_empty_message_is_signed(seed):
    """Nothing is a message like any other."""
    signature = sign.ed25519(seed, "")
    assert sign.ed25519_verify(PUBLIC, b"", signature)
    assert not sign.ed25519_verify(PUBLIC, b"\x00", signature)


def test_verifies_with_any_form_of_the_public_key():
    """Hex, raw bytes or a PEM, and only what was signed."""
    spki = bytes.fromhex("302a300506032b6570032100" + PUBLIC)
    for public in (PUBLIC, bytes.fromhex(PUBLIC), document("PUBLIC KEY", spki)):
        assert sign.ed25519_verify(public, MESSAGE, SIGNATURE, encoding="hex")
        assert not sign.ed25519_verify(public, b"other", SIGNATURE, encoding="hex")


@pytest.mark.parametrize(
    ("label", "prefix", "said"),
    [
        pytest.param(
            "PRIVATE KEY", "302e020100300506032b656e04220420", "another algorithm", id="x25519"
        ),
        pytest.param("EC PRIVATE KEY", "", "an elliptic-curve key", id="sec1"),
        pytest.param("RSA PRIVATE KEY", "", "an RSA key", id="rsa"),
        pytest.param("PUBLIC KEY", "", "a public key", id="public"),
        pytest.param("ENCRYPTED PRIVATE KEY", "", "an encrypted key", id="encrypted"),
        pytest.param("OPENSSH PRIVATE KEY", "", "an OpenSSH key", id="openssh"),
    ],
)
def test_a_key_of_something_else_is_named(label, prefix, said, seed):
    """A user who pastes the wrong file is told which one it is."""
    wrong = document(label, bytes.fromhex(prefix) + seed)
    with pytest.raises(sign.SigningError, match=f"^ed25519 key must be of that algorithm.*{said}"):
        sign.ed25519(wrong, "message")


@pytest.mark.parametrize(
    "damage",
    [
        lambda pem: pem.replace("MC4C", "MC5C"),
        lambda pem: pem[:60],
        lambda pem: pem.replace("\n", " "),
        lambda pem: pem.replace("-----END", "----END"),
        lambda pem: pem[len("-----BEGIN PRIVATE KEY-----\n") :],
        lambda _: "00" * 31,
        lambda _: "0x" + "00" * 32,
        lambda _: bytes(33),
        lambda _: "g" * 64,
    ],
    ids=["der", "truncated", "one-line", "end", "no-label", "31-bytes", "0x", "33-bytes", "no-hex"],
)
def test_a_damaged_key_is_refused(damage, private_pem):
    """The text says what forms are accepted, since the key may not be shown."""
    with pytest.raises(
        sign.SigningError, match=r"^ed25519 key must be a PKCS#8 PEM with its line breaks, 32"
    ):
        sign.Ed25519Key(damage(private_pem))


@pytest.mark.parametrize("key", ["", b"", "  \n"], ids=repr)
def test_an_empty_key_is_refused(key):
    """A setting that was left out is not a key of nothing."""
    with pytest.raises(sign.SigningError, match=r"^ed25519 key must not be empty$"):
        sign.ed25519(key, "message")


def test_public_values_of_another_shape_are_refused():
    """A signature that cannot be read is an error, not merely a wrong one."""
    with pytest.raises(sign.SigningError, match=r"^ed25519 public key must be a PEM.* got 5 bytes"):
        sign.ed25519_verify("short", MESSAGE, SIGNATURE, encoding="hex")
    with pytest.raises(sign.SigningError, match=r"^ed25519 signature must be 64 bytes as text"):
        sign.ed25519_verify(PUBLIC, MESSAGE, SIGNATURE)
