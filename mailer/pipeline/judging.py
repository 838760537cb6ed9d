"""Asks the one question about everybody, for an issue, from the register as it is now."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from mailer.domain.circulation import Judged, Register, candidates, judge
from mailer.domain.delivery import Event
from mailer.domain.entitlement import Audience, Reason
from mailer.domain.errors import NotFound
from mailer.domain.mailing import Mailing
from mailer.domain.newsletter import Newsletter
from mailer.pipeline.press import IssueName, Press
from mailer.store import Connection, deliveries, issues
from mailer.store.issues import Revision
from mailer.store.members import load_register, register_version

ADDRESS_CHANGED = "address_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Everybody, judged for one revision of an issue by one state of the register."""

    revision: Revision
    register: Register
    people: dict[str, Judged]


def find_revision(connection: Connection, issue: IssueName) -> Revision:
    """The latest revision of an issue; NotFound says how to pull it."""
    found = issues.latest_revision(connection, issue.newsletter, issue.serial)
    if found is None:
        raise NotFound(
            f"{issue} has not been pulled; `mailer pull` stores finished issues, `mailer issue list` shows them"
        )
    return found


def audience(newsletter: Newsletter, revision: Revision) -> Audience:
    """What this issue asks of its readers."""
    return Audience(
        date=revision.date,
        circulations=newsletter.circulations,
        grace_days=newsletter.grace_days,
        default_language=newsletter.languages[0],
        languages=revision.languages,
    )


def judge_everybody(connection: Connection, press: Press, revision: Revision) -> Judgement:
    """The answer for every person of the register, as it is in this transaction."""
    asked = audience(press.newsletter(revision.newsletter), revision)
    register = load_register(connection)
    people = judge(candidates(register, asked.date), asked, press.fees)
    return Judgement(revision=revision, register=register, people=people)


def judged_by(connection: Connection, press: Press, revision: Revision) -> str:
    """What a judgement of this issue depends on, as one word: the register's version, the fees and the audience."""
    rules = repr((press.fees, audience(press.newsletter(revision.newsletter), revision)))
    return f"{register_version(connection)}:{hashlib.sha256(rules.encode()).hexdigest()}"


def ask_again(connection: Connection, press: Press, found: Mailing) -> str:
    """Hold every pending copy whose reader has lost it since it was judged; returns the `judged_by` of now.

    Costs nothing while the register and the rules are the ones the copies were judged by. A lost entitlement holds
    the copy with the rule's reason, a changed address with `address_changed`: the address stays the frozen one.
    """
    revision = issues.revision_of(connection, found.content_hash)
    assert revision is not None, "a mailing's revision is kept for ever"
    now = judged_by(connection, press, revision)
    asked = deliveries.unjudged(connection, found.id, now)
    if asked:
        people = judge_everybody(connection, press, revision).people
        for copy in asked:
            reason = lost(people.get(copy.person), copy.language, {copy.address})
            if reason is not None:
                deliveries.move(connection, copy, Event.HELD, held_reason=reason)
        deliveries.set_judged(connection, found.id, now)
    return now


def lost(judged: Judged | None, language: str, addresses: Collection[str]) -> str | None:
    """Why a copy in this language to one of these addresses may not go to this person now; None when it may."""
    if judged is None:
        return Reason.UNPAID  # no longer in the register at all
    answer = judged.entitlement
    if not answer.receives:
        return answer.reason
    if language not in answer.editions:
        return Reason.NO_EDITION
    address = judged.candidate.seat.address
    if address is None or address.wire not in addresses:
        return ADDRESS_CHANGED
    return None
