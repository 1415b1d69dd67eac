"""The Rust core; import these names from `tradecore` or `tradecore.core`."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from os import PathLike
from typing import Any, Final, Literal, Protocol, Self, TypeAlias, final, type_check_only

import numpy as np
import numpy.typing as npt
from typing_extensions import disjoint_base

__all__ = [
    "BUILD_PROFILE",
    "AccountBalance",
    "AccountPosition",
    "BinanceFeed",
    "BinanceFrames",
    "BookGapError",
    "BookReplay",
    "BookView",
    "BusyError",
    "DataError",
    "Delay",
    "Ed25519Key",
    "Eip712Key",
    "Eip712Signature",
    "EngineBook",
    "EngineSession",
    "ExecutionReport",
    "Fill",
    "FlowTraders",
    "FrameReader",
    "History",
    "HistoryEntry",
    "HmacKey",
    "InputError",
    "Instrument",
    "InstrumentSpecError",
    "JournalError",
    "JournalReader",
    "JournalWriter",
    "Limits",
    "LiveOrder",
    "LobsterReplay",
    "Maker",
    "MakerGroup",
    "MarketUpdate",
    "MatchingEngine",
    "Order",
    "OrderBook",
    "OrderEntry",
    "OrderEntryServer",
    "OrderEntryStatistics",
    "OrderEvent",
    "OrderRecording",
    "OrderState",
    "PlainOrders",
    "Position",
    "PreTrade",
    "PriceError",
    "QuantityError",
    "RateLimiter",
    "RequestWriter",
    "Risk",
    "SigningError",
    "Simulation",
    "SimulationError",
    "SimulationRules",
    "StorageReserveError",
    "SymbolTerms",
    "TapeImport",
    "TapeMerge",
    "TapeReader",
    "TapeSurvey",
    "TapeWriter",
    "TradecoreError",
    "Trader",
    "UnknownSymbolError",
    "VenueEngine",
    "WireBook",
    "__version__",
    "command_dtype",
    "ed25519",
    "ed25519_verify",
    "eip712_order",
    "eip712_recover",
    "eip712_transfer",
    "eip712_wallet_login",
    "generate_tape",
    "hmac_sha256",
    "hmac_sha512",
    "journal_inspect",
    "order_transitions",
    "reject_codes",
    "report_dtype",
    "shadow_study",
    "shadow_study_lobster",
    "special_command_dtype",
    "text_frame",
]

_Number: TypeAlias = Decimal | str | int | float
_Side: TypeAlias = Literal["buy", "sell"]
_LiveType: TypeAlias = Literal[
    "limit", "market", "stop", "stop_limit", "trailing_stop", "market_to_limit"
]
_OrderType: TypeAlias = _LiveType | Literal["iceberg"]
_TimeInForce: TypeAlias = Literal["GTC", "IOC", "FOK", "GTD", "DAY"]
_SelfTradePrevention: TypeAlias = Literal[
    "none", "cancel_newest", "cancel_oldest", "cancel_both", "decrement"
]
_Phase: TypeAlias = Literal["open", "auction", "halted", "closed"]
_Encoding: TypeAlias = Literal["hex", "base64"]
_ExcessDigits: TypeAlias = Literal["refuse", "truncate"]
_Message: TypeAlias = str | bytes | bytearray
_Frame: TypeAlias = bytes | str | bytearray | memoryview

@type_check_only
class _HoldsSecret(Protocol):
    """What pydantic's `SecretStr` and `SecretBytes` are."""

    def get_secret_value(self) -> str | bytes: ...

_Key: TypeAlias = str | bytes | bytearray | _HoldsSecret

@type_check_only
class _KeyRow(Protocol):
    """A key as the identity's table has it."""

    @property
    def id(self) -> str: ...
    @property
    def secret(self) -> bytes: ...
    @property
    def user(self) -> str: ...
    @property
    def account(self) -> int: ...
    @property
    def scopes(self) -> int: ...
    @property
    def networks(self) -> Sequence[str]: ...
    @property
    def expires_ns(self) -> int: ...

BUILD_PROFILE: Final[str]
"""How the core was built: `release`, or `debug` where assertions cost time."""

__version__: Final[str]
"""Version of the package."""

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

class JournalError(TradecoreError):
    """A journal that is not opened, read or written, with the place."""

class BusyError(JournalError):
    """Too much waits for the disk, or it is full; nothing was changed, ask again."""

class StorageReserveError(BusyError):
    """The disk is full: nothing but what takes risk away is taken; nothing was changed."""

class SimulationError(TradecoreError):
    """A simulated account that does not add up: the result cannot be believed."""

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
        """Counts every report of the engine from 1 without a gap.

        0 of the refusal of another order under a name a venue remembers: nothing happened.
        """

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
        """The order's limit or protection price; `None` where it has none."""

    @property
    def quantity(self) -> Decimal:
        """The order's total quantity (FIX 38)."""

    @property
    def last_price(self) -> Decimal | None:
        """Of a trade its price: the maker's, or the auction's; else `None`."""

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
    def liquidity(self) -> Literal["maker", "taker", "auction"] | None:
        """Of a trade, whether this order rested or came, or met the other in an auction."""

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
    def reject_scope(self) -> Literal["global", "user", "account", "strategy", "symbol"] | None:
        """Of a refusal by a limit, whose limit it is."""

    @property
    def timestamp_ns(self) -> int:
        """The engine's time, in nanoseconds since 1970."""

    @property
    def command_sequence(self) -> int:
        """Sequence of the command that caused it in a venue's log; 0 where there is none."""

    @property
    def is_duplicate(self) -> bool:
        """Whether a venue told it before: its order came again under its name."""

@final
class SymbolTerms:
    """How accounts trade a symbol: its two assets, its margin and its reference price."""

    def __new__(
        cls, *, base: str, quote: str, initial_margin: _Number = "0", max_spread_ticks: int = 0
    ) -> SymbolTerms:
        """Describe a symbol.

        Args:
            base: The asset bought, or the coin an inverse contract settles in.
            quote: The asset paid with, and the one a linear contract settles in.
            initial_margin: Margin of a derivative over its value; spot orders are held in full.
            max_spread_ticks: The widest spread whose middle may serve as a reference price.

        Raises:
            InputError: If the margin is not from 0 to 1, or the spread below 0.
        """

@final
class Limits:
    """What the orders and accounts of one scope may be; what is not given is left to others.

    Of all scopes an order belongs to the strictest value decides. Each holds for one account, and
    money is counted in the asset the symbol settles in.
    """

    def __new__(
        cls,
        *,
        max_order_lots: int | None = None,
        max_order_value: _Number | None = None,
        collar: _Number | None = None,
        duplicate_window_ns: int | None = None,
        max_open_orders: int | None = None,
        max_position_lots: int | None = None,
        max_position_value: _Number | None = None,
        max_leverage: _Number | None = None,
        max_daily_loss: _Number | None = None,
        order_rate: tuple[int, int] | None = None,
    ) -> Limits:
        """Set limits.

        Args:
            max_order_lots: Largest order.
            max_order_value: Its largest value, at its own price.
            collar: How far beyond the reference price it may be priced, as a part of it.
            duplicate_window_ns: The same side, quantity and price again is refused for so long.
            max_open_orders: Open orders of an account.
            max_position_lots: Largest position in a symbol with all orders of a side filled.
            max_position_value: Its largest value, at the reference price.
            max_leverage: Exposure over equity.
            max_daily_loss: Loss since `Risk.start_day` at which only reducing goes on.
            order_rate: Orders that may come at once, and the nanoseconds that earn one back.

        Raises:
            InputError: If a limit is below 0, or the rate has no burst or no period.
        """

@final
class AccountBalance:
    """An account's money in one asset, as it stood when asked."""

    @property
    def total(self) -> Decimal:
        """All there is: deposits, trades, profit taken, less fees."""

    @property
    def held(self) -> Decimal:
        """Kept back for working spot orders."""

    @property
    def margin(self) -> Decimal:
        """Initial margin of positions and working orders."""

    @property
    def free(self) -> Decimal:
        """What may be taken out or paid with; below 0 nothing."""

    @property
    def realized(self) -> Decimal:
        """Profit of closed positions less fees, of the symbols that settle in the asset."""

    @property
    def unrealized(self) -> Decimal:
        """Profit of open positions, at the mark or else the last trade."""

@final
class AccountPosition:
    """An account in one symbol, as it stood when asked."""

    @property
    def quantity(self) -> Decimal:
        """What is held; negative is short. On spot markets what was traded here."""

    @property
    def cost(self) -> Decimal:
        """What it cost, signed like it; over the quantity it is the average price."""

    @property
    def working_buy(self) -> Decimal: ...
    @property
    def working_sell(self) -> Decimal: ...

@final
class Risk:
    """A live view of an engine's accounts, limits and trading states.

    A scope is one of `user`, `account`, `strategy` and `symbol`, or everybody where none is named.
    A refused order is a report with `reject_code` and `reject_scope`.
    """

    def keep_accounts(self, terms: dict[str, SymbolTerms]) -> None:
        """Keep accounts from now on; ``terms`` are those of every symbol.

        Raises:
            InputError: If a symbol has none, or accounts are kept already, or an order is live.
        """

    def deposit(self, account: int, asset: str, amount: _Number) -> None:
        """Put money into an account.

        Raises:
            InputError: If no symbol trades the asset, or the amount is not above 0.
        """

    def withdraw(self, account: int, asset: str, amount: _Number) -> bool:
        """Take money out of an account, and answer whether so much of it was free.

        Raises:
            InputError: If no symbol trades the asset, or the amount is not above 0.
        """

    def set_owner(self, account: int, *, user: int | None = None, group: int | None = None) -> None:
        """Say whose an account is, and whose orders its own do not trade with; else its own."""

    def set_limits(
        self,
        limits: Limits,
        *,
        user: int | None = None,
        account: int | None = None,
        strategy: int | None = None,
        symbol: str | None = None,
    ) -> None:
        """Set the limits of a scope in place of those it had.

        Raises:
            InputError: If more than one scope is named.
        """

    def set_trading_state(
        self,
        trading: Literal["active", "reducing", "halted"],
        *,
        user: int | None = None,
        account: int | None = None,
        strategy: int | None = None,
        symbol: str | None = None,
    ) -> None:
        """Let every order of a scope pass, only those that reduce a position, or none.

        Live orders stay: `MatchingEngine.cancel_all` takes them out.

        Raises:
            InputError: If the word is not known, or more than one scope is named.
        """

    def set_mark(self, symbol: str, price: _Number) -> None:
        """Set the price positions in a symbol are valued at.

        Raises:
            InputError: If the price is none, or no accounts are kept.
        """

    def start_day(self) -> None:
        """Start a day: what was lost before no longer counts against the daily loss."""

    def balance(self, account: int, asset: str) -> AccountBalance:
        """Return an account's money in an asset.

        Raises:
            InputError: If no symbol trades the asset.
        """

    def position(self, account: int, symbol: str) -> AccountPosition:
        """Return an account's position and working orders in a symbol."""

    def open_orders(self, account: int) -> int:
        """Return how many orders of an account are open, those that wait included."""

    def fees(self, asset: str) -> Decimal:
        """Return the fees collected in an asset.

        Raises:
            InputError: If no symbol trades the asset.
        """

@final
class PreTrade:
    """The rules of `Risk` before orders that leave for a venue, for one account.

    An order that was admitted counts as working, by its name, until it is closed: an order that
    may exist is exposure. `enter`, `settle`, `fill` and `close` note what the venue said and ask
    nobody. Orders of the account do not meet each other: `SELF_CROSS`.

    A refusal is a tuple: the name of the rule, a text with rule and values, and whose limit it was
    (`None` where no limit is to blame).
    """

    def __new__(cls, instruments: Sequence[Instrument], terms: dict[str, SymbolTerms]) -> PreTrade:
        """Know no limit, and hold nothing.

        Raises:
            InputError: If a symbol is given twice, has no terms, or is a spot market of one asset.
        """

    def admit(
        self,
        name: str,
        /,
        *,
        symbol: str,
        side: _Side,
        quantity: _Number,
        price: _Number | None = None,
        reduce_only: bool = False,
        strategy: int = 0,
        best_bid: _Number | None = None,
        best_ask: _Number | None = None,
        now_ns: int,
    ) -> tuple[str, str, str | None] | None:
        """Check a new order and count it as working; `None` if every rule allows it.

        Args:
            name: By which it is known here, such as its client order id.
            symbol: What it trades.
            side: Which way.
            quantity: How much.
            price: Its limit; none for a market order.
            reduce_only: Whether it may only reduce a position.
            strategy: Of which strategy, for limits of strategies.
            best_bid: The market it meets, where that is known.
            best_ask: The same.
            now_ns: When, for limits of rate.

        Raises:
            UnknownSymbolError: If the symbol was not given.
            PriceError: If a price is off the tick.
            QuantityError: If the quantity is off the lot.
            InputError: If a word is not known.
        """

    def enter(
        self,
        name: str,
        /,
        *,
        symbol: str,
        side: _Side,
        quantity: _Number,
        price: _Number | None = None,
        reduce_only: bool = False,
        strategy: int = 0,
    ) -> None:
        """Count an order that exists already, whatever the rules say; twice is once.

        Raises:
            TradecoreError: As `admit`.
        """

    def amend(
        self, name: str, /, *, price: _Number, quantity: _Number, now_ns: int
    ) -> tuple[str, str, str | None] | None:
        """Check a change to `price` and `quantity` open; the larger of old and new part counts.

        Raises:
            TradecoreError: As `admit`.
        """

    def settle(self, name: str, /, *, price: _Number, quantity: _Number | Literal[0]) -> bool:
        """Note what is open of an order; `False` for a name that is not working.

        Raises:
            TradecoreError: As `admit`.
        """

    def fill(
        self,
        name: str,
        /,
        *,
        price: _Number,
        quantity: _Number,
        liquidity: Literal["maker", "taker"] = "maker",
    ) -> bool:
        """Book a fill; `False` for a name that is not working. Each is to be told once.

        Raises:
            TradecoreError: As `admit`.
        """

    def close(self, name: str, /) -> bool:
        """Give back what an order holds; `False` for a name that is not working."""

    def set_position(self, symbol: str, quantity: _Number, price: _Number, /) -> None:
        """Set what is held of a derivative, the difference traded at `price` without a fee.

        Raises:
            TradecoreError: As `admit`.
        """

    def set_limits(
        self, limits: Limits, *, strategy: int | None = None, symbol: str | None = None
    ) -> None:
        """Set the limits of a strategy, a symbol, or of everything.

        Raises:
            InputError: If both are named.
        """

    def limit_total(self, most: _Number | None, /) -> None:
        """Refuse orders by which all positions would be more than this, in base units.

        Open orders of the worse side count; an order that only reduces passes. `None` is no limit.

        Raises:
            InputError: If it is no number.
        """

    def set_trading_state(
        self,
        trading: Literal["active", "reducing", "halted"],
        *,
        strategy: int | None = None,
        symbol: str | None = None,
    ) -> None:
        """Let every order of a scope pass, only those that reduce a position, or none.

        Raises:
            InputError: If both are named, or the word is not known.
        """

    def set_mark(self, symbol: str, price: _Number) -> None:
        """Set the price positions in a symbol are valued at.

        Raises:
            TradecoreError: As `admit`.
        """

    def start_day(self) -> None:
        """Start a day: what was lost before no longer counts against the daily loss."""

    def position(self, symbol: str) -> AccountPosition:
        """Return what is held and working in a symbol.

        Raises:
            UnknownSymbolError: If the symbol was not given.
        """

    def day_profit(self, symbol: str) -> Decimal:
        """Return the profit since the start of the day, in the asset the symbol settles in.

        Raises:
            UnknownSymbolError: If the symbol was not given.
        """

    @property
    def open_orders(self) -> int:
        """How many orders count as working."""

@disjoint_base
class EngineSession:
    """What an engine holds, and what an operator and the clock do to it."""

    def book(self, symbol: str) -> EngineBook:
        """Return a live view of one book."""

    @property
    def risk(self) -> Risk:
        """Accounts, limits and trading states: what is checked before an order comes in."""

    def order(self, order_id: int) -> LiveOrder | None:
        """Return a live order as it stands now; `None` where there is none of this id."""

    def waiting(self, symbol: str) -> list[LiveOrder]:
        """Return the orders outside the book, by id: those with a trigger, and those held."""

    def advance_time(self, timestamp_ns: int) -> list[ExecutionReport]:
        """Tell the time, in nanoseconds since 1970, and return what was due by then.

        Orders expire and pauses end in order of their time; the reports bear the time told. Time
        never runs backwards: an earlier one changes nothing.
        """

    def set_phase(
        self, symbol: str, phase: _Phase, *, timestamp_ns: int | None = None
    ) -> list[ExecutionReport]:
        """Lead a symbol into another state and return what traded because of it.

        To ``"open"`` and to ``"closed"`` what is crossed is uncrossed first, at one price.

        Raises:
            InputError: If the word is not known.
        """

    def phase(self, symbol: str) -> _Phase:
        """Return the state of a symbol; during a pause of its dynamic band ``"auction"``."""

    def set_bands(
        self,
        symbol: str,
        *,
        low: _Number | None = None,
        high: _Number | None = None,
        dynamic_bps: int | None = None,
        halt_ns: int = 0,
    ) -> None:
        """Bound the prices of a symbol; what is not given is not bounded any more.

        Args:
            symbol: One of the engine's instruments.
            low: Lowest limit accepted.
            high: Highest limit accepted.
            dynamic_bps: How far from the reference price a trade may be, in hundredths of a
                percent, 1 to 9,999.
            halt_ns: How long trading pauses when one would be farther; 0 cancels the rest of the
                order instead.

        Raises:
            PriceError: If a price is off the tick or not positive.
            InputError: If `low` is above `high`, or a number is out of its range.
        """

    def set_reference(self, symbol: str, price: _Number) -> None:
        """Set what bands and auctions refer to, until the next trade.

        Raises:
            PriceError: If the price is off the tick or not positive.
        """

    def last_price(self, symbol: str) -> Decimal | None:
        """Return the price of the last trade; `None` before the first."""

    def indication(self, symbol: str) -> tuple[Decimal, Decimal, Decimal] | None:
        """Return what an auction would come to now: price, volume, and demand less supply there.

        `None` while nothing is crossed.
        """

    def state_hash(self) -> str:
        """Return 32 hex digits that are equal for equal states on every platform."""

    @property
    def live_orders(self) -> int:
        """Live orders of all instruments, those that wait included."""

    @property
    def symbols(self) -> list[str]:
        """The instruments' names; an instrument's position is its `symbol` in the arrays."""

@disjoint_base
class OrderEntry(EngineSession):
    """Place, change and cancel orders one at a time, with what became of them as objects.

    A refusal by rule is a report with ``exec_type="rejected"``; a call that makes no sense raises
    a `TradecoreError` and changes nothing. The rules are in ``docs/reference/matching.md``.

    A call that tells a later time returns what was due by then first, such as orders that expire.
    """

    def submit(
        self,
        symbol: str,
        *,
        side: _Side,
        quantity: _Number,
        type: _OrderType = "limit",  # noqa: A002 -- the word of the contract
        price: _Number | None = None,
        stop_price: _Number | None = None,
        display_quantity: _Number | None = None,
        time_in_force: _TimeInForce = "GTC",
        post_only: bool = False,
        reduce_only: bool = False,
        expire_time_ns: int | None = None,
        account: int = 0,
        client_order_id: str | None = None,
        self_trade_prevention: _SelfTradePrevention | None = None,
        timestamp_ns: int | None = None,
        order_id: int = 0,
        trailing_distance: _Number | None = None,
        reprice: bool = False,
        oco: int | None = None,
        held: bool = False,
        releases: int | None = None,
        strategy: int = 0,
    ) -> list[ExecutionReport]:
        """Place an order and return what became of it, in order.

        Args:
            symbol: One of the engine's instruments.
            side: Which way.
            quantity: In base units or contracts.
            type: ``"iceberg"`` is a limit order with a `display_quantity`.
            price: The limit; of an order without one its protection price.
            stop_price: The trigger of a stop; of a trailing stop where it starts.
            display_quantity: What an iceberg shows at a time.
            time_in_force: How long it may rest.
            post_only: Refuse the order rather than let it take.
            reduce_only: Trade no more than the position it reduces.
            expire_time_ns: When a GTD order ends, in nanoseconds since 1970.
            account: Whose order.
            client_order_id: A name no other live order of the account bears.
            self_trade_prevention: What happens when it meets an order of its owner; ``None`` is
                ``"none"``, they trade.
            timestamp_ns: When, in nanoseconds since 1970; the last time told unless given.
            order_id: The caller's own id, or 0 to be given the next one.
            trailing_distance: How far the trigger of a trailing stop stays behind the last trade.
            reprice: Move a post-only order behind the best opposite price rather than refuse it.
            oco: Id of a live order: when one of the two trades, is triggered or is gone, the other
                is canceled.
            held: Wait until another order releases it.
            releases: Id of a held order: it comes when this one is gone, for what this one traded.
            strategy: Number of the strategy it is of, for limits of strategies; 0 for none.

        Raises:
            UnknownSymbolError: If the engine has no such instrument.
            PriceError: If a price is off the tick or not positive.
            QuantityError: If a quantity is off the lot or not positive.
            InputError: If a word is not known, or an argument is missing or out of place.
        """

    def submit_bracket(
        self,
        symbol: str,
        *,
        side: _Side,
        quantity: _Number,
        stop_loss: _Number,
        take_profit: _Number,
        price: _Number | None = None,
        time_in_force: _TimeInForce = "GTC",
        account: int = 0,
        client_order_id: str | None = None,
        timestamp_ns: int | None = None,
    ) -> list[ExecutionReport]:
        """Place an order and the two that close it again, of which one cancels the other.

        The stop at `stop_loss` is placed first, then the limit order at `take_profit`, both held;
        then the entry, at `price` or at the market, which releases them for what it traded. Where
        one of the three is refused, the others are canceled.

        Args:
            symbol: One of the engine's instruments.
            side: Of the entry.
            quantity: Of the entry, in base units or contracts.
            stop_loss: Trigger of the stop.
            take_profit: Limit of the closing order.
            price: Limit of the entry; a market order without one.
            time_in_force: Of the entry; not ``"GTD"``.
            account: Whose orders.
            client_order_id: Name of the entry.
            timestamp_ns: When, in nanoseconds since 1970; the last time told unless given.

        Raises:
            TradecoreError: As `submit`.
            InputError: If the prices are not in the order loss, entry, profit (of a sell the other
                way round).
        """

    def submit_oco(
        self,
        symbol: str,
        *,
        side: _Side,
        quantity: _Number,
        price: _Number,
        stop_price: _Number,
        account: int = 0,
        timestamp_ns: int | None = None,
    ) -> list[ExecutionReport]:
        """Place a stop, then a limit order of the same side; one cancels the other.

        Without a limit order, where a stop is triggered at once. Where the limit order is refused,
        the stop is canceled.

        Raises:
            TradecoreError: As `submit`.
            InputError: If the stop price is not beyond the limit: above it for a buy, below for a
                sell.
        """

    def modify(
        self,
        symbol: str,
        *,
        order_id: int,
        price: _Number | None = None,
        quantity: _Number | None = None,
        stop_price: _Number | None = None,
        open_quantity: _Number | None = None,
        keep_priority: bool = True,
        timestamp_ns: int | None = None,
    ) -> list[ExecutionReport]:
        """Change a live order.

        A smaller quantity at the same price keeps the order's place in the queue; anything else
        sends it to the back, after trading with what it now reaches.

        Args:
            symbol: The order's instrument.
            order_id: Which order.
            price: New limit; the old one unless given.
            quantity: New total, what has traded included (FIX 38).
            stop_price: New trigger of an order that waits for one.
            open_quantity: Instead of `quantity`: what is to be left open.
            keep_priority: ``False``, not with `quantity`, always sends it to the back.
            timestamp_ns: When, in nanoseconds since 1970; the last time told unless given.

        Raises:
            TradecoreError: As `submit`.
        """

    def cancel(
        self, symbol: str, *, order_id: int, timestamp_ns: int | None = None
    ) -> list[ExecutionReport]:
        """Take an order out; a `rejected` report with ``UNKNOWN_ORDER`` if there is none."""

    def cancel_all(
        self,
        symbol: str | None = None,
        *,
        account: int | None = None,
        side: _Side | None = None,
        strategy: int | None = None,
        timestamp_ns: int | None = None,
    ) -> list[ExecutionReport]:
        """Take out every live order, or those of a symbol, account, side, strategy, by id."""

@final
class MatchingEngine(OrderEntry):
    """Price-time matching of many instruments, deterministic and without a clock."""

    def __new__(cls, instruments: Sequence[Instrument]) -> MatchingEngine:
        """Open empty books.

        Raises:
            InputError: If a symbol is given twice.
        """

    def place(
        self,
        symbol: str,
        *,
        side: _Side,
        quantity: _Number,
        type: _OrderType = "limit",  # noqa: A002 -- the word of the contract
        price: _Number | None = None,
        stop_price: _Number | None = None,
        display_quantity: _Number | None = None,
        time_in_force: _TimeInForce = "GTC",
        post_only: bool = False,
        reduce_only: bool = False,
        expire_time_ns: int | None = None,
        account: int = 0,
        client_order_id: str | None = None,
        self_trade_prevention: _SelfTradePrevention | None = None,
        timestamp_ns: int | None = None,
        order_id: int = 0,
        trailing_distance: _Number | None = None,
        reprice: bool = False,
        oco: int | None = None,
        held: bool = False,
        releases: int | None = None,
    ) -> int:
        """Do what `submit` does, but return the order's id only, or 0 when it was refused.

        The reports wait for `take_reports`.
        """

    def remove(self, symbol: str, *, order_id: int, timestamp_ns: int | None = None) -> bool:
        """Do what `cancel` does, but return only whether an order was taken out."""

    def process(
        self, commands: npt.NDArray[np.void], /, *, out: npt.NDArray[np.void] | None = None
    ) -> npt.NDArray[np.void]:
        """Execute an array of commands in one crossing, the interpreter lock released.

        Do not touch either array meanwhile. Nonsense in a record is a rejected report. With `out`
        the reports are written there and a view of them is returned, so a loop over batches
        allocates nothing; where `out` is too short, an array of our own is returned instead.

        Shape:
            ``(n,)`` of `COMMAND_DTYPE` or `SPECIAL_COMMAND_DTYPE` in, ``(m,)`` of `REPORT_DTYPE`
            out; prices in ticks, quantities in lots.

        Raises:
            InputError: If the array has another type or shape.
        """

    def take_reports(self) -> npt.NDArray[np.void]:
        """Return the reports of `place` and `remove` since the last call, and forget them.

        Shape:
            ``(m,)`` of `REPORT_DTYPE`.
        """

@final
class VenueEngine(OrderEntry):
    """A `MatchingEngine` that writes each command down before it executes it.

    Without `journal` the log is in memory and lasts as long as the object: a snapshot stands for
    its oldest part, so that it does not grow without end. With it the log is in a folder and
    outlasts the process; no call answers before its command is on the medium, and calls of several
    threads share the disk's writes. What the books do is kept for `take_market_data`.
    """

    def __new__(
        cls,
        instruments: Sequence[Instrument],
        *,
        journal: str | PathLike[str] | None = None,
        ack: Literal["durable", "memory"] = "durable",
        shard: int = 0,
        segment_bytes: int = ...,
        snapshot_bytes: int = ...,
        reserve_bytes: int = ...,
        answers_kept: int | None = None,
        keep_all: bool = False,
        waits: bool = True,
    ) -> VenueEngine:
        """Open empty books and an empty log, or go on where the journal ends.

        Of a journal that is continued, `risk.keep_accounts` is to be called again, with the same
        terms: names of assets are not in it.

        Args:
            instruments: What is traded; those of the journal, in the same order, without what was
                listed since.
            journal: A folder of its own, made where it is missing.
            ack: `memory` answers before a command is on the medium: a crash loses the last ones.
            shard: Which part of a venue the journal is of.
            segment_bytes: Length of its files, two of which are prepared ahead.
            snapshot_bytes: Bytes of commands between two snapshots.
            reserve_bytes: Bytes of its files that are kept back on a full disk, a quarter of
                `segment_bytes` unless given: then new orders and whatever else adds raise
                `StorageReserveError`, while cancels, phases, trading states, limits and the time
                pass.
            answers_kept: So many answers to orders with a `client_order_id` are remembered after
                the orders ended, the newest, and those to all that live. The same order again
                under its name is told the same again (`ExecutionReport.is_duplicate`) and nothing
                happens; another one is refused with `DUPLICATE_CLIENT_ORDER_ID`. `None` leaves it
                as the journal says, 0 forgets them: then a name is free when its order is gone.
            keep_all: Whether files stay that snapshots stand for, so that `history` can always
                begin with the first command.
            waits: Whether a call returns only when its command is as durable as `ack` says. Where
                it does not, whoever calls passes nothing on before `flush`; native order entry
                keeps to `ack` either way.

        Raises:
            InputError: If a symbol is given twice, or a setting cannot work.
            JournalError: If the journal has another writer, or something acknowledged is damaged.
            DataError: If its commands do not lead to the state they led to.
        """

    @property
    def answers_kept(self) -> int:
        """So many answers to ended orders are remembered; 0 when none are."""

    def list_instrument(
        self, instrument: Instrument, terms: SymbolTerms, /, *, about: bytes = b""
    ) -> int:
        """List an instrument behind all others, open and with an empty book; return its index.

        It is in the journal: an engine that is opened on it again lists it by itself, behind the
        instruments it is given. Its name and its index are never another's.

        Args:
            instrument: What is to be traded.
            terms: How accounts trade it; `risk.keep_accounts` was called before.
            about: At most 65,536 bytes that mean nothing to the engine and are kept with it.

        Raises:
            InputError: If one of that name is there, no accounts are kept, or the engine cannot
                count its money.
            JournalError: If it cannot be written.
        """

    @property
    def listings(self) -> list[tuple[Instrument, bytes]]:
        """What was listed since the journal began, in its order, with what was kept with it."""

    def name_strategy(self, account: int, name: str, /) -> int:
        """Return the number of an account's strategy, which orders, limits and states have.

        The first time it is given the next number, from 1 on, and that is in the journal; 0 where
        the account named a thousand already. Names of native orders are the same ones.

        Raises:
            InputError: If the name is longer than 255 bytes.
            JournalError: If it cannot be written.
        """

    def find_strategy(self, account: int, name: str, /) -> int:
        """Return the number of an account's strategy, 0 where it named none so."""

    @property
    def strategies(self) -> list[tuple[int, str]]:
        """Whose each strategy is and what it is called, in the order of their numbers."""

    @property
    def is_in_reserve(self) -> bool:
        """Whether the disk is full and nothing but what takes risk away is taken."""

    def history(self, *, after: int = 0) -> History:
        """Tell every command behind one of them and what it caused, from the journal.

        For who keeps books of orders, trades and balances elsewhere: with the sequence of the last
        entry in the same transaction as what it led to, everything is there exactly once. A second
        engine executes what is on the medium, so it takes memory as the venue does, and the venue
        goes on meanwhile. The files it still needs are kept until it is closed.

        Raises:
            InputError: If there is no journal, no such command, or accounts are kept and
                `risk.keep_accounts` was not called: names of assets are not in a journal.
            JournalError: If the commands behind `after` were let go.
            DataError: If they do not lead to the state they led to.
        """

    @property
    def durable_sequence(self) -> int:
        """Sequence of the last command that is on the medium; 0 without a journal."""

    @property
    def ack(self) -> Literal["durable", "memory"]:
        """When calls answer; `memory` without a journal."""

    @property
    def waits(self) -> bool:
        """Whether calls answer when their command is as durable as `ack` says."""

    @property
    def called_sequence(self) -> int:
        """Sequence of the last command a call of Python gave, whatever came in elsewhere since."""

    @property
    def followed(self) -> int:
        """Sequence of the last command that somebody's books have, as `set_followed` said."""

    def set_followed(self, sequence: int, /, *, is_awaited: bool = False) -> None:
        """Say how far books are that are kept elsewhere; see `behind_max` of order entry.

        While somebody `is_awaited` before them, new native orders are refused as busy.
        """

    def wait_beyond(self, sequence: int, /, *, timeout_ms: int = 100) -> bool:
        """Wait for a command behind this one to be on the medium; say whether there is one.

        Raises:
            InputError: If there is no journal.
        """

    @property
    def torn_bytes(self) -> int:
        """Bytes of a torn write that were cut off at the start; nobody was told of them."""

    def note(self, payload: bytes, /, *, relieves: bool = False) -> int:
        """Write down what the engine does not know of, among its commands; return its sequence.

        It changes nothing, and `history` tells it in its place.

        Args:
            payload: At most 65,536 bytes.
            relieves: Whether it may use what is kept back of a full disk.

        Raises:
            InputError: If it is too long.
            JournalError: If it cannot be written.
        """

    def flush(self) -> None:
        """Return when every command so far is on the medium.

        Raises:
            JournalError: If it never will be.
        """

    def snapshot(self) -> None:
        """Write down which state the commands lead to, and have a snapshot taken.

        The shadow works beside: it replays what is on the disk, compares, and only then lets older
        files go.

        Raises:
            JournalError: If the journal is closed or stopped.
        """

    def close(self) -> None:
        """Write what waits and let go of the journal; twice is harmless.

        Raises:
            JournalError: If something could not be written.
        """

    @property
    def sequence(self) -> int:
        """How many commands were written down; a later time that was told is one."""

    def take_market_data(self) -> list[MarketUpdate]:
        """Return what changed since the last call, one update for each book that changed.

        However many commands came in between. Each update's `prev` is the `last` of the symbol's
        update before. Where nobody takes them for a million events they are dropped, and the next
        update does not continue the last one taken: start again from `depth_snapshot`.
        """

    def take_reports(self) -> list[ExecutionReport]:
        """Return what `FlowTraders` caused to the orders of others since the last call.

        Fills above all, and what was due when they told the time.
        """

    def depth_snapshot(self, symbol: str) -> MarketUpdate:
        """Return every level of a book as it is now, without trades.

        Updates whose `last` is not above its own are in it. The first one to lay over it is the
        next with a higher `last`; its `prev` may be lower.

        Raises:
            UnknownSymbolError: If the engine was not given the symbol.
        """

    def verify(self) -> bool:
        """Tell a fresh engine everything in the log, and compare its state hash with this one's.

        Takes as long as the log is; other calls wait.

        Raises:
            DataError: If the log was damaged.
        """

@final
class History:
    """The commands of a journal, in order; each is told once, when it is on the medium.

    An iterator that ends where nothing more is on the medium yet; asked again it goes on.
    """

    def take(self, most: int = 1000, *, timeout_ms: int = 0) -> list[HistoryEntry]:
        """Return the next entries, as many as there are up to `most`.

        Waits up to `timeout_ms`, at most a minute, where there is none; others go on meanwhile.

        Raises:
            JournalError: If it was closed.
            DataError: If the journal cannot be read, or does not lead where it led.
        """

    @property
    def sequence(self) -> int:
        """Sequence of the last entry that was told.

        Raises:
            JournalError: If it was closed.
        """

    def skip(self, sequence: int, /) -> None:
        """Pass by the commands up to this one, as far as they are on the medium.

        Raises:
            JournalError: If it was closed.
            DataError: If they do not lead to the state they led to.
        """

    def close(self) -> None:
        """Let go of the files and of the second engine; twice is harmless."""

    def __iter__(self) -> Self: ...
    def __next__(self) -> HistoryEntry: ...

@final
class HistoryEntry:
    """One command a venue was told and what it caused."""

    @property
    def sequence(self) -> int:
        """Of the command in the journal, from 1 without a gap."""

    @property
    def kind(self) -> str:
        """What it is.

        `new`, `cancel`, `modify`, `cancel_all`, `set_phase`, `set_bands`, `set_reference`,
        `advance_time`, `set_owner`, `deposit`, `withdraw`, `set_limits`, `set_trading_state`,
        `set_mark`, `start_day`, `keep_accounts`, `keep_answers`, `list` or `note`.
        """

    @property
    def timestamp_ns(self) -> int:
        """The venue's time behind it, in nanoseconds since 1970."""

    @property
    def reports(self) -> list[ExecutionReport]:
        """What it caused, in order; of what an operator sets, only a refusal."""

    @property
    def arguments(self) -> dict[str, str | int | bool | bytes | Decimal | Instrument]:
        """What it said, by the names of the call; what was not said is not there.

        A rate of orders is `order_rate_burst` and `order_rate_period_ns`.
        """

    @property
    def balances(self) -> list[tuple[int, str, Decimal]]:
        """Account, asset and total behind it, of each account that traded or was paid."""

@final
class JournalWriter:
    """The one writer of a file of records of any kind; the format is in the reference."""

    def __new__(
        cls, path: str | PathLike[str], *, sync: bool = True, salt: int | None = None
    ) -> JournalWriter:
        """Make a file, or continue one behind its last whole record.

        Args:
            path: Where it is.
            sync: Whether each record is on the medium before `append` returns.
            salt: What tells a new file's records from those of others, in 64 bits: drawn, unless
                given so that equal records make equal files.

        Raises:
            JournalError: If the file has a writer, is none of ours, or is damaged.
        """

    def append(self, kind: int, payload: bytes, /, *, timestamp_ns: int) -> int:
        """Write a record and return its sequence, from 1 without a gap.

        Raises:
            InputError: If `kind` is not from 0 to 255, or the payload is above a mebibyte.
            JournalError: If it cannot be written; then nothing more is.
        """

    def flush(self) -> None:
        """Return when every record is on the medium.

        Raises:
            JournalError: If it never will be.
        """

    @property
    def sequence(self) -> int:
        """Sequence of the last record; 0 before the first."""

    @property
    def torn_bytes(self) -> int:
        """Bytes of a torn record that were cut off at the start."""

    def close(self) -> None:
        """Sync and let go of the file; twice is harmless.

        Raises:
            JournalError: If the medium refuses; the file is closed all the same.
        """

@final
class JournalReader:
    """The records of a file as it was when opened: sequence, kind, nanoseconds, payload."""

    def __new__(cls, path: str | PathLike[str]) -> JournalReader:
        """Read a file.

        Raises:
            JournalError: If it cannot be read, is none of ours, or is damaged before its tail.
        """

    def __iter__(self) -> Self:
        """Return itself."""

    def __next__(self) -> tuple[int, int, int, bytes]:
        """Return the next record."""

    @property
    def torn_bytes(self) -> int:
        """Bytes of a last record that is not whole, and was left out."""

def journal_inspect(
    path: str | PathLike[str],
    *,
    shard: int = 0,
    each: Callable[[int, str], object] | None = None,
) -> dict[str, Any]:
    """Look at every byte of a venue's journal without writing, also while somebody writes.

    Args:
        path: Its folder.
        shard: Which part of a venue it should be of.
        each: Is called with the sequence and the text of each command, in order.

    Returns:
        `first` and `last` sequence, numbers of `blocks` and `segments`, `torn_bytes`, positions of
        `snapshots`, names of `broken_snapshots`.

    Raises:
        JournalError: If there is none, or something acknowledged is damaged.
    """

@final
class OrderEntryServer:
    """Native order entry before a venue: HTTP, WebSocket and binary frames, no Python per order.

    Its threads share the engine and the journal with Python's calls, and hold it for a batch at a
    time. An answer goes out when its command is as durable as the venue promises. Messages and
    frames are described in `docs/reference/order_entry.md`.
    """

    def __new__(
        cls,
        engine: VenueEngine,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        order_rate: tuple[int, int] = (400, 200),
        high_order_rate: tuple[int, int] = (20_000, 10_000),
        queue: int = 16_384,
        connections: int = 4_096,
        signature_window_ms: int = 5_000,
        resend_bytes: int = 1_048_576,
        keep_reports: bool = False,
        behind_max: int = 0,
    ) -> OrderEntryServer:
        """Say where and how; nothing is bound before `start`.

        Args:
            engine: The venue.
            host: IP address to listen at.
            port: 0 for any that is free.
            order_rate: Requests of a user at once after a pause, and in each second; an eighth of
                the first is for cancels alone.
            high_order_rate: The same of keys with the scope `orders:high_rate`.
            queue: Requests that may wait for the engine; beyond, they are refused as `BUSY`.
            connections: Connections at once; more wait to be accepted.
            signature_window_ms: How far the time of a signed request may be from ours.
            resend_bytes: Bytes of messages a session keeps to tell them again.
            keep_reports: Keep the reports of native orders for `VenueEngine.take_reports`; where a
                million wait, orders are refused as `BUSY`. `VenueEngine.history` has them anyway.
            behind_max: Commands that `VenueEngine.followed` may be behind; beyond, orders are
                refused as `BUSY`. 0 for any number.

        Raises:
            InputError: If the address is none.
        """

    def start(self) -> None:
        """Listen, and serve from threads of its own. No key is valid before `set_keys`.

        Raises:
            InputError: If it runs already, the address is taken, or a rate can be none.
        """

    def stop(self) -> None:
        """Answer what is under way and end; twice is harmless.

        Orders of sessions that asked for cancel on disconnect are taken out.
        """

    def drain(self, *, timeout_ms: int = 5_000) -> bool:
        """Refuse new orders and changes from now on, and wait until every request is answered.

        Cancels pass. `False` says that some were still under way at the end of the time.
        """

    def resume(self) -> None:
        """Take new orders again."""

    def set_keys(self, keys: Sequence[_KeyRow]) -> None:
        """Put a table of keys in the place of the one before.

        A key that is not in it is not valid any more: its sessions are closed.

        Raises:
            InputError: If a key stands twice or cannot be one, or the server does not run; then
                the table before stays.
        """

    def know_instruments(self, terms: Sequence[tuple[int, bool]], /) -> None:
        """Take orders in what the engine listed since the start too, and hold all to their terms.

        To be called before anybody else trades in it: every report then knows the instrument.

        Args:
            terms: Of each instrument in the engine's order: the fewest lots of an order, and
                whether it was not taken out of trading for good.
        """

    @property
    def is_running(self) -> bool:
        """Whether it listens."""

    @property
    def host(self) -> str:
        """Address it listens at."""

    @property
    def port(self) -> int:
        """Port it listens at; the one asked for until it runs."""

    def statistics(self) -> OrderEntryStatistics:
        """Return what it did since its start."""

@final
class OrderEntryStatistics:
    """Numbers of an order entry server at one moment."""

    @property
    def latency_us(self) -> list[tuple[int | None, int]]:
        """Requests by the time from their last byte to their answer.

        Each class by itself: its upper end in microseconds, `None` for the last, and its count.
        """

    @property
    def latency_sum_ns(self) -> int:
        """Of all of them together."""

    @property
    def done(self) -> int:
        """Requests done."""

    @property
    def refused(self) -> dict[str, int]:
        """Requests refused, by code."""

    @property
    def connections(self) -> int:
        """Open connections."""

    @property
    def sessions(self) -> int:
        """Sessions with a connection."""

    @property
    def queue_depth(self) -> int:
        """Requests that wait for the engine."""

@final
class FlowTraders:
    """Seeded makers and takers in one symbol of a venue, beside its other participants.

    They are the ones behind `generate_tape`: a seed gives the same orders on every platform as long
    as the others do the same. Their orders are commands in the venue's log like any other.
    """

    def __new__(
        cls,
        instrument_symbol: str,
        /,
        *,
        seed: int,
        price: _Number,
        volatility_milliticks: int,
        account: int = 0,
    ) -> FlowTraders:
        """Say who will come; they build up a book with the first `step`.

        Args:
            instrument_symbol: What they trade.
            seed: Chooses everything that is left to chance.
            price: What they believe it to be worth; they come back to it.
            volatility_milliticks: How far that moves in a calm second, as a standard deviation in
                thousandths of a tick.
            account: Whose orders these are; nobody else's. Where accounts are kept it needs money.

        Raises:
            InputError: If the volatility is above a thousand ticks.
        """

    def step(self, engine: VenueEngine, until_ns: int) -> int:
        """Let them trade until a time, and return how many commands they sent.

        The first call builds up a book at that time, and they go on from there. Always with the
        same venue. What they cause to others waits in its `take_reports`.

        Args:
            engine: The venue.
            until_ns: In nanoseconds since 1970; earlier than before does nothing.

        Raises:
            UnknownSymbolError: If the venue was not given the symbol.
            PriceError: If the price is not on its tick.
            InputError: If the time is more than an hour ahead, or nobody takes the reports.
        """

@final
class MarketUpdate:
    """What the commands of a while did to one book: in ticks and lots, as counts."""

    @property
    def symbol(self) -> str:
        """Whose book."""

    @property
    def prev(self) -> int:
        """Number of the last event before these, 0 before all; 0 in a snapshot."""

    @property
    def first(self) -> int:
        """Number of the first event contained."""

    @property
    def last(self) -> int:
        """Number of the last event contained."""

    @property
    def bids(self) -> list[tuple[int, int]]:
        """Ticks and lots of each bid that changed, from the best; 0 lots removes it."""

    @property
    def asks(self) -> list[tuple[int, int]]:
        """Ticks and lots of each ask that changed, from the best; 0 lots removes it."""

    @property
    def best_bid(self) -> tuple[int, int] | None:
        """Ticks and lots of the best bid afterwards."""

    @property
    def best_ask(self) -> tuple[int, int] | None:
        """Ticks and lots of the best ask afterwards."""

    @property
    def trades(self) -> list[tuple[int, int, int, int, int, _Side | None]]:
        """Number, ticks, lots, buying order, selling order and side of the taker of each trade.

        In an auction nobody takes: the side is ``None``.
        """

    @property
    def checksum(self) -> int:
        """CRC-32 of the best ten levels of each side afterwards.

        Of the bids from the best, a zero, and the asks; each level as ticks and lots, each number
        as eight bytes, the lowest first.
        """

@final
class LiveOrder:
    """A live order as it stood when asked for.

    Prices and quantities are exact decimals in quote and base units.
    """

    @property
    def order_id(self) -> int: ...
    @property
    def client_order_id(self) -> str | None:
        """The caller's own name for it."""

    @property
    def account(self) -> int: ...
    @property
    def symbol(self) -> str: ...
    @property
    def side(self) -> _Side: ...
    @property
    def type(self) -> _LiveType:
        """What it is once it comes in; what rests is a limit order."""

    @property
    def state(self) -> Literal["resting", "pending_trigger", "held"]:
        """In the book, waiting for its trigger, or waiting for another order."""

    @property
    def price(self) -> Decimal | None:
        """The limit or protection price; `None` where it has none."""

    @property
    def stop_price(self) -> Decimal | None:
        """The trigger as it stands; `None` where it has none."""

    @property
    def quantity(self) -> Decimal:
        """Total quantity (FIX 38)."""

    @property
    def leaves_quantity(self) -> Decimal:
        """Still open, shown in the book or not."""

    @property
    def cumulative_quantity(self) -> Decimal:
        """Traded so far."""

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
        """Return every level, best first: ticks, lots, and (order id, lots) oldest first.

        Of an iceberg the lots it shows.
        """

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

    def depth_key(self, levels: int = 10, /) -> bytes | None:
        """Return the first levels of both sides as bytes; `None` of a stale book.

        They are equal where the levels are, and differ where one of them does.
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

def text_frame(text: str, mask: bytes, /) -> bytes:
    """Return a client's text message as one WebSocket frame.

    Raises:
        InputError: If the mask is not four bytes.
    """

@final
class WireBook(BookView):
    """A book that follows another process's, by the bodies of book messages.

    A body is a protobuf `BookUpdate`: `first_id` 1, `last_id` 2, `is_snapshot` 3, `ts_event_ns` 4,
    `ts_recv_ns` 5, `bid_ticks` 6, `bid_lots` 7, `ask_ticks` 8, `ask_lots` 9, `is_stale` 10. Ticks
    and times are sint64, ids and lots uint64; lots are absolute, and 0 removes a level. Updates
    that come before their snapshot wait for it. The book is stale until its first snapshot, while
    the sender's is, and from a lost update (`first_id` above `last_id + 1`) to the next snapshot.
    """

    def __new__(cls, instrument: Instrument, /) -> WireBook: ...
    def apply(self, body: _Frame, /) -> bool:
        """Take a body; return whether the book, or its being stale, changed.

        Raises:
            DataError: If the body is malformed, with rule and byte; nothing was changed.
        """

    def apply_many(self, bodies: Sequence[_Frame], /) -> int:
        """Take bodies in their order; return how many of them changed the book.

        Raises:
            DataError: If one is malformed; none was applied.
        """

    def clear(self) -> None:
        """Forget everything: empty, and stale until a snapshot."""

    @property
    def last_id(self) -> int | None:
        """The venue's last update in the book; None while it waits for a snapshot."""

    @property
    def ts_event_ns(self) -> int:
        """The venue's time of the last change taken, in nanoseconds since 1970; 0 before any."""

    @property
    def ts_recv_ns(self) -> int:
        """When the sender received that change, in nanoseconds since 1970; 0 before any."""

@final
class BinanceFeed:
    """The frames of one Binance connection as they come, and the books of its symbols.

    Frames are matched by `s`, or by the stream's name in a combined envelope, in either case, to
    an instrument's symbol without a venue prefix. `BinanceFrames` reads the same frames recorded.

    Sources: Binance, *How to manage a local order book correctly*, spot and USDS-M editions.
    """

    def __new__(cls, instruments: Sequence[Instrument], /, *, chained: bool) -> BinanceFeed:
        """Wait for a snapshot of each instrument.

        Args:
            instruments: Whose frames are taken.
            chained: Whether deltas name the one before (`pu`: futures) or count without a gap
                (spot). One of the other kind is malformed.

        Raises:
            InputError: If two instruments have one name at the venue.
        """

    def receive(self, frame: _Frame, /, *, ts_recv_ns: int) -> int:
        """Take a frame of the connection.

        Never raises for what a frame holds, and never applies half of one.

        Args:
            frame: One message.
            ts_recv_ns: When we received it, in nanoseconds since 1970.

        Returns:
            0 not for us, 1 the book changed, 2 a trade, 3 a quote, 4 a delta that waits for a
            snapshot, 5 the book has it, 6 a gap (the book is stale and needs a snapshot), 7
            malformed (no book was touched; a delta that was lost so shows as a gap later).
        """

    def receive_many(
        self, frames: list[bytes], /, *, start: int = 0, ts_recv_ns: int
    ) -> tuple[int, int, list[tuple[str, list[bytes]]]]:
        """Take frames in their order, up to one that is no plain change of a book.

        Args:
            frames: Messages.
            start: The place of the first that is taken.
            ts_recv_ns: When we received them, in nanoseconds since 1970.

        Returns:
            The place behind the last frame taken; what `receive` says of that frame (all before
            it are 1 or 5); each symbol whose book changed, with what `take_update` says after
            each of its frames.
        """

    def snapshot(self, symbol: str, body: _Frame, /, *, ts_recv_ns: int) -> int:
        """Take the answer of a REST depth request, then the deltas that waited for it.

        Returns:
            1 applied, 5 the book is newer, 6 too old for the deltas that wait (ask again), 7
            malformed.

        Raises:
            UnknownSymbolError: If no instrument of the feed has this symbol.
        """

    def book(self, symbol: str, /) -> BookView:
        """Return a live view of a book.

        Raises:
            UnknownSymbolError: If no instrument of the feed has this symbol.
        """

    def clear(self, symbol: str | None = None) -> None:
        """Forget a book, or all: a new connection. Empty, and stale until a snapshot.

        Raises:
            UnknownSymbolError: If no instrument of the feed has this symbol.
        """

    def take_update(self, symbol: str, /, *, snapshot: bool = False) -> bytes | None:
        """Return what changed as a body for `WireBook`; None when nothing did.

        Each level is told once, as it is now, however often it changed since this was asked last;
        after a new snapshot, and after many thousand changes, all levels are. Bodies follow each
        other: `first_id` is one above the `last_id` of the body before.

        Args:
            symbol: Whose book.
            snapshot: Return the whole book instead, beside the stream: for a reader that comes
                late. What has changed stays to be taken.

        Raises:
            UnknownSymbolError: If no instrument of the feed has this symbol.
        """

    @property
    def symbol(self) -> str | None:
        """The instrument of the last frame that was for us; None if one was no frame at all."""

    @property
    def ts_event_ns(self) -> int:
        """The venue's time of that frame, in nanoseconds since 1970.

        Of a frame that names none the latest one named for its instrument, or our time of receipt
        before any.
        """

    @property
    def last_trade(self) -> tuple[int, int, int, _Side, int] | None:
        """The last trade received: id, price in ticks, quantity in lots, who took, venue's time."""

    @property
    def last_quote(self) -> tuple[int, int, int, int, int] | None:
        """The last quote received: bid, its lots, ask, its lots, venue's time."""

    @property
    def error(self) -> str | None:
        """What was wrong with the last frame: rule, values and column, or the ids of a gap."""

    @property
    def counts(self) -> dict[str, int]:
        """Frames by what became of them, `snapshots`, `levels`, and what was passed over.

        `off_book` and `told_twice` are trades outside the book and trades of a second stream of
        the same trades; `dust` is quantities that were rounded down to the lot.
        """

@final
class FrameReader:
    """Whole messages cut out of what a WebSocket server sends; the handshake is not its business.

    A frame of another kind (a ping, a close, a part of a message) is handed on as it is. From the
    first frame that a client may not accept, or that is too long, everything is.
    """

    def __new__(cls, *, message_bytes_max: int) -> FrameReader: ...
    def receive(self, data: bytes, /) -> tuple[list[bytes], bytes | None]:
        """Take bytes; return messages, up to the first frame of another kind, and that frame.

        After such a frame, call again with nothing for what is behind it.
        """

    def take_rest(self) -> bytes:
        """Return what was not read, and forget it."""

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
    """A recording in our compact format, of one instrument or several. It has no position.

    Of a file one block is read at a time, so a run needs no memory for its tape.

    Raises:
        DataError: If the data are no tape, of another version, or damaged in the header.
    """

    def __new__(cls, data: bytes, /) -> TapeReader: ...
    @staticmethod
    def open(path: str | PathLike[str], /) -> TapeReader:
        """Open a file, which is read as it is played.

        Raises:
            DataError: As above.
            OSError: If the file cannot be read; `FileNotFoundError` if it is not there.
        """

    def select(self, symbol: str, /) -> TapeReader:
        """Return the tape to be played for one of its instruments; the first unless selected.

        Raises:
            UnknownSymbolError: If it has no such instrument.
        """

    def since(self, ts_recv_ns: int, /) -> TapeReader:
        """Return the tape to be played from the first record received at a time or later.

        A book is known from the next snapshot on; of orders alone, from where they open again.
        """

    def terms_at(self, symbol: str, ts_recv_ns: int, /) -> Instrument:
        """Return an instrument as its changes up to a time have left it.

        Raises:
            UnknownSymbolError: If it has no such instrument.
        """

    def told(
        self, kinds: Sequence[str], /, *, limit: int = 1_000
    ) -> list[tuple[int, int, str, str, tuple[int | str, ...]]]:
        """Return records of some kinds: venue's time, receipt, symbol, kind, and what they say.

        Args:
            kinds: Of `snapshot` and `depth` (ids, levels), `trade` (id, ticks, lots, aggressor),
                `quote` (ticks and lots of bid and ask), `order` (what, id, side, ticks, lots),
                `funding` (rate and mark price in 10⁻⁹, time of payment), `terms`, `break`.
            limit: How many at most.

        Raises:
            DataError: If a record before them cannot be read.
        """

    @property
    def instrument(self) -> Instrument: ...
    @property
    def instruments(self) -> list[Instrument]: ...
    @property
    def is_by_order(self) -> bool:
        """Whether it tells of every order of the selected instrument, and of no depth."""

    @property
    def version(self) -> int: ...
    @property
    def origin(self) -> str:
        """What wrote it, in a few words."""

    @property
    def is_finished(self) -> bool:
        """Whether its end was written; of a recording that was cut off, what is there is read."""

    @property
    def byte_count(self) -> int: ...
    @property
    def event_count(self) -> int: ...
    @property
    def counts(self) -> list[tuple[str, int]]:
        """Records by kind; zeros where its end was not written."""

    @property
    def first_ts_recv_ns(self) -> int: ...
    @property
    def last_ts_recv_ns(self) -> int: ...

@final
class TapeWriter:
    """Writes a recording in our compact format.

    Args:
        instruments: One, or all that will be recorded.
        origin: What writes it, in a few words.
    """

    def __new__(
        cls, instruments: Instrument | Sequence[Instrument], /, *, origin: str = ""
    ) -> TapeWriter: ...
    def extend(
        self,
        recording: BinanceFrames | TapeReader | OrderRecording,
        /,
        *,
        strict: bool = True,
        later_ns: int = 0,
    ) -> tuple[int, int]:
        """Append every message of `recording`; return how many, and how many were unreadable.

        What it says beside the book goes with them: funding, terms, breaks.

        Args:
            recording: What is played.
            strict: Whether a record that cannot be read is an error.
            later_ns: What is added to all of its times.

        Raises:
            DataError: If `strict` and a record cannot be read; what came before it is written.
            InputError: If the recording counts in other steps, or the tape is finished.
        """

    def book(self, symbol: str, body: _Frame, /) -> int:
        """Append a change of a book, as the body of a bus message; return its last update.

        Raises:
            DataError: If it is no such body.
            InputError: If the tape is finished.
            UnknownSymbolError: If the symbol is none of the tape's; so for all below.
        """

    def trade(
        self,
        symbol: str,
        /,
        *,
        trade_id: int,
        price_ticks: int,
        quantity_lots: int,
        aggressor: _Side,
        ts_event_ns: int,
        ts_recv_ns: int,
    ) -> None:
        """Append a trade."""

    def quote(
        self,
        symbol: str,
        /,
        *,
        update_id: int,
        bid_ticks: int,
        bid_lots: int,
        ask_ticks: int,
        ask_lots: int,
        ts_event_ns: int,
        ts_recv_ns: int,
    ) -> None:
        """Append a best bid and ask as of an update of the book."""

    def funding(
        self,
        symbol: str,
        /,
        *,
        rate: _Number,
        mark_price: _Number,
        next_ns: int,
        ts_event_ns: int,
        ts_recv_ns: int,
    ) -> None:
        """Append a funding rate and a mark price; 0 is what was not told."""

    def terms(self, instrument: Instrument, /, *, ts_ns: int) -> None:
        """Append new rules of an instrument, whose steps are whole multiples of the tape's."""

    def mark_break(
        self,
        symbol: str,
        reason: Literal["gap", "disconnected", "connected", "damaged"],
        /,
        *,
        ts_ns: int,
    ) -> None:
        """Append that what follows does not continue what came before."""

    @property
    def event_count(self) -> int: ...
    def flush(self) -> None:
        """Close the block: what was appended can be read, whatever happens to us."""

    def take(self) -> bytes:
        """Return the bytes that follow those taken before."""

    def finish(self) -> bytes:
        """Return the last bytes: the whole tape, if none were taken. Nothing can be added to it.

        Raises:
            InputError: If it was finished before.
        """

@final
class TapeImport:
    """A recording of others on its way to a tape, fed piece by piece.

    Args:
        format_name: `binance`, `lobster`, `dbn`, `tardis` or `hftbacktest`.
        instruments: Whose records are wanted, in whose steps; the others are passed over.
        origin: What the tape says of itself.
        first_book: First row of the order book file (lobster).
        midnight_ns: Start of the day (lobster), in nanoseconds since 1970.

    Raises:
        InputError: If there is no such format.
    """

    def __new__(
        cls,
        format_name: str,
        instruments: Instrument | Sequence[Instrument],
        /,
        *,
        origin: str = "",
        first_book: bytes | None = None,
        midnight_ns: int = 0,
    ) -> TapeImport: ...
    def feed(self, data: bytes, /) -> None:
        """Take more of the input, without the interpreter lock."""

    def close(self) -> None:
        """Take it that the input is over."""

    @property
    def tally(self) -> tuple[int, int, int, list[tuple[int, int, str]]]:
        """Records of the input, unreadable, skipped; and the first hundred of the unreadable.

        Each of those with its number from 1, its byte, and the rule it broke.
        """

    @property
    def event_count(self) -> int: ...
    def take(self) -> bytes:
        """Return the bytes of the tape that follow those taken before."""

    def finish(self) -> bytes:
        """Return the last bytes."""

@final
class TapeSurvey:
    """Reads a recording of others once: which symbols, with how many decimals.

    Args:
        format_name: `dbn`, `tardis` or `hftbacktest`.
    """

    def __new__(cls, format_name: str, /) -> TapeSurvey: ...
    def feed(self, data: bytes, /) -> None:
        """Take more of the input, without the interpreter lock."""

    def finish(self) -> list[tuple[str, int, int]]:
        """Return symbols with the decimals of their prices and quantities."""

@final
class TapeMerge:
    """Plays tapes side by side into one, in order of receipt.

    Args:
        paths: The files.
        origin: What the new tape says of itself.

    Raises:
        DataError: If one is no tape.
        InputError: If two have a symbol in different steps.
        OSError: If one cannot be read.
    """

    def __new__(cls, paths: Sequence[str | PathLike[str]], /, *, origin: str = "") -> TapeMerge: ...
    def advance(self, records: int, /) -> bool:
        """Write up to so many records, without the interpreter lock; False at the end."""

    @property
    def event_count(self) -> int: ...
    @property
    def unreadable(self) -> int: ...
    def take(self) -> bytes:
        """Return the bytes of the tape that follow those taken before."""

    def finish(self) -> bytes:
        """Return the last bytes."""

@final
class BookReplay:
    """Plays a recording into a book and keeps account of what happened."""

    def __new__(cls, recording: BinanceFrames | TapeReader | OrderRecording, /) -> BookReplay: ...
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

def special_command_dtype() -> np.dtype[Any]:
    """Return the same with the terms few orders have: triggers, links, expiry, icebergs."""

def report_dtype() -> np.dtype[Any]:
    """Return the type of `MatchingEngine.process`'s answer."""

@final
class RateLimiter:
    """Admission of requests under a venue's limits; time is an argument.

    Made by `token_bucket`, `sliding_window`, `weighted` and `composite`. Every limit answers with
    the nanoseconds to wait: waiting exactly that long admits the request if nothing else was
    admitted meanwhile, a nanosecond less does not. Time that runs backwards grants nothing.

    Tokens are whole numbers up to 2**64 - 1 (`bool` and `float` are refused), times nanoseconds
    since 1970, of a clock that agrees with the venue's where the limit is `weighted`.
    """

    @staticmethod
    def token_bucket(
        *, capacity: int, period_ns: int, refill: int | None = None, reserve: int | None = None
    ) -> RateLimiter:
        """Make a bucket that starts full and gains `refill` tokens in every period.

        In any stretch of `t` nanoseconds it admits at most
        `capacity + refill * t / period_ns` tokens.

        Args:
            capacity: Most tokens it holds, the largest burst.
            period_ns: Time in which `refill` tokens flow in, a little each nanosecond.
            refill: Tokens gained in a period; `capacity` unless given.
            reserve: Tokens that only requests with `use_reserve` may take; none unless given.

        Raises:
            InputError: If a number is zero (but for `reserve`), negative or not whole, the reserve
                is not below the capacity, or filling takes longer than 2**63 ns.
        """

    @staticmethod
    def sliding_window(*, capacity: int, period_ns: int, reserve: int | None = None) -> RateLimiter:
        """Make a limit of `capacity` tokens in any `period_ns` consecutive nanoseconds, exactly.

        Memory grows with the requests in one window, 16 bytes each.

        Args:
            capacity: Most tokens in a window, at most 1,048,576.
            period_ns: Length of the window.
            reserve: Tokens that only requests with `use_reserve` may take; none unless given.

        Raises:
            InputError: As `token_bucket`, or if the capacity is too large.
        """

    @staticmethod
    def weighted(*, capacity: int, period_ns: int, reserve: int | None = None) -> RateLimiter:
        """Make a budget of weight that starts again with each aligned period.

        Periods are `[k, k + 1) * period_ns` since 1970, as Binance counts request weight in
        each minute. `observe` takes over what the venue reports.

        Args:
            capacity: Most weight in a period.
            period_ns: Length of the period.
            reserve: Weight that only requests with `use_reserve` may take; none unless given.

        Raises:
            InputError: As `token_bucket`.
        """

    @staticmethod
    def composite(limiters: Iterable[RateLimiter], /) -> RateLimiter:
        """Make a limiter that admits what all of `limiters` admit, and charges all or none.

        The limiters are shared, not copied: what is charged through one is seen through the other,
        so that one budget can stand in many composites. The parts of a composite count as parts.

        Raises:
            InputError: If there are none, more than eight, or the same twice.
        """

    def acquire(
        self,
        tokens: int | list[int] | tuple[int, ...] | None = None,
        *,
        now_ns: int,
        use_reserve: bool = False,
    ) -> int:
        """Take `tokens` and return 0, or take nothing and return the nanoseconds to wait.

        Args:
            tokens: How many, 1 unless given; of a composite of every part, or one number a part.
                Zero is always admitted.
            now_ns: The time.
            use_reserve: Whether this request may use what is kept in reserve (a cancel may).

        Returns:
            0 when admitted, else the longest wait of a part; 2**64 - 1 stands for that or more.

        Raises:
            InputError: If no wait would admit the request, or a number is negative or not whole.
        """

    def available(self, *, now_ns: int, use_reserve: bool = False) -> int:
        """Return the most tokens one request would be admitted with, of every part."""

    def observe(self, used: int, *, now_ns: int) -> None:
        """Take over the used weight a venue reports for the current period, if above ours.

        A lower count changes nothing: it does not yet hold the requests on their way, and what the
        venue never saw is forgotten at the end of the period.

        Raises:
            InputError: If this is not a single `weighted` limiter.
        """

@final
class PlainOrders:
    """A plain order at one look: checked, counted, worded for the journal and for the venue.

    Plain is a limit order, `GTC`, `IOC` or `FOK`, whose numbers are written as digits. It is
    checked by the rules, takes its cost from the limiter, and is worded, as each part by itself
    would have done it. The venue is Binance.
    """

    def __new__(
        cls,
        rules: PreTrade,
        writer: RequestWriter,
        /,
        *,
        limiter: RateLimiter | None = None,
        tokens: list[int],
        window_ms: int,
    ) -> PlainOrders:
        """Stand on these parts.

        Args:
            rules: What an order is checked by, and counts as working with.
            writer: Signs the venue's message.
            limiter: What the venue lets us send; everything without one.
            tokens: What an order takes of each part of the limiter.
            window_ms: How old a message may be when it arrives.
        """

    def place(
        self,
        order: object,
        /,
        *,
        trader: str,
        strategy: int,
        request_id: str,
        signed: bool,
        now_ns: int,
        venue_ns: int,
    ) -> tuple[tuple[str, str] | None, bytes | None, str | None] | None:
        """Check an order and word it; `None` if it is not plain or makes no sense: nothing is done.

        Returns:
            Code and text of a refusal; or the journal's record, and the venue's message unless the
            limiter lets nothing leave now. What is not refused counts as working until it is
            closed.

        Raises:
            InputError: If a name is not text, or the limiter could never admit the tokens.
        """

@final
class RequestWriter:
    """Writes messages of a request channel: JSON of id, method and signed parameters.

    The form is Binance's: what is signed is every parameter and the key's name, `name=value`,
    sorted by name, joined by `&` and not encoded; `apiKey` and `signature` stand last.
    """

    def __new__(cls, name: str, key: HmacKey | Ed25519Key, /) -> RequestWriter:
        """Sign by a prepared key, and the name that it goes by."""

    def write(
        self,
        request_id: str,
        method: str,
        params: dict[str, str | int | bool],
        /,
        *,
        signed: bool = True,
    ) -> str:
        """Return a message, signed or as it is.

        Raises:
            InputError: If a parameter is none of the three types, or beyond 64 bits.
        """

@final
class HmacKey:
    """An HMAC key prepared for many signatures; the key itself is not kept.

    What is derived from it is overwritten when the object goes. `repr` shows no key.
    """

    def __new__(
        cls,
        key: _Key,
        *,
        algorithm: Literal["sha256", "sha512"] = "sha256",
        encoding: _Encoding = "hex",
    ) -> HmacKey:
        """Prepare `key`.

        Raises:
            SigningError: If the key is empty or not text or bytes, or a word is not one of those.
        """

    def sign(self, message: _Message, /) -> str:
        """Return the signature of `message` (UTF-8 of a `str`), which may be empty.

        Raises:
            SigningError: If it is not text or bytes.
        """

    def verify(self, message: _Message, signature: _Message, /) -> bool:
        """Return whether `signature` is that of `message`, compared in constant time."""

def hmac_sha256(key: _Key, message: _Message, *, encoding: _Encoding = "hex") -> str:
    """Return the HMAC-SHA256 of `message`: 64 hex digits or 44 base64 characters.

    Raises:
        SigningError: If the key is empty, or an argument is not text or bytes.

    Source: RFC 2104; Binance "SIGNED endpoint security", Deribit "Authentication".
    """

def hmac_sha512(key: _Key, message: _Message, *, encoding: _Encoding = "hex") -> str:
    """Return the HMAC-SHA512 of `message`: 128 hex digits or 88 base64 characters.

    Raises:
        SigningError: As `hmac_sha256`.
    """

@final
class Ed25519Key:
    """A parsed Ed25519 private key, wiped when the object goes; `repr` shows the public one."""

    def __new__(cls, key: _Key, *, encoding: _Encoding = "base64") -> Ed25519Key:
        """Parse `key`: a PKCS#8 PEM, 32 raw bytes or 64 hex digits.

        Raises:
            SigningError: If it is anything else; the text says what, and never shows it.
        """

    @property
    def public_key(self) -> str:
        """The public key's 64 hex digits."""

    def sign(self, message: _Message, /) -> str:
        """Return the signature of `message`, the same every time."""

def ed25519(key: _Key, message: _Message, *, encoding: _Encoding = "base64") -> str:
    """Return the Ed25519 signature of `message`: 88 base64 characters or 128 hex digits.

    Percent-encode a base64 signature that goes into a URL.

    Raises:
        SigningError: As `Ed25519Key`.

    Source: RFC 8032; Binance "SIGNED endpoint security", Ed25519 keys.
    """

def ed25519_verify(
    public_key: _Message, message: _Message, signature: _Message, *, encoding: _Encoding = "base64"
) -> bool:
    """Return whether `signature` is that of `message` by the owner of `public_key`.

    Args:
        public_key: A PEM, 32 raw bytes or 64 hex digits.
        message: What was signed.
        signature: Its text.
        encoding: How that text is written.

    Raises:
        SigningError: If the public key is none, or the signature is not 64 bytes so written.
    """

@final
class Eip712Key:
    """A parsed secp256k1 private key, wiped when the object goes; `repr` shows the address."""

    def __new__(cls, key: _Key, /) -> Eip712Key:
        """Parse `key`: 32 raw bytes, or 64 hex digits with or without 0x.

        Raises:
            SigningError: If it is anything else, zero, or not below the curve's order.
        """

    @property
    def address(self) -> str:
        """Who signatures of this key recover to, with the EIP-55 checksum."""

@final
class Eip712Signature:
    """A signature and everything it was made from; hashes and numbers are 0x and 64 hex digits."""

    @property
    def signer(self) -> str:
        """The signer's address, with the EIP-55 checksum."""

    @property
    def r(self) -> str: ...
    @property
    def s(self) -> str:
        """Always in the lower half of the curve."""

    @property
    def v(self) -> int:
        """27 or 28."""

    @property
    def type_hash(self) -> str: ...
    @property
    def domain_separator(self) -> str: ...
    @property
    def struct_hash(self) -> str: ...
    @property
    def digest(self) -> str:
        """What was signed."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def eip712_order(
    key: _Key | Eip712Key,
    *,
    chain_id: int,
    sub_account_id: int | str,
    instrument_hash: str,
    base_decimals: int,
    side: _Side,
    quantity: Decimal | str | int,
    price: Decimal | str | int | None,
    nonce: int,
    expiration_ns: int,
    time_in_force: Literal[
        "GOOD_TILL_TIME",
        "ALL_OR_NONE",
        "IMMEDIATE_OR_CANCEL",
        "FILL_OR_KILL",
        "RETAIL_PRICE_IMPROVEMENT",
    ] = "GOOD_TILL_TIME",
    post_only: bool = False,
    reduce_only: bool = False,
    builder: str | None = None,
    builder_fee: Decimal | str | int | None = None,
    excess_digits: _ExcessDigits = "refuse",
) -> Eip712Signature:
    """Sign a GRVT order of one leg; with a builder as `OrderWithBuilderFee`, else as `Order`.

    Nothing is drawn or assumed: the nonce and the expiration are the caller's, and equal arguments
    give equal signatures. Numbers are scaled as decimal text; a `float` is refused.

    Args:
        key: A prepared key (parsing costs as much as signing), or what `Eip712Key` takes.
        chain_id: 325 in production, 326 on the test network.
        sub_account_id: The account that trades.
        instrument_hash: The instrument's hash as the venue lists it, 0x and hex digits.
        base_decimals: Decimals of the base asset, at most 18.
        side: Whether the base asset is bought or sold.
        quantity: In base units, at most `base_decimals` decimals.
        price: In quote units per base unit, at most 9 decimals; `None` makes a market order.
        nonce: A number below 2**32, not used before with this expiration.
        expiration_ns: When the signature, and with it the order, ends: nanoseconds since 1970.
        time_in_force: The venue's word.
        post_only: Refused by the venue rather than taking liquidity.
        reduce_only: May only shrink a position.
        builder: Address of who routed the order.
        builder_fee: Their fee in percent, at most 4 decimals.
        excess_digits: Whether further decimals are refused, or dropped as GRVT's own library does.

    Raises:
        SigningError: If the key cannot be used, or a number is negative, zero, loses digits or
            does not fit.

    Source: GRVT API documentation, "Signing"; EIP-712.
    """

def eip712_transfer(
    key: _Key | Eip712Key,
    *,
    chain_id: int,
    from_account: str,
    from_sub_account: int | str,
    to_account: str,
    to_sub_account: int | str,
    token_currency: int,
    amount: Decimal | str | int,
    token_decimals: int,
    nonce: int,
    expiration_ns: int,
    excess_digits: _ExcessDigits = "refuse",
) -> Eip712Signature:
    """Sign a GRVT transfer between accounts; sub-account 0 is the funding account.

    Args:
        key: As `eip712_order`.
        chain_id: As `eip712_order`.
        from_account: Address that gives.
        from_sub_account: Its sub-account.
        to_account: Address that receives.
        to_sub_account: Its sub-account.
        token_currency: The venue's number of the currency, below 256.
        amount: In whole tokens, at most `token_decimals` decimals.
        token_decimals: Decimals of the token (6 for USDT), at most 18.
        nonce: As `eip712_order`.
        expiration_ns: As `eip712_order`.
        excess_digits: As `eip712_order`.

    Raises:
        SigningError: As `eip712_order`.
    """

def eip712_wallet_login(
    key: _Key | Eip712Key, *, chain_id: int, nonce: int, expiration_ns: int
) -> Eip712Signature:
    """Sign the proof of holding a wallet's key that GRVT answers with a session cookie.

    Raises:
        SigningError: As `eip712_order`.
    """

def eip712_recover(digest: str, *, r: str, s: str, v: int) -> str:
    """Return the address that signed `digest`.

    Raises:
        SigningError: If a word is not 64 hex digits, `v` is not 27 or 28, `s` is in the upper half
            of the curve, or no key fits.
    """

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
    def request(
        self,
    ) -> tuple[
        str,
        str,
        _Side,
        Literal["limit", "market", "stop", "stop_limit", "trailing_stop"],
        Decimal,
        Decimal | None,
        Literal["GTC", "IOC", "FOK"],
        bool,
        bool,
        Decimal | None,
        Decimal | None,
    ]:
        """Return what a venue is to be asked for, in one look.

        Client order id, symbol, side, type, quantity, price (`None` of a market order), time in
        force, post-only, reduce-only: each as the property of that name says it. Then the trigger
        of a stop, or where that of a trailing one starts, and how far that follows; `None` of every
        other order.
        """

    @property
    def side(self) -> _Side: ...
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
    def stop_price(self) -> Decimal | None:
        """The trigger the venue confirmed last; of a trailing stop where it starts."""

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
    def side(self) -> _Side:
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

_OrderEventName: TypeAlias = Literal[
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
        """The number of its name, from 0 in the order of `_OrderEventName`."""

    @property
    def name(self) -> _OrderEventName: ...
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
    def side(self) -> _Side | None: ...
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
    @property
    def adopted_at_ns(self) -> int | None:
        """The venue's time of what was adopted last; `None` where fills explain everything."""

    def unrealized(self, mark: _Number, /) -> Decimal:
        """Return the profit that closing at `mark` would take.

        Raises:
            InputError: If the mark is not above 0 or the amount is beyond counting.
        """

    def value(self, mark: _Number, /) -> Decimal:
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
        order_types: Sequence[str] | None = None,
        times_in_force: Sequence[str] | None = None,
    ) -> Trader:
        """Make a trader without orders.

        Args:
            instruments: What it may trade.
            run_id: 1 to 12 lower case letters or digits, part of every client order id.
            venue: The venue's name, whole or up to its first `-` what may stand before a symbol.
            can_amend: Whether the venue can change a resting order; else `quote` cancels and
                places anew.
            retained: How many finished orders stay readable; 65,536 unless given.
            order_types: What the venue takes, `limit` and `market` unless given; `iceberg` for
                orders that show a part, `protection` for market orders with a worst price.
            times_in_force: How long orders may live there, `GTC`, `IOC` and `FOK` unless given.

        Raises:
            InputError: If a symbol is given twice, the run id is none, or a word is not known.
        """

    def submit(
        self,
        symbol: str,
        side: _Side,
        quantity: _Number,
        price: _Number | None = None,
        *,
        type: str | None = None,  # noqa: A002 -- the word of the contract
        time_in_force: str = "GTC",
        post_only: bool = False,
        reduce_only: bool = False,
        client_order_id: str | None = None,
        tag: str | None = None,
        unsupported: str | None = None,
        stop_price: _Number | None = None,
        trailing_distance: _Number | None = None,
        display_quantity: _Number | None = None,
        expire_time_ns: int | None = None,
        now_ns: int,
    ) -> Order:
        """Send an order, or note that it was denied.

        Args:
            symbol: What to trade.
            side: Which way.
            quantity: How much.
            price: The limit; of an order without one the worst price, where the venue takes one.
            type: `limit` or `market`, by whether there is a price, unless given. A type that the
                venue does not take is denied as `UNSUPPORTED`.
            time_in_force: How long; one that the venue does not take is denied likewise.
            post_only: Refuse rather than take.
            reduce_only: Refuse rather than increase the position.
            client_order_id: One of this run's ids, not used before; the next one unless given.
            tag: A name for the strategy's own use.
            unsupported: What the caller knows this host cannot do: the order is denied.
            stop_price: The trigger of a stop; of a trailing stop where it starts.
            trailing_distance: How far the trigger of a trailing stop stays behind the last trade.
            display_quantity: What an iceberg shows at a time.
            expire_time_ns: When a `GTD` order expires, in nanoseconds since 1970.
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
        price: _Number | None = None,
        quantity: _Number | None = None,
        stop_price: _Number | None = None,
        now_ns: int,
    ) -> bool:
        """Ask for another price, total quantity, or trigger of a stop that waits.

        `False` (and an event) when that is refused.
        """

    def cancel_all(
        self, symbol: str | None = None, side: _Side | None = None, *, now_ns: int
    ) -> int:
        """Ask for the cancel of all live orders that match; return how many commands that took."""

    def quote(
        self,
        symbol: str,
        bids: Iterable[tuple[_Number, _Number]],
        asks: Iterable[tuple[_Number, _Number]],
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

    def want_events(self, names: Sequence[_OrderEventName], /) -> None:
        """Keep only these events for `take_events`.

        Raises:
            InputError: If a name is none.
        """

    def keep_journal(self) -> None:
        """Keep every event and command a second time, for `take_journal` and `take_sent`."""

    def take_journal(self) -> list[OrderEvent]:
        """Return every event since the last call, for a reader that is not the strategy."""

    def take_sent(
        self,
    ) -> list[tuple[int, tuple[Literal["new", "modify", "cancel"], Order, tuple[int, ...] | None]]]:
        """Return every command asked for since the last call: our time, and as `take_commands`."""

    def take_commands(
        self,
    ) -> list[tuple[Literal["new", "modify", "cancel"], Order, tuple[int, ...] | None]]:
        """Return what is to be sent, in order: word, order, (price in ticks, total in lots).

        A change of a trigger has that, in ticks, as a third.
        """

    @property
    def pending_commands(self) -> int:
        """How many commands wait in `take_commands`."""

    @property
    def next_client_order_id(self) -> str:
        """The client order id that the next order gets, unless `submit` is given one."""

    def apply(
        self,
        order_key: int,
        reply: str,
        /,
        *,
        ts_event_ns: int,
        ts_recv_ns: int,
        exec_id: int = 0,
        price: _Number | None = None,
        quantity: _Number | None = None,
        liquidity: Literal["maker", "taker"] = "maker",
        fee: _Number | None = None,
        reject_code: str | None = None,
        reject_text: str | None = None,
        stop_price: _Number | None = None,
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
            reject_text: Of a refusal, in the venue's own words; the code's sentence unless given.
                The first 256 characters are kept.
            stop_price: Of a replacement: the new trigger of a stop that waits.

        Raises:
            InputError: If the reply lacks what it needs, or a word is none.
        """

    def order(self, order_id: int | str, /) -> Order | None:
        """Return the order with this key or client order id, unless it never was or is retired."""

    def orders(self, symbol: str | None = None, side: _Side | None = None) -> list[Order]:
        """Return the live orders that match, oldest first."""

    def position(self, symbol: str, /) -> Position: ...
    def adopt_position(
        self,
        symbol: str,
        /,
        *,
        quantity: _Number,
        average_price: _Number,
        ts_event_ns: int,
    ) -> Position:
        """Take over what a venue reports and no fill of ours explains: at start-up, say.

        It counts as a trade at `average_price` without a fee, so what an account adds up to still
        holds. Two calls are two trades. No order has an event of it.

        Args:
            symbol: Of what.
            quantity: How much more is held than known here; negative for less.
            average_price: What it was bought or sold at; it need not lie on the tick.
            ts_event_ns: When the venue said so.

        Raises:
            InputError: If the price is not above 0, the quantity is off the lot, or the position
                would be beyond counting; nothing is changed then.
            UnknownSymbolError: If the trader was not given the symbol.
        """

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
    """Return every legal transition of an order as (state, event, state), for its diagram."""

@final
class Delay:
    """How long messages of one direction travel; what is sent later never arrives earlier."""

    @staticmethod
    def constant(delay_ns: int, /) -> Delay:
        """Return a delay that is always the same.

        Raises:
            InputError: If it is below zero or above a minute.
        """

    @staticmethod
    def quantiles(delays_ns: Sequence[int], /) -> Delay:
        """Return a delay drawn between quantiles at equal steps of probability, least first.

        Raises:
            InputError: If there are fewer than two, or one is out of bounds or below another
                before it.
        """

    @staticmethod
    def log_normal(*, median_ns: int, p99_ns: int) -> Delay:
        """Return a delay drawn log-normally, at most a minute.

        Raises:
            InputError: If one is out of bounds, or the median is zero or above the other.
        """

    @staticmethod
    def recorded(measured: Sequence[tuple[int, int]], /) -> Delay:
        """Return a delay as measured: times that rise, and delays, both in nanoseconds.

        Raises:
            InputError: If there is none, times do not rise, or a delay is out of bounds.
        """

@final
class SimulationRules:
    """What a simulated venue demands besides the fees of everybody."""

    def __new__(
        cls,
        instrument: Instrument,
        /,
        *,
        fee_tiers: Sequence[tuple[_Number, _Number, _Number]] = ...,
        fee_window_days: int = 30,
        volume_before: _Number | None = None,
        funding_interval_ns: int | None = None,
        funding_rate: _Number | None = None,
        funding: Sequence[tuple[int, _Number, _Number | None]] | None = None,
        balance: _Number | None = None,
        initial_margin: _Number | None = None,
        maintenance_margin: _Number | None = None,
        liquidation_fee: _Number | None = None,
        request_limits: Sequence[tuple[str, int, int, int, tuple[int, int, int]]] = ...,
        outages: Sequence[tuple[int, int, int | None]] = ...,
        refused_in: int = 0,
        seed: int = 0,
        quantity_min: _Number | None = None,
        quantity_max: _Number | None = None,
        orders_max: int | None = None,
        band_bps: int | None = None,
        self_trade_prevention: str = "cancel_newest",
        reprice_post_only: bool = False,
        day_end_ns: int = 0,
    ) -> Self:
        """Keep rules; what is not given is not demanded.

        Args:
            instrument: In whose steps quantities and marks are.
            fee_tiers: Volume, maker and taker rate from that volume on, volumes rising.
            fee_window_days: Days of that volume.
            volume_before: What was traded before the run, counted to the day before it.
            funding_interval_ns: Between two payments, at whole multiples since 1970.
            funding_rate: Of each of them; longs pay when it is above zero.
            funding: Recorded payments: time, rate, mark (the mid where it is none), times rising.
            balance: What the account starts with; margin is checked when it is given.
            initial_margin: Part of the largest position an order could lead to.
            maintenance_margin: Part of a position, below which it is liquidated.
            liquidation_fee: Part of what a liquidation trades.
            request_limits: Kind (`token_bucket sliding_window weighted`), capacity, period in
                nanoseconds, refill, and what a new order, a change and a cancel take.
            outages: Start, end, and the timeout in nanoseconds of commands that are lost; none
                where they are refused. In order and apart.
            refused_in: One new order or change in so many is refused by chance; zero for none.
            seed: Where those draws start from.
            quantity_min: Least quantity of an order.
            quantity_max: Largest quantity of an order.
            orders_max: Most live orders.
            band_bps: How far a limit may be from the mid.
            self_trade_prevention: `none cancel_newest cancel_oldest cancel_both decrement`.
            reprice_post_only: Whether a post-only order that would take is moved.
            day_end_ns: When a `DAY` order expires, after 00:00 UTC.

        Raises:
            InputError: If a figure is out of range.
        """

@final
class OrderRecording:
    """A market of which every order is known, to be played: where ours stand in it is exact.

    After each command its trades come, then the levels that changed, then the touch if it moved.
    """

    @staticmethod
    def lobster(messages: bytes, instrument: Instrument, /, *, first_book: bytes) -> OrderRecording:
        """Return the market of LOBSTER's files, in its ticks of 1/10 000 dollar.

        Args:
            messages: The message file.
            instrument: What is traded; a tick is 0.0001, a lot a share.
            first_book: The first row of the order book file.

        Raises:
            DataError: If there is no message, or the first or the row cannot be read.
        """

    @staticmethod
    def generated(
        instrument: Instrument,
        /,
        *,
        seed: int,
        start_ns: int,
        duration_ns: int,
        price: _Number,
        volatility_milliticks: int,
    ) -> OrderRecording:
        """Return the market of `generate_tape` with the same arguments.

        Raises:
            InputError: As `generate_tape`.
            PriceError: As `generate_tape`.
        """

    @property
    def instrument(self) -> Instrument:
        """What is traded."""

    @property
    def byte_count(self) -> int:
        """Bytes of the message file; 0 of a generated market."""

@final
class Maker:
    """A sample strategy of the core with its settings.

    Settings are those of the `Config` of the Python class of the same name.
    """

    @staticmethod
    def two_sided(
        instrument: Instrument,
        /,
        *,
        half_spread_bps: float,
        skew_bps: float,
        size: _Number,
        max_position: _Number,
    ) -> Maker:
        """Make the twin of `TwoSidedQuoter`.

        Raises:
            InputError: If a number is not finite or out of range, or `size` is below one lot.
        """

    @staticmethod
    def avellaneda_stoikov(
        instrument: Instrument,
        /,
        *,
        risk_aversion: float,
        horizon_s: float,
        k_per_bp: float,
        calibrate: bool,
        volatility_half_life_s: float,
        size: _Number,
        max_position: _Number,
        edge_bps: float,
        min_spread_ticks: int,
    ) -> Maker:
        """Make the twin of `AvellanedaStoikov`.

        Raises:
            InputError: If a number is not finite or out of range, or `size` is below one lot.
            OverflowError: If `min_spread_ticks` does not fit 64 bits.
        """

@final
class MakerGroup:
    """Makers on one recording, each in a simulation of its own.

    The recording is decoded once, a block at a time, and each block is played by all of them.
    """

    def __new__(
        cls,
        recording: BinanceFrames | TapeReader | OrderRecording,
        makers: Sequence[Maker],
        /,
        *,
        maker_fee: Decimal | str | int,
        taker_fee: Decimal | str | int,
        feed_latency_ns: int | Delay,
        entry_latency_ns: int | Delay,
        response_latency_ns: int | Delay,
        queue: str,
        latency_seed: int = 0,
        rules: SimulationRules | None = None,
    ) -> MakerGroup:
        """Stand at the start of a recording; assumptions are those of `Simulation`.

        Raises:
            InputError: If an argument is none of those, or a maker has another instrument.
        """

    def advance(self) -> bool:
        """Play some blocks with the interpreter released; return whether that was the last."""

    @property
    def offset(self) -> int:
        """Bytes of the recording that were read."""

    def __len__(self) -> int:
        """Return how many makers there are."""

    def close(self, run: int, /) -> dict[str, Any]:
        """Return the totals of one run, as `Simulation.close`.

        Raises:
            InputError: If there is no such run.
            SimulationError: If its account does not add up.
        """

    def counts(self, run: int, /) -> dict[str, int]:
        """Return what `Simulation.counts` has, of one run."""

    def denials(self, run: int, /) -> int:
        """Return how many orders of a run were denied before they were sent."""

    def fills(self, run: int, /) -> dict[str, npt.NDArray[Any]]:
        """Return what `Simulation.fills` does, of one run."""

    def orders(self, run: int, /) -> dict[str, npt.NDArray[Any]]:
        """Return what `Simulation.orders` does, of one run."""

    def equity(self, run: int, /) -> dict[str, npt.NDArray[Any]]:
        """Return what `Simulation.equity` does, of one run."""

@final
class Simulation:
    """Recordings, venues that fill against them, and a trader, on one clock.

    The clock is the recordings' time of receipt. A message left its venue the feed latency before
    it was received; a command arrives there the entry latency after it was sent, its answer here
    the response latency after that. At one instant things happen in this order: the venues' markets
    move, commands arrive, answers are received, messages are received, timers ring; of one kind
    those of the recording named first come first.

    A recording has a place, from 0. One that begins later or ends before the others has no book
    then, and its venue takes no orders; cancels, and answers under way, are told all the same.
    """

    def __new__(
        cls,
        recording: BinanceFrames | TapeReader | OrderRecording,
        trader: Trader,
        /,
        *,
        symbol: str,
        maker_fee: Decimal | str | int,
        taker_fee: Decimal | str | int,
        feed_latency_ns: int | Delay,
        entry_latency_ns: int | Delay,
        response_latency_ns: int | Delay,
        queue: str,
        latency_seed: int = 0,
        rules: SimulationRules | None = None,
    ) -> Simulation:
        """Stand at the start of a recording.

        Args:
            recording: What is played.
            trader: Whose commands are taken, and who is told what became of them.
            symbol: Which of the trader's instruments the recording is of.
            maker_fee: Fee of a fill that rested as a part of the notional; negative is a rebate.
            taker_fee: Fee of a fill that came.
            feed_latency_ns: From the venue's book to our receipt, at most a minute.
            entry_latency_ns: From our command to the venue, at most a minute.
            response_latency_ns: From the venue's decision to our receipt, at most a minute.
            queue: How a queue shrinks when others cancel:
                `risk-averse power power-2 power-3 log`, or `power:N`.
            latency_seed: Where the draws of latency start from.
            rules: What the venue demands besides; nothing unless given.

        Raises:
            InputError: If an argument is none of the above, or the trader counts in other steps.
            UnknownSymbolError: If the trader has no such symbol.
        """

    @staticmethod
    def join(parts: Sequence[Simulation], /) -> Simulation:
        """Play several recordings on one clock: those of simulations that have not begun.

        The parts are empty then. Their places are those in `parts`.

        Raises:
            InputError: If there are none or more than 256, one has begun or was joined before, two
                are of one symbol, or they have several traders.
        """

    @property
    def book(self) -> BookView:
        """The first recording's book as the messages received so far make it."""

    @property
    def books(self) -> list[BookView]:
        """The book of each recording."""

    @property
    def woken(self) -> int:
        """The place of the recording whose book, trade, quote or record `advance` told of last."""

    @property
    def now_ns(self) -> int:
        """Simulated time, in nanoseconds since 1970; 0 before `prepare`."""

    @property
    def offset(self) -> int:
        """Bytes of the recordings that were read."""

    def subscribe(
        self,
        *,
        book_depth: int = 0,
        trades: bool = False,
        quotes: bool = False,
        corrupt: bool = False,
        asides: bool = False,
        place: int | None = None,
    ) -> None:
        """Say what `advance` comes back for, besides order events and timers.

        Args:
            book_depth: Best levels of each side whose change is of interest; 0 for none. A book
                that is stale or crossed is not shown.
            trades: Every trade.
            quotes: Every quote.
            corrupt: Every record that cannot be read.
            asides: What is said beside the book: funding, terms, breaks.
            place: Of which recording; of each unless given.

        Raises:
            InputError: If there is no such recording.
        """

    def prepare(self) -> int:
        """Move the clock to the first message, let nothing happen yet; return the time."""

    def turn(self) -> int:
        """Go on as `advance` does, by 50,000 messages at most."""

    def advance(self, messages_max: int, /) -> int:
        """Send what the trader has to send, then go on until something is of interest.

        Returns:
            0 the end, 1 the book changed, 2 a trade, 3 a quote, 4 the trader has events, 5 a timer
            rang, 6 a record cannot be read, 7 `messages_max` messages went by without any of these,
            8 something was said beside the book.
        """

    @property
    def timer_id(self) -> int:
        """The timer that rang last."""

    def set_timer(self, at_ns: int, /, *, every_ns: int = 0) -> int:
        """Ring at a time (at once if it is past) and then each period; return its number."""

    def cancel_timer(self, timer_id: int, /) -> bool:
        """Take a timer out; `False` if none has this number."""

    @property
    def last_trade(self) -> tuple[int, int, int, int, _Side, int, int] | None:
        """The last trade received.

        The place of its recording, id, price in ticks, quantity in lots, who took, the venue's
        time, ours.
        """

    @property
    def last_quote(self) -> tuple[int, int, int, int, int, int, int] | None:
        """The last quote received.

        The place of its recording, bid, its lots, ask, its lots, the venue's time, ours.
        """

    @property
    def last_aside(
        self,
    ) -> tuple[int, str, tuple[int, int, int], Instrument | None, tuple[int, int]] | None:
        """What was last received beside a book.

        The place of its recording; `funding`, `terms` or why the recording breaks (`gap`,
        `disconnected`, `connected`, `damaged`); of funding the rate and the mark price in 10⁻⁹
        and the time of payment, 0 for what was not told; of terms the instrument; the venue's
        time and ours.
        """

    @property
    def is_idle(self) -> bool:
        """Whether no order of ours is alive, and no message about one under way."""

    @property
    def errors(self) -> list[str]:
        """The first hundred records of each recording that could not be read, with their place."""

    @property
    def counts(self) -> dict[str, int]:
        """Messages by kind, `gaps`, `crossed` books, `corrupt` and `disordered` records.

        Beside them `fundings`, `terms` and `breaks` that the recording told.
        """

    def queue_ahead(self, order_key: int, place: int = 0, /) -> int | None:
        """Return the lots displayed ahead of a resting order of ours, as the venue has it.

        Exact where the recording knows every order, else as the queue model has it. `None` when
        the order does not rest, or the book is not known.
        """

    def events(self, place: int = 0, /) -> int:
        """Return how many messages of a recording were played."""

    def queue_stats(self, place: int = 0, /) -> dict[str, int | None]:
        """Return sums over a recording's resting orders and the trades they saw."""

    def close(self, place: int = 0, /) -> dict[str, Any]:
        """End the account of a recording: its exact totals.

        They are `spread inventory fees funding total cash volume position`. `markouts` has,
        for 1, 5 and 30 seconds, what the fills had gained against their mid and how many they were.

        Raises:
            SimulationError: If cash, fees or position differ from the sum over the fills, or from
                what the trader believes, in the last digit.
        """

    def fills(self, place: int = 0, /) -> dict[str, npt.NDArray[Any]]:
        """Return every fill as columns."""

    def orders(self, place: int = 0, /) -> dict[str, npt.NDArray[Any]]:
        """Return every order that was sent as columns."""

    def equity(self, place: int = 0, /) -> dict[str, npt.NDArray[Any]]:
        """Return the account once a second and after each fill as columns."""

    def callbacks(self) -> dict[str, npt.NDArray[np.int64]]:
        """Return what the strategy's callbacks cost this machine, the first million of them.

        `ns` is the time between `advance` and the next call of it, `ts_ns` when in the simulation.
        """

    def fundings(self, place: int = 0, /) -> dict[str, npt.NDArray[np.generic]]:
        """Return the funding payments as columns of one length.

        `ts_ns` int64 (venue's clock), `position` float64 (negative is short), `mark` float64,
        `rate` float64, `amount` float64 (received; negative was paid).
        """

    def round_trips(self, place: int = 0, /) -> dict[str, npt.NDArray[Any]]:
        """Return how long each answer took as columns; `request` 0 new, 1 modify, 2 cancel."""

def reject_codes() -> list[tuple[int, str, str]]:
    """Return every code of a refusal as (number, name, sentence), in order of its number."""

def generate_tape(
    instrument: Instrument,
    /,
    *,
    seed: int,
    start_ns: int,
    duration_ns: int,
    price: _Number,
    volatility_milliticks: int,
    orders: bool = False,
) -> bytes:
    """Return a tape of a generated market: simulated traders in our own matching engine.

    Integer arithmetic only: the same arguments give the same bytes on every platform.

    Args:
        instrument: What is traded.
        seed: Chooses all that is left to chance.
        start_ns: Time of the first message, in nanoseconds since 1970.
        duration_ns: How long, at most a day.
        price: Where the fair value starts and is pulled back to, at most 2⁴⁰ ticks.
        volatility_milliticks: Standard deviation of the fair value over a calm second, in
            thousandths of a tick, at most a million.
        orders: Whether the tape holds every order of the market, or what was public of them.

    Raises:
        InputError: If a time, the price or the volatility is outside these bounds.
        PriceError: If the price is off the tick or not positive.
    """

def shadow_study(
    instrument: Instrument,
    /,
    *,
    seed: int,
    start_ns: int,
    duration_ns: int,
    price: _Number,
    volatility_milliticks: int,
    every_ns: int,
    life_ns: int,
    behind: int,
    queues: Sequence[str],
) -> dict[str, Any]:
    """Put shadow orders into a generated market: what became of each, and what models guess.

    A shadow is one lot at the back of a price that nobody sees and that takes nothing. The market
    is that of `generate_tape` with the same arguments, of which all orders are known; the models
    see what it publishes.

    Args:
        instrument: What is traded.
        seed: Chooses all that is left to chance.
        start_ns: Time of the first message, in nanoseconds since 1970.
        duration_ns: How long, at most a day.
        price: Where the fair value starts and is pulled back to, at most 2⁴⁰ ticks.
        volatility_milliticks: How far it moves in a calm second, in thousandths of a tick.
        every_ns: One shadow in this time, on a side by chance; a millisecond to an hour.
        life_ns: How long a shadow waits, at most a day.
        behind: At most so many ticks behind the published best price, by chance; at most 1,000.
        queues: The models: `risk-averse power power-2 power-3 log`.

    Returns:
        Arrays of `int64`. One row a shadow whose life was over in time: `placed_ns side`
        (1, -1) `price` (ticks) `ahead` (lots) `truth_ns`, and under each model's name when it
        traded by that model; -1 for never. And `mid_ns mid`: best bid plus best ask, in ticks,
        from each time on. And two numbers: `crossed`, shadows not put because they would have
        traded at once, and `unreadable`.

    Raises:
        InputError: If a number is outside its bounds or a model is unknown.
        PriceError: If the price is off the tick or not positive.
    """

def shadow_study_lobster(
    messages: bytes,
    /,
    *,
    first_book: bytes,
    seed: int,
    every_ns: int,
    life_ns: int,
    behind: int,
    queues: Sequence[str],
) -> dict[str, Any]:
    """Put shadow orders into a recorded market: a message file of LOBSTER.

    Prices are ticks of 1/10 000 dollar, times nanoseconds since midnight. Orders from before the
    first message count as ahead of every shadow at their price.

    Args:
        messages: The message file.
        first_book: The first row of its order book file.
        seed: Chooses sides and prices.
        every_ns: As in `shadow_study`.
        life_ns: As in `shadow_study`.
        behind: As in `shadow_study`.
        queues: As in `shadow_study`.

    Returns:
        What `shadow_study` returns.

    Raises:
        InputError: If a number is outside its bounds or a model is unknown.
        DataError: If the first message or the row cannot be read.
    """
