"""Several runs on one page, and many as maps of their settings."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from support.sample_result import sample_result, special_cases
from tradecore.backtest.report import Sweep, render_runs
from tradecore.backtest.report.heatmap import heat_maps
from tradecore.core import InputError

ROWS = [
    {"gamma": gamma, "size": size, "symbol": "X", "net": gamma * 10 - size}
    for gamma in (0.1, 0.5, 1.0)
    for size in (1, 2)
]


def test_each_run_has_a_column_and_a_line():
    """In the order given, named."""
    page = render_runs(
        {"near <1>": sample_result(points=500, fills=9), "far": sample_result(points=400, fills=9)}
    )

    assert page.count('class="line run0"') == page.count('class="line run1"') == 2
    assert "near &lt;1&gt;" in page
    assert "<1>" not in page
    assert "Net profit" in page


CASES = {name: case for name, case in special_cases().items() if name != "million"}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_run_of_any_kind_stands_beside_another(name):
    """Without fills, without anything, with one fill."""
    page = render_runs({"one": CASES[name], "two": sample_result(points=300, fills=9)})

    assert "two" in page
    assert not re.search(r"\bnan\b", page)


def test_what_only_one_run_assumes_is_said_apart():
    """What all assume is said once."""
    plain = sample_result(points=300, fills=9)
    other = replace(plain, assumptions=(*plain.assumptions[1:], "Fees: none."))

    page = render_runs({"a": plain, "b": other})

    assert page.count("Only a") == page.count("Only b") == 1
    assert page.count(plain.assumptions[1]) == 1


@pytest.mark.parametrize("runs", [{}, dict.fromkeys(map(str, range(9)))])
def test_a_page_has_at_least_one_run_and_not_too_many(runs):
    """More than eight lines nobody tells apart."""
    with pytest.raises(InputError, match="a page of runs has 1 to 8, or a sweep: runs="):
        render_runs(runs)


@pytest.mark.parametrize("form", ["dicts", "array"])
def test_a_sweep_is_a_map_of_each_pair_of_settings_that_move(form):
    """Of mappings or of a structured array; the best square is framed."""
    rows = ROWS
    if form == "array":
        kinds = [("gamma", "f8"), ("size", "i8"), ("symbol", "U4"), ("net", "f8")]
        rows = np.array([tuple(row.values()) for row in ROWS], dtype=kinds)

    page = render_runs({}, sweep=Sweep(rows, ("gamma", "size", "symbol"), "net", "USDT"))

    assert page.count("<h3>net by gamma and size</h3>") == 1
    assert page.count('class="cell gain best"') == 2
    assert "gamma 1, size 1: +9.00" in page
    assert "symbol" not in page


def test_a_square_is_the_mean_over_the_other_settings():
    """With how many they are, and their range."""
    rows = [
        {"a": a, "b": b, "c": c, "net": a + 10 * c} for a in (1, 2) for b in (1, 2) for c in (0, 1)
    ]

    (first, *_) = heat_maps(Sweep(rows, ("a", "b", "c")))

    assert "a 1, b 1: +6.00, mean of 2, 1.00 to 11.00" in first.text


def test_one_setting_that_moves_is_one_row():
    """And none is said to be none."""
    rows = [{"a": a, "net": a} for a in (1, 2, 3)]
    (only,) = heat_maps(Sweep(rows, ("a",)))
    assert "<h3>net by a</h3>" in only.text

    page = render_runs({}, sweep=Sweep(rows[:1], ("a",)))
    assert "No setting has more than one value." in page


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_run_without_a_number_leaves_its_square_out_of_the_mean(value):
    """As one that traded nothing has."""
    rows = [*ROWS, {"gamma": 2.0, "size": 1, "symbol": "X", "net": value}]

    (found,) = heat_maps(Sweep(rows, ("gamma", "size")))

    assert "gamma 2, size 1: –" in found.text  # noqa: RUF001 - a dash as the page has it


@pytest.mark.parametrize(
    ("sweep", "text"),
    [
        (Sweep(ROWS, ("gamma", "delta")), "missing=delta, columns=gamma, size, symbol, net"),
        (Sweep([{"a": 1, "net": "much"}], ("a",)), "a measure is a number: net='much'"),
        (Sweep([], ("a",)), "missing=a, net, columns="),
    ],
)
def test_a_table_without_its_columns_is_refused(sweep, text):
    """By name."""
    with pytest.raises(InputError, match=text):
        heat_maps(sweep)
