"""A signed request: every check in its order, and what each refusal tells."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.identity import (
    AuthCode,
    NonceWindow,
    Principal,
    Proof,
    Role,
    Scope,
    SignedRequest,
    admit_request,
    sign_request,
)
from tradecore.identity.api_keys import networks_from_text

NOW_MS = 1_800_000_000_000
NOW = NOW_MS * 1_000_000
SECRET = "tcs_secret-of-this-test"  # noqa: S105 - of this test alone


def request(nonce: str = "nonce-01", timestamp_ms: int = NOW_MS, **changes) -> SignedRequest:
    """Return a rightly signed request."""
    parts = {"method": "GET", "target": "/api/orders"}
    signature = sign_request(SECRET, timestamp_ms=timestamp_ms, nonce=nonce, **parts)
    good = SignedRequest(
        key_id="tck_a", timestamp_ms=str(timestamp_ms), nonce=nonce, signature=signature, **parts
    )
    return dataclasses.replace(good, **changes)


@pytest.fixture
def ask(key, trader):
    """Return a function that asks the gate, with the trader's key unless told otherwise."""
    nonces = NonceWindow(opened_ns=NOW - 60 * 10**9)

    def ask(one: SignedRequest, *, now_ns: int = NOW, **changes):
        given = {"key": key, "secret": SECRET, "user": trader, "peer": "192.0.2.1"} | changes
        return admit_request(one, nonces=nonces, now_ns=now_ns, **given)

    return ask


def test_a_good_request_is_its_key_s_user(ask, key):
    """What comes in is the user, with what key and user both may do, proved by the key."""
    said = ask(request(), key=dataclasses.replace(key, expires_ns=NOW + 5))
    assert said == Principal(
        subject="usr_alice",
        account=7,
        roles=frozenset({Role.TRADER}),
        scopes=frozenset({Scope.ORDERS_READ, Scope.ORDERS_WRITE}),
        proof=Proof.API_KEY,
        credential="tck_a",
        expires_ns=NOW + 5,
    )


def test_a_key_never_does_more_than_its_user(ask, trader):
    """When a user's roles shrink, so do its keys."""
    viewer = dataclasses.replace(trader, roles=frozenset({Role.VIEWER}))
    assert ask(request(), user=viewer).scopes == {Scope.ORDERS_READ}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": None, "secret": None}, AuthCode.UNKNOWN_KEY),
        ({"secret": None}, AuthCode.UNKNOWN_KEY),
        ({"secret": "tcs_another"}, AuthCode.BAD_SIGNATURE),
        ({"user": None}, AuthCode.DISABLED),
    ],
    ids=["no-key", "no-secret", "other-secret", "no-user"],
)
def test_who_is_not_known_is_refused(ask, changes, code):
    """A key, its secret and its user are all there, or nobody comes in."""
    said = ask(request(), **changes)
    assert said.code is code
    assert said.subject == "tck_a"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"revoked_ns": NOW - 1}, AuthCode.REVOKED),
        ({"revoked_ns": NOW + 1}, AuthCode.REVOKED),
        ({"expires_ns": NOW}, AuthCode.EXPIRED),
        ({"expires_ns": NOW + 1}, None),
        ({"networks": ("198.51.100.0/24",)}, AuthCode.WRONG_NETWORK),
        ({"networks": ("198.51.100.0/24", "192.0.2.0/30")}, None),
    ],
)
def test_a_key_has_its_limits(ask, key, change, code):
    """Revoked, expired, or from elsewhere: the right signature does not help."""
    if "networks" in change:
        change = {"networks": networks_from_text(change["networks"])}
    said = ask(request(), key=dataclasses.replace(key, **change))
    assert (None if isinstance(said, Principal) else said.code) is code


def test_a_disabled_user_s_key_is_refused(ask, trader):
    """Disabling a user ends its keys at once."""
    assert ask(request(), user=dataclasses.replace(trader, is_disabled=True)).code is (
        AuthCode.DISABLED
    )


def test_time_and_nonce_are_checked(ask):
    """Old requests and repeated ones are refused, each with the rule it breaks."""
    assert isinstance(ask(request()), Principal)
    assert ask(request()).code is AuthCode.NONCE_USED
    old = ask(request("nonce-02", NOW_MS - 5001))
    assert old.code is AuthCode.OUT_OF_TIME
    assert "near the time of the venue" in old.detail
    assert f"timestamp_ms={NOW_MS - 5001}" in old.detail


def test_a_wrong_signature_uses_up_no_nonce(ask):
    """A stranger who sees a nonce cannot spend it before its owner."""
    wrong = request(signature="0" * 64)
    assert ask(wrong).code is AuthCode.BAD_SIGNATURE
    assert isinstance(ask(request()), Principal)


def test_a_wrong_signature_learns_nothing_of_the_key(ask, key):
    """Whatever is the matter with a key, who cannot sign is told of the signature alone."""
    expired = dataclasses.replace(key, expires_ns=1, revoked_ns=1)
    assert ask(request(signature="0" * 64), key=expired).code is AuthCode.BAD_SIGNATURE


@pytest.mark.parametrize(
    "change",
    [{"nonce": "x"}, {"timestamp_ms": "0"}, {"method": "get"}, {"target": "x"}, {"key_id": "é"}],
)
def test_a_malformed_request_is_refused(ask, change):
    """A part out of its form is named in the refusal."""
    said = ask(dataclasses.replace(request(), **change))
    assert said.code is AuthCode.MALFORMED


def test_no_refusal_has_the_secret_in_it(ask, key):
    """What goes to the log of a refused request holds neither secret nor signature."""
    for said in (
        ask(request(signature="0" * 64)),
        ask(request("nonce-03", NOW_MS - 10_000)),
        ask(request(), key=dataclasses.replace(key, revoked_ns=1)),
    ):
        assert SECRET not in repr(said)
        assert request().signature not in repr(said)


@given(st.lists(st.text(max_size=70), min_size=6, max_size=6))
def test_any_text_is_a_refusal(parts):
    """Whatever stands in the headers, the answer is a refusal and no error."""
    names = ("key_id", "timestamp_ms", "nonce", "signature", "method", "target")
    said = admit_request(
        SignedRequest(**dict(zip(names, parts, strict=True))),
        key=None,
        secret=None,
        user=None,
        peer="",
        nonces=NonceWindow(opened_ns=0),
        now_ns=NOW,
    )
    assert said.code in {AuthCode.MALFORMED, AuthCode.UNKNOWN_KEY}
