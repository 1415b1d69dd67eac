"""The Rust core; import these names from `tradecore` or `tradecore.core`."""

from decimal import Decimal
from typing import Final, Literal, TypeAlias, final

__all__ = [
    "BUILD_PROFILE",
    "BookGapError",
    "DataError",
    "InputError",
    "Instrument",
    "InstrumentSpecError",
    "PriceError",
    "QuantityError",
    "SigningError",
    "TradecoreError",
    "UnknownSymbolError",
    "__version__",
]

Number: TypeAlias = Decimal | str | int | float
Side: TypeAlias = Literal["buy", "sell"]

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
