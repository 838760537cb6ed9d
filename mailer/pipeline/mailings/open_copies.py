"""Finds the copies that need a person: those that did not arrive, are held back, in doubt, or owed once more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from mailer.domain.circulation import ADDRESS_CHANGED, Judged, why_lost
from mailer.domain.delivery import Delivery, State
from mailer.domain.hold import Failure
from mailer.domain.mailing import Mailing
from mailer.domain.open_items import needs_a_person
from mailer.domain.supplement import has_failed, present_address, was_withheld
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.corrections import corrections_since
from mailer.pipeline.mailings.entitle import judge_people
from mailer.store import Connection, failures, issues, mailings
from mailer.store.copies import deliveries, open_copies, readers

# A failed or held copy is listed for so long after its mailing has ended: a person cannot close it, as a report.
LISTED_FOR = timedelta(days=30)
# So many failed copies are read; the others follow when these are done.
MOST = 500
ENTITLED_AGAIN = "entitled_again"
_CANNOT_RENDER = "cannot_render"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCopy:
    """A copy that did not arrive, and is not owed again: the register still has the address at which it failed."""

    issue: str
    copy: Delivery
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCopy:
    """A copy that is held although its reader is entitled now; `why` is `ENTITLED_AGAIN` when that alone has changed."""

    issue: str
    copy: Delivery
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCopies:
    """The copies that need a person. The `uncertain` stand with their issue; `owed` counts copies by issue."""

    failed: list[FailedCopy] = field(default_factory=list)
    held: list[HeldCopy] = field(default_factory=list)
    uncertain: list[tuple[str, Delivery]] = field(default_factory=list)
    owed: dict[str, int] = field(default_factory=dict)


def open_among(connection: Connection, context: Context, every: Sequence[Mailing]) -> frozenset[int]:
    """The copies of these mailings of an issue that need a person."""
    candidates = open_copies.candidates(connection, [mailing.id for mailing in every])
    copies = deliveries.deliveries_with(connection, list(candidates))
    since = context.clock.now() - LISTED_FOR
    listed = {mailing.id for mailing in every if mailing.closed_at is None or mailing.closed_at >= since}
    judged = _judge(connection, context, every[0], [copy for copy in copies.values() if copy.mailing in listed])
    return frozenset(
        identity
        for identity, copy in copies.items()
        if needs_a_person(
            copy.state,
            lost=why_lost(judged.get(copy.person), copy.language, {copy.address}),
            reported=candidates[identity],
        )
    )


def owed_by_a_stop(connection: Connection, context: Context, copies: Iterable[Delivery]) -> frozenset[int]:
    """The failed copies among these that a supplement sends once more, since the breaker stopped their mailing for it."""
    of_mailing: dict[int, list[Delivery]] = {}
    for copy in copies:
        if copy.state.failed:
            of_mailing.setdefault(copy.mailing, []).append(copy)
    owed: set[int] = set()
    for identity, failed in of_mailing.items():
        mailing = mailings.mailing(connection, identity)
        if mailing.broken_at is None:
            continue
        judged = _judge(connection, context, mailing, failed)
        stops = replace(corrections_since(connection, mailing.newsletter, mailing.serial), lifts={})
        entitled = [copy for copy in failed if why_lost(judged.get(copy.person), copy.language, {copy.address}) is None]
        owed |= stops.owed_among(entitled)
    return frozenset(owed)


def list_open_copies(connection: Connection, context: Context) -> OpenCopies:
    """The uncertain copies, and those of mailings that ended lately that failed without a report to settle, or are held.

    Failed and held copies are those of readers who are entitled now. A failed copy is owed once more when the register
    has another address since, when a person has said that the address is right, or when the breaker had paused its
    mailing and a person has resumed it: a supplement sends it then.
    """
    issue_of = open_copies.uncertain(connection)
    in_doubt = deliveries.deliveries_with(connection, list(issue_of))
    listed = OpenCopies(uncertain=[(issue_of[identity], in_doubt[identity]) for identity in sorted(in_doubt)])
    since = context.clock.now() - LISTED_FOR
    ended = [
        mailing for mailing in mailings.ended_since(connection, since) if mailing.newsletter in context.newsletters
    ]
    identities = [mailing.id for mailing in ended]
    failed = {each.delivery: each.failure for each in failures.without_report(connection, identities, MOST)}
    held = open_copies.held(connection, identities)
    copies = deliveries.deliveries_with(connection, [*failed, *held])
    for mailing in ended:
        of_mailing = sorted((copy for copy in copies.values() if copy.mailing == mailing.id), key=lambda copy: copy.id)
        if of_mailing:
            _sort_out(connection, context, mailing, of_mailing, failed, listed)
    return listed


def _sort_out(
    connection: Connection,
    context: Context,
    mailing: Mailing,
    copies: Sequence[Delivery],
    failed: dict[int, Failure],
    listed: OpenCopies,
) -> None:
    """Add the copies of one mailing whose readers are entitled now to the failed, the held or the owed ones."""
    judged, corrections = (
        _judge(connection, context, mailing, copies),
        corrections_since(connection, mailing.newsletter, mailing.serial),
    )
    for copy in copies:
        reader = judged.get(copy.person)
        reason = why_lost(reader, copy.language, {copy.address})
        if reader is None or (reason is not None and reason != ADDRESS_CHANGED):
            continue
        if copy.state is State.HELD and not was_withheld(copy):
            why = reason or (_CANNOT_RENDER if copy.held_reason == _CANNOT_RENDER else ENTITLED_AGAIN)
            listed.held.append(HeldCopy(issue=mailing.issue, copy=copy, why=why))
            continue
        # A copy that was withheld is owed as soon as its reader is entitled.
        # A reader whose copy and supplement both failed is owed another only if neither failed at the present address.
        earlier = readers.of_reader(connection, mailing.newsletter, mailing.serial, copy.person, copy.language)
        if has_failed(earlier, present_address(reader), corrections):
            listed.failed.append(FailedCopy(issue=mailing.issue, copy=copy, failure=failed[copy.id]))
        else:
            listed.owed[mailing.issue] = listed.owed.get(mailing.issue, 0) + 1


def _judge(connection: Connection, context: Context, mailing: Mailing, copies: Sequence[Delivery]) -> dict[str, Judged]:
    if not copies or mailing.newsletter not in context.newsletters:
        return {}
    revision = issues.revision_of(connection, mailing)
    return judge_people(connection, context, revision, {copy.person for copy in copies})
