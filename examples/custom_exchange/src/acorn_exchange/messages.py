"""What travels between Acorn and us: every message is declared once, and read strictly."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, TypeAlias, TypeVar

import msgspec

from tradecore.model import Side  # noqa: TC001 - msgspec reads the types of fields

Status: TypeAlias = Literal["open", "filled", "canceled", "expired"]
T = TypeVar("T")


class MalformedError(Exception):
    """What arrived is not what the protocol promises."""


class Exact(msgspec.Struct):
    """A message whose numbers are numbers."""

    def __post_init__(self) -> None:
        """Refuse what is no number, such as `NaN`: it could not be compared."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, Decimal) and not value.is_finite():
                raise ValueError(f"a number is finite: {name}={value}")


class Time(Exact):
    """The answer of `GET /v1/time`, in microseconds since 1970."""

    now_us: int


class Market(Exact):
    """A row of `GET /v1/markets`."""

    name: str
    base: str
    quote: str
    tick: Decimal
    lot: Decimal
    min_value: Decimal
    is_open: bool


class OrderTerms(Exact, omit_defaults=True):
    """The body of `POST /v1/orders`; several in a list for `POST /v1/orders/batch`."""

    id: str
    market: str
    side: Side
    quantity: Decimal
    price: Decimal | None = None
    life: Literal["GTC", "IOC", "FOK"] = "GTC"
    post_only: bool = False
    reduce_only: bool = False


class Change(Exact):
    """The body of `PUT /v1/orders/ID`."""

    market: str
    price: Decimal
    quantity: Decimal


class Deadline(Exact):
    """The body of `POST /v1/deadline`: cancel everything of a market unless asked again."""

    market: str
    after_ms: int


class Order(Exact, tag="order"):
    """An order as it stands: an answer, a row of a list, and an event of the private stream."""

    id: str
    number: int
    market: str
    side: Side
    quantity: Decimal
    filled: Decimal
    status: Status
    life: Literal["GTC", "IOC", "FOK"]
    post_only: bool
    reduce_only: bool
    at_us: int
    price: Decimal | None = None
    #: In events: what happened to it.
    what: Literal["", "placed", "changed", "canceled", "expired"] = ""


class Fill(Exact, tag="fill"):
    """A trade of ours: an event, and a row of `GET /v1/fills`."""

    number: int
    order_id: str
    order_number: int
    market: str
    side: Side
    price: Decimal
    quantity: Decimal
    fee: Decimal
    fee_currency: str
    is_maker: bool
    order_filled: Decimal
    at_us: int


class Position(Exact, tag="position"):
    """What is held: an event, and a row of `GET /v1/positions`."""

    market: str
    quantity: Decimal
    at_us: int
    entry_price: Decimal | None = None


class Wallet(Exact, tag="wallet"):
    """Money: an event, and a row of `GET /v1/wallets`."""

    currency: str
    total: Decimal
    free: Decimal
    at_us: int


class Ready(msgspec.Struct, tag="ready"):
    """The private stream knows who listens."""


class Refusal(msgspec.Struct, tag="refusal"):
    """Why something was not done; the body of every answer that is no success."""

    code: str
    text: str = ""


class Book(Exact, tag="book"):
    """Levels of a market: all of them after a subscription, what changed from then on."""

    market: str
    number: int
    is_whole: bool
    bids: list[tuple[Decimal, Decimal]]
    asks: list[tuple[Decimal, Decimal]]
    at_us: int


class Print(Exact, tag="print"):
    """A trade as everybody sees it."""

    market: str
    number: int
    price: Decimal
    quantity: Decimal
    aggressor: Side
    at_us: int


Said: TypeAlias = Order | Fill | Position | Wallet | Ready | Refusal | Book | Print
"""Whatever a stream can say."""


def read(kind: type[T], data: bytes) -> T:
    """Read a message.

    Raises:
        MalformedError: If it is none of its kind, or holds a number that cannot be one.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, ArithmeticError, ValueError, RecursionError) as error:
        raise MalformedError(
            f"a {getattr(kind, '__name__', 'message')} is well formed: {error}"
        ) from error


def read_said(data: bytes) -> Said:
    """Read whatever a stream said.

    Raises:
        MalformedError: If it is no message of ours.
    """
    said: Said = read(Said, data)  # type: ignore[arg-type]  # a union is a type to msgspec
    return said


def write(message: object) -> bytes:
    """Write a message; exact numbers travel as text."""
    return msgspec.json.encode(message)
