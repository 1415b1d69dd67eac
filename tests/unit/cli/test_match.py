"""`tradecore match`: the engine as a filter of JSON lines."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tradecore.cli.match import run_lines


def answers(*commands, **options):
    """Run commands, given as objects or raw text, and return the parsed answers."""
    lines = [c if isinstance(c, str) else json.dumps(c) for c in commands]
    return [json.loads(text) for text in run_lines(lines, **options)]


def new(order_id, side, price, qty, **more):
    """Return a limit order."""
    return {"op": "new", "id": order_id, "side": side, "price": price, "qty": qty, **more}


def test_a_trade_names_maker_and_taker_at_the_makers_price():
    """The caller's ids come back, and the book shows queues by age."""
    got = answers(
        new(11, "buy", 100, 10),
        new(12, "buy", 100, 5),
        new(13, "sell", 99, 12, tif="ioc"),
        book=True,
    )

    assert got[2]["trades"] == [
        {"maker": 11, "taker": 13, "price": 100, "qty": 10},
        {"maker": 12, "taker": 13, "price": 100, "qty": 2},
    ]
    assert got[1]["book"] == {"bids": [[100, 15, [[11, 10], [12, 5]]]], "asks": []}
    assert got[2]["book"] == {"bids": [[100, 3, [[12, 3]]]], "asks": []}
    assert got[2]["stops"] == 0


def test_what_does_not_stay_is_listed_as_canceled():
    """A cancel, an IOC rest, a market rest and a killed FOK all say what is gone."""
    got = answers(
        new(1, "buy", 100, 3),
        new(2, "sell", 100, 5, tif="ioc"),
        {"op": "new", "id": 3, "type": "market", "side": "buy", "qty": 4},
        new(4, "buy", 100, 2, tif="fok"),
        new(5, "buy", 100, 2),
        {"op": "cancel", "id": 5},
    )

    assert [a["canceled"] for a in got] == [
        [],
        [{"id": 2, "qty": 2}],
        [{"id": 3, "qty": 4}],
        [{"id": 4, "qty": 2}],
        [],
        [{"id": 5, "qty": 2}],
    ]


def test_a_refusal_carries_its_code():
    """Refused is not an error: the line was a command."""
    got = answers({"op": "cancel", "id": 9}, new(1, "buy", 5, 1), new(1, "buy", 5, 1))

    assert got[0] == {"trades": [], "canceled": [], "rejected": True, "reason": "UNKNOWN_ORDER"}
    assert got[2]["reason"] == "DUPLICATE_ORDER_ID"


@pytest.mark.parametrize(
    ("change", "queue"),
    [
        pytest.param({"op": "modify", "price": 100, "qty": 2}, [1, 2], id="smaller-keeps"),
        pytest.param({"op": "modify", "price": 100, "qty": 9}, [2, 1], id="larger-goes-behind"),
        pytest.param(
            {"op": "modify", "price": 100, "qty": 2, "semantics": "cancel_reinsert"},
            [2, 1],
            id="reinsert-goes-behind",
        ),
        pytest.param({"op": "reduce_to", "qty": 1}, [1, 2], id="reduce-keeps"),
        pytest.param({"op": "move", "price": 101}, [1], id="move"),
    ],
)
def test_priority_follows_the_kind_of_change(change, queue):
    """FIX priority unless the caller asks for a new place."""
    got = answers(new(1, "buy", 100, 3), new(2, "buy", 100, 3), {**change, "id": 1}, book=True)

    assert [order_id for order_id, _ in got[-1]["book"]["bids"][0][2]] == queue


def test_what_asks_for_nothing_special_is_taken():
    """The words of later versions are understood where they change nothing."""
    (got,) = answers(new(1, "buy", 5, 1, stp="allow", reduce_only=False, user="a", group=7))

    assert got["rejected"] is False


def test_reduce_only_needs_positions_to_reduce():
    """There are none behind the pipe, and the order is refused by rule."""
    (got,) = answers(new(1, "buy", 5, 1, reduce_only=True))

    assert (got["rejected"], got["reason"]) == (True, "UNSUPPORTED")


def test_every_type_of_order_can_be_said():
    """Stops wait, icebergs show a slice, and the answer counts both."""
    got = answers(
        new(1, "sell", 100, 5, display_qty=2),
        {"op": "new", "id": 2, "type": "stop", "side": "buy", "stop_price": 100, "qty": 1},
        new(3, "buy", 90, 1, type="stop_limit", stop_price=101),
        {"op": "new", "id": 4, "type": "market", "side": "buy", "qty": 1, "price": 99},
        new(5, "buy", 100, 1),
        book=True,
    )

    assert got[0]["book"]["asks"] == [[100, 2, [[1, 2]]]]
    assert [answer["stops"] for answer in got] == [0, 1, 2, 2, 1]
    assert got[3]["canceled"] == [{"id": 4, "qty": 1}]
    assert [(t["taker"], t["qty"]) for t in got[4]["trades"]] == [(5, 1), (2, 1)]


@pytest.mark.parametrize(
    ("owners", "meet"),
    [
        pytest.param(({"user": "a"}, {"user": "a"}), False, id="one-user"),
        pytest.param(({"user": "a"}, {"user": "b"}), True, id="two-users"),
        pytest.param(({"user": "a", "group": 1}, {"user": "b", "group": 1}), False, id="one-group"),
        pytest.param(({"user": "a", "group": 1}, {"user": "a", "group": 2}), True, id="two-groups"),
        pytest.param(({"user": 1}, {"group": 1}), True, id="a-user-is-no-group"),
        pytest.param(({}, {}), True, id="nobody"),
    ],
)
def test_the_owner_is_the_group_or_else_the_user(owners, meet):
    """Orders of one owner do not trade with each other where the mode says so."""
    maker, taker = owners

    got = answers(new(1, "sell", 5, 1, **maker), new(2, "buy", 5, 1, **taker), stp="cancel_newest")

    assert bool(got[1]["trades"]) is meet
    assert bool(got[1]["canceled"]) is not meet


def test_a_reduction_of_an_unknown_order_is_refused():
    """As a cancel of one is."""
    (got,) = answers({"op": "reduce", "id": 3, "qty": 1})

    assert (got["rejected"], got["reason"]) == (True, "UNKNOWN_ORDER")


def test_reductions_are_exact_where_lots_are_fractions():
    """Three tenths less one tenth is two tenths."""
    got = answers(
        new(1, "buy", 5, "0.3"),
        {"op": "reduce", "id": 1, "qty": 0.1},
        {"op": "reduce_to", "id": 1, "qty": "0.1"},
        lot_size="0.1",
        book=True,
    )

    assert [answer["book"]["bids"][0][1] for answer in got] == ["0.3", "0.2", "0.1"]


def test_symbols_have_books_of_their_own():
    """The same ids may stand in both."""
    got = answers(new(1, "buy", 5, 1, symbol="A"), new(1, "sell", 5, 1, symbol="B"), book=True)

    assert got[1]["book"] == {"bids": [], "asks": [[5, 1, [[1, 1]]]]}


def test_decimals_stay_text_when_the_steps_are_not_one():
    """Exact numbers are never turned into floats."""
    got = answers(
        new(1, "buy", 0.3, "0.002"),
        new(2, "sell", "0.30", 0.001),
        tick_size="0.1",
        lot_size="0.001",
        book=True,
    )

    assert got[1]["trades"] == [{"maker": 1, "taker": 2, "price": "0.3", "qty": "0.001"}]
    assert got[1]["book"]["bids"] == [["0.3", "0.001", [[1, "0.001"]]]]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        pytest.param("nonsense", "line 2: not JSON", id="text"),
        pytest.param("[1]", "line 2: a command is a JSON object: got list", id="list"),
        pytest.param("[" * 100_000, "line 2: not JSON", id="deep"),
        pytest.param("{}", "line 2: op must be one of new, cancel", id="no-op"),
        pytest.param('{"op":[]}', "line 2: op must be one of new, cancel", id="op-list"),
        pytest.param('{"op":"cancel"}', "line 2: cancel needs 'id'", id="no-id"),
        pytest.param('{"op":"cancel","id":0}', "id must be an integer from 1", id="id-zero"),
        pytest.param('{"op":"cancel","id":true}', "id must be an integer", id="id-bool"),
        pytest.param('{"op":"cancel","id":1,"x":1}', "cancel does not take 'x'", id="unknown"),
        pytest.param('{"op":"cancel","id":1,"symbol":3}', "symbol must be text", id="symbol"),
        pytest.param(json.dumps(new(1, "up", 1, 1)), "side must be 'buy' or 'sell'", id="side"),
        pytest.param(json.dumps(new(1, "buy", 1.5, 1)), "multiple of the tick", id="off-tick"),
        pytest.param(json.dumps(new(1, "buy", 1, -1)), "quantity must be above 0", id="negative"),
        pytest.param('{"op":"new","id":1,"side":"buy","price":1,"qty":NaN}', "quantity", id="nan"),
        pytest.param(json.dumps(new(1, "buy", 1, 1, tif="x")), "tif must be one of", id="tif"),
        pytest.param(json.dumps(new(1, "buy", 1, 1, tif=[])), "tif must be one of", id="tif-list"),
        pytest.param(json.dumps(new(1, "buy", 1, 1, post_only=1)), "true or false", id="flag"),
        pytest.param(json.dumps(new(1, "buy", 1, 1, stp="both")), "stp must be one", id="stp"),
        pytest.param(json.dumps(new(1, "buy", 1, 1, stp=1)), "stp must be one of", id="stp-type"),
        pytest.param(json.dumps(new(1, "buy", 1, 1, type="peg")), "type must be one", id="kind"),
        pytest.param(json.dumps(new(1, "buy", 1, 1, type="stop")), "needs stop_price", id="stop"),
        pytest.param(json.dumps(new(1, "buy", 1, 1, stop_price=2)), "takes no stop", id="no-stop"),
        pytest.param('{"op":"modify","id":1}', "'price', 'qty' or 'stop_price'", id="no-change"),
        pytest.param('{"op":"reduce","id":7}', "reduce needs 'qty'", id="no-qty"),
        pytest.param('{"op":"reduce","id":7,"qty":"x"}', "qty must be a number", id="qty-text"),
        pytest.param('{"op":"reduce","id":7,"qty":[1]}', "qty must be a number", id="qty-list"),
        pytest.param('{"op":"reduce_to","id":7,"qty":NaN}', "must be a number", id="qty-nan"),
        pytest.param(json.dumps(new(1, "buy", [], 1)), "price must be Decimal", id="type"),
        pytest.param(
            json.dumps({"op": "modify", "id": 1, "price": 1, "qty": 1, "semantics": "y"}),
            "semantics must be",
            id="semantics",
        ),
    ],
)
def test_a_wrong_line_is_named_and_the_next_still_runs(line, text):
    """An error leaves the books as they were."""
    first, wrong, last = answers(new(7, "buy", 5, 1), line, {"op": "cancel", "id": 7})

    assert text in wrong["error"]
    assert (first["rejected"], last["canceled"]) == (False, [{"id": 7, "qty": 1}])


def test_the_command_reads_a_pipe_and_its_exit_code_tells_of_wrong_lines():
    """Bytes that are no text are one wrong line among good ones."""
    good, bad = json.dumps(new(1, "buy", 5, 1)).encode(), b'\xff\xfe{"op"'

    def run(lines):
        command = [sys.executable, "-m", "tradecore", "match"]
        return subprocess.run(command, input=lines, capture_output=True, check=False)

    clean, wrong = run(good + b"\n\n"), run(bad + b"\n" + good)

    assert (clean.returncode, wrong.returncode) == (0, 1)
    assert clean.stdout.splitlines()[0] == wrong.stdout.splitlines()[1]
    assert b"line 1: not JSON" in wrong.stdout


@pytest.mark.parametrize("step", ["0", "-1", "x", "nan", "inf"])
@pytest.mark.parametrize("option", ["--tick-size", "--lot-size"])
def test_a_step_is_a_number_above_zero(run, option, step):
    """Anything else is a mistake in the call."""
    ran = run("match", option, step)

    assert ran.code == 2
    assert f"Invalid value for {option}: a step is a number above 0: '{step}'" in ran.err


def test_the_mode_of_self_trade_prevention_is_an_option(run, tmp_path):
    """It holds for orders that name none; a mode nobody knows is a mistake in the call."""
    file = tmp_path / "orders.jsonl"
    orders = [new(1, "sell", 5, 1, user="a"), new(2, "buy", 5, 1, user="a")]
    file.write_text("".join(json.dumps(order) + "\n" for order in orders))

    ran, wrong = run("match", str(file), "--stp", "cancel_both"), run("match", "--stp", "both")

    last = json.loads(ran.out.splitlines()[-1])
    assert (ran.code, last["canceled"]) == (0, [{"id": 1, "qty": 1}, {"id": 2, "qty": 1}])
    assert wrong.code == 2
    assert "Invalid value for --stp: must be one of none, allow, cancel_newest" in wrong.err
