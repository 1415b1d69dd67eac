"""Numbers at the ends of their range: an answer or a refusal, never a panic, never a wait."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tradecore as tc
from tradecore.core import InputError, InstrumentSpecError, generate_tape

ENDS = ["9223372036854775807.5", "9223372036854775808", "-9223372036854775808", "-1e30"]


@pytest.fixture
def whole() -> tc.Instrument:
    """An instrument whose ticks and lots are ones."""
    return tc.Instrument("BTCUSDT", tick_size="1", lot_size="1")


@pytest.mark.parametrize("number", ENDS)
@pytest.mark.parametrize("side", ["buy", "sell"])
def test_a_number_beyond_counting_is_not_rounded(whole, number, side):
    """With the rule and the value."""
    with pytest.raises(InputError, match="price is beyond counting"):
        whole.round_price(number, side)
    if "." not in number:
        with pytest.raises(InputError, match="quantity is beyond counting"):
            whole.round_quantity(number)


@pytest.mark.parametrize("least", ["-1", "1e21", "-1e21"])
def test_a_smallest_value_that_cannot_be_counted_is_refused(least):
    """Rather than taken for none."""
    with pytest.raises(InstrumentSpecError, match="min_notional must be 0 or more"):
        tc.Instrument("BTCUSDT", tick_size="1", lot_size="1", min_notional=least)


@pytest.mark.parametrize(
    "changes",
    [{"start_ns": 2**63 - 1}, {"price": 2**61}, {"volatility_milliticks": 2**32 - 1}],
)
def test_a_generated_market_beyond_counting_is_refused(whole, changes):
    """Before the first trade."""
    spec = {"seed": 1, "start_ns": 0, "duration_ns": 1, "price": 9, "volatility_milliticks": 9}

    with pytest.raises(InputError, match="a generated market"):
        generate_tape(whole, **{**spec, **changes})


def test_a_class_that_only_calls_itself_decimal_is_no_number():
    """A number is known by its type, not by the type's name."""
    stranger = type("Decimal", (), {"__str__": lambda _: "5"})()
    engine = tc.MatchingEngine([tc.Instrument("A", tick_size=1, lot_size=1)])

    with pytest.raises(InputError, match="price must be Decimal, str, int or float: got Decimal"):
        engine.submit("A", side="buy", quantity=1, price=stranger)


def test_a_number_that_calls_the_engine_is_read_without_running_its_code(tmp_path):
    """Numbers are read under the engine's lock, so what a subclass prints is not asked for."""
    script = tmp_path / "reenter.py"
    script.write_text(REENTER)

    command = [sys.executable, str(script)]
    run = subprocess.run(command, capture_output=True, timeout=20, check=False)

    assert run.stdout.split() == [b"50000.1", b"2.5"], run.stderr


REENTER = """
from decimal import Decimal
import tradecore as tc

engine = tc.MatchingEngine([tc.Instrument("X", tick_size="0.1", lot_size="0.1")])

class Price(float):
    def __str__(self):
        return str(engine.live_orders)

class Quantity(Decimal):
    def __str__(self):
        return str(engine.live_orders)

(report,) = engine.submit("X", side="buy", quantity=Quantity("2.5"), price=Price(50000.1))
print(report.price, report.quantity)
"""
