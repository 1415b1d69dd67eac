"""Every numeric case for market making that the project was handed, where it is present."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from tradecore.pricing import (
    avellaneda_stoikov,
    average_spread,
    fit_intensity,
    glft_asymptotic,
    glft_coefficients,
    glft_exact,
    simulate_market_making,
)


def answer_avellaneda_stoikov(given):
    """Quote at time t of a session of length T."""
    return asdict(
        avellaneda_stoikov(
            mid=given["s"],
            inventory=given["q"],
            time_left=given["T"] - given["t"],
            gamma=given["gamma"],
            sigma=given["sigma"],
            k=given["k"],
        )
    )


def answer_average_spread(given):
    """Mean over the quote times."""
    return {
        "mean_spread": average_spread(
            gamma=given["gamma"],
            sigma=given["sigma"],
            k=given["k"],
            horizon=given["T"],
            step=given["dt"],
        )
    }


def glft_market(given):
    """Rename the parameters all three GLFT functions share."""
    return {
        "gamma": given["gamma"],
        "sigma": given["sigma"],
        "intensity": given["A"],
        "k": given["k"],
    }


def answer_glft_asymptotic(given):
    """Distances far from the end."""
    quote = glft_asymptotic(inventory=given["q"], **glft_market(given))
    return {"delta_bid": quote.delta_bid, "delta_ask": quote.delta_ask, "spread": quote.spread}


def answer_glft_exact(given):
    """Distances by inventory, as the cases write them."""
    grid = glft_exact(limit=given["Q"], time_left=given["time_left"], **glft_market(given))
    inventories = range(-2, 3)
    return {
        "delta_bid": {str(q): grid.quote(q).delta_bid for q in inventories},
        "delta_ask": {str(q): grid.quote(q).delta_ask for q in inventories},
    }


def answer_glft_coefficients(given):
    """Coefficients, and the depths they give."""
    found = glft_coefficients(order_size=given["delta"], **glft_market(given))
    quote = found.quote(given["q"])
    return {
        "c1": found.c1,
        "c2": found.c2,
        "half_spread": found.half_spread,
        "skew": found.skew,
        "bid_depth": quote.delta_bid,
        "ask_depth": quote.delta_ask,
    }


def answer_fit_intensity(given):
    """Both parameters of the curve."""
    found = fit_intensity(given["depths"], given["intensity"])
    return {"A": found.scale, "k": found.k}


ANSWERS = {
    "mm.avellaneda_stoikov": answer_avellaneda_stoikov,
    "mm.as_average_spread": answer_average_spread,
    "mm.glft_asymptotic": answer_glft_asymptotic,
    "mm.glft_exact": answer_glft_exact,
    "mm.glft_c1c2": answer_glft_coefficients,
    "mm.fit_intensity": answer_fit_intensity,
}


@pytest.fixture(scope="module")
def cases(shared_dir):
    """The cases, by function."""
    path = shared_dir / "vectors" / "mm_quotes.json"
    if not path.is_file():
        pytest.skip("needs ../shared/vectors/mm_quotes.json: not present")
    found = {}
    for case in json.loads(path.read_text())["cases"]:
        found.setdefault(case["fn"], []).append(case)
    return found


def test_every_function_of_the_vectors_is_answered(cases):
    """A function added to the vectors fails here until it is built."""
    assert set(cases) == {*ANSWERS, "mm.as_simulation"}


@pytest.mark.parametrize("function", ANSWERS)
def test_answers_every_case(cases, function):
    """Within the tolerance each case states."""
    for case in cases[function]:
        got, tolerance = ANSWERS[function](case["input"]), case["tolerance"]
        for name, value in got.items():
            assert value == pytest.approx(
                case["expected"][name], abs=tolerance["abs"], rel=tolerance["rel"]
            ), f"{case['id']}: {name}"


def test_simulation_lands_in_every_acceptance_band(cases):
    """A thousand paths for each maker, aversion and reading of the fill probability."""
    assert len(cases["mm.as_simulation"]) == 12
    for case in cases["mm.as_simulation"]:
        given, bands = case["input"], case["expected"]["accept_1000_paths"]
        outcome = simulate_market_making(
            np.random.default_rng(2008),
            gamma=given["gamma"],
            sigma=given["sigma"],
            k=given["k"],
            intensity=given["A"],
            horizon=given["T"],
            step=given["dt"],
            mid=given["s0"],
            maker=given["strategy"],
            fill_chance="exact" if given["fill_prob"].startswith("1-exp") else "linear",
            paths=given["paths"],
        )
        got = {
            "profit_mean": outcome.profit.mean(),
            "profit_std": outcome.profit.std(),
            "q_std": outcome.inventory.std(),
        }
        for name, (low, high) in bands.items():
            assert low <= got[name] <= high, f"{case['id']}: {name}"
