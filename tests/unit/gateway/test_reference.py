"""The page at `/docs`: whole, and nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re

from tradecore.gateway.app import make_api
from tradecore.gateway.reference import SECURITY_POLICY, page

DESCRIBED = make_api().openapi()
PAGE = page(DESCRIBED)


def test_every_operation_has_its_form():
    """Method and path of each stand in a form that sends it."""
    forms = {*re.findall(r'<form data-verb="(\w+)" data-path="([^"]+)">', PAGE)}

    assert forms == {
        (verb.upper(), path) for path, verbs in DESCRIBED["paths"].items() for verb in verbs
    }


def test_it_loads_nothing_and_runs_only_its_own_script():
    """The policy names the script and the style by their digests; no address is loaded from."""
    assert not re.search(r'(src|href)="(?!/openapi\.json")', PAGE)
    for tag, name in (("script", "script-src"), ("style", "style-src")):
        (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", PAGE, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in SECURITY_POLICY
    assert " style=" not in PAGE
    assert " onclick=" not in PAGE


def test_what_is_described_is_text():
    """Whatever stands in a description, it opens no tag."""
    told = {
        "info": {"title": "<b>", "version": "1", "description": "a `<i>` & b"},
        "tags": [],
        "paths": {},
    }

    assert "<b>" not in page(told)
    assert "<code>&lt;i&gt;</code> &amp; b" in page(told)
