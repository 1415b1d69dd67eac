"""Runs are counted on disk, ids of two runs never meet, and the state comes back."""

from __future__ import annotations

import pytest

import tradecore as tc
from tradecore.core import DataError
from tradecore.processes.runs import RunFolder, run_id


@pytest.fixture
def folder(tmp_path):
    """Return the folder of a process."""
    return RunFolder.of(str(tmp_path), "maker")


def test_each_life_has_a_higher_number(folder, tmp_path):
    """Also for the next process that opens the folder."""
    assert [folder.begin(), folder.begin()] == [1, 2]
    assert RunFolder.of(str(tmp_path), "maker").begin() == 3


def test_a_damaged_number_is_an_error_not_a_new_start(folder):
    """Starting at 1 again would use ids twice."""
    (folder.path / "run").write_text("x")

    with pytest.raises(DataError, match="the number of the last run is a number: 'x'"):
        folder.begin()


def test_a_state_comes_back_whole(folder):
    """The newest one; none before the first."""
    before = folder.load()
    folder.save({"a": 1})
    folder.save({"b": [2]})

    assert (before, folder.load()) == (None, {"b": [2]})


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_state_that_is_none_is_an_error(folder, text):
    """A strategy that believes in a wrong state is worse than one that does not start."""
    (folder.path / "state.json").write_text(text)

    with pytest.raises(DataError, match="the state of a strategy is"):
        folder.load()


def test_ids_of_runs_differ_by_process_and_number():
    """And are what a trader accepts."""
    ids = {run_id(name, number) for name in ("maker_btc", "maker_eth") for number in range(1, 50)}

    assert len(ids) == 98
    for name in ids:
        tc.Trader([tc.Instrument("X", tick_size="1", lot_size="1")], run_id=name)
