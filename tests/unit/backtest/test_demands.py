"""Runs under what a venue demands: funding, margin, limits, outages, every kind of order."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

import tradecore as tc
from support.strategies import AtTouch
from tradecore.backtest import FundingPayment, LogNormal, Outage
from tradecore.core import OrderState

S = 1_000_000_000
STATES = list(OrderState)


def run(strategy, data, **changes):
    """Run with assumptions that tests share."""
    named = {"fees": "2bps,5bps", "latency": "1ms,2ms,3ms", "queue": "power", **changes}
    return tc.backtest(strategy, data=data, **named)


class Holder(tc.AbstractStrategy):
    """Buys once and holds."""

    size = Decimal(1)

    def on_start(self):
        """Hear of the touch."""
        self.filled = []
        self.subscribe("BTCUSDT", book=1)

    def on_book(self, book):
        """Buy what is there, once."""
        assert book.bid_price < book.ask_price
        if not self.orders() and self.position("BTCUSDT").quantity == 0 and not self.filled:
            self.buy("BTCUSDT", self.size)
            self.filled.append(None)

    def on_fill(self, fill):
        """Remember it."""
        self.filled.append((fill.order.tag, fill.side, fill.quantity))


class Kinds(tc.AbstractStrategy):
    """Sends one order of each kind that the venue takes."""

    def on_start(self):
        """Hear of the touch."""
        self.sent = []
        self.subscribe("BTCUSDT", book=1, trades=True)

    def on_trade(self, trade):
        """Send each once, around the first trade."""
        if self.sent:
            return
        instrument = self.instrument("BTCUSDT")
        near = instrument.round_price(trade.price, "buy")
        size, step = Decimal("0.02"), Decimal("0.5")
        stop = {"stop_price": near + step}
        self.sent = [
            self.buy("BTCUSDT", size, type="stop", **stop),
            self.buy("BTCUSDT", size, near + 2 * step, type="stop_limit", **stop),
            self.sell("BTCUSDT", size, type="trailing_stop", trailing_distance=step),
            self.buy(
                "BTCUSDT", size, near - 20, time_in_force="GTD", expire_time_ns=self.now_ns + S
            ),
            self.buy("BTCUSDT", size, near, type="iceberg", display_quantity="0.005"),
            self.buy("BTCUSDT", size, type="market_to_limit"),
        ]


def test_each_kind_of_order_ends_as_it_should(short_tape):
    """Stops trigger and trade, a GTD order expires, what the venue does not take is denied."""
    strategy = Kinds()
    result = run(strategy, short_tape, venue="binance-usdm")

    stop, stop_limit, trailing, gtd, iceberg, to_limit = strategy.sent
    assert stop.state is stop_limit.state is trailing.state is OrderState.FILLED
    assert gtd.state is OrderState.EXPIRED
    assert iceberg.state is to_limit.state is OrderState.DENIED
    assert iceberg.reject_text.endswith("type=iceberg, symbol=BTCUSDT")
    assert result.summary().denials == {"UNSUPPORTED": 2}


def test_funding_is_a_part_of_the_profit(short_tape):
    """Every payment that was due while something was held, and the parts are the whole."""
    result = run(Holder, short_tape, funding="0.1%/10s")
    told = result.summary()

    assert told.pnl.funding < 0
    assert told.pnl.net == told.pnl.spread + told.pnl.inventory - told.pnl.fees + told.pnl.funding
    last = result.equity[-1]
    assert last["funding"] == pytest.approx(float(told.pnl.funding))
    assert last["equity"] == pytest.approx(float(told.pnl.net), abs=1e-9)
    assert "Funding: 0.1 % every 10s, at the mid." in result.assumptions
    assert "Not modelled: funding." not in result.assumptions


def test_recorded_funding_has_its_own_marks(short_tape):
    """One payment: minus position times mark times rate."""
    middle = int(np.median(run(Holder, short_tape).equity["ts_ns"]))
    paid = FundingPayment(ts_ns=middle, rate=Decimal("0.01"), mark=Decimal(1000))
    told = run(Holder, short_tape, funding=[paid]).summary()

    assert told.pnl.funding == -Decimal(1000) * Holder.size * Decimal("0.01")


def test_a_position_beyond_its_collateral_is_liquidated(short_tape):
    """The strategy hears of it as a fill of an order that it did not send."""
    strategy = Holder()
    free = run(Holder, short_tape)
    price = float(free.fills["price"][0])
    balance = Decimal(str(round(price * 0.05, 2)))
    result = run(strategy, short_tape, balance=balance, funding="4%/5s")

    assert (("liquidation", "sell", Holder.size)) in strategy.filled
    assert result.summary().position == 0
    assert result.exit_code == 0


def test_an_order_beyond_the_collateral_is_refused(short_tape):
    """With the code of the venue."""
    result = run(Holder, short_tape, balance="1")

    assert result.summary().rejections == {"INSUFFICIENT_MARGIN": 1}
    assert result.fills.size == 0


def test_the_limits_of_a_venue_refuse_what_is_too_much(short_tape):
    """Refused under its rules, taken under plain ones."""

    class Eager(AtTouch):
        """Sends far too many."""

        def on_book(self, book):
            """Forty at once."""
            for away in range(40):
                self.buy("BTCUSDT", "0.001", book.bid_price - 5 - away)
            self.cancel_all()

    assert "VENUE_RATE_LIMIT" in run(Eager, short_tape, rules="venue").summary().rejections
    assert "VENUE_RATE_LIMIT" not in run(Eager, short_tape).summary().rejections


def test_orders_lost_in_an_outage_are_unknown_and_then_told(short_tape):
    """No order is left in doubt, and the account still adds up."""
    times = run(AtTouch, short_tape).equity["ts_ns"]
    first, last = int(times[0]), int(times[-1])
    third = (last - first) // 3
    outages = [
        Outage(from_ns=first + third, until_ns=first + 2 * third, timeout_ns=S),
        Outage(from_ns=first + 2 * third, until_ns=first + 2 * third + S),
    ]
    result = run(AtTouch, short_tape, outages=outages)

    assert result.summary().rejections["VENUE_UNAVAILABLE"] > 0
    assert STATES.index(OrderState.UNKNOWN) not in result.orders["state"].tolist()


class Far(tc.AbstractStrategy):
    """Rests one order far below, and asks for a change or a cancel of it once, at a time."""

    ask, at_ns = "modify", 0

    def on_start(self):
        """Hear of the touch."""
        self.order, self.heard = None, []
        self.subscribe("BTCUSDT", book=1)

    def on_book(self, book):
        """Place it; ask when it is time."""
        if self.order is None:
            self.order = self.buy("BTCUSDT", 1, book.bid_price - 500)
        elif self.now_ns >= self.at_ns and "asked" not in self.heard:
            self.heard.append("asked")
            if self.ask == "modify":
                self.modify(self.order, self.order.price - 1)
            else:
                self.cancel(self.order)

    def on_order_event(self, event):
        """Note its name, and when."""
        self.heard.append(event.name)
        if event.name in {"accepted", "canceled"}:
            self.told_ns = self.now_ns


@pytest.mark.parametrize(
    ("ask", "heard", "state"),
    [
        ("modify", ["asked", "unknown", "modify_rejected", "accepted"], OrderState.ACCEPTED),
        ("cancel", ["asked", "unknown", "canceled"], OrderState.CANCELED),
    ],
)
def test_after_an_outage_the_venue_answers_what_became_of_an_order(short_tape, ask, heard, state):
    """As a live desk learns it: one that lives is accepted, a lost cancel is sent again."""
    times = run(AtTouch, short_tape).equity["ts_ns"]
    first = int(times[0])
    third = (int(times[-1]) - first) // 3
    until_ns = first + 2 * third
    outages = [Outage(from_ns=first + third, until_ns=until_ns, timeout_ns=S)]
    seen = []

    class One(Far):
        def on_stop(self):
            """Keep what was heard, and how it stands."""
            seen.append((self.heard, self.order.state, self.told_ns))

    One.ask, One.at_ns = ask, first + third + S
    run(One, short_tape, outages=outages)

    ((told, stands, told_ns),) = seen
    assert [one for one in told if one != "submitted"] == ["accepted", *heard]
    assert stands == state
    assert 0 < told_ns - until_ns <= 5 * 1_000_000


def test_a_stop_that_waits_is_changed_and_keeps_its_place(short_tape):
    """The same call as live: another trigger, another quantity; it is one order all the while."""
    seen = []

    class Mover(tc.AbstractStrategy):
        def on_start(self):
            """Hear of the touch."""
            self.order, self.heard = None, []
            self.subscribe("BTCUSDT", book=1, trades=True)

        def on_trade(self, trade):
            """Place a stop above, then move it."""
            if self.order is None:
                tick = self.instrument("BTCUSDT").round_price(trade.price + 500, "buy")
                self.order = self.buy("BTCUSDT", 1, type="stop", stop_price=tick)
            elif str(self.order.state) == "ACCEPTED" and "modified" not in self.heard:
                self.modify(self.order, quantity=2, stop_price=self.order.stop_price + 100)

        def on_order_event(self, event):
            """Note its name."""
            self.heard.append(event.name)
            if event.name == "modified":
                seen.append((self.order.quantity, self.order.stop_price, self.order.price))

    run(Mover, short_tape)

    ((quantity, _, price),) = seen
    assert (quantity, price) == (Decimal(2), None)


def test_a_drawn_latency_follows_its_seed(short_tape):
    """The same seed gives the same bytes, another one others."""
    drawn = LogNormal(median_ns=2_000_000, p99_ns=20_000_000)
    named = {"latency": (drawn, drawn, drawn)}
    first, again, other = (run(AtTouch, short_tape, seed=n, **named) for n in (1, 1, 2))

    assert first.fills.tobytes() == again.fills.tobytes()
    assert first.latency["ns"][:50].tolist() != other.latency["ns"][:50].tolist()
    taken = first.latency["ns"][first.latency["kind"] == "new"]
    assert np.unique(taken).size > 10


def test_fees_follow_the_volume_before(short_tape):
    """A trader of ten million a month pays the rates of the first level."""
    told = run(Holder, short_tape, fees="venue", volume=10_000_000)
    fill = told.fills[0]

    assert fill["fee"] == pytest.approx(fill["price"] * fill["quantity"] * 4e-4)
