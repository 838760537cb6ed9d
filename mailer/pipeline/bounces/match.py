"""Finds the copy that a report is about: only our own signatures name one, everything else is a hint for a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.address import Address
from mailer.domain.bounce import BounceReport
from mailer.domain.delivery import Delivery
from mailer.domain.errors import BadInput
from mailer.domain.matter import NamedBy
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
    """The copy that a report is about, and what names it; without a copy only the likely person, which may be empty."""

    copy: Delivery | None = None
    named_by: NamedBy | None = None
    person: str = ""


def token_among(context: Context, recipients: Iterable[str]) -> Token | None:
    """The token of the first of these addresses that we have signed."""
    tokens = (token_in(recipient, context.return_path_domain, context.keys) for recipient in recipients)
    return next((token for token in tokens if token is not None), None)


def admit(context: Context, recipient: str) -> bool:
    """Whether mail to this address is accepted: we have signed it, and it is still valid."""
    token = token_among(context, [recipient])
    if token is None:
        return False
    with context.store.reading() as connection:
        return copy_of(connection, token, context.clock.now(), lock=False) is not None


def copy_of(connection: Connection, token: Token, now: datetime, *, lock: bool = True) -> Delivery | None:
    """The copy that a token names while the token is valid; `lock`: no other transaction moves it until this one ends."""
    read = deliveries.locked if lock else deliveries.delivery
    copy = read(connection, token.delivery)
    if copy is None:
        return None
    is_valid = takes_unsubscribe if token.purpose is Purpose.UNSUBSCRIBE else takes_reports
    last_attempt_at = deliveries.last_attempt_at(connection, copy.id)
    return copy if is_valid(copy.state, copy.attempts, last_attempt_at, now) else None


def match_report(
    connection: Connection, context: Context, token: Token | None, report: BounceReport, now: datetime
) -> CopyMatch:
    """The copy that a report is about, which came to the address with this token, if any.

    All signatures must agree: the return path of one copy beside the Message-ID of another names none.
    """
    named = dict(_named_copies(context, token, report))
    copies = set(named.values())
    if len(copies) == 1:
        by = next(iter(named))
        signed = token if token is not None and by is NamedBy.RETURN_PATH else _message_token(copies)
        copy = copy_of(connection, signed, now)
        if copy is not None:
            return CopyMatch(copy=copy, named_by=by, person=copy.person)
    return CopyMatch(person=_likely_person(connection, copies, report))


def _message_token(copies: set[int]) -> Token:
    return Token(purpose=Purpose.MESSAGE_ID, delivery=next(iter(copies)))


def _named_copies(context: Context, token: Token | None, report: BounceReport) -> Iterable[tuple[NamedBy, int]]:
    if token is not None and token.purpose is Purpose.BOUNCE:
        yield NamedBy.RETURN_PATH, token.delivery
    identity = delivery_in_message_id(report.original_message_id, context.keys)
    if identity is not None:
        yield NamedBy.MESSAGE_ID, identity
    envelope = context.keys.read(report.envelope_id)
    if envelope is not None and envelope.purpose is Purpose.MESSAGE_ID:
        yield NamedBy.ENVELOPE_ID, envelope.delivery


def _likely_person(connection: Connection, copies: set[int], report: BounceReport) -> str:
    """The reader of a named copy whose token is no longer valid, or the person who has or had the failed address."""
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
