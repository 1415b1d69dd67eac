"""A whole local exchange from a few choices: venue, keys, door and flow."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tradecore.simulation.binance import BinanceExchange, LimitSettings
from tradecore.simulation.binance.checks import check_of
from tradecore.simulation.catalog import perpetual, perpetuals
from tradecore.simulation.faults import Faults
from tradecore.simulation.flow import Market
from tradecore.simulation.keys import ApiKey, KeyTable
from tradecore.simulation.recorded import Playback, Recorded
from tradecore.venue import VenueService

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import SecretStr

    from tradecore.simulation.binance.checks import RequestCheck
    from tradecore.simulation.flow import Flow
    from tradecore.venue import VenueInstrument

__all__ = ["FIRST_ACCOUNT", "make_binance"]

FIRST_ACCOUNT: Final = 1
_NO_LIMIT: Final = 10**9


def make_binance(
    *,
    keys: Mapping[str, SecretStr],
    now_ns: int,
    deposit: Decimal = Decimal(100_000),
    flow: str = "none",
    faults: Faults | None = None,
    seed: int = 1,
    is_unlimited: bool = False,
    instruments: Sequence[VenueInstrument] | None = None,
    limits: LimitSettings | None = None,
) -> tuple[BinanceExchange, Flow | None]:
    """Return an exchange that speaks Binance, and its background market.

    Args:
        keys: HMAC secrets, or Ed25519 or RSA public keys as PEM, by key; each has an account of
            its own.
        now_ns: The time it opens.
        deposit: What each account starts with, in USDT.
        flow: `none`, `synthetic`, or a recording's path.
        faults: What goes wrong on purpose.
        seed: Chooses all that is left to chance.
        is_unlimited: Whether requests are counted only.
        instruments: What is listed; the catalog unless given.
        limits: What clients may use.

    Raises:
        InputError: If a public key is none.
        DataError: If the recording is none.
        OSError: If it cannot be read.
    """
    listed = perpetuals() if instruments is None else tuple(instruments)
    background, service = _market(flow, listed, seed=seed, now_ns=now_ns)
    table: KeyTable[RequestCheck] = KeyTable()
    for account, (name, secret) in enumerate(keys.items(), FIRST_ACCOUNT):
        table.add(ApiKey(name=name, account=account, check=check_of(secret)))
        service.open_account(account, deposit=deposit)
    settings = limits or LimitSettings()
    if is_unlimited:
        settings = LimitSettings(weight=_NO_LIMIT, orders_ten_s=_NO_LIMIT, orders_minute=_NO_LIMIT)
    exchange = BinanceExchange(
        service, table, Faults() if faults is None else faults, seed, settings
    )
    service.take_events()
    return exchange, background


def _market(
    flow: str, listed: Sequence[VenueInstrument], *, seed: int, now_ns: int
) -> tuple[Flow | None, VenueService]:
    """Return the background market, and a venue that lists what it needs."""
    if flow in {"none", "synthetic"}:
        service = VenueService.begin(listed, now_ns=now_ns)
        return Market(service, seed) if flow == "synthetic" else None, service
    playback = Playback.open(flow)
    instrument = playback.instrument
    steps = (instrument.tick_size, instrument.lot_size)
    others = [one for one in listed if one.symbol != instrument.symbol]
    base = next((one.terms.base for one in listed if one.symbol == instrument.symbol), "")
    played = perpetual(
        instrument.symbol,
        base or instrument.symbol.removesuffix("USDT"),
        tick_size=f"{steps[0]:f}",
        lot_size=f"{steps[1]:f}",
        min_notional="5",
        price=f"{playback.first_price():f}",
    )
    service = VenueService.begin([played, *others], now_ns=now_ns)
    return Recorded(service, playback), service
