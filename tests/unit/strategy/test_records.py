"""Numbers recorded by a strategy come back by name, in order."""

from __future__ import annotations

import pytest

from tradecore.core import InputError
from tradecore.strategy import Recorder, records


def test_points_come_back_in_order():
    """Points come back in order."""
    recorder = Recorder()
    recorder.add("spread", 1, 2.5)
    recorder.add("skew", 2, 1)
    recorder.add("spread", 3, -1)

    assert recorder.names == ["spread", "skew"]
    assert recorder.series("spread").tolist() == [(1, 2.5), (3, -1.0)]


def test_a_name_without_points_is_refused():
    """A name without points is refused."""
    with pytest.raises(InputError, match="nothing was recorded under this name: name='x'"):
        Recorder().series("x")


def test_what_is_no_number_is_refused():
    """What is no number is refused."""
    recorder = Recorder()

    with pytest.raises((TypeError, ValueError), match=r"could not convert|must be a string or a"):
        recorder.add("x", 1, "wide")

    assert recorder.names == []


def test_points_beyond_the_limit_are_counted(monkeypatch):
    """Points beyond the limit are counted."""
    monkeypatch.setattr(records, "POINTS_MAX", 2)
    recorder = Recorder()
    for n in range(5):
        recorder.add("x", n, n)

    assert (len(recorder.series("x")), recorder.dropped) == (2, 3)
