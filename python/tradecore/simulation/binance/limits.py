"""How much an address and an account have used of what they may, and what follows when it is all.

Windows are aligned to the clock. The minute's weight belongs to an address, orders to an account.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tradecore.exchanges.binance.messages import RateLimit
from tradecore.simulation.binance.refusals import RefusedError

__all__ = ["LimitSettings", "Limits"]

_S_MS: Final = 1_000
_MINUTE_MS: Final = 60_000
_TEN_S_MS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """The venue's limits.

    Args:
        weight: Of an address in a minute.
        orders_ten_s: Of an account in ten seconds.
        orders_minute: Of an account in a minute.
        patience: Requests over the limit that are answered 429 before the address is banned.
        ban_s: How long the first ban is; each further one doubles it.
    """

    weight: int = 2_400
    orders_ten_s: int = 300
    orders_minute: int = 1_200
    patience: int = 10
    ban_s: int = 120

    def listed(self) -> tuple[RateLimit, ...]:
        """Return them as the venue lists them."""
        rows = (
            ("REQUEST_WEIGHT", "MINUTE", 1, self.weight),
            ("ORDERS", "MINUTE", 1, self.orders_minute),
            ("ORDERS", "SECOND", 10, self.orders_ten_s),
        )
        return tuple(
            RateLimit(rate_limit_type=kind, interval=interval, interval_num=count, limit=limit)
            for kind, interval, count, limit in rows
        )


class BackOffError(RefusedError):
    """A request over a limit: 429, or 418 for who goes on.

    Args:
        code: The venue's code.
        status: 429 or 418.
        wait_s: What `Retry-After` says.
        text: The venue's words.
    """

    def __init__(self, code: int, *, status: int, wait_s: int, text: str) -> None:
        super().__init__(code, text=text, status=status)
        self.wait_s = wait_s


@dataclass(slots=True)
class _Address:
    window: int = -1
    used: int = 0
    refused: int = 0
    bans: int = 0
    banned_until_ms: int = 0


@dataclass(slots=True)
class Limits:
    """Counts what is used and refuses what is too much."""

    settings: LimitSettings
    _addresses: dict[str, _Address] = field(default_factory=dict)
    _orders: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def admit(self, peer: str, weight: int, now_ms: int) -> None:
        """Charge an address.

        Raises:
            BackOffError: If it has used its weight, or is banned.
        """
        address = self._addresses.setdefault(peer, _Address())
        window = now_ms // _MINUTE_MS
        if window != address.window:
            address.window, address.used = window, 0
        if now_ms < address.banned_until_ms:
            raise self._banned(address, now_ms)
        address.used += weight
        if address.used <= self.settings.weight:
            address.refused = 0
            return
        address.refused += 1
        if address.refused > self.settings.patience:
            address.banned_until_ms = now_ms + (self.settings.ban_s << address.bans) * _S_MS
            address.bans, address.refused = min(address.bans + 1, 11), 0
            raise self._banned(address, now_ms)
        raise BackOffError(
            -1003,
            status=429,
            wait_s=-(-((window + 1) * _MINUTE_MS - now_ms) // _S_MS),
            text=RefusedError(-1003, str(self.settings.weight)).body.msg,
        )

    def _banned(self, address: _Address, now_ms: int) -> BackOffError:
        until = address.banned_until_ms
        return BackOffError(
            -1003,
            status=418,
            wait_s=-(-(until - now_ms) // _S_MS),
            text=f"Way too many requests; IP banned until {until}. Please use the websocket for "
            "live updates to avoid bans.",
        )

    def ban(self, peer: str, seconds: int, now_ms: int) -> BackOffError:
        """Ban an address for some seconds, and return what it is told."""
        address = self._addresses.setdefault(peer, _Address())
        address.banned_until_ms = now_ms + seconds * _S_MS
        return self._banned(address, now_ms)

    def slow_down(self, seconds: int) -> BackOffError:
        """Return what an address is told that is to wait some seconds."""
        text = RefusedError(-1003, str(self.settings.weight)).body.msg
        return BackOffError(-1003, status=429, wait_s=seconds, text=text)

    def used(self, peer: str, now_ms: int) -> int:
        """Return the weight an address has used in this minute."""
        address = self._addresses.get(peer)
        current = address is not None and address.window == now_ms // _MINUTE_MS
        return address.used if address is not None and current else 0

    def admit_orders(self, account: int, count: int, now_ms: int) -> None:
        """Charge an account for orders.

        Raises:
            BackOffError: If that is more than it may send.
        """
        rows = (
            (_TEN_S_MS, self.settings.orders_ten_s, "TEN_SECONDS"),
            (_MINUTE_MS, self.settings.orders_minute, "MINUTE"),
        )
        for period_ms, most, words in rows:
            used = self.orders_used(account, period_ms, now_ms)
            if used + count > most:
                wait_ms = period_ms - now_ms % period_ms
                raise BackOffError(
                    -1015,
                    status=429,
                    wait_s=-(-wait_ms // _S_MS),
                    text=RefusedError(-1015, str(most), words).body.msg,
                )
        for period_ms, _, _ in rows:
            used = self.orders_used(account, period_ms, now_ms)
            self._orders[account, period_ms] = (now_ms // period_ms, used + count)

    def orders_used(self, account: int, period_ms: int, now_ms: int) -> int:
        """Return how many orders an account sent in the present period."""
        window, used = self._orders.get((account, period_ms), (-1, 0))
        return used if window == now_ms // period_ms else 0

    def order_headers(self, account: int, now_ms: int) -> dict[str, str]:
        """Return what an answer to an order says of them."""
        return {
            "X-MBX-ORDER-COUNT-10S": str(self.orders_used(account, _TEN_S_MS, now_ms)),
            "X-MBX-ORDER-COUNT-1M": str(self.orders_used(account, _MINUTE_MS, now_ms)),
        }

    def counted(self, peer: str, account: int | None, now_ms: int) -> tuple[RateLimit, ...]:
        """Return the limits with what is used of them: of orders where an account is named."""
        listed = []
        for limit in self.settings.listed():
            if limit.rate_limit_type == "REQUEST_WEIGHT":
                count = self.used(peer, now_ms)
            elif account is None:
                continue
            else:
                period = _TEN_S_MS if limit.interval == "SECOND" else _MINUTE_MS
                count = self.orders_used(account, period, now_ms)
            listed.append(
                RateLimit(
                    rate_limit_type=limit.rate_limit_type,
                    interval=limit.interval,
                    interval_num=limit.interval_num,
                    limit=limit.limit,
                    count=count,
                )
            )
        return tuple(listed)
