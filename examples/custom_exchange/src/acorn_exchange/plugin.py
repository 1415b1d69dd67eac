"""The plug-in: where Acorn is, and its four roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from acorn_exchange.account import AcornPMS
from acorn_exchange.market import AcornSubscriber
from acorn_exchange.orders import AcornOMS
from acorn_exchange.state import AcornDataFetcher
from tradecore.core import InputError
from tradecore.exchanges.base import Endpoints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.core import Instrument
    from tradecore.exchanges.base import ConnectorSettings
    from tradecore.model import InstrumentTerms


@dataclass(frozen=True, slots=True)
class AcornPlugin:
    """Acorn's futures; see `tradecore.exchanges.base.ExchangePlugin`."""

    name: str = "ACORN"

    def endpoints(self, *, asset_type: str, is_testnet: bool) -> Endpoints:
        """Return the venue's addresses; nothing is there, as the venue is invented.

        Raises:
            InputError: If the venue has no such kind of assets.
        """
        if asset_type.lower() not in {"futures", "linear", "perpetual"}:
            raise InputError(f"Acorn trades futures: asset_type={asset_type!r}")
        host = "test.acorn.example" if is_testnet else "acorn.example"
        channels = {name: f"wss://{host}/v1/{name}" for name in ("public", "private")}
        return Endpoints(rest=f"https://{host}", channels=channels)

    def subscriber(
        self, settings: ConnectorSettings, terms: Sequence[InstrumentTerms], /
    ) -> AcornSubscriber:
        """Make the public role for some instruments."""
        return AcornSubscriber(settings, terms)

    def oms(self, settings: ConnectorSettings, terms: Sequence[InstrumentTerms], /) -> AcornOMS:
        """Make the order role."""
        del terms
        return AcornOMS(settings)

    def pms(self, settings: ConnectorSettings, terms: Sequence[InstrumentTerms], /) -> AcornPMS:
        """Make the private-stream role."""
        del terms
        return AcornPMS(settings)

    def data_fetcher(self, settings: ConnectorSettings, /) -> AcornDataFetcher:
        """Make the role that asks for state."""
        return AcornDataFetcher(settings)

    def can_amend(self, instrument: Instrument, /) -> bool:
        """Return whether a resting order can be changed: it can."""
        del instrument
        return True


PLUGIN: Final = AcornPlugin()
