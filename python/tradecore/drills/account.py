"""What a local exchange holds to be true of an account, asked for as its owner."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import httpx
import msgspec

from tradecore.model.errors import TradecoreError
from tradecore.sign import hmac_sha256

if TYPE_CHECKING:
    from pydantic import SecretStr

    from tradecore.telemetry.clock import Clock

__all__ = ["Account", "VenueTrade"]

PAGE: Final = 1_000
_NS_PER_MS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueTrade:
    """A trade of ours as the venue has it. Money is in the margin currency."""

    exec_id: int
    order_id: int
    signed_quantity: Decimal
    notional: Decimal
    fee: Decimal
    realized: Decimal
    is_maker: bool
    ts_event_ns: int


class Account:
    """An account at a local exchange, by signed requests.

    Args:
        rest: The exchange's address.
        key: The account's key.
        secret: What signs.
        symbol: What is asked for.
        clock: Stamps requests.
    """

    def __init__(
        self, rest: str, *, key: str, secret: SecretStr, symbol: str, clock: Clock
    ) -> None:
        """Open a client; nothing is sent yet."""
        self._client = httpx.Client(
            base_url=rest, headers={"X-MBX-APIKEY": key}, trust_env=False, timeout=10.0
        )
        self._secret = secret
        self._symbol = symbol
        self._clock = clock

    def close(self) -> None:
        """Close the client."""
        self._client.close()

    def ask(self, path: str, **parameters: object) -> Any:  # noqa: ANN401 - as the path has it
        """Return what the venue answers to a signed question; numbers are text or `Decimal`.

        Raises:
            TradecoreError: If it refuses.
            httpx.TransportError: If it does not answer.
        """
        stamp = self._clock.now_ns() // _NS_PER_MS
        given = {**parameters, "recvWindow": 5_000, "timestamp": stamp}
        query = "&".join(f"{name}={value}" for name, value in given.items())
        signature = hmac_sha256(self._secret.get_secret_value(), query)
        answer = self._client.get(f"{path}?{query}&signature={signature}")
        if answer.status_code != httpx.codes.OK:
            raise TradecoreError(f"a question is answered with 200: {path}: {answer.status_code}")
        return msgspec.json.decode(answer.content)

    def open_orders(self) -> frozenset[str]:
        """Return our ids of the orders that rest."""
        found = self.ask("/fapi/v1/openOrders", symbol=self._symbol)
        return frozenset(order["clientOrderId"] for order in found)

    def orders(self) -> dict[str, str]:
        """Return the status of every order that ever was, by our id."""
        rows = self._pages("/fapi/v1/allOrders", "orderId", "orderId")
        return {row["clientOrderId"]: row["status"] for row in rows}

    def trades(self) -> list[VenueTrade]:
        """Return every trade, oldest first."""
        return [
            VenueTrade(
                exec_id=row["id"],
                order_id=row["orderId"],
                signed_quantity=Decimal(row["qty"]) * (1 if row["side"] == "BUY" else -1),
                notional=Decimal(row["quoteQty"]),
                fee=Decimal(row["commission"]),
                realized=Decimal(row["realizedPnl"]),
                is_maker=row["maker"],
                ts_event_ns=row["time"] * _NS_PER_MS,
            )
            for row in self._pages("/fapi/v1/userTrades", "fromId", "id")
        ]

    def position(self) -> Decimal:
        """Return what is held: above 0 long, below short."""
        rows = self.ask("/fapi/v3/positionRisk", symbol=self._symbol)
        return sum((Decimal(row["positionAmt"]) for row in rows), Decimal(0))

    def balance(self) -> tuple[Decimal, Decimal]:
        """Return the wallet, and what open positions would add to it now."""
        told = self.ask("/fapi/v3/account")
        return Decimal(told["totalWalletBalance"]), Decimal(told["totalUnrealizedProfit"])

    def funding(self) -> Decimal:
        """Return what funding brought, below 0 if it cost."""
        rows = self.ask("/fapi/v1/income", incomeType="FUNDING_FEE", limit=PAGE)
        return sum((Decimal(row["income"]) for row in rows), Decimal(0))

    def _pages(self, path: str, asked: str, told: str) -> list[dict[str, Any]]:
        """Return all rows of a list that comes in pages, asked for from a number on."""
        rows: list[dict[str, Any]] = []
        start = 1
        while True:
            page = self.ask(path, symbol=self._symbol, limit=PAGE, **{asked: start})
            rows += page
            if len(page) < PAGE:
                return rows
            start = page[-1][told] + 1
