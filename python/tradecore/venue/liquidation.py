"""What a venue does to an account whose margin no longer covers its positions.

Open orders go first, since they bind margin. If that does not help, positions are closed whole, the
one with the largest maintenance margin first, by forced orders through the book. What the book does
not take at the bankruptcy price, at which nothing would be left, the insurance fund takes there.
The fund earns what the venue calls the liquidation fee, and pays what is missing. There is no
deleveraging of others, since this fund never runs out.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

from tradecore.venue.notes import InsurancePaid
from tradecore.venue.orders import PlaceOrder

if TYPE_CHECKING:
    from tradecore.venue.ledger import PositionState
    from tradecore.venue.margin import Exposure
    from tradecore.venue.notes import What
    from tradecore.venue.orders import OrderRecord
    from tradecore.venue.refusals import Refused
    from tradecore.venue.state import VenueState

__all__ = ["FORCED_BOUND", "INSURANCE", "LIQUIDATION_FEE", "cover_debts", "liquidate"]

#: Whose account the insurance fund is.
INSURANCE: Final = 999_999_999
#: Part of a liquidated position's value that the fund earns, where so much is left.
LIQUIDATION_FEE: Final = Decimal("0.0125")
_INSURANCE_MONEY: Final = Decimal(10) ** 12
#: How far from the mark a forced order goes where nothing is left to lose.
FORCED_BOUND: Final = Decimal("0.05")
_ZERO: Final = Decimal(0)


class Closer(Protocol):
    """What closing positions needs of a venue."""

    @property
    def state(self) -> VenueState:
        """What it knows."""

    def open_account(self, account: int, *, deposit: Decimal, is_house: bool = False) -> None:
        """Let an account trade."""

    def cancel(self, order: OrderRecord, *, now_ns: int) -> OrderRecord | Refused:
        """Take an order out."""

    def force(self, request: PlaceOrder) -> OrderRecord | Refused:
        """Take an order that only the engine may refuse."""

    def jot(self, what: What, /) -> None:
        """Write a note down and let it have its effect."""


def liquidate(service: Closer, account: int) -> None:
    """Close what an account's money no longer carries: isolated positions, then the others."""
    state = service.state
    if INSURANCE not in state.house:
        service.open_account(INSURANCE, deposit=_INSURANCE_MONEY, is_house=True)
    due = [one for one in state.exposures(account) if one.margin().is_due]
    for exposure in due:
        _cancel_orders(service, account, exposure.instrument.symbol)
        _close(service, account, exposure)
    if not state.margin(account).is_due:
        return
    shared = [name for name in state.instruments if (account, name) not in state.isolated]
    for symbol in shared:
        _cancel_orders(service, account, symbol)
    while state.margin(account).is_due:
        held = [one for one in state.exposures(account) if not one.is_isolated]
        _close(service, account, max(held, key=lambda one: one.margin().maintenance))


def cover_debts(service: Closer) -> None:
    """Let the fund pay what a liquidation left and could not settle: the process ended in it."""
    state = service.state
    for account in sorted(state.unsettled):
        debt = state.ledger.wallet(account)
        holds = any(one.quantity for one in state.ledger.positions(account))
        if not holds:
            _settle(service, account, min(debt, _ZERO), "")


def _cancel_orders(service: Closer, account: int, symbol: str) -> None:
    for order in service.state.histories.open(account, symbol):
        service.cancel(order, now_ns=service.state.now_ns)


def _close(service: Closer, account: int, exposure: Exposure) -> None:
    """Close a position whole, and settle with the insurance fund."""
    state, position, symbol = service.state, exposure.position, exposure.instrument.symbol
    margin, ledger = exposure.margin(), state.ledger
    is_isolated = exposure.is_isolated
    own = position.set_aside if is_isolated else state.margin(account).cross_wallet
    equity = position.set_aside + margin.unrealized
    if not is_isolated:
        equity = state.margin(account).cross_equity
    price = _price(service, exposure, equity)
    wallet_before, value = ledger.wallet(account), abs(margin.notional)
    _force(service, account, position, price)
    if position.quantity:
        _insure(service, account, position, price)
    if position.quantity:
        raise AssertionError("Invariant: what the book does not take, the fund does")
    own += ledger.wallet(account) - wallet_before
    others = _ZERO if is_isolated else state.margin(account).cross_maintenance
    if own < 0 and not others:
        _settle(service, account, own, symbol)
    elif own > 0:
        spare = own if is_isolated else state.margin(account).cross_equity - others
        fee = min(value * LIQUIDATION_FEE, max(spare, _ZERO))
        _settle(service, account, fee.quantize(Decimal("0.00000001")), symbol)
    else:
        _settle(service, account, _ZERO, symbol)


def _price(service: Closer, exposure: Exposure, equity: Decimal) -> Decimal:
    """Return the worst price a forced order takes: the bankruptcy price, while there is one."""
    quantity, mark = exposure.position.quantity, exposure.mark
    raw = mark - equity / quantity
    if equity <= 0:
        raw = mark * (1 - FORCED_BOUND if quantity > 0 else 1 + FORCED_BOUND)
    tick = exposure.instrument.instrument.tick_size
    price = max(raw // tick * tick, tick)
    depth = service.state.depths[exposure.instrument.symbol]
    # The fund may have to rest there without taking, so it stays on its own side of the book.
    if quantity > 0 and (ask := depth.best("sell")) is not None:
        return max(min(price, ask[0] - tick), tick)
    if quantity < 0 and (bid := depth.best("buy")) is not None:
        return max(price, bid[0] + tick)
    return price


def _force(service: Closer, account: int, position: PositionState, price: Decimal) -> None:
    service.force(
        PlaceOrder(
            account=account,
            symbol=position.symbol,
            side="sell" if position.quantity > 0 else "buy",
            quantity=abs(position.quantity),
            price=price,
            time_in_force="IOC",
            leg=position.leg,
            is_forced=True,
            client_order_id=f"autoclose-{service.state.take_id()}",
        )
    )


def _insure(service: Closer, account: int, position: PositionState, price: Decimal) -> None:
    """Let the insurance fund take what the book did not, at the price of the forced order."""
    service.force(
        PlaceOrder(
            account=INSURANCE,
            symbol=position.symbol,
            side="buy" if position.quantity > 0 else "sell",
            quantity=abs(position.quantity),
            price=price,
            post_only=True,
        )
    )
    _force(service, account, position, price)


def _settle(service: Closer, account: int, amount: Decimal, symbol: str) -> None:
    """Let an account pay the insurance fund, or be paid where the amount is negative."""
    service.jot(InsurancePaid(account=account, symbol=symbol, amount=amount))
