"""The checks that every formula makes on its parameters before it computes anything."""

from __future__ import annotations

import math

from tradecore.core import InputError


def require_positive(**values: float) -> None:
    """Refuse a value that is not finite and above zero.

    Raises:
        InputError: Naming the first such value.
    """
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0.0):
            raise InputError(f"{name} is a finite number above zero: {name}={value!r}")


def require_not_negative(**values: float) -> None:
    """Refuse a value that is not finite or below zero.

    Raises:
        InputError: Naming the first such value.
    """
    for name, value in values.items():
        if not (math.isfinite(value) and value >= 0.0):
            raise InputError(f"{name} is a finite number of zero or more: {name}={value!r}")


def require_finite(**values: float) -> None:
    """Refuse a value that is infinite or not a number.

    Raises:
        InputError: Naming the first such value.
    """
    for name, value in values.items():
        if not math.isfinite(value):
            raise InputError(f"{name} is a finite number: {name}={value!r}")
