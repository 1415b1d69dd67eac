"""Queue models are judged by shadow orders whose fate is arithmetic."""

import math

import pytest

from tradecore.backtest.assumptions import DEFAULT_QUEUE, QUEUE_MODELS
from tradecore.backtest.calibration import (
    Calibration,
    Shadows,
    calibrate_generated,
    calibrate_lobster,
)
from tradecore.core import DataError, InputError


@pytest.fixture(scope="module")
def told() -> Calibration:
    """Judge every model on two minutes of the market of the sample tape."""
    return calibrate_generated(seed=4, duration_s=120)


def test_every_model_is_judged_the_least_misjudging_first(told):
    """The order is that of the share of shadows a model gets wrong."""
    assert {error.model for error in told.models} == set(QUEUE_MODELS)
    shares = [error.misjudged for error in told.models]
    assert shares == sorted(shares)
    assert told.best == told.models[0].model


def test_fills_are_the_true_ones_less_missed_and_with_invented(told):
    """No fill is counted twice or forgotten."""
    assert told.true_fills > 100
    for error in told.models:
        assert error.fills == told.true_fills - error.missed + error.invented
        assert math.isclose(error.fills_error, error.fills / told.true_fills - 1)


def test_the_risk_averse_model_invents_no_fill(told):
    """What it cannot see is never counted in our favour."""
    (error,) = [error for error in told.models if error.model == "risk-averse"]
    assert error.invented == 0
    assert error.missed > 0
    assert error.delay_ms >= 0


def test_the_default_is_wrong_as_often_in_either_direction():
    """Of all models its misses and inventions cancel best, over several markets."""
    missed, invented = dict.fromkeys(QUEUE_MODELS, 0), dict.fromkeys(QUEUE_MODELS, 0)
    for seed in range(1, 6):
        told = calibrate_generated(seed=seed, duration_s=300)
        for error in told.models:
            missed[error.model] += error.missed
            invented[error.model] += error.invented
    bias = {model: abs(missed[model] - invented[model]) for model in QUEUE_MODELS}
    assert min(bias, key=bias.__getitem__) == DEFAULT_QUEUE


def test_a_seed_decides_everything():
    """The same arguments give the same figures."""
    ten = [calibrate_generated(seed=seed, duration_s=60) for seed in (1, 1, 2)]
    assert ten[0] == ten[1] != ten[2]


@pytest.mark.parametrize(
    ("shadows", "rule"),
    [
        (Shadows(every_ns=0), "a shadow is put each"),
        (Shadows(life_ns=0), "a shadow lives 1 to"),
        (Shadows(behind=2_000), "at most 1000 ticks behind"),
        (Shadows(behind=1_000, life_ns=1), "no shadow order would have traded"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(shadows, rule):
    """The rule and the values are named."""
    with pytest.raises(InputError, match=rule):
        calibrate_generated(seed=1, duration_s=5, shadows=shadows)


#: Bid 100 shows 7 before the recording; somebody joins with 3, all of it trades, others come.
_MESSAGES = b"""1,1,5,3,1000000,1
2,1,6,2,1000000,1
20,4,9,7,1000000,1
24,4,5,3,1000000,1
25,4,6,1,1000000,1
26,1,7,2,1000000,1
28,4,7,2,1000000,1
broken
60,7,0,0,0,1
"""
_BOOKS = b"1100000,5,1000000,10\n"
_SLOW = Shadows(every_ns=1_000_000_000, life_ns=30_000_000_000, behind=0)


def test_a_recording_of_orders_judges_too():
    """Lines that cannot be read are counted, not passed over in silence."""
    told = calibrate_lobster(_MESSAGES, _BOOKS, shadows=_SLOW)
    assert told.unreadable == 1
    assert told.true_fills > 0
    assert told.market == "recorded, LOBSTER"


@pytest.mark.parametrize(
    ("messages", "books", "rule"),
    [
        (b"", _BOOKS, "at least one message"),
        (_MESSAGES, b"", "the first is empty"),
        (_MESSAGES, b"1,2,3\n", "four fields a level"),
        (b"broken\n", _BOOKS, "time is seconds"),
    ],
)
def test_files_without_a_beginning_are_refused(messages, books, rule):
    """Where the recording starts must be known."""
    with pytest.raises(DataError, match=rule):
        calibrate_lobster(messages, books, shadows=_SLOW)
