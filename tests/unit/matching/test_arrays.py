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
    with pytest.raises(tc.core.InputError, match="COMMAND_DTYPE or SPECIAL_COMMAND_DTYPE"):
        engine.process(array)


def test_the_types_of_both_arrays_are_flat_and_dense():
    """One cache line and a half at most, and every field of the small one is in the large one."""
    small, large = tc.COMMAND_DTYPE, tc.SPECIAL_COMMAND_DTYPE

    assert (small.itemsize, large.itemsize, tc.REPORT_DTYPE.itemsize) == (48, 96, 72)
    assert set(small.names) < set(large.names)
    assert {name: small.fields[name][1] for name in small.names} == {
        name: large.fields[name][1] for name in small.names
    }


def test_special_commands_carry_the_terms_few_orders_have(engine):
    """Trigger, display, expiry and links in a batch do what the words do in a call."""
    commands = np.zeros(7, dtype=tc.SPECIAL_COMMAND_DTYPE)
    commands["qty"], commands["price"] = 10, [110, 0, 0, 100, 120, 90, 0]
    commands["side"] = [1, 0, 1, 0, 1, 0, 1]
    commands["type"] = [0, 1, 2, 0, 0, 0, 4]
    commands["time_in_force"][3] = 3
    commands["expire_time_ns"][3] = 50
    commands["display_qty"][0] = 4
    commands["stop_price"][2] = 95
    commands["link"] = [0, 0, 2, 3, 1, 0, 0]
    commands["linked_id"] = [0, 0, 0, 3, 3, 0, 0]
    commands["qty"][1] = 5
    commands["trailing_distance"][6] = 7
    other = tc.MatchingEngine([tc.Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001")])
    calls = [
        {"side": "sell", "price": 11, "type": "iceberg", "display_quantity": "0.004"},
        {"side": "buy", "type": "market", "quantity": "0.005"},
        {"side": "sell", "type": "stop", "stop_price": "9.5", "held": True},
        {
            "side": "buy",
            "price": 10,
            "time_in_force": "GTD",
            "expire_time_ns": 50,
            "releases": 3,
        },
        {"side": "sell", "price": 12, "oco": 3},
        {"side": "buy", "price": 9},
        {"side": "sell", "type": "trailing_stop", "trailing_distance": "0.7"},
    ]

    reports = engine.process(commands)
    for call in calls:
        other.place("BTCUSDT", **{"quantity": "0.010", **call})

    assert np.array_equal(reports, other.take_reports())
    assert engine.state_hash() == other.state_hash()
    assert [o.type for o in engine.waiting("BTCUSDT")] == ["stop", "limit", "trailing_stop"]


def test_a_batch_leads_sessions_too(engine):
    """Mass cancel, state, time and reference are commands like any other."""
    commands = np.zeros(8, dtype=tc.COMMAND_DTYPE)
    commands["op"] = [4, 0, 0, 6, 4, 0, 3, 5]
    commands["mode"] = [1, 0, 0, 0, 0, 0, 0, 0]
    commands["side"] = [0, 0, 1, 0, 0, 0, 0, 0]
    commands["price"] = [0, 110, 100, 102, 0, 50, 0, 0]
    commands["qty"] = [0, 1, 1, 0, 0, 1, 0, 0]
    commands["flags"] = [0, 0, 0, 0, 0, 0, 4, 0]
    commands["timestamp_ns"][-1] = 9

    reports = engine.process(commands)

    assert reports["exec_type"].tolist() == [0, 0, 1, 1, 0, 2]
    assert reports["liquidity"].tolist() == [0, 0, 3, 3, 0, 0]
    assert reports["price"][2:4].tolist() == [102, 102]
    assert engine.submit("BTCUSDT", side="buy", quantity=1, price=1)[0].timestamp_ns == 9


def test_self_trade_prevention_is_a_field(engine):
    """Numbers as the words in order."""
    commands = np.zeros(2, dtype=tc.COMMAND_DTYPE)
    commands["side"], commands["price"], commands["qty"] = [1, 0], 100, 2
    commands["self_trade_prevention"][1] = 1

    reports = engine.process(commands)

    assert reports["exec_type"].tolist() == [0, 0, 2]
    assert engine.book("BTCUSDT").best_ask == (10, Decimal("0.002"))


def test_reports_of_special_commands_go_into_a_lent_array_too(engine):
    """Whatever the commands, the reports are the same type."""
    out = np.zeros(4, dtype=tc.REPORT_DTYPE)
    commands = np.zeros(1, dtype=tc.SPECIAL_COMMAND_DTYPE)
    commands["price"], commands["qty"] = 100, 1

    reports = engine.process(commands, out=out)

    assert np.shares_memory(reports, out)
    assert reports["leaves"].tolist() == [1]


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
