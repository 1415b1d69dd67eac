"""Settings of an account: leverage, modes, money of positions, keys of private streams."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from tradecore.exchanges.binance.messages import (
    Count,
    Done,
    Empty,
    LeverageParams,
    LeverageReply,
    ListenKey,
    MarginTypeParams,
    MaybeSymbolParams,
    MultiAssetsMode,
    Number,
    Params,
    PositionMarginReply,
    PositionMode,
    PositionModeParams,
    VenueMessage,
)
from tradecore.simulation.binance.digits import amount, to_ms
from tradecore.simulation.binance.orders import leg_of
from tradecore.simulation.binance.refusals import RefusedError, refuse
from tradecore.venue import Reason, Refused
from tradecore.venue.events import MultiAssetsChanged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tradecore.simulation.binance.calls import Call

#: Which way money of a position moves.
ADD: Final = 1
TAKE_OUT: Final = 2
_DONE: Final = Done(code=200, msg="success")
_MOVED: Final = {
    False: "Successfully add position margin.",
    True: "Successfully reduce position margin.",
}
_MARGIN_CODES: Final[Mapping[Reason, int]] = MappingProxyType(
    {
        Reason.MODE_UNCHANGED: -4046,
        Reason.HAS_OPEN_ORDERS: -4047,
        Reason.HAS_POSITION: -4048,
    }
)
_MODE_CODES: Final[Mapping[Reason, int]] = MappingProxyType(
    {
        Reason.MODE_UNCHANGED: -4059,
        Reason.HAS_OPEN_ORDERS: -4067,
        Reason.HAS_POSITION: -4068,
    }
)


class PositionMarginParams(Params, frozen=True, kw_only=True, rename="camel"):
    """Money for an isolated position, or from it."""

    symbol: str
    position_side: str | None = None
    amount: Number
    type: Count


class MarginMovesParams(Params, frozen=True, kw_only=True, rename="camel"):
    """A page of what was moved."""

    symbol: str
    type: Count | None = None
    start_time: Count | None = None
    end_time: Count | None = None
    limit: Count | None = None


class MarginMoveRow(VenueMessage, frozen=True, kw_only=True, rename="camel"):
    """Money that was put into an isolated position (1) or taken out (2)."""

    symbol: str
    type: int
    delta_type: str
    amount: Number
    asset: str
    time: int
    position_side: str


class FeeBurnParams(Params, frozen=True, kw_only=True, rename="camel"):
    """Whether fees are to be paid in the venue's own currency."""

    fee_burn: bool


class AssetsModeParams(Params, frozen=True, kw_only=True, rename="camel"):
    """Whether several currencies are to be margin."""

    multi_assets_margin: bool


def set_leverage(call: Call) -> LeverageReply:
    """Change the leverage of a symbol."""
    read = call.read(LeverageParams)
    call.instrument(read.symbol)
    _agree(call.service.modes.set_leverage(call.account, read.symbol, read.leverage))
    cap = call.service.state.instruments[read.symbol].cap_at(read.leverage)
    return LeverageReply(leverage=read.leverage, max_notional_value=str(cap), symbol=read.symbol)


def _agree(refused: Refused | None, codes: Mapping[Reason, int] = MappingProxyType({})) -> None:
    """Say the venue's error for a refusal; `codes` are those that depend on what was asked."""
    if refused is None:
        return
    if refused.reason in codes:
        raise RefusedError(codes[refused.reason])
    raise refuse(refused)


def set_margin_type(call: Call) -> Done:
    """Let a symbol's positions have money of their own, or share the account's."""
    read = call.read(MarginTypeParams)
    call.instrument(read.symbol)
    if read.margin_type not in {"CROSSED", "ISOLATED"}:
        raise RefusedError(-1130, "marginType")
    is_isolated = read.margin_type == "ISOLATED"
    if is_isolated and call.account in call.shop.joint:
        raise RefusedError(-4168)
    modes = call.service.modes
    _agree(modes.set_isolated(call.account, read.symbol, is_isolated=is_isolated), _MARGIN_CODES)
    return _DONE


def set_position_margin(call: Call) -> PositionMarginReply:
    """Give an isolated position more money, or take some out."""
    read = call.read(PositionMarginParams)
    call.instrument(read.symbol)
    if read.type not in {ADD, TAKE_OUT}:
        raise RefusedError(-1130, "type")
    leg = leg_of(read.position_side, service=call.service, account=call.account)
    modes = call.service.modes
    takes_out = read.type == TAKE_OUT
    _agree(
        modes.move_margin(call.account, read.symbol, leg, Decimal(read.amount), takes_out=takes_out)
    )
    return PositionMarginReply(
        amount=float(read.amount), code=200, msg=_MOVED[takes_out], type=read.type
    )


def margin_moves(call: Call) -> list[MarginMoveRow]:
    """List what was put into isolated positions of a symbol and taken out, oldest first."""
    read = call.read(MarginMovesParams)
    call.instrument(read.symbol)
    rows = [
        MarginMoveRow(
            symbol=one.symbol,
            type=TAKE_OUT if one.amount < 0 else ADD,
            delta_type="USER_ADJUST",
            amount=amount(abs(one.amount)),
            asset=call.service.state.ledger.currency,
            time=to_ms(one.ts_event_ns),
            position_side=one.leg.upper(),
        )
        for one in call.service.state.histories.margin_moves(call.account, read.symbol)
    ]
    chosen = [
        row
        for row in rows
        if read.type in {None, row.type}
        and row.time >= (read.start_time or 0)
        and (read.end_time is None or row.time <= read.end_time)
    ]
    return chosen[-min(read.limit or 100, 500) :]


def position_mode(call: Call) -> PositionMode:
    """Answer whether long and short are held apart."""
    return PositionMode(dual_side_position=call.account in call.service.state.hedged)


def set_position_mode(call: Call) -> Done:
    """Let long and short be held apart, or not."""
    wants_hedge = call.read(PositionModeParams).dual_side_position
    _agree(call.service.modes.set_hedged(call.account, is_hedged=wants_hedge), _MODE_CODES)
    return _DONE


def assets_mode(call: Call) -> MultiAssetsMode:
    """Answer whether several currencies are margin."""
    return MultiAssetsMode(multi_assets_margin=call.account in call.shop.joint)


def set_assets_mode(call: Call) -> Done:
    """Let several currencies be margin, or one; there is one here, so that no number changes."""
    wants = call.read(AssetsModeParams).multi_assets_margin
    if wants == (call.account in call.shop.joint):
        raise RefusedError(-4171)
    state = call.service.state
    if any((call.account, symbol) in state.isolated for symbol in state.instruments):
        raise RefusedError(-4167)
    if wants:
        call.shop.joint.add(call.account)
    else:
        call.shop.joint.discard(call.account)
    state.events.append(MultiAssetsChanged(call.account, wants, state.now_ns))
    return _DONE


def fee_burn(call: Call) -> dict[str, bool]:
    """Answer that fees are paid in the margin currency."""
    del call
    return {"feeBurn": False}


def set_fee_burn(call: Call) -> Done:
    """Accept that fees are paid in the margin currency; there is no other to pay them in."""
    if call.read(FeeBurnParams).fee_burn:
        raise RefusedError(-1020)
    return _DONE


def adl_quantiles(call: Call) -> list[dict[str, Any]]:
    """List places in the queue of deleveraging: nobody is deleveraged here."""
    last = "HEDGE" if call.account in call.service.state.hedged else "BOTH"
    return [
        {"symbol": symbol, "adlQuantile": {"LONG": 0, "SHORT": 0, last: 0}}
        for symbol in call.symbols(call.read(MaybeSymbolParams).symbol)
    ]


def start_stream(call: Call) -> ListenKey:
    """Make or prolong the key of the private stream."""
    return ListenKey(listen_key=call.shop.listen_keys.start(call.account, call.now_ms))


def prolong_stream(call: Call) -> ListenKey:
    """Prolong the key of the private stream."""
    key = call.shop.listen_keys.prolong(call.account, call.now_ms)
    if key is None:
        raise RefusedError(-1125)
    return ListenKey(listen_key=key)


def stop_stream(call: Call) -> Empty:
    """Forget the key of the private stream; its connections hear nothing more."""
    call.shop.listen_keys.stop(call.account)
    return Empty()
