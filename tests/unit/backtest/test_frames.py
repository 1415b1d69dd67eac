"""A result's tables for other libraries: there if they are, and said if not."""

from __future__ import annotations

import importlib.util
import sys

import pytest

import tradecore as tc
from support.strategies import AtTouch
from tradecore.core import InputError


@pytest.fixture(scope="module")
def result(short_tape):
    """A run."""
    return tc.backtest(AtTouch, data=short_tape, fees="zero", latency="zero")


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_a_library_that_is_not_there_is_named_with_the_way_to_it(result, monkeypatch, name):
    """Rather than a trace of an import."""
    monkeypatch.setitem(sys.modules, name, None)

    text = f"to_{name} needs {name}, which is not a part of tradecore: pip install {name}"
    with pytest.raises(ModuleNotFoundError, match=text):
        getattr(result, f"to_{name}")("fills")


@pytest.mark.parametrize("name", ["pandas", "polars"])
@pytest.mark.parametrize("table", ["fills", "orders", "equity", "latency"])
def test_a_table_goes_over_whole(result, name, table):
    """Every row and every column."""
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"needs {name}")

    frame = getattr(result, f"to_{name}")(table)

    assert list(frame.columns) == list(result.to_numpy(table).dtype.names)
    assert len(frame) == result.to_numpy(table).size


@pytest.mark.parametrize("way", ["to_numpy", "to_pandas", "to_polars"])
def test_a_table_that_is_not_there_is_refused(result, way, monkeypatch):
    """With the names of those that are."""
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, sys.modules[__name__])

    with pytest.raises(InputError, match="a result has the tables fills, orders, equity, latency"):
        getattr(result, way)("summary")
