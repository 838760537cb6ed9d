"""Signs a user in: by a password, then by a second way where the user has one; and out again."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from mailer.domain.sign_in import ConsoleSession, SecondWays, Visitor
from mailer.domain.slow_down import SignInStep
from mailer.domain.user import User, folded
from mailer.formats.credentials.password import hash_password, is_outdated, is_password
from mailer.formats.credentials.printed_codes import code_digest, may_be_printed
from mailer.pipeline import maillog
from mailer.pipeline.context import Context
from mailer.pipeline.users.accounts import subject_of
from mailer.pipeline.users.app_secrets import takes_code
from mailer.pipeline.users.attempts import begin_attempt, new_mark, withdraw_attempt
from mailer.store import Connection, DatabaseError, second_ways, sessions, users
from mailer.store.trouble import trouble_of

_SEEN_EVERY = 60  # seconds: more often a session's last use is not noted


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A new session for the browser's cookie, and the mark of the browser once the user is wholly signed in."""

    user: User
    ways: SecondWays
    identity: str  # the session's id, which only the browser has
    mark: str


def token_of(identity: str) -> str:
    """What the database has of a session's id: its SHA-256."""
    return hashlib.sha256(identity.encode()).hexdigest()


def sign_in(
    context: Context, name: str, password: str, visitor: Visitor, *, old_token: str = "", browser: str = ""
) -> SignedIn | None:
    """Begin a session for the user with this name and password, in place of the browser's old one; None: they do not fit.

    Raises SlowedDown while too many attempts have failed, TryLater when too many sign in at once.
    """
    with context.store.reading() as connection:
        user = users.named(connection, name)
        stored = users.password_hash(connection, user.id) if user is not None else None
    account = str(user.id) if user is not None else folded(name)
    attempt = begin_attempt(context, SignInStep.PASSWORD, account, visitor, user)
    if not is_password(stored, password) or user is None or stored is None:
        maillog.sign_in_failed()
        return None
    newer = hash_password(password) if is_outdated(stored) else stored
    identity = secrets.token_urlsafe(32)
    with context.store.transaction() as connection:
        withdraw_attempt(connection, attempt)
        sessions.end(connection, old_token)
        if users.password_hash(connection, user.id) != stored:  # changed, or the user disabled, in this very moment
            return None
        if newer != stored:
            users.set_password(connection, user.id, newer)
        sessions.begin(connection, token=token_of(identity), user=user.id, now=context.clock.now(), browser=browser)
        (account_now,) = users.accounts(connection, user.id)
    mark = "" if account_now.ways.are_asked else new_mark(context, user)
    return SignedIn(user=user, ways=account_now.ways, identity=identity, mark=mark)


def give_code(context: Context, session: ConsoleSession, typed: str, visitor: Visitor) -> SignedIn | None:
    """Finish signing in by a one-time or a printed code; None: it is wrong, or was used. Raises SlowedDown."""
    user, now = session.user, context.clock.now()
    attempt = begin_attempt(context, SignInStep.SECOND, str(user.id), visitor, user)
    with context.store.transaction() as connection:
        if takes_code(connection, context, user, typed) or (
            may_be_printed(typed) and second_ways.use_code(connection, user.id, code_digest(user.id, typed), now)
        ):
            withdraw_attempt(connection, attempt)
            return second_given(connection, context, session)
    maillog.sign_in_failed()
    return None


def second_given(connection: Connection, context: Context, session: ConsoleSession) -> SignedIn | None:
    """The session, with a new id, once the second way was given; None: it has ended meanwhile."""
    identity, now = secrets.token_urlsafe(32), context.clock.now()
    if not sessions.note_second(connection, session.token, now, new=token_of(identity)):
        return None
    (account,) = users.accounts(connection, session.user.id)
    return SignedIn(user=session.user, ways=account.ways, identity=identity, mark=new_mark(context, session.user))


def note(context: Context, signed_in: SignedIn, notice: str) -> None:
    """Show this on the user's next page."""
    with context.store.transaction() as connection:
        sessions.set_notice(connection, token_of(signed_in.identity), notice)


def find_session(context: Context, token: str) -> ConsoleSession | None:
    """The session with this token while it lasts and its user is not disabled; its use is noted once a minute."""
    if not token:
        return None
    now = context.clock.now()
    with context.store.reading() as connection:
        session = sessions.with_token(connection, token)
    if session is None or session.user.disabled_at is not None or session.is_over(now):
        return None
    if abs((now - session.seen_at).total_seconds()) >= _SEEN_EVERY:
        write_if_possible(context, lambda connection: sessions.touch(connection, token, now))
    return session


def write_if_possible(context: Context, write: Callable[[Connection], None]) -> None:
    """Write what a page can be shown without, unless the disk is full, the database can only be read, or another one writes."""
    try:
        with context.store.transaction(waits=False) as connection:
            write(connection)
    except (DatabaseError, OSError) as error:
        if trouble_of(error) is None:
            raise


def sign_out(context: Context, token: str) -> None:
    """End the session."""
    with context.store.transaction() as connection:
        sessions.end(connection, token)


def sign_out_elsewhere(context: Context, session: ConsoleSession) -> int:
    """End the other sessions of the user; says how many."""
    with context.store.transaction() as connection:
        ended = sessions.end_all(connection, session.user.id, but=session.token)
        context.record(connection, "sign out elsewhere", subject_of(session.user), f"{ended} sessions")
    return ended


def list_sessions(context: Context, user: User) -> list[ConsoleSession]:
    """The sessions of a user that last, the last used first."""
    now = context.clock.now()
    with context.store.reading() as connection:
        return [session for session in sessions.of_user(connection, user.id) if not session.is_over(now)]
