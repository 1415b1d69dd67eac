"""What a strategy hears of its orders: after the callback that acted, and in order."""

from __future__ import annotations

from structlog.testing import capture_logs

import tradecore as tc
from support.local_host import BTC, LocalHost


def started(strategy):
    """Return a host that runs `strategy`."""
    host = LocalHost()
    host.run(strategy)
    return host


class Diary(tc.AbstractStrategy):
    """Writes down what it hears of orders, and in which state it finds them."""

    def on_start(self):
        """Begin with nothing."""
        self.pages = []

    def write(self, word, order):
        """Note a word with the state the order has now."""
        self.pages.append((word, str(order.state)))

    def on_order_submitted(self, event):
        """Note it."""
        self.write("submitted", event.order)

    def on_order_accepted(self, event):
        """Note it."""
        self.write("synthesized" if event.is_synthesized else "accepted", event.order)

    def on_order_denied(self, event):
        """Note it."""
        self.write("denied", event.order)

    def on_order_rejected(self, event):
        """Note it."""
        self.write("rejected", event.order)

    def on_order_modified(self, event):
        """Note it."""
        self.write("modified", event.order)

    def on_modify_rejected(self, event):
        """Note it."""
        self.write("modify rejected", event.order)

    def on_order_canceled(self, event):
        """Note it."""
        self.write("canceled", event.order)

    def on_cancel_rejected(self, event):
        """Note it."""
        self.write("cancel rejected", event.order)

    def on_order_expired(self, event):
        """Note it."""
        self.write("expired", event.order)

    def on_order_triggered(self, event):
        """Note it."""
        self.write("triggered", event.order)

    def on_order_unknown(self, event):
        """Note it."""
        self.write("unknown", event.order)

    def on_fill(self, fill):
        """Note it."""
        self.write("fill", fill.order)


def test_each_event_of_an_order_has_its_callback():
    """Each event of an order has its callback."""
    diary = Diary()
    host = started(diary)
    order = diary.buy(BTC, "0.01", "49000")
    diary.buy(BTC, "0.01", "49000.05")
    for reply, terms in [
        ("accepted", {}),
        ("triggered", {}),
        ("replaced", {"price": 49_001, "quantity": "0.02"}),
        ("filled", {"price": 49_001, "quantity": "0.01", "exec_id": 1}),
        ("unknown", {}),
        ("expired", {}),
    ]:
        host.hear(order.key, reply, terms)
    second = diary.buy(BTC, "0.01", "49000")
    host.hear(second.key, "rejected", {})

    assert [word for word, _ in diary.pages] == [
        "submitted",
        "denied",
        "accepted",
        "triggered",
        "modified",
        "fill",
        "unknown",
        "expired",
        "submitted",
        "rejected",
    ]


def test_refused_requests_have_their_callbacks():
    """Refused requests have their callbacks."""
    diary = Diary()
    host = started(diary)
    order = diary.buy(BTC, "0.01", "49000")
    host.exchange()
    host.resting[order.key].is_live = False
    diary.modify(order, price=49_001)
    host.exchange()
    diary.cancel(order)
    host.exchange()
    host.hear(order.key, "canceled", {})
    diary.cancel(order)
    host.container.deliver_events()

    assert [word for word, _ in diary.pages][2:] == [
        "modify rejected",
        "cancel rejected",
        "canceled",
        "cancel rejected",
    ]


def test_a_fill_before_its_acceptance_is_delivered_after_a_synthesized_one():
    """A fill before its acceptance is delivered after a synthesized one."""
    diary = Diary()
    host = started(diary)
    order = diary.buy(BTC, "0.01", "49000")

    host.hear(order.key, "filled", {"price": 49_000, "quantity": "0.01", "exec_id": 1})

    assert [word for word, _ in diary.pages] == ["submitted", "synthesized", "fill"]


class Reentrant(tc.AbstractStrategy):
    """Acts inside callbacks, to show that their events wait."""

    def on_start(self):
        """Place an order and note that nothing came of it yet."""
        self.pages = ["start"]
        order = self.buy(BTC, "0.01", "49000")
        self.pages.append(str(order.state))

    def on_order_submitted(self, event):
        """Cancel it, once."""
        self.pages.append(f"submitted {event.order.key}")
        if event.order.key == 1:
            self.buy(BTC, "0.01", "48000")
            self.pages.append("end of first")

    def on_order_event(self, event):
        """Come after the special callback."""
        self.pages.append(f"event {event.order.key} {event.name}")


def test_events_of_an_action_come_after_its_callback_returned_in_order():
    """Events of an action come after its callback returned in order."""
    strategy = Reentrant()
    started(strategy)

    assert strategy.pages == [
        "start",
        "PENDING_NEW",
        "submitted 1",
        "end of first",
        "event 1 submitted",
        "submitted 2",
        "event 2 submitted",
    ]


class Holder(tc.AbstractStrategy):
    """Hears of fills three ways."""

    def on_start(self):
        """Begin with nothing."""
        self.pages = []

    def on_fill(self, fill):
        """First."""
        self.pages.append(("fill", fill.quantity_lots))

    def on_order_event(self, event):
        """Second."""
        if event.fill is not None:
            self.pages.append(("event", event.fill.quantity_lots))

    def on_position(self, position):
        """Third."""
        self.pages.append(("position", position.quantity_lots))


def test_a_fill_is_told_as_fill_event_and_position():
    """A fill is told as fill event and position."""
    strategy = Holder()
    host = started(strategy)
    order = strategy.buy(BTC, "0.03", "49000")
    host.exchange()

    host.fill(order, "0.01")
    host.fill(order, "0.02")

    assert strategy.pages == [
        ("fill", 10),
        ("event", 10),
        ("position", 10),
        ("fill", 20),
        ("event", 20),
        ("position", 30),
    ]


def test_a_contradiction_is_logged_and_not_delivered():
    """A contradiction is logged and not delivered."""
    diary = Diary()
    host = started(diary)
    order = diary.buy(BTC, "0.02", "49000")
    host.hear(order.key, "filled", {"price": 49_000, "quantity": "0.01", "exec_id": 1})
    before = list(diary.pages)

    with capture_logs() as logs:
        host.hear(order.key, "rejected", {})

    assert [line["event"] for line in logs] == ["evidence contradicts what is known"]
    assert diary.pages == before
