"""The container: what it delivers, when it does not, and how it holds a failure."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

import tradecore as tc
from support.local_host import BTC, START_NS, LocalHost
from tradecore.core import InputError
from tradecore.model import ConnectionChange, Trade
from tradecore.model.errors import StrategyError
from tradecore.strategy import StrategyContainer


def started(strategy):
    """Return a host that runs `strategy`."""
    host = LocalHost()
    host.run(strategy)
    return host


class Failing(tc.AbstractStrategy):
    """Fails when it sees a book."""

    def on_start(self):
        """Place an order that must not outlive the failure."""
        self.stopped = False
        self.buy(BTC, "0.01", "49000")
        self.set_timer("tick", every="1s")

    def on_book(self, book):
        """Fail."""
        raise ZeroDivisionError(f"spread of {book.symbol}")

    def on_stop(self):
        """Must not be called after a failure."""
        self.stopped = True


def test_a_failing_callback_is_logged_with_its_event_cancels_orders_and_halts():
    """A failing callback is logged with its event cancels orders and halts."""
    strategy = Failing()
    host = started(strategy)
    host.exchange()

    with capture_logs() as logs:
        host.show_book()
    container = host.container

    assert (container.is_halted, container.exit_code) == (True, 1)
    assert container.reason == "on_book raised ZeroDivisionError: spread of BTCUSDT"
    failure = next(line for line in logs if line["event"] != "halted")
    assert (failure["log_level"], failure["callback"]) == ("error", "on_book")
    assert failure["payload"] == repr(host.book_now)
    assert failure["now_ns"] == host.now_ns
    assert isinstance(failure["exc_info"], ZeroDivisionError)
    assert host.timers == {}
    host.exchange()
    assert strategy.orders() == []
    assert strategy.buy(BTC, "0.01", "49000").reject_code == "STRATEGY_HALTED"
    host.show_book()
    container.stop()
    assert not strategy.stopped
    assert container.counts["on_book"] == 1


class Halting(tc.AbstractStrategy):
    """Has had enough when an order is accepted."""

    def on_start(self):
        """Place an order."""
        self.pages = []
        self.buy(BTC, "0.01", "49000")

    def on_order_accepted(self, _event):
        """Halt, and see that nothing can be placed any more."""
        self.halt("enough")
        self.pages.append(self.buy(BTC, "0.01", "48000").reject_code)

    def on_order_event(self, event):
        """Must not hear of what came after."""
        self.pages.append(event.name)

    def on_stop(self):
        """The last word."""
        self.pages.append("stop")


def test_a_strategy_that_halts_hears_no_more_but_the_end():
    """A strategy that halts hears no more but the end."""
    strategy = Halting()
    host = started(strategy)
    host.exchange()
    host.container.stop()

    assert strategy.pages == ["submitted", "STRATEGY_HALTED", "stop"]
    assert host.container.reason == "enough"
    assert (host.container.exit_code, host.container.is_halted) == (0, True)
    assert strategy.orders() == []


class Endless(tc.AbstractStrategy):
    """Answers each denial with another order that is denied."""

    def on_start(self):
        """Begin."""
        self.buy(BTC, 0, 1)

    def on_order_denied(self, _event):
        """Try again."""
        self.buy(BTC, 0, 1)


def test_callbacks_that_cause_each_other_without_end_are_halted():
    """Callbacks that cause each other without end are halted."""
    host = started(Endless())

    assert host.container.exit_code == 1
    assert host.container.reason == "order callbacks cause order events without end: 1000 rounds"


class Watcher(tc.AbstractStrategy):
    """Counts books and timers."""

    def on_start(self):
        """Begin with nothing."""
        self.pages = []
        self.set_timer("tick", every="1s")

    def on_book(self, _book):
        """Note it."""
        self.pages.append("book")

    def on_timer(self, name):
        """Note it."""
        self.pages.append(name)

    def on_trade(self, trade):
        """Note it."""
        self.pages.append(trade.price)

    def on_pause(self):
        """Note it."""
        self.pages.append("pause")

    def on_resume(self):
        """Note it."""
        self.pages.append("resume")

    def on_connection(self, change):
        """Note it."""
        self.pages.append(change.state)


def test_a_stale_book_is_not_shown():
    """A stale book is not shown."""
    strategy = Watcher()
    host = started(strategy)

    host.show_book(is_stale=True)
    host.show_book(is_stale=False)

    assert strategy.pages == ["book"]


def test_nothing_of_the_market_is_heard_while_paused():
    """Nothing of the market is heard while paused."""
    strategy = Watcher()
    host = started(strategy)
    container = host.container

    container.pause()
    container.pause()
    host.show_book()
    host.advance(1_000_000_000)
    container.deliver_trade(_trade(host))
    container.resume()
    container.resume()
    host.show_book()
    container.deliver_trade(_trade(host))

    assert strategy.pages == ["pause", "resume", "book", 1]


def _trade(host):
    return Trade(
        instrument=host.instruments[0],
        trade_id=1,
        price_ticks=10,
        quantity_lots=1,
        aggressor="buy",
        ts_event_ns=host.now_ns,
        ts_recv_ns=host.now_ns,
    )


def test_other_events_are_delivered_by_name():
    """Other events are delivered by name."""
    strategy = Watcher()
    host = started(strategy)
    change = ConnectionChange(peer="venue", channel="market", state="down", ts_recv_ns=1)

    host.container.deliver("on_connection", change)
    host.container.deliver("on_risk", change)

    assert strategy.pages == ["down"]
    with pytest.raises(InputError, match=r"deliver feeds one of on_balance.* callback='on_book'"):
        host.container.deliver("on_book", None)


def test_only_overridden_callbacks_are_wanted():
    """Only overridden callbacks are wanted."""
    host = started(Watcher())

    assert host.container.wants("on_book")
    assert not host.container.wants("on_quote")
    host.container.deliver_quote(None)
    assert "on_quote" not in host.container.counts


def test_a_callback_put_on_the_object_counts_as_overridden():
    """A callback put on the object counts as overridden."""
    heard = []
    strategy = Watcher()
    strategy.on_quote = heard.append
    host = started(strategy)

    host.container.deliver_quote("q")

    assert heard == ["q"]


def test_denials_are_logged_once_a_rule():
    """Denials are logged once a rule."""
    strategy = Watcher()
    host = started(strategy)

    with capture_logs() as logs:
        for _ in range(3):
            strategy.buy(BTC, 0, 1)
            host.container.deliver_events()

    [line] = logs
    assert (line["event"], line["strategy"], line["now_ns"]) == (
        "order denied",
        "Watcher",
        START_NS,
    )
    assert "QTY_NOT_POSITIVE" in line["payload"]


class Remembering(tc.AbstractStrategy):
    """Keeps a number over a restart."""

    def __init__(self, config=None):
        super().__init__(config)
        self.seen = 0

    def on_save(self):
        """Keep it."""
        return {"seen": self.seen}

    def on_load(self, state):
        """Take it back."""
        self.seen = state["seen"]


def test_what_is_saved_is_loaded():
    """What is saved is loaded."""
    first = Remembering()
    host = started(first)
    first.seen = 5
    state = host.container.save()

    second = Remembering()
    container = StrategyContainer(second, host.trader, host)
    container.load(state)

    assert second.seen == 5


def test_a_strategy_that_forgets_its_base_is_refused():
    """A strategy that forgets its base is refused."""

    class Forgetful(tc.AbstractStrategy):
        def __init__(self):
            self.x = 1

    with pytest.raises(StrategyError, match=r"must call super\(\).__init__.* strategy=Forgetful"):
        started(Forgetful())


def test_a_log_line_says_who_and_when():
    """A log line says who and when."""
    strategy = Watcher()
    host = started(strategy)
    host.now_ns += 5

    with capture_logs() as logs:
        strategy.log.info("fill", side="buy")

    [line] = logs
    assert (line["event"], line["side"]) == ("fill", "buy")
    assert (line["strategy"], line["now_ns"]) == ("Watcher", START_NS + 5)
