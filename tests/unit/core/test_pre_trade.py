"""The rules before orders that leave: by numbers, and against a slow twin that is plainly right."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from tradecore.core import (
    InputError,
    Instrument,
    Limits,
    PreTrade,
    PriceError,
    QuantityError,
    SymbolTerms,
    UnknownSymbolError,
)

SYMBOL = "BTCUSDT"
ORDER_VALUE, POSITION_LOTS = 900, 12


def rules(**more):
    """Return rules for one instrument of whole prices and quantities."""
    one = Instrument(SYMBOL, kind="linear", tick_size="1", lot_size="1", **more)
    return PreTrade([one], {SYMBOL: SymbolTerms(base="BTC", quote="USDT")})


def admit(made, name, side="buy", quantity=1, price=100, **more):
    """Ask for an order; return the rule against it."""
    more = {"symbol": SYMBOL, "now_ns": 0, **more}
    said = made.admit(name, side=side, quantity=quantity, price=price, **more)
    return None if said is None else said[0]


def state(made):
    """Return what is held, working, and how many orders are."""
    held = made.position(SYMBOL)
    return held.quantity, held.working_buy, held.working_sell, made.open_orders


def test_an_order_counts_until_it_is_closed():
    """Once for each name; what is closed twice is closed."""
    made = rules()

    assert admit(made, "a", quantity=3) is None
    assert admit(made, "b", side="sell", quantity=2, price=101) is None
    assert state(made) == (0, 3, 2, 2)
    assert admit(made, "a") == "DUPLICATE_CLIENT_ORDER_ID"
    assert made.close("a") is True
    assert made.close("a") is False
    assert state(made) == (0, 0, 2, 1)


def test_a_fill_moves_from_working_to_held_at_its_price():
    """The average cost follows; what is over is booked too, for it happened."""
    made = rules()
    admit(made, "a", quantity=3)
    made.fill("a", price=90, quantity=1)
    assert state(made) == (1, 2, 0, 1)
    assert made.position(SYMBOL).cost == 90
    made.fill("a", price=100, quantity=5)
    assert state(made) == (6, 0, 0, 1)
    assert made.position(SYMBOL).cost == 590
    assert made.fill("x", price=1, quantity=1) is False


@pytest.mark.parametrize(
    ("taker_fee", "liquidity", "profit"),
    [("0", "taker", "20"), ("0.01", "taker", "17.8"), ("0.01", "maker", "20")],
)
def test_the_days_profit_is_what_was_won_less_fees(taker_fee, liquidity, profit):
    """Bought at 100, sold at 120: 20 less a hundredth of 220 for who took."""
    made = rules(taker_fee=taker_fee)
    admit(made, "a")
    made.fill("a", price=100, quantity=1, liquidity=liquidity)
    made.close("a")
    admit(made, "b", side="sell", price=120)
    made.fill("b", price=120, quantity=1, liquidity=liquidity)

    assert made.day_profit(SYMBOL) == Decimal(profit)
    made.start_day()
    assert made.day_profit(SYMBOL) == 0


def test_what_is_held_is_valued_at_the_mark():
    """Long wins when it rises, short when it falls."""
    made = rules()
    made.set_position(SYMBOL, 2, 100)
    made.set_mark(SYMBOL, 110)
    assert made.day_profit(SYMBOL) == 20
    made.set_position(SYMBOL, -2, 110)
    made.set_mark(SYMBOL, 120)
    assert made.day_profit(SYMBOL) == 0


@pytest.mark.parametrize(
    ("limits", "order", "code"),
    [
        (Limits(max_order_lots=2), {"quantity": 3}, "MAX_ORDER_QTY"),
        (Limits(max_order_value=299), {"quantity": 3}, "MAX_ORDER_VALUE"),
        (Limits(max_position_lots=2), {"quantity": 3}, "MAX_POSITION_QTY"),
        (Limits(max_position_value=299), {"quantity": 3}, "MAX_POSITION_VALUE"),
        (Limits(collar="0.05"), {"price": 106}, "PRICE_COLLAR"),
        (Limits(max_open_orders=0), {}, "MAX_OPEN_ORDERS"),
    ],
)
def test_each_limit_refuses_by_its_name_and_changes_nothing(limits, order, code):
    """At the limit an order passes; beyond it none does."""
    made = rules()
    made.set_mark(SYMBOL, 100)
    assert admit(made, "free", **order) is None
    made.close("free")
    made.set_limits(limits)

    assert admit(made, "a", **order) == code
    assert state(made) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("limits", "quantity"),
    [
        (Limits(max_order_lots=3), 3),
        (Limits(max_order_value=300), 3),
        (Limits(max_position_lots=3), 3),
        (Limits(max_position_value=300), 3),
    ],
)
def test_a_limit_itself_is_allowed(limits, quantity):
    """It is the most there may be."""
    made = rules()
    made.set_mark(SYMBOL, 100)
    made.set_limits(limits)

    assert admit(made, "a", quantity=quantity) is None


@pytest.mark.parametrize(("trading", "codes"), [
    ("active", [None, None]), ("halted", ["TRADING_HALTED"] * 2),
    ("reducing", ["REDUCE_ONLY_STATE", None]),
])  # fmt: skip
def test_a_trading_state_lets_all_some_or_none_through(trading, codes):
    """Long: a buy adds, a sell reduces."""
    made = rules()
    made.set_position(SYMBOL, 2, 100)
    made.set_trading_state(trading)

    assert [admit(made, "a"), admit(made, "b", side="sell", price=101)] == codes


@pytest.mark.parametrize(
    ("terms", "error", "text"),
    [
        ({"symbol": "DOGE"}, UnknownSymbolError, "DOGE"),
        ({"price": "100.5"}, PriceError, r"100\.5"),
        ({"quantity": "0.5"}, QuantityError, r"0\.5"),
        ({"side": "up"}, InputError, "up"),
    ],
)
def test_what_makes_no_sense_is_an_error_with_its_value(terms, error, text):
    """And changes nothing."""
    made = rules()
    with pytest.raises(error, match=text):
        admit(made, "a", **terms)

    assert state(made) == (0, 0, 0, 0)


def test_a_market_order_needs_a_price_to_be_valued_at():
    """The other side's best one is; a mark is not what it trades at."""
    made = rules()
    made.set_limits(Limits(max_order_value=100))
    assert admit(made, "a", price=None) == "NO_REFERENCE_PRICE"
    assert admit(made, "a", price=None, best_ask=100) is None
    assert admit(made, "b", price=None, best_ask=101) == "MAX_ORDER_VALUE"
    assert admit(made, "b", side="sell", price=None, best_ask=100) == "NO_REFERENCE_PRICE"


@dataclass
class Twin:
    """The rules once more, each as one plain line over all orders."""

    held: int = 0
    #: Side, price and quantity that count, by name.
    working: dict[str, tuple[str, int, int]] = field(default_factory=dict)

    def side(self, side):
        """Return the lots that work on a side."""
        return sum(quantity for one, _, quantity in self.working.values() if one == side)

    def crosses(self, name, side, price):
        """Return whether an order would meet another one of ours."""
        others = [one for key, one in self.working.items() if key != name]
        if side == "buy":
            return any(one == "sell" and at <= price for one, at, _ in others)
        return any(one == "buy" and at >= price for one, at, _ in others)

    def refusal(self, side, price, quantity):
        """Return the limit that speaks against a new order."""
        if price * quantity > ORDER_VALUE:
            return "MAX_ORDER_VALUE"
        work = self.side(side) + quantity
        reached = self.held + work if side == "buy" else self.held - work
        is_other_way = (self.held < 0) if side == "buy" else (self.held > 0)
        if is_other_way and work <= abs(self.held):
            # What can only bring the position nearer to zero is never too much.
            return None
        return "MAX_POSITION_QTY" if abs(reached) > POSITION_LOTS else None

    def admit(self, name, side, price, quantity):
        """Judge a new order."""
        if name in self.working:
            return "DUPLICATE_CLIENT_ORDER_ID"
        if self.crosses(name, side, price):
            return "SELF_CROSS"
        said = self.refusal(side, price, quantity)
        if said is None:
            self.working[name] = (side, price, quantity)
        return said

    def settle(self, name, price, quantity):
        """Note what is open."""
        if name in self.working:
            self.working[name] = (self.working[name][0], price, quantity)

    def fill(self, name, quantity):
        """Book a fill."""
        if name in self.working:
            side, price, before = self.working[name]
            self.working[name] = (side, price, max(before - quantity, 0))
            self.held += quantity if side == "buy" else -quantity

    def state(self):
        """Return what is held, working, and how many orders are."""
        return self.held, self.side("buy"), self.side("sell"), len(self.working)


@pytest.mark.parametrize("seed", range(40))
def test_the_rules_never_disagree_with_their_slow_twin(seed):
    """Whatever comes in whatever order: the same refusals, the same counts."""
    chance, made, twin = random.Random(seed), rules(), Twin()
    made.set_limits(Limits(max_order_value=ORDER_VALUE, max_position_lots=POSITION_LOTS))
    refused = set()
    for step in range(300):
        name = f"o-{chance.randrange(8)}"
        price, quantity = chance.randint(90, 110), chance.randint(1, 9)
        match chance.randrange(6):
            case 0 | 1:
                side = chance.choice(("buy", "sell"))
                said = admit(made, name, side, quantity, price)
                assert said == twin.admit(name, side, price, quantity), (step, name)
                refused.add(said)
            case 2:
                made.settle(name, price=price, quantity=quantity - 1)
                twin.settle(name, price, quantity - 1)
            case 3:
                made.fill(name, price=price, quantity=quantity)
                twin.fill(name, quantity)
            case 4:
                assert made.close(name) is (twin.working.pop(name, None) is not None)
            case _:
                made.set_position(SYMBOL, twin.held - 1, price)
                twin.held -= 1
        assert state(made) == twin.state(), (step, name)

    assert len(refused) >= 3


def test_a_change_counts_by_its_larger_part_until_it_is_settled():
    """Which of the two holds is not known before the answer."""
    made = rules()
    admit(made, "a", quantity=3)
    assert made.amend("a", price=101, quantity=5, now_ns=0) is None
    assert state(made) == (0, 5, 0, 1)
    made.settle("a", price=101, quantity=5)
    assert made.amend("a", price=102, quantity=2, now_ns=0) is None
    assert state(made) == (0, 5, 0, 1)
    made.settle("a", price=102, quantity=2)
    assert state(made) == (0, 2, 0, 1)
    assert made.amend("x", price=1, quantity=1, now_ns=0)[0] == "UNKNOWN_ORDER"


def test_a_change_meets_the_same_limits_and_our_own_orders():
    """What is refused is left as it was."""
    made = rules()
    made.set_limits(Limits(max_order_value=ORDER_VALUE, max_position_lots=POSITION_LOTS))
    admit(made, "a", quantity=3)
    admit(made, "b", side="sell", quantity=1, price=110)

    for price, quantity, code in [
        (110, 1, "SELF_CROSS"), (100, 10, "MAX_ORDER_VALUE"), (60, 13, "MAX_POSITION_QTY"),
    ]:  # fmt: skip
        assert made.amend("a", price=price, quantity=quantity, now_ns=0)[0] == code
        assert state(made) == (0, 3, 1, 2)
