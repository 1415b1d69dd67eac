"""The market that ships is the one its seed makes, and looks like a market."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tradecore as tc
from support.strategies import AtTouch
from tradecore.backtest.samples import generate_sample, sample_instrument, sample_path
from tradecore.core import InputError, PriceError, TapeReader, generate_tape


def test_the_shipped_tape_is_generated_again_byte_for_byte(tmp_path):
    """On any machine, by the command the module documents."""
    target = tmp_path / "again.tape"
    command = [sys.executable, "-W", "error", "-m", "tradecore.backtest.samples", str(target)]
    subprocess.run(command, check=True, env={"PYTHONPATH": ":".join(sys.path)})

    assert target.read_bytes() == sample_path().read_bytes()


def test_the_shipped_tape_is_small_and_long_enough():
    """Ten minutes in less than half a megabyte."""
    tape = sample_path().read_bytes()
    reader = TapeReader(tape)

    assert len(tape) < 500_000
    assert (reader.last_ts_recv_ns - reader.first_ts_recv_ns) / 1e9 > 595
    assert reader.instrument == sample_instrument()


def test_another_seed_is_another_market():
    """And the same seed is the same one."""
    assert generate_sample(5, seed=1) == generate_sample(5, seed=1)
    assert generate_sample(5, seed=1) != generate_sample(5, seed=2)


def test_a_maker_at_the_touch_neither_prints_money_nor_is_hopeless():
    """It is filled some hundreds of times and loses less than three ticks a fill, before fees."""
    told = tc.backtest(AtTouch, data="sample", fees="zero", latency="venue").summary()

    ticks_a_fill = float(told.pnl.net) / (float(told.volume) / 60_000) / 0.1
    assert 200 < told.fills < 2_000
    assert -3 < ticks_a_fill < 1


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"duration_ns": -1}, InputError, "a generated market lasts 0 to "),
        ({"duration_ns": 86_400_000_000_001}, InputError, "a generated market lasts 0 to "),
        ({"start_ns": -1}, InputError, "starts after 1970"),
        ({"price": "60000.05"}, PriceError, "price must be a multiple of the tick"),
    ],
)
def test_a_market_that_cannot_be_is_refused(changes, error, told):
    """With the rule."""
    spec = {
        "seed": 1,
        "start_ns": 0,
        "duration_ns": 1_000_000_000,
        "price": "60000",
        "volatility_milliticks": 2_000,
    }
    with pytest.raises(error, match=told):
        generate_tape(sample_instrument(), **{**spec, **changes})
