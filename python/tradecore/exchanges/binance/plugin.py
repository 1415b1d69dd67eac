"""The plug-in: where the venue is, and its four roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError
from tradecore.exchanges.base import Endpoints
from tradecore.exchanges.binance.conditionals import BinanceConditionals
from tradecore.exchanges.binance.fetcher import BinanceDataFetcher
from tradecore.exchanges.binance.oms import BinanceOMS
from tradecore.exchanges.binance.pms import BinancePMS
from tradecore.exchanges.binance.subscriber import BinanceSubscriber

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.core import Instrument
    from tradecore.exchanges.base import ConnectorSettings
    from tradecore.model import InstrumentTerms, OrderTypeWord

_FUTURES: Final = frozenset({"futures", "future", "perpetual", "linear", "usdm"})


def endpoints_at(rest: str, stream: str, api: str, /) -> Endpoints:
    """Return addresses by channel from the venue's three.

    Args:
        rest: Of HTTP requests, such as `https://fapi.binance.com`.
        stream: Of streams, without a route, such as `wss://fstream.binance.com`.
        api: Of the request channel, whole.
    """
    routes = {route: f"{stream}/{route}/ws" for route in ("public", "market", "private")}
    return Endpoints(rest=rest, channels={**routes, "api": api})


@dataclass(frozen=True, slots=True)
class BinancePlugin:
    """Binance USDⓈ-M futures; see `ExchangePlugin`."""

    name: str = "BINANCE"

    def endpoints(self, *, asset_type: str, is_testnet: bool) -> Endpoints:
        """Return the venue's own addresses.

        Raises:
            InputError: If the venue has no such kind of assets here.
        """
        if asset_type.lower() not in _FUTURES:
            known = ", ".join(sorted(_FUTURES))
            raise InputError(f"assets are one of {known}: asset_type={asset_type!r}")
        if is_testnet:
            return endpoints_at(
                "https://demo-fapi.binance.com",
                "wss://fstream.binancefuture.com",
                "wss://testnet.binancefuture.com/ws-fapi/v1",
            )
        return endpoints_at(
            "https://fapi.binance.com",
            "wss://fstream.binance.com",
            "wss://ws-fapi.binance.com/ws-fapi/v1",
        )

    def subscriber(
        self, settings: ConnectorSettings, terms: Sequence[InstrumentTerms], /
    ) -> BinanceSubscriber:
        """Make the public role for some instruments."""
        return BinanceSubscriber(settings, terms)

    def oms(self, settings: ConnectorSettings, terms: Sequence[InstrumentTerms], /) -> BinanceOMS:
        """Make the order role; what an order must keep to is checked above."""
        del terms
        return BinanceOMS(settings)

    def pms(self, settings: ConnectorSettings, terms: Sequence[InstrumentTerms], /) -> BinancePMS:
        """Make the private-stream role."""
        del terms
        return BinancePMS(settings)

    def data_fetcher(self, settings: ConnectorSettings, /) -> BinanceDataFetcher:
        """Make the role that asks for state."""
        return BinanceDataFetcher(settings)

    @property
    def conditional_types(self) -> tuple[OrderTypeWord, ...]:
        """Stops; a trailing one whose distance is one of the venue's parts of the price."""
        return ("stop", "stop_limit", "trailing_stop")

    def conditionals(self, settings: ConnectorSettings, /) -> BinanceConditionals:
        """Make the role for conditional orders, which `openOrders` leaves out."""
        return BinanceConditionals(settings)

    def can_amend(self, instrument: Instrument, /) -> bool:
        """Return whether a resting order can be changed: on futures it can, losing its place."""
        return instrument.kind == "linear"


PLUGIN: Final = BinancePlugin()
