"""What a tape says beside its book: funding, other rules, breaks; and what a run is told of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tradecore as tc
from tradecore.core import Instrument, OrderRecording, TapeWriter, generate_tape
from tradecore.marketdata import Recording

S = 1_000_000_000
START = 1_700_000_000 * S
ONE = Instrument("AB", tick_size="0.1", lot_size="0.001", kind="linear")
MARK = Decimal("1000.123456789")
NAMED = {"fees": "2bps,5bps", "latency": "1ms,2ms,3ms"}


def stretch(writer, number):
    """Append five seconds of a market; the first ends before the second, ten seconds later."""
    part = OrderRecording.generated(
        ONE,
        seed=number,
        start_ns=START + number * 10 * S,
        duration_ns=5 * S,
        price="1000",
        volatility_milliticks=3_000,
    )
    writer.extend(part)


@pytest.fixture
def tape(tmp_path):
    """A tape that is cut in the middle, after which other rules hold; funding is paid there."""
    writer = TapeWriter([ONE])
    stretch(writer, 0)
    at = START + 6 * S
    for rate in ("0.0002", "0.0001"):
        writer.funding(
            "AB",
            rate=rate,
            mark_price=MARK,
            next_ns=START + 8 * S,
            ts_event_ns=at - 5,
            ts_recv_ns=at,
        )
        at += S // 2
    writer.mark_break("AB", "disconnected", ts_ns=START + 7 * S)
    coarse = Instrument("AB", tick_size="0.2", lot_size="0.002", kind="linear")
    writer.terms(coarse, ts_ns=START + 8 * S)
    writer.mark_break("AB", "connected", ts_ns=START + 9 * S)
    stretch(writer, 1)
    path = tmp_path / "cut.tape"
    path.write_bytes(writer.finish())
    return path


class Listener(tc.AbstractStrategy):
    """Buys one lot, listens, tries to buy while the book is not known, and keeps exact cash."""

    def on_start(self):
        """Hear of everything that there is."""
        self.heard, self.cash, self.fees = [], Decimal(0), Decimal(0)
        self.subscribe("AB", book=1, funding_rate=True, mark_price=True)
        self.set_alert("late", START + 15 * S - S // 2)

    def on_book(self, book):
        """Hold seven lots."""
        assert not book.is_stale
        if not self.orders() and self.position("AB").quantity == 0:
            self.buy("AB", "0.007")

    def on_fill(self, fill):
        """Count with it."""
        self.cash -= fill.price * fill.quantity
        self.fees += fill.fee

    def on_funding_rate(self, rate):
        """Remember it."""
        self.heard.append((self.now_ns, "rate", rate.rate, rate.next_funding_ns))

    def on_mark_price(self, mark):
        """Remember it."""
        self.heard.append((self.now_ns, "mark", mark.mark))

    def on_instrument(self, instrument):
        """Remember it."""
        self.heard.append((self.now_ns, "terms", instrument.tick_size, instrument.lot_size))

    def on_connection(self, change):
        """Remember it, and try the venue."""
        stale = self.book("AB").is_stale
        self.heard.append((self.now_ns, change.peer, change.state, stale))
        if change.state == "down":
            self.buy("AB", "0.002", "900")

    def on_timer(self, name):
        """Ask for what the rules of the second half do not allow."""
        del name
        self.buy("AB", "0.002", "900.1")
        self.buy("AB", "0.003", "900")
        self.buy("AB", "0.002", "900")


def test_a_tape_is_heard_and_paid_as_it_tells(tape):
    """Each thing at its time; cash, position, fees and funding balance to the last digit."""
    strategy = Listener()
    result = tc.backtest(strategy, data=tape, **NAMED)
    told = result.summary()

    assert strategy.heard == [
        (START + 6 * S, "rate", Decimal("0.0002"), START + 8 * S),
        (START + 6 * S, "mark", MARK),
        (START + 6 * S + S // 2, "rate", Decimal("0.0001"), START + 8 * S),
        (START + 6 * S + S // 2, "mark", MARK),
        (START + 7 * S, "binance-usdm", "down", True),
        (START + 8 * S, "terms", Decimal("0.2"), Decimal("0.002")),
        (START + 9 * S, "binance-usdm", "up", True),
    ]
    held = Decimal("0.007")
    assert told.position == held
    assert told.pnl.funding == -held * MARK * Decimal("0.0001")
    mid = Decimal(str(result.equity["mid"][-1]))
    assert told.pnl.net == strategy.cash + held * mid - strategy.fees + told.pnl.funding
    assert told.rejections == {"VENUE_UNAVAILABLE": 1, "OFF_TICK": 1, "OFF_LOT": 1}
    kinds = ("fundings", "terms", "breaks", "gaps")
    assert [told.counts[kind] for kind in kinds] == [2, 1, 2, 1]
    assert "Funding: as the recording tells, at its marks." in result.assumptions
    assert "Not modelled: funding." not in result.assumptions


def test_a_run_that_names_its_funding_is_told_and_pays_that(tape):
    """The rate of the settings is told before it is paid; the recording's is neither."""
    strategy = Listener()
    result = tc.backtest(strategy, data=tape, funding="0.01%/4s", **NAMED)

    rates = [one for one in strategy.heard if one[1] == "rate"]
    assert [(rate, next_ns // S % 4) for _, _, rate, next_ns in rates] == [
        (Decimal("0.0001"), 0)
    ] * len(rates)
    assert all(0 <= next_ns - at <= 4 * S for at, _, _, next_ns in rates)
    assert len(rates) >= 4
    assert result.summary().pnl.funding < 0
    assert not any(one[1] == "mark" for one in strategy.heard)


def test_a_tape_of_orders_is_played_order_by_order(tmp_path):
    """As the market it was written from: the same fills, and the report says that it is exact."""
    market = {
        "seed": 3,
        "start_ns": START,
        "duration_ns": 10 * S,
        "price": "1000",
        "volatility_milliticks": 3_000,
    }
    path = tmp_path / "orders.tape"
    path.write_bytes(generate_tape(ONE, orders=True, **market))
    made = Recording(OrderRecording.generated(ONE, **market), path)

    class AtTouch(tc.AbstractStrategy):
        def on_start(self):
            self.subscribe("AB", book=1)

        def on_book(self, book):
            self.quote("AB", [(book.bid_price, "0.01")], [(book.ask_price, "0.01")])

    runs = [tc.backtest(AtTouch, data=data, **NAMED) for data in (path, made)]

    assert runs[0].fills.size > 5
    assert runs[0].fills.tobytes() == runs[1].fills.tobytes()
    for result in runs:
        assert any(one.startswith("Queue: exact;") for one in result.assumptions)
