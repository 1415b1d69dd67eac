"""What was set and what was done outlasts the venue."""

from __future__ import annotations

from support.venue_server import quick_folder, running_venue

ORDERS = "/api/trading/orders"
LIMIT = {"symbol": "BTCUSDT", "side": "buy", "type": "limit", "quantity": "0.1", "price": "44000"}


def test_orders_limits_states_and_answers_are_there_again():
    """A second venue on the same folder knows everything the first one answered."""
    with quick_folder() as folder:
        with running_venue(folder) as first:
            token, admin = first.token("trader"), first.admin()
            with first.client(token) as trader, first.client(admin) as root:
                placed = trader.post(ORDERS, json=LIMIT, headers={"Idempotency-Key": "k"})
                stop = {**LIMIT, "type": "stop_limit", "stopPrice": "46000", "price": "46000"}
                waiting = trader.post(ORDERS, json=stop).json()["orderId"]
                refused = trader.post(ORDERS, json={**LIMIT, "quantity": "9"}).json()["order_id"]
                change = {"account": 1, "reason": "a test", "maxOpenOrders": 5}
                root.put("/api/risk/limits", json=change)
                halt = {"scope": "symbol", "id": "ETHUSDT", "state": "halted", "reason": "a test"}
                root.post("/admin/kill-switch", json=halt)
                summary = trader.get("/api/positions/portfolio/summary").json()
                book = trader.get("/api/trading/orderbook/BTCUSDT").json()
        with running_venue(folder) as second, second.client(token) as trader:
            again = trader.post(ORDERS, json=LIMIT, headers={"Idempotency-Key": "k"})
            found = trader.get("/api/positions/portfolio/summary").json()
            limits = trader.get("/api/risk/limits").json()
            ether = {**LIMIT, "symbol": "ETHUSDT", "price": "2400"}
            halted = trader.post(ORDERS, json=ether).json()
            kept = trader.get(f"/api/orders/{refused}").json()
            shown = trader.get("/api/trading/orderbook/BTCUSDT").json()
            active = trader.get("/api/orders", params={"status": "active"}).json()["data"]
            gone = trader.delete(f"{ORDERS}/{waiting}").json()
            is_new = second.opened.bootstrap is not None

    assert not is_new
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == placed.content
    assert {**found, "asOf": ""} == {**summary, "asOf": ""}
    assert (limits["maxOpenOrders"], limits["scope"]) == (5, "account")
    assert halted["code"] == "TRADING_HALTED"
    assert (kept["status"], kept["rejectCode"]) == ("rejected", "MAX_ORDER_VALUE")
    assert shown["bids"] == book["bids"]
    assert {one["orderId"] for one in active} == {placed.json()["orderId"], waiting}
    assert (gone["status"], gone["stopPrice"]) == ("cancelled", "46000")
