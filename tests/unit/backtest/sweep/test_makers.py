"""The compiled makers decide as the Python classes do: every order and fill, byte for byte."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc
from tradecore.backtest.assumptions import Fees, Latency
from tradecore.backtest.samples import generate_sample, sample_path
from tradecore.backtest.sweep.compiled import COMPILED
from tradecore.backtest.tables import EQUITY_DTYPE, FILL_DTYPE, ORDER_DTYPE, table
from tradecore.core import InputError, MakerGroup
from tradecore.marketdata import open_recording
from tradecore.strategy.samples import AvellanedaStoikov, TwoSidedQuoter

MS = 1_000_000
NEAR = Latency(feed_ns=2 * MS, entry_ns=3 * MS, response_ns=3 * MS)
FAR = Latency(feed_ns=40 * MS, entry_ns=90 * MS, response_ns=70 * MS)
FEES = Fees(maker=Decimal("0.0002"), taker=Decimal("0.0005"))


@pytest.fixture(scope="module", params=["sample", 11, 12], ids=str)
def recording(request, tmp_path_factory):
    """Return the tape that ships, or a generated one of two minutes."""
    if request.param == "sample":
        return open_recording(sample_path())
    path = tmp_path_factory.mktemp("tapes") / f"{request.param}.tape"
    path.write_bytes(generate_sample(seconds=120, seed=request.param))
    return open_recording(path)


def group(strategy, recording, params, *, latency=NEAR, queue="log"):
    """Return the compiled twin of each of `params`, played to the end."""
    configs = [strategy.from_params(one).config.model_dump(exclude={"symbol"}) for one in params]
    runs = MakerGroup(
        recording.source,
        [COMPILED[strategy](recording.instrument, **config) for config in configs],
        maker_fee=FEES.maker,
        taker_fee=FEES.taker,
        feed_latency_ns=latency.feed_ns,
        entry_latency_ns=latency.entry_ns,
        response_latency_ns=latency.response_ns,
        queue=queue,
    )
    while not runs.advance():
        pass
    return runs


TWO_SIDED = [
    {},
    {"half_spread_bps": 0.02, "skew_bps": 0.3, "max_position": "0.025"},
    # A size that is no whole number of lots, and a limit below it.
    {"half_spread_bps": 0.05, "size": "0.0105", "max_position": "0.021"},
    {"size": "0.01", "max_position": "0.005"},
    # Prices below zero, and beyond what a float counts exactly: denied or sent alike.
    {"half_spread_bps": 30_000.0},
    {"half_spread_bps": 1e14},
]
INVENTORY = [
    {},
    {"risk_aversion": 0.5, "horizon_s": 5.0, "edge_bps": 0.0, "min_spread_ticks": 1},
    {"calibrate": False, "k_per_bp": 20.0, "size": "0.0333", "max_position": "0.1"},
    {"volatility_half_life_s": 1.5, "max_position": "0.03", "risk_aversion": 1e200},
]


@pytest.mark.parametrize(
    ("strategy", "params"),
    [
        pytest.param(TwoSidedQuoter, TWO_SIDED, id="two-sided"),
        pytest.param(AvellanedaStoikov, INVENTORY, id="avellaneda-stoikov"),
    ],
)
@pytest.mark.parametrize(
    ("latency", "queue"),
    [pytest.param(NEAR, "log", id="near"), pytest.param(FAR, "risk-averse", id="far")],
)
def test_a_compiled_maker_sends_what_the_python_class_sends(
    recording, strategy, params, latency, queue
):
    """Orders, fills, equity, totals and denials are the same to the last byte."""
    runs = group(strategy, recording, params, latency=latency, queue=queue)
    for at, one in enumerate(params):
        told = tc.backtest(
            strategy, data=recording, fees=FEES, latency=latency, queue=queue, params=one
        )
        totals = runs.close(at)

        assert totals["total"] == told.summary().pnl.net, one
        assert runs.denials(at) == sum(told.denials.values()), one
        for columns, dtype, rows in (
            (runs.orders(at), ORDER_DTYPE, told.orders),
            (runs.fills(at), FILL_DTYPE, told.fills),
            (runs.equity(at), EQUITY_DTYPE, told.equity),
        ):
            assert table(columns, dtype).tobytes() == rows.tobytes(), one


def test_runs_of_a_group_do_not_touch_each_other(recording):
    """A maker among others ends as it does alone."""
    alone = group(TwoSidedQuoter, recording, TWO_SIDED[1:2])
    among = group(TwoSidedQuoter, recording, TWO_SIDED)

    assert len(among) == len(TWO_SIDED)
    assert among.close(1) == alone.close(0)
    assert among.counts(1) == alone.counts(0)
    assert among.offset == alone.offset


@pytest.mark.parametrize(
    ("strategy", "wrong", "text"),
    [
        (TwoSidedQuoter, {"half_spread_bps": float("inf")}, "half_spread_bps is a finite number"),
        (TwoSidedQuoter, {"size": "0.0009"}, "size is at least one lot.*size=0.0009"),
        (TwoSidedQuoter, {"size": "1e30"}, "size"),
        (TwoSidedQuoter, {"max_position": "1e25"}, "max_position"),
        (AvellanedaStoikov, {"k_per_bp": float("inf")}, "k_per_bp is a finite number above 0"),
        (AvellanedaStoikov, {"edge_bps": float("inf")}, "edge_bps is a finite number of 0 or more"),
    ],
    ids=str,
)
def test_settings_that_no_maker_takes_are_refused_by_name(recording, strategy, wrong, text):
    """What would quote nothing, or nonsense, is refused before it runs."""
    config = {**strategy.Config().model_dump(exclude={"symbol"}), **wrong}
    with pytest.raises(InputError, match=text):
        COMPILED[strategy](recording.instrument, **config)


def test_a_run_that_is_not_there_is_refused(recording):
    """A group has the runs it was made with."""
    runs = group(TwoSidedQuoter, recording, [{}])
    for ask in (runs.close, runs.fills, runs.orders, runs.equity, runs.counts, runs.denials):
        with pytest.raises(InputError, match="a group has 1 runs, from 0: run=1"):
            ask(1)


def test_makers_trade_what_the_recording_has(recording):
    """A maker of another instrument is refused."""
    other = tc.Instrument("ETHUSDT", tick_size="0.01", lot_size="0.001", kind="linear")
    config = TwoSidedQuoter.Config().model_dump(exclude={"symbol"})
    with pytest.raises(InputError, match="makers trade the instrument of the recording"):
        MakerGroup(
            recording.source,
            [COMPILED[TwoSidedQuoter](other, **config)],
            maker_fee=0,
            taker_fee=0,
            feed_latency_ns=0,
            entry_latency_ns=0,
            response_latency_ns=0,
            queue="log",
        )
