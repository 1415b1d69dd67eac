"""A latency is a duration, a distribution or a measurement, and prints as it was written."""

from __future__ import annotations

import pytest

from tradecore.backtest import LogNormal, Measured, Quantiles
from tradecore.backtest.naming import named_latency
from tradecore.backtest.travel import delay_of, parse_travel
from tradecore.backtest.venues import venue_profile
from tradecore.core import InputError

MS = 1_000_000
USDM = venue_profile("binance-usdm")


@pytest.mark.parametrize(
    ("written", "meant", "printed"),
    [
        ("2ms", 2 * MS, "2ms"),
        ("2ms~10ms", LogNormal(median_ns=2 * MS, p99_ns=10 * MS), "2ms~10ms"),
        (Quantiles((0, MS)), Quantiles((0, MS)), "0 to 1ms"),
        (Measured(((0, 5),)), Measured(((0, 5),)), "as measured at 1 times"),
    ],
)
def test_a_latency_is_understood_and_printed(written, meant, printed):
    """Each shape alone, and among the three of a run."""
    assert parse_travel(written) == meant
    latency = named_latency((written, "1ms", "0"), USDM)
    assert latency.feed_ns == meant
    assert str(latency).startswith(f"feed {printed}, order entry 1ms")
    assert latency.varies == (not isinstance(meant, int))
    assert delay_of(meant) is not None


def test_measured_latencies_are_read_from_a_file(tmp_path):
    """Two columns; anything else is refused with its line."""
    path = tmp_path / "entry.csv"
    path.write_text("ts_ns,latency_ns\n10,5\n20,7\n")
    assert parse_travel(f"recorded:{path}") == Measured(((10, 5), (20, 7)))
    path.write_text("ts_ns,latency_ns\n10,fast\n")
    with pytest.raises(InputError, match="line 2, path="):
        parse_travel(f"recorded:{path}")
    path.write_text("a,b\n")
    with pytest.raises(InputError, match=r"^measured latencies have the columns ts_ns, latency_ns"):
        parse_travel(f"recorded:{path}")


@pytest.mark.parametrize(
    ("travel", "told"),
    [
        (-1, "a latency lies between 0 and 60000000000 ns"),
        (LogNormal(median_ns=0, p99_ns=5), "quantiles of a latency rise"),
        (Quantiles((5,)), "a distribution needs at least 2"),
        (Measured(()), "a record of latencies needs at least 1"),
        (Measured(((5, 1), (5, 2))), "times of measured latencies rise"),
    ],
)
def test_an_impossible_latency_is_refused(travel, told):
    """With the rule and the figures."""
    with pytest.raises(InputError, match=rf"^{told}"):
        delay_of(travel)
