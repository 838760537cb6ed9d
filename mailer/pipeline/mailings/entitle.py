"""Judges some people or everybody for an issue, by the register as it is now."""

import hashlib
from collections.abc import Collection, Iterator
from datetime import date
from itertools import islice

from mailer.domain.circulation import Judged, Register, candidates, judge, lacks_only_address, why_lost
from mailer.domain.delivery import Event
from mailer.domain.distribution_report import PartlyPaid
from mailer.domain.entitlement import Audience, Candidate, EntitlementReason, paid_periods
from mailer.domain.explanation import Shortfall, find_shortfalls
from mailer.domain.mailing import Mailing
from mailer.domain.membership import FeeSchedule
from mailer.domain.newsletter import Newsletter
from mailer.domain.shelf import Revision
from mailer.pipeline.context import Context
from mailer.store import Connection, issues
from mailer.store.columns import CHUNK
from mailer.store.copies import deliveries
from mailer.store.copies.waiting import judged_otherwise, set_judged
from mailer.store.members import register_of, register_version
from mailer.store.people_in_order import people


def audience_of(newsletter: Newsletter, revision: Revision) -> Audience:
    """What entitlement to an issue depends on, besides the register and the fees."""
    return Audience(
        date=revision.date,
        circulations=newsletter.circulations,
        grace_days=newsletter.grace_days,
        default_language=newsletter.languages[0],
        languages=revision.languages,
    )


def judge_people(
    connection: Connection, context: Context, revision: Revision, persons: Collection[str]
) -> dict[str, Judged]:
    """The decision for each of these people who is in the register, by person, as the transaction sees the register."""
    chosen = frozenset(persons)
    return judge_register(context, revision, register_of(connection, chosen), chosen)


def judge_register(
    context: Context, revision: Revision, register: Register, persons: Collection[str]
) -> dict[str, Judged]:
    """The same by a part of the register that was read for these people."""
    return judge(*_candidates(context, revision, register, persons), context.fees)


def judge_everybody(
    connection: Connection, context: Context, revision: Revision, *, chunk: int = CHUNK
) -> Iterator[list[Judged]]:
    """The decision for every person of the register, by person, in lists of `chunk` people."""
    everybody = people(connection)
    while persons := set(islice(everybody, chunk)):
        yield list(judge_people(connection, context, revision, persons).values())


def entitled_without_address(
    connection: Connection, context: Context, revision: Revision, persons: Collection[str]
) -> dict[str, str]:
    """Those of these people who are entitled but for their address, which the register lacks; with their names."""
    register = register_of(connection, persons)
    return lacks_only_address(*_candidates(context, revision, register, persons), context.fees)


def _candidates(
    context: Context, revision: Revision, register: Register, persons: Collection[str]
) -> tuple[Iterator[Candidate], Audience]:
    """The rows of these people, who share their memberships with others, and the issue's audience."""
    audience = audience_of(context.newsletter(revision.newsletter), revision)
    chosen = frozenset(persons)  # a search in a list would take thousands of people times thousands of rows
    rows = candidates(register, audience.date, revision.newsletter)
    return (row for row in rows if row.seat.person in chosen), audience


def partly_paid(
    connection: Connection, context: Context, revision: Revision, persons: Collection[str]
) -> tuple[PartlyPaid, ...]:
    """Those of these people who have paid a part of the fee only, by person, with what is missing."""
    return tuple(
        PartlyPaid(person=person, name=judged.name, shortfall=shortfall)
        for person, judged in judge_people(connection, context, revision, persons).items()
        if judged.entitlement.reason is EntitlementReason.UNDERPAID
        for shortfall in _shortfalls(judged.candidate, context.fees, revision.date)
    )


def _shortfalls(candidate: Candidate, fees: FeeSchedule, day: date) -> tuple[Shortfall, ...]:
    kind = candidate.membership.kind
    return find_shortfalls(paid_periods(candidate.payments, kind, fees), kind, fees, day)


def judged_by(connection: Connection, context: Context, revision: Revision) -> str:
    """A fingerprint of all that decides about an issue: the register's version, the fees and the audience."""
    rules = repr((context.fees, audience_of(context.newsletter(revision.newsletter), revision)))
    return f"{register_version(connection)}:{hashlib.sha256(rules.encode()).hexdigest()[:32]}"


def rules_of(connection: Connection, context: Context, mailing: Mailing) -> str:
    """The fingerprint of what decides about a mailing's issue now."""
    return judged_by(connection, context, issues.revision_of(connection, mailing))


def recheck_entitlement(
    connection: Connection, context: Context, mailing: Mailing, rules: str, *, most: int = CHUNK
) -> int:
    """Judge pending copies that were not judged by these `rules_of` the mailing; returns how many.

    At most so many, those first that leave first: the others are not claimed before they are judged. None is judged twice
    by the same rules. A lost entitlement holds the copy with the rule's reason, a changed address with `address_changed`:
    a copy keeps the address it was planned with.
    """
    pending = judged_otherwise(connection, mailing.id, rules, most)
    if not pending:
        return 0
    revision = issues.revision_of(connection, mailing)
    judged = judge_people(connection, context, revision, {row.copy.person for row in pending})
    reasons = {
        row.id: why_lost(judged.get(row.copy.person), row.copy.language, {row.copy.address.wire}) for row in pending
    }
    lost = [identity for identity, reason in reasons.items() if reason is not None]
    for delivery in deliveries.deliveries_with(connection, lost).values():
        if deliveries.move(connection, delivery, Event.HELD, held_reason=reasons[delivery.id]):
            context.record(connection, "hold", f"delivery {delivery.id}", reasons[delivery.id] or "")
    set_judged(connection, list(reasons), rules)
    return len(pending)


def recheck_all(connection: Connection, context: Context, mailing: Mailing) -> None:
    """Judge every pending copy of the mailing by the register and the rules of now."""
    rules = rules_of(connection, context, mailing)
    while recheck_entitlement(connection, context, mailing, rules):
        pass
