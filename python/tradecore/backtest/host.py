"""Runs one strategy in a simulation: the host whose clock is the recording's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from tradecore.backtest.beside import said_beside
from tradecore.core import DataError
from tradecore.model import ConnectionChange, Quote, Trade
from tradecore.model.errors import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    from tradecore.backtest.beside import Told
    from tradecore.backtest.listings import Listing
    from tradecore.core import BookView, Simulation, Trader
    from tradecore.model import Budget, Subscription
    from tradecore.strategy import StrategyContainer

__all__ = ["Advance", "BacktestHost", "Pause"]

DELIVERIES_A_TURN: Final = 256
"""Callbacks between two looks at progress and signals, where no turn ends before."""

# What `Simulation.advance` answers.
_END, _BOOK, _TRADE, _QUOTE, _ORDERS, _TIMER, _CORRUPT, _PAUSE, _ASIDE = range(9)

_CHANNELS_MISSING: Final = ("book_deltas", "ticker", "bars")
_CHANNELS: Final = {"on_funding_rate": "funding_rate", "on_mark_price": "mark_price"}
_BESIDE: Final = ("on_funding_rate", "on_mark_price", "on_instrument", "on_connection")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A moment of a run at which somebody looks at it.

    Args:
        at_ns: When, by the run's clock; all that happens up to then has happened.
        stops: Called there; whether the run ends there.
    """

    at_ns: int
    stops: Callable[[], bool]


class Advance(Protocol):
    """What is told how far a run has come."""

    def __call__(self, done: int, /) -> None:
        """Take the bytes of the recording that are done."""


class BacktestHost:
    """What a strategy's container needs, answered from a simulation."""

    def __init__(self, simulation: Simulation, trader: Trader, listings: Sequence[Listing]) -> None:
        """Stand between a simulation and the container to come."""
        self._simulation = simulation
        self._trader = trader
        self._currencies = [listing.venue.currency for listing in listings]
        self._venues = [listing.venue.name for listing in listings]
        self._instruments = [listing.instrument for listing in listings]
        symbols = [instrument.symbol for instrument in self._instruments]
        self._places = {symbol: place for place, symbol in enumerate(symbols)}
        self._books = simulation.books
        self._wanted: list[Subscription] = []
        self._is_served = False
        self._pause: Pause | None = None
        self._pause_id = 0
        self.is_stopped = False

    # What a container asks for

    @property
    def now_ns(self) -> int:
        """The simulated time, in nanoseconds since 1970."""
        return self._simulation.now_ns

    def book(self, symbol: str) -> BookView:
        """Return the book of a symbol."""
        return self._books[self._place(symbol)]

    def subscribe(self, subscription: Subscription) -> None:
        """Add to what is delivered."""
        self._place(subscription.symbol)
        missing = [name for name in _CHANNELS_MISSING if getattr(subscription, name)]
        if missing:
            raise UnsupportedError(
                f"a backtest has books, trades, quotes, marks and funding: {', '.join(missing)} of "
                f"symbol={subscription.symbol}"
            )
        self._wanted.append(subscription)
        self._is_served = False

    def set_timer(self, at_ns: int, /, *, every_ns: int = 0) -> int:
        """Ring in simulated time."""
        return self._simulation.set_timer(at_ns, every_ns=every_ns)

    def cancel_timer(self, timer_id: int, /) -> bool:
        """Take a timer out."""
        return self._simulation.cancel_timer(timer_id)

    def balances(self) -> Mapping[str, Decimal]:
        """Return the cash that trading has moved, less fees; a backtest starts with none."""
        held: dict[str, Decimal] = {}
        for symbol, currency in zip(self._places, self._currencies, strict=True):
            cash = self._trader.position(symbol).cash_flow
            held[currency] = held[currency] + cash if currency in held else cash
        return held

    def budget(self, exchange: str) -> Budget | None:
        """Return nothing: rate limits are not modelled."""
        del exchange
        return None

    def request_bars(self, symbol: str, *, period: str, count: int) -> None:
        """Refuse: a recording of messages has no bars.

        Raises:
            UnsupportedError: Always.
        """
        raise UnsupportedError(
            f"a backtest has no past bars: symbol={symbol}, period={period}, count={count}"
        )

    def _place(self, symbol: str) -> int:
        return self._places[self._trader.instrument(symbol).symbol]

    # The run

    def run(
        self,
        container: StrategyContainer,
        *,
        strict: bool,
        advance: Advance | None = None,
        pause: Pause | None = None,
    ) -> None:
        """Play the recordings to their end, or until the strategy is halted and its orders are out.

        Args:
            container: Who is told.
            strict: Whether a record that cannot be read ends the run.
            advance: Told how far the run has come.
            pause: When somebody looks; a run that ends there leaves everything as it stands.

        Raises:
            DataError: If `strict` and a record cannot be read.
        """
        self._simulation.prepare()
        if pause is not None:
            self._pause, self._pause_id = pause, self._simulation.set_timer(pause.at_ns)
        container.start()
        while not container.is_halted:
            self._subscribe(container, strict=strict)
            if self._play(container, advance):
                break
        if self.is_stopped:
            return
        self._simulation.subscribe()
        container.stop()
        self._finish()

    def _subscribe(self, container: StrategyContainer, *, strict: bool) -> None:
        """Come back only for what the strategy asked for and hears."""
        wants = container.wants
        beside = any(wants(callback) for callback in _BESIDE)
        for symbol, place in self._places.items():
            wanted = [s for s in self._wanted if s.symbol == symbol]
            self._simulation.subscribe(
                book_depth=max((s.book for s in wanted), default=0) if wants("on_book") else 0,
                trades=any(s.trades for s in wanted) and wants("on_trade"),
                quotes=any(s.quotes for s in wanted) and wants("on_quote"),
                corrupt=strict,
                asides=beside,
                place=place,
            )
        self._is_served = True

    def _play(self, container: StrategyContainer, advance: Advance | None) -> bool:
        """Deliver until the end or a stop (`True`), a halt, or another subscription."""
        simulation, books = self._simulation, self._books
        book, is_one = books[0], len(books) == 1
        turn, deliver_book = simulation.turn, container.deliver_book
        deliver_quote, deliver_trade = container.deliver_quote, container.deliver_trade
        deliveries = 0
        while self._is_served and not container.is_halted:
            wake = turn()
            if wake == _END:
                return True
            if wake == _BOOK:
                deliver_book(book if is_one else books[simulation.woken])
            elif wake == _QUOTE:
                deliver_quote(self._quote())
            elif wake == _TRADE:
                deliver_trade(self._trade())
            elif wake == _PAUSE:
                deliveries = DELIVERIES_A_TURN
            else:
                self._deliver(container, wake)
                if self.is_stopped:
                    return True
            deliveries += 1
            if deliveries >= DELIVERIES_A_TURN:
                deliveries = 0
                if advance is not None:
                    advance(simulation.offset)
        return False

    def _deliver(self, container: StrategyContainer, wake: int) -> None:
        if wake == _ORDERS:
            container.deliver_events()
        elif wake == _TIMER and self._simulation.timer_id == self._pause_id:
            self.is_stopped = self._pause is not None and self._pause.stops()
        elif wake == _TIMER:
            container.deliver_timer(self._simulation.timer_id)
        elif wake == _ASIDE:
            for callback, told in said_beside(self._simulation, self._instruments, self._venues):
                if self._asked(callback, told):
                    container.deliver(callback, told)
        elif wake == _CORRUPT:
            raise DataError(self._simulation.errors[-1])

    def _asked(self, callback: str, told: Told) -> bool:
        """Whether the strategy subscribed to it; what is no channel is heard without."""
        channel = _CHANNELS.get(callback)
        if channel is None or isinstance(told, ConnectionChange):
            return True
        return any(s.symbol == told.symbol and getattr(s, channel) for s in self._wanted)

    def _finish(self) -> None:
        """Let the last commands arrive and be answered; nobody listens any more."""
        while self._simulation.advance(1) != _END and not self._simulation.is_idle:
            pass

    def _trade(self) -> Trade:
        printed = self._simulation.last_trade
        assert printed is not None  # noqa: S101 - a wake for a trade has one
        place, trade_id, price, quantity, aggressor, ts_event_ns, now_ns = printed
        return Trade(
            instrument=self._instruments[place],
            trade_id=trade_id,
            price_ticks=price,
            quantity_lots=quantity,
            aggressor=aggressor,
            ts_event_ns=ts_event_ns,
            ts_recv_ns=now_ns,
        )

    def _quote(self) -> Quote:
        quoted = self._simulation.last_quote
        assert quoted is not None  # noqa: S101 - a wake for a quote has one
        place, bid, bid_lots, ask, ask_lots, ts_event_ns, now_ns = quoted
        return Quote(
            instrument=self._instruments[place],
            bid_ticks=bid,
            bid_lots=bid_lots,
            ask_ticks=ask,
            ask_lots=ask_lots,
            ts_event_ns=ts_event_ns,
            ts_recv_ns=now_ns,
        )
