"""Accounts over the venue's protocol: modes, margin, money of positions, liquidation, history."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.binance_desk import Desk, heard

STRANGER = {"key": "other", "secret": "othersecret"}
DUAL, TYPE, JOINT = (
    "/fapi/v1/positionSide/dual",
    "/fapi/v1/marginType",
    "/fapi/v1/multiAssetsMargin",
)
MARGIN = "/fapi/v1/positionMargin"


def hold(desk, quantity="0.100", price="60000", **terms):
    """Let the account buy from the other one."""
    desk.other("SELL", quantity, price)
    return desk.order("BUY", quantity, price, newOrderRespType="RESULT", **terms)


def marked(desk, price):
    """Let index and last trade say that a bitcoin is worth this."""
    service = desk.exchange.service
    service.state.last_prices["BTCUSDT"] = Decimal(price)
    service.set_index("BTCUSDT", Decimal(price), now_ns=desk.now_ns)
    desk.wait(10)


def code(answer):
    """Return the code of a refusal, `None` of what was done."""
    return answer.get("code") if isinstance(answer, dict) and answer.get("code") != 200 else None


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        pytest.param(DUAL, {"dualSidePosition": "false"}, -4059, id="one-way-already"),
        pytest.param(DUAL, {"dualSidePosition": "TRUE"}, None, id="hedge"),
        pytest.param(DUAL, {"dualSidePosition": "odd"}, -1130, id="no-boolean"),
        pytest.param(TYPE, {"symbol": "BTCUSDT", "marginType": "CROSSED"}, -4046, id="cross-too"),
        pytest.param(TYPE, {"symbol": "BTCUSDT", "marginType": "ISOLATED"}, None, id="isolated"),
        pytest.param(TYPE, {"symbol": "BTCUSDT", "marginType": "HALF"}, -1130, id="no-type"),
        pytest.param(TYPE, {"symbol": "NONE", "marginType": "ISOLATED"}, -1121, id="no-symbol"),
        pytest.param(JOINT, {"multiAssetsMargin": "false"}, -4171, id="single-already"),
        pytest.param(JOINT, {"multiAssetsMargin": "true"}, None, id="multi-assets"),
        pytest.param("/fapi/v1/feeBurn", {"feeBurn": "false"}, None, id="no-burn"),
        pytest.param("/fapi/v1/feeBurn", {"feeBurn": "true"}, -1020, id="burn"),
        pytest.param(
            "/fapi/v1/leverage", {"symbol": "BTCUSDT", "leverage": 126}, -4028, id="leverage"
        ),
        pytest.param(
            MARGIN, {"symbol": "BTCUSDT", "amount": 1, "type": 1}, -4049, id="not-isolated"
        ),
        pytest.param(MARGIN, {"symbol": "BTCUSDT", "amount": 1, "type": 3}, -1130, id="odd-move"),
        pytest.param(
            MARGIN, {"symbol": "BTCUSDT", "amount": "NaN", "type": 1}, -1130, id="not-a-number"
        ),
    ],
)
def test_a_setting_is_changed_or_refused_with_its_code(desk, path, params, expected):
    """What is so already has a code of its own."""
    assert code(desk.ask("POST", path, **params)) == expected


def test_modes_stay_while_something_depends_on_them(desk):
    """Open orders and positions each have their code; both modes of margin exclude each other."""
    placed = desk.order()
    isolated = {"symbol": "BTCUSDT", "marginType": "ISOLATED"}
    assert desk.ask("POST", DUAL, dualSidePosition="true")["code"] == -4067
    assert desk.ask("POST", TYPE, **isolated)["code"] == -4047
    desk.ask("DELETE", "/fapi/v1/order", symbol="BTCUSDT", orderId=placed["orderId"])
    hold(desk)
    assert desk.ask("POST", DUAL, dualSidePosition="true")["code"] == -4068
    assert desk.ask("POST", TYPE, **isolated)["code"] == -4048
    other = {"symbol": "ETHUSDT", "marginType": "ISOLATED"}
    assert code(desk.ask("POST", TYPE, **other)) is None
    assert desk.ask("POST", JOINT, multiAssetsMargin="true")["code"] == -4167
    desk.ask("POST", TYPE, **{**other, "marginType": "CROSSED"})
    assert code(desk.ask("POST", JOINT, multiAssetsMargin="true")) is None
    assert desk.ask("GET", JOINT) == {"multiAssetsMargin": True}
    assert desk.ask("POST", TYPE, **other)["code"] == -4168


def test_multi_assets_mode_is_told(desk):
    """The private stream says that the mode changed."""
    private = desk.private()
    desk.ask("POST", JOINT, multiAssetsMargin="true")
    (event,) = heard(private)
    assert (event["e"], event["ai"]) == ("ACCOUNT_CONFIG_UPDATE", {"j": True})
    assert desk.ask("GET", "/fapi/v1/accountConfig")["multiAssetsMargin"] is True


def test_a_hedging_account_holds_both_sides(desk):
    """Orders name their side; rows, fills and events repeat it."""
    private = desk.private()
    desk.ask("POST", DUAL, dualSidePosition="true")
    assert desk.ask("GET", DUAL) == {"dualSidePosition": True}
    assert hold(desk, positionSide="LONG")["positionSide"] == "LONG"
    desk.other("BUY", "0.050", "59900")
    assert desk.order("SELL", "0.050", "59900", positionSide="SHORT")["status"] == "NEW"
    rows = {row["positionSide"]: row for row in desk.ask("GET", "/fapi/v3/positionRisk")}
    amounts = {side: row["positionAmt"] for side, row in rows.items()}
    assert amounts == {"LONG": "0.100", "SHORT": "-0.050"}
    assert rows["SHORT"]["entryPrice"] == "59900.00000"
    events = heard(private)
    sides = {event["o"]["ps"] for event in events if event["e"] == "ORDER_TRADE_UPDATE"}
    assert sides == {"LONG", "SHORT"}
    trades = desk.ask("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
    assert [row["positionSide"] for row in trades] == ["LONG", "SHORT"]
    whole = desk.ask("GET", "/fapi/v2/account")["positions"]
    assert {row["positionSide"] for row in whole} == {"LONG", "SHORT"}
    quantile = desk.ask("GET", "/fapi/v1/adlQuantile", symbol="BTCUSDT")
    assert set(quantile[0]["adlQuantile"]) == {"LONG", "SHORT", "HEDGE"}


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param({}, -4061, id="no-side"),
        pytest.param({"positionSide": "BOTH"}, -4061, id="both"),
        pytest.param({"positionSide": "UP"}, -4060, id="odd"),
        pytest.param({"positionSide": "LONG", "reduceOnly": "false"}, -1106, id="reduce-only"),
        pytest.param({"positionSide": "SHORT"}, -2022, id="closes-nothing"),
        pytest.param({"positionSide": "LONG"}, None, id="opens"),
    ],
)
def test_an_order_of_a_hedging_account_names_its_side(desk, terms, expected):
    """The mode decides what may be sent; a close needs something to close."""
    desk.ask("POST", DUAL, dualSidePosition="true")
    assert desk.order(**terms).get("code") == expected


def test_a_stop_closes_one_side_only(desk):
    """With `closePosition` it closes what that side holds when it comes in."""
    desk.ask("POST", DUAL, dualSidePosition="true")
    hold(desk, positionSide="LONG")
    desk.other("BUY", "0.101", "59000")
    terms = {"algoType": "CONDITIONAL", "symbol": "BTCUSDT", "side": "SELL", "type": "STOP_MARKET"}
    terms |= {"triggerPrice": "59500", "closePosition": "true"}
    assert desk.ask("POST", "/fapi/v1/algoOrder", **terms)["code"] == -4061
    placed = desk.ask("POST", "/fapi/v1/algoOrder", **terms, positionSide="LONG")
    assert placed["positionSide"] == "LONG"
    desk.order("BUY", "0.001", "59100", positionSide="LONG")
    desk.other("SELL", "0.001", "59100")
    assert desk.ask("GET", "/fapi/v3/positionRisk") == []


def test_an_isolated_position_has_money_of_its_own(desk):
    """Money moves in and out and is listed; leverage cannot be lowered under a position."""
    private = desk.private()
    desk.ask("POST", TYPE, symbol="BTCUSDT", marginType="ISOLATED")
    hold(desk)
    (config,) = desk.ask("GET", "/fapi/v1/symbolConfig", symbol="BTCUSDT")
    assert config["marginType"] == "ISOLATED"
    moved = {"symbol": "BTCUSDT", "amount": "50"}
    assert desk.ask("POST", MARGIN, **moved, type=1)["amount"] == 50
    (row,) = desk.ask("GET", "/fapi/v2/positionRisk", symbol="BTCUSDT")
    assert (row["marginType"], row["isolatedWallet"]) == ("isolated", "350.00000000")
    assert Decimal(row["liquidationPrice"]) > 50_000
    (balance,) = desk.ask("GET", "/fapi/v3/balance")
    kept = Decimal(balance["balance"]) - Decimal(balance["crossWalletBalance"])
    assert kept == 350
    assert desk.ask("POST", MARGIN, **{**moved, "amount": "51"}, type=2)["code"] == -4051
    assert code(desk.ask("POST", MARGIN, **moved, type=2)) is None
    rows = desk.ask("GET", f"{MARGIN}/history", symbol="BTCUSDT")
    assert [(one["type"], one["amount"]) for one in rows] == [
        (1, "50.00000000"),
        (2, "50.00000000"),
    ]
    assert desk.ask("GET", f"{MARGIN}/history", symbol="BTCUSDT", type=2) == rows[1:]
    lower = desk.ask("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=10)
    assert lower["code"] == -4161
    reasons = [event["a"]["m"] for event in heard(private) if event["e"] == "ACCOUNT_UPDATE"]
    assert reasons == ["ORDER", "MARGIN_TRANSFER", "MARGIN_TRANSFER"]


def test_an_account_without_margin_is_warned_then_closed():
    """A call first, then the forced order on the private stream, for everybody, and in history."""
    desk = Desk(deposit=Decimal(10_000))
    private, public = desk.private(), desk.listen("/market/ws/!forceOrder@arr")
    desk.exchange.service.deposit(2, Decimal(10_000_000))
    hold(desk, quantity="3.000")
    heard(private)
    marked(desk, "57000")
    assert [event["e"] for event in heard(private)] == ["MARGIN_CALL"]
    marked(desk, "56800")
    events = heard(private)
    orders = [event["o"] for event in events if event["e"] == "ORDER_TRADE_UPDATE"]
    assert {order["o"] for order in orders} == {"LIQUIDATION"}
    assert orders[0]["c"].startswith("autoclose-")
    assert (orders[-1]["x"], orders[-1]["X"]) == ("CALCULATED", "FILLED")
    assert events[-1]["a"]["B"][0]["wb"] == "0.00000000"
    (told,) = heard(public)
    assert (told["o"]["S"], told["o"]["X"], told["o"]["z"]) == ("SELL", "FILLED", "3.000")
    listed = desk.ask("GET", "/fapi/v1/forceOrders", symbol="BTCUSDT")
    assert listed[-1]["clientOrderId"] == orders[-1]["c"]
    assert desk.ask("GET", "/fapi/v1/forceOrders", autoCloseType="ADL") == []
    assert desk.ask("GET", "/fapi/v1/forceOrders", autoCloseType="ODD")["code"] == -1130
    assert desk.ask("GET", "/fapi/v3/positionRisk") == []


def test_incomes_are_filtered_and_paged(desk):
    """By symbol, kind and time; the newest unless a page is named."""
    hold(desk)
    hold(desk, price="60100")
    whole = desk.ask("GET", "/fapi/v1/income")
    assert [row["incomeType"] for row in whole] == ["TRANSFER", "COMMISSION", "COMMISSION"]
    ask = lambda **params: [  # noqa: E731
        row["tranId"] for row in desk.ask("GET", "/fapi/v1/income", **params)
    ]
    ids = [row["tranId"] for row in whole]
    assert ask(incomeType="COMMISSION") == ids[1:]
    assert ask(symbol="BTCUSDT", limit=1) == ids[2:]
    assert ask(page=2, limit=2) == ids[2:]
    assert ask(startTime=desk.now_ms + 1) == []
    assert ask(endTime=desk.now_ms - 1) == []


def test_funding_is_an_income_and_a_history(desk):
    """What was paid stands in both, with the rate and the mark."""
    hold(desk)
    service = desk.exchange.service
    desk.now_ns = service.state.marks["BTCUSDT"].next_funding_ns
    desk.exchange.advance(desk.now_ns)
    (row,) = desk.ask("GET", "/fapi/v1/income", incomeType="FUNDING_FEE")
    assert row["income"] == "-0.60000000"
    rates = desk.public("/fapi/v1/fundingRate", "symbol=BTCUSDT")
    assert [(one["fundingRate"], one["fundingTime"]) for one in rates] == [
        ("0.00010000", desk.now_ms)
    ]


def test_what_a_symbol_costs_is_told(desk):
    """Commission, and brackets in whole numbers where they are whole."""
    rate = desk.ask("GET", "/fapi/v1/commissionRate", symbol="BTCUSDT")
    assert rate["makerCommissionRate"] == "0.000200"
    (row,) = desk.ask("GET", "/fapi/v1/leverageBracket", symbol="BTCUSDT")
    first = row["brackets"][0]
    assert (first["notionalCap"], first["initialLeverage"]) == (50_000, 125)
    assert isinstance(first["notionalCap"], int)
    assert desk.ask("GET", "/fapi/v1/commissionRate", symbol="NONE")["code"] == -1121


@pytest.mark.parametrize("names", [("orderIdList",), ("orderidlist",)])
def test_lists_to_cancel_are_read_in_either_case(desk, names):
    """Older clients write the lists' names in small letters."""
    ids = [desk.order()["orderId"] for _ in range(2)]
    (name,) = names
    gone = desk.ask("DELETE", "/fapi/v1/batchOrders", symbol="BTCUSDT", **{name: str(ids)})
    assert [row["status"] for row in gone] == ["CANCELED"] * 2


@pytest.mark.parametrize("version", ["", "v2/"])
def test_the_request_channel_answers_accounts(desk, version):
    """Balance, account and positions, as the paths of the same version do."""
    hold(desk)
    channel = desk.listen("/ws-fapi/v1")
    for method, is_list in (("balance", True), ("status", False), ("position", True)):
        params = {"apiKey": "testkey", "timestamp": desk.now_ms}
        text = "&".join(f"{name}={value}" for name, value in sorted(params.items()))
        params["signature"] = desk.sign(text)
        asked = {"id": 1, "method": f"{version}account.{method}", "params": params}
        (answer,) = desk.say(channel, asked)
        assert answer["status"] == 200, answer
        assert isinstance(answer["result"], list) is is_list
