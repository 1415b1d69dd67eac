"""The signature of a request: one text for each request, one signature for each text."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tradecore.identity.signature import (
    SignedRequest,
    canonical_request,
    fault_of,
    is_signed_by,
    sign_request,
)

SECRET = "tcs_0123456789abcdefghijklmnopqrstuvwxyzABCDEF"  # noqa: S105 - of this test alone
VECTORS = json.loads((Path(__file__).parent / "request_signatures.json").read_text())
PARTS = st.fixed_dictionaries(
    {
        "timestamp_ms": st.integers(1, 10**16 - 1).map(str),
        "nonce": st.from_regex(r"[A-Za-z0-9_-]{8,64}", fullmatch=True),
        "method": st.sampled_from(["GET", "POST", "DELETE", "PATCH", "PUT"]),
        "target": st.from_regex(r"/[!-\"$-~]{0,60}", fullmatch=True),
        "body": st.binary(max_size=64),
    }
)


def request(**changes) -> SignedRequest:
    """Return a rightly signed request, changed after it was signed."""
    parts = {"nonce": "n-000001", "method": "GET", "target": "/api/orders?limit=5", "body": b""}
    signature = sign_request(SECRET, timestamp_ms=1_767_225_600_000, **parts)
    good = {"key_id": "tck_a", "timestamp_ms": "1767225600000", "signature": signature, **parts}
    return SignedRequest(**(good | changes))


@pytest.mark.parametrize("vector", VECTORS["cases"], ids=lambda vector: vector["name"])
def test_known_requests_have_known_signatures(vector):
    """The vectors that every client and the native server sign too."""
    parts = {name: vector[name] for name in ("nonce", "method", "target")}
    body = vector["body"].encode()
    text = canonical_request(timestamp_ms=str(vector["timestamp_ms"]), body=body, **parts)
    assert text.decode() == vector["canonical"]
    signature = sign_request(
        VECTORS["secret"], timestamp_ms=vector["timestamp_ms"], body=body, **parts
    )
    assert signature == vector["signature"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl: not installed")
def test_a_shell_signs_the_same(tmp_path):
    """`openssl dgst -hmac` on the documented text gives the same digits."""
    vector = VECTORS["cases"][0]
    (tmp_path / "text").write_text(vector["canonical"])
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", VECTORS["secret"], str(tmp_path / "text")],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[-1] == vector["signature"]


@given(PARTS, PARTS)
def test_different_requests_have_different_texts(one, other):
    """No two requests share the text that is signed."""
    assume(one != other)
    assert canonical_request(**one) != canonical_request(**other)


@given(PARTS)
def test_the_text_says_the_request(parts):
    """Each part can be read back from the text, so nothing is signed that is not there."""
    lines = canonical_request(**parts).decode("ascii").split("\n")
    assert lines == [
        "TRADECORE-HMAC-SHA256",
        parts["timestamp_ms"],
        parts["nonce"],
        parts["method"],
        parts["target"],
        hashlib.sha256(parts["body"]).hexdigest(),
    ]


@given(PARTS, st.sampled_from(["timestamp_ms", "nonce", "method", "target", "body"]), PARTS)
def test_a_signature_holds_for_its_request_alone(parts, changed, other):
    """Whichever part becomes another, the signature is not that of the request any more."""
    assume(parts[changed] != other[changed])
    signature = sign_request(SECRET, **(parts | {"timestamp_ms": int(parts["timestamp_ms"])}))
    good = SignedRequest(key_id="tck_a", signature=signature, **parts)
    assert fault_of(good) is None
    assert is_signed_by(good, SECRET)
    assert not is_signed_by(dataclasses.replace(good, **{changed: other[changed]}), SECRET)


def test_another_secret_or_none_is_refused():
    """A request is signed by its own secret; a key nobody has signs nothing."""
    assert is_signed_by(request(), SECRET)
    assert not is_signed_by(request(), SECRET[:-1] + "X")
    assert not is_signed_by(request(), None)
    nobody = sign_request(
        "\0" * 32,
        timestamp_ms=1_767_225_600_000,
        nonce="n-000001",
        method="GET",
        target="/api/orders?limit=5",
    )
    assert not is_signed_by(request(signature=nobody), None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("timestamp", "01767225600000"),
        ("timestamp", "+1767225600000"),
        ("timestamp", "1.7e12"),
        ("timestamp", "-1"),
        ("timestamp", ""),
        ("timestamp", "1767225600000\n"),
        ("timestamp", "17672256000001234"),
        ("timestamp", "١٧٦٧٢٢٥٦٠٠٠٠٠"),
        ("nonce", "short"),
        ("nonce", "n" * 65),
        ("nonce", "n-0000 1"),
        ("nonce", "n-000001\n"),
        ("method", "get"),
        ("method", "GET\nx"),
        ("method", ""),
        ("target", "api/orders"),
        ("target", "/api/orders#x"),
        ("target", "/api/or ders"),
        ("target", "/api/\norders"),
        ("target", "/é"),
        ("target", "/" + "x" * 4096),
        ("target", "http://example.org/"),
        ("signature", "0" * 63),
        ("signature", "A" * 64),
        ("signature", "0" * 64 + "\n"),
        ("key id", ""),
        ("key id", "tck a"),
        ("key id", "k" * 65),
    ],
)
def test_a_part_out_of_form_is_named(name, text):
    """A part that has not its form is refused before anything is computed."""
    field = {"timestamp": "timestamp_ms", "key id": "key_id"}.get(name, name)
    wrong = request(**{field: text})
    assert fault_of(wrong) == name
    if name not in {"key id", "signature"}:
        with pytest.raises(ValueError, match="a part of a signed request is"):
            canonical_request(
                timestamp_ms=wrong.timestamp_ms,
                nonce=wrong.nonce,
                method=wrong.method,
                target=wrong.target,
                body=b"",
            )


def test_a_request_shows_neither_signature_nor_body():
    """What is logged of a request cannot be sent again."""
    assert request().signature not in repr(request())
    assert "body" not in repr(request(body=b"body"))
