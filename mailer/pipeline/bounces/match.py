"""Finds the copy that a report speaks of: only what we have signed names one, everything else is a hint for a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.address import Address
from mailer.domain.bounce import BounceReport, NamedBy
from mailer.domain.delivery import Delivery
from mailer.domain.errors import BadInput
from mailer.domain.return_path import takes_reports, takes_unsubscribe
from mailer.formats.address import parse
from mailer.formats.message_id import delivery_in_message_id
from mailer.formats.return_path import token_in
from mailer.formats.token import Purpose, Token
from mailer.pipeline.context import Context
from mailer.store import Connection
from mailer.store.copies import deliveries, readers
from mailer.store.members import seated_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyMatch:
    """What a report is about: a copy, by what it was named; without one, only the likely person (perhaps nobody)."""

    copy: Delivery | None = None
    named_by: NamedBy | None = None
    person: str = ""


def token_among(context: Context, recipients: Iterable[str]) -> Token | None:
    """The first address among these that we have written, as what it says."""
    found = (token_in(one, context.return_path_domain, context.keys) for one in recipients)
    return next((token for token in found if token is not None), None)


def admit(context: Context, recipient: str) -> bool:
    """Whether a mail to this address is taken: we have written it, and its time has not passed."""
    token = token_among(context, [recipient])
    if token is None:
        return False
    with context.store.reading() as connection:
        return taken(connection, token, context.clock.now(), to_move=False) is not None


def taken(connection: Connection, token: Token, now: datetime, *, to_move: bool = True) -> Delivery | None:
    """The copy that a token names, as long as such a token counts; `to_move`: nobody else moves it meanwhile."""
    read = deliveries.locked if to_move else deliveries.delivery
    found = read(connection, token.delivery)
    if found is None:
        return None
    counts = takes_unsubscribe if token.purpose is Purpose.UNSUBSCRIBE else takes_reports
    last = deliveries.last_attempt_at(connection, found.id)
    return found if counts(found.state, found.attempts, last, now) else None


def find(
    connection: Connection, context: Context, token: Token | None, report: BounceReport, now: datetime
) -> CopyMatch:
    """The copy that this report, come to the address with this token if any, is about.

    What is signed must agree: a return path of one copy with the Message-ID of another names none.
    """
    named = dict(_named(context, token, report))
    copies = set(named.values())
    if len(copies) == 1:
        by = next(iter(named))
        signed = token if token is not None and by is NamedBy.RETURN_PATH else _as_report(copies)
        copy = taken(connection, signed, now)
        if copy is not None:
            return CopyMatch(copy=copy, named_by=by, person=copy.person)
    return CopyMatch(person=_likely(connection, copies, report))


def _as_report(copies: set[int]) -> Token:
    return Token(purpose=Purpose.MESSAGE_ID, delivery=next(iter(copies)))


def _named(context: Context, token: Token | None, report: BounceReport) -> Iterable[tuple[NamedBy, int]]:
    if token is not None and token.purpose is Purpose.BOUNCE:
        yield NamedBy.RETURN_PATH, token.delivery
    identity = delivery_in_message_id(report.original_message_id, context.keys)
    if identity is not None:
        yield NamedBy.MESSAGE_ID, identity
    envelope = context.keys.read(report.envelope_id)
    if envelope is not None and envelope.purpose is Purpose.MESSAGE_ID:
        yield NamedBy.ENVELOPE_ID, envelope.delivery


def _likely(connection: Connection, copies: set[int], report: BounceReport) -> str:
    """Whom it may be about: the reader of a copy whose time has passed, or who has or had the address that failed."""
    for identity in sorted(copies):
        copy = deliveries.delivery(connection, identity)
        if copy is not None:
            return copy.person
    for text in (report.original_recipient, report.recipient, report.final_recipient):
        address = _address(text)
        if address is None:
            continue
        for seat in seated_at(connection, address.normal):
            return seat.person
        for copy in readers.to_address(connection, {address.wire, address.normal}):
            return copy.person
    return ""


def _address(text: str | None) -> Address | None:
    try:
        return parse(text) if text else None
    except BadInput:
        return None
