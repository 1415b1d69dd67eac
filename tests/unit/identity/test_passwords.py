"""Passwords: hashed with argon2id, checked at one cost for everybody, made anew when it grows."""

from __future__ import annotations

import argon2.low_level
import pytest

from tradecore.identity import IdentityError
from tradecore.identity.passwords import PasswordCost, Passwords
from tradecore.identity.users import check_login, prepared_password

CHEAP = PasswordCost(memory_kib=64, passes=1)
SALT = b"s" * 16
PASSWORD = "a horse, a battery, a staple"  # noqa: S105 - of this test alone


@pytest.fixture(scope="module")
def passwords():
    """Return a checker that is cheap enough for a test."""
    return Passwords(CHEAP, salt=b"d" * 16)


def test_a_hash_is_argon2id_of_its_cost(passwords):
    """The stored text names algorithm and cost, and holds no password."""
    stored = passwords.hash(PASSWORD, salt=SALT)
    assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert PASSWORD not in stored
    assert passwords.hash(PASSWORD, salt=b"t" * 16) != stored


def test_the_right_password_is_right(passwords):
    """And any other is not."""
    stored = passwords.hash(PASSWORD, salt=SALT)
    assert passwords.check(PASSWORD, stored).is_right
    for wrong in ("", PASSWORD + " ", PASSWORD.upper(), "nobody's password", "x" * 5000, "\ud800"):
        assert not passwords.check(wrong, stored).is_right


def test_both_spellings_of_a_letter_are_one_password(passwords):
    """An `é` of one code point and one of two are the same letter to whoever types it."""
    composed = prepared_password("caf\u00e9 au lait!", login="alice")
    stored = passwords.hash(composed, salt=SALT)
    assert passwords.check("cafe\u0301 au lait!", stored).is_right


def test_nobody_s_password_is_never_right(passwords):
    """An unknown user does not come in, not even with the text that stands in for a password."""
    assert not passwords.check("nobody's password", None).is_right
    assert not passwords.check(PASSWORD, None).is_right


@pytest.mark.parametrize("stored", [None, "of a user"], ids=["unknown", "known"])
def test_an_unknown_user_costs_what_a_known_one_does(passwords, stored, monkeypatch):
    """One hash of the same cost is computed, whether the user exists or not."""
    hashed = passwords.hash(PASSWORD, salt=SALT) if stored else None
    seen = []
    verify = argon2.low_level.verify_secret

    def spy(stored_hash, *arguments):
        seen.append(stored_hash.decode().rsplit("$", 2)[0])
        return verify(stored_hash, *arguments)

    monkeypatch.setattr("argon2._password_hasher.verify_secret", spy)
    passwords.check("wrong", hashed)
    assert seen == ["$argon2id$v=19$m=64,t=1,p=1"]


def test_a_hash_that_grew_too_cheap_is_outdated(passwords):
    """When the cost grows, who logs in is told so that the hash is made anew."""
    stored = passwords.hash(PASSWORD, salt=SALT)
    assert not passwords.check(PASSWORD, stored).is_outdated
    dearer = Passwords(PasswordCost(memory_kib=128, passes=2), salt=SALT)
    checked = dearer.check(PASSWORD, stored)
    assert checked.is_right
    assert checked.is_outdated
    assert not dearer.check("wrong", stored).is_outdated


@pytest.mark.parametrize("stored", ["", "plain text", "$argon2id$v=19$m=64", "$2b$12$abc"])
def test_what_is_no_hash_lets_nobody_in(passwords, stored):
    """A broken column is a wrong password."""
    assert not passwords.check(PASSWORD, stored).is_right


def test_a_salt_has_its_length(passwords):
    """Sixteen bytes."""
    with pytest.raises(ValueError, match="a salt is 16 bytes: 8"):
        passwords.hash(PASSWORD, salt=b"8 bytes!")


def test_the_usual_cost_is_no_less_than_advised():
    """OWASP's sheet asks for 19 MiB and two passes at least."""
    cost = PasswordCost()
    assert cost.memory_kib >= 19_456
    assert cost.passes >= 2


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("", "at least 12 characters"),
        ("elevenchars", "at least 12 characters"),
        ("x" * 1025, "at most 1024 bytes"),
        ("é" * 513, "at most 1024 bytes"),
        ("change me please", "a placeholder stands"),
        ("your-password-here", "a placeholder stands"),
        ("supersecretpassword", "a placeholder stands"),
        ("Alice in Wonderland", "does not have the login in it"),
    ],
)
def test_a_weak_password_is_refused_without_being_shown(password, rule):
    """The message has the rule and never the password."""
    with pytest.raises(IdentityError, match=rule) as caught:
        prepared_password(password, login="alice")
    assert not password or password not in str(caught.value)


@pytest.mark.parametrize("login", ["a", "alice", "a.b+c@example.org", "0-1_2", "a" * 64])
def test_a_login_is_a_name(login):
    """Letters, digits and what addresses have."""
    assert check_login(login) == login


@pytest.mark.parametrize("login", ["", "Alice", ".a", "a b", "a" * 65, "é", "a\n", "a;--"])
def test_another_login_is_refused(login):
    """Nothing that looks like another login, or like code, is one."""
    with pytest.raises(IdentityError, match="a login is 1 to 64"):
        check_login(login)
