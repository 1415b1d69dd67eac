"""Which queue model misjudges fewest shadow orders: why a backtest's default is what it is.

Not a speed: every seed gives the same figures on every machine. Twenty seeds, ten minutes each,
shadows that wait 0.5, 2 and 10 seconds; `python benches/python/queue_models.py` prints the sums.
"""

from __future__ import annotations

from tradecore.backtest.assumptions import DEFAULT_QUEUE, QUEUE_MODELS
from tradecore.backtest.calibration import Shadows, calibrate_generated

SEEDS = range(1, 21)
LIVES_NS = (500_000_000, 2_000_000_000, 10_000_000_000)
DURATION_S = 600


def sums() -> tuple[int, dict[str, list[int]]]:
    """Return true fills, and by model how many it missed and invented, over all runs."""
    fills, wrong = 0, {model: [0, 0] for model in QUEUE_MODELS}
    for seed in SEEDS:
        for life_ns in LIVES_NS:
            shadows = Shadows(life_ns=life_ns)
            told = calibrate_generated(seed=seed, duration_s=DURATION_S, shadows=shadows)
            fills += told.true_fills
            for error in told.models:
                wrong[error.model][0] += error.missed
                wrong[error.model][1] += error.invented
    return fills, wrong


def run() -> list[dict[str, object]]:
    """Return the share of true fills each model misjudges, the default's as the baseline."""
    fills, wrong = sums()
    share = {model: 100 * sum(pair) / fills for model, pair in wrong.items()}
    return [
        {
            "name": f"shadow orders misjudged by {model}, per 100 true fills",
            "value": share[model],
            "unit": "",
            "baseline_name": DEFAULT_QUEUE,
            "baseline_value": share[DEFAULT_QUEUE],
            "ratio": share[DEFAULT_QUEUE] / share[model],
        }
        for model in QUEUE_MODELS
    ]


if __name__ == "__main__":
    total, by_model = sums()
    print(f"{total:,} true fills")
    for name, (missed, invented) in by_model.items():
        share = (missed + invented) / total
        print(f"{name:<12} missed {missed:>5,}  invented {invented:>5,}  misjudged {share:.3%}")
