"""Numbers at the ends of their range: an answer or a refusal, never a panic, never a wait."""

from __future__ import annotations

import subprocess
import sys
import textwrap

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


def test_one_thread_waits_for_another_without_the_interpreter():
    """Whoever holds an engine may be inside Python, and must be let on."""
    program = """
        import threading, tradecore

        inside, asked = threading.Event(), threading.Event()

        class Decimal:
            def __str__(self):
                inside.set()
                asked.wait(0.2)
                return "5"

        one = tradecore.Instrument("A", tick_size="1", lot_size="1")
        engine = tradecore.MatchingEngine([one])
        order = {"side": "buy", "quantity": 1, "price": Decimal()}
        thread = threading.Thread(target=engine.submit, args=("A",), kwargs=order)
        thread.start()
        inside.wait()
        print(engine.live_orders)
        thread.join()
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert ran.stdout.strip() == "1"
