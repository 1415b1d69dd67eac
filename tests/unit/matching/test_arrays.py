"""The engine by arrays: a batch in one crossing, and the buffer of the cheap calls."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

import tradecore as tc


def test_place_and_remove_leave_their_reports_in_a_buffer(engine):
    """The cheap calls answer an id and a truth; the array has the rest."""
    first = engine.place("BTCUSDT", side="buy", quantity=1, price=100)
    refused = engine.place("BTCUSDT", side="sell", quantity=1, price=100, post_only=True)
    removed = engine.remove("BTCUSDT", order_id=first)
    again = engine.remove("BTCUSDT", order_id=first)

    assert (first, refused, removed, again) == (1, 0, True, False)
    reports = engine.take_reports()
    assert reports.dtype == tc.REPORT_DTYPE
    assert reports["exec_type"].tolist() == [0, 4, 2, 4]
    assert reports["sequence"].tolist() == [1, 2, 3, 4]
    assert len(engine.take_reports()) == 0


def test_a_batch_is_the_same_as_its_commands_one_by_one(engine):
    """One crossing or many: the state and the reports are equal."""
    rng = np.random.default_rng(5)
    commands = np.zeros(2000, dtype=tc.COMMAND_DTYPE)
    commands["side"] = rng.integers(0, 2, 2000)
    commands["price"] = 1000 + rng.integers(-5, 6, 2000)
    commands["qty"] = rng.integers(1, 9, 2000)
    other = tc.MatchingEngine([tc.Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001")])
    words = ("buy", "sell")

    batch = engine.process(commands)
    for row in commands:
        other.place(
            "BTCUSDT",
            side=words[row["side"]],
            price=Decimal(int(row["price"])) / 10,
            quantity=Decimal(int(row["qty"])) / 1000,
        )

    assert np.array_equal(batch, other.take_reports())
    assert engine.state_hash() == other.state_hash()
    assert (batch["sequence"] == np.arange(1, len(batch) + 1)).all()


def test_nonsense_in_a_record_is_a_rejected_report(engine):
    """A batch never raises for one bad row: the others still run."""
    commands = np.zeros(5, dtype=tc.COMMAND_DTYPE)
    commands["qty"], commands["price"] = 1, 100
    commands["op"][0] = 9
    commands["side"][1] = 2
    commands["symbol"][2] = 5
    commands["qty"][3] = -1

    reports = engine.process(commands)

    assert reports["exec_type"].tolist() == [4, 4, 4, 4, 0]
    assert reports["reject"].tolist() == [1006, 1005, 1001, 1002, 0]


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(np.zeros(3), id="floats"),
        pytest.param(np.zeros((2, 2), dtype=np.uint8), id="shape"),
        pytest.param([1, 2], id="list"),
        pytest.param(None, id="none"),
    ],
)
def test_an_array_of_another_type_is_refused(engine, array):
    """Bytes are never reinterpreted."""
    with pytest.raises(tc.core.InputError, match="COMMAND_DTYPE"):
        engine.process(array)


def test_a_strided_view_is_refused_with_the_remedy(engine):
    """Every second row is not contiguous memory."""
    with pytest.raises(tc.core.InputError, match="ascontiguousarray"):
        engine.process(np.zeros(4, dtype=tc.COMMAND_DTYPE)[::2])


def test_a_million_orders_at_one_price_are_swept_at_once():
    """A deep queue neither recurses nor crawls."""
    engine = tc.MatchingEngine([tc.Instrument("X", tick_size=1, lot_size=1)])
    commands = np.zeros(1_000_001, dtype=tc.COMMAND_DTYPE)
    commands["price"], commands["qty"] = 100, 1
    commands["side"][-1], commands["qty"][-1] = 1, 1_000_000

    reports = engine.process(commands)

    assert len(reports) == 3_000_001
    assert engine.live_orders == 0
