"""`tradecore users`: who may log in to a venue."""

from __future__ import annotations

import base64
import os
import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tradecore.cli.output import JsonOption, Output
from tradecore.cli.venue_people import ChangeOption, ConfigOption, DataOption, People, people
from tradecore.identity.roles import roles_from_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tradecore.identity import Role, User

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Who may log in to a venue.")

PASSWORD_BYTES: Final = 18
PASSWORD_CHARS_MAX: Final = 4096

NameArgument = Annotated[str, typer.Argument(metavar="USER", help="Login or id.")]
RoleOption = Annotated[
    list[str],
    typer.Option(
        "--role",
        metavar="ROLE",
        help="viewer, trader, market_maker, risk_manager, compliance, settlement_ops, operator "
        "or admin; may be repeated.",
    ),
]
StdinOption = Annotated[
    bool,
    typer.Option("--password-stdin", help="Read the password from standard input, one line."),
]


@app.command()
def add(
    login: Annotated[str, typer.Argument(metavar="LOGIN", help="What it calls itself.")],
    *,
    role: RoleOption,
    account: Annotated[
        int | None, typer.Option(min=1, help="Number of its account; none for who trades nothing.")
    ] = None,
    password_stdin: StdinOption = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Let it come in by API keys alone.")
    ] = False,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    json: JsonOption = False,
) -> None:
    """Make a user; without further word its password is made up and shown once."""
    if password_stdin and no_password:
        raise typer.BadParameter("--password-stdin and --no-password are one or the other")
    roles = _roles(role)
    password = None if no_password else _password(is_given=password_stdin)
    with people(config, data, change) as venue:
        user = venue.users.add(
            login,
            roles=roles,
            account=account,
            password=password,
            by=venue.by,
            now_ns=venue.now_ns,
        )
    _tell(Output(json=json), "added", user, None if password_stdin else password)


@app.command("list")
def list_users(
    *,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    json: JsonOption = False,
) -> None:
    """Print every user with its account and roles."""
    with people(config, data, change) as venue:
        found = venue.users.list()
    out = Output(json=json)
    out.table(
        ["id", "login", "account", "roles", "state"],
        [
            (
                user.id,
                user.login,
                user.account or "-",
                " ".join(sorted(user.roles)),
                "disabled" if user.is_disabled else "enabled",
            )
            for user in found
        ],
    )
    out.value([_shown(user) for user in found])


def _doorkeeper(word: str, done: str, about: str, work: Callable[[People, str], User]) -> None:
    """Add a command that lets a user in, or no more."""

    def command(
        name: NameArgument,
        *,
        config: ConfigOption = None,
        data: DataOption = None,
        change: ChangeOption = None,
        json: JsonOption = False,
    ) -> None:
        with people(config, data, change) as venue:
            user = work(venue, name)
        _tell(Output(json=json), done, user)

    app.command(word, help=about)(command)


_doorkeeper(
    "disable",
    "disabled",
    "Let a user in no more: its sessions and tokens end, its keys do nothing.",
    lambda venue, name: venue.users.disable(name, by=venue.by, now_ns=venue.now_ns),
)
_doorkeeper(
    "enable",
    "enabled",
    "Let a disabled user in again.",
    lambda venue, name: venue.users.enable(name, by=venue.by, now_ns=venue.now_ns),
)


@app.command()
def roles(
    name: NameArgument,
    *,
    role: RoleOption,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    json: JsonOption = False,
) -> None:
    """Say what a user is from now on; its sessions end."""
    wanted = _roles(role)
    with people(config, data, change) as venue:
        user = venue.users.set_roles(name, wanted, by=venue.by, now_ns=venue.now_ns)
    _tell(Output(json=json), "changed", user)


@app.command()
def password(
    name: NameArgument,
    *,
    password_stdin: StdinOption = False,
    config: ConfigOption = None,
    data: DataOption = None,
    change: ChangeOption = None,
    json: JsonOption = False,
) -> None:
    """Give a user another password, made up and shown once unless it is read; its sessions end."""
    text = _password(is_given=password_stdin)
    with people(config, data, change) as venue:
        user = venue.users.set_password(name, text, by=venue.by, now_ns=venue.now_ns)
    _tell(Output(json=json), "changed", user, None if password_stdin else text)


def _roles(names: list[str]) -> frozenset[Role]:
    try:
        return roles_from_text(" ".join(names))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _password(*, is_given: bool) -> str:
    """Return the first line of standard input, or a password made up."""
    if not is_given:
        return base64.urlsafe_b64encode(os.urandom(PASSWORD_BYTES)).decode("ascii")
    return sys.stdin.readline(PASSWORD_CHARS_MAX).rstrip("\r\n")


def _shown(user: User) -> dict[str, object]:
    """Return what may be printed of a user."""
    return {
        "id": user.id,
        "login": user.login,
        "account": user.account,
        "roles": sorted(user.roles),
        "is_disabled": user.is_disabled,
        "created_ns": user.created_ns,
    }


def _tell(out: Output, done: str, user: User, password: str | None = None) -> None:
    account = "no account" if user.account is None else f"account {user.account}"
    out.line(f"{done} {user.login}: {user.id}, {account}, {' '.join(sorted(user.roles))}")
    shown = _shown(user)
    if password is not None:
        out.line(f"password, shown once: {password}")
        shown["password"] = password
    out.value(shown)
