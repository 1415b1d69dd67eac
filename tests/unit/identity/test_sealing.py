"""Sealed secrets: they open for their row and their key, and for nothing else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.identity.encryption_key import read_key
from tradecore.identity.sealing import SealError, Vault

KEY = b"~?>" + bytes(range(98, 127))  # the two alphabets of base64 differ in its first bytes
OLD_KEY = bytes(range(32))
NONCE = b"\x01" * 12
VAULT = Vault(KEY)
SEALED = VAULT.seal("tcs_secret", nonce=NONCE, row="api_key a")


@given(st.text(), st.binary(min_size=12, max_size=12), st.text())
def test_what_was_sealed_is_opened(secret, nonce, row):
    """Any text under any nonce for any row comes back."""
    sealed = VAULT.seal(secret, nonce=nonce, row=row)
    assert VAULT.open(sealed, row=row) == secret


def test_a_sealed_text_does_not_show_its_secret():
    """It names its version and key, and is different under each nonce."""
    assert SEALED.startswith(f"v1.{VAULT.key_id}.")
    assert "tcs_secret" not in SEALED
    assert VAULT.seal("tcs_secret", nonce=b"\x02" * 12, row="api_key a") != SEALED


def test_it_opens_for_its_row_alone():
    """A sealed text put into another row is refused, and the message names that row."""
    with pytest.raises(SealError, match="not as it was sealed, api_key b"):
        VAULT.open(SEALED, row="api_key b")


def test_every_changed_character_is_noticed():
    """Whichever character becomes another, nothing opens."""
    for place, character in enumerate(SEALED):
        other = "A" if character != "A" else "B"
        changed = f"{SEALED[:place]}{other}{SEALED[place + 1 :]}"
        with pytest.raises(SealError, match=r"a sealed secret|a secret is sealed with"):
            VAULT.open(changed, row="api_key a")


@pytest.mark.parametrize("text", ["", "v1", "v1.a.b", "v2.a.b.c", f"{SEALED}.x", f"{SEALED}="])
def test_what_is_no_sealed_text_is_refused(text):
    """Something else in the column is named as what it is not."""
    with pytest.raises(SealError, match=r"a sealed secret is"):
        VAULT.open(text, row="api_key a")


def test_a_key_is_changed_in_steps():
    """What an old key sealed opens while the old key is there, is known as old, and then not."""
    old = Vault(OLD_KEY)
    sealed = old.seal("tcs_secret", nonce=NONCE, row="r")
    both = Vault(KEY, [OLD_KEY])
    assert both.open(sealed, row="r") == "tcs_secret"
    assert not both.is_current(sealed)
    again = both.seal("tcs_secret", nonce=NONCE, row="r")
    assert both.is_current(again)
    with pytest.raises(SealError, match=f"not configured: key='{old.key_id}'"):
        VAULT.open(sealed, row="r")
    assert VAULT.open(again, row="r") == "tcs_secret"


def test_a_vault_shows_no_key():
    """Neither its repr nor its key id holds the key."""
    assert repr(KEY)[2:12] not in repr(Vault(KEY, [OLD_KEY]))
    assert len(VAULT.key_id) == 8


@pytest.mark.parametrize("nonce", [b"", b"\x01" * 11, b"\x01" * 16])
def test_a_nonce_has_its_length(nonce):
    """Twelve bytes, no more and no fewer."""
    with pytest.raises(ValueError, match="a nonce is 12 bytes"):
        VAULT.seal("x", nonce=nonce, row="r")


@pytest.mark.parametrize("key", [b"", b"k" * 16, b"k" * 33])
def test_a_key_has_its_length(key):
    """AES-256 and nothing less."""
    with pytest.raises(ValueError, match="an encryption key is 32 bytes"):
        Vault(key)


@pytest.mark.parametrize(
    "text",
    [
        KEY.hex(),
        KEY.hex().upper(),
        base64.b64encode(KEY).decode(),
        base64.b64encode(KEY).decode().rstrip("="),
        base64.urlsafe_b64encode(KEY).decode(),
        KEY.decode("latin-1"),
    ],
    ids=["hex", "HEX", "base64", "base64-unpadded", "base64url", "raw"],
)
def test_a_key_is_written_in_one_of_three_ways(text):
    """Hexadecimal, base64 of either alphabet, or as it is."""
    assert read_key(text) == KEY


@pytest.mark.parametrize("text", ["", "short", "z" * 64, "!" * 44, "k" * 33, "é" * 17])
def test_what_is_no_key_is_refused_without_being_shown(text):
    """The message has the rule and never the text."""
    with pytest.raises(ValueError, match="an encryption key is 32 bytes") as caught:
        read_key(text)
    assert not text or text not in str(caught.value)
