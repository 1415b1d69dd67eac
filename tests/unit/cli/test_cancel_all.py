"""`tradecore cancel-all` at the local exchange, by socket: what goes, what stays, how it ends."""

from __future__ import annotations

import pytest

from support.local_venue import KEY, SECRET, LocalVenue, local_venue
from support.ports import free_port
from support.venue_proxy import venue_proxy
from tradecore.simulation.faults import Faults

HEAD = f"[GLOBAL]\nEXCHANGE_NAME=BINANCE\nAPI_KEY={KEY}\n"


@pytest.fixture
def venue():
    """Run an exchange with an order of ours, a person's, and one of each in another symbol."""
    with local_venue() as venue:
        venue.rest_order("tc-1-1")
        venue.rest_order("by-hand-1")
        venue.rest_order("tc-1-2", symbol="ETHUSDT", price="1000.00")
        yield venue


@pytest.fixture
def cancel_file(tmp_path):
    """Return a function that writes the engine's file for an exchange."""

    def cancel_file(venue, *, secret=SECRET, rest=None):
        path = tmp_path / "trading_engine.ini"
        # Without a word of its streams: no connection is needed.
        path.write_text(
            f"{HEAD}API_SECRET={secret}\n[HTTP_API]\nHTTP_BASE_URL={rest or venue.rest}\n"
        )
        path.chmod(0o600)
        return str(path)

    return cancel_file


@pytest.fixture
def cancel(run, cancel_file):
    """Return a function that runs the command on a file for an exchange."""

    def cancel(venue, *options, secret=SECRET):
        return run("cancel-all", "BINANCE", cancel_file(venue, secret=secret), "--json", *options)

    return cancel


def ids(orders):
    """Return the owners' ids."""
    return {order["client_order_id"] for order in orders}


def test_ours_are_canceled_and_a_persons_stay(cancel, venue):
    """By the prefix that every order of a trader of ours bears."""
    result = cancel(venue)

    assert result.code == 0, result.err
    assert ids(result.json["canceled"]) == {"tc-1-1", "tc-1-2"}
    assert (result.json["gone"], result.json["left"]) == ([], [])
    assert venue.open_orders() == {"by-hand-1"}


def test_one_symbol_only(cancel, venue):
    """What rests elsewhere is left alone, and not called left."""
    result = cancel(venue, "--symbol", "ETHUSDT")

    assert (result.code, ids(result.json["canceled"])) == (0, {"tc-1-2"})
    assert venue.open_orders() == {"tc-1-1", "by-hand-1"}


def test_every_order_of_the_account_when_asked(cancel, venue):
    """`--all` asks for the end of all orders of a symbol at once; each is listed no more."""
    result = cancel(venue, "--all")

    assert result.code == 0, result.err
    assert ids(result.json["gone"]) == {"tc-1-1", "tc-1-2", "by-hand-1"}
    assert venue.open_orders() == set()


@pytest.mark.parametrize(
    ("options", "left"), [((), {"by-hand-2"}), (("--all",), set())], ids=["ours", "all"]
)
def test_conditional_orders_are_found_where_the_venue_keeps_them(cancel, venue, options, left):
    """They are in no list of open orders."""
    venue.wait_order("tc-1-3")
    venue.wait_order("by-hand-2")

    result = cancel(venue, *options)

    conditional = [one for one in result.json["canceled"] if one["kind"] == "conditional"]
    assert result.code == 0, result.err
    assert ids(conditional) == {"tc-1-3", "by-hand-2"} - left
    assert venue.waiting_orders() == left


def test_nothing_to_cancel_is_well(cancel):
    """An empty account ends with 0."""
    with local_venue() as venue:
        result = cancel(venue)

    assert (result.code, result.json["canceled"]) == (0, [])


@pytest.mark.parametrize(
    "faults",
    [
        "error_5xx_after:1:times=2:where=cancels",
        "error_5xx_before:1:times=2:where=cancels",
        "reset_after:1:times=1:where=cancels",
        "error_5xx_before:1:times=1:where=queries",
        "clock_skew:1:amount=3000",
    ],
)
def test_a_fault_is_no_end(cancel, venue, faults):
    """A lost answer is followed by a look at what rests, not by a guess."""
    venue.faults.switch_all(faults)

    result = cancel(venue)
    venue.faults.switch_all("clock_skew:0")

    assert result.code == 0, result.out + result.err
    assert ids(result.json["canceled"] + result.json["gone"]) == {"tc-1-1", "tc-1-2"}
    assert venue.open_orders() == {"by-hand-1"}


def test_a_wrong_secret_is_code_1_and_cancels_nothing(cancel, venue):
    """With the venue's own words, and without the secret."""
    result = cancel(venue, secret="another-secret-of-tests")  # noqa: S106 - it opens nothing

    assert result.code == 1
    assert "the venue refuses to say what rests" in result.err
    assert "-1022" in result.err
    assert "another-secret-of-tests" not in result.out + result.err
    assert venue.open_orders() == {"tc-1-1", "tc-1-2", "by-hand-1"}


def test_a_symbol_that_is_not_traded_is_code_1(cancel, venue):
    """The nearest is named."""
    result = cancel(venue, "--symbol", "BTCUSD")

    assert result.code == 1
    assert "the venue does not trade this: symbol=BTCUSD, near BTCUSDT" in result.err


def test_a_wrong_file_is_code_4(run, tmp_path):
    """Before anything is sent."""
    path = tmp_path / "trading_engine.ini"
    path.write_text("[GLOBAL]\nEXCHANGE_NAME=BINANCE\nAPI_KEYS=x\n")

    result = run("cancel-all", "BINANCE", str(path))

    assert result.code == 4
    assert "API_KEYS" in result.err


def test_a_venue_that_does_not_answer_is_code_5(cancel):
    """It says where it asked, within its time."""
    result = cancel(LocalVenue(free_port(), Faults()), "--wait", "0.3")

    assert result.code == 5
    assert "the venue answers within 0.3 s: asked http://127.0.0.1:" in result.err


def test_what_is_left_when_time_is_up_is_told(cancel, venue):
    """Cancels that the venue never does: code 5, and both orders under left."""
    venue.faults.switch_all("error_5xx_before:1:where=cancels")

    result = cancel(venue, "--wait", "0.8")

    assert result.code == 5
    assert ids(result.json["left"]) == {"tc-1-1", "tc-1-2"}
    assert venue.open_orders() == {"tc-1-1", "tc-1-2", "by-hand-1"}


def test_a_person_reads_what_became_of_each(cancel_file, run, venue):
    """One line an order, and how many are left."""
    result = run("cancel-all", "BINANCE", cancel_file(venue))

    assert result.code == 0
    assert "2 canceled or gone, 0 left" in result.out
    row = next(line for line in result.out.splitlines() if "tc-1-2" in line)
    assert row.split() == ["canceled", "ETHUSDT", "buy", "0.010", "1000.00", "order", "tc-1-2"]


def error(code, text):
    """Return a refusal as the venue writes it."""
    return 400, f'{{"code":{code},"msg":"{text}"}}'


@pytest.mark.parametrize(
    ("answers", "ends"),
    [
        ({"GET /fapi/v1/openOrders": [error(-1021, "Timestamp for this request")]}, (0, "")),
        ({"GET /fapi/v1/openOrders": [error(-1001, "Internal error")]}, (0, "")),
        ({"GET /fapi/v1/openOrders": [(200, "[{]")]}, (0, "")),
        ({"DELETE /fapi/v1/order": [(200, "{}")]}, (0, "")),
        (
            {
                "GET /fapi/v1/openAlgoOrders": [
                    (404, '{"code":-5000,"msg":"Path is invalid"}'),
                    None,
                ]
            },
            (1, "the venue refuses to say what rests: GET /fapi/v1/openAlgoOrders"),
        ),
    ],
    ids=["clock", "internal", "malformed", "unreadable-cancel", "no-conditional-orders"],
)
def test_an_answer_that_is_none_is_asked_for_again(cancel_file, run, venue, answers, ends):
    """What can be canceled is, whatever else the venue says."""
    with venue_proxy(venue, answers) as (url, asked):
        result = run("cancel-all", "BINANCE", cancel_file(venue, rest=url), "--json")

    code, problem = ends
    assert result.code == code, result.out + result.err
    assert problem in result.json["problem"]
    assert venue.open_orders() == {"by-hand-1"}
    assert asked[next(iter(answers))] >= 1


def test_what_the_venue_refuses_to_cancel_is_left_with_its_reason(cancel_file, run, venue):
    """It is asked three times, not for ever."""
    answers = {"DELETE /fapi/v1/order": [error(-1116, "Invalid orderType."), None]}
    with venue_proxy(venue, answers) as (url, asked):
        file = cancel_file(venue, rest=url)
        result = run("cancel-all", "BINANCE", file, "--json", "--symbol", "ETHUSDT")

    assert result.code == 1
    assert result.json["problem"] == "the venue refuses to cancel what is left"
    assert [(one["client_order_id"], one["detail"]) for one in result.json["left"]] == [
        ("tc-1-2", "Invalid orderType.")
    ]
    assert asked["DELETE /fapi/v1/order"] == 3
