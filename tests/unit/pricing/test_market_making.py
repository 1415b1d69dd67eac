"""The Avellaneda-Stoikov quote: its limits, its direction, and the numbers the paper prints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecore.core import InputError
from tradecore.pricing import avellaneda_stoikov, average_spread

PAPER = {"sigma": 2.0, "k": 1.5}


def quote(**changes):
    """Quote with the paper's parameters, but for `changes`."""
    arguments = {"mid": 100.0, "inventory": 0.0, "time_left": 1.0, "gamma": 0.1, **PAPER}
    return avellaneda_stoikov(**(arguments | changes))


def test_flat_maker_quotes_symmetrically_around_the_mid():
    """Without inventory the reservation price is the mid."""
    flat = quote()

    assert flat.reservation == 100.0
    assert flat.delta_bid == pytest.approx(flat.delta_ask, abs=1e-12)
    assert flat.spread == pytest.approx(flat.ask - flat.bid, abs=1e-12)


def test_each_unit_held_moves_both_sides_by_its_variance():
    """Gamma 0.1, sigma 2, one session: 0.1 · 4 · 1 = 0.4 a unit, and the spread stays."""
    flat, long = quote(), quote(inventory=3)

    assert flat.bid - long.bid == pytest.approx(1.2, abs=1e-12)
    assert flat.ask - long.ask == pytest.approx(1.2, abs=1e-12)
    assert long.spread == flat.spread


def test_a_maker_long_enough_asks_below_the_mid():
    """The formula does not clamp: the caller must, or it takes."""
    assert quote(inventory=3).delta_ask < 0


def test_at_the_end_of_the_session_inventory_no_longer_matters():
    """No time left, no variance left."""
    assert quote(inventory=50, time_left=0.0).reservation == 100.0


def test_risk_neutral_limit_is_two_over_k():
    """As gamma goes to zero the spread goes to the one that maximises the expected gain."""
    assert quote(gamma=1e-9).spread == pytest.approx(2 / 1.5, rel=1e-6)


@pytest.mark.parametrize(("gamma", "printed"), [(0.1, 1.49), (0.01, 1.35), (1.0, 3.02)])
def test_average_spread_is_the_one_in_the_papers_tables(gamma, printed):
    """Tables 1 to 3; the paper rounds, and averages over slightly different quote times."""
    spread = average_spread(gamma=gamma, horizon=1.0, step=0.005, **PAPER)

    assert spread == pytest.approx(printed, abs=0.015)


def test_average_spread_is_the_mean_over_the_quote_times():
    """The closed form agrees with quoting at each time in turn."""
    spreads = [quote(time_left=1.0 - index * 0.25).spread for index in range(4)]

    assert average_spread(gamma=0.1, horizon=1.0, step=0.25, **PAPER) == pytest.approx(
        sum(spreads) / 4, abs=1e-12
    )


@given(
    inventory=st.floats(-100, 100),
    gamma=st.floats(1e-4, 10),
    sigma=st.floats(0, 10),
    k=st.floats(1e-2, 100),
    time_left=st.floats(0, 10),
)
def test_spread_is_positive_and_quotes_fall_as_inventory_grows(
    inventory, gamma, sigma, k, time_left
):
    """For any parameters: bid < ask, and one more unit never raises either side."""
    here = avellaneda_stoikov(
        mid=100.0, inventory=inventory, time_left=time_left, gamma=gamma, sigma=sigma, k=k
    )
    more = avellaneda_stoikov(
        mid=100.0, inventory=inventory + 1, time_left=time_left, gamma=gamma, sigma=sigma, k=k
    )

    assert here.spread > 0
    assert more.bid <= here.bid
    assert more.ask <= here.ask


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"gamma": 0.0}, r"gamma is a finite number above zero: gamma=0\.0", id="gamma"
        ),
        pytest.param({"k": -1.0}, r"k is a finite number above zero: k=-1\.0", id="k"),
        pytest.param({"sigma": -1.0}, r"sigma is a finite number of zero or more", id="sigma"),
        pytest.param({"time_left": -0.1}, r"time_left is a finite number of zero", id="past-end"),
        pytest.param({"mid": float("nan")}, r"mid is a finite number: mid=nan", id="mid"),
        pytest.param({"inventory": float("inf")}, r"inventory is a finite number", id="inventory"),
    ],
)
def test_refuses_parameters_without_a_meaning(changes, message):
    """Each refusal names the parameter and its value."""
    with pytest.raises(InputError, match=message):
        quote(**changes)


@pytest.mark.parametrize(("horizon", "step"), [(1.0, 2.0), (1.0, 1e-9)])
def test_refuses_a_session_of_no_or_too_many_steps(horizon, step):
    """A step longer than the session, or a unit mistaken by orders of magnitude."""
    with pytest.raises(InputError, match=r"a session has 1 to 10000000 steps: horizon=1\.0"):
        average_spread(gamma=0.1, horizon=horizon, step=step, **PAPER)
