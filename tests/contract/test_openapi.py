"""The venue answers as its own description says, whatever is sent to it.

`SCHEMA_EXAMPLES` sets how many requests are made up for each operation; a soak raises it.
"""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks

from support.venue_server import quick_folder, running_venue
from tradecore.gateway.app import make_api

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "2"))
CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
#: Whoever ends this token, or the breaker of this venue, ends the test of the others.
LEFT_OUT = {"/auth/revoke"}


@pytest.fixture(scope="module")
def venue():
    """Return a venue that every made-up request goes to."""
    with quick_folder() as folder, running_venue(folder) as running:
        yield running


@pytest.fixture(scope="module")
def token(venue):
    """Return a token of somebody who may do everything and has an account."""
    return venue.token("everything", ("admin",), account=9)


def operations():
    """Return every operation of the description."""
    described = schemathesis.openapi.from_dict(make_api().openapi())
    found = (one.ok() for one in described.get_all_operations())
    return [pytest.param(one, id=one.label) for one in found if one.path not in LEFT_OUT]


@pytest.mark.parametrize("mode", [*GenerationMode], ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", operations())
def test_every_operation_answers_as_described(operation, mode, venue, token):
    """No 5xx but 503, no status, type or field that is not described."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=[*HealthCheck],
        derandomize=True,
        database=None,
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case):
        headers = {"Authorization": f"Bearer {token}"}
        response = case.call(base_url=venue.url, headers=headers, timeout=10)
        assert response.status_code < 500 or response.status_code == 503, response.text
        case.validate_response(response, checks=CHECKS)

    try:
        answers()
    except Unsatisfiable:
        pytest.skip("nothing wrong can be sent to it")


def test_the_description_names_every_refusal_in_one_form():
    """Each status from 400 on is a problem; what needs a token says so."""
    described = make_api().openapi()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            place = f"{method} {path}"
            assert operation["summary"], place
            assert operation["description"], place
            for status, response in operation["responses"].items():
                if int(status) >= 400 and "/health" not in path:
                    assert [*response["content"]] == ["application/problem+json"], place
            assert ("401" in operation["responses"]) == ("security" in operation) or path in {
                *("/health/detailed", "/metrics", "/auth/token", "/auth/refresh"),
            }, place
