"""Keys and messages made for these tests; none of them opens anything."""

from __future__ import annotations

import base64
import json

import pytest

SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")


def pem(label, der):
    """Return `der` as a PEM document."""
    body = base64.b64encode(der).decode()
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


@pytest.fixture
def seed():
    """Return the seed of RFC 8032 §7.1, test 2."""
    return SEED


@pytest.fixture
def private_pem():
    """Return that seed as the PKCS#8 file a venue's key page makes."""
    return pem("PRIVATE KEY", bytes.fromhex("302e020100300506032b657004220420") + SEED)


@pytest.fixture
def order():
    """Return the arguments of a GRVT order that signs."""
    return {
        "chain_id": 326,
        "sub_account_id": 42,
        "instrument_hash": "0x030501",
        "base_decimals": 9,
        "side": "buy",
        "quantity": "0.25",
        "price": "68900.5",
        "nonce": 7,
        "expiration_ns": 1_900_000_000_000_000_000,
    }


@pytest.fixture(scope="session")
def vectors(shared_dir):
    """Return the signatures venues and clients published, or skip where they are absent."""
    path = shared_dir / "protocols" / "vectors.json"
    if not path.is_file():
        pytest.skip("needs ../shared/protocols/vectors.json: not present")
    return json.loads(path.read_text())["vectors"]
