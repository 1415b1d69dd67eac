"""Rate limiters: what each kind admits, how long it asks to wait, and what is refused."""

from __future__ import annotations

import threading
from decimal import Decimal

import numpy as np
import pytest

import tradecore as tc

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
NOW = 1_700_000_060 * SECOND  # twenty seconds into a minute


def test_a_bucket_admits_a_burst_and_then_what_flows_in():
    """Five at once, then one every fifth of a second, to the nanosecond."""
    bucket = tc.RateLimiter.token_bucket(capacity=5, period_ns=SECOND)
    assert [bucket.acquire(now_ns=NOW) for _ in range(6)] == [0, 0, 0, 0, 0, SECOND // 5]
    assert bucket.acquire(now_ns=NOW + SECOND // 5 - 1) == 1
    assert bucket.acquire(now_ns=NOW + SECOND // 5) == 0


def test_a_bucket_may_refill_slower_than_it_bursts():
    """Deribit's credits: 50 000 at most, 10 000 a second, 500 a request."""
    credits_ = tc.RateLimiter.token_bucket(capacity=50_000, refill=10_000, period_ns=SECOND)
    assert [credits_.acquire(500, now_ns=NOW) for _ in range(100)] == [0] * 100
    assert credits_.acquire(500, now_ns=NOW) == SECOND // 20


def test_a_window_counts_the_last_period_exactly():
    """Binance's 300 orders in ten seconds, whatever ten seconds these are."""
    window = tc.RateLimiter.sliding_window(capacity=300, period_ns=10 * SECOND)
    assert [window.acquire(now_ns=NOW + i) for i in range(300)] == [0] * 300
    assert window.acquire(now_ns=NOW + 300) == 10 * SECOND - 300
    assert window.acquire(2, now_ns=NOW + 300) == 10 * SECOND - 299
    assert window.acquire(now_ns=NOW + 10 * SECOND) == 0


def test_a_weighted_budget_starts_again_with_the_clocks_minute():
    """Twenty seconds into a minute, the wait is the other forty."""
    weight = tc.RateLimiter.weighted(capacity=2_400, period_ns=MINUTE)
    assert weight.acquire(2_400, now_ns=NOW) == 0
    assert weight.acquire(1, now_ns=NOW) == 40 * SECOND
    assert weight.acquire(1, now_ns=NOW + 40 * SECOND) == 0


def test_a_weighted_budget_takes_over_what_the_venue_reports():
    """Others behind the same address use weight too; the header tells."""
    weight = tc.RateLimiter.weighted(capacity=2_400, period_ns=MINUTE)
    weight.acquire(100, now_ns=NOW)
    weight.observe(2_399, now_ns=NOW)
    assert weight.available(now_ns=NOW) == 1
    assert weight.acquire(2, now_ns=NOW) == 40 * SECOND
    weight.observe(5, now_ns=NOW)
    assert weight.available(now_ns=NOW) == 1
    weight.observe(10**12, now_ns=NOW)
    assert weight.available(now_ns=NOW) == 0
    assert weight.available(now_ns=NOW + MINUTE) == 2_400


@pytest.mark.parametrize("kind", ["token_bucket", "sliding_window", "weighted"])
def test_the_reserve_is_for_those_who_may_use_it(kind):
    """Quotes stop at the reserve; a cancel still gets through."""
    limiter = getattr(tc.RateLimiter, kind)(capacity=10, period_ns=MINUTE, reserve=3)
    assert limiter.available(now_ns=NOW) == 7
    assert limiter.acquire(7, now_ns=NOW) == 0
    assert limiter.acquire(now_ns=NOW) > 0
    assert limiter.available(now_ns=NOW, use_reserve=True) == 3
    assert [limiter.acquire(now_ns=NOW, use_reserve=True) for _ in range(3)] == [0, 0, 0]
    assert limiter.acquire(now_ns=NOW, use_reserve=True) > 0
    with pytest.raises(tc.TradecoreError, match=r"ever admits: tokens=8, limit=7$"):
        limiter.acquire(8, now_ns=NOW)


@pytest.mark.parametrize("kind", ["token_bucket", "sliding_window", "weighted"])
def test_time_that_runs_backwards_grants_nothing(kind):
    """The latest time seen holds, and the wait grows by what the clock fell back."""
    limiter = getattr(tc.RateLimiter, kind)(capacity=1, period_ns=MINUTE)
    assert limiter.acquire(now_ns=NOW) == 0
    wait = limiter.acquire(now_ns=NOW)
    assert limiter.acquire(now_ns=NOW - MINUTE) == wait + MINUTE
    assert limiter.acquire(now_ns=-(2**63)) == NOW + wait + 2**63
    assert limiter.acquire(now_ns=NOW + wait - 1) == 1
    assert limiter.acquire(now_ns=NOW + wait) == 0


def test_a_composite_charges_every_part_or_none():
    """What one part refuses costs the others nothing; the answer is the longest wait."""
    weight = tc.RateLimiter.weighted(capacity=100, period_ns=MINUTE)
    orders = tc.RateLimiter.sliding_window(capacity=2, period_ns=10 * SECOND)
    place = tc.RateLimiter.composite([weight, orders])
    assert [place.acquire((5, 1), now_ns=NOW + i) for i in range(3)] == [0, 0, 10 * SECOND - 2]
    assert weight.available(now_ns=NOW) == 90
    assert weight.acquire(88, now_ns=NOW) == 0
    later = NOW + 10 * SECOND
    assert place.acquire([5, 1], now_ns=later) == 30 * SECOND, "the longest wait"
    assert orders.available(now_ns=later) == 1
    assert place.available(now_ns=later) == 1


def test_a_composite_of_composites_is_one_of_all_their_parts():
    """Amounts go to the parts in order, however deep they stood."""
    first = tc.RateLimiter.weighted(capacity=3, period_ns=MINUTE)
    second = tc.RateLimiter.weighted(capacity=2, period_ns=MINUTE)
    both = tc.RateLimiter.composite([first, second])
    third = tc.RateLimiter.weighted(capacity=1, period_ns=MINUTE)
    whole = tc.RateLimiter.composite(part for part in (both, third))
    assert whole.acquire((3, 2, 1), now_ns=NOW) == 0
    assert [part.available(now_ns=NOW) for part in (first, second, third)] == [0, 0, 0]


def test_zero_tokens_are_admitted_even_when_nothing_is_left():
    """A Binance order weighs nothing on the address and one on the account."""
    for kind in ("token_bucket", "sliding_window", "weighted"):
        limiter = getattr(tc.RateLimiter, kind)(capacity=2, period_ns=MINUTE, reserve=1)
        limiter.acquire(2, now_ns=NOW, use_reserve=True)
        assert limiter.acquire(0, now_ns=NOW) == 0
        assert limiter.available(now_ns=NOW) == 0


def test_numpy_integers_are_numbers():
    """Whatever has `__index__` counts, but for bool."""
    bucket = tc.RateLimiter.token_bucket(capacity=np.uint32(5), period_ns=np.int64(SECOND))
    assert bucket.acquire(np.int64(5), now_ns=np.int64(NOW)) == 0
    assert bucket.acquire(np.uint8(1), now_ns=np.uint64(NOW)) == SECOND // 5


def test_prints_as_the_calls_that_make_it():
    """Also the parts of a composite."""
    weight = tc.RateLimiter.weighted(capacity=5, period_ns=9, reserve=1)
    bucket = tc.RateLimiter.token_bucket(capacity=2, period_ns=3, refill=4)
    assert repr(tc.RateLimiter.composite([weight, bucket])) == (
        "RateLimiter.composite([RateLimiter.weighted(capacity=5, period_ns=9, reserve=1), "
        "RateLimiter.token_bucket(capacity=2, period_ns=3, refill=4, reserve=0)])"
    )


def test_threads_share_a_composite_without_a_deadlock_or_a_token_too_many():
    """Two composites hold the same parts in opposite order, and both are used at once."""
    one = tc.RateLimiter.sliding_window(capacity=1_000, period_ns=MINUTE)
    two = tc.RateLimiter.weighted(capacity=1_000, period_ns=MINUTE)
    forwards, backwards = tc.RateLimiter.composite([one, two]), tc.RateLimiter.composite([two, one])
    admitted = []

    def ask(limiter):
        admitted.extend(limiter.acquire(now_ns=NOW) == 0 for _ in range(800))

    threads = [threading.Thread(target=ask, args=(part,)) for part in (forwards, backwards) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert sum(admitted) == 1_000
    assert len(admitted) == 3_200


@pytest.mark.parametrize("kind", ["token_bucket", "sliding_window", "weighted"])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"capacity": 0},
            "^rate limit needs capacity ≥ 1 and period ≥ 1 ns: capacity=0, period_ns=5$",
        ),
        ({"period_ns": 0}, "needs capacity ≥ 1 and period ≥ 1 ns: capacity=5, period_ns=0$"),
        ({"capacity": -1}, r"^capacity must be a whole number from 0 to 2\^64 - 1: capacity=-1$"),
        ({"capacity": 2**64}, "^capacity must be a whole number from 0"),
        ({"capacity": True}, "^capacity must be a whole number.*capacity=True$"),
        ({"capacity": 5.0}, "^capacity must be a whole number.*capacity=5.0$"),
        ({"capacity": float("nan")}, "^capacity must be a whole number.*capacity=nan$"),
        ({"capacity": "5"}, "^capacity must be a whole number.*capacity='5'$"),
        ({"period_ns": -5}, "^period_ns must be a whole number"),
        ({"period_ns": None}, "^period_ns must be a whole number.*period_ns=None$"),
        ({"reserve": 5}, "^reserve must be below capacity: reserve=5, capacity=5$"),
        ({"reserve": -1}, "^reserve must be a whole number"),
    ],
    ids=str,
)
def test_a_limit_that_cannot_exist_is_refused(kind, given, said):
    """The text says the rule and the values."""
    with pytest.raises(tc.core.InputError, match=said):
        getattr(tc.RateLimiter, kind)(**{"capacity": 5, "period_ns": 5} | given)


def test_limits_of_one_kind_only():
    """Rules that only one kind has, and that a limiter has no constructor but those named."""
    with pytest.raises(tc.TradecoreError, match=r"^rate limit needs refill ≥ 1 token a period"):
        tc.RateLimiter.token_bucket(capacity=1, period_ns=1, refill=0)
    with pytest.raises(
        tc.TradecoreError, match=r"^bucket must fill within 2\^63 ns: capacity=18446"
    ):
        tc.RateLimiter.token_bucket(capacity=2**64 - 1, period_ns=1, refill=1)
    with pytest.raises(
        tc.TradecoreError, match=r"capacity must be at most 1048576: capacity=1048577"
    ):
        tc.RateLimiter.sliding_window(capacity=2**20 + 1, period_ns=1)
    with pytest.raises(tc.TradecoreError, match=r"weighted limit only: this is token_bucket$"):
        tc.RateLimiter.token_bucket(capacity=1, period_ns=1).observe(1, now_ns=0)
    with pytest.raises(TypeError, match=r"cannot create"):
        tc.RateLimiter()


@pytest.mark.parametrize(
    ("tokens", "now_ns", "said"),
    [
        (6, NOW, "^request is larger than the limit ever admits: tokens=6, limit=5$"),
        (2**64 - 1, NOW, "^request is larger than the limit ever admits"),
        (
            2**64,
            NOW,
            r"^tokens must be a whole number from 0 to 2\^64 - 1: tokens=18446744073709551616$",
        ),
        (-1, NOW, "^tokens must be a whole number"),
        (True, NOW, "^tokens must be a whole number.*tokens=True$"),
        (1.0, NOW, "^tokens must be a whole number"),
        (float("nan"), NOW, "^tokens must be a whole number"),
        (Decimal(1), NOW, "^tokens must be a whole number"),
        ((), NOW, "^tokens must be one number, or one for each of the 1 limits: got 0$"),
        ((1, 1), NOW, "or one for each of the 1 limits: got 2$"),
        ([1] * 9, NOW, "^tokens must be at most 8 numbers: got 9$"),
        ((True,), NOW, "^tokens must be a whole number"),
        (1, 2**63, r"^now_ns must be a whole number from -2\^63 to 2\^63 - 1"),
        (1, 1.7e18, "^now_ns must be a whole number"),
        (1, float("nan"), "^now_ns must be a whole number.*now_ns=nan$"),
        (1, True, "^now_ns must be a whole number"),
        (1, None, "^now_ns must be a whole number"),
    ],
    ids=str,
)
def test_a_request_that_makes_no_sense_takes_nothing(tokens, now_ns, said):
    """Numbers out of range, of another type, or for another number of parts."""
    for kind in ("token_bucket", "sliding_window", "weighted"):
        limiter = getattr(tc.RateLimiter, kind)(capacity=5, period_ns=MINUTE)
        with pytest.raises(tc.core.InputError, match=said):
            limiter.acquire(tokens, now_ns=now_ns)
        assert limiter.available(now_ns=NOW) == 5


def test_composites_that_make_no_sense_are_refused():
    """None, too many, the same twice, or something that is no limiter."""

    def weight():
        return tc.RateLimiter.weighted(capacity=5, period_ns=5)

    one = weight()
    both = tc.RateLimiter.composite([one, weight()])
    for parts, said in (
        ([], "^composite needs 1 to 8 limits: got 0$"),
        ([weight() for _ in range(9)], "^composite needs 1 to 8 limits: got 9$"),
        ([one, weight(), one], "once in a composite: parts 0 and 2 are the same$"),
        ([both, one], "once in a composite: parts 0 and 2 are the same$"),
        ([one, 5], "^composite needs a list of RateLimiter: got "),
        (5, "^composite needs a list of RateLimiter: got 5$"),
    ):
        with pytest.raises(tc.core.InputError, match=said):
            tc.RateLimiter.composite(parts)
    with pytest.raises(tc.core.InputError, match=r"weighted limit only: this is a composite$"):
        both.observe(1, now_ns=0)
    with pytest.raises(tc.core.InputError, match=r"ever admits: tokens=6, limit=5$"):
        both.acquire((1, 6), now_ns=0)
    assert one.available(now_ns=0) == 5
