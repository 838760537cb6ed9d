"""Slows down those who guess passwords and codes, by account and by network, without shutting the user out."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.domain.errors import TryLater
from mailer.domain.network import network_of
from mailer.domain.sign_in import Visitor
from mailer.domain.slow_down import WINDOW, LaneKind, SignInStep, wait_until
from mailer.domain.user import User
from mailer.pipeline.context import Context
from mailer.store import Connection, attempts

_SEPARATOR = "."


class SlowedDown(TryLater):
    """Too many attempts failed: the next may be made in `wait`."""

    def __init__(self, wait: timedelta) -> None:
        """`wait` is minutes at most."""
        super().__init__("too many attempts to sign in have failed: wait a little, then try again")
        self.wait = wait


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAttempt:
    """An attempt that counts as failed until it is withdrawn."""

    rows: Sequence[int]


def begin_attempt(
    context: Context, step: SignInStep, account: str, visitor: Visitor, user: User | None
) -> SignInAttempt:
    """Count an attempt as failed before it is made, so that many at once are no way around. Raises SlowedDown.

    `account` is the user's id, or the typed name where there is no such user. Without a write while it must wait.
    """
    now, lanes = context.clock.now(), _lanes(context, step, account, visitor, user)
    with context.store.reading() as connection:
        _refuse_haste(connection, lanes, now)
    with context.store.transaction() as connection:
        attempts.lock(connection)
        _refuse_haste(connection, lanes, now)
        attempts.remove_older(connection, now - WINDOW)
        return SignInAttempt(rows=attempts.add(connection, lanes.values(), now))


def withdraw_attempt(connection: Connection, attempt: SignInAttempt) -> None:
    """Forget an attempt that has succeeded."""
    attempts.remove(connection, attempt.rows)


def new_mark(context: Context, user: User) -> str:
    """A mark for a browser in which the user has signed in: there, others who guess are not counted."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}{_SEPARATOR}{_signature(context, user, nonce)}"


def _lanes(
    context: Context, step: SignInStep, account: str, visitor: Visitor, user: User | None
) -> dict[LaneKind, str]:
    mark = visitor.marks.get(user.id, "") if user is not None else ""
    nonce, _, signature = mark.partition(_SEPARATOR)
    if (
        user is not None
        and signature
        and secrets.compare_digest(signature.encode(), _signature(context, user, nonce).encode())
    ):
        lanes = {LaneKind.BROWSER: f"{account} {nonce}"}
    else:
        lanes = {LaneKind.ACCOUNT: account, LaneKind.NETWORK: network_of(visitor.network)}
    return {kind: context.keys.digest("lane", f"{step} {kind} {value}") for kind, value in lanes.items()}


def _signature(context: Context, user: User, nonce: str) -> str:
    return context.keys.digest("browser", f"{user.id} {nonce}")


def _refuse_haste(connection: Connection, lanes: dict[LaneKind, str], now: datetime) -> None:
    until = wait_until(attempts.failed(connection, lanes, since=now - WINDOW, now=now), now)
    if until is not None:
        raise SlowedDown(until - now)
