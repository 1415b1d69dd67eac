"""The Rust core; import these names from `tradecore` or `tradecore.core`."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal, TypeAlias, final

import numpy as np
import numpy.typing as npt

__all__ = [
    "BookGapError",
    "DataError",
    "EngineBook",
    "ExecutionReport",
    "InputError",
    "Instrument",
    "InstrumentSpecError",
    "MatchingEngine",
    "PriceError",
    "QuantityError",
    "SigningError",
    "TradecoreError",
    "UnknownSymbolError",
    "command_dtype",
    "report_dtype",
]

_Number: TypeAlias = Decimal | str | int | float
_Side: TypeAlias = Literal["buy", "sell"]
_OrderType: TypeAlias = Literal["limit", "market"]
_TimeInForce: TypeAlias = Literal["GTC", "IOC", "FOK"]

class TradecoreError(Exception):
    """Base of everything tradecore raises."""

class InputError(TradecoreError):
    """A call that makes no sense; nothing was changed."""

class PriceError(InputError):
    """A price off the tick, not positive, or beyond counting."""

class QuantityError(InputError):
    """A quantity off the lot, not positive, or beyond counting."""

class UnknownSymbolError(InputError):
    """A symbol nobody registered."""

class InstrumentSpecError(InputError):
    """An instrument that cannot exist."""

class SigningError(TradecoreError):
    """A key or message that cannot be signed with; never shows the key."""

class DataError(TradecoreError):
    """A recording that cannot be read, with the place."""

class BookGapError(DataError):
    """Updates between the book and a delta never arrived."""

@final
class Instrument:
    """What is traded: its steps of price and quantity, and what a contract is worth.

    Prices and quantities are exact: `Decimal`, `str` and `int` are taken as written; a `float`
    only where it lies on a step within 1e-9 relative.
    """

    def __new__(
        cls,
        symbol: str,
        *,
        tick_size: _Number,
        lot_size: _Number,
        kind: Literal["spot", "linear", "inverse"] = "spot",
        multiplier: _Number | None = None,
        min_notional: _Number | None = None,
        maker_fee: _Number | None = None,
        taker_fee: _Number | None = None,
    ) -> Instrument:
        """Check and keep the facts of an instrument.

        Args:
            symbol: The name used in every call, 1 to 64 printable characters.
            tick_size: Smallest step of a price, in quote units.
            lot_size: Smallest step of a quantity, in base units or contracts.
            kind: How price and quantity turn into money.
            multiplier: Contract size; 1 unless given.
            min_notional: Smallest value of an order in the settlement currency; none unless given.
            maker_fee: Fee as a fraction of the notional, negative for a rebate.
            taker_fee: Fee as a fraction of the notional.

        Raises:
            InstrumentSpecError: If a step is not positive or money could not be counted exactly.
        """

    @property
    def symbol(self) -> str: ...
    @property
    def kind(self) -> Literal["spot", "linear", "inverse"]: ...
    @property
    def tick_size(self) -> Decimal: ...
    @property
    def lot_size(self) -> Decimal: ...
    @property
    def multiplier(self) -> Decimal: ...
    @property
    def min_notional(self) -> Decimal: ...
    @property
    def maker_fee(self) -> Decimal: ...
    @property
    def taker_fee(self) -> Decimal: ...
    def ticks(self, price: _Number, /) -> int:
        """Return the whole ticks in `price`.

        Raises:
            PriceError: If it is off the tick (the text names the nearest valid ones), not positive
                or beyond counting.
        """

    def lots(self, quantity: _Number, /) -> int:
        """Return the whole lots in `quantity`.

        Raises:
            QuantityError: If it is off the lot, not positive or beyond counting.
        """

    def price(self, ticks: int, /) -> Decimal:
        """Return the exact price of a count of ticks."""

    def quantity(self, lots: int, /) -> Decimal:
        """Return the exact quantity of a count of lots."""

    def round_price(self, price: _Number, side: _Side) -> Decimal:
        """Return `price` on the tick: rounded down for a buy, up for a sell."""

    def round_quantity(self, quantity: _Number, /) -> Decimal:
        """Return `quantity` rounded down to the lot."""

    def notional(self, price: _Number, quantity: _Number) -> Decimal:
        """Return the value of `quantity` at `price` in the settlement currency."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ExecutionReport:
    """One fact about one order, in FIX words; immutable.

    Prices and quantities are exact decimals in quote and base units.
    """

    @property
    def sequence(self) -> int:
        """Counts every report of the engine from 1 without a gap."""

    @property
    def order_id(self) -> int:
        """Which order."""

    @property
    def client_order_id(self) -> str | None:
        """The caller's own name for it."""

    @property
    def account(self) -> int:
        """Whose order."""

    @property
    def symbol(self) -> str | None:
        """Of what; `None` where the command named no known instrument."""

    @property
    def side(self) -> _Side:
        """Which way."""

    @property
    def exec_type(
        self,
    ) -> Literal["new", "trade", "canceled", "replaced", "rejected", "expired", "triggered"]:
        """What happened (FIX 150)."""

    @property
    def order_status(
        self,
    ) -> Literal[
        "new",
        "partially_filled",
        "filled",
        "canceled",
        "replaced",
        "rejected",
        "expired",
        "pending_trigger",
    ]:
        """Where the order stands after it (FIX 39)."""

    @property
    def price(self) -> Decimal | None:
        """The order's limit; `None` for a market order."""

    @property
    def quantity(self) -> Decimal:
        """The order's total quantity (FIX 38)."""

    @property
    def last_price(self) -> Decimal | None:
        """Of a trade its price, which is the maker's; else `None`."""

    @property
    def last_quantity(self) -> Decimal | None:
        """Of a trade its quantity; else `None`."""

    @property
    def leaves_quantity(self) -> Decimal:
        """Still open after this."""

    @property
    def cumulative_quantity(self) -> Decimal:
        """Traded so far."""

    @property
    def average_price(self) -> Decimal | None:
        """Of all fills so far, in the precision of the current decimal context."""

    @property
    def trade_id(self) -> int | None:
        """The number both reports of a trade share."""

    @property
    def counter_order_id(self) -> int | None:
        """The order on the other side of the trade."""

    @property
    def liquidity(self) -> Literal["maker", "taker"] | None:
        """Of a trade, whether this order rested or came."""

    @property
    def reject_code(self) -> str | None:
        """Why not: the name of a `RejectCode`; also why a remainder was taken out."""

    @property
    def reject_number(self) -> int:
        """The code's banded number; 0 where there is none."""

    @property
    def reject_text(self) -> str | None:
        """The code's sentence."""

    @property
    def timestamp_ns(self) -> int:
        """The engine's time, in nanoseconds since 1970."""

@final
class MatchingEngine:
    """Price-time matching of many instruments, deterministic and without a clock.

    A refusal by rule is a report with ``exec_type="rejected"``; a call that makes no sense raises
    a `TradecoreError` and changes nothing. The rules are in ``docs/reference/matching.md``.
    """

    def __new__(cls, instruments: Sequence[Instrument]) -> MatchingEngine:
        """Open empty books.

        Raises:
            InputError: If a symbol is given twice.
        """

    def submit(
        self,
        symbol: str,
        *,
        side: _Side,
        quantity: _Number,
        type: _OrderType | None = None,  # noqa: A002 -- the word of the contract
        price: _Number | None = None,
        time_in_force: _TimeInForce | None = None,
        post_only: bool = False,
        account: int = 0,
        client_order_id: str | None = None,
        order_id: int = 0,
        timestamp_ns: int | None = None,
    ) -> list[ExecutionReport]:
        """Place an order and return what became of it, in order.

        Args:
            symbol: One of the engine's instruments.
            side: Which way.
            quantity: In base units or contracts.
            type: ``"limit"`` unless given.
            price: The limit of a limit order; a market order takes none.
            time_in_force: ``"GTC"`` unless given.
            post_only: Refuse the order rather than let it take.
            account: Whose order.
            client_order_id: A name no other live order of the account bears.
            order_id: The caller's own id, or 0 to be given the next one.
            timestamp_ns: When, in nanoseconds since 1970; the last time told unless given.

        Raises:
            UnknownSymbolError: If the engine has no such instrument.
            PriceError: If the price is off the tick or not positive.
            QuantityError: If the quantity is off the lot or not positive.
            InputError: If a word is not known or a price is missing or out of place.
        """

    def place(
        self,
        symbol: str,
        *,
        side: _Side,
        quantity: _Number,
        type: _OrderType | None = None,  # noqa: A002 -- the word of the contract
        price: _Number | None = None,
        time_in_force: _TimeInForce | None = None,
        post_only: bool = False,
        account: int = 0,
        client_order_id: str | None = None,
        order_id: int = 0,
        timestamp_ns: int | None = None,
    ) -> int:
        """Do what `submit` does, but return the order's id only, or 0 when it was refused.

        The reports wait for `take_reports`.
        """

    def modify(
        self,
        symbol: str,
        *,
        order_id: int,
        price: _Number | None = None,
        quantity: _Number | None = None,
        open_quantity: _Number | None = None,
        keep_priority: bool = True,
        timestamp_ns: int | None = None,
    ) -> list[ExecutionReport]:
        """Change a resting order.

        A smaller quantity at the same price keeps the order's place in the queue; anything else
        sends it to the back, after trading with what it now reaches.

        Args:
            symbol: The order's instrument.
            order_id: Which order.
            price: New limit; the old one unless given.
            quantity: New total, what has traded included (FIX 38).
            open_quantity: Instead of `quantity`: what is to be left open.
            keep_priority: With `open_quantity` only: ``False`` always sends it to the back.
            timestamp_ns: When, in nanoseconds since 1970; the last time told unless given.

        Raises:
            TradecoreError: As `submit`.
        """

    def cancel(
        self, symbol: str, *, order_id: int, timestamp_ns: int | None = None
    ) -> list[ExecutionReport]:
        """Take an order out; a `rejected` report with ``UNKNOWN_ORDER`` if none rests."""

    def remove(self, symbol: str, *, order_id: int, timestamp_ns: int | None = None) -> bool:
        """Do what `cancel` does, but return only whether an order was taken out."""

    def process(self, commands: npt.NDArray[np.void], /) -> npt.NDArray[np.void]:
        """Execute an array of commands in one crossing, the interpreter lock released.

        Do not write to `commands` meanwhile. Nonsense in a record is a rejected report.

        Shape:
            ``(n,)`` of `COMMAND_DTYPE` in, ``(m,)`` of `REPORT_DTYPE` out; prices in ticks,
            quantities in lots.

        Raises:
            InputError: If the array has another type or shape.
        """

    def take_reports(self) -> npt.NDArray[np.void]:
        """Return the reports of `place` and `remove` since the last call, and forget them.

        Shape:
            ``(m,)`` of `REPORT_DTYPE`.
        """

    def book(self, symbol: str) -> EngineBook:
        """Return a live view of one book."""

    def advance_time(self, timestamp_ns: int, /) -> None:
        """Tell the engine the time, in nanoseconds since 1970; it never runs backwards."""

    def state_hash(self) -> str:
        """Return 32 hex digits that are equal for equal states on every platform."""

    @property
    def live_orders(self) -> int:
        """Resting orders of all instruments."""

    @property
    def symbols(self) -> list[str]:
        """The instruments' names; an instrument's position is its `symbol` in the arrays."""

@final
class EngineBook:
    """The book of one symbol of an engine, as it stands when asked."""

    @property
    def symbol(self) -> str: ...
    def depth(self, levels: int = 10, /) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return bids and asks, best first.

        Shape:
            Two ``(n, 2) float64``: price, quantity.
        """

    @property
    def best_bid(self) -> tuple[Decimal, Decimal] | None:
        """Price and quantity of the highest bid."""

    @property
    def best_ask(self) -> tuple[Decimal, Decimal] | None:
        """Price and quantity of the lowest ask."""

    def queues(self, side: _Side, /) -> list[tuple[int, int, list[tuple[int, int]]]]:
        """Return every level, best first: ticks, lots, and (order id, lots) oldest first."""

def command_dtype() -> np.dtype[Any]:
    """Return the type of `MatchingEngine.process`'s argument."""

def report_dtype() -> np.dtype[Any]:
    """Return the type of `MatchingEngine.process`'s answer."""
