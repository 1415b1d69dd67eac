"""Settings of an account: leverage, modes this venue does not have, keys of private streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tradecore.exchanges.binance.messages import (
    Done,
    Empty,
    LeverageParams,
    LeverageReply,
    ListenKey,
    MarginTypeParams,
    MaybeSymbolParams,
    MultiAssetsMode,
    PositionMode,
    PositionModeParams,
)
from tradecore.simulation.binance.refusals import RefusedError, refuse
from tradecore.venue import Refused

if TYPE_CHECKING:
    from tradecore.simulation.binance.calls import Call


def set_leverage(call: Call) -> LeverageReply:
    """Change the leverage of a symbol."""
    read = call.read(LeverageParams)
    call.instrument(read.symbol)
    refused = call.service.set_leverage(call.account, read.symbol, read.leverage)
    if isinstance(refused, Refused):
        raise refuse(refused)
    cap = call.service.state.instruments[read.symbol].cap_at(read.leverage)
    return LeverageReply(leverage=read.leverage, max_notional_value=str(cap), symbol=read.symbol)


def set_margin_type(call: Call) -> Done:
    """Refuse another margin mode than cross, which every account has."""
    read = call.read(MarginTypeParams)
    call.instrument(read.symbol)
    if read.margin_type not in {"CROSSED", "ISOLATED"}:
        raise RefusedError(-1130, "marginType")
    raise RefusedError(-4046 if read.margin_type == "CROSSED" else -4168)


def set_position_margin(call: Call) -> Done:
    """Refuse: no position is isolated."""
    del call
    raise RefusedError(-4049)


def position_mode(call: Call) -> PositionMode:
    """Answer that positions are one-way."""
    del call
    return PositionMode(dual_side_position=False)


def set_position_mode(call: Call) -> Done:
    """Refuse hedge mode, which this venue does not have."""
    wants_hedge = call.read(PositionModeParams).dual_side_position
    raise RefusedError(-1020 if wants_hedge else -4059)


def assets_mode(call: Call) -> MultiAssetsMode:
    """Answer that one currency is margin."""
    del call
    return MultiAssetsMode(multi_assets_margin=False)


def set_assets_mode(call: Call) -> Done:
    """Refuse several currencies of margin, which this venue does not have."""
    wanted = str(call.params.get("multiAssetsMargin", "")).lower()
    raise RefusedError(-1020 if wanted == "true" else -4171)


def fee_burn(call: Call) -> dict[str, bool]:
    """Answer that fees are paid in the margin currency."""
    del call
    return {"feeBurn": False}


def set_fee_burn(call: Call) -> Done:
    """Accept that fees are paid in the margin currency."""
    wanted = str(call.params.get("feeBurn", "")).lower()
    if wanted == "true":
        raise RefusedError(-1020)
    return Done(code=200, msg="success")


def adl_quantiles(call: Call) -> list[dict[str, Any]]:
    """List places in the queue of deleveraging: nobody is deleveraged here."""
    return [
        {"symbol": symbol, "adlQuantile": {"LONG": 0, "SHORT": 0, "BOTH": 0}}
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
