"""The short way of an order and the long one are the same: in the file, on the wire, in books."""

from __future__ import annotations

import errno
import random
from decimal import Decimal

import pytest
from pydantic import SecretStr

from tradecore.exchanges.base import (
    CancelOrder,
    ChannelUp,
    ConnectorSettings,
    Credentials,
    Endpoints,
    NewOrder,
    RateRule,
    StreamReady,
)
from tradecore.exchanges.base.budget import VenueBudget
from tradecore.exchanges.binance.fetcher import BinanceDataFetcher
from tradecore.exchanges.binance.oms import BinanceOMS
from tradecore.execution import OrderDesk
from tradecore.execution.desk_orders import Stage
from tradecore.execution.intents import MemoryIntents
from tradecore.model import Refused
from tradecore.processes.intent_file import IntentFile, read_intents
from tradecore.risk import AccountLimits, LimitRules, PositionsOnly
from tradecore.simulation.catalog import perpetuals

S = 1_000_000_000
NOW = 1_700_000_000 * S
OFFSET = 7_000_000
TERMS = [one.terms for one in perpetuals()]
SYMBOLS = [one.instrument.symbol for one in TERMS]
SEED = "11" * 32


class Desk:
    """A desk that may send, with all that is behind it."""

    def __init__(
        self,
        path,
        *,
        has_short_way,
        method="hmac_sha256",
        orders_max=10_000,
        limits=None,
        send=lambda _channel, _text, _generation: False,
    ):
        secret = SEED if method == "ed25519" else "secret"
        settings = ConnectorSettings(
            endpoints=Endpoints(rest="http://venue", channels={"api": ("ws://venue",)}),
            credentials=Credentials(key=SecretStr("name"), secret=SecretStr(secret), method=method),
        )
        self.path, self.oms = path, BinanceOMS(settings)
        self.fetcher = BinanceDataFetcher(settings)
        self.oms.start(NOW)
        self.budget = VenueBudget([RateRule(pool="orders", capacity=orders_max, period_ns=10 * S)])
        rules = LimitRules(
            position_total=Decimal(40),
            position=Decimal(30),
            order_value=Decimal(500_000),
            daily_loss=Decimal(1_000),
        )
        self.limits = AccountLimits(TERMS, rules) if limits is None else limits
        self.desk = OrderDesk(
            oms=self.oms,
            fetcher=self.fetcher,
            limits=self.limits,
            budget=self.budget,
            journal=IntentFile(path),
            start_ns=NOW,
            send=send,
        )
        self.desk.set_clock(OFFSET, refused=None)
        if not has_short_way:
            self.desk._plain = None

    def live(self):
        """Have a private stream, and everything reconciled: flat, and no order open."""
        desk = self.desk
        desk.hear(StreamReady(channel="private"), NOW)
        desk._followup.is_reconciled = True
        return self

    def open_channel(self):
        """Have the request channel open."""
        self.oms.receive(ChannelUp(channel="api", generation=1), NOW)
        return self

    def told(self):
        """Return all that can be told of it from outside."""
        positions = [self.limits.position(symbol) for symbol in SYMBOLS]
        return (
            self.path.read_bytes(),
            self.oms.pending(),
            [(one.new, one.stage, one.asked_ns, one.sent_ns) for one in self.desk.table],
            self.desk.queued,
            self.desk.take(),
            positions,
            self.budget.view(NOW + OFFSET, "orders"),
        )


def made(draw, number):
    """Return an order, most of them good."""
    kind = draw.choice(["limit"] * 9 + ["market"])
    price = draw.choice(["43187.1", "43187.10", "100", "9000.0", "0.05", "1E+4", "43187.13"])
    return NewOrder(
        client_order_id=f"tc-run-{draw.choice([number, number, number, 1])}",
        symbol=draw.choice([*SYMBOLS, *SYMBOLS, "DOGE"]),
        side=draw.choice(["buy", "sell"]),
        type=kind,
        quantity=Decimal(draw.choice(["0.010", "0.1", "2", "15", "1E+1", "0.0001", "NaN"])),
        price=Decimal(price) if kind == "limit" else None,
        time_in_force=draw.choice(["GTC", "GTC", "IOC", "FOK"]),
        post_only=draw.random() < 0.2,
        reduce_only=draw.random() < 0.2,
    )


@pytest.mark.parametrize("method", ["hmac_sha256", "ed25519"])
@pytest.mark.parametrize("orders_max", [10_000, 40], ids=["ample", "scarce"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_ways_do_the_same(tmp_path, method, orders_max, seed):
    """Answers, journal, messages, orders, budget, positions: after each step of a random walk."""
    both = [
        Desk(tmp_path / word, has_short_way=word == "short", method=method, orders_max=orders_max)
        .open_channel()
        .live()
        for word in ("short", "long")
    ]
    draw = random.Random(seed)
    for desk in both:
        for symbol in SYMBOLS:
            desk.limits.see_price(symbol, Decimal(43_000))
    for number in range(200):
        order, trader = made(draw, number), draw.choice(["a", "b"])
        now_ns = NOW + number * 1_000_000
        step = draw.random()
        answers = []
        for each in both:
            if step < 0.1:
                cancel = CancelOrder(client_order_id=order.client_order_id, symbol=order.symbol)
                answers.append(each.desk.cancel(trader, cancel, now_ns=now_ns))
            else:
                answers.append(each.desk.submit(trader, order, now_ns=now_ns))
        assert answers[0] == answers[1], order
        assert both[0].told() == both[1].told(), order
    assert any(one.stage is not Stage.QUEUED for one in both[0].desk.table)


class Socket:
    """Takes messages while it is open; what the journal held at each is noted."""

    def __init__(self, path, *, is_open=True):
        self.path, self.is_open, self.taken, self.written = path, is_open, [], []

    def send(self, channel, text, generation):
        """Take a message, or not a byte of it."""
        if self.is_open:
            self.taken.append((channel, text, generation))
            self.written.append(len(read_intents(self.path)))
        return self.is_open


def plain(number, **terms):
    """Return an order that nothing hinders."""
    usual = {"symbol": SYMBOLS[0], "side": "buy", "type": "limit", "price": Decimal(100)}
    return NewOrder(
        client_order_id=f"tc-run-{number}", **(usual | {"quantity": Decimal("0.1")} | terms)
    )


def test_a_plain_order_is_written_down_sent_past_the_queue_and_awaited(tmp_path):
    """The message is the one that would have been queued, and its answer is known as its own."""
    socket = Socket(tmp_path / "past")
    past, queued = (
        Desk(tmp_path / word, has_short_way=True, **send).open_channel().live()
        for word, send in (("past", {"send": socket.send}), ("queued", {}))
    )
    past.oms.pending()
    for desk in (past, queued):
        assert desk.desk.submit("a", plain(1), now_ns=NOW) is None
    frame = queued.oms.pending()[-1]

    assert socket.taken == [("api", frame.text, frame.generation)]
    assert socket.written == [1]
    assert past.oms.pending() == []
    assert past.told()[2:] == queued.told()[2:]
    silence_ns = NOW + past.oms.answer_ns_max + 1
    assert past.oms.tick(silence_ns) == queued.oms.tick(silence_ns) != []


def test_a_message_the_socket_does_not_take_is_queued_like_any_other(tmp_path):
    """Not a byte of it left: who carries the queue out tells its fate."""
    socket = Socket(tmp_path / "intents", is_open=False)
    desk = Desk(tmp_path / "intents", has_short_way=True, send=socket.send).open_channel().live()
    desk.oms.pending()

    assert desk.desk.submit("a", plain(1), now_ns=NOW) is None

    assert [one.request_id for one in desk.oms.pending()] == ["order-1"]


def test_no_order_overtakes_what_is_queued(tmp_path):
    """A cancel that waits to be carried out leaves before an order that came after it."""
    socket = Socket(tmp_path / "intents")
    desk = Desk(tmp_path / "intents", has_short_way=True, send=socket.send).open_channel().live()
    desk.oms.pending()
    cancel = CancelOrder(client_order_id="tc-run-1", symbol=SYMBOLS[0])
    assert desk.desk.submit("a", plain(1), now_ns=NOW) is None
    assert desk.desk.cancel("a", cancel, now_ns=NOW) is None
    assert desk.desk.submit("a", plain(2), now_ns=NOW) is None

    assert len(socket.taken) == 1
    assert [one.request_id for one in desk.oms.pending()] == ["order-2", "order-3"]
    assert desk.desk.submit("a", plain(3), now_ns=NOW) is None
    assert len(socket.taken) == 2


def test_until_the_channel_is_open_orders_go_the_long_way_over_http(tmp_path):
    """And after that the short one; what is asked of the venue is a request each time."""
    desk = Desk(tmp_path / "intents", has_short_way=True).live()
    good = {"symbol": SYMBOLS[0], "type": "limit", "quantity": Decimal("0.1")}
    orders = [
        NewOrder(client_order_id=f"tc-run-{n}", side="buy", price=Decimal(100), **good)
        for n in (1, 2)
    ]
    assert desk.desk.submit("a", orders[0], now_ns=NOW) is None
    over_http = [type(one).__name__ for one in desk.oms.pending()]
    desk.open_channel()
    assert desk.desk.submit("a", orders[1], now_ns=NOW) is None

    assert over_http == ["Connect", "HttpRequest"]
    assert [type(one).__name__ for one in desk.oms.pending()] == ["Frame"]


def test_a_disk_that_is_full_refuses_the_order_and_frees_what_it_held(tmp_path, monkeypatch):
    """Nothing is sent, and the same room is there for the next."""
    desk = Desk(tmp_path / "intents", has_short_way=True).open_channel().live()
    desk.oms.pending()

    def full(_record):
        raise OSError(errno.ENOSPC, "no space left")

    big = {"symbol": SYMBOLS[0], "side": "buy", "type": "limit", "price": Decimal(100)}
    with monkeypatch.context() as broken:
        broken.setattr(desk.desk._plain._journal, "keep", full)
        said = desk.desk.submit(
            "a", NewOrder(client_order_id="tc-run-1", quantity=Decimal(30), **big), now_ns=NOW
        )

    assert isinstance(said, Refused)
    assert said.code == "VENUE_UNAVAILABLE"
    assert not desk.oms.pending()
    fresh = NewOrder(client_order_id="tc-run-2", quantity=Decimal(30), **big)
    assert desk.desk.submit("a", fresh, now_ns=NOW) is None


def test_the_rules_may_be_replaced_under_it(tmp_path):
    """An order is checked by those that hold now."""
    desk = Desk(tmp_path / "intents", has_short_way=True).open_channel().live()
    plain = desk.desk._plain
    other = AccountLimits(TERMS, LimitRules(order_value=Decimal(1)))
    desk.limits._core = other._core
    order = NewOrder(
        client_order_id="tc-run-1",
        symbol=SYMBOLS[0],
        side="buy",
        type="limit",
        quantity=Decimal(1),
        price=Decimal(100),
    )

    said = plain.submit("a", order, NOW)

    assert isinstance(said, Refused)
    assert said.code == "MAX_ORDER_VALUE"


@pytest.mark.parametrize("part", ["limits", "journal"])
def test_without_a_core_of_their_own_there_is_no_short_way(tmp_path, part):
    """Where nothing is checked, or nothing is written down."""
    desk = Desk(tmp_path / "intents", has_short_way=True, limits=PositionsOnly())
    if part == "limits":
        assert desk.desk._plain is None
        return
    other = OrderDesk(
        oms=desk.oms,
        fetcher=desk.fetcher,
        limits=AccountLimits(TERMS, LimitRules()),
        budget=desk.budget,
        journal=MemoryIntents(),
        start_ns=NOW,
    )
    assert other._plain is None
