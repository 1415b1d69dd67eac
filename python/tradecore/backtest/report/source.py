"""What the report reads of a result, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    import numpy as np
    import numpy.typing as npt


class Split(Protocol):
    """Where the profit came from, in the settlement currency."""

    @property
    def spread(self) -> Decimal:
        """Gain against the mid at each fill."""

    @property
    def inventory(self) -> Decimal:
        """Gain of the position as the mid moved."""

    @property
    def fees(self) -> Decimal:
        """Fees paid; negative when rebates were more."""

    @property
    def funding(self) -> Decimal:
        """Funding received; negative when paid."""

    @property
    def net(self) -> Decimal:
        """All together."""


class Ratios(Protocol):
    """What a run earned for what it risked; `None` where there is too little to say."""

    @property
    def capital(self) -> float | None:
        """What returns are of."""

    @property
    def total_return(self) -> float | None:
        """Net profit as a part of the capital."""

    @property
    def sharpe(self) -> float | None:
        """Mean over standard deviation of the profit of a step, scaled to a year."""

    @property
    def sortino(self) -> float | None:
        """The same over the losses alone."""

    @property
    def step_s(self) -> int:
        """Seconds of a step."""

    @property
    def steps(self) -> int:
        """How many there are."""

    @property
    def drawdown(self) -> float:
        """The deepest fall of the equity, as a positive amount."""

    @property
    def turnover(self) -> float | None:
        """What was traded as a multiple of the capital."""

    @property
    def fill_ratio(self) -> float | None:
        """Quantity filled as a part of the quantity ordered."""

    @property
    def markout_bps(self) -> Mapping[int, float | None]:
        """Seconds to what the fills had gained by then, in basis points of their price."""


class Queue(Protocol):
    """How far resting orders stood from where trades happened."""

    @property
    def rested(self) -> int:
        """Orders that came to rest."""

    @property
    def distance_ticks(self) -> float:
        """Ticks behind the touch of their side when they came, on average."""

    @property
    def quantity_ahead(self) -> float:
        """What was displayed at their price when they came, on average."""

    @property
    def trades(self) -> int:
        """Trades against a side on which an order rested."""

    @property
    def trades_reached(self) -> int:
        """Of these, those at the best of our prices or through it."""

    @property
    def volume_reached(self) -> float:
        """Volume of those."""

    @property
    def nearest_ticks(self) -> int | None:
        """Fewest ticks between such a trade and our best price."""


class Totals(Protocol):
    """The exact totals of a run."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Messages of the recording by kind, and what was wrong with them."""

    @property
    def callbacks(self) -> Mapping[str, int]:
        """Calls of each callback of the strategy."""

    @property
    def events(self) -> int:
        """Market events read."""

    @property
    def wall_s(self) -> float:
        """Seconds the run took."""

    @property
    def halted(self) -> bool:
        """Whether the strategy was stopped before the end."""

    @property
    def reason(self) -> str | None:
        """Why it was halted."""

    @property
    def pnl(self) -> Split:
        """The split of the profit."""

    @property
    def queue(self) -> Queue:
        """How resting orders stood."""

    @property
    def performance(self) -> Ratios:
        """Return, risk and turnover."""

    @property
    def adverse_selection(self) -> Mapping[int, Decimal]:
        """Seconds after the fills to what the fills had gained by then against their mid."""


class Result(Protocol):
    """A finished run: numpy structured arrays, all times in nanoseconds."""

    @property
    def fills(self) -> npt.NDArray[np.void]:
        """One row a fill, in order of time."""

    @property
    def orders(self) -> npt.NDArray[np.void]:
        """One row an order, in order of submission."""

    @property
    def equity(self) -> npt.NDArray[np.void]:
        """Cash, position and mid over time."""

    @property
    def latency(self) -> npt.NDArray[np.void]:
        """One row a measured duration."""

    @property
    def records(self) -> Mapping[str, npt.NDArray[np.void]]:
        """What the strategy recorded, by name."""

    @property
    def denials(self) -> Mapping[str, int]:
        """Denied orders by code."""

    @property
    def diagnosis(self) -> Sequence[str]:
        """What went wrong, a sentence each; often nothing."""

    @property
    def errors(self) -> Sequence[str]:
        """The first records that could not be read, with their places."""

    @property
    def assumptions(self) -> Sequence[str]:
        """What was assumed, a sentence each."""

    @property
    def meta(self) -> Mapping[str, str]:
        """Names that identify the run."""

    def summary(self) -> Totals:
        """Return the exact totals."""
