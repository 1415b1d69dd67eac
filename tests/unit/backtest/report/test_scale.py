"""Axes: ticks at round values inside the axis, readable for any data."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.backtest.report.scale import Scale, TimeScale, nice_step

SECOND = 1_000_000_000
ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True)


def scale(*values, zero=False):
    """Return a scale of 300 pixels, upwards, over `values`."""
    return Scale.over(np.array(values, dtype=float), start=300.0, end=0.0, zero=zero)


@pytest.mark.parametrize(
    ("rough", "nice"), [(0.7, 1.0), (1.0, 1.0), (1.1, 2.0), (2.1, 5.0), (5.1, 10.0), (0.03, 0.05)]
)
def test_steps_are_one_two_or_five_times_a_power_of_ten(rough, nice):
    """The next round step at or above the rough one."""
    assert nice_step(rough) == pytest.approx(nice)


@given(values=st.lists(ANY_FLOAT, max_size=20), zero=st.booleans(), target=st.integers(2, 10))
def test_any_data_gets_ordered_ticks_on_the_axis(values, zero, target):
    """From nothing to NaN to 1e308: at least two ticks, inside, evenly apart, not too many."""
    ticks = scale(*values, zero=zero).ticks(target)

    places = [tick.at for tick in ticks]
    assert 2 <= len(ticks) <= 4 * target + 2
    assert places == sorted(places, reverse=True)
    assert all(-1e-6 <= place <= 300 + 1e-6 for place in places)
    gaps = np.diff(places)
    assert np.allclose(gaps, gaps.mean(), rtol=1e-6)


@given(values=st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20))
def test_every_value_is_on_the_paper(values):
    """Nothing that is drawn leaves the frame."""
    pixels = scale(*values).at(np.array(values))

    assert (pixels >= -1e-6).all()
    assert (pixels <= 300 + 1e-6).all()


def test_labels_are_different_and_carry_only_the_digits_they_need():
    """A step of 0.05 needs two decimals, a step of 500 none."""
    assert [tick.label for tick in scale(0.0, 0.2, zero=True).ticks(5)] == [
        "0.00",
        "0.05",
        "0.10",
        "0.15",
        "0.20",
    ]
    assert [tick.label for tick in scale(0, 2000, zero=True).ticks(5)][1:3] == ["500", "1,000"]


def test_large_values_are_labelled_in_millions():
    """Eight digits no longer fit."""
    assert "20M" in [tick.label for tick in scale(0, 5e7, zero=True).ticks(5)]


def test_zero_stays_in_sight_when_asked_for():
    """A loss is only seen as one when zero is on the axis."""
    assert scale(-3, -1, zero=True).high == 0.0
    assert scale(1, 3, zero=True).low == 0.0


def test_flat_data_gets_an_interval_around_it():
    """A constant is drawn in the middle, not divided by."""
    assert scale(5.0, 5.0).pixel(5.0) == pytest.approx(150.0)
    assert scale().ticks(5)


START = 1_700_000_000 * SECOND


@pytest.mark.parametrize(
    ("span_s", "form"),
    [
        pytest.param(1, r"\d\d:\d\d:\d\d\.\d{3}", id="second"),
        pytest.param(60, r"\d\d:\d\d:\d\d", id="minute"),
        pytest.param(3_600, r"\d\d:\d\d", id="hour"),
        pytest.param(86_400, r"\d\d:\d\d", id="day"),
        pytest.param(30 * 86_400, r"\d\d \w{3}", id="month"),
        pytest.param(20 * 365 * 86_400, r"\d\d \w{3}", id="decades"),
    ],
)
def test_time_ticks_are_at_round_times(span_s, form):
    """The label shows what changes from tick to tick, and nothing that does not."""
    ticks = TimeScale(START, START + span_s * SECOND, start=50.0, end=1000.0).ticks(8)

    assert 2 <= len(ticks) <= 9
    assert all(re.fullmatch(form, tick.label) for tick in ticks)
    assert all(50 <= tick.at <= 1000 for tick in ticks)


def test_a_clock_that_starts_at_zero_shows_elapsed_time():
    """A simulated clock has no date."""
    ticks = TimeScale(0, 3_600 * SECOND, start=0.0, end=100.0).ticks(4)

    assert [tick.label for tick in ticks] == ["0:00:00", "0:15:00", "0:30:00", "0:45:00", "1:00:00"]


def test_one_instant_is_a_span_too():
    """A recording of one event still has an axis."""
    assert np.isfinite(
        TimeScale(START, START, start=0.0, end=1.0).at(np.array([START], dtype=np.int64))
    ).all()
