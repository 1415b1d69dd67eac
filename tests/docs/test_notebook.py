"""The notebook is its guide: the same code in the same order, and no outputs left in it."""

from __future__ import annotations

import json

import pytest

from docs.markdown import read

NAMES = ("market_making",)


@pytest.fixture(params=NAMES)
def pair(request, project_root):
    """A guide's page, and its notebook as a program reads it."""
    guides = project_root / "docs" / "guides"
    page = read(guides / f"{request.param}.md")
    return page, json.loads((guides / f"{request.param}.ipynb").read_text(encoding="utf-8"))


def code(cells):
    """Return the text of each cell of code that is Python."""
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [text for text in texts if not text.startswith("!")]


def test_its_code_is_the_guides_which_another_test_runs(pair):
    """Cell by cell what stands in the page, so running the page runs the notebook."""
    page, notebook = pair

    blocks = [block.text.rstrip("\n") for block in page.blocks if block.language == "python"]

    assert code(notebook["cells"]) == blocks
    for text in blocks:
        compile(text, "cell", "exec", dont_inherit=True)


def test_its_commands_are_the_guides(pair):
    """Each as a line that a notebook gives to a shell."""
    page, notebook = pair

    told = [
        f"!{line.removeprefix('$ ')}"
        for block in page.blocks
        if block.language == "console" and block.runs
        for line in block.text.splitlines()
        if line.startswith("$ ")
    ]

    lines = [
        line
        for cell in notebook["cells"]
        for line in "".join(cell["source"]).splitlines()
        if cell["cell_type"] == "code" and line.startswith("!")
    ]
    assert lines == told


def test_it_is_a_notebook_without_outputs(pair):
    """Of format 4.5: every cell has a name of its own, and nothing was run in it."""
    _, notebook = pair
    names = [cell["id"] for cell in notebook["cells"]]

    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len(names) == len(set(names))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
