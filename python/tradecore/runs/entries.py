"""What the records of a run's journal say.

A run is what a strategy was told, in its order, and what it did. The first record says what was
run; those that follow are one thing the strategy was told each, and behind it what it sent and
what its orders came to. Prices and quantities are decimals as text.
"""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003 - msgspec reads the types of fields
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import msgspec

from tradecore.core import DataError, Instrument
from tradecore.runs.recipe import Recipe  # noqa: TC001 - msgspec reads the types of fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.core import Order, OrderEvent

__all__ = [
    "FORMAT",
    "Begin",
    "Code",
    "End",
    "EntryKind",
    "Facts",
    "Heard",
    "Held",
    "Sent",
    "decode_begin",
    "decode_end",
    "decode_heard",
    "decode_sent",
    "encode_heard",
    "encode_sent",
]

FORMAT: Final = 1


class EntryKind(IntEnum):
    """What a record is; the number is in files."""

    BEGIN = 1
    #: A value of the wire: its kind in one byte, then its body.
    TOLD = 2
    #: Changes of a book: the number of its symbol in two bytes, then each body behind its length.
    BOOK = 3
    #: Every book was forgotten.
    CLEARED = 4
    #: Timers that were due rang.
    RANG = 5
    #: The strategy was asked for its state, and stopped.
    STOPPED = 6
    #: A command left.
    SENT = 7
    #: An order's event.
    HEARD = 8
    #: No more is kept: the file has the size it may have.
    FULL = 9
    END = 10


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """An instrument, in words."""

    symbol: str
    kind: Literal["spot", "linear", "inverse"]
    tick_size: Decimal
    lot_size: Decimal
    multiplier: Decimal
    min_notional: Decimal
    maker_fee: Decimal
    taker_fee: Decimal

    @classmethod
    def of(cls, instrument: Instrument) -> Facts:
        """Return the words of an instrument."""
        return cls(**{name: getattr(instrument, name) for name in cls.__struct_fields__})

    def instrument(self) -> Instrument:
        """Return the instrument they are of."""
        facts: dict[str, Any] = {name: getattr(self, name) for name in self.__struct_fields__}
        return Instrument(facts.pop("symbol"), **facts)


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """Which class ran, and what its file was.

    Args:
        module: The module it was imported as.
        name: The class.
        file: Its source file; empty where it has none.
        sha256: The digest of that file when it ran.
    """

    module: str
    name: str
    file: str = ""
    sha256: str = ""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A position that was taken over before the start."""

    symbol: str
    quantity: Decimal
    average_price: Decimal
    ts_event_ns: int


class Begin(msgspec.Struct, frozen=True, kw_only=True):
    """What was run.

    Args:
        host: What ran it.
        version: The version of tradecore.
        run_id: The part of client order ids that names the run.
        venue: What stands before a symbol's name.
        code: The class.
        params: Its settings, as `from_params` takes them.
        instruments: What it may trade.
        held: Positions taken over.
        state: What `on_load` was given.
        cancels_on_silence: Whether resting orders are taken out when a connection is lost.
        recipes: Of a backtest, what it was played from: of each instrument.
        order_types: What its venue took, of a run by sockets.
        format: The version of these records.
    """

    host: Literal["trader", "backtest", "exchange"]
    version: str
    run_id: str
    venue: str
    code: Code
    params: dict[str, Any]
    instruments: tuple[Facts, ...]
    held: tuple[Held, ...] = ()
    state: dict[str, Any] | None = None
    cancels_on_silence: bool = True
    recipes: tuple[Recipe, ...] = ()
    order_types: tuple[str, ...] = ("limit", "market")
    format: int = FORMAT


class End(msgspec.Struct, frozen=True, kw_only=True):
    """How it ended.

    Args:
        exit_code: 0, or 1 when the strategy was halted by a mistake.
        reason: Why it was halted, if it was.
        state: What `on_save` left.
        marks: The mid of each book at the end, by symbol.
    """

    exit_code: int
    reason: str | None = None
    state: dict[str, Any] = {}
    marks: dict[str, Decimal] = {}


class Sent(msgspec.Struct, frozen=True, array_like=True):
    """A command that left; a cancel has no terms."""

    word: Literal["new", "modify", "cancel"]
    client_order_id: str
    symbol: str
    side: Literal["buy", "sell"]
    type: str
    price: Decimal | None
    quantity: Decimal | None
    time_in_force: str
    post_only: bool
    reduce_only: bool
    stop_price: Decimal | None = None
    trailing_distance: Decimal | None = None

    def __str__(self) -> str:
        """Return it as a trader reads it."""
        if self.word == "cancel":
            return f"cancel {self.client_order_id}"
        price = "market" if self.price is None else f"@ {self.price:f}"
        stop = "" if self.stop_price is None else f" from {self.stop_price:f}"
        trail = "" if self.trailing_distance is None else f" trails by {self.trailing_distance:f}"
        asked = f"{self.word} {self.client_order_id} {self.side} {self.quantity:f} {price}"
        return f"{asked}{stop}{trail}"


class Heard(msgspec.Struct, frozen=True, array_like=True):
    """An event of an order; price, quantity, fee, liquidity and mid are a fill's.

    The mid is that of the book as the strategy saw it then.
    """

    name: str
    client_order_id: str
    symbol: str
    side: Literal["buy", "sell"]
    state: str
    ts_event_ns: int
    ts_recv_ns: int
    price: Decimal | None = None
    quantity: Decimal | None = None
    fee: Decimal | None = None
    liquidity: Literal["maker", "taker"] | None = None
    exec_id: int = 0
    reject_code: str | None = None
    mid: Decimal | None = None

    def __str__(self) -> str:
        """Return it as a trader reads it."""
        text = f"{self.name} {self.client_order_id}"
        if self.quantity is not None and self.price is not None:
            text += f" {self.side} {self.quantity:f} @ {self.price:f} {self.liquidity}"
        return text if self.reject_code is None else f"{text} {self.reject_code}"


_ENCODER: Final = msgspec.json.Encoder()
_BEGIN: Final = msgspec.json.Decoder(Begin)
_END: Final = msgspec.json.Decoder(End)
_SENT: Final = msgspec.json.Decoder(Sent)
_HEARD: Final = msgspec.json.Decoder(Heard)

_Command: TypeAlias = "tuple[Literal['new', 'modify', 'cancel'], Order, tuple[int, ...] | None]"


def encode_sent(command: _Command, instrument: Instrument) -> bytes:
    """Return the record of a command as `Trader.take_sent` has it."""
    word, order, terms = command
    name, symbol, side, kind, _, _, life, post_only, reduce_only, stop, trail = order.request()
    price = quantity = None
    if terms is not None:
        ticks, lots, *trigger = terms
        quantity = instrument.quantity(lots)
        price = instrument.price(ticks) if kind == "limit" or ticks else None
        stop = instrument.price(trigger[0]) if trigger else stop
    made = (word, name, symbol, side, kind, price, quantity, life, post_only, reduce_only)
    if trail is not None:
        return _ENCODER.encode((*made, stop, trail))
    return _ENCODER.encode(made if stop is None else (*made, stop))


def encode_heard(event: OrderEvent, mid: Callable[[str], Decimal | None]) -> bytes | None:
    """Return the record of an event; `None` of an order that is not ours.

    Args:
        event: What the trader's journal has.
        mid: The middle of a symbol's book now, if it has both sides.
    """
    symbol = event.symbol
    if symbol is None:
        return None
    order, fill = event.order, event.fill
    head = (event.name, order.client_order_id, symbol, order.side, str(event.state))
    times = (event.ts_event_ns, event.ts_recv_ns)
    if fill is None:
        return _ENCODER.encode((*head, *times, None, None, None, None, 0, event.reject_code))
    traded = (fill.price, fill.quantity, fill.fee, fill.liquidity, fill.exec_id)
    return _ENCODER.encode((*head, *times, *traded, event.reject_code, mid(symbol)))


def decode_begin(payload: bytes) -> Begin:
    """Return what was run.

    Raises:
        DataError: If the record does not say so, or is of another version.
    """
    try:
        begin = _BEGIN.decode(payload)
    except msgspec.DecodeError as error:
        raise DataError(f"the first record of a run says what was run: {error}") from error
    if begin.format != FORMAT:
        raise DataError(f"a run's journal has format {FORMAT}: format={begin.format}")
    return begin


def decode_end(payload: bytes) -> End:
    """Return how it ended.

    Raises:
        msgspec.DecodeError: If the record does not say so.
    """
    return _END.decode(payload)


def decode_sent(payload: bytes) -> Sent:
    """Return a command.

    Raises:
        msgspec.DecodeError: If the record is none.
    """
    return _SENT.decode(payload)


def decode_heard(payload: bytes) -> Heard:
    """Return an event.

    Raises:
        msgspec.DecodeError: If the record is none.
    """
    return _HEARD.decode(payload)
