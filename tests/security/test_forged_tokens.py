"""No forged or malformed token is believed, whatever the algorithm that is configured."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from support.forged import NOW_S, OTHER_SECRET, SECRET, b64, claims, hs256
from tradecore.identity import AuthCode, Refusal, Scope
from tradecore.identity.token_keys import Algorithm, TokenKeys
from tradecore.identity.tokens import TokenRules, TokenVerifier

KEYS = TokenKeys.from_secret(SECRET)
KID = KEYS.signing_kid
HEADER = {"alg": "HS256", "typ": "at+jwt", "kid": KID}
GOOD = hs256(HEADER, claims())
ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
JWK_HEADER = {"jwk": {"kty": "oct", "k": b64(OTHER_SECRET.encode())}}


def pem(key) -> str:
    """Return a private key as PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_forms(key) -> dict[str, bytes]:
    """Return the texts of a public key that a verifier may have lying about."""
    public = key.public_key()
    forms = {
        "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "der": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "openssh": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
    }
    return forms | {"pem-stripped": forms["pem"].strip()}


def verify(token: str, keys: TokenKeys = KEYS, now_s: int = NOW_S + 1):
    """Return what a verifier of the venue says."""
    return TokenVerifier(keys, TokenRules()).verify(token, now_ns=now_s * 1_000_000_000)


def header(**changes) -> dict:
    """Return a good header, changed; a value of `...` leaves a name out."""
    return {name: value for name, value in (HEADER | changes).items() if value is not ...}


def signed(payload, **changes) -> str:
    """Return a token rightly signed, whose payload or header is wrong."""
    return hs256(header(**changes), payload)


def resigned(text: str) -> str:
    """Return header and payload as they stand, with their right signature."""
    mac = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()
    return f"{text}.{b64(mac)}"


def payload_text(**raw) -> str:
    """Return good claims as JSON with some values spelt by hand."""
    inner = json.dumps(claims(**dict.fromkeys(raw, ...)))[1:-1]
    return f"{{{inner},{','.join(f'{json.dumps(n)}:{v}' for n, v in raw.items())}}}"


HEAD, BODY, MAC = GOOD.split(".")
M, W, A = AuthCode.MALFORMED, AuthCode.WRONG_CLAIM, AuthCode.WRONG_ALGORITHM
REQUIRED = ("iss", "aud", "sub", "jti", "iat", "exp")
S, K = AuthCode.BAD_SIGNATURE, AuthCode.UNKNOWN_KEY

FORGED = {
    # Not signed, or not by us.
    "alg-none": (f"{b64(json.dumps(header(alg='none')).encode())}.{BODY}.", M),
    "alg-none-signed": (signed(claims(), alg="none"), A),
    "alg-none-capitals": (signed(claims(), alg="NONE"), A),
    "alg-none-mixed": (signed(claims(), alg="nOnE"), A),
    "alg-empty": (signed(claims(), alg=""), A),
    "alg-missing": (signed(claims(), alg=...), M),
    "alg-null": (signed(claims(), alg=None), M),
    "alg-list": (signed(claims(), alg=["HS256"]), M),
    "alg-lower-case": (signed(claims(), alg="hs256"), A),
    "alg-blank-after": (signed(claims(), alg="HS256 "), A),
    "alg-hs512": (signed(claims(), alg="HS512"), A),
    "alg-rs256": (signed(claims(), alg="RS256"), A),
    "alg-eddsa": (signed(claims(), alg="EdDSA"), A),
    "signature-missing": (f"{HEAD}.{BODY}.", M),
    "signature-cut": (f"{HEAD}.{BODY}.{MAC[:40]}", S),
    "signature-other-secret": (hs256(HEADER, claims(), OTHER_SECRET), S),
    "signature-empty-secret": (hs256(HEADER, claims(), b""), S),
    "signature-flipped": (f"{HEAD}.{BODY}.{'B' if MAC[0] == 'A' else 'A'}{MAC[1:]}", S),
    "signature-of-another-token": (f"{HEAD}.{b64(json.dumps(claims(acc=8)).encode())}.{MAC}", S),
    "signature-as-hex": (f"{HEAD}.{BODY}.{b64(MAC.encode())}", S),
    # Keys a stranger brings along, or chooses.
    "kid-unknown": (signed(claims(), kid="hs-00000000"), K),
    "kid-path": (signed(claims(), kid="../../../dev/null"), K),
    "kid-path-empty-secret": (hs256(header(kid="/dev/null"), claims(), b""), K),
    "kid-sql": (signed(claims(), kid="x' UNION SELECT 'k"), K),
    "kid-url": (signed(claims(), kid="https://example.org/k"), K),
    "kid-number": (signed(claims(), kid=0), M),
    "kid-null": (signed(claims(), kid=None), M),
    "kid-list": (signed(claims(), kid=[KID]), M),
    "kid-long": (signed(claims(), kid="k" * 65), M),
    "kid-empty": (signed(claims(), kid=""), K),
    "jku": (signed(claims(), jku="https://example.org/jwks"), M),
    "x5u": (signed(claims(), x5u="https://example.org/cert"), M),
    "x5c": (signed(claims(), x5c=["MIIB"]), M),
    "x5t": (signed(claims(), x5t="AAAA"), M),
    "jwk-embedded": (hs256(HEADER | JWK_HEADER, claims(), OTHER_SECRET), M),
    "crit-unknown": (signed(claims(), crit=["exp"]), M),
    "b64-false": (signed(claims(), b64=False, crit=["b64"]), M),
    "zip-deflate": (signed(claims(), zip="DEF"), M),
    "typ-missing": (signed(claims(), typ=...), M),
    "typ-other": (signed(claims(), typ="rt+jwt"), M),
    "typ-id-token": (signed(claims(), typ="id_token"), M),
    "typ-jwe": (signed(claims(), typ="JWE"), M),
    "cty-nested": (signed(GOOD, cty="JWT"), M),
    "header-list": (hs256('["HS256"]', claims()), M),
    "header-not-json": (hs256("{alg:HS256}", claims()), M),
    "header-alg-twice": (
        hs256(f'{{"alg":"none","alg":"HS256","typ":"JWT","kid":"{KID}"}}', claims()),
        M,
    ),
    "header-kid-twice": (
        hs256(f'{{"alg":"HS256","typ":"JWT","kid":"x","kid":"{KID}"}}', claims()),
        M,
    ),
    # Not one compact token.
    "empty": ("", M),
    "dots": ("..", M),
    "two-parts": (f"{HEAD}.{BODY}", M),
    "four-parts": (f"{GOOD}.{MAC}", M),
    "jwe-five-parts": (f"{HEAD}..{BODY}.{BODY}.{MAC}", M),
    "blank-before": (f" {GOOD}", M),
    "newline-after": (f"{GOOD}\n", M),
    "padding": (f"{GOOD}=", M),
    "padding-header": (resigned(f"{HEAD}==.{BODY}"), M),
    "standard-base64": (resigned(f"{HEAD}.{BODY}+/"), M),
    "not-ascii": (f"{HEAD}.{BODY}é.{MAC}", M),
    "zero-byte": (f"{HEAD}.{BODY}\0.{MAC}", M),
    "json-serialisation": (json.dumps({"payload": BODY, "signature": MAC}), M),
    "too-long": (signed(claims(pad="x" * 4096)), M),
    "nested": (signed(GOOD), M),
    "payload-list": (signed("[1]"), M),
    "payload-text": (signed('"usr_alice"'), M),
    "payload-empty": (signed(b""), M),
    "payload-not-utf8": (signed(b'{"sub":"\xff"}'), M),
    "payload-deep": (signed("[" * 2000 + "]" * 2000), M),
    "sub-twice": (signed(payload_text()[:-2] + ',"sub":"usr_root","sub":"usr_alice"}'), M),
    # Claims that are missing or have not their form.
    **{f"no-{name}": (signed(claims(**{name: ...})), W) for name in REQUIRED},
    "exp-text": (signed(claims(exp=str(NOW_S + 600))), W),
    "exp-float": (signed(claims(exp=NOW_S + 600.5)), W),
    "exp-true": (signed(claims(exp=True)), W),
    "exp-null": (signed(claims(exp=None)), W),
    "exp-negative": (signed(claims(exp=-1)), W),
    "exp-huge": (signed(claims(exp=10**30)), W),
    "exp-of-2000-digits": (signed(payload_text(exp="9" * 2000)), W),
    "exp-exponent": (signed(payload_text(exp="1e400")), W),
    "exp-nan": (signed(payload_text(exp="NaN")), M),
    "exp-infinity": (signed(payload_text(exp="Infinity")), M),
    "exp-minus-infinity": (signed(payload_text(exp="-Infinity")), M),
    "exp-in-list": (signed(claims(exp=[NOW_S + 600])), W),
    "exp-in-milliseconds": (signed(claims(exp=(NOW_S + 600) * 1000)), W),
    "exp-before-iat": (signed(claims(iat=NOW_S, exp=NOW_S)), W),
    "exp-past": (signed(claims(iat=NOW_S - 900, exp=NOW_S - 10)), AuthCode.EXPIRED),
    "life-too-long": (signed(claims(exp=NOW_S + 901)), W),
    "iat-text": (signed(claims(iat=str(NOW_S))), W),
    "iat-negative": (signed(claims(iat=-5)), W),
    "iat-future": (signed(claims(iat=NOW_S + 60, exp=NOW_S + 120)), AuthCode.NOT_YET),
    "nbf-future": (signed(claims(nbf=NOW_S + 60)), AuthCode.NOT_YET),
    "nbf-text": (signed(claims(nbf="0")), W),
    "iss-other": (signed(claims(iss="elsewhere")), W),
    "iss-list": (signed(claims(iss=["tradecore"])), W),
    "aud-other": (signed(claims(aud="elsewhere")), W),
    "aud-prefix": (signed(claims(aud="tradecore.example.org")), W),
    "aud-empty-list": (signed(claims(aud=[])), W),
    "aud-of-numbers": (signed(claims(aud=[1, "tradecore"])), W),
    "aud-map": (signed(claims(aud={"tradecore": True})), W),
    "sub-empty": (signed(claims(sub="")), W),
    "sub-number": (signed(claims(sub=7)), W),
    "sub-map": (signed(claims(sub={"$ne": ""})), W),
    "sub-long": (signed(claims(sub="u" * 129)), W),
    "jti-number": (signed(claims(jti=1)), W),
    "scope-list": (signed(claims(scope=["admin"])), W),
    "scope-long": (signed(claims(scope="admin " * 200)), W),
    "acc-text": (signed(claims(acc="7")), W),
    "acc-negative": (signed(claims(acc=-7)), W),
    "acc-true": (signed(claims(acc=True)), W),
    "acc-null": (signed(claims(acc=None)), W),
    "amr-text": (signed(claims(amr="pwd")), W),
    "amr-number": (signed(claims(amr=["pwd", 7])), W),
    "amr-long": (signed(claims(amr=["pwd"] * 17)), W),
    "acc-huge": (signed(claims(acc=1 << 63)), W),
}


def test_the_good_token_is_believed():
    """What the forged ones differ from is a token the venue takes."""
    said = verify(GOOD)
    assert said.subject == "usr_alice"
    assert said.scopes == {Scope.ORDERS_READ, Scope.ORDERS_WRITE}
    assert len(FORGED) >= 40


@pytest.mark.parametrize(("token", "code"), FORGED.values(), ids=FORGED)
def test_a_forged_token_is_refused(token, code):
    """Each is refused for the rule it breaks, and the refusal shows nothing of the secret."""
    said = verify(token)
    assert isinstance(said, Refusal)
    assert said.code is code
    assert SECRET not in repr(said)


@pytest.mark.parametrize("length", range(0, len(GOOD), 7))
def test_a_cut_token_is_refused(length):
    """A token that lost its end is none."""
    assert isinstance(verify(GOOD[:length]), Refusal)


def test_every_changed_character_is_noticed():
    """Whichever character of a token becomes another, it is refused."""
    for place, character in enumerate(GOOD):
        other = "A" if character != "A" else "B"
        assert isinstance(verify(f"{GOOD[:place]}{other}{GOOD[place + 1 :]}"), Refusal), place


@pytest.mark.parametrize("form", ["pem", "pem-stripped", "der", "openssh"])
@pytest.mark.parametrize("key", [ED25519, RSA], ids=["EdDSA", "RS256"])
@pytest.mark.parametrize("claimed", ["HS256", "configured"])
def test_a_public_key_is_no_secret(key, form, claimed):
    """An HMAC under the public key, which everybody has, is not a signature of its owner."""
    algorithm = Algorithm.RS256 if key is RSA else Algorithm.EDDSA
    keys = TokenKeys.from_pem(algorithm, pem(key))
    name = "HS256" if claimed == "HS256" else algorithm.value
    forged = hs256(
        {"alg": name, "typ": "JWT", "kid": keys.signing_kid}, claims(), public_forms(key)[form]
    )
    said = verify(forged, keys)
    assert said.code is (A if claimed == "HS256" else S)


def test_another_algorithm_of_the_same_key_is_refused():
    """A signature that is right, by the right key, but by RS512 or PS256, is not what is pinned."""
    keys = TokenKeys.from_pem(Algorithm.RS256, pem(RSA))
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    for name, pad, digest in [
        ("RS512", padding.PKCS1v15(), hashes.SHA512()),
        ("PS256", pss, hashes.SHA256()),
    ]:
        head = {"alg": name, "typ": "JWT", "kid": keys.signing_kid}
        text = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(claims()).encode())}"
        token = f"{text}.{b64(RSA.sign(text.encode(), pad, digest))}"
        assert verify(token, keys).code is A
    head = {"alg": "RS256", "typ": "JWT", "kid": keys.signing_kid}
    text = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(claims()).encode())}"
    assert verify(f"{text}.{b64(RSA.sign(text.encode(), pss, hashes.SHA256()))}", keys).code is S


def test_a_missing_kid_means_the_only_key():
    """A token without `kid` is checked with the only key, and refused where there are two."""
    token = hs256({"alg": "HS256", "typ": "JWT"}, claims())
    assert verify(token).subject == "usr_alice"
    two = TokenKeys.from_secret(SECRET, [OTHER_SECRET])
    assert verify(token, two).code is K


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMED = st.dictionaries(st.sampled_from([*HEADER, *claims(), "nbf", "jwk"]), JSON)


@given(st.text(max_size=200) | st.lists(st.text(max_size=60), max_size=5).map(".".join))
def test_any_text_is_a_refusal(text):
    """Whatever is sent for a token, the answer is a refusal and no error."""
    assert isinstance(verify(text), Refusal)


@given(NAMED, NAMED)
def test_any_claim_is_believed_or_refused(head, changes):
    """Rightly signed, with whatever in header and payload: a refusal, or claims of their form."""
    said = verify(hs256(HEADER | head, claims(**changes)))
    if not isinstance(said, Refusal):
        assert isinstance(said.subject, str)
        assert type(said.expires_s) is int
        assert 0 < said.expires_s - said.issued_s <= 900
