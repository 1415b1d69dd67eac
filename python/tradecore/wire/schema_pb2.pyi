from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BookUpdate(_message.Message):
    __slots__ = ("first_id", "last_id", "is_snapshot", "ts_event_ns", "ts_recv_ns", "bid_ticks", "bid_lots", "ask_ticks", "ask_lots", "is_stale")
    FIRST_ID_FIELD_NUMBER: _ClassVar[int]
    LAST_ID_FIELD_NUMBER: _ClassVar[int]
    IS_SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    TS_RECV_NS_FIELD_NUMBER: _ClassVar[int]
    BID_TICKS_FIELD_NUMBER: _ClassVar[int]
    BID_LOTS_FIELD_NUMBER: _ClassVar[int]
    ASK_TICKS_FIELD_NUMBER: _ClassVar[int]
    ASK_LOTS_FIELD_NUMBER: _ClassVar[int]
    IS_STALE_FIELD_NUMBER: _ClassVar[int]
    first_id: int
    last_id: int
    is_snapshot: bool
    ts_event_ns: int
    ts_recv_ns: int
    bid_ticks: _containers.RepeatedScalarFieldContainer[int]
    bid_lots: _containers.RepeatedScalarFieldContainer[int]
    ask_ticks: _containers.RepeatedScalarFieldContainer[int]
    ask_lots: _containers.RepeatedScalarFieldContainer[int]
    is_stale: bool
    def __init__(self, first_id: _Optional[int] = ..., last_id: _Optional[int] = ..., is_snapshot: _Optional[bool] = ..., ts_event_ns: _Optional[int] = ..., ts_recv_ns: _Optional[int] = ..., bid_ticks: _Optional[_Iterable[int]] = ..., bid_lots: _Optional[_Iterable[int]] = ..., ask_ticks: _Optional[_Iterable[int]] = ..., ask_lots: _Optional[_Iterable[int]] = ..., is_stale: _Optional[bool] = ...) -> None: ...

class Trade(_message.Message):
    __slots__ = ("symbol", "trade_id", "price_ticks", "quantity_lots", "aggressor", "ts_event_ns", "ts_recv_ns")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_LOTS_FIELD_NUMBER: _ClassVar[int]
    AGGRESSOR_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    TS_RECV_NS_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    trade_id: int
    price_ticks: int
    quantity_lots: int
    aggressor: str
    ts_event_ns: int
    ts_recv_ns: int
    def __init__(self, symbol: _Optional[str] = ..., trade_id: _Optional[int] = ..., price_ticks: _Optional[int] = ..., quantity_lots: _Optional[int] = ..., aggressor: _Optional[str] = ..., ts_event_ns: _Optional[int] = ..., ts_recv_ns: _Optional[int] = ...) -> None: ...

class Quote(_message.Message):
    __slots__ = ("symbol", "bid_ticks", "bid_lots", "ask_ticks", "ask_lots", "ts_event_ns", "ts_recv_ns")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    BID_TICKS_FIELD_NUMBER: _ClassVar[int]
    BID_LOTS_FIELD_NUMBER: _ClassVar[int]
    ASK_TICKS_FIELD_NUMBER: _ClassVar[int]
    ASK_LOTS_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    TS_RECV_NS_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    bid_ticks: int
    bid_lots: int
    ask_ticks: int
    ask_lots: int
    ts_event_ns: int
    ts_recv_ns: int
    def __init__(self, symbol: _Optional[str] = ..., bid_ticks: _Optional[int] = ..., bid_lots: _Optional[int] = ..., ask_ticks: _Optional[int] = ..., ask_lots: _Optional[int] = ..., ts_event_ns: _Optional[int] = ..., ts_recv_ns: _Optional[int] = ...) -> None: ...

class MarkPrice(_message.Message):
    __slots__ = ("symbol", "mark", "index", "ts_event_ns")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    MARK_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    mark: str
    index: str
    ts_event_ns: int
    def __init__(self, symbol: _Optional[str] = ..., mark: _Optional[str] = ..., index: _Optional[str] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class FundingRate(_message.Message):
    __slots__ = ("symbol", "rate", "next_funding_ns", "ts_event_ns")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    RATE_FIELD_NUMBER: _ClassVar[int]
    NEXT_FUNDING_NS_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    rate: str
    next_funding_ns: int
    ts_event_ns: int
    def __init__(self, symbol: _Optional[str] = ..., rate: _Optional[str] = ..., next_funding_ns: _Optional[int] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class Ticker(_message.Message):
    __slots__ = ("symbol", "last_price", "high", "low", "volume", "ts_event_ns")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    LAST_PRICE_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    VOLUME_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    last_price: str
    high: str
    low: str
    volume: str
    ts_event_ns: int
    def __init__(self, symbol: _Optional[str] = ..., last_price: _Optional[str] = ..., high: _Optional[str] = ..., low: _Optional[str] = ..., volume: _Optional[str] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class Bar(_message.Message):
    __slots__ = ("symbol", "period_ns", "open", "high", "low", "close", "volume", "ts_event_ns")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    PERIOD_NS_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    HIGH_FIELD_NUMBER: _ClassVar[int]
    LOW_FIELD_NUMBER: _ClassVar[int]
    CLOSE_FIELD_NUMBER: _ClassVar[int]
    VOLUME_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    period_ns: int
    open: str
    high: str
    low: str
    close: str
    volume: str
    ts_event_ns: int
    def __init__(self, symbol: _Optional[str] = ..., period_ns: _Optional[int] = ..., open: _Optional[str] = ..., high: _Optional[str] = ..., low: _Optional[str] = ..., close: _Optional[str] = ..., volume: _Optional[str] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class NewOrder(_message.Message):
    __slots__ = ("client_order_id", "symbol", "side", "type", "quantity", "price", "time_in_force", "post_only", "reduce_only", "stop_price", "strategy", "ts_event_ns", "trailing_distance")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    TIME_IN_FORCE_FIELD_NUMBER: _ClassVar[int]
    POST_ONLY_FIELD_NUMBER: _ClassVar[int]
    REDUCE_ONLY_FIELD_NUMBER: _ClassVar[int]
    STOP_PRICE_FIELD_NUMBER: _ClassVar[int]
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    TRAILING_DISTANCE_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    symbol: str
    side: str
    type: str
    quantity: str
    price: str
    time_in_force: str
    post_only: bool
    reduce_only: bool
    stop_price: str
    strategy: str
    ts_event_ns: int
    trailing_distance: str
    def __init__(self, client_order_id: _Optional[str] = ..., symbol: _Optional[str] = ..., side: _Optional[str] = ..., type: _Optional[str] = ..., quantity: _Optional[str] = ..., price: _Optional[str] = ..., time_in_force: _Optional[str] = ..., post_only: _Optional[bool] = ..., reduce_only: _Optional[bool] = ..., stop_price: _Optional[str] = ..., strategy: _Optional[str] = ..., ts_event_ns: _Optional[int] = ..., trailing_distance: _Optional[str] = ...) -> None: ...

class ModifyOrder(_message.Message):
    __slots__ = ("client_order_id", "symbol", "side", "price", "quantity", "venue_order_id", "strategy", "ts_event_ns", "stop_price")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    VENUE_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    STOP_PRICE_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    symbol: str
    side: str
    price: str
    quantity: str
    venue_order_id: str
    strategy: str
    ts_event_ns: int
    stop_price: str
    def __init__(self, client_order_id: _Optional[str] = ..., symbol: _Optional[str] = ..., side: _Optional[str] = ..., price: _Optional[str] = ..., quantity: _Optional[str] = ..., venue_order_id: _Optional[str] = ..., strategy: _Optional[str] = ..., ts_event_ns: _Optional[int] = ..., stop_price: _Optional[str] = ...) -> None: ...

class CancelOrder(_message.Message):
    __slots__ = ("client_order_id", "symbol", "venue_order_id", "strategy", "ts_event_ns")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    VENUE_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    symbol: str
    venue_order_id: str
    strategy: str
    ts_event_ns: int
    def __init__(self, client_order_id: _Optional[str] = ..., symbol: _Optional[str] = ..., venue_order_id: _Optional[str] = ..., strategy: _Optional[str] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class CancelAll(_message.Message):
    __slots__ = ("symbol", "strategy", "reason", "ts_event_ns")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    strategy: str
    reason: str
    ts_event_ns: int
    def __init__(self, symbol: _Optional[str] = ..., strategy: _Optional[str] = ..., reason: _Optional[str] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class QueryOrder(_message.Message):
    __slots__ = ("client_order_id", "symbol", "strategy")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    symbol: str
    strategy: str
    def __init__(self, client_order_id: _Optional[str] = ..., symbol: _Optional[str] = ..., strategy: _Optional[str] = ...) -> None: ...

class RecoverRequest(_message.Message):
    __slots__ = ("strategy", "symbols", "since_exec_id", "since_ns")
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    SINCE_EXEC_ID_FIELD_NUMBER: _ClassVar[int]
    SINCE_NS_FIELD_NUMBER: _ClassVar[int]
    strategy: str
    symbols: _containers.RepeatedScalarFieldContainer[str]
    since_exec_id: int
    since_ns: int
    def __init__(self, strategy: _Optional[str] = ..., symbols: _Optional[_Iterable[str]] = ..., since_exec_id: _Optional[int] = ..., since_ns: _Optional[int] = ...) -> None: ...

class Recovered(_message.Message):
    __slots__ = ("orders", "positions", "balances", "fills", "is_whole", "ts_event_ns")
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    BALANCES_FIELD_NUMBER: _ClassVar[int]
    FILLS_FIELD_NUMBER: _ClassVar[int]
    IS_WHOLE_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    orders: _containers.RepeatedCompositeFieldContainer[VenueOrder]
    positions: _containers.RepeatedCompositeFieldContainer[VenuePosition]
    balances: _containers.RepeatedCompositeFieldContainer[Balance]
    fills: _containers.RepeatedCompositeFieldContainer[VenueFill]
    is_whole: bool
    ts_event_ns: int
    def __init__(self, orders: _Optional[_Iterable[_Union[VenueOrder, _Mapping]]] = ..., positions: _Optional[_Iterable[_Union[VenuePosition, _Mapping]]] = ..., balances: _Optional[_Iterable[_Union[Balance, _Mapping]]] = ..., fills: _Optional[_Iterable[_Union[VenueFill, _Mapping]]] = ..., is_whole: _Optional[bool] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class Hello(_message.Message):
    __slots__ = ("process", "strategy", "schema", "ts_event_ns")
    PROCESS_FIELD_NUMBER: _ClassVar[int]
    STRATEGY_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    process: str
    strategy: str
    schema: int
    ts_event_ns: int
    def __init__(self, process: _Optional[str] = ..., strategy: _Optional[str] = ..., schema: _Optional[int] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class CommandAck(_message.Message):
    __slots__ = ("command", "is_accepted", "reject_code", "reject_number", "reject_text", "is_duplicate", "ts_event_ns")
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    IS_ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    REJECT_CODE_FIELD_NUMBER: _ClassVar[int]
    REJECT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    REJECT_TEXT_FIELD_NUMBER: _ClassVar[int]
    IS_DUPLICATE_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    command: int
    is_accepted: bool
    reject_code: str
    reject_number: int
    reject_text: str
    is_duplicate: bool
    ts_event_ns: int
    def __init__(self, command: _Optional[int] = ..., is_accepted: _Optional[bool] = ..., reject_code: _Optional[str] = ..., reject_number: _Optional[int] = ..., reject_text: _Optional[str] = ..., is_duplicate: _Optional[bool] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class OrderUpdate(_message.Message):
    __slots__ = ("client_order_id", "symbol", "reply", "ts_event_ns", "ts_recv_ns", "source", "venue_order_id", "exec_id", "price", "quantity", "cumulative", "side", "liquidity", "fee", "fee_currency", "reject_code", "reject_text", "stop_price")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    REPLY_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    TS_RECV_NS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    VENUE_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    EXEC_ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    CUMULATIVE_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    LIQUIDITY_FIELD_NUMBER: _ClassVar[int]
    FEE_FIELD_NUMBER: _ClassVar[int]
    FEE_CURRENCY_FIELD_NUMBER: _ClassVar[int]
    REJECT_CODE_FIELD_NUMBER: _ClassVar[int]
    REJECT_TEXT_FIELD_NUMBER: _ClassVar[int]
    STOP_PRICE_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    symbol: str
    reply: str
    ts_event_ns: int
    ts_recv_ns: int
    source: str
    venue_order_id: str
    exec_id: int
    price: str
    quantity: str
    cumulative: str
    side: str
    liquidity: str
    fee: str
    fee_currency: str
    reject_code: str
    reject_text: str
    stop_price: str
    def __init__(self, client_order_id: _Optional[str] = ..., symbol: _Optional[str] = ..., reply: _Optional[str] = ..., ts_event_ns: _Optional[int] = ..., ts_recv_ns: _Optional[int] = ..., source: _Optional[str] = ..., venue_order_id: _Optional[str] = ..., exec_id: _Optional[int] = ..., price: _Optional[str] = ..., quantity: _Optional[str] = ..., cumulative: _Optional[str] = ..., side: _Optional[str] = ..., liquidity: _Optional[str] = ..., fee: _Optional[str] = ..., fee_currency: _Optional[str] = ..., reject_code: _Optional[str] = ..., reject_text: _Optional[str] = ..., stop_price: _Optional[str] = ...) -> None: ...

class VenueOrder(_message.Message):
    __slots__ = ("client_order_id", "venue_order_id", "symbol", "side", "type", "time_in_force", "price", "quantity", "cumulative", "status", "post_only", "reduce_only", "ts_event_ns")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    VENUE_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    TIME_IN_FORCE_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    CUMULATIVE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    POST_ONLY_FIELD_NUMBER: _ClassVar[int]
    REDUCE_ONLY_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    venue_order_id: str
    symbol: str
    side: str
    type: str
    time_in_force: str
    price: str
    quantity: str
    cumulative: str
    status: str
    post_only: bool
    reduce_only: bool
    ts_event_ns: int
    def __init__(self, client_order_id: _Optional[str] = ..., venue_order_id: _Optional[str] = ..., symbol: _Optional[str] = ..., side: _Optional[str] = ..., type: _Optional[str] = ..., time_in_force: _Optional[str] = ..., price: _Optional[str] = ..., quantity: _Optional[str] = ..., cumulative: _Optional[str] = ..., status: _Optional[str] = ..., post_only: _Optional[bool] = ..., reduce_only: _Optional[bool] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class VenueFill(_message.Message):
    __slots__ = ("exec_id", "venue_order_id", "symbol", "side", "price", "quantity", "fee", "fee_currency", "liquidity", "ts_event_ns", "realized")
    EXEC_ID_FIELD_NUMBER: _ClassVar[int]
    VENUE_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    FEE_FIELD_NUMBER: _ClassVar[int]
    FEE_CURRENCY_FIELD_NUMBER: _ClassVar[int]
    LIQUIDITY_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    REALIZED_FIELD_NUMBER: _ClassVar[int]
    exec_id: int
    venue_order_id: str
    symbol: str
    side: str
    price: str
    quantity: str
    fee: str
    fee_currency: str
    liquidity: str
    ts_event_ns: int
    realized: str
    def __init__(self, exec_id: _Optional[int] = ..., venue_order_id: _Optional[str] = ..., symbol: _Optional[str] = ..., side: _Optional[str] = ..., price: _Optional[str] = ..., quantity: _Optional[str] = ..., fee: _Optional[str] = ..., fee_currency: _Optional[str] = ..., liquidity: _Optional[str] = ..., ts_event_ns: _Optional[int] = ..., realized: _Optional[str] = ...) -> None: ...

class VenuePosition(_message.Message):
    __slots__ = ("symbol", "quantity", "entry_price", "ts_event_ns", "unrealized", "liquidation_price")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    ENTRY_PRICE_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    UNREALIZED_FIELD_NUMBER: _ClassVar[int]
    LIQUIDATION_PRICE_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    quantity: str
    entry_price: str
    ts_event_ns: int
    unrealized: str
    liquidation_price: str
    def __init__(self, symbol: _Optional[str] = ..., quantity: _Optional[str] = ..., entry_price: _Optional[str] = ..., ts_event_ns: _Optional[int] = ..., unrealized: _Optional[str] = ..., liquidation_price: _Optional[str] = ...) -> None: ...

class Balance(_message.Message):
    __slots__ = ("currency", "total", "free", "ts_event_ns")
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    FREE_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    currency: str
    total: str
    free: str
    ts_event_ns: int
    def __init__(self, currency: _Optional[str] = ..., total: _Optional[str] = ..., free: _Optional[str] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class MarginCall(_message.Message):
    __slots__ = ("positions", "wallet", "ts_event_ns")
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    WALLET_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    positions: _containers.RepeatedCompositeFieldContainer[VenuePosition]
    wallet: str
    ts_event_ns: int
    def __init__(self, positions: _Optional[_Iterable[_Union[VenuePosition, _Mapping]]] = ..., wallet: _Optional[str] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class RiskAlert(_message.Message):
    __slots__ = ("code", "text", "ts_recv_ns")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TS_RECV_NS_FIELD_NUMBER: _ClassVar[int]
    code: str
    text: str
    ts_recv_ns: int
    def __init__(self, code: _Optional[str] = ..., text: _Optional[str] = ..., ts_recv_ns: _Optional[int] = ...) -> None: ...

class Reconciliation(_message.Message):
    __slots__ = ("symbol", "client_order_ids", "position_before", "position_after", "ts_recv_ns")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_IDS_FIELD_NUMBER: _ClassVar[int]
    POSITION_BEFORE_FIELD_NUMBER: _ClassVar[int]
    POSITION_AFTER_FIELD_NUMBER: _ClassVar[int]
    TS_RECV_NS_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    client_order_ids: _containers.RepeatedScalarFieldContainer[str]
    position_before: str
    position_after: str
    ts_recv_ns: int
    def __init__(self, symbol: _Optional[str] = ..., client_order_ids: _Optional[_Iterable[str]] = ..., position_before: _Optional[str] = ..., position_after: _Optional[str] = ..., ts_recv_ns: _Optional[int] = ...) -> None: ...

class InstrumentTerms(_message.Message):
    __slots__ = ("symbol", "tick_size", "lot_size", "instrument_kind", "multiplier", "min_notional", "maker_fee", "taker_fee", "base", "quote", "margin_currency", "is_trading", "price_min", "price_max", "quantity_min", "quantity_max", "market_quantity_min", "market_quantity_max", "open_orders_max", "price_up", "price_down")
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    TICK_SIZE_FIELD_NUMBER: _ClassVar[int]
    LOT_SIZE_FIELD_NUMBER: _ClassVar[int]
    INSTRUMENT_KIND_FIELD_NUMBER: _ClassVar[int]
    MULTIPLIER_FIELD_NUMBER: _ClassVar[int]
    MIN_NOTIONAL_FIELD_NUMBER: _ClassVar[int]
    MAKER_FEE_FIELD_NUMBER: _ClassVar[int]
    TAKER_FEE_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    MARGIN_CURRENCY_FIELD_NUMBER: _ClassVar[int]
    IS_TRADING_FIELD_NUMBER: _ClassVar[int]
    PRICE_MIN_FIELD_NUMBER: _ClassVar[int]
    PRICE_MAX_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_MIN_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_MAX_FIELD_NUMBER: _ClassVar[int]
    MARKET_QUANTITY_MIN_FIELD_NUMBER: _ClassVar[int]
    MARKET_QUANTITY_MAX_FIELD_NUMBER: _ClassVar[int]
    OPEN_ORDERS_MAX_FIELD_NUMBER: _ClassVar[int]
    PRICE_UP_FIELD_NUMBER: _ClassVar[int]
    PRICE_DOWN_FIELD_NUMBER: _ClassVar[int]
    symbol: str
    tick_size: str
    lot_size: str
    instrument_kind: str
    multiplier: str
    min_notional: str
    maker_fee: str
    taker_fee: str
    base: str
    quote: str
    margin_currency: str
    is_trading: bool
    price_min: str
    price_max: str
    quantity_min: str
    quantity_max: str
    market_quantity_min: str
    market_quantity_max: str
    open_orders_max: int
    price_up: str
    price_down: str
    def __init__(self, symbol: _Optional[str] = ..., tick_size: _Optional[str] = ..., lot_size: _Optional[str] = ..., instrument_kind: _Optional[str] = ..., multiplier: _Optional[str] = ..., min_notional: _Optional[str] = ..., maker_fee: _Optional[str] = ..., taker_fee: _Optional[str] = ..., base: _Optional[str] = ..., quote: _Optional[str] = ..., margin_currency: _Optional[str] = ..., is_trading: _Optional[bool] = ..., price_min: _Optional[str] = ..., price_max: _Optional[str] = ..., quantity_min: _Optional[str] = ..., quantity_max: _Optional[str] = ..., market_quantity_min: _Optional[str] = ..., market_quantity_max: _Optional[str] = ..., open_orders_max: _Optional[int] = ..., price_up: _Optional[str] = ..., price_down: _Optional[str] = ...) -> None: ...

class RateRule(_message.Message):
    __slots__ = ("pool", "capacity", "period_ns")
    POOL_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_FIELD_NUMBER: _ClassVar[int]
    PERIOD_NS_FIELD_NUMBER: _ClassVar[int]
    pool: str
    capacity: int
    period_ns: int
    def __init__(self, pool: _Optional[str] = ..., capacity: _Optional[int] = ..., period_ns: _Optional[int] = ...) -> None: ...

class InstrumentsListed(_message.Message):
    __slots__ = ("terms", "rules")
    TERMS_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    terms: _containers.RepeatedCompositeFieldContainer[InstrumentTerms]
    rules: _containers.RepeatedCompositeFieldContainer[RateRule]
    def __init__(self, terms: _Optional[_Iterable[_Union[InstrumentTerms, _Mapping]]] = ..., rules: _Optional[_Iterable[_Union[RateRule, _Mapping]]] = ...) -> None: ...

class BudgetView(_message.Message):
    __slots__ = ("used", "capacity", "period_ns")
    USED_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_FIELD_NUMBER: _ClassVar[int]
    PERIOD_NS_FIELD_NUMBER: _ClassVar[int]
    used: int
    capacity: int
    period_ns: int
    def __init__(self, used: _Optional[int] = ..., capacity: _Optional[int] = ..., period_ns: _Optional[int] = ...) -> None: ...

class InventoryDelta(_message.Message):
    __slots__ = ("source", "asset", "quantity", "ts_event_ns")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    ASSET_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    TS_EVENT_NS_FIELD_NUMBER: _ClassVar[int]
    source: str
    asset: str
    quantity: str
    ts_event_ns: int
    def __init__(self, source: _Optional[str] = ..., asset: _Optional[str] = ..., quantity: _Optional[str] = ..., ts_event_ns: _Optional[int] = ...) -> None: ...

class ConnectionChange(_message.Message):
    __slots__ = ("peer", "channel", "state", "ts_recv_ns")
    PEER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TS_RECV_NS_FIELD_NUMBER: _ClassVar[int]
    peer: str
    channel: str
    state: str
    ts_recv_ns: int
    def __init__(self, peer: _Optional[str] = ..., channel: _Optional[str] = ..., state: _Optional[str] = ..., ts_recv_ns: _Optional[int] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ("topics", "last_seqs")
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQS_FIELD_NUMBER: _ClassVar[int]
    topics: _containers.RepeatedScalarFieldContainer[str]
    last_seqs: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, topics: _Optional[_Iterable[str]] = ..., last_seqs: _Optional[_Iterable[int]] = ...) -> None: ...

class ReplayRequest(_message.Message):
    __slots__ = ("topic", "epoch", "from_seq", "to_seq")
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    FROM_SEQ_FIELD_NUMBER: _ClassVar[int]
    TO_SEQ_FIELD_NUMBER: _ClassVar[int]
    topic: str
    epoch: int
    from_seq: int
    to_seq: int
    def __init__(self, topic: _Optional[str] = ..., epoch: _Optional[int] = ..., from_seq: _Optional[int] = ..., to_seq: _Optional[int] = ...) -> None: ...

class SnapshotRequest(_message.Message):
    __slots__ = ("topics",)
    TOPICS_FIELD_NUMBER: _ClassVar[int]
    topics: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, topics: _Optional[_Iterable[str]] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("code", "text", "topic")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    code: str
    text: str
    topic: str
    def __init__(self, code: _Optional[str] = ..., text: _Optional[str] = ..., topic: _Optional[str] = ...) -> None: ...
