"""Numbers as people read them."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from tradecore.backtest.report import figures

SECOND = 1_000_000_000
MINUS, ABSENT = figures.MINUS, figures.ABSENT


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param(figures.number(1234567.891), "1,234,567.89", id="grouped"),
        pytest.param(figures.number(-0.001), "0.00", id="no-negative-zero"),
        pytest.param(figures.number(2.5, 1, signed=True), "+2.5", id="signed"),
        pytest.param(figures.number(math.nan), ABSENT, id="nan"),
        pytest.param(figures.number(math.inf), ABSENT, id="infinite"),
        pytest.param(figures.money(Decimal("-12.346")), MINUS + "12.35", id="decimal"),
        pytest.param(figures.money(0.00123456), "0.00123", id="small-keeps-digits"),
        pytest.param(figures.money(math.nan), ABSENT, id="money-nan"),
        pytest.param(figures.percent(0.1234), "12.3 %", id="percent"),
        pytest.param(figures.percent(math.nan), ABSENT, id="percent-nan"),
        pytest.param(figures.bps(1.234), "+1.23 bp", id="bps"),
        pytest.param(figures.bps(math.nan), ABSENT, id="bps-nan"),
        pytest.param(figures.counted(1, "fill"), "1 fill", id="one"),
        pytest.param(figures.counted(1200, "fill"), "1,200 fills", id="many"),
        pytest.param(figures.duration(0), "0 ns", id="no-time"),
        pytest.param(figures.duration(999), "999 ns", id="ns"),
        pytest.param(figures.duration(12_345), "12.3 µs", id="µs"),
        pytest.param(figures.duration(5_000_000), "5.00 ms", id="ms"),
        pytest.param(figures.duration(90 * SECOND), "90.0 s", id="s"),
        pytest.param(figures.duration(3_725 * SECOND), "1:02:05", id="hours"),
        pytest.param(figures.duration(-2_000), MINUS + "2.00 µs", id="negative-duration"),
        pytest.param(figures.duration(math.nan), ABSENT, id="duration-nan"),
        pytest.param(
            figures.moment(1_700_000_000 * SECOND + 5_000_000), "2023-11-14 22:13:20.005", id="utc"
        ),
        pytest.param(figures.moment(61 * SECOND), "0:01:01.000", id="simulated"),
        pytest.param(figures.axis_number(-2.5e9, 0), MINUS + "2.5G", id="axis-billions"),
        pytest.param(figures.axis_number(1e20, 0), "1e+20", id="axis-beyond"),
        pytest.param(
            figures.period(1_700_000_000 * SECOND, 1_700_000_060 * SECOND),
            "2023-11-14 22:13:20 to 22:14:20 UTC (60.0 s)",
            id="period-in-a-day",
        ),
        pytest.param(figures.period(0, 5 * SECOND), "0:00:00 to 0:00:05 (5.00 s)", id="period"),
    ],
)
def test_reads(shown, expected):
    """Each form, and each way a number can be missing."""
    assert shown == expected
