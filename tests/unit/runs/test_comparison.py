"""Two runs are compared over the time both have, and over no more."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

import tradecore as tc
from support.strategies import AtTouch
from tradecore.core import InputError
from tradecore.runs.comparison import compare_runs
from tradecore.runs.history import history_of_run
from tradecore.runs.journal import read_run

SECOND = 1_000_000_000


@pytest.fixture
def history(tmp_path, short_tape):
    """A run of half a minute."""
    path = tmp_path / "run.journal"
    tc.backtest(AtTouch, data=short_tape, fees="venue", latency="venue", journal=path)
    return history_of_run(read_run(path))


def until(history, end_ns):
    """The part of a run until a time, as one that ended there has it."""
    return replace(
        history,
        orders=[order for order in history.orders if order.ts_ns <= end_ns],
        fills=[fill for fill in history.fills if fill.ts_recv_ns <= end_ns],
        end_ns=end_ns,
    )


def test_what_only_one_run_had_time_for_is_left_out_and_counted(history):
    """A run beside its own first half differs in nothing, also where the mid went on."""
    half = until(history, (history.start_ns + history.end_ns) // 2)
    half = replace(half, marks={"BTCUSDT": Decimal(59_000)})

    found = compare_runs(history, half, window_ns=0)

    assert found.is_same
    assert found.left_out_a > 0
    assert found.left_out_b == 0
    assert found.end_ns == half.end_ns


def test_a_fill_that_was_taken_out_is_missing_and_its_worth_is_the_difference(history):
    """The rest is as it was."""
    gone = history.fills[3]
    less = replace(history, fills=[fill for fill in history.fills if fill is not gone])

    found = compare_runs(history, less, window_ns=0)

    (alone,) = found.fills_alone
    assert (alone.run, alone.price, alone.quantity) == ("a", gone.price, gone.quantity)
    assert found.pnl.difference == found.pnl.missing_b != 0


def test_one_symbol_alone_can_be_compared(history):
    """Of another there is nothing."""
    found = compare_runs(history, history, window_ns=0, symbols=["ETHUSDT"])

    assert (found.orders.both, found.fills.both, found.pnl.net_a) == (0, 0, 0)
    assert found.left_out_a == len(history.orders) + len(history.fills)


def test_runs_of_two_times_are_refused(history):
    """With both times."""
    later = replace(history, start_ns=history.end_ns + 1, end_ns=history.end_ns + SECOND)

    with pytest.raises(InputError, match="two runs are compared over a time that both have: "):
        compare_runs(history, later, window_ns=SECOND)
