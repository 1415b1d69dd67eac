"""Decimation: a page stays small and no peak is lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tradecore.backtest.report.scale import Scale, TimeScale, drawable
from tradecore.backtest.report.series import decimate, path, thin

ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True)


@given(values=st.lists(ANY_FLOAT, max_size=400), width=st.integers(1, 30))
def test_decimation_keeps_extremes_and_ends(values, width):
    """The kept points have the lowest, highest, first and last drawable value, in order."""
    data = np.array(values, dtype=float)
    finite = data[drawable(data)]

    kept = decimate(np.linspace(0, width, data.size), data, width=width)

    assert kept.size <= max(2 * width, 4 * (width + 1))
    assert (np.diff(kept) > 0).all()
    if finite.size:
        shown = data[kept]
        assert (shown.min(), shown.max()) == (finite.min(), finite.max())
        assert (shown[0], shown[-1]) == (finite[0], finite[-1])
    else:
        assert kept.size == 0


def test_a_spike_of_one_point_in_a_million_is_drawn():
    """Whatever the averages say."""
    values = np.zeros(1_000_000)
    values[654_321] = 7.0

    kept = decimate(np.linspace(0, 1_000, values.size), values, width=1_000)

    assert 654_321 in kept
    assert kept.size <= 4_004


X = TimeScale(0, 10, start=0.0, end=100.0)
Y = Scale(0.0, 1.0, start=10.0, end=0.0)


def drawn(*values, steps=False):
    """Draw values one time unit apart, ten pixels each."""
    times = np.arange(len(values), dtype=np.int64)
    return path(times, np.array(values, dtype=float), X, Y, width=100, steps=steps)


def test_a_line_goes_from_point_to_point():
    """Pixels grow downwards, so the value 1 is at height 0."""
    assert drawn(0.0, 1.0, 0.5) == "M0 10L10 0L20 5"


def test_a_position_is_held_until_it_changes():
    """Across first, then up or down."""
    assert drawn(0.0, 1.0, steps=True) == "M0 10H10V0"


def test_a_missing_value_breaks_the_line():
    """Nobody knows what was between."""
    assert drawn(0.0, float("nan"), 1.0, 1.0) == "M0 10M20 0L30 0"


def test_nothing_finite_draws_nothing():
    """An empty path, which the chart leaves out."""
    assert drawn(float("nan"), float("inf")) == drawn() == ""


def test_thinning_keeps_one_marker_of_each_kind_where_they_crowd():
    """Two buys and a sell on one pixel: one buy and the sell are drawn."""
    kept = thin(np.array([0.0, 0.1, 0.2, 9.0]), np.array([1, 1, -1, 1]), spacing=5.0)

    assert kept.tolist() == [0, 2, 3]
