"""How long stages took, added up over processes and their lives from what they told Prometheus."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

__all__ = ["Stage", "read_stages"]

_NAME: Final = "latency_seconds"
_INFINITE: Final = "+Inf"


@dataclass(slots=True)
class Stage:
    """Counts of durations by the upper edge of their bucket, in seconds."""

    counts: Counter[float] = field(default_factory=Counter)

    def add(self, other: Stage) -> None:
        """Count what another life of the process took as well."""
        self.counts.update(other.counts)

    @property
    def count(self) -> int:
        """How many durations there are."""
        return self.counts.total()

    def quantile_ms(self, part: float) -> float | None:
        """Return the upper edge of the bucket in which a part of all ends, in milliseconds.

        `None` without any; infinite where it ends beyond the last edge.
        """
        wanted, seen = part * self.count, 0
        for edge in sorted(self.counts):
            seen += self.counts[edge]
            if seen and seen >= wanted:
                return edge * 1e3
        return None


def read_stages(text: str) -> dict[str, Stage]:
    """Return the stages in what a process answers at `/metrics`."""
    stages: dict[str, Stage] = {}
    below: Counter[str] = Counter()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name != f"{_NAME}_bucket":
                continue
            name, edge = sample.labels["stage"], sample.labels["le"]
            # Buckets are told in order, each with all that is below it.
            count = int(sample.value)
            new = count - below[name]
            below[name] = count
            if new:
                upper = float("inf") if edge == _INFINITE else float(edge)
                stages.setdefault(name, Stage()).counts[upper] += new
    return stages
