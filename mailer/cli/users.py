"""Commands about the console's users: add, list, new password, change, disable, enable, remove a lost second way."""

import sys
from typing import Annotated

import typer

from mailer.cli import console
from mailer.domain.access import Role

Name = Annotated[str, typer.Argument(metavar="NAME", help="the name that the user signs in with")]


def add(
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="what the user may do")],
    login: Annotated[
        str, typer.Option("--login", metavar="LOGIN", help="the same person's login in the terminal")
    ] = "",
    address: Annotated[str, typer.Option("--address", metavar="ADDRESS", help='where tests "to me" go')] = "",
    language: Annotated[str, typer.Option("--language", metavar="en|ru", help="of the pages")] = "en",
) -> None:
    """Add a user of the console; the password is asked for twice, or read as one line of standard input.

    Example: mailer user add "Anna Lindqvist" --role secretary
    """
    from mailer.domain.user import User
    from mailer.pipeline.users.accounts import add_user, refuse_user
    from mailer.views.users import user_document

    context = console.open_context()
    user = User(id=0, name=name, role=role, login=login, address=address, language=language)
    refuse_user(context, user)  # before a password is typed in vain
    added = add_user(context, user, _new_password())
    console.say(user_document(added), f"{added.name} can sign in to the console as {added.role}")


def list_() -> None:
    """List the users of the console with their roles and second ways.

    Example: mailer user list
    """
    from mailer.pipeline.users.accounts import list_accounts
    from mailer.views.users import COLUMNS, account_document, account_row

    accounts = list_accounts(console.open_context())
    none = "there is no user; `mailer user add NAME --role admin` adds the first"
    console.show(
        list(map(account_document, accounts)), COLUMNS, map(account_row, accounts), *([] if accounts else [none])
    )


def passwd(name: Name) -> None:
    """Give a user a new password, asked for twice or read as one line of standard input; all their sessions end.

    Example: mailer user passwd "Anna Lindqvist"
    """
    from mailer.pipeline.users.accounts import find_user, set_password

    context = console.open_context()
    user = find_user(context, name)
    ended = set_password(context, user, _new_password())
    console.say(
        {"user": user.name, "sessions_ended": ended}, f"{user.name} has a new password; sessions ended: {ended}"
    )


def change(
    name: Name,
    role: Annotated[Role | None, typer.Option("--role", help="what the user may do from now on")] = None,
    login: Annotated[str | None, typer.Option("--login", metavar="LOGIN", help="empty: none")] = None,
    address: Annotated[str | None, typer.Option("--address", metavar="ADDRESS", help="empty: none")] = None,
) -> None:
    """Change a user's role, login in the terminal, or address for tests; what is left out stays.

    Example: mailer user change "Anna Lindqvist" --role secretary
    """
    from mailer.pipeline.users.accounts import change_user, find_user
    from mailer.views.users import user_document

    context = console.open_context()
    user = find_user(context, name)
    changed = change_user(
        context,
        user,
        role=user.role if role is None else role,
        login=user.login if login is None else login,
        address=user.address if address is None else address,
    )
    console.say(user_document(changed), f"{changed.name} is {changed.role}")


def disable(name: Name) -> None:
    """Let a user sign in no more; all their sessions end.

    Example: mailer user disable "Anna Lindqvist"
    """
    from mailer.pipeline.users.accounts import disable, find_user

    context = console.open_context()
    user = find_user(context, name)
    ended = disable(context, user)
    console.say(
        {"user": user.name, "disabled": True, "sessions_ended": ended},
        f"{user.name} cannot sign in any more; sessions ended: {ended}",
    )


def enable(name: Name) -> None:
    """Let a disabled user sign in again, by the same password.

    Example: mailer user enable "Anna Lindqvist"
    """
    from mailer.pipeline.users.accounts import enable, find_user

    context = console.open_context()
    user = find_user(context, name)
    enable(context, user)
    console.say({"user": user.name, "disabled": False}, f"{user.name} can sign in again")


def reset(name: Name) -> None:
    """Remove the second ways of a user who has lost them: the password alone signs in then.

    Example: mailer user reset "Anna Lindqvist"
    """
    from mailer.pipeline.users.accounts import find_user, forget_second_ways

    context = console.open_context()
    user = find_user(context, name)
    console.confirm(f"{user.name} will sign in by password alone until a second way is set up again. Remove them?")
    forget_second_ways(context, user)
    console.say({"user": user.name, "second_ways": []}, f"{user.name} signs in by password alone now")


def _new_password() -> str:
    """The password that is typed twice without being shown, or one line of standard input where there is no terminal."""
    from mailer.domain.errors import BadInput

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    from getpass import getpass

    password = getpass("New password: ")
    if getpass("Once more: ") != password:
        raise BadInput("the two passwords are not the same; nothing was done")
    return password


def join(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(no_args_is_help=True, help="Users of the console. Example: mailer user list")
    for name, command in (
        ("add", add),
        ("list", list_),
        ("passwd", passwd),
        ("change", change),
        ("disable", disable),
        ("enable", enable),
        ("reset", reset),
    ):
        group.command(name)(command)
    app.add_typer(group, name="user")
