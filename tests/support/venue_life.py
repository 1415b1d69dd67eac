"""A venue on disk with clients who do a bit of everything, and a picture of what it then is."""

from __future__ import annotations

import random
from dataclasses import fields, is_dataclass
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import asdict, replace

from tradecore.core import VenueEngine
from tradecore.simulation.catalog import perpetuals
from tradecore.store import open_notes
from tradecore.venue import Condition, PlaceOrder, VenueService

START_NS = 1_700_000_000_000_000_000
SYMBOL = "BTCUSDT"
LISTED = perpetuals()
#: Hedges, holds isolated positions, and is poor enough to be liquidated, in this order.
HEDGED, ISOLATED, POOR = 3, 4, 5
ACCOUNTS = (1, 2, HEDGED, ISOLATED, POOR)


def open_life(
    folder, *, now_ns=START_NS, ack="memory", checkpoint=None, is_shared=False, answers_kept=None
):
    """Open the venue in a folder, new or as it was."""
    engine = VenueEngine(
        [one.instrument for one in LISTED],
        journal=folder / "journal",
        ack=ack,
        segment_bytes=1 << 23,
        **({} if answers_kept is None else {"answers_kept": answers_kept}),
    )
    return VenueService.begin(
        LISTED,
        now_ns=now_ns,
        engine=engine,
        notes=open_notes(folder / "notes.tcn"),
        checkpoint=checkpoint,
        is_shared=is_shared,
        keeps_records=True,
    )


class Clients:
    """Clients whose choices hang on a seed alone."""

    def __init__(self, service, seed=1):
        """Come to a venue that has accounts, or open them."""
        self.service, self.dice = service, random.Random(seed)
        self.now_ns = service.state.now_ns

    def open_accounts(self):
        """Give everybody money and their way to hold positions."""
        service = self.service
        for account in ACCOUNTS:
            service.open_account(account, deposit=Decimal(40 if account == POOR else 1_000_000))
        assert service.modes.set_hedged(HEDGED, is_hedged=True) is None
        assert service.modes.set_isolated(ISOLATED, SYMBOL, is_isolated=True) is None
        assert service.modes.set_leverage(POOR, SYMBOL, 100) is None

    def act(self, count):
        """Do so many things."""
        deeds = (self.order,) * 12 + (
            self.cancel,
            self.amend,
            self.condition,
            self.wait,
            self.wind,
            self.pay,
            self.move,
        )
        for _ in range(count):
            self.now_ns += self.dice.randrange(1, 2_000_000)
            self.dice.choice(deeds)()

    def price(self):
        """Return a price about the index."""
        index = self.service.state.marks[SYMBOL].index
        return (index + Decimal(self.dice.randrange(-300, 300)) / 10).quantize(Decimal("0.1"))

    def order(self):
        """Place an order of some kind."""
        dice, account = self.dice, self.dice.choice(ACCOUNTS)
        side = dice.choice(("buy", "sell"))
        kind = dice.choice(("limit",) * 6 + ("market", "ioc", "fok", "stop", "iceberg", "gtd"))
        terms = {
            "limit": {},
            "market": {"price": None},
            "ioc": {"time_in_force": "IOC"},
            "fok": {"time_in_force": "FOK"},
            "stop": {"type": "stop_limit", "stop_price": self.price()},
            "iceberg": {"type": "iceberg", "display_quantity": Decimal("0.002")},
            "gtd": {"time_in_force": "GTD", "expire_time_ns": self.now_ns + 50_000_000},
        }[kind]
        leg = dice.choice(("long", "short")) if account == HEDGED else "both"
        reduces = leg == "both" and dice.random() < 0.05
        given = {
            "account": account,
            "symbol": SYMBOL,
            "side": side,
            "quantity": Decimal(dice.randrange(3, 40)) / 1_000,
            "price": self.price(),
            "leg": leg,
            "reduce_only": reduces,
            "self_trade_prevention": dice.choice(("none", "cancel_newest")),
            "client_order_id": f"c{dice.randrange(10**9)}" if dice.random() < 0.5 else "",
            "origin": {"word": kind} if dice.random() < 0.2 else None,
            "strategy": ("", "trend", "carry/2")[self.now_ns % 3],
        }
        self.service.place(PlaceOrder(**{**given, **terms}), now_ns=self.now_ns)

    def open_order(self):
        """Return an order of somebody's that is open, or none."""
        histories = self.service.state.histories
        orders = [one for account in ACCOUNTS for one in histories.open(account, SYMBOL)]
        return self.dice.choice(orders) if orders else None

    def cancel(self):
        """Take an order out, or all of somebody."""
        if self.dice.random() < 0.2:
            self.service.cancel_where(account=self.dice.choice(ACCOUNTS), now_ns=self.now_ns)
        elif (order := self.open_order()) is not None:
            self.service.cancel(order, now_ns=self.now_ns)

    def amend(self):
        """Change an order's terms."""
        order = self.open_order()
        if order is not None and order.price is not None and order.status != "pending_trigger":
            quantity = order.quantity + Decimal("0.001")
            self.service.amend(order, price=self.price(), quantity=quantity, now_ns=self.now_ns)

    def condition(self):
        """Let an order wait for a price."""
        dice, mark = self.dice, self.service.state.mark(SYMBOL)
        account = dice.choice((1, 2, ISOLATED))
        side = dice.choice(("buy", "sell"))
        away = Decimal(dice.randrange(1, 80)) if side == "buy" else -Decimal(dice.randrange(1, 80))
        condition = dice.choice(
            (
                Condition(kind="stop", trigger=(mark + away).quantize(Decimal("0.1"))),
                Condition(kind="trailing", callback=Decimal("0.001"), by_mark=True),
                Condition(
                    kind="stop",
                    trigger=(mark + away).quantize(Decimal("0.1")),
                    close_position=True,
                    by_mark=True,
                ),
            )
        )
        order = PlaceOrder(account=account, symbol=SYMBOL, side=side, quantity=Decimal("0.004"))
        self.service.place_condition(order, condition, client_id="", now_ns=self.now_ns)

    def wait(self):
        """Let the market elsewhere move; now and then some hours pass."""
        service, dice = self.service, self.dice
        if dice.random() < 0.1:
            self.now_ns += 9 * 3_600 * 10**9
            service.advance(self.now_ns)
        step = dice.choice((400, 400, 9_000))
        index = service.state.marks[SYMBOL].index + Decimal(dice.randrange(-step, step)) / 10
        service.set_index(SYMBOL, index, now_ns=self.now_ns)

    def wind(self):
        """Begin or stop a countdown."""
        countdown_ns = self.dice.choice((0, 3_000_000, 10**12))
        account = self.dice.choice(ACCOUNTS)
        self.service.wind(account, SYMBOL, countdown_ns=countdown_ns, now_ns=self.now_ns)

    def pay(self):
        """Bring money, or take some out."""
        account = self.dice.choice((1, 2, HEDGED, ISOLATED))
        if self.dice.random() < 0.5:
            self.service.deposit(account, Decimal(self.dice.randrange(1, 10**6)) / 100)
        else:
            self.service.withdraw(account, Decimal(self.dice.randrange(1, 10**4)) / 100)

    def move(self):
        """Give an isolated position money, or change a leverage."""
        modes, dice = self.service.modes, self.dice
        modes.move_margin(ISOLATED, SYMBOL, "both", Decimal(5), takes_out=dice.random() < 0.5)
        modes.set_leverage(dice.choice((1, 2)), SYMBOL, dice.choice((5, 20, 50)))


def picture(service, *, with_ended=True):
    """Return everything a venue knows, as values that can be compared."""
    state = service.state
    ledger, histories = state.ledger, state.histories
    accounts = sorted(ledger.accounts())
    seen = {
        "engine": service.engine.state_hash(),
        "position": service.books.position,
        "now": state.now_ns,
        "next_id": state.next_id,
        "money": {one: ledger.totals(one) for one in accounts},
        "books": (ledger.deposited, ledger.collected),
        "held": {
            one: {held.leg: held for held in ledger.positions(one) if held.updated_ns}
            for one in accounts
        },
        "open": {one: histories.open(one, SYMBOL) for one in accounts},
        "waiting": list(state.conditions.all_waiting(SYMBOL)),
        "marks": {
            name: (one.index, one.mark, one.next_funding_ns) for name, one in state.marks.items()
        },
        "last": state.last_prices,
        "depth": {name: (one.bids(50), one.asks(50)) for name, one in state.depths.items()},
        "trades": service.books.reports.numbers.last,
        "modes": (sorted(state.house), sorted(state.hedged), sorted(state.isolated)),
        "leverages": sorted(state.leverages().items()),
        "countdowns": sorted(state.countdowns.items()),
        "changes": sorted(state.changes.items()),
        "strategies": list(state.strategies),
    }
    if with_ended:
        seen["orders"] = {one: histories.orders(one, SYMBOL) for one in accounts}
        seen["incomes"] = {one: histories.incomes(one) for one in accounts}
        seen["fills"] = {one: histories.trades(one, SYMBOL) for one in accounts}
        seen["prints"] = histories.prints(SYMBOL)
    return plain(seen)


def plain(value):
    """Return a value as lists and texts: numbers by what they are worth, types of orders said."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, PlaceOrder) and value.type is None:
        value = replace(value, type=value.kind)
    if isinstance(value, Struct):
        listed = {name: plain(one) for name, one in asdict(value).items()}
        return {"is": type(value).__name__, **listed}
    if is_dataclass(value):
        listed = {one.name: plain(getattr(value, one.name)) for one in fields(value)}
        return {"is": type(value).__name__, **listed}
    if isinstance(value, dict):
        return {key: plain(one) for key, one in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
