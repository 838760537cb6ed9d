"""Finds the copies of late that did not arrive, or were held, and that nobody has seen to yet, and what is owed again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailer.domain.bounce import Scope
from mailer.domain.circulation import Judged
from mailer.domain.mailing import Mailing, MailingState
from mailer.pipeline.judging import ADDRESS_CHANGED, judge_people, lost
from mailer.pipeline.press import Press
from mailer.store import Connection, deliveries, failures, holds, issues, mailings
from mailer.store.deliveries import Delivery
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


def undelivered(connection: Connection, press: Press) -> Undelivered:
    """The copies of mailings that ended in the last 30 days that failed without a report to settle, or are held.

    Only of people who are entitled now, and have no further copy of the issue there or under way. One that failed is
    owed again when the register has another address since, when a person has said that the address is right, or when
    it was our fault and somebody let the mailing go on: `supplementing.unsent` offers it then.
    """
    since = press.clock.now() - TOLD_FOR
    ended = [one for one in mailings.ended_since(connection, since) if one.newsletter in press.newsletters]
    identities = [one.id for one in ended]
    failed = {one.delivery: one for one in failures.unseen(connection, identities, MOST)}
    held = deliveries.all_held(connection, identities, _MENDABLE, MOST)
    copies = deliveries.deliveries_with(connection, [*failed, *held])
    lifts = holds.lifts(connection) if failed else {}
    ours = {one.issue for one in ended if one.broken_at is not None and one.state is not MailingState.PAUSED}
    found, again = Undelivered(), dict[tuple[str, str, str], datetime]()
    for mailing in ended:
        theirs = [copy for copy in copies.values() if copy.mailing == mailing.id]
        judged = _judged(connection, press, mailing, theirs)
        for copy in sorted(theirs, key=lambda one: one.id):
            reason = lost(judged.get(copy.person), copy.language, {copy.address})
            if reason is not None and reason != ADDRESS_CHANGED:
                continue
            if copy.id not in failed:
                found.held.append((mailing.issue, copy))
                continue
            one = failed[copy.id]
            lifted_at = lifts.get(one.address)
            lifted = lifted_at if lifted_at is not None and one.failure.at <= lifted_at else None
            if lifted is not None or reason == ADDRESS_CHANGED or (mailing.issue in ours and _is_ours(one)):
                again[mailing.issue, copy.person, copy.language] = lifted or one.failure.at
            else:
                found.failed.append(Failed(issue=mailing.issue, copy=copy, failed=one))
    # Who has had two copies that failed is owed a further one only where neither failed at the address of now.
    settled = {(one.issue, one.copy.person, one.copy.language) for one in found.failed}
    for (issue, *reader), at in again.items():
        if (issue, *reader) not in settled:
            found.owed.setdefault(issue, []).append(at)
    return found


def _judged(connection: Connection, press: Press, mailing: Mailing, copies: Sequence[Delivery]) -> dict[str, Judged]:
    revision = issues.revision_of(connection, mailing.content_hash)
    assert revision is not None, "a mailing's revision is kept for ever"
    return judge_people(connection, press, revision, {copy.person for copy in copies}) if copies else {}


def _is_ours(one: CopyFailed) -> bool:
    """Whether it failed for our sake: what the breaker stops a mailing for."""
    return one.failure.scope in {Scope.SENDER, Scope.CONTENT}
