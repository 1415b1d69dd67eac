"""Accounts and their money: `/admin/accounts`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from tradecore.core import InputError
from tradecore.gateway.access import gateway_of, needs
from tradecore.gateway.audited import note
from tradecore.gateway.numbers import ACCOUNT_MAX
from tradecore.gateway.once import OnceRoute, idempotency_key
from tradecore.gateway.pages import link_next
from tradecore.gateway.problems import ProblemError
from tradecore.gateway.responses import PAGED, PRIVATE, WRITES, problems
from tradecore.gateway.routes.orders import CursorQuery, LimitQuery
from tradecore.gateway.schemas.admin import (
    Accounts,
    AccountSummary,
    Holding,
    Holdings,
    MoneyMove,
    MoneyMoved,
    StatementEntry,
    StatementPage,
)
from tradecore.identity.principal import Principal
from tradecore.identity.scopes import Scope
from tradecore.telemetry.logs import iso_utc

if TYPE_CHECKING:
    from decimal import Decimal

    from tradecore.gateway.gateway import Gateway

__all__ = ["router"]

router = APIRouter(prefix="/admin/accounts", tags=["admin"], route_class=OnceRoute)
Reader = Annotated[Principal, needs(Scope.ACCOUNTS_READ, is_admin=True)]
Admin = Annotated[Principal, needs(Scope.ADMIN, is_admin=True)]
AccountPath = Annotated[int, Path(ge=0, le=ACCOUNT_MAX, description="Number of the account.")]


@router.get("", response_model=Accounts, responses=problems(*PRIVATE))
async def list_accounts(request: Request, _caller: Reader) -> Accounts:
    """List every account that ever had money."""
    gateway = gateway_of(request)
    await gateway.floor.queue.settled()
    state = gateway.floor.service.state
    return Accounts(
        data=[
            AccountSummary(
                account=account,
                user_id=gateway.directory.user_of(account),
                currency=state.ledger.currency,
                wallet=state.ledger.wallet(account),
                equity=state.margin(account).equity,
                open_orders=sum(
                    len(state.histories.open(account, one)) for one in state.instruments
                ),
            )
            for account in sorted(state.ledger.accounts())
            if account not in state.house
        ]
    )


@router.post(
    "/{account}/deposits",
    response_model=MoneyMoved,
    responses=problems(*WRITES, 404),
    dependencies=[Depends(idempotency_key)],
)
async def deposit(
    request: Request, account: AccountPath, move: MoneyMove, caller: Admin
) -> MoneyMoved:
    """Put money into an account; its first deposit opens it."""
    return await _move(request, account, move, caller, sign=1)


@router.post(
    "/{account}/withdrawals",
    response_model=MoneyMoved,
    responses=problems(*WRITES, 404),
    dependencies=[Depends(idempotency_key)],
)
async def withdraw(
    request: Request, account: AccountPath, move: MoneyMove, caller: Admin
) -> MoneyMoved:
    """Take money out of an account, as far as it is free."""
    return await _move(request, account, move, caller, sign=-1)


async def _move(
    request: Request, account: int, move: MoneyMove, caller: Principal, *, sign: int
) -> MoneyMoved:
    gateway = gateway_of(request)
    if getattr(request.state, "is_retry", False):
        raise ProblemError(
            409,
            "OUTCOME_UNKNOWN",
            "the venue ended while this was done: look at the statement, then use another key",
        )
    kind = "deposit" if sign > 0 else "withdrawal"
    await note(
        gateway,
        caller,
        kind,
        {"account": account, "amount": str(move.amount), "reason": move.reason},
    )
    wallet = await gateway.floor.command(
        lambda now_ns: _moved(gateway, account, move.amount * sign, now_ns)
    )
    currency = gateway.floor.service.state.ledger.currency
    return MoneyMoved(account=account, currency=currency, amount=move.amount * sign, wallet=wallet)


def _moved(gateway: Gateway, account: int, amount: Decimal, now_ns: int) -> Decimal:
    service = gateway.floor.service
    if account in service.state.house:
        raise ProblemError(404, "NOT_FOUND", "there is no such account")
    service.advance(now_ns)
    if amount > 0:
        service.deposit(account, amount)
    elif not service.withdraw(account, -amount):
        raise ProblemError(422, "INSUFFICIENT_FUNDS", "so much of the account is not free")
    return service.state.ledger.wallet(account)


@router.get(
    "/{account}/statement",
    response_model=StatementPage,
    responses={**PAGED, **problems(*PRIVATE)},
)
async def read_statement(
    request: Request,
    response: Response,
    account: AccountPath,
    _caller: Reader,
    limit: LimitQuery = 100,
    cursor: CursorQuery = None,
) -> StatementPage:
    """Read why an account's money changed, newest first."""
    floor = gateway_of(request).floor
    await floor.caught_up()
    try:
        page = await asyncio.to_thread(floor.records.statement, account, limit=limit, cursor=cursor)
    except InputError as error:
        raise ProblemError(400, "BAD_CURSOR", str(error)) from error
    link_next(request, response, page.next_cursor)
    return StatementPage(
        data=[
            StatementEntry(
                entry_id=str(row.entry_id),
                kind=row.kind,
                amount=row.amount,
                balance=row.balance,
                currency=row.currency,
                symbol=row.symbol or None,
                trade_id=str(row.trade_id) if row.trade_id else None,
                timestamp=iso_utc(row.ts_event_ns),
            )
            for row in page.rows
        ],
        next_cursor=page.next_cursor,
    )


@router.get("/{account}/positions", response_model=Holdings, responses=problems(*PRIVATE))
async def read_holdings(request: Request, account: AccountPath, _caller: Reader) -> Holdings:
    """Read what an account holds or held, as it is on record."""
    rows = await gateway_of(request).floor.holdings(account)
    return Holdings(
        data=[
            Holding(
                symbol=row.symbol,
                leg=row.leg,
                quantity=row.quantity,
                average_price=row.entry_price,
                realized_pnl=row.realized,
                fees=row.fees,
                sequence=row.sequence,
            )
            for row in rows
        ]
    )
