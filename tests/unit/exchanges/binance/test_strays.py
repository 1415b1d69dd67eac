"""Orders older than the present tick are passed over; a tick that is wrong is refused."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from tradecore.exchanges.binance.strays import StrayLevels

TICK = Decimal("0.1")
LEVELS = [[f"{100 - at / 10:.1f}", "1"] for at in range(8)]


def snapshot(*strays):
    """Return a snapshot with some levels more."""
    bids = [*LEVELS, *([price, "2"] for price in strays)]
    return json.dumps({"lastUpdateId": 7, "bids": bids, "asks": []}).encode()


def delta(*levels):
    """Return a change of bids."""
    return json.dumps({"e": "depthUpdate", "s": "X", "b": levels, "a": [["101.0", "1"]]}).encode()


def test_a_snapshot_loses_its_strays_and_nothing_else():
    """And they are counted."""
    strays = StrayLevels()
    cleaned = json.loads(strays.out_of_snapshot("X", TICK, snapshot("90.05", "80.01")))

    assert cleaned == {"lastUpdateId": 7, "bids": LEVELS, "asks": []}
    assert strays.passed_over == 2


def test_many_strays_are_a_wrong_tick():
    """More than one level in four."""
    assert StrayLevels().out_of_snapshot("X", TICK, snapshot("1.01", "1.02", "1.03")) is None


@pytest.mark.parametrize(
    ("level", "is_passed_over"),
    [
        (["90.05", "1"], True),
        (["90.05", "0"], True),
        (["70.05", "0"], True),
        (["70.05", "1"], False),
    ],
)
def test_a_change_of_a_stray_is_passed_over_and_a_new_one_is_refused(level, is_passed_over):
    """New orders are on the tick: one that is not shows that the tick is another."""
    strays = StrayLevels()
    strays.out_of_snapshot("X", TICK, snapshot("90.05"))
    cleaned = strays.out_of_delta("X", TICK, delta(["99.9", "3"], level))

    assert (cleaned is not None) is is_passed_over
    if cleaned is not None:
        assert json.loads(cleaned)["b"] == [["99.9", "3"]]


def test_a_frame_of_several_streams_is_read_inside():
    """Its name stays."""
    strays = StrayLevels()
    frame = b'{"stream":"x@depth","data":{"b":[["1.05","0"]],"a":[]}}'

    assert json.loads(strays.out_of_delta("X", TICK, frame)) == {
        "stream": "x@depth",
        "data": {"b": [], "a": []},
    }


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"7", b"{}", b'{"b":1,"a":[]}', b'{"b":[[]],"a":[]}',
        b'{"b":[["x","1"]],"a":[]}', b'{"b":[[1.05,"1"]],"a":[]}', b'{"data":null}',
        b'{"b":[["' + b"9" * 40 + b'.01","0"]],"a":[]}', b"[" * 5_000, b"\xff",
        b'{"b":[["1.1","1"]],"a":[]}',
    ],
    ids=range(15),
)  # fmt: skip
def test_what_has_no_strays_is_left_to_whoever_refused_it(body):
    """Nothing is raised."""
    assert StrayLevels().out_of_delta("X", TICK, body) is None
    assert StrayLevels().out_of_snapshot("X", TICK, body) is None
