"""The limits of one account over all its strategies, checked by the core before an order leaves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Final, Literal

from tradecore.core import (
    InputError,
    Limits,
    PreTrade,
    PriceError,
    QuantityError,
    SymbolTerms,
    UnknownSymbolError,
)
from tradecore.model import Approved, Refused, RiskAlert
from tradecore.risk.carried import CarriedLimits, CarriedPosition
from tradecore.risk.known_orders import KnownOrders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tradecore.core import Instrument
    from tradecore.exchanges.base import ModifyOrder, NewOrder
    from tradecore.model import InstrumentTerms

__all__ = ["AccountLimits", "LimitRules"]

DAY_NS: Final = 86_400 * 1_000_000_000
ZERO: Final = Decimal(0)
AVERAGE_STEP: Final = Decimal("1e-12")


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRules:
    """What an account may hold and lose; `None` is no limit.

    Args:
        position_total: Most over all symbols, open orders of the worse side counted, base units.
        position: Most of one symbol, counted the same way, base units.
        order_value: Largest value of one order, quote units.
        daily_loss: Loss of a day (UTC) after which only what reduces a position passes.
        alert_part: Part of a limit at which somebody is told.
    """

    position_total: Decimal | None = None
    position: Decimal | None = None
    order_value: Decimal | None = None
    daily_loss: Decimal | None = None
    alert_part: Decimal = Decimal("0.8")


def _malformed(error: InputError) -> Refused:
    """Return an order that makes no sense as a refusal: it came from another process."""
    codes = {PriceError: "OFF_TICK", QuantityError: "OFF_LOT", UnknownSymbolError: "UNKNOWN_SYMBOL"}
    return Refused(codes.get(type(error), "BAD_COMBINATION"), str(error))


class AccountLimits:
    """Implements `OrderLimits` on the core's rules; see there for what each method is asked."""

    def __init__(self, terms: Sequence[InstrumentTerms], rules: LimitRules) -> None:
        """Hold nothing.

        Args:
            terms: What may be traded.
            rules: The limits.
        """
        self._rules = rules
        self._instruments: dict[str, Instrument] = {
            one.instrument.symbol: one.instrument for one in terms
        }
        self._assets = {
            one.instrument.symbol: SymbolTerms(base=one.base, quote=one.quote) for one in terms
        }
        self._margins = {one.instrument.symbol: one.margin_currency for one in terms}
        self._core = self._fresh_core()
        #: What fills said was paid today, by currency, where the instrument names no fees.
        self._paid: dict[str, Decimal] = {}
        #: By symbol, what was paid when its limit was set last.
        self._counted: dict[str, Decimal] = {}
        self._reducing: set[str] = set()
        for symbol in self._instruments:
            self._limit(symbol, ZERO)
        self._traders: dict[str, int] = {}
        self._orders = KnownOrders()
        self._active: set[str] = set()
        self._told: set[str] = set()
        self._prices: dict[str, Decimal] = {}
        self._day: int | None = None

    def check(
        self, trader: str, order: NewOrder, /, *, now_ns: int
    ) -> Approved[NewOrder] | Refused:
        """Admit a new order, or name the rule that speaks against it."""
        symbol = order.symbol
        self._begin(symbol, now_ns)
        # A stop trades where it is triggered, an order at the market where the market is.
        at = self._prices.get(symbol) if order.stop_price is None else order.stop_price
        mark = at if order.price is None else None
        try:
            said = self._core.admit(
                order.client_order_id,
                symbol=symbol,
                side=order.side,
                quantity=order.quantity,
                price=order.price,
                reduce_only=order.reduce_only,
                strategy=self.number(trader),
                best_bid=mark,
                best_ask=mark,
                now_ns=now_ns,
            )
        except InputError as error:
            return _malformed(error)
        if said is not None:
            return Refused(said[0], said[1])
        self.know(order)
        return Approved(order, "account limits")

    def judge(self, trader: str, symbol: str, now_ns: int) -> tuple[PreTrade, int]:
        """Return the rules themselves, brought up to now, and the number of a trader in them.

        For whoever admits an order in a symbol by them in another way.
        """
        if now_ns // DAY_NS != self._day or self._rules.daily_loss is not None:
            self._begin(symbol, now_ns)
        number = self._traders.get(trader)
        return self._core, self.number(trader) if number is None else number

    def _begin(self, symbol: str, now_ns: int) -> None:
        """Bring the rules up to the day and its fees, before an order in a symbol is judged."""
        if now_ns // DAY_NS != self._day:
            self._turn_day(now_ns)
        if self._rules.daily_loss is not None:
            self._count_fees(symbol)

    def check_change(
        self, trader: str, change: ModifyOrder, /, *, open_quantity: Decimal, now_ns: int
    ) -> Approved[ModifyOrder] | Refused:
        """Admit a change of an order to what would be open after it, or name the rule.

        A stop that ends in a market order trades where it is triggered.
        """
        del trader
        price = change.stop_price if change.price is None else change.price
        if price is None:
            return Refused("BAD_PRICE", f"a change names a price: {change.client_order_id}")
        self._turn_day(now_ns)
        if change.symbol in self._instruments:
            self._count_fees(change.symbol)
        try:
            said = self._core.amend(
                change.client_order_id, price=price, quantity=open_quantity, now_ns=now_ns
            )
        except InputError as error:
            return _malformed(error)
        if said is not None:
            return Refused(said[0], said[1])
        return Approved(change, "account limits")

    def restore(self, trader: str, order: NewOrder, /, *, now_ns: int) -> None:
        """Count an order that exists already, whatever the limits say."""
        self._turn_day(now_ns)
        self._core.enter(
            order.client_order_id,
            symbol=order.symbol,
            side=order.side,
            quantity=order.quantity,
            price=order.price,
            reduce_only=order.reduce_only,
            strategy=self.number(trader),
        )
        self.know(order)

    def settle(self, client_order_id: str, /, *, price: Decimal, open_quantity: Decimal) -> None:
        """Note what is open of an order after a change was answered, or was refused."""
        if price > 0:
            self._core.settle(client_order_id, price=price, quantity=open_quantity or 0)

    def filled(
        self,
        client_order_id: str,
        /,
        *,
        price: Decimal,
        quantity: Decimal,
        fee: Decimal,
        liquidity: Literal["maker", "taker"],
    ) -> None:
        """Note a fill; one that comes after its order was closed counts as well.

        A price off the tick is taken at the next one that makes nobody richer: it happened.
        """
        known = self._orders.get(client_order_id)
        if known is None:
            # So long ago that the next comparison with the venue's positions finds it first.
            return
        symbol, side = known
        self._active.add(symbol)
        instrument = self._instruments[symbol]
        if not (instrument.maker_fee or instrument.taker_fee):
            currency = self._margins[symbol]
            self._paid[currency] = self._paid.get(currency, ZERO) + fee
        # Up for what was bought, down for what was sold.
        price = instrument.round_price(price, "sell" if side == "buy" else "buy")
        counted = self._core.fill(
            client_order_id, price=price, quantity=quantity, liquidity=liquidity
        )
        if not counted:
            held = self._core.position(symbol).quantity
            after = held + quantity if side == "buy" else held - quantity
            self._core.set_position(symbol, after, price)
        self.see_price(symbol, price)

    def closed(self, client_order_id: str, /) -> None:
        """Note that nothing more can trade of an order; twice is harmless."""
        self._core.close(client_order_id)
        self._orders.end(client_order_id)

    def position(self, symbol: str, /) -> Decimal:
        """Return what is held of a symbol, by the fills told."""
        return self._core.position(symbol).quantity if symbol in self._instruments else ZERO

    def set_position(self, symbol: str, quantity: Decimal, entry_price: Decimal | None, /) -> None:
        """Take over what the venue says is held."""
        price = entry_price or self._prices.get(symbol)
        if symbol in self._instruments and price:
            self._active.add(symbol)
            # An average lies between ticks: up for what was bought, down for what was sold.
            is_bought = quantity >= self.position(symbol)
            on_tick = self._instruments[symbol].round_price(price, "sell" if is_bought else "buy")
            self._core.set_position(symbol, quantity, on_tick)

    def see_price(self, symbol: str, price: Decimal, /) -> None:
        """Note the price that positions in a symbol are valued at, and orders at the market.

        A mark is an average and finer than any tick: it is taken at the next tick above. One that
        is no price changes nothing.
        """
        if symbol in self._instruments and price.is_finite() and price > 0:
            on_tick = self._instruments[symbol].round_price(price, "sell")
            self._prices[symbol] = on_tick
            self._core.set_mark(symbol, on_tick)

    @property
    def marks(self) -> Mapping[str, Decimal]:
        """The prices seen last, by symbol."""
        return self._prices

    def alerts(self, now_ns: int, /) -> Sequence[RiskAlert]:
        """Return the limits that have come near since the last call, each once."""
        self._turn_day(now_ns)
        rules = self._rules
        near: dict[str, tuple[str, str]] = {}
        worst = {symbol: self._worst(symbol) for symbol in sorted(self._active)}
        if rules.position is not None:
            for symbol, held in worst.items():
                if held >= rules.position * rules.alert_part:
                    text = f"symbol={symbol}, held with open orders={held}, limit={rules.position}"
                    near[f"position {symbol}"] = ("POSITION_LIMIT", text)
        total = sum(worst.values(), ZERO)
        limit = rules.position_total
        if limit is not None and total >= limit * rules.alert_part:
            near["total"] = ("POSITION_LIMIT", f"all symbols={total}, limit={limit}")
        if rules.daily_loss is not None:
            profit = sum((self._won(one) for one in set(self._margins.values())), ZERO)
            profit -= sum(self._paid.values(), ZERO)
            if -profit >= rules.daily_loss * rules.alert_part:
                near["loss"] = ("DAILY_LOSS", f"profit={profit}, limit={rules.daily_loss}")
        news = [told for name, told in near.items() if name not in self._told]
        self._told = set(near)
        return [RiskAlert(code=code, text=text, ts_recv_ns=now_ns) for code, text in news]

    def carry(self) -> CarriedLimits:
        """Return positions, and what was lost and paid today beyond what they show."""
        positions = [self._held(symbol) for symbol in sorted(self._active)]
        shown = self._fresh_core()
        for held in positions:
            _hold(shown, held)
        spent = dict(self._paid)
        named = {self._margins[held.symbol]: held.symbol for held in positions}
        for currency, symbol in named.items():
            hidden = self._core.day_profit(symbol) - shown.day_profit(symbol)
            spent[currency] = spent.get(currency, ZERO) - hidden
        return CarriedLimits(positions=tuple(positions), spent=spent)

    def take_over(self, carried: CarriedLimits, /, *, now_ns: int) -> None:
        """Hold this and nothing else."""
        self._core = self._fresh_core()
        self._orders = KnownOrders()
        self._active.clear()
        self._reducing.clear()
        self._day = now_ns // DAY_NS
        self._paid = dict(carried.spent)
        for held in carried.positions:
            if held.symbol in self._instruments:
                self._active.add(held.symbol)
                mark = _hold(self._core, held)
                if mark is not None:
                    self._prices[held.symbol] = mark
        for symbol in self._instruments:
            self._limit(symbol, ZERO)

    def _held(self, symbol: str) -> CarriedPosition:
        position = self._core.position(symbol)
        price = mark = self._prices.get(symbol)
        if position.quantity:
            # On a tick near the average: what that is off is in what was spent.
            average = (position.cost / position.quantity).quantize(AVERAGE_STEP)
            price = self._instruments[symbol].round_price(average, "sell")
        return CarriedPosition(symbol=symbol, quantity=position.quantity, price=price, mark=mark)

    def _limit(self, symbol: str, paid: Decimal) -> None:
        """Set a symbol's limits; what was paid in fees has used up some of the daily loss."""
        rules, lots = self._rules, None
        if rules.position is not None:
            lot_size = self._instruments[symbol].lot_size
            lots = int((rules.position / lot_size).to_integral_value(ROUND_DOWN))
        left = None if rules.daily_loss is None else max(rules.daily_loss - paid, ZERO)
        self._core.set_limits(Limits(max_position_lots=lots, max_daily_loss=left), symbol=symbol)
        self._counted[symbol] = paid

    def _count_fees(self, symbol: str) -> None:
        """Have the fees paid in a symbol's currency count before an order of it is judged."""
        limit, currency = self._rules.daily_loss, self._margins.get(symbol)
        if limit is None or currency is None:
            return
        paid = self._paid.get(currency, ZERO)
        if self._counted[symbol] != paid:
            self._limit(symbol, paid)
        if paid <= limit and symbol not in self._reducing:
            return
        # More was paid than may be lost: only what was won beside it keeps trading open.
        is_over = paid - self._won(currency) >= limit
        self._core.set_trading_state("reducing" if is_over else "active", symbol=symbol)
        (self._reducing.add if is_over else self._reducing.discard)(symbol)

    def _won(self, currency: str) -> Decimal:
        """Return the day's profit in a currency: the core counts what settles in it together."""
        one = next((one for one in self._active if self._margins[one] == currency), None)
        return ZERO if one is None else self._core.day_profit(one)

    def know(self, order: NewOrder) -> None:
        """Remember which way an order goes, for as long as a fill of it may come."""
        self._active.add(order.symbol)
        self._orders.add(order)

    def _fresh_core(self) -> PreTrade:
        """Return rules that hold nothing."""
        core = PreTrade(list(self._instruments.values()), self._assets)
        core.set_limits(Limits(max_order_value=self._rules.order_value))
        core.limit_total(self._rules.position_total)
        return core

    def number(self, trader: str) -> int:
        """Return the number by which the core knows a trader."""
        return self._traders.setdefault(trader, len(self._traders) + 1)

    def _worst(self, symbol: str) -> Decimal:
        """Return the largest position its open orders could make."""
        held = self._core.position(symbol)
        return max(abs(held.quantity + held.working_buy), abs(held.quantity - held.working_sell))

    def _turn_day(self, now_ns: int) -> None:
        day = now_ns // DAY_NS
        if day != self._day:
            if self._day is not None:
                self._core.start_day()
                self._paid.clear()
            self._day = day


def _hold(core: PreTrade, held: CarriedPosition) -> Decimal | None:
    """Have rules that are fresh hold a position; return the price it is valued at, if it is."""
    if held.price is None:
        return None
    core.set_position(held.symbol, held.quantity, held.price)
    # Files of earlier versions have no mark.
    mark = held.price if held.mark is None else held.mark
    core.set_mark(held.symbol, mark)
    return mark
