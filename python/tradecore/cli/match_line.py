"""One line of `tradecore match`: what may stand in it, and what is read from it."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

_COMMON: Final = {"op", "id", "symbol", "user", "group"}
_PRICES: Final = {"price", "stop_price"}
_TERMS: Final = {"type", "side", "qty", "tif", "trailing_distance", "display_qty"}
_FLAGS: Final = {"post_only", "reduce_only"}
FIELDS: Final = {
    "new": _COMMON | _PRICES | _TERMS | _FLAGS | {"stp"},
    "cancel": _COMMON,
    "modify": _COMMON | _PRICES | {"qty", "semantics"},
    "move": _COMMON | {"price"},
    "reduce": _COMMON | {"qty"},
    "reduce_to": _COMMON | {"qty"},
}
_TIMES: Final[dict[str, Literal["GTC", "IOC", "FOK"]]] = {"gtc": "GTC", "ioc": "IOC", "fok": "FOK"}
_ID_MAX: Final = 2**64 - 1

SelfTradeMode = Literal["none", "cancel_newest", "cancel_oldest", "cancel_both", "decrement"]
SELF_TRADE_MODES: Final[dict[str, SelfTradeMode]] = {
    "none": "none",
    "allow": "none",
    "cancel_newest": "cancel_newest",
    "cancel_oldest": "cancel_oldest",
    "cancel_both": "cancel_both",
    "decrement": "decrement",
}
"""Words of `stp`; a case says allow where the engine says none."""


class LineError(Exception):
    """A line that is no command."""


def parsed(line: str) -> dict[str, Any]:
    """Return the command of a line, its numbers exact.

    Raises:
        LineError: If it is no JSON object, its op is not known, or a field is none of the op's.
    """
    try:
        command = json.loads(line, parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, RecursionError) as error:
        raise LineError(f"not JSON: {error}") from error
    if not isinstance(command, dict):
        raise LineError(f"a command is a JSON object: got {type(command).__name__}")
    op = command.get("op")
    if not isinstance(op, str) or op not in FIELDS:
        raise LineError(f"op must be one of {', '.join(FIELDS)}: op={op!r}")
    unknown = sorted(set(command) - FIELDS[op])
    if unknown:
        raise LineError(f"{op} does not take {', '.join(map(repr, unknown))}")
    return command


def needed(command: dict[str, Any], field: str) -> Any:  # noqa: ANN401 -- checked by the engine
    """Return a field that must be there."""
    if field not in command:
        raise LineError(f"{command['op']} needs {field!r}")
    return command[field]


def symbol_of(command: dict[str, Any], default: str) -> str:
    """Return the name of the command's instrument."""
    symbol = command.get("symbol", default)
    if not isinstance(symbol, str):
        raise LineError(f"symbol must be text: symbol={symbol!r}")
    return symbol


def order_id_of(command: dict[str, Any]) -> int:
    """Return the order the command speaks of."""
    order_id = needed(command, "id")
    if type(order_id) is not int or not 1 <= order_id <= _ID_MAX:
        raise LineError(f"id must be an integer from 1 to 2^64-1: id={order_id!r}")
    return order_id


def flag(command: dict[str, Any], field: str) -> bool:
    """Return a truth, false unless said."""
    value = command.get(field, False)
    if not isinstance(value, bool):
        raise LineError(f"{field} must be true or false: {field}={value!r}")
    return value


def time_in_force(command: dict[str, Any]) -> Literal["GTC", "IOC", "FOK"]:
    """Return how long the order may rest."""
    tif = command.get("tif", "gtc")
    if not isinstance(tif, str) or tif not in _TIMES:
        raise LineError(f"tif must be one of {', '.join(_TIMES)}: tif={tif!r}")
    return _TIMES[tif]


def self_trade_mode(command: dict[str, Any], default: SelfTradeMode) -> SelfTradeMode:
    """Return what the order does when it meets its owner's."""
    stp = command.get("stp", default)
    if not isinstance(stp, str) or stp not in SELF_TRADE_MODES:
        raise LineError(f"stp must be one of {', '.join(SELF_TRADE_MODES)}: stp={stp!r}")
    return SELF_TRADE_MODES[stp]


def owner_of(command: dict[str, Any]) -> tuple[str, str] | None:
    """Return whose the order is: its group's, else its user's, else nobody's."""
    for field in ("group", "user"):
        if command.get(field) is not None:
            return field, str(command[field])
    return None


def quantity_of(command: dict[str, Any]) -> Decimal:
    """Return the quantity as an exact number of any sign."""
    qty = needed(command, "qty")
    try:
        number = Decimal(str(qty)) if type(qty) in {int, str, Decimal} else Decimal("nan")
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise LineError(f"qty must be a number: qty={qty!r}")
    return number
