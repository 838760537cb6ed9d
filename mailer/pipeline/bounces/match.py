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
from mailer.formats.reports.signed_copies import SignedCopies
from mailer.formats.return_path import TRIAL, token_in
from mailer.formats.token import Purpose, Token
from mailer.pipeline.context import Context, IssueName
from mailer.store import Connection
from mailer.store.copies import deliveries, readers
from mailer.store.members import seated_at

# So many copies that one mail names are looked up.
MOST_NAMED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyMatch:
    """The copy that a report is about, and what names it; without a copy only the likely person, which may be empty.

    `note` says that the mail names several copies.
    """

    copy: Delivery | None = None
    named_by: NamedBy | None = None
    person: str = ""
    note: str = ""


def token_among(context: Context, recipients: Iterable[str]) -> Token | None:
    """The token of the first of these addresses that we have signed."""
    tokens = (token_in(recipient, context.return_path_domain, context.keys) for recipient in recipients)
    return next((token for token in tokens if token is not None), None)


def admit(context: Context, recipient: str) -> bool:
    """Whether mail to this address is accepted: we have signed it, and it is still valid, or it is that of a trial."""
    token = token_among(context, [recipient])
    if token is None:
        return False
    if token.number == TRIAL:
        return True
    with context.store.reading() as connection:
        return copy_of(connection, token, context.clock.now(), lock=False) is not None


def copy_of(connection: Connection, token: Token, now: datetime, *, lock: bool = True) -> Delivery | None:
    """The copy that a token names while the token is valid; `lock`: no other transaction moves it until this one ends."""
    read = deliveries.locked if lock else deliveries.delivery
    copy = read(connection, token.number)
    if copy is None:
        return None
    is_valid = takes_unsubscribe if token.purpose is Purpose.UNSUBSCRIBE else takes_reports
    last_attempt_at = deliveries.last_attempt_at(connection, copy.id)
    return copy if is_valid(copy.state, copy.attempts, last_attempt_at, now) else None


def match_report(
    connection: Connection, token: Token | None, signed: SignedCopies, report: BounceReport, now: datetime
) -> CopyMatch:
    """The copy that a report is about, by the token of the address to which it came, or by what is signed in the mail.

    Signatures in its best places must agree: the return path of one copy beside the Message-ID of another names none. Of
    several copies in one place, that to the address which failed is meant.
    """
    by, copies = _named_copies(token, signed)
    candidates = _sent_to(connection, copies, report) if len(copies) > 1 and by is not None else copies
    note = f"the mail names several copies: deliveries {', '.join(map(str, sorted(copies)))}" if len(copies) > 1 else ""
    if len(candidates) == 1 and by is not None:
        [delivery] = candidates
        purpose = Purpose.BOUNCE if by is NamedBy.RETURN_PATH else Purpose.MESSAGE_ID
        copy = copy_of(connection, Token(purpose=purpose, number=delivery), now)
        if copy is not None:
            return CopyMatch(copy=copy, named_by=by, person=copy.person, note=note)
    return CopyMatch(person=_likely_person(connection, copies, report), note=note)


def reader_named(connection: Connection, named: str) -> str:
    """The reader of the copy that a text such as `russia-confidential/320, copy 17` names; empty for another text."""
    if not named:
        return ""
    issue, _, copy = named.partition(", ")
    name, number = IssueName.parse(issue.lower()), int(copy.split(" ")[-1])
    identity = deliveries.numbered(connection, name.newsletter, name.serial, number)
    delivery = deliveries.delivery(connection, identity) if identity is not None else None
    return delivery.person if delivery is not None else ""


def _named_copies(token: Token | None, signed: SignedCopies) -> tuple[NamedBy | None, frozenset[int]]:
    """The copies named in the best place that names any, and what names them; None where places contradict each other."""
    came_to = frozenset({token.number} if token is not None and token.purpose is Purpose.BOUNCE else ())
    places = (
        (NamedBy.RETURN_PATH, came_to),
        (NamedBy.MESSAGE_ID, signed.returned),
        (NamedBy.ENVELOPE_ID, signed.enveloped),
    )
    best = [(by, copies) for by, copies in places if copies]
    if len({copies for _, copies in best}) > 1:
        return None, frozenset().union(*(copies for _, copies in best))
    if not best and not signed.shows_another:
        best = [(NamedBy.MESSAGE_ID, copies) for copies in (signed.answered, signed.quoted) if copies]
    return best[0] if best else (None, frozenset())


def _sent_to(connection: Connection, copies: frozenset[int], report: BounceReport) -> frozenset[int]:
    """Those of these copies that were sent to the address that failed."""
    failed = {address.wire for text in _failed_addresses(report) if (address := _address(text)) is not None}
    sent = {identity: deliveries.delivery(connection, identity) for identity in sorted(copies)[:MOST_NAMED]}
    return frozenset(identity for identity, copy in sent.items() if copy is not None and copy.address in failed)


def _failed_addresses(report: BounceReport) -> tuple[str | None, ...]:
    return (report.original_recipient, report.recipient, report.final_recipient)


def _likely_person(connection: Connection, copies: frozenset[int], report: BounceReport) -> str:
    """The reader of a named copy whose token is no longer valid, or the person who has or had the failed address."""
    for identity in sorted(copies)[:MOST_NAMED]:
        copy = deliveries.delivery(connection, identity)
        if copy is not None:
            return copy.person
    for text in _failed_addresses(report):
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
