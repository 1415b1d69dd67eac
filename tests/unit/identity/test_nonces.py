"""Nonces: admitted once, near their own time, in memory that has a limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.identity.nonces import NonceWindow
from tradecore.identity.refusals import AuthCode

SECOND = 1_000_000_000
START = 1_800_000_000 * SECOND


def window(**limits) -> NonceWindow:
    """Return a window that was opened long enough ago to take any timestamp near `START`."""
    return NonceWindow(opened_ns=START - 60 * SECOND, **limits)


def admit(nonces: NonceWindow, nonce: str, at_ns: int, now_ns: int = START, key: str = "tck_a"):
    """Ask for one nonce."""
    return nonces.admit(key, nonce, timestamp_ns=at_ns, now_ns=now_ns)


@pytest.mark.parametrize(
    ("offset_ns", "code"),
    [
        (0, None),
        (5 * SECOND, None),
        (-5 * SECOND, None),
        (5 * SECOND + 1, AuthCode.OUT_OF_TIME),
        (-5 * SECOND - 1, AuthCode.OUT_OF_TIME),
        (-START, AuthCode.OUT_OF_TIME),
        (10**28, AuthCode.OUT_OF_TIME),
    ],
)
def test_a_timestamp_is_near_now(offset_ns, code):
    """Five seconds either way are admitted, a nanosecond more is not."""
    assert admit(window(), "n", START + offset_ns) is code


def test_a_nonce_is_used_once():
    """The same nonce is refused, under another timestamp too; another key may use it."""
    nonces = window()
    assert admit(nonces, "n", START) is None
    assert admit(nonces, "n", START) is AuthCode.NONCE_USED
    assert admit(nonces, "n", START + SECOND) is AuthCode.NONCE_USED
    assert admit(nonces, "n", START, key="tck_b") is None


def test_a_replay_is_refused_for_as_long_as_its_time_is_admitted():
    """Whenever the same request comes again it is refused: as used at first, as old later."""
    nonces = window()
    sent_ns = START + 5 * SECOND
    assert admit(nonces, "n", sent_ns) is None
    for later_ns in range(START, START + 20 * SECOND, SECOND // 4):
        expected = AuthCode.NONCE_USED if later_ns <= sent_ns + 5 * SECOND else AuthCode.OUT_OF_TIME
        assert admit(nonces, "n", sent_ns, later_ns) is expected


def test_what_is_forgotten_is_not_admitted_again():
    """When the clock steps back, requests whose nonces were forgotten are refused."""
    nonces = window()
    assert admit(nonces, "n", START) is None
    assert admit(nonces, "m", START + 30 * SECOND, START + 30 * SECOND) is None
    assert len(nonces) == 1
    assert admit(nonces, "n", START, START) is AuthCode.OUT_OF_TIME


def test_nothing_from_before_the_start_is_admitted():
    """A process that has just started knows no nonce of before, so it takes none of that time."""
    nonces = NonceWindow(opened_ns=START)
    assert admit(nonces, "n", START - 1) is AuthCode.OUT_OF_TIME
    assert admit(nonces, "n", START) is None


def test_memory_has_a_limit():
    """A full window refuses and forgets nothing before its time."""
    nonces = window(entries_max=3, key_entries_max=2)
    assert [admit(nonces, n, START) for n in "abc"] == [None, None, AuthCode.NONCES_FULL]
    assert admit(nonces, "a", START, key="tck_b") is None
    assert admit(nonces, "b", START, key="tck_b") is AuthCode.NONCES_FULL
    assert admit(nonces, "a", START) is AuthCode.NONCE_USED
    later_ns = START + 10 * SECOND
    assert admit(nonces, "c", later_ns, later_ns) is None
    assert len(nonces) == 1


@pytest.mark.parametrize("name", ["tolerance_ns", "entries_max", "key_entries_max"])
def test_a_window_without_room_is_refused(name):
    """A limit of nothing is a mistake, not a limit."""
    with pytest.raises(ValueError, match=f"{name}=0"):
        window(**{name: 0})


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-6, 6), st.integers(0, 3)), max_size=60))
def test_no_request_is_ever_admitted_twice(steps):
    """However the clock goes on and the timestamps lie, each nonce comes in once per window."""
    nonces = window(entries_max=20)
    admitted: set[tuple[int, int]] = set()
    now = 0
    for tick, offset, number in steps:
        now += tick // 8
        at = now + offset
        said = admit(nonces, f"n{number}", START + at * SECOND, START + now * SECOND)
        if said is None:
            assert (number, at) not in admitted
            assert abs(offset) <= 5
            admitted.add((number, at))
        assert len(nonces) <= 20
