"""Plain words when a run did not do what its author hoped."""

from __future__ import annotations

import numpy as np
import pytest

from support.sample_result import ORDER, SampleResult, SampleTotals, sample_result, special_cases
from tradecore.backtest.report.diagnosis import findings
from tradecore.backtest.report.facts import order_facts


def found(result):
    """Return the findings by title."""
    return {item.title: item for item in findings(result, order_facts(result))}


@pytest.fixture(scope="module")
def cases():
    """The runs in which something is missing."""
    return special_cases()


def test_an_ordinary_run_needs_no_words_but_a_note_on_its_few_denials(cases):
    """Six denials in a thousand orders are said, not shouted."""
    assert [item.level for item in found(cases["full"]).values()] == ["note"]


def test_no_order_at_all_names_the_usual_reasons():
    """The first thing a newcomer gets wrong is the subscription."""
    text = found(SampleResult())["Nothing was filled"].text

    assert "No order was submitted" in text
    assert "on_start" in text


def test_orders_that_rested_unfilled_say_how_far_they_were(cases):
    """The number that tells whether the quotes were too wide."""
    item = found(cases["no-fill"])["Nothing was filled"]

    assert item.level == "error"
    assert "451 orders rested" in item.text
    assert "bp or more behind the mid" in item.text


def test_orders_none_of_which_was_accepted_say_so():
    """Nothing rested, so nothing could be filled."""
    orders = np.zeros(3, ORDER)
    orders["reject_code"], orders["quantity"] = 3004, 1.0

    titles = found(SampleResult(orders=orders))

    assert "none was accepted" in titles["Nothing was filled"].text
    assert "The venue refused 3 of 3 orders" in titles


def test_denials_are_an_error_when_nothing_got_through(cases):
    """And they name the most frequent code."""
    item = found(cases["denied"])["1,203 orders denied before leaving"]

    assert item.level == "error"
    assert "MAX_POSITION (1,200 times)" in item.text


def test_a_halt_gives_its_reason(cases):
    """It comes first: every figure after it is of a shorter run."""
    first = next(iter(found(cases["halted"]).values()))

    assert first.level == "error"
    assert "ZeroDivisionError in on_book" in first.text


def test_a_halt_without_a_reason_says_that():
    """Rather than None."""
    halted = SampleResult(totals=SampleTotals(halted=True))

    assert "no reason was given" in next(iter(found(halted).values())).text


def test_a_run_without_a_book_has_no_equity_and_says_why():
    """An empty chart explains nothing."""
    assert "The run left no equity curve" in found(SampleResult())
    assert "The run left no equity curve" not in found(sample_result(points=50, fills=2))
