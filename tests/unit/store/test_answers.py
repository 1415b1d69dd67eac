"""A request that comes again is answered again, and done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tradecore.store.answers import Answered, Conflict, InFlight, Reserved

SCOPE = "user-1 POST /api/trading/orders"


def test_a_key_is_taken_once(records):
    """New, then under way, then answered; another body under the same key is a conflict."""
    answers = records.answers
    assert answers.reserve(SCOPE, "k", "digest", now_ns=5) == Reserved()
    assert answers.reserve(SCOPE, "k", "digest", now_ns=6) == InFlight(created_ns=5)
    assert answers.reserve(SCOPE, "k", "other", now_ns=6) == Conflict()
    answers.answer(SCOPE, "k", status=201, headers={"a": "b"}, body=b"\x00{}")
    assert answers.reserve(SCOPE, "k", "digest", now_ns=7) == Answered(201, {"a": "b"}, b"\x00{}")
    assert answers.reserve("other", "k", "digest", now_ns=7) == Reserved()


def test_of_many_at_once_one_gets_the_key(records):
    """Whoever else asks finds the request under way."""
    with ThreadPoolExecutor(6) as pool:
        jobs = [
            pool.submit(records.answers.reserve, SCOPE, "k", "digest", now_ns=5) for _ in range(6)
        ]
        seen = [job.result() for job in jobs]
    assert sorted(map(str, seen)) == sorted([str(Reserved()), *[str(InFlight(5))] * 5])


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_key_is_given_back_unless_it_was_answered(records, is_answered):
    """What was provably not done may be tried again."""
    answers = records.answers
    answers.reserve(SCOPE, "k", "digest", now_ns=5)
    if is_answered:
        answers.answer(SCOPE, "k", status=200, headers={}, body=b"")
    answers.release(SCOPE, "k")
    seen = answers.reserve(SCOPE, "k", "digest", now_ns=9)
    assert isinstance(seen, Answered if is_answered else Reserved)


def test_old_answers_are_forgotten(records):
    """By the time they were asked."""
    for number in range(4):
        records.answers.reserve(SCOPE, str(number), "digest", now_ns=number)
    assert records.answers.forget_before(3) == 3
    assert records.answers.forget_before(3) == 0
