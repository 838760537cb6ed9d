"""Sets up and removes the second ways of a user: an app for one-time codes, a sheet of printed codes, passkeys."""

from dataclasses import dataclass

from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.relying_party import RelyingParty
from mailer.domain.sign_in import ConsoleSession, Passkey, SecondWay, Visitor
from mailer.domain.slow_down import SignInStep
from mailer.domain.user import User
from mailer.formats.credentials.one_time_code import in_groups, set_up_address
from mailer.formats.credentials.printed_codes import code_digest, new_sheet
from mailer.pipeline import maillog
from mailer.pipeline.context import Context
from mailer.pipeline.users.accounts import confirm_password, subject_of, way_in_words
from mailer.pipeline.users.app_secrets import begin_secret, begun_secret, takes_code
from mailer.pipeline.users.attempts import begin_attempt, withdraw_attempt
from mailer.pipeline.users.sign_in import SignedIn, second_given
from mailer.store import Connection, second_ways, sessions, users

_LONGEST_NAME = 60
_SET_UP, _REMOVE = "set up second way", "remove second way"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSetUp:
    """What an app needs to make codes: a picture for a camera, or the secret to type."""

    picture: str  # an SVG element
    secret: str


def begin_app(context: Context, user: User) -> None:
    """Make a secret for an app, unless one was begun and not confirmed. Raises Refused when an app is set up already."""
    with context.store.transaction() as connection:
        _refuse_second_app(connection, user)
        if begun_secret(connection, context, user) is None:
            begin_secret(connection, context, user)


def begun_app(context: Context, user: User) -> AppSetUp | None:
    """The secret that was begun and not confirmed; None without one. Raises Refused when an app is set up already."""
    with context.store.reading() as connection:
        _refuse_second_app(connection, user)
        secret = begun_secret(connection, context, user)
    if secret is None:
        return None
    from mailer.formats.credentials.qr_code import qr_svg

    return AppSetUp(picture=qr_svg(set_up_address(secret, user.name)), secret=in_groups(secret))


def _refuse_second_app(connection: Connection, user: User) -> None:
    if second_ways.secret_of(connection, user.id, confirmed=True) is not None:
        raise Refused("an app is set up already: remove it first")


def confirm_app(context: Context, session: ConsoleSession, typed: str) -> None:
    """Let codes of the app count from now on, once one of them was typed; that one is used up.

    The session goes on as one in which the second way was given. Raises BadInput for a wrong code.
    """
    user, now = session.user, context.clock.now()
    with context.store.transaction() as connection:
        if begun_secret(connection, context, user) is None:
            raise BadInput("begin with the picture once more")
        if not takes_code(connection, context, user, typed, confirmed_at=now):
            raise BadInput("this is not the code that the app shows now: is the telephone's clock right?")
        _set_up(connection, context, session, SecondWay.ONE_TIME_CODES)


def print_sheet(context: Context, session: ConsoleSession) -> tuple[str, ...]:
    """Ten new codes to print, which are shown only now; a sheet made before is worth nothing any more."""
    codes, user = new_sheet(), session.user
    with context.store.transaction() as connection:
        users.lock(connection)
        digests = [code_digest(user.id, code) for code in codes]
        second_ways.replace_sheet(connection, user.id, digests, context.clock.now())
        _set_up(connection, context, session, SecondWay.PRINTED_CODES)
    return codes


def passkeys_of(context: Context, user: User) -> list[Passkey]:
    """The passkeys of a user, the oldest first."""
    with context.store.reading() as connection:
        return second_ways.passkeys_of(connection, user.id)


def passkey_to_create(context: Context, session: ConsoleSession, party: RelyingParty) -> str:
    """What the browser needs to make a passkey, as JSON."""
    from mailer.formats.credentials import passkey  # half a second, which few requests need

    challenge, user = passkey.new_challenge(), session.user
    with context.store.transaction() as connection:
        sessions.set_challenge(connection, session.token, challenge)
        existing = [stored.credential for stored in second_ways.stored_passkeys(connection, user.id)]
    return passkey.registration_options(party, user=user.id, name=user.name, challenge=challenge, existing=existing)


def add_passkey(context: Context, session: ConsoleSession, party: RelyingParty, *, answer: str, name: str) -> None:
    """Store the passkey that the browser has made, under a name. Raises BadInput for any other answer."""
    from mailer.formats.credentials import passkey

    name = " ".join(name.split()) or "passkey"
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadInput(f"a passkey's name has at most {_LONGEST_NAME} characters that can be seen")
    with context.store.transaction() as connection:
        challenge = sessions.take_challenge(connection, session.token)
    record = passkey.registered(party, challenge=challenge, answer=answer)
    with context.store.transaction() as connection:
        if not second_ways.add_passkey(
            connection,
            session.user.id,
            name=name,
            credential=record.credential,
            public_key=record.public_key,
            sign_count=record.sign_count,
            now=context.clock.now(),
        ):
            raise BadInput("this passkey is stored already")
        _set_up(connection, context, session, SecondWay.PASSKEY)


def passkey_to_give(context: Context, session: ConsoleSession, party: RelyingParty) -> str:
    """What the browser needs to sign in by a passkey, as JSON."""
    from mailer.formats.credentials import passkey

    challenge = passkey.new_challenge()
    with context.store.transaction() as connection:
        sessions.set_challenge(connection, session.token, challenge)
        existing = [stored.credential for stored in second_ways.stored_passkeys(connection, session.user.id)]
    return passkey.sign_in_options(party, challenge=challenge, existing=existing)


def give_passkey(
    context: Context, session: ConsoleSession, party: RelyingParty, *, answer: str, visitor: Visitor
) -> SignedIn | None:
    """Finish signing in by a passkey; None: it is not one of the user's, or has not signed this. Raises SlowedDown."""
    from mailer.formats.credentials import passkey

    user = session.user
    attempt = begin_attempt(context, SignInStep.SECOND, str(user.id), visitor, user)
    with context.store.transaction() as connection:
        challenge = sessions.take_challenge(connection, session.token)
        stored = {each.credential: each for each in second_ways.stored_passkeys(connection, user.id)}
    own = stored.get(passkey.credential_of(answer))
    count = _proved(party, own, challenge, answer) if own is not None and challenge else None
    if own is None or count is None:
        maillog.sign_in_failed()
        return None
    with context.store.transaction() as connection:
        if not second_ways.use_passkey(connection, own, count, context.clock.now()):
            return None  # used elsewhere, or removed, in this very moment
        withdraw_attempt(connection, attempt)
        return second_given(connection, context, session)


def _proved(party: RelyingParty, own: second_ways.StoredPasskey, challenge: str, answer: str) -> int | None:
    from mailer.formats.credentials import passkey

    record = passkey.PasskeyRecord(credential=own.credential, public_key=own.public_key, sign_count=own.sign_count)
    try:
        return passkey.proved(party, record, challenge=challenge, answer=answer)
    except BadInput:
        return None


def remove_way(context: Context, user: User, way: SecondWay, password: str) -> None:
    """Remove the app or the sheet of a user who knows the password. Raises BadInput, Refused when there is none."""
    confirm_password(context, user, password)
    with context.store.transaction() as connection:
        if not second_ways.remove(connection, user.id, way):
            raise Refused("it was removed already")
        context.record(connection, _REMOVE, subject_of(user), way_in_words(way))


def remove_passkey(context: Context, user: User, identity: int, password: str) -> None:
    """Remove a passkey of a user who knows the password. Raises BadInput, NotFound when the user has none with this id."""
    confirm_password(context, user, password)
    with context.store.transaction() as connection:
        if not second_ways.remove_passkey(connection, user.id, identity):
            raise NotFound("this passkey was removed already")
        context.record(connection, _REMOVE, subject_of(user), way_in_words(SecondWay.PASSKEY))


def _set_up(connection: Connection, context: Context, session: ConsoleSession, way: SecondWay) -> None:
    context.record(connection, _SET_UP, subject_of(session.user), way_in_words(way))
    if not sessions.note_second(connection, session.token, context.clock.now()):
        raise Refused("you were signed out meanwhile; nothing was done")
