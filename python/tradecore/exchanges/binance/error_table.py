"""Every error code of the venue that we know of, as one table."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tradecore.exchanges.base import FaultKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_AUTH, _CLOCK, _LIMIT = FaultKind.AUTH, FaultKind.CLOCK, FaultKind.LIMIT
_PARAMETER, _FILTER, _RISK = FaultKind.PARAMETER, FaultKind.FILTER, FaultKind.RISK
_GONE, _AGAIN, _OPEN = FaultKind.NOT_FOUND, FaultKind.TRANSIENT, FaultKind.UNKNOWN_OUTCOME


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """What a code means.

    Args:
        text: The venue's words; `%s` stands for a value.
        kind: What may be done about it.
        reject_code: Our name for it when it refuses an order.
        status: The HTTP status it comes with.
    """

    text: str
    kind: FaultKind
    reject_code: str = "VENUE_REJECTED"
    status: int = 400


_ROWS: Final = {
    -1000: ErrorRow("An unknown error occured while processing the request.", _OPEN),
    -1001: ErrorRow("Internal error; unable to process your request. Please try again.", _OPEN),
    -1002: ErrorRow("You are not authorized to execute this request.", _AUTH, status=401),
    -1003: ErrorRow(
        "Too many requests; current limit is %s requests per minute. Please use the websocket for"
        " live updates to avoid polling the API.",
        _LIMIT,
        "VENUE_RATE_LIMIT",
        429,
    ),
    -1004: ErrorRow("This IP is already on the white list", _PARAMETER),
    -1005: ErrorRow("No such IP has been white listed", _PARAMETER),
    -1006: ErrorRow(
        "An unexpected response was received from the message bus. Execution status unknown.",
        _OPEN,
    ),
    -1007: ErrorRow(
        "Timeout waiting for response from backend server. Send status unknown; execution status"
        " unknown.",
        _OPEN,
        status=408,
    ),
    -1008: ErrorRow(
        "Request throttled by system-level protection.", _AGAIN, "VENUE_UNAVAILABLE", 503
    ),
    -1010: ErrorRow("ERROR_MSG_RECEIVED.", _PARAMETER),
    -1011: ErrorRow("This IP cannot access this route.", _AUTH),
    -1013: ErrorRow("INVALID_MESSAGE", _PARAMETER),
    -1014: ErrorRow("Unsupported order combination.", _PARAMETER, "BAD_COMBINATION"),
    -1015: ErrorRow(
        "Too many new orders; current limit is %s orders per %s.", _LIMIT, "VENUE_RATE_LIMIT", 429
    ),
    -1016: ErrorRow("This service is no longer available.", _PARAMETER),
    -1020: ErrorRow("This operation is not supported.", _PARAMETER, "UNSUPPORTED"),
    -1021: ErrorRow("Timestamp for this request is outside of the recvWindow.", _CLOCK),
    -1022: ErrorRow("Signature for this request is not valid.", _AUTH),
    -1023: ErrorRow("Start time is greater than end time.", _PARAMETER),
    -1099: ErrorRow("Not found, unauthenticated, or unauthorized.", _AUTH),
    -1100: ErrorRow("Illegal characters found in a parameter.", _PARAMETER),
    -1101: ErrorRow("Duplicate values for a parameter detected.", _PARAMETER),
    -1102: ErrorRow(
        "Mandatory parameter '%s' was not sent, was empty/null, or malformed.", _PARAMETER
    ),
    -1103: ErrorRow("An unknown parameter was sent.", _PARAMETER),
    -1104: ErrorRow("Not all sent parameters were read.", _PARAMETER),
    -1105: ErrorRow("Parameter '%s' was empty.", _PARAMETER),
    -1106: ErrorRow("Parameter '%s' sent when not required.", _PARAMETER, "BAD_COMBINATION"),
    -1108: ErrorRow("Invalid asset.", _PARAMETER),
    -1109: ErrorRow("Invalid account.", _PARAMETER, "UNKNOWN_ACCOUNT"),
    -1110: ErrorRow("Invalid symbolType.", _PARAMETER),
    -1111: ErrorRow("Precision is over the maximum defined for this asset.", _FILTER, "BAD_PRICE"),
    -1112: ErrorRow("No orders on book for symbol.", _PARAMETER, "NO_LIQUIDITY"),
    -1113: ErrorRow("Withdrawal amount must be negative.", _PARAMETER),
    -1114: ErrorRow("TimeInForce parameter sent when not required.", _PARAMETER, "BAD_COMBINATION"),
    -1115: ErrorRow("Invalid timeInForce.", _PARAMETER, "BAD_COMBINATION"),
    -1116: ErrorRow("Invalid orderType.", _PARAMETER, "BAD_COMBINATION"),
    -1117: ErrorRow("Invalid side.", _PARAMETER, "BAD_COMBINATION"),
    -1118: ErrorRow("New client order ID was empty.", _PARAMETER),
    -1119: ErrorRow("Original client order ID was empty.", _PARAMETER),
    -1120: ErrorRow("Invalid interval.", _PARAMETER),
    -1121: ErrorRow("Invalid symbol.", _PARAMETER, "UNKNOWN_SYMBOL"),
    -1122: ErrorRow("Invalid symbol status.", _PARAMETER, "TRADING_HALTED"),
    -1125: ErrorRow("This listenKey does not exist.", _AUTH),
    -1127: ErrorRow("Lookup interval is too big.", _PARAMETER),
    -1128: ErrorRow("Combination of optional parameters invalid.", _PARAMETER, "BAD_COMBINATION"),
    -1130: ErrorRow("Data sent for parameter '%s' is not valid.", _PARAMETER),
    -1131: ErrorRow("recvWindow must be less than 60000", _PARAMETER),
    -1136: ErrorRow("Invalid newOrderRespType.", _PARAMETER),
    -2010: ErrorRow("New order rejected", _RISK),
    -2011: ErrorRow("Unknown order sent.", _GONE, "UNKNOWN_ORDER"),
    -2012: ErrorRow("Batch cancel failure", _AGAIN),
    -2013: ErrorRow("Order does not exist.", _GONE, "UNKNOWN_ORDER"),
    -2014: ErrorRow("API-key format invalid.", _AUTH, status=401),
    -2015: ErrorRow("Invalid API-key, IP, or permissions for action.", _AUTH, status=401),
    -2016: ErrorRow("No trading window could be found for the symbol.", _AUTH, "TRADING_HALTED"),
    -2017: ErrorRow("API Keys are locked on this account.", _AUTH),
    -2018: ErrorRow("Balance is insufficient.", _RISK, "INSUFFICIENT_FUNDS"),
    -2019: ErrorRow("Margin is insufficient.", _RISK, "INSUFFICIENT_MARGIN"),
    -2020: ErrorRow("Unable to fill.", _RISK, "NO_LIQUIDITY"),
    -2021: ErrorRow("Order would immediately trigger.", _RISK, "BAD_STOP_PRICE"),
    -2022: ErrorRow("ReduceOnly Order is rejected.", _RISK, "REDUCE_ONLY_WOULD_INCREASE"),
    -2023: ErrorRow("User in liquidation mode now.", _RISK, "TRADING_HALTED"),
    -2024: ErrorRow("Position is not sufficient.", _RISK, "REDUCE_ONLY_WOULD_INCREASE"),
    -2025: ErrorRow("Reach max open order limit.", _LIMIT, "MAX_OPEN_ORDERS"),
    -2026: ErrorRow("This OrderType is not supported when reduceOnly.", _RISK, "BAD_COMBINATION"),
    -2027: ErrorRow(
        "Exceeded the maximum allowable position at current leverage.", _RISK, "MAX_POSITION_VALUE"
    ),
    -2028: ErrorRow(
        "Leverage is smaller than permitted: insufficient margin balance.", _RISK, "MAX_LEVERAGE"
    ),
    -4000: ErrorRow("Invalid order status.", _FILTER),
    -4001: ErrorRow("Price less than 0.", _FILTER, "BAD_PRICE"),
    -4002: ErrorRow("Price greater than max price.", _FILTER, "BAD_PRICE"),
    -4003: ErrorRow("Quantity less than or equal to zero.", _FILTER, "QTY_NOT_POSITIVE"),
    -4004: ErrorRow("Quantity less than min quantity.", _FILTER, "OFF_LOT"),
    -4005: ErrorRow("Quantity greater than max quantity.", _FILTER, "MAX_ORDER_QTY"),
    -4006: ErrorRow("Stop price less than zero.", _FILTER, "BAD_STOP_PRICE"),
    -4007: ErrorRow("Stop price greater than max price.", _FILTER, "BAD_STOP_PRICE"),
    -4013: ErrorRow("Price less than min price.", _FILTER, "BAD_PRICE"),
    -4014: ErrorRow("Price not increased by tick size.", _FILTER, "OFF_TICK"),
    -4015: ErrorRow("Client order id is not valid.", _PARAMETER),
    -4016: ErrorRow("Limit price can't be higher than the cap of %s.", _FILTER, "PRICE_BAND"),
    -4020: ErrorRow("Target strategy invalid for orderType.", _PARAMETER, "BAD_COMBINATION"),
    -4021: ErrorRow("'%s' is not valid depth limit.", _PARAMETER),
    -4022: ErrorRow("Market status sent is not valid.", _PARAMETER),
    -4023: ErrorRow("Qty not increased by step size.", _FILTER, "OFF_LOT"),
    -4024: ErrorRow("Limit price can't be lower than the floor of %s.", _FILTER, "PRICE_BAND"),
    -4028: ErrorRow("Leverage %s is not valid", _PARAMETER),
    -4031: ErrorRow("Invalid working type.", _PARAMETER),
    -4032: ErrorRow("Exceed maximum cancel order size.", _PARAMETER),
    -4044: ErrorRow("Balance Type is invalid.", _PARAMETER),
    -4045: ErrorRow("Reach max stop order limit.", _LIMIT, "MAX_OPEN_ORDERS"),
    -4046: ErrorRow("No need to change margin type.", _RISK),
    -4047: ErrorRow("Margin type cannot be changed if there exists open orders.", _RISK),
    -4048: ErrorRow("Margin type cannot be changed if there exists position.", _RISK),
    -4049: ErrorRow("Add margin only support for isolated position.", _RISK),
    -4050: ErrorRow("Cross balance insufficient.", _RISK, "INSUFFICIENT_MARGIN"),
    -4051: ErrorRow("Isolated balance insufficient.", _RISK, "INSUFFICIENT_MARGIN"),
    -4052: ErrorRow("No need to change auto add margin.", _RISK),
    -4053: ErrorRow("Auto add margin only support for isolated position.", _RISK),
    -4054: ErrorRow("Cannot add position margin: position is 0.", _RISK),
    -4055: ErrorRow("Amount must be positive.", _RISK),
    -4059: ErrorRow("No need to change position side.", _RISK),
    -4060: ErrorRow("Invalid position side.", _RISK),
    -4061: ErrorRow("Order's position side does not match user's setting.", _RISK),
    -4062: ErrorRow("Invalid or improper reduceOnly value.", _RISK, "BAD_COMBINATION"),
    -4067: ErrorRow("Position side cannot be changed if there exists open orders.", _RISK),
    -4068: ErrorRow("Position side cannot be changed if there exists position.", _RISK),
    -4082: ErrorRow("Invalid number of batch place orders.", _PARAMETER),
    -4083: ErrorRow("Fail to place batch orders.", _PARAMETER),
    -4087: ErrorRow("User can only place reduce only order", _RISK, "REDUCE_ONLY_STATE"),
    -4088: ErrorRow("User can not place order currently", _RISK, "TRADING_HALTED"),
    -4104: ErrorRow("Invalid contract type", _RISK),
    -4109: ErrorRow("This account is inactive.", _RISK),
    -4116: ErrorRow("clientOrderId is duplicated", _RISK, "DUPLICATE_CLIENT_ORDER_ID"),
    -4117: ErrorRow("Stop order is in triggering process. Please try again later.", _RISK),
    -4118: ErrorRow("ReduceOnly Order Failed. Please check your existing position.", _RISK),
    -4120: ErrorRow(
        "Order type not supported for this endpoint. Please use the Algo Order API endpoints"
        " instead.",
        _PARAMETER,
        "UNSUPPORTED",
    ),
    -4131: ErrorRow(
        "The counterparty's best price does not meet the PERCENT_PRICE filter limit.",
        _RISK,
        "PRICE_BAND",
    ),
    -4135: ErrorRow("Invalid activation price", _PARAMETER, "BAD_STOP_PRICE"),
    -4137: ErrorRow("Quantity must be zero with closePosition equals true", _PARAMETER),
    -4138: ErrorRow("Reduce only must be true with closePosition equals true", _PARAMETER),
    -4139: ErrorRow("Order type can not be market if it's unable to cancel", _PARAMETER),
    -4140: ErrorRow("Invalid symbol status for opening position", _RISK, "REDUCE_ONLY_STATE"),
    -4141: ErrorRow("Symbol is closed", _RISK, "TRADING_HALTED"),
    -4142: ErrorRow("Rejected: the stop order would trigger immediately", _PARAMETER),
    -4144: ErrorRow("Invalid pair", _RISK, "UNKNOWN_SYMBOL"),
    -4161: ErrorRow(
        "Leverage reduction is not supported in Isolated Margin Mode with open positions", _RISK
    ),
    -4164: ErrorRow(
        "Order's notional must be no smaller than %s (unless you choose reduce only)",
        _FILTER,
        "MIN_NOTIONAL",
    ),
    -4165: ErrorRow("Invalid time interval", _PARAMETER),
    -4167: ErrorRow("Unable to adjust to Multi-Assets mode with isolated symbols.", _RISK),
    -4168: ErrorRow("Unable to adjust to isolated-margin mode under Multi-Assets mode.", _RISK),
    -4169: ErrorRow("Unable to adjust Multi-Assets mode: margin is insufficient.", _RISK),
    -4170: ErrorRow("Unable to adjust Multi-Assets mode with open orders.", _RISK),
    -4171: ErrorRow("No need to change Multi-Assets mode.", _RISK),
    -4172: ErrorRow("Unable to adjust Multi-Assets mode: asset balance is negative.", _RISK),
    -4183: ErrorRow("Price is higher than stop price multiplier cap.", _FILTER, "BAD_STOP_PRICE"),
    -4184: ErrorRow("Price is lower than stop price multiplier floor.", _FILTER, "BAD_STOP_PRICE"),
    -4192: ErrorRow("Trade forbidden due to Cooling-off Period.", _RISK, "TRADING_HALTED"),
    -4202: ErrorRow("Intermediate Personal Verification is required.", _RISK, "MAX_LEVERAGE"),
    -4210: ErrorRow("Stop price is higher than price multiplier cap.", _FILTER, "BAD_STOP_PRICE"),
    -4211: ErrorRow("Stop price is lower than price multiplier floor.", _FILTER, "BAD_STOP_PRICE"),
    -4400: ErrorRow("Trading Quantitative Rules: only reduce-only.", _RISK, "REDUCE_ONLY_STATE"),
    -4401: ErrorRow("Reduce-only by the venue's rules.", _RISK, "REDUCE_ONLY_STATE"),
    -4402: ErrorRow("Not available in your region.", _RISK),
    -4403: ErrorRow("Leverage is not available in your region.", _RISK, "MAX_LEVERAGE"),
    -5021: ErrorRow(
        "Due to the order could not be filled immediately, the FOK order has been rejected.",
        _RISK,
        "FOK_NOT_FILLABLE",
    ),
    -5022: ErrorRow(
        "Due to the order could not be executed as maker, the Post Only order will be rejected.",
        _RISK,
        "POST_ONLY_WOULD_CROSS",
    ),
    -5024: ErrorRow("Symbol is not in trading status. Amendment is not permitted.", _RISK),
    -5025: ErrorRow("Only limit order is supported.", _RISK, "UNSUPPORTED"),
    -5026: ErrorRow("Exceed maximum modify order limit.", _RISK),
    -5027: ErrorRow("No need to modify the order.", _RISK),
    -5028: ErrorRow("Timestamp for this request is outside of the ME recvWindow.", _CLOCK),
    -5029: ErrorRow("Order's notional must be no smaller than %s", _FILTER, "MIN_NOTIONAL"),
    -5037: ErrorRow("Invalid price match", _PARAMETER, "BAD_COMBINATION"),
    -5038: ErrorRow("Price match only supports order types limit, stop and take profit", _RISK),
    -5039: ErrorRow("Invalid self trade prevention mode", _PARAMETER, "BAD_COMBINATION"),
    -5040: ErrorRow("The goodTillDate timestamp is not valid.", _RISK, "BAD_EXPIRE_TIME"),
    -5041: ErrorRow("No depth matches this BBO order", _RISK, "NO_LIQUIDITY"),
    -5043: ErrorRow(
        "A pending modification already exists for this order.", _RISK, "REQUEST_IN_FLIGHT"
    ),
}
ERRORS: Final[Mapping[int, ErrorRow]] = MappingProxyType(_ROWS)
