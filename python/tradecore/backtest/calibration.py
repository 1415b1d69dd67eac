"""How far queue models are from what would have happened, where every order is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tradecore.backtest.assumptions import QUEUE_MODELS
from tradecore.core import (
    DataError,
    InputError,
    Instrument,
    shadow_study,
    shadow_study_lobster,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    import numpy.typing as npt

    from tradecore.backtest.assumptions import QueueModel

__all__ = [
    "HORIZONS_S",
    "Calibration",
    "ModelError",
    "Shadows",
    "calibrate_generated",
    "calibrate_lobster",
]

#: How long after a fill the middle price is looked at, in seconds.
HORIZONS_S: Final = (1, 5, 30)
_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadows:
    """Where shadow orders are put: one lot each that nobody sees and that takes nothing.

    Args:
        every_ns: One in this time, on a side by chance.
        life_ns: How long it waits to trade.
        behind: At most so many ticks behind the published best price, by chance.
    """

    every_ns: int = 100_000_000
    life_ns: int = 10_000_000_000
    behind: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelError:
    """What one queue model makes of the shadows, beside the truth.

    Args:
        model: Its name.
        fills: Shadows that trade by the model.
        missed: Those that truly traded, but not by the model.
        invented: Those that trade by the model, but did not truly.
        fills_error: Fills of the model over true fills, less one.
        misjudged: Missed and invented, over true fills.
        delay_ms: Median of the model's time of a fill less the true one, where both have one.
        wait_ms: Median time from placing to the model's fill.
        markouts: Mean move of the middle price in favour of a fill, in ticks, by horizon.
        markout_bias: The same less that of the true fills.
    """

    model: QueueModel
    fills: int
    missed: int
    invented: int
    fills_error: float
    misjudged: float
    delay_ms: float
    wait_ms: float
    markouts: tuple[float, ...]
    markout_bias: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Queue models judged by true fills.

    Args:
        market: What market it was.
        shadows: Shadow orders whose life was over in time.
        crossed: Shadows not put because they would have traded at once.
        unreadable: Records that could not be read.
        true_fills: Shadows that would have traded.
        true_wait_ms: Median time they took.
        true_markouts: Mean move of the middle price in their favour, in ticks, by horizon.
        models: Each model, the least misjudging first.
    """

    market: str
    shadows: int
    crossed: int
    unreadable: int
    true_fills: int
    true_wait_ms: float
    true_markouts: tuple[float, ...]
    models: tuple[ModelError, ...]

    @property
    def best(self) -> QueueModel:
        """The model that misjudges fewest shadows."""
        return self.models[0].model


def calibrate_generated(
    *,
    seed: int,
    duration_s: int,
    shadows: Shadows | None = None,
    price: Decimal | str = "60000",
    volatility_milliticks: int = 2_000,
    models: Sequence[QueueModel] = tuple(QUEUE_MODELS),
) -> Calibration:
    """Judge queue models on the market of our own seeded traders.

    The market is the one of the sample tape: depth each 100 ms, trades and best prices at once.

    Args:
        seed: Chooses all that is left to chance.
        duration_s: How long the market lasts.
        shadows: Where shadow orders are put.
        price: Where the market starts, in steps of 0.1.
        volatility_milliticks: How far it moves in a calm second, in thousandths of a tick.
        models: Which models.

    Raises:
        InputError: If a number is outside its bounds, or no shadow would have traded.
    """
    shadows = shadows or Shadows()
    instrument = Instrument("BTCUSDT", tick_size="0.1", lot_size="0.001", kind="linear")
    study = shadow_study(
        instrument,
        seed=seed,
        start_ns=0,
        duration_ns=duration_s * _NS,
        price=price,
        volatility_milliticks=volatility_milliticks,
        every_ns=shadows.every_ns,
        life_ns=shadows.life_ns,
        behind=shadows.behind,
        queues=list(models),
    )
    return _judged(f"generated, seed {seed}, {duration_s} s", study, models)


def calibrate_lobster(
    messages: bytes,
    books: bytes,
    *,
    seed: int = 1,
    shadows: Shadows | None = None,
    models: Sequence[QueueModel] = tuple(QUEUE_MODELS),
) -> Calibration:
    """Judge queue models on a recorded market order by order: files of LOBSTER.

    What the models see is published as for a generated market. Ticks are 1/10 000 dollar.

    Args:
        messages: The message file.
        books: The order book file; its first row is used.
        seed: Chooses sides and prices of the shadows.
        shadows: Where shadow orders are put.
        models: Which models.

    Raises:
        DataError: If a file is empty or its first row cannot be read.
        InputError: If a number is outside its bounds, or no shadow would have traded.
    """
    shadows = shadows or Shadows()
    first = books.split(b"\n", 1)[0].strip()
    if not first:
        raise DataError("an order book file has at least one row: the first is empty")
    study = shadow_study_lobster(
        messages,
        first_book=first,
        seed=seed,
        every_ns=shadows.every_ns,
        life_ns=shadows.life_ns,
        behind=shadows.behind,
        queues=list(models),
    )
    return _judged("recorded, LOBSTER", study, models)


def _judged(market: str, study: Mapping[str, Any], models: Sequence[QueueModel]) -> Calibration:
    truth = study["truth_ns"]
    true_fills = int(np.count_nonzero(truth >= 0))
    if not true_fills:
        raise InputError(
            f"no shadow order would have traded: shadows={truth.size}, crossed={study['crossed']}; "
            "let the market last longer, or the shadows live longer"
        )
    true_markouts = _markouts(study, truth)
    errors = [_error(model, study, true_fills, true_markouts) for model in models]
    return Calibration(
        market=market,
        shadows=truth.size,
        crossed=study["crossed"],
        unreadable=study["unreadable"],
        true_fills=true_fills,
        true_wait_ms=_median_ms((truth - study["placed_ns"])[truth >= 0]),
        true_markouts=true_markouts,
        models=tuple(sorted(errors, key=lambda error: error.misjudged)),
    )


def _error(
    model: QueueModel,
    study: Mapping[str, Any],
    true_fills: int,
    true_markouts: tuple[float, ...],
) -> ModelError:
    truth, guess = study["truth_ns"], study[model]
    is_true, is_guessed = truth >= 0, guess >= 0
    fills = int(np.count_nonzero(is_guessed))
    missed = int(np.count_nonzero(is_true & ~is_guessed))
    invented = int(np.count_nonzero(is_guessed & ~is_true))
    both = is_true & is_guessed
    markouts = _markouts(study, guess)
    return ModelError(
        model=model,
        fills=fills,
        missed=missed,
        invented=invented,
        fills_error=fills / true_fills - 1,
        misjudged=(missed + invented) / true_fills,
        delay_ms=_median_ms((guess - truth)[both]),
        wait_ms=_median_ms((guess - study["placed_ns"])[is_guessed]),
        markouts=markouts,
        markout_bias=tuple(
            ours - theirs for ours, theirs in zip(markouts, true_markouts, strict=True)
        ),
    )


def _median_ms(durations_ns: npt.NDArray[np.int64]) -> float:
    """Return the median in milliseconds; NaN of none."""
    return float(np.median(durations_ns)) / 1e6 if durations_ns.size else float("nan")


def _markouts(study: Mapping[str, Any], fills_ns: npt.NDArray[np.int64]) -> tuple[float, ...]:
    """Return by horizon how far the middle went in favour of fills on average, in ticks.

    A fill whose horizon lies beyond the market's end does not count; NaN if none does.
    """
    mid_ns, mid = study["mid_ns"], study["mid"]
    is_fill = fills_ns >= 0
    at, side, price = fills_ns[is_fill], study["side"][is_fill], study["price"][is_fill]
    means = []
    for horizon in HORIZONS_S:
        later_ns = at + horizon * _NS
        inside = later_ns <= mid_ns[-1]
        later = mid[np.searchsorted(mid_ns, later_ns[inside], side="right") - 1]
        gains = side[inside] * (later - 2 * price[inside]) / 2
        gains = gains[later > 0]
        means.append(float(gains.mean()) if gains.size else float("nan"))
    return tuple(means)
