"""Secrets leave text by their look, by the name before them, and by being known."""

from __future__ import annotations

import json
import string
import sys
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.telemetry import is_secret_name, protect, scrub

# The package passes the function on under the module's name.
MODULE = sys.modules["tradecore.telemetry.scrub"]
CANARY = "CaNaRy7w3Zq9KtBv5"
HEX_CANARY = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.fixture(autouse=True)
def forget(monkeypatch):
    """Let no test know the secrets of another."""
    monkeypatch.setattr(MODULE, "_known", {})


@pytest.mark.parametrize(
    "name",
    [
        "api_key", "apiKey", "API-KEY", "X-MBX-APIKEY", "API_SECRET", "clientSecret", "secret",
        "password", "db_passwd", "passphrase", "token", "accessToken", "refresh-token", "listenKey",
        "signature", "Authorization", "private_key", "PRIVATE KEY", "jwt", "cookie", "Set-Cookie",
        "signingKey", "otp", "pin", "auth", "tokens", "sessionId", "seed_phrase", "mnemonic",
    ],
)  # fmt: skip
def test_names_that_promise_a_secret(name):
    """Case and separators do not matter."""
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "", "price", "order_key", "key", "symbol", "design", "author", "tokenizer", "shipping",
        "AUTH_METHOD", "SIGNATURE_TIMESTAMP_TOLERANCE_MS", "REFRESH_CREDENTIALS_INTERVAL_MS",
        "private_key_path", "secret_count", "client_order_id", "seed", "monkey",
    ],
)  # fmt: skip
def test_names_that_promise_none(name):
    """Names that only look alike, or speak about a secret, are shown."""
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("https://x/api?a=1&signature={0}&b=2", id="query"),
        pytest.param("https://x/api?signature%3D{0}", id="quoted-query"),
        pytest.param("https://user:{0}@host/path", id="userinfo"),
        pytest.param("wss://host/ws/{0}{0}", id="listen-key-in-path"),
        pytest.param("Authorization: Bearer {0}", id="bearer-header"),
        pytest.param("authorization: ApiKey id {0} and {0}", id="odd-scheme"),
        pytest.param("got bearer {0} back", id="bearer-in-prose"),
        pytest.param("Cookie: a=1; session={0}", id="cookie"),
        pytest.param('{{"apiKey": "{0}", "b": 1}}', id="json"),
        pytest.param('{{\\"apiKey\\": \\"{0}\\"}}', id="json-in-json"),
        pytest.param("{{'api_secret': '{0}'}}", id="repr"),
        pytest.param("{{'api_secret': b'{0}'}}", id="repr-of-bytes"),
        pytest.param('"password": "a\\"{0}"', id="escaped-quote"),
        pytest.param("Config(token='{0}', n=1)", id="repr-of-object"),
        pytest.param("api_secret=Key('{0}')", id="repr-in-repr"),
        pytest.param("[(b'X-MBX-APIKEY', b'{0}')]", id="header-pairs"),
        pytest.param("X-MBX-APIKEY: {0}", id="header"),
        pytest.param("password={0}", id="assignment"),
        pytest.param("secret => {0}", id="arrow"),
        pytest.param("--api-key={0}", id="argument"),
        pytest.param("password: '{0}", id="quote-left-open"),
        pytest.param("-----BEGIN PRIVATE KEY-----\n{0}\n-----END PRIVATE KEY-----", id="pem"),
        pytest.param("-----BEGIN EC PRIVATE KEY-----\n{0}", id="pem-cut-short"),
        pytest.param("eyJhbGciOi.{0}.{0}", id="jwt"),
    ],
)
def test_a_secret_is_taken_out_of_text(text):
    """Whatever the form, nothing of the secret is left and the mask shows that it was there."""
    scrubbed = scrub(text.format(CANARY))

    assert CANARY not in scrubbed
    assert "***" in scrubbed


@pytest.mark.parametrize("kind", ["tcs", "tcr"])
def test_a_secret_of_a_venue_s_key_is_taken_out(kind):
    """It is known by its form, whatever stands before it; a text that only begins so is shown."""
    secret = f"{kind}_{'A1-_' * 10}xyz"
    assert scrub(f"got {secret} instead") == "got *** instead"
    assert scrub(f"got {kind}_short and x{secret}") == f"got {kind}_short and x{secret}"


@pytest.mark.parametrize(
    "text",
    [
        "api key {0}",
        "the private_key is 0x{0}",
        "secret {0}",
        "signature of value {0}",
        "token {0}",
    ],
)
def test_a_long_key_after_its_name_in_prose_is_taken_out(text):
    """Prose names a key without an equals sign."""
    assert HEX_CANARY not in scrub(text.format(HEX_CANARY))


@pytest.mark.parametrize(
    "text",
    [
        "order accepted: symbol=BTCUSDT price=50000.1 client_order_id=a-1",
        "https://host:443/path?symbol=BTCUSDT&timestamp=17",
        "no secret in here, nor a token of one",
        "state_hash " + "ab" * 32,
        "",
    ],
)
def test_text_without_a_secret_is_left_alone(text):
    """What is masked for nothing is missed when it is needed."""
    assert scrub(text) == text


def test_what_stands_around_a_secret_stays():
    """Only the value goes: its name, its quotes and its neighbours remain."""
    assert scrub("a=1&signature=abc&b=2") == "a=1&signature=***&b=2"
    assert scrub('{"apiKey": "abc", "b": 1}') == '{"apiKey": "***", "b": 1}'


def test_a_protected_secret_is_found_however_it_is_written():
    """Plain, as JSON, Python and URLs escape it, and next to anything."""
    known = "pa/ss wörd\"'\\+&=\n"
    protect(known)
    forms = [
        known,
        json.dumps({"x": known}),
        json.dumps(known, ensure_ascii=False),
        repr(known),
        urllib.parse.quote(known),
        urllib.parse.quote_plus(known),
    ]

    assert all("***" in scrub(f"before{form}after") for form in forms)
    assert not any("ss" in scrub(form) for form in forms)


def test_the_longer_of_two_secrets_goes_first():
    """A secret that starts another does not leave the other's tail behind."""
    protect("abcdef")
    protect("abcdefghij")

    assert scrub("x abcdefghij y") == "x *** y"


def test_a_short_secret_is_not_searched_for():
    """Five characters would blank half of every line; names still protect them."""
    protect("maker")

    assert scrub("maker password=maker") == "maker password=***"


def test_every_secret_is_remembered():
    """A process may learn thousands; none is forgotten for another."""
    secrets = [f"{number:04d}-secret-{number}" for number in range(5_000)]
    for secret in secrets:
        protect(secret)

    assert scrub(" ".join(secrets)) == " ".join(["***"] * len(secrets))
    assert scrub("5000-secret-5000") == "5000-secret-5000"


def test_a_secret_inside_another_leaves_nothing_of_it():
    """The longer goes first, wherever the shorter begins."""
    protect("abcdefghij")
    protect("defghi")

    assert scrub("abcdefghij defghi") == "*** ***"


NAMES = st.sampled_from(["api_key", "apiSecret", "PASSWORD", "X-MBX-APIKEY", "listenKey"])
BINDS = st.sampled_from(["=", ": ", " = ", ":", " := "])
NOISE = st.text(alphabet=string.ascii_letters + string.digits + " .,_-/", max_size=30)


@given(NAMES, BINDS, NOISE, NOISE, st.booleans())
def test_no_text_around_it_saves_a_secret_from_its_name(name, bind, before, after, quoted):
    """A named value goes whatever stands before and after the pair."""
    value = f'"{CANARY}"' if quoted else CANARY

    assert CANARY not in scrub(f"{before} {name}{bind}{value} {after}")


@given(st.text(max_size=200))
def test_scrubbing_again_changes_nothing(text):
    """What is safe stays as it is, and no text at all makes it fail."""
    assert scrub(scrub(text)) == scrub(text)


TEXTS = st.text(st.characters(exclude_characters="*", exclude_categories=["Cs"]), max_size=40)


@given(TEXTS.filter(lambda known: len(known) > 5), TEXTS, TEXTS)
def test_a_protected_secret_never_survives(known, before, after):
    """Known secrets go from any text, and no mask joins two parts to one."""
    MODULE._known.clear()
    protect(known)

    assert known not in scrub(f"{before}{known}{after}")
