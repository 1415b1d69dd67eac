"""Settings from INI, YAML, environment and command line: checked at once, with their places."""

from __future__ import annotations

from tradecore.config.describe import reference_page, sample
from tradecore.config.errors import ConfigError, ConfigNotFoundError, Place, Problem
from tradecore.config.load import Loaded, load
from tradecore.config.quantities import Duration, EventRate, FeeRate, Rate, Size
from tradecore.config.run import RunConfig
from tradecore.config.schema import Settings
from tradecore.config.show import Effective, effective

__all__ = [
    "ConfigError",
    "ConfigNotFoundError",
    "Duration",
    "Effective",
    "EventRate",
    "FeeRate",
    "Loaded",
    "Place",
    "Problem",
    "Rate",
    "RunConfig",
    "Settings",
    "Size",
    "effective",
    "load",
    "reference_page",
    "sample",
]
