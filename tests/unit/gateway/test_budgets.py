"""How much each client may ask, and what it is told of it."""

from __future__ import annotations

from tradecore.gateway import budgets
from tradecore.gateway.budgets import Budgets

S = 1_000_000_000


def test_a_burst_passes_and_the_next_one_waits():
    """What is left and when the next one passes is told."""
    users = Budgets("user", per_s=10, burst=3)

    left = [users.take("a", now_ns=0).left for _ in range(3)]
    refused = users.take("a", now_ns=0)

    assert left == [2, 1, 0]
    assert refused.wait_ns == S // 10
    assert users.take("a", now_ns=refused.wait_ns).wait_ns == 0


def test_one_key_costs_another_nothing():
    """Each has its own."""
    users = Budgets("user", per_s=1, burst=1)

    assert [users.take(key, now_ns=0).wait_ns for key in "abab"] == [0, 0, S, S]


def test_the_headers_say_policy_and_rest():
    """As the draft for RateLimit headers has them: quota and window, rest and reset."""
    users = Budgets("user", per_s=10, burst=20)
    users.take("a", now_ns=0)

    assert users.take("a", now_ns=0).headers() == {
        "RateLimit-Policy": '"user";q=20;w=2',
        "RateLimit": '"user";r=18;t=1',
    }


def test_keys_are_bounded(monkeypatch):
    """The least recently used one is forgotten."""
    monkeypatch.setattr(budgets, "KEYS_MAX", 2)
    users = Budgets("user", per_s=1, burst=1)
    for key in "abac":
        users.take(key, now_ns=0)

    assert users.take("a", now_ns=0).wait_ns > 0
    assert users.take("b", now_ns=0).wait_ns == 0
