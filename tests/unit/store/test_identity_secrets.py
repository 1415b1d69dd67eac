"""The secrets of a venue: from settings, from files, or made once; never from a sample."""

from __future__ import annotations

import os
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from support.identity_rig import GIVEN
from tradecore.identity.secret_settings import SecretsError
from tradecore.identity.token_keys import Algorithm
from tradecore.store.identity_secrets import KEPT_FILE, venue_secrets
from tradecore.telemetry import scrub

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PRIVATE_PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC_PEM = (
    PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
)
NEEDS_MODES = pytest.mark.skipif(os.name != "posix", reason="needs a system with modes")


def given_by(tmp_path, name, text, mode=0o600):
    """Return settings in which one secret is in a file."""
    path = tmp_path / name.lower()
    path.write_text(text)
    path.chmod(mode)
    return {key: value for key, value in GIVEN.items() if key != name} | {f"{name}_FILE": str(path)}


def test_given_secrets_are_taken(tmp_path):
    """What settings say is used, and nothing is made or kept."""
    secrets = venue_secrets(tmp_path, GIVEN, randomness=os.urandom)
    assert secrets.admin_token == GIVEN["ADMIN_TOKEN"]
    assert secrets.token_keys.algorithm is Algorithm.HS256
    assert list(tmp_path.iterdir()) == []


def test_missing_secrets_are_made_once(tmp_path):
    """The first start makes what is not given, in a file of its owner; the next finds it."""
    folder = tmp_path / "data"
    first = venue_secrets(folder, {"JWT_SECRET": GIVEN["JWT_SECRET"]}, randomness=os.urandom)
    again = venue_secrets(folder, {"JWT_SECRET": GIVEN["JWT_SECRET"]}, randomness=os.urandom)
    assert again.vault.key_id == first.vault.key_id
    assert again.admin_token == first.admin_token
    kept = (folder / KEPT_FILE).read_text()
    assert sorted(line.partition("=")[0] for line in kept.splitlines()) == [
        "ADMIN_TOKEN",
        "ENCRYPTION_KEY",
    ]
    if os.name == "posix":
        assert stat.S_IMODE((folder / KEPT_FILE).stat().st_mode) == 0o600


def test_a_given_secret_is_before_a_kept_one(tmp_path):
    """What settings say today counts, not what was made yesterday."""
    venue_secrets(tmp_path, {}, randomness=os.urandom)
    secrets = venue_secrets(tmp_path, {"ADMIN_TOKEN": GIVEN["ADMIN_TOKEN"]})
    assert secrets.admin_token == GIVEN["ADMIN_TOKEN"]


@pytest.mark.parametrize("name", ["JWT_SECRET", "ENCRYPTION_KEY"])
def test_without_randomness_nothing_is_made(tmp_path, name):
    """A command beside the venue does not invent secrets the venue has not."""
    given = {key: value for key, value in GIVEN.items() if key != name}
    with pytest.raises(SecretsError, match=f"a venue needs this secret: {name}"):
        venue_secrets(tmp_path, given)


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_a_secret_may_be_in_a_file(tmp_path, name):
    """`NAME_FILE` names it; the line feed at its end is not part of it."""
    secrets = venue_secrets(tmp_path / "data", given_by(tmp_path, name, GIVEN[name] + "\n"))
    same = venue_secrets(tmp_path / "data", GIVEN)
    assert secrets.admin_token == same.admin_token
    assert secrets.vault.key_id == same.vault.key_id
    assert secrets.token_keys.signing_kid == same.token_keys.signing_kid


@NEEDS_MODES
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
@pytest.mark.parametrize("name", sorted(GIVEN))
def test_a_file_others_can_read_is_refused(tmp_path, name, mode):
    """Whatever right the group or others have to it; the message names setting and file."""
    given = given_by(tmp_path, name, GIVEN[name], mode)
    with pytest.raises(SecretsError, match=rf"chmod 600 \S+{name.lower()}: {name}$") as caught:
        venue_secrets(tmp_path, given)
    assert GIVEN[name] not in str(caught.value)


@NEEDS_MODES
def test_a_kept_file_others_can_read_is_refused(tmp_path):
    """The venue's own file is no exception."""
    venue_secrets(tmp_path, {}, randomness=os.urandom)
    (tmp_path / KEPT_FILE).chmod(0o644)
    with pytest.raises(SecretsError, match="only its owner can read") as caught:
        venue_secrets(tmp_path, {}, randomness=os.urandom)
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize("name", sorted(GIVEN))
@pytest.mark.parametrize(
    "value",
    [
        "your-jwt-secret",
        "your-secure-admin-token",
        "your-32-byte-encryption-key",
        "changeme",
        "x" * 32,
        "short-9Zq",
    ],
)
def test_a_sample_is_refused_by_its_setting(tmp_path, name, value):
    """A placeholder, a short one or one of few characters stops the start, by its name alone."""
    with pytest.raises(SecretsError, match=f": {name}") as caught:
        venue_secrets(tmp_path, GIVEN | {name: value}, randomness=os.urandom)
    assert value not in str(caught.value)


def test_one_secret_for_two_purposes_is_refused(tmp_path):
    """The same text as token secret and as admin token."""
    rule = "ADMIN_TOKEN is the same as|is the same as ADMIN_TOKEN"
    with pytest.raises(SecretsError, match=rule):
        venue_secrets(tmp_path, GIVEN | {"ADMIN_TOKEN": GIVEN["JWT_SECRET"]})


def test_a_secret_comes_from_one_place(tmp_path):
    """A value and a file for the same setting are a mistake."""
    given = given_by(tmp_path, "JWT_SECRET", GIVEN["JWT_SECRET"]) | GIVEN
    with pytest.raises(SecretsError, match="JWT_SECRET and JWT_SECRET_FILE are both set"):
        venue_secrets(tmp_path, given)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"\xff\xfe" * 20, "a secret's file is text: JWT_SECRET"),
        (b"x" * 70_000, "a secret's file has at most 65536 bytes: JWT_SECRET"),
        (b"\n", "a secret is not empty: JWT_SECRET"),
    ],
    ids=["binary", "long", "empty"],
)
def test_a_file_that_is_no_secret_is_refused(tmp_path, data, rule):
    """The message has the rule and the setting."""
    given = given_by(tmp_path, "JWT_SECRET", "")
    (tmp_path / "jwt_secret").write_bytes(data)
    with pytest.raises(SecretsError, match=rule):
        venue_secrets(tmp_path, given)


def test_secrets_are_changed_in_steps(tmp_path):
    """Previous ones, several with commas between, are checked like the current."""
    new = GIVEN | {
        "JWT_SECRET": "Zc-Q7Rt90Ty5Hj3Gf6Sd1Lp8Km4Bv2Xn",
        "JWT_SECRET_PREVIOUS": GIVEN["JWT_SECRET"] + ",Km4Bv2XnZc-Q7Rt90Ty5Hj3Gf6Sd1Lp8",
        "ENCRYPTION_KEY": "Gf6Sd1Lp8Km4Bv2XnZc-Q7Rt90Ty5Hj3",
        "ENCRYPTION_KEY_PREVIOUS": GIVEN["ENCRYPTION_KEY"],
    }
    secrets = venue_secrets(tmp_path, new)
    old = venue_secrets(tmp_path, GIVEN)
    assert old.token_keys.signing_kid in secrets.token_keys.verification
    assert len(secrets.token_keys.verification) == 3
    sealed = old.vault.seal("x", nonce=bytes(12), row="r")
    assert secrets.vault.open(sealed, row="r") == "x"
    with pytest.raises(SecretsError, match="JWT_SECRET is the same as JWT_SECRET_PREVIOUS"):
        venue_secrets(tmp_path, GIVEN | {"JWT_SECRET_PREVIOUS": GIVEN["JWT_SECRET"]})


def test_tokens_may_be_signed_by_a_key_pair(tmp_path):
    """Then no `JWT_SECRET` is made, and further public keys only check."""
    given = {"JWT_ALGORITHM": "EdDSA", "JWT_PRIVATE_KEY": PRIVATE_PEM}
    keys = venue_secrets(tmp_path, GIVEN | given, randomness=os.urandom).token_keys
    assert keys.algorithm is Algorithm.EDDSA
    assert keys.signing_kid in keys.verification
    assert not (tmp_path / KEPT_FILE).exists()
    reader = {"JWT_ALGORITHM": "EdDSA", "JWT_PUBLIC_KEYS": PUBLIC_PEM}
    keys = venue_secrets(tmp_path, GIVEN | reader).token_keys
    assert keys.signing_kid is None
    assert len(keys.verification) == 1


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"JWT_ALGORITHM": "none"}, "JWT_ALGORITHM is one of HS256 EdDSA RS256: 'none'"),
        ({"JWT_ALGORITHM": "EdDSA"}, "tokens of EdDSA need a key: JWT_PRIVATE_KEY"),
        (
            {"JWT_ALGORITHM": "RS256", "JWT_PRIVATE_KEY": PRIVATE_PEM},
            "a key is for RS256: Ed25519PublicKey: JWT keys",
        ),
        (
            {"JWT_ALGORITHM": "EdDSA", "JWT_PUBLIC_KEYS": '{"keys": []}'},
            "tokens are checked with 1 to 16 keys: 0: JWT keys",
        ),
        ({"JWT_ALGORITHM": "EdDSA", "JWT_PRIVATE_KEY": "x" * 32}, "JWT_PRIVATE_KEY"),
    ],
    ids=["none", "no-key", "other-key", "empty-set", "no-pem"],
)
def test_a_key_pair_that_does_not_fit_is_refused(tmp_path, given, rule):
    """The algorithm is one of three, and its key is of its kind."""
    with pytest.raises(SecretsError, match=rule):
        venue_secrets(tmp_path, GIVEN | given)


def test_secrets_are_masked_from_then_on(tmp_path):
    """Every secret a venue starts with is known to what scrubs its logs."""
    secrets = venue_secrets(tmp_path, GIVEN)
    for value in GIVEN.values():
        assert scrub(f"a line with {value} in it") == "a line with *** in it"
        assert value not in repr(secrets)
