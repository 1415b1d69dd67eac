"""Money and positions of every account, kept from fills so that nothing is lost or made."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tradecore.portfolio import StatementEntry, Totals
from tradecore.venue.orders import Leg  # noqa: TC001 - msgspec reads the types of fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tradecore.core import Instrument
    from tradecore.model.orders import Side
    from tradecore.portfolio import EntryKind

__all__ = ["Ledger", "PositionState"]

#: Money is counted in 10^-8 of the margin currency.
MONEY_STEP: Final = Decimal("0.00000001")
_ZERO: Final = Decimal(0)


def money(value: Decimal, /) -> Decimal:
    """Return an amount rounded to the ledger's step, half to even."""
    return value.quantize(MONEY_STEP, rounding=ROUND_HALF_EVEN)


class PositionState(Struct, kw_only=True):
    """What an account holds of a symbol; negative is short.

    Args:
        cost: What it cost, signed like it; the rest of a rounding stays here.
        fees: Paid since it was opened.
        funding: Received less paid since it was opened.
        realized: Profit taken in the symbol, before fees.
        leg: Which of the account's positions of the symbol.
        set_aside: Part of the wallet that is this isolated position's alone.
    """

    symbol: str
    leg: Leg = "both"
    quantity: Decimal = _ZERO
    cost: Decimal = _ZERO
    fees: Decimal = _ZERO
    realized: Decimal = _ZERO
    set_aside: Decimal = _ZERO
    updated_ns: int = 0
    funding: Decimal = _ZERO

    @property
    def entry_price(self) -> Decimal:
        """Return the average price of what is held, 0 when flat."""
        return self.cost / self.quantity if self.quantity else _ZERO

    @property
    def break_even_price(self) -> Decimal:
        """Return the price at which closing gives back the fees too, 0 when flat."""
        return (self.cost + self.fees) / self.quantity if self.quantity else _ZERO

    def unrealized(self, mark: Decimal, /) -> Decimal:
        """Return the profit that closing at `mark` would take."""
        return self.quantity * mark - self.cost

    def fund(self, mark: Decimal, rate: Decimal, /) -> Decimal:
        """Note what its holder is paid, negative where it pays; return that."""
        amount = money(-self.quantity * mark * rate)
        self.funding += amount
        return amount

    def trade(self, change: Decimal, price: Decimal, *, fee: Decimal, ts_event_ns: int) -> Decimal:
        """Change it by a trade, negative where it was sold; return the profit that took."""
        realized = self._move(change, price)
        self.fees += fee
        if not self.quantity:
            self.fees = self.funding = _ZERO
        self.realized += realized
        self.updated_ns = ts_event_ns
        return realized

    def _move(self, change: Decimal, price: Decimal) -> Decimal:
        """Change the quantity at a price; what closes takes its part of the cost with it."""
        held = self.quantity
        if not held or (held > 0) == (change > 0):
            self.quantity += change
            self.cost += change * price
            return _ZERO
        if abs(change) < abs(held):
            freed = money(self.cost * -change / held)
            self.quantity += change
            self.cost -= freed
            return -change * price - freed
        realized = held * price - self.cost
        self.quantity = held + change
        self.cost = self.quantity * price
        self.fees = self.funding = _ZERO
        return realized


@dataclass(slots=True)
class _Wallet:
    totals: Totals = field(default_factory=Totals)
    updated_ns: int = 0
    positions: dict[tuple[str, Leg], PositionState] = field(default_factory=dict)


@dataclass(slots=True)
class Ledger:
    """Wallets and positions by account, in one margin currency.

    At any marks: what the wallets hold, plus the value of positions less their cost, plus
    `collected`, is what was `deposited`, to the last digit.
    """

    currency: str
    deposited: Decimal = _ZERO
    #: Fees, and what rounding left over of funding.
    collected: Decimal = _ZERO
    #: Every change since it was last looked at; nothing is kept unless asked.
    entries: list[StatementEntry] = field(default_factory=list)
    keeps_entries: bool = False
    _wallets: dict[int, _Wallet] = field(default_factory=dict)

    def _pay(
        self,
        account: int,
        kind: EntryKind,
        amount: Decimal,
        ts_event_ns: int,
        *,
        symbol: str = "",
        trade_id: int = 0,
    ) -> None:
        """Change an account's money: the only place that does."""
        wallet = self._wallet(account)
        balance = wallet.totals.add(kind, amount)
        wallet.updated_ns = ts_event_ns
        if self.keeps_entries and amount:
            entry = StatementEntry(
                account=account,
                currency=self.currency,
                kind=kind,
                amount=amount,
                balance=balance,
                symbol=symbol,
                trade_id=trade_id,
            )
            self.entries.append(entry)

    def deposit(self, account: int, amount: Decimal, /, *, ts_event_ns: int) -> None:
        """Put money in, or take it out where `amount` is negative."""
        kind: EntryKind = "withdrawal" if amount < 0 else "deposit"
        self._pay(account, kind, amount, ts_event_ns)
        self.deposited += amount

    def wallet(self, account: int, /) -> Decimal:
        """Return an account's money: deposits, profit taken and funding, less fees."""
        return self._wallets[account].totals.total if account in self._wallets else _ZERO

    def restore(
        self,
        account: int,
        totals: Totals,
        positions: Iterable[PositionState],
        /,
        *,
        updated_ns: int,
    ) -> None:
        """Take over an account as it was."""
        held = {(one.symbol, one.leg): one for one in positions}
        self._wallets[account] = _Wallet(totals, updated_ns, held)

    def totals(self, account: int, /) -> Totals:
        """Return an account's money by reason, as it stands; it goes on changing."""
        return self._wallet(account).totals

    def _wallet(self, account: int) -> _Wallet:
        wallet = self._wallets.get(account)
        if wallet is None:
            wallet = self._wallets[account] = _Wallet()
        return wallet

    def updated_ns(self, account: int, /) -> int:
        """Return when an account's money last changed."""
        return self._wallets[account].updated_ns if account in self._wallets else 0

    def position(self, account: int, symbol: str, leg: Leg = "both", /) -> PositionState:
        """Return what an account holds of a symbol, as it stands; it goes on changing."""
        wallet = self._wallet(account)
        held = wallet.positions.get((symbol, leg))
        if held is None:
            held = wallet.positions[symbol, leg] = PositionState(symbol=symbol, leg=leg)
        return held

    def set_aside(self, account: int, /) -> Decimal:
        """Return how much of an account's money its isolated positions keep for themselves."""
        wallet, total = self._wallets.get(account), _ZERO
        if wallet is not None:
            for position in wallet.positions.values():
                if position.set_aside:
                    total += position.set_aside
        return total

    def insure(
        self, account: int, fund: int, amount: Decimal, /, *, symbol: str, ts_event_ns: int
    ) -> None:
        """Let an account pay the insurance fund, or be paid where the amount is negative."""
        self._pay(account, "insurance", -amount, ts_event_ns, symbol=symbol)
        self._pay(fund, "insurance", amount, ts_event_ns, symbol=symbol)

    def positions(self, account: int, /) -> tuple[PositionState, ...]:
        """Return every position an account has or had."""
        wallet = self._wallets.get(account)
        return () if wallet is None else tuple(wallet.positions.values())

    def accounts(self) -> Iterator[int]:
        """Yield every account that ever had money or a position."""
        return iter(tuple(self._wallets))

    def fill(
        self,
        account: int,
        instrument: Instrument,
        /,
        *,
        side: Side,
        price: Decimal,
        quantity: Decimal,
        is_maker: bool,
        ts_event_ns: int,
        leg: Leg = "both",
        isolated_leverage: int | None = None,
        trade_id: int = 0,
    ) -> tuple[Decimal, Decimal]:
        """Book one side of a trade; return the profit it took and the fee, both in money.

        Of an isolated position what opens sets money aside, its value by the leverage, and what
        closes gives back its part.
        """
        symbol = instrument.symbol
        position = self.position(account, symbol, leg)
        unit = instrument.multiplier
        change = quantity * unit if side == "buy" else -quantity * unit
        rate = instrument.maker_fee if is_maker else instrument.taker_fee
        fee = money(quantity * unit * price * rate)
        if isolated_leverage is not None:
            self._set_aside(position, change, price, isolated_leverage)
        realized = position.trade(change, price, fee=fee, ts_event_ns=ts_event_ns)
        self._pay(account, "realized", realized, ts_event_ns, symbol=symbol, trade_id=trade_id)
        self._pay(account, "fee", -fee, ts_event_ns, symbol=symbol, trade_id=trade_id)
        self.collected += fee
        return realized, fee

    @staticmethod
    def _set_aside(position: PositionState, change: Decimal, price: Decimal, leverage: int) -> None:
        """Keep money for what a change opens, and give back that of what it closes."""
        held = position.quantity
        closed = min(abs(change), abs(held)) if held and (held > 0) != (change > 0) else _ZERO
        if closed:
            position.set_aside -= money(position.set_aside * closed / abs(held))
        position.set_aside += money((abs(change) - closed) * price / leverage)

    def fund(
        self, symbol: str, /, *, mark: Decimal, rate: Decimal, ts_event_ns: int
    ) -> list[tuple[int, Decimal]]:
        """Let longs pay shorts (or the other way if `rate` is negative); return who got what."""
        payments: list[tuple[int, Decimal]] = []
        # In an order that does not hang on who was looked at first.
        for account, wallet in sorted(self._wallets.items(), key=itemgetter(0)):
            for _, position in sorted(wallet.positions.items(), key=itemgetter(0)):
                if position.symbol != symbol or not position.quantity:
                    continue
                amount = position.fund(mark, rate)
                self._pay(account, "funding", amount, ts_event_ns, symbol=symbol)
                self.collected -= amount
                if position.set_aside:
                    position.set_aside += amount
                payments.append((account, amount))
        return payments

    def residue(self, marks: dict[str, Decimal], /) -> Decimal:
        """Return what is missing in the books at these marks: 0, or there is an error."""
        held = _ZERO
        for wallet in self._wallets.values():
            held += wallet.totals.total
            held += sum(
                (p.unrealized(marks[p.symbol]) for p in wallet.positions.values()), start=_ZERO
            )
        return self.deposited - self.collected - held
