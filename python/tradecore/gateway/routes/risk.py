"""Limits and what of them is used: `/api/risk` and the risk paths of `/api/v1`."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError

from tradecore.gateway.access import account_named, allow, gateway_of, needs, own_account
from tradecore.gateway.audited import note
from tradecore.gateway.checks import WARN_AT, limits_used
from tradecore.gateway.holdings import sums_of
from tradecore.gateway.limits import LimitValues
from tradecore.gateway.numbers import ACCOUNT_MAX
from tradecore.gateway.once import VenueRoute
from tradecore.gateway.problems import FieldProblem, ProblemError
from tradecore.gateway.responses import PRIVATE, WRITES, problems
from tradecore.gateway.routes.market import UserPath
from tradecore.gateway.schemas.base import StrategyId
from tradecore.gateway.schemas.orders_v1 import OrderCreateV1
from tradecore.gateway.schemas.risk import (
    Check,
    Limits,
    LimitsChange,
    RiskCheck,
    RiskCheckResult,
    RiskMetrics,
    RiskProfile,
)
from tradecore.gateway.terms import of_v1
from tradecore.identity.ownership import act_for
from tradecore.identity.principal import Principal
from tradecore.identity.scopes import Scope

if TYPE_CHECKING:
    from tradecore.gateway.gateway import Gateway

__all__ = ["router"]

router = APIRouter(tags=["risk"], route_class=VenueRoute)
Reader = Annotated[Principal, needs(Scope.RISK_READ)]
#: What a change may name: all but a size, which the engine holds by symbol, for everybody.
LIMIT_NAMES: Final = tuple(
    one.name for one in fields(LimitValues) if one.name in LimitsChange.model_fields
)
Account = Annotated[
    int | None, Query(ge=0, le=ACCOUNT_MAX, description="Whose; your own if not given.")
]


def _account(caller: Principal, account: int | None) -> int:
    if account is None:
        return own_account(caller)
    allow(act_for(caller, Scope.RISK_READ, account), Scope.RISK_READ)
    return account


@router.get("/api/risk/metrics", response_model=RiskMetrics, responses=problems(*PRIVATE, 404))
async def risk_metrics(request: Request, caller: Reader, account: Account = None) -> RiskMetrics:
    """Read exposure, margin and limits of an account."""
    gateway = gateway_of(request)
    whose = _account(caller, account)
    await gateway.floor.queue.settled()
    service = gateway.floor.service
    sums = sums_of(service.state, whose)
    return RiskMetrics(
        equity=sums.margin.equity,
        gross_exposure=sums.gross,
        net_exposure=sums.net,
        leverage=sums.leverage,
        day_pnl=gateway.floor.day.profit(service.state, whose),
        margin_used=sums.margin.initial,
        margin_ratio=sums.margin_ratio,
        limits=limits_used(service, gateway.floor.limits.of(whose), whose),
        trading_state=gateway.floor.switches.of(whose),
    )


@router.get("/api/risk/limits", response_model=Limits, responses=problems(*PRIVATE, 404))
async def risk_limits(
    request: Request,
    caller: Reader,
    account: Account = None,
    scope: Annotated[
        Literal["global", "user", "account", "strategy"],
        Query(description="`global`: those of everybody; `strategy`: of the strategy named."),
    ] = "account",
    strategy_id: Annotated[
        StrategyId | None, Query(alias="strategyId", description="Of this strategy's orders.")
    ] = None,
) -> Limits:
    """Read the limits that hold for an account: the stricter of its own and everybody's.

    With a strategy those of its orders, for which what was set for it is added.
    """
    gateway = gateway_of(request)
    if (scope == "strategy") is (strategy_id is None):
        detail = "strategyId belongs to the scope strategy, and to nothing else"
        code = "missing" if strategy_id is None else "unexpected_field"
        named = FieldProblem(pointer="/strategyId", detail=detail, code=code)
        raise ProblemError(400, "BAD_PARAMETER", detail, errors=[named])
    if scope == "global":
        return _limits(gateway, gateway.floor.limits.everybody, None)
    return _shown(gateway, _account(caller, account), strategy_id or "")


def _shown(gateway: Gateway, account: int, strategy: str) -> Limits:
    return _limits(gateway, gateway.floor.limits.of(account, strategy), account, strategy)


def _limits(
    gateway: Gateway, values: LimitValues, account: int | None, strategy: str = ""
) -> Limits:
    own = gateway.floor.limits.own()
    return Limits(
        scope="strategy"
        if strategy and (account, strategy) in own
        else "account"
        if (account, "") in own
        else "global",
        account=account,
        strategy_id=strategy or None,
        is_enabled=gateway.settings.risk.risk_limits_enabled,
        **{one.name: getattr(values, one.name) for one in fields(values)},
    )


@router.put("/api/risk/limits", response_model=Limits, responses=problems(*WRITES, 404))
async def change_limits(
    request: Request, change: LimitsChange, caller: Annotated[Principal, needs(Scope.RISK_WRITE)]
) -> Limits:
    """Set the limits of an account, or of one of its strategies, in place of those before; audited.

    Everybody's limits are settings of the venue: they hold beside these, as an account's hold
    beside its strategies', and the strictest decides. A strategy's bind its orders; what they are
    compared with is the account's: all that it holds, and all its open orders.
    """
    return await _change(gateway_of(request), change, caller, {*LIMIT_NAMES})


@router.patch("/api/risk/limits", response_model=Limits, responses=problems(*WRITES, 404))
async def change_some_limits(
    request: Request, change: LimitsChange, caller: Annotated[Principal, needs(Scope.RISK_WRITE)]
) -> Limits:
    """Set the limits that are named of an account or a strategy; the others stay, null ends one."""
    named = change.model_fields_set & {*LIMIT_NAMES}
    if not named:
        raise ProblemError(422, "UNCHANGED", "a change names at least one limit")
    return await _change(gateway_of(request), change, caller, named)


async def _change(
    gateway: Gateway, change: LimitsChange, caller: Principal, names: set[str]
) -> Limits:
    found = {name: getattr(change, name) for name in sorted(names)}
    told = {name: None if value is None else str(value) for name, value in found.items()}
    strategy = change.strategy_id or ""
    whose = {"account": change.account} | ({"strategy": strategy} if strategy else {})
    data = {**whose, "reason": change.reason, **told}
    await note(gateway, caller, "limits_changed", data)

    def work(now_ns: int) -> None:
        # Read in its turn, so that two changes at once are both there afterwards.
        before = gateway.floor.limits.own().get((change.account, strategy), LimitValues())
        gateway.floor.set_limits(
            replace(before, **found), account=change.account, strategy=strategy, now_ns=now_ns
        )

    await gateway.floor.command(work)
    return _shown(gateway, change.account, strategy)


@router.post(
    "/api/v1/trading/risk/check",
    response_model=RiskCheckResult,
    responses=problems(*WRITES, 404),
)
async def check_order(request: Request, asked: RiskCheck, caller: Reader) -> RiskCheckResult:
    """Ask whether an order would pass, rule by rule; nothing is placed or changed.

    With `{}` for the order: whether the user may trade at all. A refusal is a result, status 200.
    """
    gateway = gateway_of(request)
    account = account_named(gateway, caller, Scope.RISK_READ, asked.user_id)
    await gateway.floor.queue.settled()
    if not asked.order:
        return _state_only(gateway, asked.user_id, account)
    order = _order_of(asked.order)
    symbol = gateway.floor.names.named(order.symbol)
    terms, warnings = of_v1(order, account=account, symbol=symbol)
    examined = gateway.floor.examine(terms)
    checks = examined.checks()
    return RiskCheckResult(
        user_id=asked.user_id,
        decision=_decision(checks),
        checks=checks,
        projected=examined.projected(),
        warnings=warnings,
    )


def _order_of(said: dict[str, Any]) -> OrderCreateV1:
    try:
        return OrderCreateV1.model_validate(said)
    except ValidationError as error:
        errors = [
            FieldProblem(
                pointer="/order/" + "/".join(str(part) for part in one["loc"]),
                detail=one["msg"],
                code=one["type"],
            )
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise ProblemError(422, "VALIDATION", errors[0].detail, errors=errors) from error


def _state_only(gateway: Gateway, user_id: str, account: int) -> RiskCheckResult:
    word = gateway.floor.switches.of(account)
    code = {"halted": "TRADING_HALTED", "reducing": "REDUCE_ONLY_STATE"}.get(word)
    used = limits_used(gateway.floor.service, gateway.floor.limits.of(account), account)
    checks = [Check(name="trading_state", passed=word != "halted", code=code)]
    checks += [
        Check(name=one.name, passed=one.status != "breach", limit=one.limit, value=one.used)
        for one in used
    ]
    return RiskCheckResult(
        user_id=user_id, decision=_decision(checks), checks=checks, projected=None
    )


def _decision(checks: list[Check]) -> Literal["accept", "reject", "warn"]:
    """Return what becomes of an order; `warn` where a limit is nearly used up."""
    if not all(one.passed for one in checks):
        return "reject"
    is_near = any(
        one.value >= one.limit * WARN_AT
        for one in checks
        if one.limit and one.value is not None and one.name != "price_collar"
    )
    return "warn" if is_near else "accept"


@router.get(
    "/api/v1/trading/users/{user_id}/risk-profile",
    response_model=RiskProfile,
    responses=problems(*PRIVATE, 404),
)
async def risk_profile(request: Request, user_id: UserPath, caller: Reader) -> RiskProfile:
    """Read a user's limits and what of them is used; your own, unless you may read all."""
    gateway = gateway_of(request)
    account = account_named(gateway, caller, Scope.RISK_READ, user_id)
    await gateway.floor.queue.settled()
    service, limits = gateway.floor.service, gateway.floor.limits.of(account)
    first = next(iter(service.state.instruments.values()))
    leverage = service.state.leverage(account, first.symbol)
    return RiskProfile(
        user_id=user_id,
        limits=limits.decimals(),
        usage={one.name: one.used for one in limits_used(service, limits, account)},
        trading_state=gateway.floor.switches.of(account),
        margin_requirement=1 / Decimal(leverage),
        liquidation_threshold=first.brackets[0].maintenance_rate,
    )
