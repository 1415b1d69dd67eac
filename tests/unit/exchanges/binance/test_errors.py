"""One table of codes: what each means to us, and how a venue of ours words it."""

from __future__ import annotations

import pytest

from tradecore.core import reject_codes
from tradecore.exchanges.base import Cost, FaultKind
from tradecore.exchanges.binance.costs import cost_of
from tradecore.exchanges.binance.errors import (
    ERRORS,
    classify_http,
    error_body,
    is_outcome_unknown,
    reject_code,
)


def test_every_code_has_a_name_of_ours_and_a_status():
    """Names are those of the core's table, and a status is one of a failure."""
    known = {name for _, name, _ in reject_codes()}

    assert {row.reject_code for row in ERRORS.values()} <= known
    assert all(400 <= row.status < 600 for row in ERRORS.values())
    assert all(-10_000 < code < -999 for code in ERRORS)


def test_what_leaves_the_outcome_open():
    """These four, and no other."""
    assert {code for code in ERRORS if is_outcome_unknown(code)} == {-1000, -1001, -1006, -1007}


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_both_ends_agree_on_every_code(code):
    """What a venue of ours answers, a connector classifies by the same row."""
    row = ERRORS[code]
    answered = classify_http(row.status, {}, error_body(code).encode(), "GET /x")

    assert answered.fault.kind is row.kind
    assert answered.fault.code == str(code)
    assert answered.is_final is (row.kind is not FaultKind.UNKNOWN_OUTCOME)


@pytest.mark.parametrize(
    ("code", "text", "ours"),
    [
        (-1013, "Filter failure: LOT_SIZE", "OFF_LOT"),
        (-1013, "Filter failure: NEW_ONE", "VENUE_REJECTED"),
        (-2010, "Account has insufficient balance for requested action.", "INSUFFICIENT_FUNDS"),
        (-2010, "Order would immediately match and take.", "POST_ONLY_WOULD_CROSS"),
        (-4164, "", "MIN_NOTIONAL"),
        (-12345, "", "VENUE_REJECTED"),
    ],
)
def test_our_name_for_a_refusal(code, text, ours):
    """Where one code says many things, the words decide."""
    assert reject_code(code, text) == ours


@pytest.mark.parametrize("wait", ["", "x", "-1", "1e3", "9" * 40, "٣"])
def test_a_strange_wait_is_no_wait(wait):
    """Only digits count, and not more than three days of them."""
    answered = classify_http(429, {"retry-after": wait}, b"", "GET /x")

    assert answered.fault.retry_after_ns == 0


def test_what_a_venue_echoes_is_cut():
    """Words that could be a key or a signature are taken out, and long texts shortened."""
    secret = "a1" * 32
    answered = classify_http(
        400, {}, f'{{"code":-1022,"msg":"bad {secret} {"x " * 999}"}}'.encode(), "GET /x"
    )

    assert secret not in answered.fault.text
    assert len(answered.fault.text) <= 200


@pytest.mark.parametrize(
    ("call", "options", "cost"),
    [
        ("POST /fapi/v1/order", {}, Cost(weight=0, orders=1)),
        ("order.cancel", {}, Cost(weight=1, is_cancel=True)),
        ("GET /fapi/v1/depth", {"limit": 1_000}, Cost(weight=20)),
        ("GET /fapi/v1/depth", {"limit": 5}, Cost(weight=2)),
        ("GET /fapi/v1/depth", {}, Cost(weight=10)),
        ("GET /fapi/v1/klines", {"limit": 99}, Cost(weight=1)),
        ("GET /fapi/v1/openOrders", {"has_symbol": False}, Cost(weight=40)),
        ("POST /fapi/v1/batchOrders", {"orders": 3}, Cost(weight=5, orders=3)),
        ("GET /fapi/v1/unheardOf", {}, Cost(weight=1)),
    ],
)
def test_what_calls_take(call, options, cost):
    """The table both ends count by."""
    assert cost_of(call, **options) == cost
