"""A backtest again from its journal: the same to the byte, or where it parts."""

from __future__ import annotations

import pytest

import tradecore as tc
from support.strategies import AtTouch
from tradecore.backtest.rerun import rerun_backtest
from tradecore.core import DataError
from tradecore.runs.comparison import compare_runs
from tradecore.runs.history import history_of_run
from tradecore.runs.journal import read_run

SECOND = 1_000_000_000


@pytest.fixture
def kept(tmp_path, short_tape):
    """The journal of a run."""
    return keep(tmp_path / "run.journal", short_tape)


def keep(path, tape, **params):
    """Keep a run, and return where."""
    tc.backtest(
        AtTouch, data=tape, fees="venue", latency="venue", params=params or None, journal=path
    )
    return path


def test_a_run_again_is_the_same_to_the_byte(kept):
    """Every command and every event, and how it ended."""
    found = rerun_backtest(read_run(kept), AtTouch())

    assert (found.ended, found.difference) == ("end", None)
    assert found.compared > 100


def test_a_journal_of_the_same_run_has_the_same_bytes_of_what_was_done(tmp_path, short_tape):
    """Twice the same run, twice the same records."""
    one, other = (keep(tmp_path / name, short_tape) for name in ("one", "other"))

    assert list(read_run(one).rest) == list(read_run(other).rest)


def test_keeping_a_run_changes_nothing_in_it(kept, short_tape):
    """The same fills with and without."""
    plain = tc.backtest(AtTouch, data=short_tape, fees="venue", latency="venue")

    found = history_of_run(read_run(kept))

    assert [float(fill.price) for fill in found.fills] == plain.fills["price"].tolist()
    assert [fill.ts_event_ns for fill in found.fills] == plain.fills["ts_ns"].tolist()
    assert [order.ts_ns for order in found.orders] == plain.orders["ts_submit_ns"].tolist()


def test_another_strategy_parts_at_its_first_other_command(kept):
    """With what was done and what is done now."""
    found = rerun_backtest(read_run(kept), AtTouch.from_params({"size": "0.020"}))

    assert found.ended == "difference"
    assert found.difference.record == 1
    assert "buy 0.01 @" in found.difference.recorded
    assert "buy 0.02 @" in found.difference.now


def test_a_run_is_held_at_a_time(kept):
    """Before the first thing told at or behind it."""
    records = read_run(kept)
    at_ns = records.ts_ns + 10 * SECOND

    found = rerun_backtest(records, AtTouch(), break_at_ns=at_ns)

    assert found.ended == "break"
    assert found.moment.ts_ns >= at_ns
    assert found.moment.orders
    assert found.moment.books[0].bids


def test_a_call_at_a_time_lets_the_run_go_on(kept):
    """What a debugger needs: it is called once, and the rest is compared as ever."""
    calls = []

    records = read_run(kept)
    found = rerun_backtest(
        records,
        AtTouch(),
        break_at_ns=records.ts_ns + SECOND,
        at_break=lambda: calls.append(1),
    )

    assert (calls, found.ended) == ([1], "end")


def test_a_recording_of_other_bytes_is_refused(kept, short_tape):
    """By its digest, before anything runs."""
    records = read_run(kept)
    data = short_tape.read_bytes()
    short_tape.write_bytes(data + b"\0")

    try:
        with pytest.raises(DataError, match="a rerun needs the same recording, this one has other"):
            rerun_backtest(records, AtTouch())
    finally:
        short_tape.write_bytes(data)


def test_a_run_compared_with_itself_is_the_same(kept):
    """Every order and every fill has its partner."""
    history = history_of_run(read_run(kept))

    found = compare_runs(history, history, window_ns=SECOND)

    assert found.is_same
    assert found.orders.both == len(history.orders)
    assert found.behind_ns == (0, 0)


def test_latency_of_each_stage_is_that_of_the_run(kept):
    """Order entry and response one after the other; a fill travels the response alone."""
    latency = history_of_run(read_run(kept)).latency_ns

    assert set(latency["new"]) == {6_000_000}
    assert set(latency["modify"]) == {6_000_000}
    assert set(latency["venue"]) == {3_000_000}
