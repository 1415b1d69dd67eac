"""What every test may ask for: the tree, the data beside it, and how hard to search."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

# `dev` is for the loop between edit and test, `ci` for every change, `deep` for a night.
settings.register_profile("dev", max_examples=50, deadline=None, print_blob=True)
settings.register_profile(
    "ci",
    max_examples=100,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "deep",
    max_examples=5_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_addoption(parser):
    """Add `--update-golden`, which rewrites recorded files so that the diff is the review."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite recorded files instead of comparing"
    )


@pytest.fixture(scope="session")
def update_golden(request):
    """Whether recorded files are to be rewritten."""
    return request.config.getoption("--update-golden")


@pytest.fixture(scope="session")
def project_root():
    """Return the root of the source tree, also when the tests run on a wheel outside it."""
    given = os.environ.get("TRADECORE_ROOT")
    root = Path(given) if given else Path(__file__).parent.parent
    if not (root / "Cargo.toml").exists():
        pytest.skip("needs the source tree: set TRADECORE_ROOT")
    return root


@pytest.fixture(scope="session")
def shared_dir(project_root):
    """Return the folder of recorded data and vectors beside the tree, or skip the test."""
    given = os.environ.get("TRADECORE_SHARED")
    shared = Path(given) if given else project_root.parent / "shared"
    if not shared.is_dir():
        pytest.skip("needs ../shared: not present")
    return shared


@pytest.fixture(autouse=True)
def _logging_as_it_was():
    """Undo what a test configures for the whole process, so that no test hears of another."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
