"""The class a strategy developer writes: what it may hear, what it can do, what it can ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ValidationError

from tradecore.model import OrderRequest, Subscription
from tradecore.model.errors import StrategyError
from tradecore.model.orders import unsupported_of
from tradecore.strategy.callbacks import Callbacks
from tradecore.strategy.config import StrategyConfig, told
from tradecore.telemetry import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal
    from typing import Self

    from structlog.typing import FilteringBoundLogger

    from tradecore.core import Instrument, Order, Position, Trader
    from tradecore.model import BookView, Budget, OrderTypeWord, Side, TimeInForceWord
    from tradecore.model.orders import Number
    from tradecore.strategy.context import Host
    from tradecore.strategy.records import Recorder
    from tradecore.strategy.timers import Timers


class _NotRunning:
    """Stands where the host will stand, and says what is wrong with using it before."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - every use is refused
        raise StrategyError(
            f"a strategy acts and asks from on_start on, when a host runs it: asked for {name}"
        )

    def __call__(self, *_arguments: object) -> None:
        raise StrategyError("a strategy acts from on_start on, when a host runs it")


_NOT_RUNNING: Any = _NotRunning()


class AbstractStrategy(Callbacks):
    """Base of every strategy: override the callbacks you need, call the actions on `self`.

    Callbacks are synchronous, one at a time, and deterministic. An action returns at once: `buy`
    gives an order in `PENDING_NEW`, and what becomes of it comes in callbacks after the present
    one has returned. Refusals are values: an order in state `DENIED` or a `False`, and an event
    with rule and values. A call that makes no sense (an unknown symbol or word) raises. An
    exception that leaves a callback is logged, cancels the strategy's orders and halts it.
    """

    Config: ClassVar[type[StrategyConfig]] = StrategyConfig

    _trader: Trader = _NOT_RUNNING
    _host: Host = _NOT_RUNNING
    _timers: Timers = _NOT_RUNNING
    _recorder: Recorder = _NOT_RUNNING
    _halt: Callable[[str], None] = _NOT_RUNNING

    def __init__(self, config: StrategyConfig | None = None) -> None:
        """Take settings, or the defaults.

        Raises:
            StrategyError: If the settings are not of this strategy's `Config`.
        """
        made = self._settings({}) if config is None else config
        if not isinstance(made, self.Config):
            raise StrategyError(
                f"a strategy takes its own settings: {type(self).__name__} needs "
                f"{self.Config.__qualname__}, got {type(made).__qualname__}"
            )
        self.config: Any = made
        self._log = get_logger("tradecore.strategy", strategy=type(self).__name__)

    @classmethod
    def from_params(cls, params: Mapping[str, object]) -> Self:
        """Make the strategy from settings as text or values, as a file or a command line has them.

        Raises:
            StrategyError: If a setting is unknown (the nearest known one is named) or has a value
                that its field does not take.
        """
        return cls(cls._settings(params))

    @classmethod
    def _settings(cls, params: Mapping[str, object]) -> StrategyConfig:
        try:
            return cls.Config.model_validate(dict(params))
        except ValidationError as error:
            raise StrategyError(f"settings of {cls.__name__}: {told(error)}") from error

    # Orders

    def buy(
        self,
        symbol: str,
        quantity: Number,
        price: Number | None = None,
        *,
        type: OrderTypeWord | None = None,  # noqa: A002 - the field's word
        time_in_force: TimeInForceWord = "GTC",
        post_only: bool = False,
        reduce_only: bool = False,
        stop_price: Number | None = None,
        display_quantity: Number | None = None,
        trailing_distance: Number | None = None,
        expire_time_ns: int | None = None,
        algo: str | None = None,
        venue: str | None = None,
        tag: str | None = None,
    ) -> Order:
        """Send a buy order: limit with a price, market without.

        Args:
            symbol: What to trade, alone or as `VENUE:SYMBOL`.
            quantity: How much, on the lot.
            price: The limit, on the tick; `instrument(symbol).round_price(price, side)` rounds.
            type: `limit` or `market`, said by the price, unless given; others, and what belongs to
                them, are denied as `UNSUPPORTED` where the venue does not take them.
            time_in_force: `GTC`, `IOC` or `FOK`; `GTD` and `DAY` likewise.
            post_only: Refuse rather than take.
            reduce_only: Refuse rather than increase the position.
            stop_price: The trigger of a stop; of a trailing stop where it starts.
            display_quantity: What an iceberg shows at a time.
            trailing_distance: How far the trigger of a trailing stop stays behind the last trade.
            expire_time_ns: When a `GTD` order expires.
            algo: An execution algorithm; denied as `UNSUPPORTED`, like the next.
            venue: Where to send it.
            tag: A name for your own use.

        Returns:
            The order, in `PENDING_NEW`, or in `DENIED` with `reject_code` and `reject_text` (which
            names the nearest valid value of an off-tick price).

        Raises:
            UnknownSymbolError: If the symbol is not traded here.
            InputError: If a word is not known, or price and type contradict each other.
        """
        return self._trader.submit(
            symbol,
            "buy",
            quantity,
            price,
            type=type,
            time_in_force=time_in_force,
            post_only=post_only,
            reduce_only=reduce_only,
            tag=tag,
            unsupported=None if algo is venue is None else unsupported_of(algo, venue),
            stop_price=stop_price,
            trailing_distance=trailing_distance,
            display_quantity=display_quantity,
            expire_time_ns=expire_time_ns,
            now_ns=self._host.now_ns,
        )

    def sell(
        self,
        symbol: str,
        quantity: Number,
        price: Number | None = None,
        *,
        type: OrderTypeWord | None = None,  # noqa: A002 - the field's word
        time_in_force: TimeInForceWord = "GTC",
        post_only: bool = False,
        reduce_only: bool = False,
        stop_price: Number | None = None,
        display_quantity: Number | None = None,
        trailing_distance: Number | None = None,
        expire_time_ns: int | None = None,
        algo: str | None = None,
        venue: str | None = None,
        tag: str | None = None,
    ) -> Order:
        """Send a sell order; everything else is as `buy` has it."""
        return self._trader.submit(
            symbol,
            "sell",
            quantity,
            price,
            type=type,
            time_in_force=time_in_force,
            post_only=post_only,
            reduce_only=reduce_only,
            tag=tag,
            unsupported=None if algo is venue is None else unsupported_of(algo, venue),
            stop_price=stop_price,
            trailing_distance=trailing_distance,
            display_quantity=display_quantity,
            expire_time_ns=expire_time_ns,
            now_ns=self._host.now_ns,
        )

    def submit(self, request: OrderRequest) -> Order:
        """Send an order that was put together before; see `buy`."""
        return self._trader.submit(
            request.symbol,
            request.side,
            request.quantity,
            request.price,
            type=request.type,
            time_in_force=request.time_in_force,
            post_only=request.post_only,
            reduce_only=request.reduce_only,
            client_order_id=request.client_order_id,
            tag=request.tag,
            unsupported=request.unsupported(),
            stop_price=request.stop_price,
            trailing_distance=request.trailing_distance,
            display_quantity=request.display_quantity,
            expire_time_ns=request.expire_time_ns,
            now_ns=self._host.now_ns,
        )

    def modify(
        self,
        order: Order,
        price: Number | None = None,
        quantity: Number | None = None,
        *,
        stop_price: Number | None = None,
    ) -> bool:
        """Ask for another price, another total quantity, another trigger of a stop that waits.

        `quantity` is the new total, what traded included, so a fill on its way cannot overfill.
        `False` when that is refused here (`on_modify_rejected` says why): the order is not live,
        waits for an answer, or the terms break a rule.
        """
        now_ns, terms = self._host.now_ns, {"price": price, "quantity": quantity}
        return self._trader.modify(order, **terms, stop_price=stop_price, now_ns=now_ns)

    def cancel(self, order: Order) -> bool:
        """Ask for the cancel of an order; `False` if it is not live (`on_cancel_rejected`)."""
        return self._trader.cancel(order, now_ns=self._host.now_ns)

    def cancel_all(self, symbol: str | None = None, side: Side | None = None) -> int:
        """Ask for the cancel of every live order that matches, quotes included; return how many."""
        return self._trader.cancel_all(symbol, side, now_ns=self._host.now_ns)

    def close_position(self, symbol: str) -> Order | None:
        """Send a reduce-only market order for what is held; `None` when nothing is."""
        held = self._trader.position(symbol)
        if held.side is None:
            return None
        side: Side = "sell" if held.side == "buy" else "buy"
        request = OrderRequest(
            symbol=symbol, side=side, quantity=abs(held.quantity), reduce_only=True
        )
        return self.submit(request)

    def quote(
        self,
        symbol: str,
        bids: Iterable[tuple[Number, Number]],
        asks: Iterable[tuple[Number, Number]],
        *,
        min_life_ms: int = 0,
    ) -> int:
        """Bring the symbol's live quotes to these `(price, quantity)` levels by the fewest actions.

        Quotes are post-only. Prices are rounded to the tick away from the market, quantities down
        to the lot. A quote whose price and open quantity are right is left alone and keeps its
        place in the queue; a side without levels is withdrawn. There are never more live orders
        on a side than levels: a level whose order waits for an answer, or for a cancel, is served
        when that comes. A level that cannot be quoted is denied, the others are served.

        Args:
            symbol: What to quote.
            bids: Levels to show below the market.
            asks: Levels to show above it.
            min_life_ms: Do not move a quote younger than this; it is always withdrawn at once.

        Returns:
            How many commands that took.
        """
        return self._trader.quote(
            symbol, bids, asks, min_life_ns=min_life_ms * 1_000_000, now_ns=self._host.now_ns
        )

    # Questions

    def orders(self, symbol: str | None = None, side: Side | None = None) -> list[Order]:
        """Return the live orders that match, oldest first."""
        return self._trader.orders(symbol, side)

    def order(self, order_id: int | str) -> Order | None:
        """Return an order by key or client order id, unless it never was or is retired."""
        return self._trader.order(order_id)

    def position(self, symbol: str) -> Position:
        """Return what is held of a symbol: a view that stays current."""
        return self._trader.position(symbol)

    def positions(self) -> dict[str, Position]:
        """Return what is held of every symbol that is not flat."""
        held = ((name, self._trader.position(name)) for name in self._trader.symbols)
        return {name: position for name, position in held if not position.is_flat}

    def balances(self) -> Mapping[str, Decimal]:
        """Return what the account holds, by currency."""
        return self._host.balances()

    def book(self, symbol: str) -> BookView:
        """Return the book of a symbol: a view that stays current."""
        return self._host.book(symbol)

    def instrument(self, symbol: str) -> Instrument:
        """Return the facts of a symbol: its steps, its contract, its fees."""
        return self._trader.instrument(symbol)

    def budget(self, exchange: str) -> Budget | None:
        """Return what the venue's rate limit leaves; `None` where there is none."""
        return self._host.budget(exchange)

    # Clock, subscriptions, the run itself

    @property
    def now_ns(self) -> int:
        """The time of the present callback, in nanoseconds since 1970."""
        return self._host.now_ns

    def set_timer(self, name: str, every: int | str) -> None:
        """Call `on_timer(name)` each period: `"1s"`, `"250ms"`, or nanoseconds.

        Raises:
            InputError: If the name is in use or the period is no duration above 0.
        """
        self._timers.set_timer(name, every)

    def set_alert(self, name: str, at_ns: int) -> None:
        """Call `on_timer(name)` once at a time; at once if that is past.

        Raises:
            InputError: If the name is in use or the time is none.
        """
        self._timers.set_alert(name, at_ns)

    def cancel_timer(self, name: str) -> bool:
        """Take a timer or alert out; `False` if no such name is set."""
        return self._timers.cancel(name)

    def subscribe(
        self,
        symbol: str,
        *,
        book: int = 0,
        book_deltas: bool = False,
        quotes: bool = False,
        trades: bool = False,
        ticker: bool = False,
        mark_price: bool = False,
        funding_rate: bool = False,
        bars: tuple[str, ...] = (),
    ) -> None:
        """Ask to hear of a symbol; `book` is how many best levels of each side matter.

        Raises:
            UnknownSymbolError: If the symbol is not traded here.
            UnsupportedError: If this host does not have a channel asked for.
        """
        wanted = Subscription(
            symbol=self._trader.instrument(symbol).symbol,
            book=book,
            book_deltas=book_deltas,
            quotes=quotes,
            trades=trades,
            ticker=ticker,
            mark_price=mark_price,
            funding_rate=funding_rate,
            bars=bars,
        )
        self._host.subscribe(wanted)

    def request_bars(self, symbol: str, *, period: str, count: int) -> None:
        """Ask for past bars, which come by `on_bar`.

        Raises:
            UnsupportedError: If this host has none.
        """
        self._host.request_bars(symbol, period=period, count=count)

    def record(self, name: str, value: float) -> None:
        """Keep a number with the present time, for the report."""
        self._recorder.add(name, self._host.now_ns, value)

    def halt(self, reason: str) -> None:
        """Cancel every order and hear no more but `on_stop`; orders are denied from now on."""
        self._halt(reason)

    @property
    def log(self) -> FilteringBoundLogger:
        """A logger that says whose line it is, and the time of the present callback."""
        bound: FilteringBoundLogger = self._log.bind(now_ns=self._host.now_ns)
        return bound
