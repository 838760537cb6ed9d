"""Asks the one question about some people or everybody, for an issue, from the register as it is now."""

import hashlib
from collections.abc import Collection, Iterator
from itertools import islice

from mailer.domain.circulation import Judged, candidates, judge
from mailer.domain.delivery import Event
from mailer.domain.entitlement import Audience, EntitlementReason
from mailer.domain.mailing import Mailing
from mailer.domain.newsletter import Newsletter
from mailer.pipeline.context import Context
from mailer.store import Connection, issues
from mailer.store.columns import CHUNK
from mailer.store.copies import deliveries
from mailer.store.copies.waiting import all_judged, set_judged, waiting
from mailer.store.issues import Revision
from mailer.store.members import people, register_of, register_version

ADDRESS_CHANGED = "address_changed"


def audience(newsletter: Newsletter, revision: Revision) -> Audience:
    """What this issue asks of its readers."""
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
    """The answer for each of these people who is in the register, by person, as it is in this transaction."""
    asked = audience(context.newsletter(revision.newsletter), revision)
    rows = candidates(register_of(connection, persons), asked.date)
    return judge((row for row in rows if row.seat.person in persons), asked, context.fees)


def judge_everybody(
    connection: Connection, context: Context, revision: Revision, *, chunk: int = CHUNK
) -> Iterator[list[Judged]]:
    """The answer for every person of the register, by person, so many at a time: one list of all is never made."""
    everybody = people(connection)
    while persons := set(islice(everybody, chunk)):
        yield list(judge_people(connection, context, revision, persons).values())


def judged_by(connection: Connection, context: Context, revision: Revision) -> str:
    """What a judgement of this issue depends on, as one word: the register's version, the fees and the audience."""
    rules = repr((context.fees, audience(context.newsletter(revision.newsletter), revision)))
    return f"{register_version(connection)}:{hashlib.sha256(rules.encode()).hexdigest()[:32]}"


def ask_again(connection: Connection, context: Context, found: Mailing, *, chunk: int = CHUNK) -> str:
    """Hold every pending copy whose reader has lost it since it was judged; returns the `judged_by` of now.

    Costs nothing while the register and the rules are the ones the copies were judged by; else only their readers are
    judged, a chunk at a time. A lost entitlement holds the copy with the rule's reason, a changed address with
    `address_changed`: the address stays the frozen one.
    """
    revision = issues.revision_of(connection, found.content_hash)
    assert revision is not None, "a mailing's revision is kept for ever"
    now = judged_by(connection, context, revision)
    if all_judged(connection, found.id, now):
        return now
    after = 0
    while asked := waiting(connection, found, after=after, judged_otherwise=now, limit=chunk):
        after = asked[-1].copy.copy_number
        judged = judge_people(connection, context, revision, {one.copy.person for one in asked})
        reasons = {
            one.id: lost(judged.get(one.copy.person), one.copy.language, {one.copy.address.wire}) for one in asked
        }
        gone = [identity for identity, reason in reasons.items() if reason is not None]
        for copy in deliveries.deliveries_with(connection, gone).values():
            deliveries.move(connection, copy, Event.HELD, held_reason=reasons[copy.id])
        set_judged(connection, list(reasons), now)
    return now


def lost(judged: Judged | None, language: str, addresses: Collection[str]) -> str | None:
    """Why a copy in this language to one of these addresses may not go to this person now; None when it may."""
    if judged is None:
        return EntitlementReason.UNPAID  # no longer in the register at all
    answer = judged.entitlement
    if not answer.receives:
        return answer.reason
    if language not in answer.editions:
        return EntitlementReason.NO_EDITION
    address = judged.candidate.seat.address
    if address is None or address.wire not in addresses:
        return ADDRESS_CHANGED
    return None
