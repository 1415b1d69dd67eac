"""`tradecore config`: check, show or start a configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.config import Loaded, RunConfig, effective, load, sample
from tradecore.processes.settings import KINDS, kind_of, load_process

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Check, show or start a configuration."
)

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="INI or YAML file.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Override a setting; may be repeated."),
]
EnvFileOption = Annotated[
    Path | None,
    typer.Option(
        "--env-file",
        metavar="FILE",
        help="More variables for ${...}; `.env` beside FILE by default.",
    ),
]


@app.command()
def check(
    file: FileArgument,
    *,
    overrides: SetOption = None,
    env_file: EnvFileOption = None,
    json: JsonOption = False,
) -> None:
    """Check a configuration and tell everything that is wrong with it, with its place."""
    loaded = _load(file, overrides, env_file)
    out = Output(json=json)
    given = len(loaded.bound)
    out.line(f"{file} is in order: {given} settings given")
    for warning in loaded.warnings:
        out.line(f"warning: {warning}")
    out.value({"file": str(file), "given": given, "warnings": loaded.warnings})


@app.command()
def show(
    file: FileArgument,
    *,
    overrides: SetOption = None,
    env_file: EnvFileOption = None,
    json: JsonOption = False,
) -> None:
    """Show every setting in force and where it came from; secrets as ***."""
    loaded = _load(file, overrides, env_file)
    rows = effective(loaded)
    out = Output(json=json)
    out.table(
        ["section", "key", "value", "from"],
        [(row.section, row.key, row.value, row.origin) for row in rows],
    )
    for warning in loaded.warnings:
        out.line(f"warning: {warning}")
    out.value({"settings": rows, "warnings": loaded.warnings})


@app.command()
def init(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="File to write, .ini or .yaml.")
    ] = Path("run.ini"),
    *,
    json: JsonOption = False,
) -> None:
    """Write a commented configuration to start from; an existing file is left alone.

    A file named after a process, such as `trader.ini`, is one of that process; others are runs.
    """
    if file.suffix.lower() not in {".ini", ".yaml", ".yml"}:
        raise typer.BadParameter(f"a configuration ends in .ini or .yaml: {file.name}")
    kind = kind_of(file)
    schema = RunConfig if kind is None else KINDS[kind]
    text = sample(schema, "ini" if file.suffix.lower() == ".ini" else "yaml")
    try:
        with file.open("x", encoding="utf-8") as new_file:
            new_file.write(text)
    except FileExistsError as error:
        raise typer.BadParameter(f"there is a file already: {file}") from error
    out = Output(json=json)
    out.line(f"wrote {file}; next: tradecore config check {file}")
    out.value({"file": str(file)})


def _load(file: Path, overrides: list[str] | None, env_file: Path | None) -> Loaded[Any]:
    """Read a file as what its name says: a process's, or a run's."""
    kind = kind_of(file)
    if kind is None:
        return load(RunConfig, file, dotenv=env_file, overrides=overrides or ())
    return load_process(KINDS[kind], file, dotenv=env_file, overrides=overrides or ())
