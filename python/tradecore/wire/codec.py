"""Values to bodies and back, by kind: the one table of what travels between our processes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from tradecore.core import Instrument
from tradecore.model import (
    Balance,
    Bar,
    Budget,
    ConnectionChange,
    FundingRate,
    InstrumentTerms,
    InventoryDelta,
    MarginCall,
    MarkPrice,
    OrderUpdate,
    Quote,
    RiskAlert,
    Ticker,
    Trade,
    VenueFill,
    VenueOrder,
    VenuePosition,
)
from tradecore.model.errors import DataError, UnknownSymbolError
from tradecore.wire import schema_pb2 as pb
from tradecore.wire import values
from tradecore.wire.kinds import Kind
from tradecore.wire.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["decode", "encode"]

_ASKED: Final = frozenset({"quantity", "price", "stop_price"})
_PRICES: Final = frozenset({"open", "high", "low", "close", "volume"})
_TERMS: Final = frozenset(
    {
        "price_min",
        "price_max",
        "quantity_min",
        "quantity_max",
        "market_quantity_min",
        "market_quantity_max",
        "price_up",
        "price_down",
    }
)
_STEPS: Final = (
    "tick_size",
    "lot_size",
    "multiplier",
    "min_notional",
    "maker_fee",
    "taker_fee",
)


class _Terms:
    """An `InstrumentTerms` laid flat, as the wire has it."""

    def __init__(self, terms: InstrumentTerms) -> None:
        self._terms = terms

    def __getattr__(self, name: str) -> object:
        """Look a field up at the terms, else at the instrument."""
        if name == "instrument_kind":
            return self._terms.instrument.kind
        if name in _STEPS or name == "symbol":
            return getattr(self._terms.instrument, name)
        return getattr(self._terms, name)


class _TermsShape(Shape):
    """The shape of terms, with the instrument folded in and out."""

    __slots__ = ()

    def to_message(self, value: object) -> Any:  # noqa: ANN401 - a message
        """Lay flat, then say."""
        if not isinstance(value, InstrumentTerms):
            raise TypeError(f"terms of an instrument are wanted: {type(value).__name__}")
        return Shape.to_message(self, _Terms(value))


def _terms(*, symbol: str, instrument_kind: Any, **named: Any) -> InstrumentTerms:  # noqa: ANN401 - fields by name
    steps = {name: named.pop(name) for name in _STEPS}
    instrument = Instrument(symbol, kind=instrument_kind, **steps)
    return InstrumentTerms(instrument=instrument, **named)


_ORDER: Final = Shape(VenueOrder, pb.VenueOrder, frozenset({"price", "quantity", "cumulative"}))
_FILL: Final = Shape(VenueFill, pb.VenueFill, frozenset({"price", "quantity", "fee", "realized"}))
_POSITION: Final = Shape(
    VenuePosition,
    pb.VenuePosition,
    frozenset({"quantity", "entry_price", "unrealized", "liquidation_price"}),
)
_BALANCE: Final = Shape(Balance, pb.Balance, frozenset({"total", "free"}))
_INSTRUMENT_TERMS: Final = _TermsShape(_terms, pb.InstrumentTerms, _TERMS | frozenset(_STEPS))

SHAPES: Final[Mapping[Kind, Shape]] = MappingProxyType(
    {
        Kind.HEARTBEAT: Shape(values.Heartbeat, pb.Heartbeat),
        Kind.REPLAY_REQUEST: Shape(values.ReplayRequest, pb.ReplayRequest),
        Kind.SNAPSHOT_REQUEST: Shape(values.SnapshotRequest, pb.SnapshotRequest),
        Kind.REFUSAL: Shape(values.Refusal, pb.Refusal),
        Kind.HELLO: Shape(values.Hello, pb.Hello),
        Kind.COMMAND_ACK: Shape(values.CommandAck, pb.CommandAck),
        Kind.MARK_PRICE: Shape(MarkPrice, pb.MarkPrice, frozenset({"mark", "index"})),
        Kind.FUNDING_RATE: Shape(FundingRate, pb.FundingRate, frozenset({"rate"})),
        Kind.TICKER: Shape(Ticker, pb.Ticker, frozenset({"last_price", "high", "low", "volume"})),
        Kind.BAR: Shape(Bar, pb.Bar, _PRICES),
        Kind.NEW_ORDER: Shape(values.NewOrder, pb.NewOrder, _ASKED | {"trailing_distance"}),
        Kind.MODIFY_ORDER: Shape(values.ModifyOrder, pb.ModifyOrder, _ASKED),
        Kind.CANCEL_ORDER: Shape(values.CancelOrder, pb.CancelOrder),
        Kind.CANCEL_ALL: Shape(values.CancelAll, pb.CancelAll),
        Kind.QUERY_ORDER: Shape(values.QueryOrder, pb.QueryOrder),
        Kind.RECOVER_REQUEST: Shape(values.RecoverRequest, pb.RecoverRequest),
        Kind.ORDER_UPDATE: Shape(OrderUpdate, pb.OrderUpdate, _ASKED | {"cumulative", "fee"}),
        Kind.VENUE_ORDER: _ORDER,
        Kind.VENUE_FILL: _FILL,
        Kind.VENUE_POSITION: _POSITION,
        Kind.BALANCE: _BALANCE,
        Kind.MARGIN_CALL: Shape(
            MarginCall, pb.MarginCall, frozenset({"wallet"}), {"positions": _POSITION}
        ),
        Kind.RISK_ALERT: Shape(RiskAlert, pb.RiskAlert),
        Kind.RECONCILIATION: Shape(
            values.Reconciled,
            pb.Reconciliation,
            frozenset({"position_before", "position_after"}),
        ),
        Kind.RECOVERED: Shape(
            values.Recovered,
            pb.Recovered,
            nested={
                "orders": _ORDER,
                "positions": _POSITION,
                "balances": _BALANCE,
                "fills": _FILL,
            },
        ),
        Kind.INSTRUMENT_TERMS: _INSTRUMENT_TERMS,
        Kind.INSTRUMENTS_LISTED: Shape(
            values.InstrumentsListed,
            pb.InstrumentsListed,
            nested={"terms": _INSTRUMENT_TERMS, "rules": Shape(values.RateRule, pb.RateRule)},
        ),
        Kind.BUDGET_VIEW: Shape(Budget, pb.BudgetView),
        Kind.INVENTORY_DELTA: Shape(InventoryDelta, pb.InventoryDelta, frozenset({"quantity"})),
        Kind.CONNECTION_CHANGE: Shape(ConnectionChange, pb.ConnectionChange),
        # These two name their instrument: what makes them is given it at `decode`.
        Kind.TRADE: Shape(dict, pb.Trade),
        Kind.QUOTE: Shape(dict, pb.Quote),
    }
)
_KINDS: Final[Mapping[object, Kind]] = MappingProxyType(
    {
        **{shape.make: kind for kind, shape in SHAPES.items() if shape.make is not dict},
        InstrumentTerms: Kind.INSTRUMENT_TERMS,
        Trade: Kind.TRADE,
        Quote: Kind.QUOTE,
    }
)
_PRINTS: Final[Mapping[Kind, Any]] = MappingProxyType({Kind.TRADE: Trade, Kind.QUOTE: Quote})


def encode(value: object, /) -> tuple[Kind, bytes]:
    """Return the kind and the body that say a value.

    Raises:
        TypeError: If values of this type do not travel. A book's changes are bodies already.
    """
    kind = _KINDS.get(type(value))
    if kind is None:
        raise TypeError(f"no message says this: {type(value).__name__}")
    return kind, SHAPES[kind].encode(value)


def decode(
    kind: Kind, body: bytes, /, *, instruments: Mapping[str, Instrument] = MappingProxyType({})
) -> Any:  # noqa: ANN401 - one of the values of the table
    """Return the value a body says; trades and quotes need the instruments they may name.

    Raises:
        DataError: If the body is not of that kind, or the kind has no value (a book's change
            is applied to a `WireBook`, never decoded).
        UnknownSymbolError: If it names an instrument that is not given.
    """
    shape = SHAPES.get(kind)
    if shape is None:
        raise DataError(f"a message of this kind has no value: kind={kind!r}")
    value = shape.decode(body)
    if kind in _PRINTS:
        symbol = value.pop("symbol")
        instrument = instruments.get(symbol)
        if instrument is None:
            raise UnknownSymbolError(f"a message names an unknown symbol: symbol={symbol[:80]!r}")
        return _PRINTS[kind](instrument=instrument, **value)
    return value
