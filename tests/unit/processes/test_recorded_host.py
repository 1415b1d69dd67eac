"""A live run that is kept is run again to the byte, whatever was told in whatever order."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

import tradecore as tc
from support.local_host import BTC, START_NS, btc
from tradecore.core import DataError, WireBook
from tradecore.model import (
    Balance,
    Budget,
    ConnectionChange,
    InventoryDelta,
    OrderUpdate,
    Quote,
    RiskAlert,
    Trade,
)
from tradecore.processes.recorded_host import RecordedHost, Unkept, strategy_host
from tradecore.processes.rerun import rerun_trader
from tradecore.processes.run_records import bodies_of, records_of_bodies
from tradecore.processes.runs import RunFolder
from tradecore.processes.settings import TraderSettings, load_process
from tradecore.processes.strategy_host import LiveHost
from tradecore.runs.entries import Held
from tradecore.runs.journal import read_run
from tradecore.strategy import StrategyContainer
from tradecore.telemetry import ManualClock
from tradecore.wire import schema_pb2 as pb

MS = 1_000_000
INSTRUMENT = btc()


class Everything(tc.AbstractStrategy):
    """Acts on all it hears, so that nothing it hears can be left out unseen."""

    class Config(tc.StrategyConfig):
        """One number, to be another strategy by."""

        size: Decimal = Decimal("0.010")

    def on_load(self, state):
        """Begin where the last run ended."""
        self.count = state["count"]

    def on_save(self):
        """Say where this one ends."""
        return {"count": self.count}

    def on_start(self):
        """Hear of everything."""
        self.subscribe(BTC, book=2, trades=True, quotes=True)
        self.set_timer("beat", "40ms")

    def act(self, *_):
        """Quote by what was heard, the account and the time."""
        self.count += 1
        book = self.book(BTC)
        if book.bid_price is None or self.now_ns % 3 == 0:
            return
        away = self.count % 7 + len(self.balances()) + (self.budget("TOY") is not None)
        self.quote(BTC, bids=[(book.bid_price - away, self.config.size)], asks=[])
        if self.count % 11 == 0:
            self.sell(BTC, "0.001", book.best_ask[0] + away)

    on_book = on_trade = on_quote = on_timer = on_balance = on_risk = on_inventory = act
    on_connection = on_reconcile = on_order_canceled = on_fill = act


class Feed:
    """A book that follows bodies."""

    def __init__(self):
        self.now = WireBook(INSTRUMENT)

    def book(self, symbol):
        """Return it."""
        assert symbol == BTC
        return self.now

    def subscribe(self, subscription):
        """Take anything."""


class Way:
    """Keeps what is sent."""

    def __init__(self):
        self.sent = []

    def submit(self, order):
        """Keep it."""
        self.sent.append(order)

    modify = cancel = submit


def settings(folder, **journal):
    """Return what a trader's file says."""
    keys = "".join(f"{key.upper()}={value}\n" for key, value in journal.items())
    file = folder / "trader.ini"
    file.write_text(f"[GLOBAL]\nENABLED_EXCHANGES=TOY\n[STRATEGY]\nCLASS=any.py\n[JOURNAL]\n{keys}")
    file.chmod(0o600)
    return load_process(TraderSettings, file, environ={}).settings


def host(path, *, clock, way, folder, **journal):
    """Return a host of a strategy, and the strategy."""
    strategy = Everything()
    held = Held(
        symbol=BTC, quantity=Decimal("0.5"), average_price=Decimal(49_000), ts_event_ns=START_NS
    )
    trader = tc.Trader([INSTRUMENT], run_id="r1", venue="toy")
    trader.adopt_position(
        BTC, quantity=held.quantity, average_price=held.average_price, ts_event_ns=START_NS
    )
    made = strategy_host(
        strategy,
        trader,
        feed=Feed(),
        orders=way,
        clock=clock,
        settings=settings(folder, **{"run_mb": 1, **journal}),
        kept=Unkept(file=path, exchange="TOY", held=(held,), state={"count": 3}),
    )
    return made, strategy


def body(first_id, rng, *, snapshot):
    """Return a book's change as a message."""
    bid = 500_000 + rng.randrange(-50, 50)
    return pb.BookUpdate(
        first_id=first_id,
        last_id=first_id,
        is_snapshot=snapshot,
        bid_ticks=[bid],
        bid_lots=[rng.randrange(0, 900)],
        ask_ticks=[bid + rng.randrange(1, 5)],
        ask_lots=[rng.randrange(1, 900)],
    ).SerializeToString()


def answer(way, rng, at_ns):
    """Return what a venue may say of one of the orders."""
    if not way.sent:
        return None
    order = rng.choice(way.sent)
    reply = rng.choice(["accepted", "filled", "canceled", "unknown"])
    is_fill = reply == "filled"
    return OrderUpdate(
        client_order_id=order.client_order_id,
        symbol=BTC,
        reply=reply,
        ts_event_ns=at_ns,
        ts_recv_ns=at_ns,
        exec_id=rng.randrange(1, 99) if is_fill else 0,
        price=Decimal("49999.5") if is_fill else None,
        quantity=Decimal("0.001") if is_fill else None,
        fee=Decimal("0.003") if is_fill else None,
    )


def play(live, clock, way, seed, steps=400):
    """Tell a host of everything there is, by chance."""
    rng, update_id = random.Random(seed), 1
    feed = live._feed
    for _ in range(steps):
        clock.advance(rng.choice([0, 1, MS, 37 * MS]))
        now = clock.now_ns()
        match rng.randrange(11):
            case 0 | 1 | 2:
                snapshot = update_id == 1 or rng.random() < 0.1
                bodies = [body(update_id, rng, snapshot=snapshot)]
                live.hear_bodies(BTC, feed.now, bodies)
                update_id += 1
            case 3:
                live.hear_trade(
                    Trade(
                        instrument=INSTRUMENT,
                        trade_id=1,
                        price_ticks=500_000,
                        quantity_lots=2,
                        aggressor="sell",
                        ts_event_ns=now,
                        ts_recv_ns=now,
                    )
                )
            case 4:
                live.hear_quote(
                    Quote(
                        instrument=INSTRUMENT,
                        bid_ticks=1,
                        bid_lots=1,
                        ask_ticks=2,
                        ask_lots=1,
                        ts_event_ns=now,
                        ts_recv_ns=now,
                    )
                )
            case 5 | 6 if (update := answer(way, rng, now)) is not None:
                live.hear(update)
            case 7:
                total = Decimal(rng.randrange(100))
                live.hear_balance(
                    Balance(currency="USDT", total=total, free=total, ts_event_ns=now)
                )
                live.hear_budget("TOY", Budget(used=1, capacity=9, period_ns=MS))
            case 8:
                state = rng.choice(["up", "down", "silent"])
                live.hear_connection(
                    ConnectionChange(peer="p", channel="c", state=state, ts_recv_ns=now)
                )
                if state != "up":
                    live.clear_books([feed.now])
                    update_id = 1
            case 9:
                live.hear_risk(RiskAlert(code="X", text="y", ts_recv_ns=now))
                live.hear_other(
                    "on_inventory",
                    InventoryDelta(
                        source="pool", asset="BTC", quantity=Decimal("0.1"), ts_event_ns=now
                    ),
                )
                live.hear_reconciled(
                    BTC, (), before=Decimal(0), after=Decimal("0.5"), ts_recv_ns=now
                )
            case _:
                live.ring()


@pytest.fixture
def kept(tmp_path):
    """Return a function that keeps a run told by chance, and gives its journal and its host."""

    def kept(seed, *, stops=True):
        path, clock, way = tmp_path / f"{seed}.journal", ManualClock(wall_ns=START_NS), Way()
        live, strategy = host(path, clock=clock, way=way, folder=tmp_path)
        container = StrategyContainer(strategy, live.trader, live.face)
        container.load({"count": 3})
        live.start(container)
        play(live, clock, way, seed)
        if stops:
            state = container.save()
            live.stop()
            live.close(state)
        return path, strategy, way

    return kept


@pytest.mark.parametrize("seed", range(5))
def test_a_run_told_by_chance_is_run_again_to_the_byte(kept, seed):
    """Books, prints, answers, balances, timers, silences: all at the time they came."""
    path, strategy, way = kept(seed)
    again = Everything()

    found = rerun_trader(read_run(path), again)

    assert (found.difference, found.ended) == (None, "end")
    assert found.told > 300
    assert found.compared >= len(way.sent) > 20
    assert again.count == strategy.count


def test_a_run_that_was_cut_off_is_run_again_as_far_as_it_goes(kept):
    """Nobody said how it ended."""
    path, *_ = kept(7, stops=False)

    found = rerun_trader(read_run(path), Everything())

    assert (found.difference, found.ended) == (None, "records")


def test_a_strategy_that_does_more_or_less_is_told_apart(kept):
    """Where it sends something else, or nothing."""
    path, *_ = kept(1)

    class Quiet(Everything):
        def act(self, *_):
            self.count += 1

        on_book = on_trade = on_quote = on_timer = on_balance = on_risk = on_inventory = act
        on_connection = on_reconcile = on_order_canceled = on_fill = act

    other = rerun_trader(read_run(path), Everything.from_params({"size": "0.02"}))
    quiet = rerun_trader(read_run(path), Quiet())

    assert "0.02 @" in other.difference.now
    assert quiet.difference.now is None
    assert quiet.difference.recorded == other.difference.recorded


def test_damage_before_the_end_is_an_error_and_not_another_run(kept):
    """With its place."""
    path, *_ = kept(2)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)

    with pytest.raises(tc.TradecoreError, match=str(path.name)):
        for _ in read_run(path).rest:
            pass


@pytest.mark.parametrize("sizes", [[], [0], [3], [400_000] * 5, [600_000, 1]])
def test_a_batch_of_bodies_comes_back_whole(sizes):
    """In several records where it is large, each below what a record may hold."""
    bodies = [bytes([number]) * size for number, size in enumerate(sizes)]

    records = list(records_of_bodies(7, bodies))

    found = [bodies_of(record) for record in records]
    assert [one for _, part, _ in found for one in part] == bodies
    assert [more for _, _, more in found] == [True] * (len(found) - 1) + [False]
    assert max(map(len, records)) < 1 << 20


def test_a_malformed_body_is_refused_the_second_time_as_the_first(tmp_path):
    """It is in the file before it is looked at."""
    path, clock, way = tmp_path / "bad.journal", ManualClock(wall_ns=START_NS), Way()
    live, strategy = host(path, clock=clock, way=way, folder=tmp_path)
    container = StrategyContainer(strategy, live.trader, live.face)
    container.load({"count": 3})
    live.start(container)
    with pytest.raises(DataError, match="byte"):
        live.hear_bodies(BTC, live._feed.now, [b"\xff\xff"])
    live.stop()
    live.close(container.save())

    assert rerun_trader(read_run(path), Everything()).is_same


def test_a_run_that_may_have_no_file_has_none(tmp_path):
    """`run_mb` 0 is a host that keeps nothing; else it is one that does."""
    clock, way = ManualClock(wall_ns=START_NS), Way()

    plain, _ = host(tmp_path / "none", clock=clock, way=way, folder=tmp_path, run_mb=0)
    keeping, _ = host(tmp_path / "one", clock=clock, way=way, folder=tmp_path)

    assert isinstance(plain, LiveHost)
    assert isinstance(keeping, RecordedHost)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["one", "trader.ini"]


def test_a_run_that_cannot_be_kept_is_run_all_the_same(tmp_path):
    """A full or missing disk ends no trading."""
    clock, way = ManualClock(wall_ns=START_NS), Way()

    made, _ = host(tmp_path / "no" / "such" / "run", clock=clock, way=way, folder=tmp_path)

    assert isinstance(made, LiveHost)


def test_the_newest_runs_are_kept(tmp_path):
    """`runs_kept` files, the one that begins included."""
    folder = RunFolder.of(str(tmp_path), "maker")

    for number in range(1, 5):
        folder.journal(number, kept=2).touch()

    names = sorted(file.name for file in folder.path.glob("*.journal"))
    assert names == ["run-00000003.journal", "run-00000004.journal"]
