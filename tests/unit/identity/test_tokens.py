"""Tokens: what is issued is believed, while it holds, and never for more than its user may."""

from __future__ import annotations

import dataclasses
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from jwt.algorithms import OKPAlgorithm, RSAAlgorithm

from support.forged import NOW_S, OTHER_SECRET, SECRET, claims, hs256
from tradecore.identity import AuthCode, IdentityError, Principal, Proof, Role, Scope
from tradecore.identity.token_keys import Algorithm, TokenKeys
from tradecore.identity.token_text import take_apart
from tradecore.identity.tokens import TokenIssuer, TokenRules, TokenVerifier, principal_of

SECOND = 1_000_000_000
NOW = NOW_S * SECOND
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def private_pem(key) -> str:
    """Return a private key as PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key) -> str:
    """Return the public key of a private one as PEM."""
    form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return key.public_key().public_bytes(*form).decode()


ALL_KEYS = [
    TokenKeys.from_secret(SECRET),
    TokenKeys.from_pem(Algorithm.EDDSA, private_pem(ED25519)),
    TokenKeys.from_pem(Algorithm.RS256, private_pem(RSA)),
]
EACH_ALGORITHM = pytest.mark.parametrize("keys", ALL_KEYS, ids=lambda keys: keys.algorithm)


def issue(keys, user, scopes=frozenset(Scope), now_ns=NOW, rules=None) -> str:
    """Return a token for a user."""
    issuer = TokenIssuer(keys, rules or TokenRules())
    return issuer.issue(user, scopes, jti="ses_1.a", now_ns=now_ns)


def verify(keys, token, now_ns=NOW, rules=None):
    """Return what a verifier says of a token."""
    return TokenVerifier(keys, rules or TokenRules()).verify(token, now_ns=now_ns)


@EACH_ALGORITHM
def test_what_is_issued_is_believed(keys, trader):
    """A token says who, for what and until when, and its header names the key and the kind."""
    token = issue(keys, trader)
    said = verify(keys, token)
    assert said.subject == "usr_alice"
    assert said.scopes == trader.scopes
    assert (said.issued_s, said.expires_s) == (NOW_S, NOW_S + 600)
    assert take_apart(token).kid == keys.signing_kid
    assert verify(keys, token, NOW + 600 * SECOND + 4 * SECOND) == said


@EACH_ALGORITHM
@pytest.mark.parametrize(
    ("later_s", "code"),
    [
        (605, AuthCode.EXPIRED),
        (10**6, AuthCode.EXPIRED),
        (-6, AuthCode.NOT_YET),
        (-(10**6), AuthCode.NOT_YET),
    ],
)
def test_a_token_holds_in_its_time(keys, trader, later_s, code):
    """Past its end, or before it was made, it is refused, five seconds of leeway counted."""
    assert verify(keys, issue(keys, trader), NOW + later_s * SECOND).code is code


def test_a_token_becomes_its_user_as_it_is_now(trader):
    """The principal has the scopes of token and user both, and the token's end."""
    keys = ALL_KEYS[0]
    said = verify(keys, issue(keys, trader, frozenset({Scope.ORDERS_READ, Scope.ADMIN})))
    assert principal_of(said, trader) == Principal(
        subject="usr_alice",
        account=7,
        roles=frozenset({Role.TRADER}),
        scopes=frozenset({Scope.ORDERS_READ}),
        proof=Proof.TOKEN,
        credential="ses_1.a",
        expires_ns=(NOW_S + 600) * SECOND,
    )
    demoted = dataclasses.replace(trader, roles=frozenset({Role.OPERATOR}))
    assert principal_of(said, demoted).scopes == frozenset()


def test_a_token_says_whether_a_password_was_typed(trader):
    """`amr` has `pwd` then, and whoever reads another issuer's token believes it there too."""
    issuer = TokenIssuer(ALL_KEYS[0], TokenRules())
    for is_by_person in (True, False):
        made = issuer.issue(
            trader, frozenset(), jti="ses_1.a", now_ns=NOW, is_by_person=is_by_person
        )
        said = verify(ALL_KEYS[0], made)
        assert said.is_by_person is is_by_person
        assert principal_of(said, trader).is_person is is_by_person
        assert take_apart(made).claims.get("amr") == (["pwd"] if is_by_person else None)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (None, AuthCode.UNKNOWN_USER),
        ({"is_disabled": True}, AuthCode.DISABLED),
        ({"account": 8}, AuthCode.WRONG_CLAIM),
        ({"account": None}, AuthCode.WRONG_CLAIM),
    ],
)
def test_a_token_of_somebody_gone_is_refused(trader, change, code):
    """No user, a disabled one, or one whose account is another by now."""
    keys = ALL_KEYS[0]
    user = None if change is None else dataclasses.replace(trader, **change)
    assert principal_of(verify(keys, issue(keys, trader)), user).code is code


def test_a_token_made_in_the_second_of_a_revocation_is_dated_after_it(trader):
    """Who logs in right after its tokens were revoked is not refused for a second."""
    revoked = dataclasses.replace(trader, tokens_from_s=NOW_S + 1)
    said = verify(ALL_KEYS[0], issue(ALL_KEYS[0], revoked))
    assert said.issued_s == NOW_S + 1


def test_other_people_s_claims_are_left_out():
    """Scopes that are none of ours give nothing, and further claims are ignored."""
    token = hs256(
        {"alg": "HS256", "typ": "JWT"},
        claims(scope="orders:read everything sudo", name="x", aud=["a", "tradecore"], nbf=NOW_S),
    )
    assert verify(ALL_KEYS[0], token).scopes == {Scope.ORDERS_READ}


def test_a_secret_is_changed_in_steps(trader):
    """What the previous secret signed is believed while it is listed, and new ones by the new."""
    old, new = TokenKeys.from_secret(SECRET), TokenKeys.from_secret(OTHER_SECRET)
    both = TokenKeys.from_secret(OTHER_SECRET, [SECRET])
    token = issue(old, trader)
    assert verify(both, token).subject == trader.id
    assert verify(new, token).code is AuthCode.UNKNOWN_KEY
    assert verify(new, issue(both, trader)).subject == trader.id


def test_a_key_pair_is_changed_in_steps(trader):
    """The same for public keys, of which a verifier may have several and no private one."""
    old = TokenKeys.from_pem(Algorithm.EDDSA, private_pem(ED25519))
    both = TokenKeys.from_pem(Algorithm.EDDSA, private_pem(OTHER_ED25519), [public_pem(ED25519)])
    reader = TokenKeys.from_pem(
        Algorithm.EDDSA, None, [public_pem(ED25519), public_pem(OTHER_ED25519)]
    )
    for token in (issue(old, trader), issue(both, trader)):
        assert verify(both, token).subject == trader.id
        assert verify(reader, token).subject == trader.id
    with pytest.raises(IdentityError, match="made with a private key: none is configured"):
        issue(reader, trader)


@pytest.mark.parametrize(
    ("algorithm", "key", "as_jwk"),
    [
        (Algorithm.EDDSA, ED25519, OKPAlgorithm.to_jwk),
        (Algorithm.RS256, RSA, RSAAlgorithm.to_jwk),
    ],
)
def test_another_issuer_s_key_set_is_read(trader, algorithm, key, as_jwk):
    """A JSON web key set checks tokens by their `kid`; one without names is refused."""
    issuer = TokenKeys.from_pem(algorithm, private_pem(key))
    entry = json.loads(as_jwk(key.public_key()))
    named = entry | {"kid": issuer.signing_kid, "alg": algorithm.value}
    keys = TokenKeys.from_jwks(algorithm, json.dumps({"keys": [named]}))
    assert verify(keys, issue(issuer, trader)).subject == trader.id
    for wrong in ([entry], [named | {"alg": "HS256"}], [], [{"kty": "oct", "k": "AA", "kid": "x"}]):
        with pytest.raises(IdentityError, match=r"a key|1 to 16 keys: 0"):
            TokenKeys.from_jwks(algorithm, json.dumps({"keys": wrong}))
    with pytest.raises(IdentityError, match="a key set has keys"):
        TokenKeys.from_jwks(algorithm, "not json")


@pytest.mark.parametrize(
    ("secret", "rule"),
    [
        ("short", "at least 32 bytes"),
        ("x" * 31, "at least 32 bytes"),
        (public_pem(RSA), "no key of another algorithm"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI", "no key of another algorithm"),
        (json.dumps({"kty": "RSA", "n": "x" * 40}), "no key of another algorithm"),
    ],
)
def test_a_secret_that_is_none_is_refused_without_being_shown(secret, rule):
    """A short one, or a key that everybody may have, does not sign tokens."""
    with pytest.raises(IdentityError, match=rule) as caught:
        TokenKeys.from_secret(secret)
    assert secret not in str(caught.value)


WEAK_RSA = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - refused
CURVE = ec.generate_private_key(ec.SECP256R1())
LOCKED = ED25519.private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"locked")
).decode()


@pytest.mark.parametrize(
    ("algorithm", "text", "rule"),
    [
        (Algorithm.RS256, private_pem(WEAK_RSA), "at least 2048 bits: 1024"),
        (Algorithm.RS256, private_pem(ED25519), "a key is for RS256: Ed25519PublicKey"),
        (Algorithm.EDDSA, private_pem(RSA), "a key is for EdDSA: RSAPublicKey"),
        (Algorithm.EDDSA, private_pem(CURVE), "a key is for EdDSA: E"),
        (Algorithm.EDDSA, LOCKED, "PEM without a password"),
        (Algorithm.EDDSA, "-----BEGIN PRIVATE KEY-----\nx", "a private key is PEM"),
        (Algorithm.HS256, private_pem(ED25519), "a key is for HS256"),
    ],
)
def test_a_key_of_another_kind_is_refused(algorithm, text, rule):
    """A key signs tokens of its own algorithm, if it is strong enough, and is not shown."""
    with pytest.raises(IdentityError, match=rule):
        TokenKeys.from_pem(algorithm, text)
    with pytest.raises(IdentityError, match="a public key is PEM"):
        TokenKeys.from_pem(Algorithm.EDDSA, None, ["nothing"])


def test_keys_are_not_shown():
    """The repr of keys, issuer and verifier has no secret in it."""
    keys = TokenKeys.from_secret(SECRET)
    for shown in (keys, TokenIssuer(keys, TokenRules()), TokenVerifier(keys, TokenRules())):
        assert SECRET not in repr(shown)


def test_the_number_of_keys_has_a_limit():
    """A verifier does not try hundreds of keys."""
    with pytest.raises(IdentityError, match="1 to 16 keys: 17"):
        TokenKeys.from_secret(SECRET, [SECRET] * 16)


@pytest.mark.parametrize(
    ("rules", "rule"),
    [
        ({"leeway_s": 61}, "leeway is 0 to 60 s: leeway_s=61"),
        ({"leeway_s": -1}, "leeway is 0 to 60 s"),
        ({"life_s": 0}, "a token lives at most 3600 s: life_s=0"),
        ({"life_s": 901}, "life_s=901, life_s_max=900"),
        ({"life_s_max": 3601}, "life_s_max=3601"),
    ],
)
def test_rules_keep_tokens_short(rules, rule):
    """Nobody configures a token that lives for a day, or clocks that may be minutes apart."""
    with pytest.raises(IdentityError, match=rule):
        TokenRules(**rules)
