"""A user's own account: password, language, address for tests, second ways and sessions."""

from mailer.domain.access import Right
from mailer.domain.errors import MailerError, NotFound
from mailer.domain.relying_party import RelyingParty
from mailer.domain.sign_in import SecondWay, SignInStage
from mailer.pipeline.users import accounts, second_ways
from mailer.pipeline.users.sign_in import list_sessions, sign_out_elsewhere
from mailer.texts import LANGUAGES
from mailer.web.answers import Answer, Download, go, show
from mailer.web.origin import own_path, passkey_party
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit


def account(visit: Visit, at: str = "", wrong: str = "") -> Answer:
    """Show the account, and what was wrong in the form with this name."""
    session = visit.session
    return show(
        "account/account.html",
        status=422 if wrong else 200,
        languages=list(LANGUAGES.items()),
        ways=session.ways,
        must_set_up=session.stage(require_second=visit.app.config.web.require_second) is SignInStage.SET_UP,
        passkeys=second_ways.passkeys_of(visit.context, visit.user),
        party=_party(visit),
        sessions=list_sessions(visit.context, visit.user),
        typed=visit.form,
        errors={at: wrong} if wrong else {},
    )


def change_own(visit: Visit) -> Answer:
    """Store the language and the address."""
    try:
        accounts.set_own(visit.context, visit.user, language=visit.form["language"], address=visit.form["address"])
    except MailerError as error:
        return account(visit, "own", visit.sentence(error))
    return go("/account", visit.text("Saved."))


def change_language(visit: Visit) -> Answer:
    """Store the language alone, and show the page again that was read."""
    user = visit.user
    accounts.set_own(visit.context, user, language=visit.form["language"], address=user.address)
    return go(own_path(visit.form["next"]))


def change_password(visit: Visit) -> Answer:
    """Give the user a new password, typed twice."""
    old, new, again = (visit.form.exact(name) for name in ("old", "new", "again"))
    if new != again:
        return account(visit, "password", visit.text("The new passwords are not the same."))
    try:
        ended = accounts.change_own_password(visit.context, visit.user, old, new, session=visit.session.token)
    except MailerError as error:
        return account(visit, "password", visit.sentence(error))
    changed = visit.text("Your password is changed.")
    return go("/account", f"{changed} {_ended(visit, ended)}")


def begin_app(visit: Visit) -> Answer:
    """Make a secret for an app, and show it."""
    second_ways.begin_app(visit.context, visit.user)
    return go("/account/app")


def show_app(visit: Visit, wrong: str = "") -> Answer:
    """Show the picture and the secret for an app."""
    set_up = second_ways.begun_app(visit.context, visit.user)
    if set_up is None:
        return go("/account", wrong)
    return show("account/app.html", status=422 if wrong else 200, set_up=set_up, wrong=wrong)


def confirm_app(visit: Visit) -> Answer:
    """Let the app's codes count, once one was typed."""
    try:
        second_ways.confirm_app(visit.context, visit.session, visit.form["code"])
    except MailerError as error:
        return show_app(visit, visit.sentence(error))
    return go("/account", visit.text("One-time codes are set up: from now on you are asked for one when you sign in."))


def print_sheet(visit: Visit) -> Answer:
    """Show ten new codes, to print."""
    codes = second_ways.print_sheet(visit.context, visit.session)
    return show("account/sheet.html", codes=codes, made_at=visit.context.clock.now())


def passkey_options(visit: Visit) -> Answer:
    """What the browser needs to make a passkey, as JSON for the page's script."""
    options = second_ways.passkey_to_create(visit.context, visit.session, _party_of(visit))
    return Download(name="options.json", media_type="application/json", content=options.encode(), inline=True)


def add_passkey(visit: Visit) -> Answer:
    """Store the passkey that the browser has made."""
    form = visit.form
    try:
        second_ways.add_passkey(
            visit.context, visit.session, _party_of(visit), answer=form["passkey"], name=form["passkey_name"]
        )
    except MailerError as error:
        return account(visit, "passkey", visit.sentence(error))
    return go("/account", visit.text("The passkey is stored: from now on you are asked for it when you sign in."))


def remove_passkey(visit: Visit) -> Answer:
    """Remove a passkey."""
    identity = int(visit.params["passkey"])
    try:
        second_ways.remove_passkey(visit.context, visit.user, identity, visit.form.exact("own_password"))
    except MailerError as error:
        return account(visit, f"passkey-{identity}", visit.sentence(error))
    return go("/account", visit.text("The passkey is removed."))


def remove_app(visit: Visit) -> Answer:
    """Remove the app's codes."""
    return _remove(visit, SecondWay.ONE_TIME_CODES, "app")


def remove_sheet(visit: Visit) -> Answer:
    """Remove the sheet of printed codes."""
    return _remove(visit, SecondWay.PRINTED_CODES, "sheet")


def sign_out_everywhere(visit: Visit) -> Answer:
    """End the user's other sessions."""
    return go("/account", _ended(visit, sign_out_elsewhere(visit.context, visit.session)))


def _remove(visit: Visit, way: SecondWay, at: str) -> Answer:
    try:
        second_ways.remove_way(visit.context, visit.user, way, visit.form.exact("own_password"))
    except MailerError as error:
        return account(visit, at, visit.sentence(error))
    return go("/account", visit.text("The second way is removed."))


def _ended(visit: Visit, number: int) -> str:
    if not number:
        return visit.text("No other browser was signed in.")
    return visit.plural("{number} other browser is signed out.", "{number} other browsers are signed out.", number)


def _party(visit: Visit) -> RelyingParty | None:
    return passkey_party(visit.app.config.web)


def _party_of(visit: Visit) -> RelyingParty:
    party = _party(visit)
    if party is None:
        raise NotFound("passkeys need a name: [web] public_url with the name of a host")
    return party


ROUTES: tuple[AnyRoute, ...] = (
    Page("/account", account, Right.USE_ACCOUNT),
    Deed("/account", change_own, Right.USE_ACCOUNT),
    Deed("/account/language", change_language, Right.USE_ACCOUNT),
    Deed("/account/password", change_password, Right.USE_ACCOUNT),
    Page("/account/app", show_app, Right.USE_ACCOUNT),
    Deed("/account/app/begin", begin_app, Right.USE_ACCOUNT),
    Deed("/account/app", confirm_app, Right.USE_ACCOUNT),
    Deed("/account/app/remove", remove_app, Right.USE_ACCOUNT),
    Deed("/account/sheet", print_sheet, Right.USE_ACCOUNT),
    Deed("/account/sheet/remove", remove_sheet, Right.USE_ACCOUNT),
    Deed("/account/passkeys/options", passkey_options, Right.USE_ACCOUNT),
    Deed("/account/passkeys", add_passkey, Right.USE_ACCOUNT),
    Deed("/account/passkeys/{passkey:int}/remove", remove_passkey, Right.USE_ACCOUNT),
    Deed("/account/sessions/end", sign_out_everywhere, Right.USE_ACCOUNT),
)
