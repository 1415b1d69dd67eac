"""What a request comes down to once it is let in, and where its answer is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from tradecore.exchanges.binance.messages import ParameterError, Params
from tradecore.simulation.binance.digits import to_ms
from tradecore.simulation.binance.refusals import RefusedError

if TYPE_CHECKING:
    from tradecore.core import Instrument
    from tradecore.simulation.binance.candles import Candles
    from tradecore.simulation.binance.depth_ids import DepthIds
    from tradecore.simulation.binance.limits import Limits
    from tradecore.simulation.binance.listen_keys import ListenKeys
    from tradecore.venue import VenueService

__all__ = ["Call", "Endpoint", "Handler", "Security", "Shop"]

P = TypeVar("P", bound=Params)
Security: TypeAlias = Literal["none", "key", "read", "trade"]


@dataclass(frozen=True, slots=True)
class Shop:
    """What handlers work with.

    Args:
        joint: Accounts in multi-assets mode. There is one margin currency here, so that it changes
            nothing but which margin modes they may choose.
    """

    service: VenueService
    limits: Limits
    listen_keys: ListenKeys
    candles: dict[str, Candles]
    depth_ids: DepthIds
    joint: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that was let in.

    Args:
        shop: What there is.
        params: Its parameters, signature and the like included.
        account: Whose; 0 where nobody is named.
        now_ns: The venue's time.
    """

    shop: Shop
    params: Mapping[str, Any]
    account: int
    now_ns: int

    @property
    def now_ms(self) -> int:
        """Return the venue's time in milliseconds."""
        return to_ms(self.now_ns)

    @property
    def service(self) -> VenueService:
        """Return the venue."""
        return self.shop.service

    def read(self, kind: type[P]) -> P:
        """Return the parameters in their declared form.

        Raises:
            RefusedError: If one is missing or malformed.
        """
        return read_params(kind, self.params)

    def instrument(self, symbol: str) -> Instrument:
        """Return a listed instrument.

        Raises:
            RefusedError: If there is none.
        """
        found = self.service.state.instruments.get(symbol)
        if found is None:
            raise RefusedError(-1121)
        return found.instrument

    def symbols(self, symbol: str | None) -> list[str]:
        """Return the symbol, or all where none is named.

        Raises:
            RefusedError: If it is not listed.
        """
        if symbol is None:
            return list(self.service.state.instruments)
        self.instrument(symbol)
        return [symbol]


def read_params(kind: type[P], params: Mapping[str, Any]) -> P:
    """Return parameters in their declared form.

    Raises:
        RefusedError: If one is missing or malformed.
    """
    try:
        return kind.from_params(params)
    except ParameterError as error:
        raise RefusedError(error.code, error.name) from error


Handler: TypeAlias = Callable[[Call], object]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path's handler, and who may call it."""

    handler: Handler
    security: Security
