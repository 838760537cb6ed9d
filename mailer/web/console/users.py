"""The users of the console, for admins: add, disable and enable them, give new passwords, remove lost second ways."""

from mailer.domain.access import Right, Role
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.user import User
from mailer.pipeline.users import accounts
from mailer.texts import LANGUAGES
from mailer.web.answers import Answer, go, show
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit


def users(visit: Visit, wrong: str = "") -> Answer:
    """List the users, with a form for a new one."""
    return show(
        "users/users.html",
        status=422 if wrong else 200,
        accounts=accounts.list_accounts(visit.context),
        roles=tuple(Role),
        languages=list(LANGUAGES.items()),
        typed=visit.form,
        wrong=wrong,
    )


def add(visit: Visit) -> Answer:
    """Add a user."""
    form = visit.form
    if form["role"] not in set(Role):
        raise BadInput("choose a role for the user")
    new = User(
        id=0,
        name=form["name"],
        role=Role(form["role"]),
        login=form["login"],
        address=form["address"],
        language=form["language"] or visit.language,
    )
    try:
        added = accounts.add_user(visit.context, new, visit.form.exact("password"))
    except MailerError as error:
        return users(visit, visit.sentence(error))
    return go("/users", visit.text("{name} is added, and can sign in.", name=added.name))


def user(visit: Visit, wrong: str = "", change_wrong: str = "") -> Answer:
    """Show a user, and what can be changed."""
    account = accounts.find_account(visit.context, _identity(visit))
    return show(
        "users/user.html",
        status=422 if wrong or change_wrong else 200,
        account=account,
        roles=tuple(Role),
        typed=visit.form,
        change_wrong=change_wrong,
        is_own=account.user.id == visit.user.id,
        wrong=wrong,
    )


def change(visit: Visit) -> Answer:
    """Give a user another role, login or address."""
    form, person = visit.form, _user(visit)
    if form["role"] not in set(Role):
        raise BadInput("choose a role for the user")
    try:
        accounts.change_user(
            visit.context, person, role=Role(form["role"]), login=form["login"], address=form["address"]
        )
    except MailerError as error:
        return user(visit, change_wrong=visit.sentence(error))
    return go(f"/users/{person.id}", visit.text("Saved."))


def set_password(visit: Visit) -> Answer:
    """Give a user a new password."""
    person = _user(visit)
    try:
        ended = accounts.set_password(visit.context, person, visit.form.exact("password"))
    except MailerError as error:
        return user(visit, visit.sentence(error))
    return go(
        f"/users/{person.id}",
        visit.plural(
            "{name} has a new password; {number} browser is signed out.",
            "{name} has a new password; {number} browsers are signed out.",
            ended,
            name=person.name,
        ),
    )


def disable(visit: Visit) -> Answer:
    """Let a user sign in no more."""
    person = _user(visit)
    accounts.disable(visit.context, person)
    return go("/users", visit.text("{name} is disabled, and signed out everywhere.", name=person.name))


def enable(visit: Visit) -> Answer:
    """Let a disabled user sign in again."""
    person = _user(visit)
    accounts.enable(visit.context, person)
    return go("/users", visit.text("{name} can sign in again.", name=person.name))


def forget_second_ways(visit: Visit) -> Answer:
    """Remove the second ways that a user has lost."""
    person = _user(visit)
    accounts.forget_second_ways(visit.context, person)
    return go(f"/users/{person.id}", visit.text("{name} signs in by password alone now.", name=person.name))


def _identity(visit: Visit) -> int:
    return int(visit.params["user"])


def _user(visit: Visit) -> User:
    return accounts.find_account(visit.context, _identity(visit)).user


ROUTES: tuple[AnyRoute, ...] = (
    Page("/users", users, Right.MANAGE_USERS),
    Deed("/users", add, Right.MANAGE_USERS),
    Page("/users/{user:int}", user, Right.MANAGE_USERS),
    Deed("/users/{user:int}", change, Right.MANAGE_USERS),
    Deed("/users/{user:int}/password", set_password, Right.MANAGE_USERS),
    Deed("/users/{user:int}/disable", disable, Right.MANAGE_USERS),
    Deed("/users/{user:int}/enable", enable, Right.MANAGE_USERS),
    Deed("/users/{user:int}/second-ways/remove", forget_second_ways, Right.MANAGE_USERS),
)
