"""A guide as a notebook: its text and its Python, cell by cell, without outputs.

`docs/generate.py` writes it beside the guide, so the two cannot say different things; a test holds
them together, and the guide's blocks are run by another.
"""

from __future__ import annotations

import json
import re
from typing import Any

FENCE = re.compile(r"^```(?P<info>.*)$")


def cells(page: str) -> list[dict[str, Any]]:
    """Return the cells of a page: Python blocks are code, commands are `!` lines, the rest text."""
    found: list[dict[str, Any]] = []
    text: list[str] = []
    lines = iter(page.splitlines())
    for line in lines:
        opened = FENCE.match(line)
        if opened is None:
            text.append(line)
            continue
        words = opened["info"].split()
        block = []
        for inner in lines:
            if inner == "```":
                break
            block.append(inner)
        if words[:1] == ["python"]:
            found += _text(text)
            text = []
            found.append(_cell("code", block))
        elif words == ["console"]:
            found += _text(text)
            text = []
            commands = [f"!{inner[2:]}" for inner in block if inner.startswith("$ ")]
            found.append(_cell("code", commands))
        else:
            text += [line, *block, "```"]
    return found + _text(text)


def notebook(page: str) -> str:
    """Return a notebook of format 4.5 as text."""
    made = [{"id": f"cell-{number:02d}", **cell} for number, cell in enumerate(cells(page))]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    document = {
        "cells": made,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _text(lines: list[str]) -> list[dict[str, Any]]:
    shown = "\n".join(lines).strip()
    return [_cell("markdown", shown.split("\n"))] if shown else []


def _cell(kind: str, lines: list[str]) -> dict[str, Any]:
    source = [f"{line}\n" for line in lines[:-1]] + lines[-1:]
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell
