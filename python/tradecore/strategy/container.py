"""Runs one strategy: hands it what happened, one thing at a time, and holds it when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tradecore.core import InputError
from tradecore.model.errors import StrategyError
from tradecore.strategy.callbacks import Callbacks
from tradecore.strategy.records import Recorder
from tradecore.strategy.timers import Timers
from tradecore.telemetry import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tradecore.core import OrderEvent, Trader
    from tradecore.model import BookView, OrderEventName, Quote, Trade
    from tradecore.strategy.base import AbstractStrategy
    from tradecore.strategy.context import Host

    Handler = Callable[..., object]

ROUNDS_MAX: Final = 1_000

# By the number of an event's name.
_ORDER_EVENTS: Final[tuple[tuple[OrderEventName, str], ...]] = (
    ("submitted", "on_order_submitted"),
    ("denied", "on_order_denied"),
    ("accepted", "on_order_accepted"),
    ("rejected", "on_order_rejected"),
    ("filled", "on_fill"),
    ("modified", "on_order_modified"),
    ("modify_rejected", "on_modify_rejected"),
    ("canceled", "on_order_canceled"),
    ("cancel_rejected", "on_cancel_rejected"),
    ("expired", "on_order_expired"),
    ("triggered", "on_order_triggered"),
    ("unknown", "on_order_unknown"),
)
_DENIED: Final = 1
_FILLED: Final = 4
_ILLEGAL: Final = 12

_OTHERS: Final = frozenset(
    {
        "on_book_delta",
        "on_ticker",
        "on_bar",
        "on_mark_price",
        "on_funding_rate",
        "on_instrument",
        "on_balance",
        "on_inventory",
        "on_connection",
        "on_reconcile",
        "on_risk",
        "on_signal",
        "on_cycle",
    }
)


class StrategyContainer:
    """Between a host and a strategy.

    The host calls `deliver_…` for what happened; each call runs one callback, then hands over the
    order events that it and the venue caused, in order, until none is left. After an exception in
    a callback, or `halt`, every order is canceled, further ones are denied, and nothing more is
    delivered: the host reads `is_halted`, `reason`, `exit_code`.
    """

    def __init__(self, strategy: AbstractStrategy, trader: Trader, host: Host) -> None:
        """Bind a strategy to what it acts on; nothing is called yet.

        Raises:
            StrategyError: If the strategy's `__init__` did not call that of its base.
        """
        name = type(strategy).__name__
        if "config" not in vars(strategy):
            raise StrategyError(f"__init__ must call super().__init__(config): strategy={name}")
        self.recorder = Recorder()
        self.counts: dict[str, int] = {}
        self.is_halted = False
        self.is_paused = False
        self.reason: str | None = None
        self.exit_code = 0
        self._strategy = strategy
        self._trader = trader
        self._host = host
        self._timers = Timers(host)
        self._log = get_logger("tradecore.strategy", strategy=name)
        self._warned: set[str] = set()
        self._take_events = trader.take_events
        self._on_book: Handler | None = None
        self._on_trade: Handler | None = None
        self._on_quote: Handler | None = None
        self._on_timer: Handler | None = None
        self._on_event: Handler | None = None
        self._on_position: Handler | None = None
        self._handlers: list[Handler | None] = []
        strategy._trader = trader  # noqa: SLF001 - the container is what makes a strategy run
        strategy._host = host  # noqa: SLF001
        strategy._timers = self._timers  # noqa: SLF001
        strategy._recorder = self.recorder  # noqa: SLF001
        strategy._halt = self.halt  # noqa: SLF001
        self._listen()

    def wants(self, callback: str) -> bool:
        """Return whether the strategy overrides a callback, so that it is worth feeding."""
        return self._handler(callback) is not None

    # Life

    def start(self) -> None:
        """Run `on_start`."""
        self._run("on_start", self._handler("on_start"))

    def stop(self) -> None:
        """Run `on_stop`, unless a callback failed, and deliver nothing more."""
        if self.exit_code == 0:
            was_halted, self.is_halted = self.is_halted, False
            self._run("on_stop", self._handler("on_stop"))
            self.is_halted = was_halted or self.is_halted
        self._timers.cancel_all()
        self._deafen()

    def pause(self) -> None:
        """Run `on_pause`; then no market data and no timers until `resume`."""
        if not (self.is_paused or self.is_halted):
            self.is_paused = True
            self._on_book = self._on_trade = self._on_quote = self._on_timer = None
            self._run("on_pause", self._handler("on_pause"))

    def resume(self) -> None:
        """Deliver market data and timers again, and run `on_resume`."""
        if self.is_paused and not self.is_halted:
            self.is_paused = False
            self._listen()
            self._run("on_resume", self._handler("on_resume"))

    def save(self) -> dict[str, object]:
        """Return what `on_save` wants to be there after a restart; nothing if it fails."""
        saved: dict[str, object] = {}
        self._run("on_save", lambda: saved.update(self._strategy.on_save()))
        return saved

    def load(self, state: Mapping[str, object]) -> None:
        """Run `on_load`; before `start`."""
        self._run("on_load", self._handler("on_load"), state)

    def halt(self, reason: str) -> None:
        """Cancel every order, deny further ones, deliver nothing more but `on_stop`."""
        if self.is_halted:
            return
        self.is_halted = True
        self.reason = reason
        self._log.warning("halted", reason=reason, now_ns=self._host.now_ns)
        self._trader.halt(now_ns=self._host.now_ns)
        self._timers.cancel_all()
        self._deafen()

    # What happened

    def deliver_book(self, book: BookView) -> None:
        """The subscribed depth of `book` changed; a stale book is not shown."""
        handler = self._on_book
        if handler is not None and not book.is_stale:
            try:
                handler(book)
            except Exception as error:  # noqa: BLE001 - a host's loop: anything may be raised
                self._fail("on_book", book, error)
            self.counts["on_book"] += 1
            if events := self._take_events():
                self._hand_over(events)

    def deliver_trade(self, trade: Trade) -> None:
        """A trade was printed."""
        self._tell("on_trade", self._on_trade, trade)

    def deliver_quote(self, quote: Quote) -> None:
        """The venue published its best bid and ask."""
        self._tell("on_quote", self._on_quote, quote)

    def deliver_timer(self, timer_id: int) -> None:
        """A timer of the host's rang; one that was canceled meanwhile is not heard."""
        name = self._timers.rang(timer_id)
        if name is not None:
            self._run("on_timer", self._on_timer, name)

    def deliver(self, callback: str, payload: object) -> None:
        """Anything else happened, such as `on_connection`.

        Raises:
            InputError: If there is no such callback, or it is fed by another method.
        """
        if callback not in _OTHERS:
            raise InputError(
                f"deliver feeds one of {', '.join(sorted(_OTHERS))}: callback={callback!r}"
            )
        handler = None if self.is_halted or self.is_paused else self._handler(callback)
        self._run(callback, handler, payload)

    def deliver_events(self) -> None:
        """Hand over the order events that wait, and what doing so causes, until none is left."""
        if events := self._take_events():
            self._hand_over(events)

    def _hand_over(self, events: Sequence[OrderEvent]) -> None:
        rounds = 0
        while events:
            rounds += 1
            for event in events:
                if self.is_halted:
                    return
                self._dispatch(event)
            if rounds >= ROUNDS_MAX:
                self.exit_code = 1
                self.halt(f"order callbacks cause order events without end: {ROUNDS_MAX} rounds")
            events = self._take_events()

    def _dispatch(self, event: OrderEvent) -> None:
        code = event.code
        if code == _ILLEGAL:
            self._warn_once(f"{event!r}", "evidence contradicts what is known", event)
            return
        if code == _DENIED and event.reject_code is not None:
            self._warn_once(event.reject_code, "order denied", event)
        handler = self._handlers[code]
        if code == _FILLED:
            if handler is not None:
                self._call("on_fill", handler, event.fill)
        elif handler is not None:
            self._call(_ORDER_EVENTS[code][1], handler, event)
        if self._on_event is not None:
            self._call("on_order_event", self._on_event, event)
        if code == _FILLED and self._on_position is not None and event.symbol is not None:
            position = self._trader.position(event.symbol)
            self._call("on_position", self._on_position, position)

    # The call itself

    def _run(self, name: str, handler: Handler | None, *arguments: object) -> None:
        """Call a callback, then deliver what it caused."""
        if handler is not None and not self.is_halted:
            self._call(name, handler, *arguments)
            self.deliver_events()

    def _tell(self, name: str, handler: Handler | None, told: object) -> None:
        """Do as `_run` does, for what comes often; who is halted has no handler."""
        if handler is not None:
            try:
                handler(told)
            except Exception as error:  # noqa: BLE001 - a host's loop: anything may be raised
                self._fail(name, told, error)
            counts = self.counts
            counts[name] = counts.get(name, 0) + 1
            if events := self._take_events():
                self._hand_over(events)

    def _call(self, name: str, handler: Handler, *arguments: object) -> None:
        if self.is_halted:
            return
        try:
            handler(*arguments)
        except Exception as error:  # noqa: BLE001 - a host's loop: anything may be raised
            self._fail(name, arguments[0] if arguments else None, error)
        self.counts[name] = self.counts.get(name, 0) + 1

    def _fail(self, name: str, payload: object, error: Exception) -> None:
        self._log.error(
            "callback failed",
            callback=name,
            payload=repr(payload),
            now_ns=self._host.now_ns,
            exc_info=error,
        )
        self.exit_code = 1
        self.halt(f"{name} raised {type(error).__name__}: {error}")

    def _warn_once(self, kind: str, what: str, event: OrderEvent) -> None:
        """Tell the first of a kind; the trader counts them all."""
        if kind not in self._warned and len(self._warned) < ROUNDS_MAX:
            self._warned.add(kind)
            self._log.warning(what, payload=repr(event), now_ns=self._host.now_ns)

    # Who listens

    def _listen(self) -> None:
        """Look up once which callbacks the strategy overrides."""
        self._on_book = self._handler("on_book")
        self._on_trade = self._handler("on_trade")
        self._on_quote = self._handler("on_quote")
        self._on_timer = self._handler("on_timer")
        self._on_event = self._handler("on_order_event")
        self._on_position = self._handler("on_position")
        self._handlers = [self._handler(callback) for _, callback in _ORDER_EVENTS]
        if self._on_book is not None:
            self.counts.setdefault("on_book", 0)
        wanted: list[OrderEventName] = [
            name
            for (name, _), handler in zip(_ORDER_EVENTS, self._handlers, strict=True)
            if handler is not None
            or self._on_event is not None
            or name == "denied"
            or (name == "filled" and self._on_position is not None)
        ]
        self._trader.want_events([*wanted, "illegal"])

    def _deafen(self) -> None:
        self._on_book = self._on_trade = self._on_quote = self._on_timer = None
        self._trader.want_events([])
        self._take_events()

    def _handler(self, name: str) -> Handler | None:
        """The strategy's own callback, `None` where it has the base's, which does nothing."""
        kind: Any = type(self._strategy)
        own = name in vars(self._strategy)
        if not own and getattr(kind, name) is getattr(Callbacks, name):
            return None
        handler: Handler = getattr(self._strategy, name)
        return handler
