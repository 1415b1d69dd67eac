"""What was set and what was done outlasts the venue."""

from __future__ import annotations

import asyncio
import os

from support.program import until
from support.venue_server import quick_folder, running_venue
from tradecore.venue.checkpoint import read_checkpoint

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


def tick(running):
    """Let a venue's time pass."""
    asyncio.run_coroutine_threadsafe(running.gateway.floor.tick(), running.loop).result(10)


def test_a_checkpoint_is_written_beside_the_venue(monkeypatch):
    """While its file cannot be written, orders are answered; the failure is told, and no more."""
    monkeypatch.setattr("tradecore.gateway.floor.CHECKPOINT_EVERY", 1)
    with quick_folder() as folder, running_venue(folder) as running:
        running.hear()
        # Whoever opens a pipe nobody reads waits, as on a disk that hangs.
        pipe = folder / "books.tcb.tmp"
        os.mkfifo(pipe)
        with running.client(running.token()) as trader:
            assert trader.post(ORDERS, json=LIMIT).status_code == 201
            tick(running)
            answers = [trader.post(ORDERS, json={**LIMIT, "quantity": "0.2"}) for _ in range(3)]
            tick(running)
            is_saving = running.gateway.floor._saving is not None
            with pipe.open("rb") as reader:
                reader.read()
            until(lambda: "checkpoint not kept" in running.log.getvalue(), "it was told")
            pipe.unlink()
            number = trader.post(ORDERS, json=LIMIT).json()["orderId"]
            sequence = running.gateway.floor.service.sequence
            until(lambda: running.gateway.floor._saving is None, "nothing is written")
            tick(running)
            until(lambda: running.gateway.floor._saving is None, "it was written")
        kept = read_checkpoint(running.gateway.floor.checkpoints.load())

    assert is_saving
    assert [one.status_code for one in answers] == [201] * 3
    assert kept.sequence >= sequence
    assert number in {str(order.order_id) for order in kept.orders}
