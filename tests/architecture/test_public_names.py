"""The public names are a contract: adding one is a choice, losing one breaks somebody."""

from __future__ import annotations

import inspect

import pytest

import tradecore
import tradecore.telemetry
from tradecore import core

GOLDEN = "tests/architecture/public_names.txt"


def described() -> list[str]:
    """Return one line for each public name: what it is called and what kind of thing it is."""
    lines = []
    for name in sorted(tradecore.__all__):
        value = getattr(tradecore, name)
        if inspect.isclass(value):
            kind = "exception" if issubclass(value, BaseException) else "class"
        elif inspect.ismodule(value):
            kind = "module"
        elif callable(value):
            kind = "function"
        else:
            kind = "value"
        lines.append(f"{name} {kind}")
    return lines


def test_public_names_are_those_agreed(project_root, update_golden):
    """`tradecore.__all__` equals the recorded list; `--update-golden` records a new one."""
    golden = project_root / GOLDEN
    text = "\n".join(described()) + "\n"
    if update_golden:
        golden.write_text(text)
    assert golden.read_text() == text


@pytest.mark.parametrize("module", [tradecore, core], ids=["tradecore", "core"])
def test_exports_are_complete_and_in_order(module):
    """`__all__` is sorted, has no name twice, and each name is there."""
    names = module.__all__
    assert len(set(names)) == len(names)
    assert all(hasattr(module, name) for name in names)


def test_exceptions_form_one_tree():
    """Each public exception is a TradecoreError, so a caller can catch them all."""
    public = [getattr(core, name) for name in core.__all__]
    faults = [each for each in public if inspect.isclass(each) and issubclass(each, BaseException)]
    assert faults
    assert all(issubclass(fault, tradecore.TradecoreError) for fault in faults)


@pytest.mark.parametrize("module", [tradecore, tradecore.telemetry], ids=lambda it: it.__name__)
def test_a_name_that_is_none_is_refused_as_python_does(module):
    """Names that are loaded when asked for do not hide a misspelled one."""
    with pytest.raises(AttributeError, match=f"module '{module.__name__}' has no attribute 'bcok'"):
        _ = module.bcok
