"""What the account has: answers to what we ask, and events of the private stream."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import field

from tradecore.exchanges.binance.messages.base import (
    Count,
    Millis,
    Number,
    VenueMessage,
)
from tradecore.exchanges.binance.messages.orders import AlgoUpdate, OrderTradeUpdate, TradeLite


class BalanceChange(VenueMessage, frozen=True, kw_only=True):
    """One currency of an `ACCOUNT_UPDATE`; `change` leaves profit and fees out."""

    asset: str = field(name="a")
    wallet: Number = field(name="wb")
    cross_wallet: Number = field(name="cw")
    change: Number | None = field(default=None, name="bc")


class PositionChange(VenueMessage, frozen=True, kw_only=True):
    """One position of an `ACCOUNT_UPDATE`; a closed one appears once, with 0."""

    symbol: str = field(name="s")
    quantity: Number = field(name="pa")
    entry_price: Number = field(name="ep")
    break_even: Number | None = field(default=None, name="bep")
    realized: Number = field(name="cr")
    unrealized: Number = field(name="up")
    margin_type: str | None = field(default=None, name="mt")
    isolated_wallet: Number | None = field(default=None, name="iw")
    position_side: str = field(name="ps")
    margin_asset: str | None = field(default=None, name="ma")


class AccountChange(VenueMessage, frozen=True, kw_only=True):
    """What changed and why (`ORDER`, `FUNDING_FEE`, `DEPOSIT`, …)."""

    reason: str = field(name="m")
    balances: tuple[BalanceChange, ...] = field(name="B")
    positions: tuple[PositionChange, ...] = field(name="P")


class AccountUpdate(VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="ACCOUNT_UPDATE"):
    """Balances and positions that changed, by a trade, a funding or a transfer."""

    event_ms: Millis = field(name="E")
    engine_ms: Millis = field(name="T")
    change: AccountChange = field(name="a")


class LeverageChange(VenueMessage, frozen=True, kw_only=True):
    """A symbol's new leverage."""

    symbol: str = field(name="s")
    leverage: Count = field(name="l")


class MultiAssetsChange(VenueMessage, frozen=True, kw_only=True):
    """Whether all currencies are margin together."""

    is_on: bool = field(name="j")


class AccountConfigUpdate(
    VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="ACCOUNT_CONFIG_UPDATE"
):
    """Leverage or the margin mode was changed."""

    event_ms: Millis = field(name="E")
    engine_ms: Millis = field(name="T")
    leverage: LeverageChange | None = field(default=None, name="ac")
    multi_assets: MultiAssetsChange | None = field(default=None, name="ai")


class MarginCallPosition(VenueMessage, frozen=True, kw_only=True):
    """A position that may be liquidated."""

    symbol: str = field(name="s")
    position_side: str = field(name="ps")
    quantity: Number = field(name="pa")
    margin_type: str = field(name="mt")
    isolated_wallet: Number = field(name="iw")
    mark_price: Number = field(name="mp")
    unrealized: Number = field(name="up")
    maintenance: Number = field(name="mm")


class MarginCallEvent(VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="MARGIN_CALL"):
    """Margin is short."""

    event_ms: Millis = field(name="E")
    cross_wallet: Number | None = field(default=None, name="cw")
    positions: tuple[MarginCallPosition, ...] = field(name="p")


class ListenKeyExpired(
    VenueMessage, frozen=True, kw_only=True, tag_field="e", tag="listenKeyExpired"
):
    """Nothing more comes under this key; the socket may stay open."""

    event_ms: Millis = field(name="E")
    listen_key: str | None = field(default=None, name="listenKey")


UserEvent: TypeAlias = (
    OrderTradeUpdate
    | TradeLite
    | AlgoUpdate
    | AccountUpdate
    | AccountConfigUpdate
    | MarginCallEvent
    | ListenKeyExpired
)


class ListenKey(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """The name of a private stream."""

    listen_key: str | None = None


class BalanceRow(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """A currency as `GET balance` answers it."""

    account_alias: str
    asset: str
    balance: Number
    cross_wallet_balance: Number
    cross_un_pnl: Number
    available_balance: Number
    max_withdraw_amount: Number
    margin_available: bool | None = None
    update_time: Millis


class AssetRow(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """A currency inside `GET account`."""

    asset: str
    wallet_balance: Number
    unrealized_profit: Number
    margin_balance: Number
    maint_margin: Number
    initial_margin: Number
    position_initial_margin: Number
    open_order_initial_margin: Number
    cross_wallet_balance: Number
    cross_un_pnl: Number
    available_balance: Number
    max_withdraw_amount: Number
    margin_available: bool | None = None
    update_time: Millis | None = None


class AccountPositionRow(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """A position inside `GET account`; the last seven fields are of version 2 only."""

    symbol: str
    position_side: str
    position_amt: Number
    unrealized_profit: Number
    isolated_margin: Number | None = None
    notional: Number | None = None
    isolated_wallet: Number | None = None
    initial_margin: Number
    maint_margin: Number
    position_initial_margin: Number | None = None
    open_order_initial_margin: Number | None = None
    update_time: Millis
    leverage: str | None = None
    isolated: bool | None = None
    entry_price: Number | None = None
    break_even_price: Number | None = None
    max_notional: Number | None = None
    bid_notional: Number | None = None
    ask_notional: Number | None = None


class AccountReply(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """`GET account`, version 3, and version 2 with the fields after `max_withdraw_amount`."""

    total_initial_margin: Number
    total_maint_margin: Number
    total_wallet_balance: Number
    total_unrealized_profit: Number
    total_margin_balance: Number
    total_position_initial_margin: Number
    total_open_order_initial_margin: Number
    total_cross_wallet_balance: Number
    total_cross_un_pnl: Number
    available_balance: Number
    max_withdraw_amount: Number
    assets: tuple[AssetRow, ...]
    positions: tuple[AccountPositionRow, ...]
    fee_tier: Count | None = None
    fee_burn: bool | None = None
    can_trade: bool | None = None
    can_deposit: bool | None = None
    can_withdraw: bool | None = None
    update_time: Millis | None = None
    multi_assets_margin: bool | None = None
    trade_group_id: Count | None = None


class PositionRow(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """A position as `GET positionRisk` answers it, version 3; version 2 has leverage and mode."""

    symbol: str
    position_side: str | None = None
    position_amt: Number
    entry_price: Number
    break_even_price: Number | None = None
    mark_price: Number
    un_realized_profit: Number
    liquidation_price: Number
    isolated_margin: Number | None = None
    notional: Number | None = None
    margin_asset: str | None = None
    isolated_wallet: Number | None = None
    initial_margin: Number | None = None
    maint_margin: Number | None = None
    position_initial_margin: Number | None = None
    open_order_initial_margin: Number | None = None
    adl: Count | None = None
    bid_notional: Number | None = None
    ask_notional: Number | None = None
    leverage: str | None = None
    margin_type: str | None = None
    max_notional_value: str | None = None
    is_auto_add_margin: str | None = None
    update_time: Millis


class AccountConfig(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """Modes of the account."""

    fee_tier: Count
    can_trade: bool
    can_deposit: bool
    can_withdraw: bool
    dual_side_position: bool
    update_time: Millis
    multi_assets_margin: bool
    trade_group_id: Count


class SymbolConfig(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """Leverage and margin mode of a symbol."""

    symbol: str
    margin_type: str
    is_auto_add_margin: bool | str
    leverage: Count
    max_notional_value: str


class CommissionRate(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """What the account pays for trades of a symbol, as a fraction of their value."""

    symbol: str
    maker_commission_rate: Number
    taker_commission_rate: Number
    rpi_commission_rate: Number | None = None


class LeverageReply(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """The answer to a change of leverage."""

    leverage: Count
    max_notional_value: str
    symbol: str


class PositionMarginReply(VenueMessage, frozen=True, kw_only=True):
    """The answer to a change of an isolated position's margin."""

    amount: float
    code: int
    msg: str
    type: int


class PositionMode(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """Whether long and short are held apart."""

    dual_side_position: bool


class MultiAssetsMode(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """Whether all currencies are margin together."""

    multi_assets_margin: bool


class IncomeRow(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """A change of the wallet: profit, fee, funding, transfer."""

    symbol: str
    income_type: str
    income: Number
    asset: str
    info: str
    time: Millis
    tran_id: Count | str
    trade_id: str


class LeverageBracket(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """Margin of one range of position values."""

    bracket: Count
    initial_leverage: Count
    notional_cap: float
    notional_floor: float
    maint_margin_ratio: float
    cum: float


class SymbolBrackets(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """All ranges of a symbol."""

    symbol: str
    notional_coef: float | None = None
    brackets: tuple[LeverageBracket, ...]
