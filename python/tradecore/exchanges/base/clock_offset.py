"""How far a venue's clock is from ours, from question and answer; the fastest answer errs least."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradecore.exchanges.base.events import ClockSample

__all__ = ["ClockHealth", "ClockOffset"]


class ClockHealth(Enum):
    """Whether our clock may stamp requests."""

    #: Nothing was measured yet.
    UNKNOWN = "unknown"
    GOOD = "good"
    #: Worth a warning.
    OFF = "off"
    #: A venue refuses stamps as far off as this: send nothing.
    REFUSE = "refuse"


@dataclass(slots=True, kw_only=True)
class ClockOffset:
    """Keeps the last samples, and believes the one with the shortest round trip.

    With a round trip of `r` the true offset is within `r / 2` of what the sample says.

    Args:
        samples_max: How many samples are kept.
        warn_ns: From which offset, either way, it is worth a warning.
        refuse_ns: From which offset requests must not be sent.
    """

    samples_max: int = 16
    warn_ns: int = 250_000_000
    refuse_ns: int = 1_000_000_000
    _samples: deque[tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        if self.samples_max < 1 or not 0 < self.warn_ns <= self.refuse_ns:
            raise ValueError(
                "a clock filter needs samples_max >= 1 and 0 < warn_ns <= refuse_ns: "
                f"samples_max={self.samples_max}, warn_ns={self.warn_ns}, "
                f"refuse_ns={self.refuse_ns}"
            )
        self._samples = deque(maxlen=self.samples_max)

    def observe(self, sample: ClockSample) -> bool:
        """Take a sample; return whether it could be used (one that ran backwards cannot)."""
        round_trip_ns = sample.received_ns - sample.sent_ns
        if round_trip_ns < 0:
            return False
        middle_ns = sample.sent_ns + round_trip_ns // 2
        self._samples.append((round_trip_ns, sample.venue_ns - middle_ns))
        return True

    @property
    def offset_ns(self) -> int:
        """The venue's clock less ours, nanoseconds; 0 before the first sample."""
        return min(self._samples, default=(0, 0))[1]

    @property
    def round_trip_ns(self) -> int:
        """The round trip of the sample believed, nanoseconds; 0 before the first sample."""
        return min(self._samples, default=(0, 0))[0]

    @property
    def health(self) -> ClockHealth:
        """Whether requests may be stamped."""
        if not self._samples:
            return ClockHealth.UNKNOWN
        size_ns = abs(self.offset_ns)
        if size_ns > self.refuse_ns:
            return ClockHealth.REFUSE
        return ClockHealth.OFF if size_ns > self.warn_ns else ClockHealth.GOOD

    def venue_ns(self, now_ns: int) -> int:
        """Return the venue's time, as far as we know it, at one of ours."""
        return now_ns + self.offset_ns

    def forget(self) -> None:
        """Drop every sample: our clock was set."""
        self._samples.clear()
