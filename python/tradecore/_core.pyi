"""The Rust core; import these names from `tradecore` or `tradecore.core`."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeAlias, final

__all__ = [
    "BookGapError",
    "DataError",
    "Fill",
    "InputError",
    "Instrument",
    "InstrumentSpecError",
    "Order",
    "OrderEvent",
    "OrderState",
    "Position",
    "PriceError",
    "QuantityError",
    "SigningError",
    "TradecoreError",
    "Trader",
    "UnknownSymbolError",
    "order_transitions",
]

Number: TypeAlias = Decimal | str | int | float
Side: TypeAlias = Literal["buy", "sell"]

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
        tick_size: Number,
        lot_size: Number,
        kind: Literal["spot", "linear", "inverse"] = "spot",
        multiplier: Number | None = None,
        min_notional: Number | None = None,
        maker_fee: Number | None = None,
        taker_fee: Number | None = None,
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
    def ticks(self, price: Number, /) -> int:
        """Return the whole ticks in `price`.

        Raises:
            PriceError: If it is off the tick (the text names the nearest valid ones), not positive
                or beyond counting.
        """

    def lots(self, quantity: Number, /) -> int:
        """Return the whole lots in `quantity`.

        Raises:
            QuantityError: If it is off the lot, not positive or beyond counting.
        """

    def price(self, ticks: int, /) -> Decimal:
        """Return the exact price of a count of ticks."""

    def quantity(self, lots: int, /) -> Decimal:
        """Return the exact quantity of a count of lots."""

    def round_price(self, price: Number, side: Side) -> Decimal:
        """Return `price` on the tick, rounded away from the market: down for a buy, up for a sell."""

    def round_quantity(self, quantity: Number, /) -> Decimal:
        """Return `quantity` rounded down to the lot."""

    def notional(self, price: Number, quantity: Number) -> Decimal:
        """Return the value of `quantity` at `price` in the settlement currency."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

class OrderState(StrEnum):
    """Where an order stands, as far as its trader knows.

    Made from the core's table of transitions; `DENIED FILLED CANCELED REJECTED EXPIRED` are final.
    """

    INITIALIZED = "INITIALIZED"
    DENIED = "DENIED"
    PENDING_NEW = "PENDING_NEW"
    ACCEPTED = "ACCEPTED"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    PENDING_CANCEL = "PENDING_CANCEL"
    PENDING_REPLACE = "PENDING_REPLACE"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    TRIGGERED = "TRIGGERED"
    UNKNOWN = "UNKNOWN"

@final
class Order:
    """A view of one order: every property is read from the trader's table when asked.

    Two views of one order are equal. A finished order stays readable until 65,536 others (or as
    many as the trader was told) have finished after it; then a property raises `InputError`.
    """

    @property
    def key(self) -> int:
        """The trader's number of it, from 1."""

    @property
    def client_order_id(self) -> str:
        """The same as text for venues: `tc-<run>-<key>`."""

    @property
    def symbol(self) -> str: ...
    @property
    def side(self) -> Side: ...
    @property
    def type(self) -> Literal["limit", "market"]: ...
    @property
    def time_in_force(self) -> Literal["GTC", "IOC", "FOK"]: ...
    @property
    def post_only(self) -> bool: ...
    @property
    def reduce_only(self) -> bool: ...
    @property
    def is_quote(self) -> bool:
        """Whether `quote` made it, which alone moves it."""

    @property
    def state(self) -> OrderState: ...
    @property
    def is_live(self) -> bool:
        """Whether it may still trade at the venue."""

    @property
    def is_terminal(self) -> bool:
        """Whether nothing but a late fill can change it."""

    @property
    def price(self) -> Decimal | None:
        """The limit the venue confirmed last; `None` for a market order."""

    @property
    def quantity(self) -> Decimal:
        """The total the venue confirmed last, what traded included."""

    @property
    def cumulative_quantity(self) -> Decimal:
        """What traded."""

    @property
    def leaves_quantity(self) -> Decimal:
        """What may still trade; zero once it ended."""

    @property
    def average_price(self) -> Decimal | None:
        """The average price of its fills to 18 decimals, rounded down; `None` before the first."""

    @property
    def fees(self) -> Decimal:
        """Fees of its fills in the settlement currency."""

    @property
    def price_ticks(self) -> int: ...
    @property
    def quantity_lots(self) -> int: ...
    @property
    def cumulative_lots(self) -> int: ...
    @property
    def leaves_lots(self) -> int: ...
    @property
    def fill_count(self) -> int: ...
    @property
    def reject_code(self) -> str | None:
        """Why it was denied or rejected: the name of the rule."""

    @property
    def reject_text(self) -> str | None:
        """Why it was denied or rejected: rule, values, place."""

    @property
    def tag(self) -> str | None:
        """What the strategy called it."""

    @property
    def submitted_at_ns(self) -> int: ...
    @property
    def accepted_at_ns(self) -> int | None: ...
    @property
    def ended_at_ns(self) -> int | None: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Fill:
    """A trade of one of our orders, as it was told."""

    @property
    def order(self) -> Order: ...
    @property
    def symbol(self) -> str: ...
    @property
    def side(self) -> Side:
        """Our side."""

    @property
    def price(self) -> Decimal: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def price_ticks(self) -> int: ...
    @property
    def quantity_lots(self) -> int: ...
    @property
    def fee(self) -> Decimal:
        """In the settlement currency; negative is a rebate."""

    @property
    def liquidity(self) -> Literal["maker", "taker"]: ...
    @property
    def exec_id(self) -> int: ...
    @property
    def ts_event_ns(self) -> int: ...
    @property
    def ts_recv_ns(self) -> int: ...
    @property
    def is_unexpected(self) -> bool:
        """Whether the order had ended before, or more traded than was ever asked for."""

OrderEventName: TypeAlias = Literal[
    "submitted",
    "denied",
    "accepted",
    "rejected",
    "filled",
    "modified",
    "modify_rejected",
    "canceled",
    "cancel_rejected",
    "expired",
    "triggered",
    "unknown",
    "illegal",
]

@final
class OrderEvent:
    """One entry of a trader's log."""

    @property
    def code(self) -> int:
        """The number of its name, from 0 in the order of `OrderEventName`."""

    @property
    def name(self) -> OrderEventName: ...
    @property
    def order(self) -> Order: ...
    @property
    def symbol(self) -> str | None:
        """`None` when the order is not known here."""

    @property
    def state(self) -> OrderState:
        """The order's state right after it; `order.state` is the one now."""

    @property
    def fill(self) -> Fill | None: ...
    @property
    def reject_code(self) -> str | None: ...
    @property
    def reject_text(self) -> str | None: ...
    @property
    def ts_event_ns(self) -> int: ...
    @property
    def ts_recv_ns(self) -> int: ...
    @property
    def is_synthesized(self) -> bool:
        """Whether nobody said so: an acceptance concluded from a fill that came before it."""

@final
class Position:
    """A view of what a trader holds in one symbol, and of what it earned: average cost, exact.

    At every moment `realized + unrealized(mark) - fees + funding == cash_flow + value(mark)`.
    Amounts are in the settlement currency: the quote currency, or the coin of an inverse contract.
    """

    @property
    def symbol(self) -> str: ...
    @property
    def quantity(self) -> Decimal:
        """What is held; negative is short."""

    @property
    def quantity_lots(self) -> int: ...
    @property
    def side(self) -> Side | None: ...
    @property
    def is_flat(self) -> bool: ...
    @property
    def average_price(self) -> Decimal | None:
        """The average entry to 18 decimals, rounded down (harmonic for an inverse contract)."""

    @property
    def realized(self) -> Decimal:
        """Profit taken by closing, before fees and funding."""

    @property
    def fees(self) -> Decimal: ...
    @property
    def funding(self) -> Decimal:
        """Funding received; negative when paid."""

    @property
    def cash_flow(self) -> Decimal:
        """Everything received less everything paid."""

    @property
    def bought(self) -> Decimal: ...
    @property
    def sold(self) -> Decimal: ...
    def unrealized(self, mark: Number, /) -> Decimal:
        """Return the profit that closing at `mark` would take.

        Raises:
            InputError: If the mark is not above 0 or the amount is beyond counting.
        """

    def value(self, mark: Number, /) -> Decimal:
        """Return what the position is worth at `mark`, beside its cash flow.

        Raises:
            InputError: If the mark is not above 0 or the amount is beyond counting.
        """

@final
class Trader:
    """One trader: its orders, positions and open-order ledger over many symbols.

    Actions return at once; what they ask for waits in `take_commands`, evidence of what became of
    it is merged by `apply` (by a simulation without Python), and what happened is read by
    `take_events`. A refusal is a value: an order in state `DENIED`, an event, a `False`.
    A symbol is named alone or as `VENUE:SYMBOL`; the venue must be the trader's, where it has one.
    """

    def __new__(
        cls,
        instruments: Sequence[Instrument],
        *,
        run_id: str,
        venue: str | None = None,
        can_amend: bool = True,
        retained: int | None = None,
    ) -> Trader:
        """Make a trader without orders.

        Args:
            instruments: What it may trade.
            run_id: 1 to 12 lower case letters or digits, part of every client order id.
            venue: The venue's name, whole or up to its first `-` what may stand before a symbol.
            can_amend: Whether the venue can change a resting order; else `quote` cancels and
                places anew.
            retained: How many finished orders stay readable; 65,536 unless given.

        Raises:
            InputError: If a symbol is given twice or the run id is none.
        """

    def submit(
        self,
        symbol: str,
        side: Side,
        quantity: Number,
        price: Number | None = None,
        *,
        type: str | None = None,
        time_in_force: str = "GTC",
        post_only: bool = False,
        reduce_only: bool = False,
        client_order_id: str | None = None,
        tag: str | None = None,
        unsupported: str | None = None,
        now_ns: int,
    ) -> Order:
        """Send an order, or note that it was denied.

        Args:
            symbol: What to trade.
            side: Which way.
            quantity: How much.
            price: The limit; none for a market order.
            type: `limit` or `market`; by whether there is a price unless given. The types that
                come later are denied as `UNSUPPORTED`.
            time_in_force: `GTC`, `IOC` or `FOK`; `GTD` and `DAY` are denied as `UNSUPPORTED`.
            post_only: Refuse rather than take.
            reduce_only: Refuse rather than increase the position.
            client_order_id: One of this run's ids, not used before; the next one unless given.
            tag: A name for the strategy's own use.
            unsupported: What the caller knows this host cannot do: the order is denied.
            now_ns: Our time.

        Raises:
            UnknownSymbolError: If the symbol was not given to the trader.
            InputError: If a word is none of those above, or price and type contradict each other.
            TypeError: If a number is none.
        """

    def cancel(self, order: Order, /, *, now_ns: int) -> bool:
        """Ask for the cancel of an order; `False` (and an event) when it is not live."""

    def modify(
        self,
        order: Order,
        /,
        *,
        price: Number | None = None,
        quantity: Number | None = None,
        now_ns: int,
    ) -> bool:
        """Ask for another price and total quantity; `False` (and an event) when that is refused."""

    def cancel_all(
        self, symbol: str | None = None, side: Side | None = None, *, now_ns: int
    ) -> int:
        """Ask for the cancel of all live orders that match; return how many commands that took."""

    def quote(
        self,
        symbol: str,
        bids: Iterable[tuple[Number, Number]],
        asks: Iterable[tuple[Number, Number]],
        *,
        min_life_ns: int = 0,
        now_ns: int,
    ) -> int:
        """Bring the symbol's live quotes to these targets; return how many commands that took.

        Prices are rounded away from the market, quantities down to the lot. A level that cannot
        be quoted is denied (an event tells), the others are served.
        """

    def halt(self, *, now_ns: int) -> None:
        """Cancel every live order and deny all further ones; cancels stay possible."""

    def take_events(self) -> list[OrderEvent]:
        """Return what happened since the last call, in order."""

    def want_events(self, names: Sequence[OrderEventName], /) -> None:
        """Keep only these events for `take_events`.

        Raises:
            InputError: If a name is none.
        """

    def keep_journal(self) -> None:
        """Keep every event a second time, for `take_journal`."""

    def take_journal(self) -> list[OrderEvent]:
        """Return every event since the last call, for a reader that is not the strategy."""

    def take_commands(
        self,
    ) -> list[tuple[Literal["new", "modify", "cancel"], Order, tuple[int, int] | None]]:
        """Return what is to be sent, in order: word, order, (price in ticks, total in lots)."""

    def apply(
        self,
        order_key: int,
        reply: str,
        /,
        *,
        ts_event_ns: int,
        ts_recv_ns: int,
        exec_id: int = 0,
        price: Number | None = None,
        quantity: Number | None = None,
        liquidity: Literal["maker", "taker"] = "maker",
        fee: Number | None = None,
        reject_code: str | None = None,
    ) -> Literal["applied", "stale", "illegal", "unknown_order"]:
        """Merge what a venue said of an order; in any order and any number of times.

        Args:
            order_key: Which order.
            reply: `accepted rejected filled canceled expired replaced cancel_rejected
                modify_rejected triggered unknown`.
            ts_event_ns: The venue's time.
            ts_recv_ns: Our time.
            exec_id: Of a fill: the venue's execution id; the same twice is one fill.
            price: Of a fill or replacement.
            quantity: What traded, or the new total.
            liquidity: Of a fill.
            fee: Of a fill, in the settlement currency; none unless given.
            reject_code: Of a refusal; `VENUE_REJECTED` unless given.

        Raises:
            InputError: If the reply lacks what it needs, or a word is none.
        """

    def order(self, order_id: int | str, /) -> Order | None:
        """Return the order with this key or client order id, unless it never was or is retired."""

    def orders(self, symbol: str | None = None, side: Side | None = None) -> list[Order]:
        """Return the live orders that match, oldest first."""

    def position(self, symbol: str, /) -> Position: ...
    def instrument(self, symbol: str, /) -> Instrument: ...
    @property
    def symbols(self) -> list[str]: ...
    @property
    def run_id(self) -> str: ...
    def counters(self) -> dict[str, int]:
        """Return what was counted of `stale illegal unknown_order late_fills overfills`."""

    def denials(self) -> dict[str, int]:
        """Return how many orders each rule denied here, by its code."""

def order_transitions() -> list[tuple[str, str, str]]:
    """Return every legal transition of an order as (state, event, state): the source of the diagram."""
