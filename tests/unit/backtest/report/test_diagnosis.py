"""Plain words when a run did not do what its author hoped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from support.sample_result import NOTHING, ORDER, resulting, special_cases
from tradecore.backtest.report.diagnosis import notice
from tradecore.backtest.report.facts import order_facts


def told(result):
    """Return the notice of a run."""
    return notice(result, order_facts(result))


@pytest.fixture(scope="module")
def cases():
    """The runs in which something is missing."""
    return special_cases()


def test_a_run_without_a_finding_has_no_notice(cases):
    """Nothing to say, so nothing is said."""
    assert told(resulting(cases["full"], denials={})) is None


def test_a_few_denials_are_a_warning_with_their_codes(cases):
    """What `result.diagnosis` says stands in the notice, word for word."""
    found = told(cases["full"])

    assert found.level == "warning"
    assert found.findings == cases["full"].diagnosis
    assert "MAX_POSITION" in found.findings[0]
    assert any("denied order never left" in advice for advice in found.advice)


def test_no_order_at_all_points_at_the_subscription():
    """The first thing a newcomer gets wrong."""
    found = told(NOTHING)

    assert (found.level, found.title) == ("error", "Nothing was filled")
    assert any("on_start subscribes" in advice for advice in found.advice)


def test_a_halt_points_at_the_log_and_not_at_the_subscription(cases):
    """What raised is to be mended first."""
    found = told(resulting(NOTHING, totals={"halted": True, "reason": "on_book raised"}))

    assert (found.level, found.title) == ("error", "The strategy was halted")
    assert any("traceback" in advice for advice in found.advice)
    assert not any("on_start" in advice for advice in found.advice)
    assert told(cases["halted"]).title == "The strategy was halted"


def test_orders_that_rested_unfilled_say_how_far_they_were_and_what_to_try(cases):
    """The number that tells whether the quotes were too wide."""
    found = told(cases["no-fill"])

    assert (found.level, found.title) == ("error", "Nothing was filled")
    assert any("12.5 ticks behind" in finding for finding in found.findings)
    assert any("closer to the touch" in advice for advice in found.advice)


def test_refused_orders_are_explained():
    """Nothing rested, so the advice is not to quote closer."""
    orders = np.zeros(3, ORDER)
    orders["reject_code"], orders["quantity"] = 3004, 1.0

    advice = told(resulting(NOTHING, orders=orders)).advice

    assert len(advice) == 1
    assert "refused when the market moves" in advice[0]


def test_when_everything_was_denied_the_advice_is_to_read_the_log(cases):
    """Not to look at the subscription: orders were wanted."""
    found = told(cases["denied"])

    assert found.level == "error"
    assert len(found.advice) == 1
    assert "names rule and values of every one" in found.advice[0]


def test_a_halt_is_the_title_and_gives_its_reason(cases):
    """Every figure after it is of a shorter run."""
    found = told(cases["halted"])

    assert (found.level, found.title) == ("error", "The strategy was halted")
    assert any("ZeroDivisionError in on_book" in finding for finding in found.findings)


def test_fills_without_a_mid_have_no_equity_curve(cases):
    """An empty chart explains nothing."""
    found = told(replace(cases["full"], equity=NOTHING.equity))

    assert found.title == "There is no equity curve"
