"""What a simulated venue demands, as `backtest` and `sweep` write it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from tradecore.backtest.rules import Demands, Outage, named_balance, named_funding, named_rules
from tradecore.cli.moments import parse_moment
from tradecore.config.quantities import parse_duration
from tradecore.core import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tradecore.backtest.venues import VenueProfile

__all__ = ["Balance", "Funding", "Outages", "Rules", "Seed", "Volume", "Written"]

Rules = Annotated[
    str, typer.Option(help="`venue`: its limits of requests, bounds and self-trade rule; `plain`.")
]
Funding = Annotated[
    str | None,
    typer.Option(
        help="`0.01%/8h`, or `0.01%` at the venue's interval; as the recording tells if not given."
    ),
]
Balance = Annotated[
    str | None, typer.Option(help="What the account starts with; margin is checked then.")
]
Volume = Annotated[
    str, typer.Option(help="What was traded in the 30 days before, for the tiers of fees.")
]
Outages = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FROM,UNTIL[,TIMEOUT]",
        help="The venue refuses commands then (UTC, or ns since 1970); with a timeout they are"
        " lost, and in doubt after it. Again for several.",
    ),
]
Seed = Annotated[int, typer.Option(help="Where draws of latency start from.")]

_MOMENTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Demands as they were written on the command line."""

    rules: str = "plain"
    funding: str | None = None
    balance: str | None = None
    volume: str = "0"
    outages: Sequence[str] = ()
    seed: int = 0

    def read(self, venue: VenueProfile) -> Demands:
        """Return what is demanded of a venue.

        Raises:
            InputError: If something is not understood.
        """
        return Demands(
            rules=named_rules(self.rules),
            funding=named_funding(self.funding, venue),
            balance=named_balance(self.balance, "balance"),
            volume=named_balance(self.volume, "volume") or Decimal(0),
            outages=tuple(_outage(text) for text in self.outages),
            seed=self.seed,
        )


def _outage(text: str) -> Outage:
    moments, timeout = text.split(",")[:_MOMENTS], text.split(",")[_MOMENTS:]
    if (
        len(moments) < _MOMENTS
        or len(timeout) > 1
        or any(one.strip()[:1] == "+" for one in moments)
    ):
        raise InputError(f"an outage is written FROM,UNTIL or FROM,UNTIL,TIMEOUT: {text!r}")
    try:
        from_ns, until_ns = (parse_moment(one, start_ns=0) for one in moments)
        timeout_ns = parse_duration(timeout[0]) if timeout else None
    except ValueError as error:
        raise InputError(f"{error}: outages={text!r}") from error
    return Outage(from_ns=from_ns, until_ns=until_ns, timeout_ns=timeout_ns)
