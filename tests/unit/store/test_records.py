"""What a venue did is read back as it was: exact, complete, and in pages that do not slip."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest


def test_an_order_reads_as_it_stands(records, floor):
    """Terms, what traded, and how it ended."""
    order = floor.place(1, "buy", "0.3", "60000.1", client_order_id="mine", post_only=True)
    floor.place(2, "sell", "0.1", "60000.1")
    floor.service.cancel(order, now_ns=floor.now_ns)
    records.apply(floor.batch())

    row = records.order(1, order.order_id)

    assert (row.client_order_id, row.type, row.time_in_force, row.post_only) == (
        "mine",
        "limit",
        "GTC",
        True,
    )
    assert (row.price, row.quantity, row.filled) == (
        Decimal("60000.1"),
        Decimal("0.3"),
        Decimal("0.1"),
    )
    assert (row.status, row.leaves, row.average_price) == ("canceled", 0, Decimal("60000.1"))
    assert records.order_by_client(1, "mine") == row
    assert records.order(2, order.order_id) is None, "another's order is no order"
    assert records.order(None, order.order_id) == row


def test_a_refused_order_is_on_record(records, floor):
    """Its code says why, whether engine or venue refused it; it moved nothing."""
    refused = floor.place(1, "buy", "0.1", "59000", time_in_force="FOK")

    early = floor.place(1, "buy", "0.00001", "59000")
    records.apply(floor.batch())

    row = records.order(1, refused.order_id)
    assert (row.status, row.reject_code, row.filled) == ("rejected", "FOK_NOT_FILLABLE", 0)
    row = records.order(1, early.order_id)
    assert (row.status, row.reject_code) == ("rejected", "QUANTITY_TOO_SMALL")
    assert [one.order_id for one in records.orders(1, status=["rejected"]).rows] == [
        early.order_id,
        refused.order_id,
    ]
    assert records.orders(1, status=["new", "filled"]).rows == ()


@pytest.mark.parametrize(
    ("terms", "type_word", "status"),
    [
        pytest.param({"type": "stop", "stop_price": "61000"}, "stop", "pending_trigger", id="stop"),
        pytest.param(
            {"type": "stop_limit", "stop_price": "61000", "price": "61100"},
            "stop_limit",
            "pending_trigger",
            id="stop-limit",
        ),
        pytest.param(
            {"type": "iceberg", "price": "50000", "display_quantity": "0.1"},
            "iceberg",
            "new",
            id="iceberg",
        ),
        pytest.param({"price": "50000", "time_in_force": "DAY"}, "limit", "new", id="day"),
    ],
)
def test_rarer_terms_are_kept(records, floor, terms, type_word, status):
    """Triggers, shown quantities and times in force read back."""
    floor.trade("0.1", "60000")
    given = {
        name: Decimal(value) if name in {"stop_price", "display_quantity"} else value
        for name, value in terms.items()
    }

    order = floor.place(1, "buy", "0.5", **given)

    records.apply(floor.batch())
    row = records.order(1, order.order_id)
    assert (row.type, row.status) == (type_word, status)
    assert row.stop_price == given.get("stop_price")
    assert row.display_quantity == given.get("display_quantity")
    assert row.time_in_force == given.get("time_in_force", "GTC")


def test_a_trigger_is_seen(records, floor):
    """An order that waited for its trigger is an ordinary one from then on."""
    floor.trade("0.1", "60000")
    order = floor.place(1, "sell", "0.1", "59000", type="stop_limit", stop_price=Decimal(59500))
    records.apply(floor.batch())
    assert records.order(1, order.order_id).status == "pending_trigger"
    floor.trade("0.1", "59500", buyer=1, seller=2)
    records.apply(floor.batch())
    assert records.order(1, order.order_id).status == "new"


def test_both_sides_of_a_trade_and_what_the_public_sees(records, floor):
    """The public's trade names no account; each side has its fee."""
    taker = floor.trade("0.2", "60000")
    records.apply(floor.batch())

    (public,) = records.trades("BTCUSDT").rows
    (mine,) = records.account_trades(1).rows
    (theirs,) = records.account_trades(2, symbol="BTCUSDT").rows

    assert (public.price, public.quantity, public.aggressor) == (60_000, Decimal("0.2"), "buy")
    assert public.taker_order_id == mine.order_id == taker.order_id
    assert public.maker_order_id == theirs.order_id
    assert (mine.is_maker, theirs.is_maker) == (False, True)
    assert mine.fee == 60_000 * Decimal("0.2") * Decimal("0.0005")
    assert mine.trade_id == theirs.trade_id == public.trade_id
    assert records.account_trades(1, order_id=taker.order_id).rows == (mine,)
    assert records.account_trades(1, since_ns=public.ts_event_ns + 1).rows == ()
    assert records.trades("BTCUSDT", since_ns=public.ts_event_ns + 1).rows == ()


def test_a_statement_adds_up_to_the_balance(records, floor):
    """Amounts sum to the balance to the last digit, and each line says what there was after it."""
    floor.trade("0.1", "60000.1")
    floor.trade("0.07", "61234.5", buyer=2, seller=1)
    assert floor.service.withdraw(1, Decimal("123.45"))
    records.apply(floor.batch())

    for account in (1, 2):
        (balance,) = records.balances(account)
        lines = records.statement(account, limit=1_000).rows
        assert sum(line.amount for line in lines) == balance.total
        assert lines[0].balance == balance.total
        for newer, older in itertools.pairwise(lines):
            assert older.balance + newer.amount == newer.balance
        for kind in ("deposit", "withdrawal", "realized", "fee", "funding", "insurance"):
            amounts = [line.amount for line in lines if line.kind == kind]
            assert sum(amounts) == getattr(balance, kind)
        assert balance.total == floor.service.state.ledger.wallet(account)
    assert records.accounts() == (1, 2)


def test_funding_is_on_the_statement(records, floor):
    """What a note does to money is in the records like what a trade does."""
    floor.trade("0.1", "60000")
    floor.service.advance(floor.service.state.marks["BTCUSDT"].next_funding_ns)

    records.apply(floor.batch())

    (funding,) = [one for one in records.statement(1).rows if one.kind == "funding"]
    assert funding.amount == Decimal("-0.6")
    assert funding.note == 1
    assert records.balances(1)[0].funding == funding.amount


def test_a_position_reads_as_it_stands(records, floor):
    """Quantity, cost and profit; the flat one stays readable."""
    floor.trade("0.3", "60000")
    floor.trade("0.1", "60600", buyer=2, seller=1)
    records.apply(floor.batch())

    (position,) = records.positions(1)

    assert (position.quantity, position.entry_price) == (Decimal("0.2"), 60_000)
    assert position.realized == 60
    assert records.positions(1, symbol="ETHUSDT") == ()
    assert records.positions(9) == ()


@pytest.mark.parametrize("digits", ["0.00000001", "123456789012345678.12345678"])
def test_no_digit_is_lost(records, floor, digits):
    """Money of any size comes back to the last digit, in either database."""
    floor.service.deposit(3, Decimal(digits))
    records.apply(floor.batch())
    assert records.balances(3)[0].total == Decimal(digits)
    assert isinstance(records.balances(3)[0].total, Decimal)


def pages(ask, **terms):
    """Return the rows of every page of a list."""
    rows, cursor = [], None
    while True:
        page = ask(cursor=cursor, **terms)
        rows += page.rows
        cursor = page.next_cursor
        if cursor is None:
            return rows


@pytest.mark.parametrize("limit", [1, 3, 1_000])
def test_pages_make_the_whole_list(records, floor, limit):
    """Whatever the length of a page, each row is there once, newest first."""
    placed = [floor.place(1, "buy", "0.001", 50_000 + n).order_id for n in range(7)]
    for n in range(3):
        floor.trade("0.01", 60_000 + n)
    records.apply(floor.batch())

    orders = pages(lambda **given: records.orders(1, **given), limit=limit)
    filled = pages(lambda **given: records.account_trades(2, **given), limit=limit)
    lines = pages(lambda **given: records.statement(1, **given), limit=limit)

    assert [one.order_id for one in orders][-7:] == placed[::-1]
    assert len(orders) == len({one.order_id for one in orders}) == 10
    assert [one.trade_id for one in filled] == [3, 2, 1]
    assert [one.kind for one in lines][-1] == "deposit"
    seen = pages(lambda **given: records.trades("BTCUSDT", **given), limit=limit)
    assert [one.trade_id for one in seen] == [3, 2, 1]


def test_what_comes_in_does_not_move_a_page(records, floor):
    """Rows that arrive between two pages are neither repeated nor do they push any out."""
    for n in range(4):
        floor.place(1, "buy", "0.001", 50_000 + n)
    records.apply(floor.batch())
    first = records.orders(1, limit=2)
    for n in range(3):
        floor.place(1, "buy", "0.001", 51_000 + n)
    records.apply(floor.batch())

    second = records.orders(1, limit=2, cursor=first.next_cursor)

    prices = [row.price for row in (*first.rows, *second.rows)]
    assert prices == [50_003, 50_002, 50_001, 50_000]
    assert second.next_cursor is None


def test_words_of_clients_are_data(records, floor):
    """A name that looks like SQL is a name."""
    name = "x'); DROP TABLE orders; --"
    floor.place(1, "buy", "0.1", "50000", client_order_id=name)
    records.apply(floor.batch())
    assert records.order_by_client(1, name).client_order_id == name
