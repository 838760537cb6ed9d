"""Finds the copies of late that did not arrive, or were held, and that nobody has seen to yet, and what is owed again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailer.domain.circulation import ADDRESS_CHANGED, Judged, why_lost
from mailer.domain.delivery import Delivery
from mailer.domain.mailing import Mailing
from mailer.domain.supplement import has_failed, present_address
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.entitle import judge_people
from mailer.pipeline.mailings.supplement import corrections_since
from mailer.store import Connection, failures, issues, mailings
from mailer.store.copies import deliveries, readers
from mailer.store.failures import CopyFailed

# For so long after its mailing has ended a copy without a report to settle is told of: nobody can close its line.
TOLD_FOR = timedelta(days=30)
# So many failed and so many held copies are looked at; the others are when these are seen to.
MOST = 500
# What keeps a copy whose reader is entitled: what others are held for is as it should be.
_MENDABLE = (ADDRESS_CHANGED, "cannot_render")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A copy that did not arrive, and is not owed again: the register still has the address at which it failed."""

    issue: str
    copy: Delivery
    failed: CopyFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """What nobody has seen to. `owed` has for each issue when its copies were found to be owed again, one after another."""

    failed: list[Failed] = field(default_factory=list)
    held: list[tuple[str, Delivery]] = field(default_factory=list)
    owed: dict[str, list[datetime]] = field(default_factory=dict)


def undelivered(connection: Connection, context: Context) -> Undelivered:
    """The copies of mailings that ended in the last 30 days that failed without a report to settle, or are held.

    Only of people who are entitled now, and have no further copy of the issue there or under way. One that failed is
    owed again when the register has another address since, when a person has said that the address is right, or when
    it was our fault and somebody let the mailing go on: `supplementing.unsent` offers it then.
    """
    since = context.clock.now() - TOLD_FOR
    ended = [one for one in mailings.ended_since(connection, since) if one.newsletter in context.newsletters]
    identities = [one.id for one in ended]
    failed = {one.delivery: one for one in failures.unseen(connection, identities, MOST)}
    held = deliveries.all_held(connection, identities, _MENDABLE, MOST)
    copies = deliveries.deliveries_with(connection, [*failed, *held])
    found = Undelivered()
    for mailing in ended:
        theirs = [copy for copy in copies.values() if copy.mailing == mailing.id]
        if not theirs:
            continue
        judged = _judged(connection, context, mailing, theirs)
        put_right = corrections_since(connection, mailing)
        for copy in sorted(theirs, key=lambda one: one.id):
            now = judged.get(copy.person)
            reason = why_lost(now, copy.language, {copy.address})
            if now is None or (reason is not None and reason != ADDRESS_CHANGED):
                continue
            if copy.id not in failed:
                found.held.append((mailing.issue, copy))
                continue
            # Who has had two copies that failed is owed a further one only where neither failed at the address of now.
            known = readers.of_reader(connection, mailing.newsletter, mailing.serial, copy.person, copy.language)
            one = failed[copy.id]
            if has_failed(known, present_address(now), put_right):
                found.failed.append(Failed(issue=mailing.issue, copy=copy, failed=one))
            else:
                lifted_at = put_right.lifts.get(one.address, one.failure.at)
                found.owed.setdefault(mailing.issue, []).append(max(lifted_at, one.failure.at))
    return found


def _judged(
    connection: Connection, context: Context, mailing: Mailing, copies: Sequence[Delivery]
) -> dict[str, Judged]:
    revision = issues.revision_of(connection, mailing.content_hash)
    assert revision is not None, "a mailing's revision is kept for ever"
    return judge_people(connection, context, revision, {copy.person for copy in copies})
