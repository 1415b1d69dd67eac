"""A venue does not start with secrets that are none."""

from __future__ import annotations

import pytest

from tradecore.identity.secret_settings import (
    SecretForm,
    SecretsError,
    SecretSetting,
    check_secrets,
    secret_faults,
)

GOOD = "q7Wc9ZtR2nX4vB8mK1pL6sD3fG5hJ0yT"
OTHER = "0Ty5Hj3Gf6Sd1Lp8Km4Bv2Xn7Rt9Zc-Q"
HEX = "3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b"
BASE64 = "OnvT4jYKPSnupDb8+35ExzXRF8QtHBg1QgtrmULdTxs="
PEM = f"-----BEGIN PRIVATE KEY-----\n{GOOD}\n-----END PRIVATE KEY-----"


def setting(value: str, name: str = "JWT_SECRET", **more) -> SecretSetting:
    """Return a secret as it came in."""
    return SecretSetting(name, value, **more)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (GOOD, SecretForm.TEXT),
        (HEX, SecretForm.TEXT),
        (HEX, SecretForm.ENCRYPTION_KEY),
        (BASE64, SecretForm.ENCRYPTION_KEY),
        (GOOD, SecretForm.ENCRYPTION_KEY),
        (PEM, SecretForm.PEM),
    ],
    ids=["text", "hex-text", "hex", "base64", "raw", "pem"],
)
def test_a_good_secret_is_taken(value, form):
    """Random text of 32 bytes or more, a key in its three forms, a PEM."""
    check_secrets([setting(value, form=form)])


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("your-jwt-secret", "a placeholder stands where a secret belongs"),
        ("your-secure-admin-token", "a placeholder"),
        ("your-32-byte-encryption-key", "a placeholder"),
        ("your-256-bit-secret", "a placeholder"),
        ("your_jwt_secret_of_more_than_32_characters_in_all", "a placeholder"),
        ("change-me-please-change-me-please-now", "a placeholder"),
        ("a-string-secret-at-least-256-bits-long", "a placeholder"),
        ("supersecretsupersecretsupersecret1234", "a placeholder"),
        ("<insert a random secret of 32 bytes here>", "a placeholder"),
        ("secret", "a placeholder"),
        ("", "a secret is not empty"),
        ("   ", "a secret is not empty"),
        ("dF8-kq2", "a secret has 32 to 16384 bytes, not 7"),
        (GOOD[:-1], "a secret has 32 to 16384 bytes, not 31"),
        ("k7" * 9000, "a secret has 32 to 16384 bytes, not 18000"),
        ("a" * 32, "a secret is random, with 10 different characters or more"),
        ("0123012301230123" * 4, "a secret is random"),
    ],
)
def test_a_bad_secret_is_refused_by_its_name(value, rule):
    """The fault has rule and name, and never the value."""
    with pytest.raises(SecretsError, match=rule) as caught:
        check_secrets([setting(value)])
    (fault,) = caught.value.faults
    assert fault.endswith(": JWT_SECRET")
    assert not value.strip() or value == "secret" or value not in str(caught.value)
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("value", [GOOD + "x", HEX[:-1] + "g", BASE64[:-2] + "!="])
def test_an_encryption_key_is_32_bytes(value):
    """A text that is longer, or almost hexadecimal, is no key."""
    with pytest.raises(SecretsError, match=r"an encryption key is 32 bytes.*: ENCRYPTION_KEY"):
        check_secrets([setting(value, "ENCRYPTION_KEY", form=SecretForm.ENCRYPTION_KEY)])


def test_a_private_key_is_pem():
    """Text that is long enough is no key yet."""
    with pytest.raises(SecretsError, match="a private key is PEM: JWT_PRIVATE_KEY"):
        check_secrets([setting(GOOD, "JWT_PRIVATE_KEY", form=SecretForm.PEM)])


@pytest.mark.parametrize(
    ("one", "other"),
    [(GOOD, GOOD), (HEX, HEX.upper()), (HEX, BASE64), (GOOD, f" {GOOD} ")],
    ids=["same", "capitals", "other-form", "blanks"],
)
def test_one_secret_has_one_purpose(one, other):
    """The same secret under two names is refused, however it is written down."""
    faults = secret_faults([setting(one), setting(other, "ADMIN_TOKEN")])
    assert faults == ["each purpose has a secret of its own: JWT_SECRET is the same as ADMIN_TOKEN"]


def test_a_file_others_can_read_is_refused():
    """The fault names file and setting, and says what to do."""
    (fault,) = secret_faults([setting(GOOD, file="/etc/venue/jwt", is_open=True)])
    assert fault == (
        "a secret is in a file only its owner can read, chmod 600 /etc/venue/jwt: JWT_SECRET"
    )


def test_everything_wrong_is_told_at_once():
    """Each setting has its line, and the good one none."""
    faults = secret_faults(
        [
            setting("your-jwt-secret"),
            setting("short", "ADMIN_TOKEN", is_open=True, file="f"),
            setting(GOOD, "ENCRYPTION_KEY"),
        ]
    )
    assert [fault.rpartition(": ")[2] for fault in faults] == [
        "JWT_SECRET",
        "ADMIN_TOKEN",
        "ADMIN_TOKEN",
    ]


def test_a_setting_does_not_show_its_secret():
    """Neither does its repr."""
    assert GOOD not in repr(setting(GOOD))
    assert OTHER not in repr(setting(OTHER, form=SecretForm.ENCRYPTION_KEY))
