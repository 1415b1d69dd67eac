"""Finds the plug-in of a venue by name: ours come through the same door as a stranger's."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final

from tradecore.core import InputError
from tradecore.exchanges.base import ConditionalPlugin

if TYPE_CHECKING:
    from tradecore.exchanges.base import ExchangePlugin
    from tradecore.model import OrderTypeWord

__all__ = ["GROUP", "exchange_names", "load_exchange", "order_types"]

GROUP: Final = "tradecore.exchanges"


def exchange_names() -> list[str]:
    """Return the names of the venues installed, in capitals as configurations write them."""
    return sorted({point.name.upper() for point in entry_points(group=GROUP)})


def load_exchange(name: str) -> ExchangePlugin:
    """Return the plug-in that is installed under `name`, in any case.

    Raises:
        InputError: If there is none, or it cannot be loaded; the names that exist are told.
    """
    for point in entry_points(group=GROUP):
        if point.name.upper() != name.upper():
            continue
        try:
            plugin: ExchangePlugin = point.load()
        except (ImportError, AttributeError) as error:
            raise InputError(
                f"a plug-in must be importable: exchange={name}, entry point={point.value}: {error}"
            ) from error
        return plugin
    known = ", ".join(exchange_names()) or "none"
    raise InputError(f"an exchange is one that is installed: exchange={name!r}, installed {known}")


def order_types(name: str) -> tuple[OrderTypeWord, ...]:
    """Return what a venue takes; of one whose plug-in is not here, what all take.

    A trader's process needs no plug-in: the engine's has it.
    """
    plain: tuple[OrderTypeWord, ...] = ("limit", "market")
    try:
        plugin = load_exchange(name)
    except InputError:
        return plain
    return (*plain, *plugin.conditional_types) if isinstance(plugin, ConditionalPlugin) else plain
