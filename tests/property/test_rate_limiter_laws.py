"""Whatever is asked when: a limiter admits as its slow twin does, and never starves."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tradecore as tc

CAPACITY, PERIOD, RESERVE = 7, 100, 2

# Nanoseconds since the last request (negative now and then), tokens, and who asks.
requests = st.lists(
    st.tuples(st.integers(-60, 130), st.integers(0, CAPACITY - RESERVE), st.booleans()),
    max_size=60,
)


def bucket_left(history, now):
    """Count a bucket's tokens from the start, in fractions."""
    left, last = Fraction(CAPACITY), None
    for at, tokens in [*history, (now, 0)]:
        gained = Fraction((at - last) * CAPACITY, PERIOD) if last is not None else 0
        left = min(Fraction(CAPACITY), left + gained) - tokens
        last = at
    return left


def window_left(history, now):
    """Count what was admitted in the period that ends now."""
    return CAPACITY - sum(tokens for at, tokens in history if now - at < PERIOD)


def weighted_left(history, now):
    """Count what was admitted in the period of the clock."""
    return CAPACITY - sum(tokens for at, tokens in history if at // PERIOD == now // PERIOD)


LEFT = {
    "token_bucket": bucket_left,
    "sliding_window": window_left,
    "weighted": weighted_left,
}


@pytest.mark.parametrize("kind", LEFT)
@given(requests=requests, start=st.integers(-300, 300))
def test_admits_when_its_twin_does_and_as_soon_as_it_said(kind, requests, start):
    """Waiting the answer admits, a nanosecond less does not; backwards time changes nothing."""

    def replay(history):
        made = getattr(tc.RateLimiter, kind)(capacity=CAPACITY, period_ns=PERIOD, reserve=RESERVE)
        for at, tokens in history:
            assert made.acquire(tokens, now_ns=at, use_reserve=True) == 0
        return made

    limiter, history, now, latest = replay([]), [], start, -1_000_000
    for step, tokens, may in requests:
        now += step
        latest = max(latest, now)
        floor = 0 if may or not tokens else RESERVE
        wait = limiter.acquire(tokens, now_ns=now, use_reserve=may)
        assert (wait == 0) == (not tokens or tokens + floor <= LEFT[kind](history, latest))
        if wait == 0:
            history.append((latest, tokens))
        else:
            assert replay(history).acquire(tokens, now_ns=now + wait - 1, use_reserve=may) > 0
            assert replay(history).acquire(tokens, now_ns=now + wait, use_reserve=may) == 0


@given(requests=requests)
def test_no_stretch_of_time_holds_more_than_capacity_and_what_flowed_in(requests):
    """Bucket: capacity + refill; window: capacity in any period."""
    for kind in ("token_bucket", "sliding_window"):
        limiter = getattr(tc.RateLimiter, kind)(capacity=CAPACITY, period_ns=PERIOD)
        history, now = [], 0
        for step, tokens, _ in requests:
            now += abs(step)
            if limiter.acquire(tokens, now_ns=now) == 0:
                history.append((now, tokens))
        for first, (begin, _) in enumerate(history):
            for last in range(first, len(history)):
                span = history[last][0] - begin
                admitted = sum(tokens for _, tokens in history[first : last + 1])
                if kind == "token_bucket":
                    assert admitted * PERIOD <= CAPACITY * (PERIOD + span)
                elif span < PERIOD:
                    assert admitted <= CAPACITY
