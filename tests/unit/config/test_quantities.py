"""Quantities with units: exact, and refused without one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.config.quantities import (
    EventRate,
    format_duration,
    format_rate,
    format_size,
    parse_duration,
    parse_fee,
    parse_rate,
    parse_size,
)


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("0", 0), ("0s", 0), ("1ns", 1), ("2us", 2_000), ("2µs", 2_000), ("100ms", 100_000_000),
        ("1s", 10**9), ("1.5s", 1_500_000_000), ("5m", 300 * 10**9), ("1h", 3_600 * 10**9),
        ("1d", 86_400 * 10**9), ("1h30m", 5_400 * 10**9), ("1 h 30 m", 5_400 * 10**9),
        (" 10 ms ", 10_000_000), ("0.000000001s", 1), (250, 250),
    ],
)  # fmt: skip
def test_a_duration_is_whole_nanoseconds(text, ns):
    """Units add up exactly; a Python integer is nanoseconds already."""
    assert parse_duration(text) == ns


@pytest.mark.parametrize(
    "text", ["", "5", "1.5", "s", "1x", "1S", "-1s", "1s2", "1e3s", "ms1", "1,5s"]
)
def test_a_duration_without_a_known_unit_is_refused(text):
    """Five of what is the question."""
    with pytest.raises(ValueError, match=r"^a duration is a number with a unit, one of ns us ms s"):
        parse_duration(text)


def test_a_duration_that_cannot_be_counted_is_refused():
    """Half a nanosecond does not exist here, nor do three centuries."""
    with pytest.raises(ValueError, match=r"^a whole number of nanoseconds is needed: '0\.5ns'$"):
        parse_duration("0.5ns")
    with pytest.raises(ValueError, match=r"^0 to 9223372036854775807 nanoseconds can be counted"):
        parse_duration("106752d")
    with pytest.raises(ValueError, match=r"^0 to 9223372036854775807 nanoseconds can be counted"):
        parse_duration(-1)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0), ("1B", 1), ("64MB", 64 * 10**6), ("64MiB", 64 * 2**20), ("1kb", 1000),
        ("1KiB", 1024), ("1.5GB", 1_500_000_000), ("2 TB", 2 * 10**12), (7, 7),
    ],
)  # fmt: skip
def test_a_size_is_whole_bytes(text, size):
    """`MB` is a million, `MiB` is 2^20."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "64", "64M", "MB", "-1MB", "1 XB"])
def test_a_size_without_a_known_unit_is_refused(text):
    """`M` may mean either, so it means neither."""
    with pytest.raises(ValueError, match=r"^a size is a number with a unit, one of B kB MB"):
        parse_size(text)


def test_half_a_byte_is_refused():
    """A fraction must come out whole."""
    with pytest.raises(ValueError, match=r"^a whole number of bytes is needed: '0\.5B'$"):
        parse_size("0.5B")


@pytest.mark.parametrize(
    ("text", "count", "period_ns"),
    [
        ("10/s", 10, 10**9), ("1200/min", 1200, 60 * 10**9), ("50/10s", 50, 10 * 10**9),
        ("6000 / m", 6000, 60 * 10**9), ("1/day", 1, 86_400 * 10**9), ("5/100ms", 5, 10**8),
    ],
)  # fmt: skip
def test_a_rate_is_a_count_in_a_period(text, count, period_ns):
    """As venues state their limits."""
    assert parse_rate(text) == EventRate(count, period_ns)


@pytest.mark.parametrize("text", ["", "10", "10/", "/s", "0/s", "10/0s", "-1/s", "1.5/s", "10/x"])
def test_a_rate_without_count_or_period_is_refused(text):
    """Both parts are there and positive."""
    with pytest.raises(ValueError, match=r"^a rate is count/period such as 10/s"):
        parse_rate(text)


@pytest.mark.parametrize(
    ("text", "fee"),
    [
        ("0.0002", "0.0002"), ("0.02%", "0.0002"), ("2bps", "0.0002"), ("2 bps", "0.0002"),
        ("-0.5bps", "-0.00005"), ("0", "0"), ("+1bp", "0.0001"), (Decimal("0.001"), "0.001"),
    ],
)  # fmt: skip
def test_a_fee_is_an_exact_fraction(text, fee):
    """Per cent and basis points only move the point."""
    assert parse_fee(text) == Decimal(fee)


@pytest.mark.parametrize("text", ["", "abc", "1e-4", "nan", "inf", "2 percent", "--1", "0,1%"])
def test_a_fee_that_is_no_number_is_refused(text):
    """The message shows what was written."""
    with pytest.raises(ValueError, match=r"^a fee is a fraction, or has % or bps behind it"):
        parse_fee(text)


@pytest.mark.parametrize("text", ["1", "100%", "10000bps", "-1"])
def test_a_fee_of_everything_is_refused(text):
    """Somebody forgot the unit."""
    with pytest.raises(ValueError, match=r"^a fee is less than the whole notional"):
        parse_fee(text)


@given(st.integers(0, 2**63 - 1))
def test_what_is_written_is_read_back(number):
    """Durations, sizes and rates survive their own writing."""
    assert parse_duration(format_duration(number)) == number
    assert parse_size(format_size(number)) == number
    rate = EventRate(number or 1, number or 1)
    assert parse_rate(format_rate(rate)) == rate


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (EventRate(10, 10**9), "10/s"), (EventRate(50, 10 * 10**9), "50/10s"),
        (EventRate(3, 10**8), "3/100ms"), (EventRate(2, 11), "2/11ns"),
    ],
)  # fmt: skip
def test_a_rate_is_written_shortly(rate, text):
    """A period of one needs no number."""
    assert format_rate(rate) == text
