"""A strategy's settings: frozen, and no key that nobody reads."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from pydantic import ValidationError

import tradecore as tc
from tradecore.model.errors import StrategyError


class Maker(tc.AbstractStrategy):
    """A strategy with two settings."""

    class Config(tc.StrategyConfig):
        """Two settings."""

        half_spread_bps: float = 2.0
        size: Decimal = Decimal("0.01")

    config: Config


def test_settings_are_frozen():
    """Settings are frozen."""
    config = Maker.Config(size="0.5")

    assert config.size == Decimal("0.5")
    with pytest.raises(ValidationError, match="frozen"):
        config.size = 1


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("half_spred_bps", "did you mean 'half_spread_bps'"),
        ("Size", "did you mean 'size'"),
        ("xyz", "known are ['half_spread_bps', 'size']"),
    ],
)
def test_an_unknown_key_is_refused_and_the_nearest_named(key, hint):
    """An unknown key is refused and the nearest named."""
    text = f"settings of Maker: unknown setting {key!r}: {hint}"
    with pytest.raises(StrategyError, match=f"^{re.escape(text)}$"):
        Maker.from_params({key: 1})


def test_a_value_that_a_field_does_not_take_is_named():
    """A value that a field does not take is named."""
    text = r"settings of Maker: input should be a valid number, .*: half_spread_bps='wide'"
    with pytest.raises(StrategyError, match=f"^{text}$"):
        Maker.from_params({"half_spread_bps": "wide"})


def test_text_becomes_the_field_s_type():
    """Text becomes the field's type."""
    assert Maker.from_params({"size": "0.25"}).config.size == Decimal("0.25")


def test_a_strategy_takes_its_own_settings_or_the_defaults():
    """A strategy takes its own settings or the defaults."""
    assert Maker().config == Maker.Config()
    with pytest.raises(StrategyError, match=r"Maker needs Maker\.Config, got StrategyConfig"):
        Maker(tc.StrategyConfig())
