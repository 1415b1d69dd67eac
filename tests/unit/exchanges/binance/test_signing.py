"""Signatures are over exactly what travels, and are found wherever a client puts them."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from tradecore.exchanges.base import Credentials
from tradecore.exchanges.binance.signing import Signer, Verifier, params_payload, split_signature
from tradecore.sign import Ed25519Key

SEED = "11" * 32


def signer(word="secret", method="hmac_sha256"):
    """Return a signer of a test key."""
    return Signer(Credentials(key=SecretStr("name"), secret=SecretStr(word), method=method))


@pytest.mark.parametrize(
    ("query", "body", "payload", "signature"),
    [
        pytest.param(b"a=1&signature=S", b"", b"a=1", b"S", id="last-in-query"),
        pytest.param(b"a=1&signature=S&b=2", b"", b"a=1&b=2", b"S", id="in-the-middle"),
        pytest.param(b"a=1", b"b=2&signature=S", b"a=1b=2", b"S", id="query-and-body-join-bare"),
        pytest.param(b"", b"signature=%2B%3D&a=1", b"a=1", b"+=", id="percent-decoded"),
        pytest.param(b"a=%5B1%5D+x", b"", b"a=%5B1%5D+x", None, id="none"),
        pytest.param(b"signature=S", b"signature=T", b"", None, id="two-are-none"),
    ],
)
def test_only_the_signature_is_taken_out(query, body, payload, signature):
    """Every byte but the one pair stays as it came."""
    assert split_signature(query, body) == (payload, signature)


@pytest.mark.parametrize(
    ("method", "secret", "verifier"),
    [
        pytest.param("hmac_sha256", "secret", Verifier("secret"), id="hmac"),
        pytest.param(
            "ed25519", SEED, Verifier(Ed25519Key(SEED).public_key, is_ed25519=True), id="ed25519"
        ),
    ],
)
def test_what_one_end_signs_the_other_end_accepts(method, secret, verifier):
    """Both ends agree; one changed byte, or no signature, is refused."""
    ours = signer(secret, method)
    signed = ours.sign_query("symbol=BTCUSDT&timestamp=1").encode()
    text = ours.writer.write(
        "1", "m", {"symbol": "\uff11\uff12", "timestamp": 1, "flag": False}, signed=True
    )
    params = json.loads(text)["params"]

    assert verifier.verify_request(signed, b"")
    assert not verifier.verify_request(signed.replace(b"BTC", b"ETH"), b"")
    assert not verifier.verify_request(b"symbol=BTCUSDT", b"")
    assert verifier.verify_params(params)
    assert not verifier.verify_params({**params, "timestamp": 2})
    assert not verifier.verify_params({"timestamp": 1})


def test_the_request_channel_signs_raw_values_sorted_by_name():
    """Nothing is percent-encoded; booleans are lower case; an old signature is not signed."""
    payload = params_payload({"b": "\uff58", "a": True, "signature": "x", "c": 1})

    assert payload == "a=true&b=\uff58&c=1"


def test_neither_key_nor_secret_is_shown():
    """A signer can be printed."""
    shown = repr(signer("a-very-secret-word")) + repr(Verifier("a-very-secret-word"))

    assert "a-very-secret-word" not in shown
    assert "name" not in repr(signer()).replace("Signer", "")


def test_published_vectors(shared_dir):
    """The venue's own examples come out."""
    vectors = json.loads((shared_dir / "protocols/vectors.json").read_text())["vectors"]
    checked = 0
    for vector in vectors:
        if "binance" not in vector["name"] or "payload" not in vector:
            continue
        payload = vector["payload"].encode()
        if vector["alg"].startswith("HMAC"):
            verifier = Verifier(vector["secret"])
            upper = vector["signature"].upper()
            assert verifier.verify(payload, upper), vector["name"]
        elif "public_key_pem" in vector:
            verifier = Verifier(vector["public_key_pem"], is_ed25519=True)
        else:
            verifier = Verifier(Ed25519Key(vector["private_key_pem"]).public_key, is_ed25519=True)
        assert verifier.verify(payload, vector["signature"]), vector["name"]
        if "query" in vector and "body" in vector:
            signed = f"{vector['query']}&signature={vector['signature']}".strip("&").encode()
            assert verifier.verify_request(signed, vector["body"].encode()), vector["name"]
        checked += 1
    assert checked >= 12


@pytest.mark.parametrize(
    "client", ["ccxt_binanceusdm", "python_binance", "binance_futures_connector"]
)
def test_requests_of_real_clients(shared_dir, client):
    """What known clients send, however they encode it, verifies with their key."""
    path = shared_dir / f"protocols/fixtures/client_requests/{client}.jsonl"
    verifier = Verifier("testsecret")
    checked = 0
    for line in path.read_text().splitlines():
        one = json.loads(line)
        if "signature=" in one.get("query", "") + str(one.get("body", "")):
            assert verifier.verify_request(one["query"].encode(), one["body"].encode()), line
            checked += 1
        elif "wsapi" in one:
            assert verifier.verify_params(one["wsapi"]["params"])
            checked += 1
    assert checked >= 2
