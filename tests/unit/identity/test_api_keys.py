"""API keys: their ids and secrets, their networks, and the row that crosses to Rust."""

from __future__ import annotations

import dataclasses

import pytest

from tradecore.identity import IdentityError, KeyRow, Role, Scope
from tradecore.identity.api_keys import granted, key_id_of, key_secret_of, networks_from_text


def test_ids_and_secrets_are_text_of_their_bytes():
    """The same bytes give the same text, in an alphabet that needs no escaping."""
    assert key_id_of(bytes(10)) == "tck_aaaaaaaaaaaaaaaa"
    assert key_secret_of(bytes(32)) == "tcs_" + "A" * 43
    assert key_secret_of(b"\xff" * 32) == "tcs_" + "_" * 42 + "8"


@pytest.mark.parametrize(("make", "count"), [(key_id_of, 10), (key_secret_of, 32)])
def test_too_little_randomness_is_refused(make, count):
    """A key or secret of fewer bytes is not made."""
    with pytest.raises(ValueError, match=f"is made of {count} bytes: 8"):
        make(bytes(8))


@pytest.mark.parametrize(
    ("networks", "peer", "is_from"),
    [
        ([], "anywhere at all", True),
        (["10.0.0.0/8"], "10.9.8.7", True),
        (["10.0.0.0/8"], "11.0.0.1", False),
        (["10.0.0.0/8"], "::ffff:10.1.2.3", True),
        (["192.0.2.7"], "192.0.2.7", True),
        (["192.0.2.7"], "192.0.2.8", False),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "2001:db9::1", False),
        (["10.0.0.0/8"], "::1", False),
        (["10.0.0.0/8"], "", False),
        (["10.0.0.0/8"], "10.0.0.1.example.org", False),
    ],
)
def test_a_key_with_networks_is_used_from_them(key, networks, peer, is_from):
    """An address outside, or one that is none, does not come in; without networks any does."""
    limited = dataclasses.replace(key, networks=networks_from_text(networks))
    assert limited.is_from(peer) is is_from


@pytest.mark.parametrize("text", ["10.0.0.1/8", "example.org", "10.0.0.0/33", "", "10.0.0"])
def test_a_network_that_is_none_is_refused(text):
    """A misspelt network does not become a wider one."""
    with pytest.raises(IdentityError, match="a network is an address, or one with /bits"):
        networks_from_text([text])


def test_networks_have_a_limit():
    """A key has at most 32."""
    with pytest.raises(IdentityError, match="at most 32 networks: 33"):
        networks_from_text(["10.0.0.1"] * 33)


def test_a_key_may_do_at_most_what_its_user_may(trader):
    """Scopes beyond the user's are refused by name, and so is none at all."""
    assert granted(frozenset({Scope.ORDERS_READ}), trader) == {Scope.ORDERS_READ}
    with pytest.raises(IdentityError, match="admin orders:on_behalf, user=alice"):
        granted(frozenset({Scope.ADMIN, Scope.ORDERS_ON_BEHALF, Scope.ORDERS_READ}), trader)
    with pytest.raises(IdentityError, match="at least one scope: user=alice"):
        granted(frozenset(), trader)


def test_the_row_for_rust_says_what_is_usable(key, trader):
    """Scopes are those of key and user both, as bits; no end is 0."""
    limited = dataclasses.replace(key, networks=networks_from_text(["10.0.0.0/8"]))
    row = KeyRow.of(limited, trader, "tcs_x", 7)
    assert row == KeyRow(
        id="tck_a",
        secret=b"tcs_x",
        user="usr_alice",
        account=7,
        scopes=0b11,
        networks=("10.0.0.0/8",),
        expires_ns=0,
    )
    viewer = dataclasses.replace(trader, roles=frozenset({Role.VIEWER}))
    assert KeyRow.of(key, viewer, "tcs_x", 7).scopes == 0b1
    assert "tcs_x" not in repr(row)


def test_a_key_does_not_show_what_it_keeps(key):
    """The sealed secret is not in what is logged of a key."""
    assert "v1.sealed" not in repr(dataclasses.replace(key, sealed="v1.sealed"))
