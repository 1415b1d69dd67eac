"""Sessions: a refresh token is good once; guessing is slow; a flood does not fill the log."""

from __future__ import annotations

import dataclasses

import pytest

from tradecore.identity import AuthCode, Scope, Session
from tradecore.identity.notices import Notices
from tradecore.identity.refusals import Refusal
from tradecore.identity.sessions import (
    RefreshToken,
    judge_refresh,
    refresh_digest,
    refresh_text,
)
from tradecore.identity.throttle import LoginThrottle

SESSION = Session(
    id="ses_1", user="usr_alice", scopes=frozenset({Scope.ORDERS_READ}), began_ns=0, ends_ns=100
)
TOKEN = RefreshToken(digest="d", session="ses_1", expires_ns=50)


def test_a_refresh_token_is_kept_by_its_digest():
    """What is kept is not what is sent, and a longer text is not the shorter one."""
    text = refresh_text(bytes(32))
    assert text == "tcr_" + "A" * 43
    assert text not in refresh_digest(text)
    assert refresh_digest(text) == refresh_digest(text)
    assert refresh_digest("x" * 70) != refresh_digest("x" * 64)
    with pytest.raises(ValueError, match="made of 32 bytes: 16"):
        refresh_text(bytes(16))


@pytest.mark.parametrize(
    ("token", "session", "now_ns", "code"),
    [
        pytest.param({}, {}, 49, None, id="good"),
        pytest.param(None, {}, 1, AuthCode.UNKNOWN_KEY, id="unknown"),
        pytest.param({}, None, 1, AuthCode.UNKNOWN_KEY, id="no-session"),
        pytest.param({}, {"revoked_ns": 1}, 2, AuthCode.REVOKED, id="ended"),
        pytest.param({"used_ns": 1}, {}, 2, AuthCode.TOKEN_REUSED, id="used"),
        pytest.param({"used_ns": 1}, {"revoked_ns": 2}, 3, AuthCode.REVOKED, id="used-and-ended"),
        pytest.param({}, {}, 50, AuthCode.EXPIRED, id="token-over"),
        pytest.param({"expires_ns": 500}, {}, 100, AuthCode.EXPIRED, id="session-over"),
    ],
)
def test_a_refresh_token_is_judged(token, session, now_ns, code):
    """Once, in its time, while its session lasts; a used one says that somebody has a copy."""
    found = None if token is None else dataclasses.replace(TOKEN, **token)
    of = None if session is None else dataclasses.replace(SESSION, **session)
    said = judge_refresh(found, of, now_ns=now_ns)
    assert (said.code if said else None) is code


def test_guessing_is_made_slow():
    """After its failures a login waits; elsewhere, and once it succeeded, it does not."""
    throttle = LoginThrottle(failures_max=3, window_ns=100)
    for at in (0, 10, 20):
        assert throttle.wait_ns("alice", "a", now_ns=at) == 0
        throttle.fail("alice", "a", now_ns=at)
    assert throttle.wait_ns("alice", "a", now_ns=30) == 70
    assert throttle.wait_ns("alice", "b", now_ns=30) == 0
    assert throttle.wait_ns("alice", "a", now_ns=100) == 0
    throttle.fail("alice", "a", now_ns=100)
    assert throttle.wait_ns("alice", "a", now_ns=101) == 0
    throttle.succeed("alice", "a")
    throttle.succeed("nobody", "a")
    assert not throttle._failures


def test_a_throttle_forgets_the_oldest():
    """Its memory has a limit that a stranger's logins cannot pass."""
    throttle = LoginThrottle(failures_max=1, window_ns=100, entries_max=2)
    for login in ("a", "b", "c"):
        throttle.fail(login, "x", now_ns=0)
    assert [throttle.wait_ns(login, "x", now_ns=1) for login in ("a", "b", "c")] == [0, 99, 99]


def refusal(subject: str) -> Refusal:
    """Return a refusal of somebody."""
    return Refusal(AuthCode.BAD_SIGNATURE, "a signature is that of the request", subject)


def test_many_refusals_become_one_entry():
    """Refusals alike are counted between two takes, with the first and the last time."""
    notices = Notices()
    for at in (5, 6, 9):
        notices.refuse(refusal("tck_a"), "192.0.2.1", now_ns=at)
    events, used = notices.take()
    assert [event.type for event in events] == ["request.refused"]
    assert events[0].actor == "unproved"
    assert events[0].data == {
        "code": "bad_signature",
        "subject": "tck_a",
        "peer": "192.0.2.1",
        "count": 3,
        "first_ns": 5,
        "last_ns": 9,
    }
    assert not used
    assert notices.take() == ([], {})


def test_a_flood_of_refusals_does_not_grow():
    """What has no room left is counted together."""
    notices = Notices(entries_max=2)
    for number in range(50):
        notices.refuse(refusal(f"tck_{number}"), "192.0.2.1", now_ns=number)
    events, _ = notices.take()
    assert [event.data["count"] for event in events] == [1, 1, 48]
    assert events[-1].data["code"] == "many"


def test_a_key_is_noted_where_it_is_new():
    """The first use from an address is an event, each use is a time."""
    notices = Notices()
    for at, peer in ((1, "a"), (2, "a"), (3, "b")):
        notices.use("tck_a", peer, now_ns=at)
    events, used = notices.take()
    assert [(event.type, event.actor, event.data["peer"]) for event in events] == [
        ("key.used", "tck_a", "a"),
        ("key.used", "tck_a", "b"),
    ]
    assert used == {"tck_a": 3}
    notices.use("tck_a", "a", now_ns=9)
    assert notices.take() == ([], {"tck_a": 9})
