"""`tradecore users`: who may log in to a venue."""

from __future__ import annotations

import base64
import os
import sys
from inspect import Signature, signature
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

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

#: A user as it is now, and the password to show.
Changed: TypeAlias = "tuple[User, str | None]"

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


def _changes(
    done: str,
) -> Callable[[Callable[..., Changed]], Callable[..., Changed]]:
    """Make a command of what changes a user; where the venue is and what is printed comes with it.

    Args:
        done: What is said of the user afterwards.
    """

    def take(work: Callable[..., Changed]) -> Callable[..., Changed]:
        def command(
            *,
            config: ConfigOption = None,
            data: DataOption = None,
            change: ChangeOption = None,
            json: JsonOption = False,
            **own: object,
        ) -> None:
            with people(config, data, change) as venue:
                user, password = work(venue, **own)
            _tell(Output(json=json), done, user, password)

        *shared, _ = signature(command, eval_str=True).parameters.values()
        _, *own = signature(work, eval_str=True).parameters.values()
        command.__signature__ = Signature([*own, *shared])  # type: ignore[attr-defined]
        command.__annotations__ |= {one.name: one.annotation for one in own}
        app.command(work.__name__, help=work.__doc__)(command)
        return work

    return take


@_changes("added")
def add(
    venue: People,
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
) -> Changed:
    """Make a user; without further word its password is made up and shown once."""
    if password_stdin and no_password:
        raise typer.BadParameter("--password-stdin and --no-password are one or the other")
    text, shown = (None, None) if no_password else _password(is_given=password_stdin)
    user = venue.users.add(
        login,
        roles=_roles(role),
        account=account,
        password=text,
        by=venue.by,
        now_ns=venue.now_ns,
    )
    return user, shown


@_changes("disabled")
def disable(venue: People, name: NameArgument) -> Changed:
    """Let a user in no more: its sessions and tokens end, its keys do nothing."""
    return venue.users.disable(name, by=venue.by, now_ns=venue.now_ns), None


@_changes("enabled")
def enable(venue: People, name: NameArgument) -> Changed:
    """Let a disabled user in again."""
    return venue.users.enable(name, by=venue.by, now_ns=venue.now_ns), None


@_changes("changed")
def roles(venue: People, name: NameArgument, *, role: RoleOption) -> Changed:
    """Say what a user is from now on; its sessions end."""
    return venue.users.set_roles(name, _roles(role), by=venue.by, now_ns=venue.now_ns), None


@_changes("changed")
def password(venue: People, name: NameArgument, *, password_stdin: StdinOption = False) -> Changed:
    """Give a user another password, made up and shown once unless it is read; its sessions end."""
    text, shown = _password(is_given=password_stdin)
    return venue.users.set_password(name, text, by=venue.by, now_ns=venue.now_ns), shown


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


def _roles(names: list[str]) -> frozenset[Role]:
    try:
        return roles_from_text(" ".join(names))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _password(*, is_given: bool) -> tuple[str, str | None]:
    """Return the first line of standard input, or a password made up, which is to be shown."""
    if is_given:
        return sys.stdin.readline(PASSWORD_CHARS_MAX).rstrip("\r\n"), None
    made = base64.urlsafe_b64encode(os.urandom(PASSWORD_BYTES)).decode("ascii")
    return made, made


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
