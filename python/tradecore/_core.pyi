"""The Rust core; import these names from `tradecore` or `tradecore.core`."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Literal, TypeAlias, final

import numpy as np
import numpy.typing as npt
from typing_extensions import disjoint_base

__all__ = [
    "BinanceFrames",
    "BookGapError",
    "BookReplay",
    "BookView",
    "DataError",
    "EngineBook",
    "ExecutionReport",
    "InputError",
    "Instrument",
    "InstrumentSpecError",
    "LobsterReplay",
    "MatchingEngine",
    "OrderBook",
    "PriceError",
    "QuantityError",
    "SigningError",
    "TapeReader",
    "TapeWriter",
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

@disjoint_base
class BookView:
    """A venue's book by price that somebody else changes: what a strategy looks at.

    `bid_price` and its like are the fast way to look (a few tens of nanoseconds, floats nearest to
    the exact value); `best_bid` and `best_ask` are exact.
    """

    @property
    def symbol(self) -> str: ...
    @property
    def instrument(self) -> Instrument: ...
    @property
    def best_bid(self) -> tuple[Decimal, Decimal] | None:
        """Price and quantity of the highest bid, exact."""

    @property
    def best_ask(self) -> tuple[Decimal, Decimal] | None:
        """Price and quantity of the lowest ask, exact."""

    @property
    def best_bid_ticks(self) -> int | None: ...
    @property
    def best_ask_ticks(self) -> int | None: ...
    @property
    def bid_price(self) -> float | None: ...
    @property
    def ask_price(self) -> float | None: ...
    @property
    def bid_quantity(self) -> float | None: ...
    @property
    def ask_quantity(self) -> float | None: ...
    @property
    def is_stale(self) -> bool:
        """Whether the levels are not known to be the venue's: no snapshot yet, or a gap since."""

    @property
    def is_crossed(self) -> bool:
        """Whether the best bid is at or above the best ask."""

    def depth(self, levels: int = 10, /) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return bids and asks, best first.

        Shape:
            Two ``(n, 2) float64``: price, quantity; n is at most `levels`.
        """

    def level_count(self, side: _Side, /) -> int: ...
    def quantity_at(self, side: _Side, price: _Number) -> Decimal:
        """Return what rests at `price`, zero where nothing does.

        Raises:
            PriceError: If `price` is off the tick or not positive.
        """

    def mid(self) -> float | None:
        """Return the middle of the touch; None for a one-sided, locked or crossed book."""

    def microprice(self, *, levels: int = 1, decay: float = 1.0) -> float | None:
        """Return the mid weighted by the imbalance: many bids pull it towards the ask.

        ``I x ask + (1 - I) x bid`` with ``I`` of `imbalance`; None where there is no mid.
        """

    def imbalance(self, *, levels: int = 1, decay: float = 1.0) -> float | None:
        """Return the bids' share of the first `levels` of both sides, 0 to 1.

        Each level counts `decay` times as much as the one before it. None when nothing rests.
        """

    def checksum(
        self, levels: int = 25, *, form: Literal["alternating", "digits"] = "alternating"
    ) -> int:
        """Return the CRC-32 of the best `levels` of each side, written as text.

        `alternating`: ``bid_price:bid_qty:ask_price:ask_qty:...`` level by level from the best; a
        side that runs out is left out. Exact decimals, no exponent, no trailing zeros.
        `digits`: the asks from the best, then the bids; each price and quantity with all decimals
        of its tick or lot, without the point and leading zeros, nothing between.
        """

@final
class OrderBook(BookView):
    """A venue's book by price, kept from its snapshots and deltas.

    Levels are any iterable of (price, quantity) pairs, each number `Decimal`, `str`, `int`, or a
    `float` on its step. Quantities are absolute: zero removes a level. A call with anything wrong
    changes nothing.
    """

    def __new__(cls, instrument: Instrument, /) -> OrderBook: ...
    @property
    def last_id(self) -> int | None:
        """The last update the book contains; None without ids, or while it waits."""

    def apply_snapshot(
        self,
        bids: Iterable[Iterable[_Number]],
        asks: Iterable[Iterable[_Number]],
        *,
        last_id: int | None = None,
    ) -> Literal["applied", "ignored"]:
        """Replace every level, then apply the deltas kept meanwhile that extend it.

        Args:
            bids: Every bid.
            asks: Every ask.
            last_id: The last update the snapshot contains, where the venue numbers them.

        Returns:
            `ignored` when the book is newer and has no gap.

        Raises:
            BookGapError: If the deltas kept do not join the snapshot; the book stays stale.
            InputError: If a level is no pair of a price above zero and a quantity not below it.
        """

    def apply_delta(
        self,
        bids: Iterable[Iterable[_Number]],
        asks: Iterable[Iterable[_Number]],
        *,
        first_id: int | None = None,
        last_id: int | None = None,
        prev_id: int | None = None,
    ) -> Literal["applied", "buffered", "ignored"]:
        """Set the levels that changed, in the order of the venue's ids.

        With `prev_id` (Binance futures `pu`, Deribit) deltas form a chain; with `first_id` and
        `last_id` alone (Binance spot `U`, `u`) they are consecutive; without any every delta is
        applied as it comes.

        Returns:
            `buffered` while a snapshot is missing, `ignored` when the book has it already.

        Raises:
            BookGapError: If updates before this one never arrived. The book is stale and keeps
                deltas until the next snapshot.
            InputError: If a level is malformed, or ids are missing or contradict each other.
        """

    def clear(self) -> None:
        """Forget everything: a new connection."""

@final
class BinanceFrames:
    """A recording of Binance's WebSocket frames, one ``<ns> <json>`` a line.

    It has no position: whoever plays it starts at the front.
    """

    def __new__(cls, data: bytes, instrument: Instrument, /) -> BinanceFrames: ...
    @staticmethod
    def infer_instrument(
        data: bytes,
        /,
        *,
        symbol: str,
        kind: Literal["spot", "linear", "inverse"] = "spot",
    ) -> Instrument:
        """Return an instrument in whose steps every number of `data` is whole.

        Steps are powers of ten, at most 1. They say how the recording is written, not what the
        venue's rules for new orders are.
        """

    @property
    def instrument(self) -> Instrument: ...
    @property
    def byte_count(self) -> int: ...

@final
class TapeReader:
    """A recording in our compact format. It has no position.

    Raises:
        DataError: If the data are no tape, of another version, or damaged in the header.
    """

    def __new__(cls, data: bytes, /) -> TapeReader: ...
    @property
    def instrument(self) -> Instrument: ...
    @property
    def byte_count(self) -> int: ...
    @property
    def event_count(self) -> int: ...
    @property
    def first_ts_recv_ns(self) -> int: ...
    @property
    def last_ts_recv_ns(self) -> int: ...

@final
class TapeWriter:
    """Writes a recording in our compact format."""

    def __new__(cls, instrument: Instrument, /) -> TapeWriter: ...
    def extend(
        self, recording: BinanceFrames | TapeReader, /, *, strict: bool = True
    ) -> tuple[int, int]:
        """Append every message of `recording`; return how many, and how many were unreadable.

        Raises:
            DataError: If `strict` and a record cannot be read; what came before it is written.
            InputError: If the recording counts in other steps, or the tape is finished.
        """

    def finish(self) -> bytes:
        """Return the tape; nothing can be added to it.

        Raises:
            InputError: If it was finished before.
        """

@final
class BookReplay:
    """Plays a recording into a book and keeps account of what happened."""

    def __new__(cls, recording: BinanceFrames | TapeReader, /) -> BookReplay: ...
    def advance(self, events: int, /, *, strict: bool = False) -> bool:
        """Take up to `events` messages, without the interpreter lock; False at the end.

        Raises:
            DataError: If `strict` and a record cannot be read.
        """

    @property
    def offset(self) -> int:
        """Bytes played so far."""

    @property
    def counts(self) -> list[tuple[str, int]]: ...
    @property
    def faults(self) -> list[tuple[int, int, str]]:
        """Record number, byte and rule of the first hundred records that could not be read."""

    @property
    def gaps(self) -> list[tuple[int, int, int]]:
        """Message number, expected and found update of the first hundred gaps."""

    @property
    def disagreements(self) -> list[tuple[int, int, str, str]]:
        """Message number, update, quote and touch where the two were not the same."""

    @property
    def is_stale(self) -> bool: ...
    @property
    def touch(self) -> str: ...
    def checksum(self, levels: int = 25, /) -> int: ...

@final
class LobsterReplay:
    """Plays a LOBSTER message file into a book, order by order.

    Raises:
        DataError: If `first_book`, the order book file's first row, is malformed.
    """

    def __new__(cls, data: bytes, /, *, first_book: bytes | None = None) -> LobsterReplay: ...
    def step(self) -> bool:
        """Take one message; False at the end.

        Raises:
            DataError: If the line is no message; the next call goes on after it.
        """

    def differing_levels(self, book_row: bytes, /) -> list[tuple[int, bool]]:
        """Return the levels, from 1, at which the book is not `book_row`.

        The second value says that its price was below the file's deepest level at some row before,
        so that what happened there could not be known. Rows are to be compared in order.

        Raises:
            DataError: If the row is malformed.
        """

    @property
    def byte_count(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def counts(self) -> list[tuple[str, int]]: ...

def command_dtype() -> np.dtype[Any]:
    """Return the type of `MatchingEngine.process`'s argument."""

def report_dtype() -> np.dtype[Any]:
    """Return the type of `MatchingEngine.process`'s answer."""
