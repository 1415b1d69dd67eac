"""The Avellaneda-Stoikov experiment reproduces what the paper printed."""

from __future__ import annotations

import numpy as np
import pytest

from tradecore.core import InputError
from tradecore.pricing import simulate_market_making

PAPER = {"sigma": 2.0, "k": 1.5, "intensity": 140.0}


def play(seed=1, **arguments):
    """Play the paper's session with a seeded generator."""
    return simulate_market_making(np.random.default_rng(seed), **(PAPER | arguments))


@pytest.mark.parametrize(
    ("gamma", "maker", "profit", "profit_std", "inventory_std"),
    [
        pytest.param(0.1, "inventory", 65.0, 6.6, 2.9, id="table-1-inventory"),
        pytest.param(0.1, "symmetric", 68.4, 12.7, 8.4, id="table-1-symmetric"),
        pytest.param(0.01, "inventory", 68.6, 8.7, 5.1, id="table-2-inventory"),
        pytest.param(0.01, "symmetric", 68.8, 12.8, 8.7, id="table-2-symmetric"),
        pytest.param(1.0, "inventory", 31.4, 5.0, 1.7, id="table-3-inventory"),
        pytest.param(1.0, "symmetric", 44.0, 11.0, 5.1, id="table-3-symmetric"),
    ],
)
def test_reproduces_the_tables_of_the_paper(gamma, maker, profit, profit_std, inventory_std):
    """A thousand sessions, as in the paper: four standard errors for means, 12 % for deviations."""
    outcome = play(gamma=gamma, maker=maker)

    assert outcome.profit.mean() == pytest.approx(profit, abs=4 * profit_std / np.sqrt(1000))
    assert outcome.profit.std() == pytest.approx(profit_std, rel=0.12)
    assert outcome.inventory.std() == pytest.approx(inventory_std, rel=0.12)


def test_minding_inventory_makes_the_result_steadier():
    """The point of the paper: about the same gain at about half its deviation."""
    minding, not_minding = play(gamma=0.1), play(gamma=0.1, maker="symmetric")

    assert minding.inventory.std() < 0.6 * not_minding.inventory.std()
    assert minding.profit.std() < 0.7 * not_minding.profit.std()


def test_an_exact_fill_chance_fills_less():
    """1 - exp(-x) is below x, so there are fewer fills and less profit."""
    assert play(gamma=0.1, fill_chance="exact").profit.mean() < play(gamma=0.1).profit.mean() - 5


def test_equal_seeds_give_equal_outcomes():
    """All randomness comes from the generator."""
    assert (play(gamma=0.1, paths=20).profit == play(gamma=0.1, paths=20).profit).all()
    assert (play(gamma=0.1, paths=20).profit != play(2, gamma=0.1, paths=20).profit).any()


@pytest.mark.parametrize("paths", [0, 10_000_001])
def test_refuses_no_or_too_many_paths(paths):
    """The limit is said in the message."""
    with pytest.raises(InputError, match=f"paths are 1 to 10000000: paths={paths}"):
        play(gamma=0.1, paths=paths)
