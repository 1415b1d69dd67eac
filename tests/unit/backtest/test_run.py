"""A run: what is delivered, what is conserved, how it ends."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

import tradecore as tc
from support.strategies import AtTouch, Diary, Failing, Silent
from tradecore.core import DataError, InputError, OrderState
from tradecore.model.errors import StrategyError, UnsupportedError

STATES = list(OrderState)
S = 1_000_000_000


def run(strategy, data, **changes):
    """Run with assumptions that tests share."""
    named = {"fees": "2bps,5bps", "latency": "1ms,2ms,3ms", "queue": "power", **changes}
    return tc.backtest(strategy, data=data, **named)


def test_the_parts_of_the_profit_are_the_whole(short_tape):
    """Spread, inventory, fees and funding add up to cash plus position, to the last digit."""
    result = run(AtTouch, short_tape)
    told = result.summary()

    fills, last = result.fills, result.equity[-1]
    assert fills.size == told.fills > 20
    exact = [
        (int(side) * Decimal(str(price)) * Decimal(str(quantity)), Decimal(str(price * quantity)))
        for side, price, quantity in fills[["side", "price", "quantity"]].tolist()
    ]
    cash = -sum(moved for moved, _ in exact)
    held = sum(int(s) * Decimal(str(q)) for s, q in fills[["side", "quantity"]].tolist())
    assert held == told.position
    assert told.pnl.spread + told.pnl.inventory == cash + held * Decimal(str(last["mid"]))
    assert told.pnl.net == told.pnl.spread + told.pnl.inventory - told.pnl.fees + told.pnl.funding
    assert last["equity"] == pytest.approx(float(told.pnl.net), abs=1e-9)
    assert told.pnl.funding == 0


def test_fees_are_those_named(short_tape):
    """Two basis points of what makers traded, five of what takers did."""
    result = run(Diary, short_tape)
    rates = np.where(result.fills["liquidity"] == 0, 2e-4, 5e-4)

    expected = result.fills["price"] * result.fills["quantity"] * rates
    assert result.fills["fee"] == pytest.approx(expected, rel=1e-12)
    assert float(result.summary().pnl.fees) == pytest.approx(expected.sum())


def test_the_same_inputs_give_the_same_bytes(short_tape):
    """Fills, orders and equity; only what was measured on this machine may differ."""
    first, second = run(AtTouch, short_tape), run(AtTouch, short_tape)

    for name in ("fills", "orders", "equity"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    simulated = [r.latency[r.latency["kind"] != "callback"].tobytes() for r in (first, second)]
    assert simulated[0] == simulated[1]


def test_everything_comes_in_order_of_time(short_tape):
    """Book, trades, quotes, timers and order events; the start first, the stop last."""
    strategy = Diary()
    result = run(strategy, short_tape)

    kinds = [entry[0] for entry in strategy.diary]
    times = [entry[1] for entry in strategy.diary]
    assert (kinds[0], kinds[-1]) == ("start", "stop")
    assert times == sorted(times)
    assert {"book", "trade", "quote", "timer", "submitted", "accepted", "filled"} <= set(kinds)
    ticks = [time for kind, time, *_ in strategy.diary if kind == "timer"]
    assert {b - a for a, b in pairwise(ticks)} == {S}
    assert result.summary().position == 0, "on_stop may still trade"


def test_latency_is_what_was_named(short_tape):
    """An order meets the venue two milliseconds after it was sent; the answer takes three."""
    result = run(AtTouch, short_tape)

    answers = result.latency[result.latency["kind"] == "new"]["ns"]
    assert answers.size > 0
    assert set(answers.tolist()) == {5_000_000}
    orders = result.orders[result.orders["ts_accept_ns"] > 0]
    assert set((orders["ts_accept_ns"] - orders["ts_submit_ns"]).tolist()) == {5_000_000}


def test_an_order_row_agrees_with_its_fills(short_tape):
    """Filled quantities, final states and end times fit together."""
    result = run(AtTouch, short_tape)

    filled = dict.fromkeys(result.orders["key"].tolist(), 0.0)
    for key, quantity in result.fills[["order_key", "quantity"]].tolist():
        filled[key] += quantity
    for row in result.orders:
        assert row["filled"] == pytest.approx(filled[int(row["key"])])
        done = STATES[row["state"]] in {OrderState.FILLED, OrderState.CANCELED, OrderState.REJECTED}
        assert done == (row["ts_done_ns"] > 0)


def test_markouts_are_later_mids(short_tape):
    """The mid a second after a fill is the one of the equity curve's next points."""
    result = run(AtTouch, short_tape)
    told = result.summary()

    known = np.isfinite(result.fills["mid_1s"])
    gains = result.fills["side"] * (result.fills["mid_1s"] - result.fills["mid"])
    expected = float((gains * result.fills["quantity"])[known].sum())
    assert float(told.adverse_selection[1]) == pytest.approx(expected, abs=1e-9)
    assert told.markout_fills[1] == int(known.sum())
    assert told.markout_fills[30] == 0, "the recording is not that long"


def test_a_callback_that_raises_halts_the_run(short_tape):
    """Its orders are canceled, the reason is told, the exit code is 1, the last line says so."""
    result = run(Failing, short_tape)
    told = result.summary()

    assert result.exit_code == 1
    assert told.halted
    assert told.reason == "on_fill raised ValueError: cannot cope with 0.01"
    assert str(result).splitlines()[-1] == f"halted: {told.reason}"
    assert result.diagnosis[0].startswith("the strategy was halted before the recording ended: on_")
    assert not any(STATES[state].value.startswith("PENDING") for state in result.orders["state"])
    assert not any(STATES[state] is OrderState.ACCEPTED for state in result.orders["state"])


def test_a_run_that_ends_well_says_so(short_tape):
    """The last line of a result is about how it ended."""
    result = run(AtTouch, short_tape, fees="venue")

    assert result.exit_code == 0
    assert str(result).splitlines()[-1] == "ran to the end"
    assert any("Not modelled: funding" in sentence for sentence in result.assumptions)
    assert re.match(
        r"Fees: maker 2 bps, taker 5 bps, \d+ tiers by volume \(", result.assumptions[0]
    )


def test_progress_is_told_and_ends_near_the_end(short_tape):
    """Bytes of the recording, never backwards."""
    told = []
    run(Diary, short_tape, advance=told.append)

    assert told == sorted(told)
    assert all(0 < done <= short_tape.stat().st_size for done in told)


def test_progress_is_told_while_a_strategy_thinks():
    """Every few hundred callbacks, so that a slow one is seen to move within seconds."""
    told = []
    result = tc.backtest(Diary, data="sample", fees="zero", latency="zero", advance=told.append)

    callbacks = sum(result.summary().callbacks.values())
    assert callbacks > 1_000
    assert len(set(told)) >= callbacks // 400


def test_an_instance_brings_its_own_settings(short_tape):
    """Settings make a strategy from its class, once."""
    with pytest.raises(InputError, match=r"^params make a strategy from its class: Silent is made"):
        run(Silent(), short_tape, params={"size": "1"})
    with pytest.raises(StrategyError, match="did you mean 'size'"):
        run(AtTouch, short_tape, params={"sise": "1"})


class WantsBars(tc.AbstractStrategy):
    """Asks for what a recording does not have."""

    def on_start(self):
        """Ask."""
        self.subscribe("BTCUSDT", bars=("1m",))


class WantsOther(tc.AbstractStrategy):
    """Asks for a symbol that is not recorded."""

    def on_start(self):
        """Ask."""
        self.subscribe("ETHUSDT", book=1)


@pytest.mark.parametrize(
    ("strategy", "told"),
    [
        (
            WantsBars,
            "UnsupportedError: a backtest has books, trades, quotes, marks and funding: bars of ",
        ),
        (WantsOther, "UnknownSymbolError"),
    ],
)
def test_what_a_backtest_does_not_have_halts(short_tape, strategy, told):
    """With the reason, instead of silence."""
    reason = run(strategy, short_tape).summary().reason

    assert reason is not None
    assert reason.startswith(f"on_start raised {told}")


def test_a_wider_subscription_counts_from_then_on(short_tape):
    """What a later callback asks for is delivered from that moment."""

    class Later(tc.AbstractStrategy):
        trades = 0

        def on_start(self):
            self.set_timer("ask", every="10s")

        def on_timer(self, name):
            assert name == "ask"
            self.subscribe("BTCUSDT", trades=True)

        def on_trade(self, trade):
            assert trade.ts_recv_ns >= self.now_ns
            type(self).trades += 1

    counts = run(Later, short_tape).summary().counts
    assert 0 < Later.trades < counts["trades"]


def test_a_file_that_is_no_recording_is_refused(tmp_path):
    """By name."""
    path = tmp_path / "empty"
    path.write_bytes(b"")
    with pytest.raises(DataError, match=r"^a recording has at least one message: .*empty"):
        run(Silent, path)
    with pytest.raises(FileNotFoundError, match="missing"):
        run(Silent, tmp_path / "missing")


class _Asks(Silent):
    """Asks its host for what a backtest does not have."""

    def on_start(self):
        """Note what it is told."""
        self.told = [self.budget("BINANCE"), dict(self.balances())]
        with pytest.raises(UnsupportedError, match=r"no past bars: .*BTCUSDT, period=1m, count=3"):
            self.request_bars("BTCUSDT", period="1m", count=3)
        self.told.append("refused")


def test_what_a_backtest_does_not_have_is_said(short_tape):
    """No rate limit, no bars; and money starts at nothing, in the settlement currency."""
    asks = _Asks()

    result = run(asks, short_tape)

    assert result.exit_code == 0
    assert asks.told == [None, {"USDT": Decimal(0)}, "refused"]
