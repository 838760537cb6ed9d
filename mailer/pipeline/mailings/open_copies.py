"""Finds the copies that need a person: those that did not arrive, are held back, in doubt, or owed once more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from mailer.domain.circulation import Judged, why_lost
from mailer.domain.delivery import Delivery, State
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.hold import Failure
from mailer.domain.mailing import Mailing
from mailer.domain.open_items import needs_a_person
from mailer.domain.supplement import has_failed, present_address, was_withheld
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.corrections import corrections_since
from mailer.pipeline.mailings.entitle import judge_people
from mailer.store import Connection, issues, mailings
from mailer.store.copies import deliveries, open_copies, readers

# A failed or held copy is listed for so long after its mailing has ended: a person cannot close it, as a report.
LISTED_FOR = timedelta(days=30)
# So many open copies are read for the list over all issues; the others follow when these are done.
MOST = 500
ENTITLED_AGAIN = "entitled_again"
_CANNOT_RENDER = "cannot_render"


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCopy:
    """A copy that did not arrive, and is not owed again: the register still has the address at which it failed."""

    issue: str
    copy: Delivery
    failure: Failure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCopy:
    """A copy that is held although its reader is entitled now; `why` is `ENTITLED_AGAIN` when that alone has changed."""

    issue: str
    copy: Delivery
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCopies:
    """The copies that need a person, each in the one list that says what can be done about it.

    The `uncertain` stand with their issue, `owed` are those of an issue that a supplement sends. A `reported` copy is done
    when its report is settled, one `at_held_address` when its hold is lifted.
    """

    uncertain: list[tuple[str, Delivery]] = field(default_factory=list)
    failed: list[FailedCopy] = field(default_factory=list)
    held: list[HeldCopy] = field(default_factory=list)
    owed: dict[str, set[int]] = field(default_factory=dict)
    reported: set[int] = field(default_factory=set)
    at_held_address: set[int] = field(default_factory=set)

    @property
    def ids(self) -> frozenset[int]:
        """All of them."""
        listed = [copy for _, copy in self.uncertain]
        listed += [each.copy for each in self.failed] + [each.copy for each in self.held]
        return frozenset(copy.id for copy in listed).union(self.reported, self.at_held_address, *self.owed.values())


def open_among(connection: Connection, context: Context, every: Sequence[Mailing]) -> frozenset[int]:
    """The copies of these mailings of an issue that need a person."""
    return _open_copies(connection, context, every, None).ids


def list_open_copies(connection: Connection, context: Context) -> OpenCopies:
    """The uncertain copies of all mailings, and the other open copies of those that ended lately.

    Failed and held copies are those of readers who are entitled now. A failed copy is owed once more when the register
    has another address since, when a person has said that the address is right, or when the breaker had paused its
    mailing and a person has resumed it: a supplement sends it then.
    """
    since = context.clock.now() - LISTED_FOR
    ended = [
        mailing for mailing in mailings.ended_since(connection, since) if mailing.newsletter in context.newsletters
    ]
    listed = _open_copies(connection, context, ended, MOST)
    issue_of = open_copies.uncertain(connection)
    in_doubt = deliveries.deliveries_with(connection, list(issue_of))
    uncertain = [(issue_of[identity], in_doubt[identity]) for identity in sorted(in_doubt)]
    return replace(listed, uncertain=uncertain)


def owed_by_a_stop(connection: Connection, context: Context, copies: Iterable[Delivery]) -> frozenset[int]:
    """The failed copies among these that a supplement sends once more, since the breaker stopped their mailing for it."""
    of_mailing: dict[int, list[Delivery]] = {}
    for copy in copies:
        if copy.state.failed:
            of_mailing.setdefault(copy.mailing, []).append(copy)
    owed: set[int] = set()
    for mailing in mailings.broken_among(connection, of_mailing):
        failed = of_mailing[mailing.id]
        judged = _judge(connection, context, mailing, failed)
        stops = replace(corrections_since(connection, mailing.newsletter, mailing.serial), lifts={})
        entitled = [copy for copy in failed if why_lost(judged.get(copy.person), copy.language, {copy.address}) is None]
        owed |= stops.owed_among(entitled)
    return frozenset(owed)


def _open_copies(connection: Connection, context: Context, every: Sequence[Mailing], most: int | None) -> OpenCopies:
    """The open copies of these mailings, at most so many, those without a report first."""
    of_mailing = {mailing.id: mailing for mailing in every}
    reported = open_copies.candidates(connection, list(of_mailing), most)
    copies = deliveries.deliveries_with(connection, list(reported))
    of_issue: dict[str, list[Delivery]] = {}
    for identity in sorted(copies):
        of_issue.setdefault(of_mailing[copies[identity].mailing].issue, []).append(copies[identity])
    listed = OpenCopies()
    for mailing in every:  # in the order in which they ended
        if mailing.issue in of_issue:
            _sort_out(connection, context, of_mailing, of_issue.pop(mailing.issue), reported, listed)
    return listed


def _sort_out(
    connection: Connection,
    context: Context,
    of_mailing: Mapping[int, Mailing],
    copies: Sequence[Delivery],
    reported: Mapping[int, bool],
    listed: OpenCopies,
) -> None:
    """Add each of these copies of one issue that needs a person to its list."""
    since = context.clock.now() - LISTED_FOR
    recent = [copy for copy in copies if (of_mailing[copy.mailing].closed_at or since) >= since]
    mailing = of_mailing[copies[0].mailing]
    judged = _judge(connection, context, mailing, recent)
    corrections = corrections_since(connection, mailing.newsletter, mailing.serial)
    of_reader = readers.of_readers(connection, mailing.newsletter, mailing.serial, {copy.person for copy in copies})
    for copy in copies:
        reader = judged.get(copy.person)
        lost = why_lost(reader, copy.language, {copy.address})
        if not needs_a_person(copy.state, lost=lost, reported=reported[copy.id]):
            continue
        if copy.state is State.UNCERTAIN:
            listed.uncertain.append((mailing.issue, copy))
        elif copy.state is State.HELD and not was_withheld(copy) and lost != EntitlementReason.ADDRESS_HELD:
            why = lost or (_CANNOT_RENDER if copy.held_reason == _CANNOT_RENDER else ENTITLED_AGAIN)
            listed.held.append(HeldCopy(issue=mailing.issue, copy=copy, why=why))
        elif reported[copy.id]:
            listed.reported.add(copy.id)
        elif lost == EntitlementReason.ADDRESS_HELD or reader is None:
            listed.at_held_address.add(copy.id)
        # A copy that was withheld is owed as soon as its reader is entitled.
        # A reader whose copy and supplement both failed is owed another only if neither failed at the present address.
        elif has_failed(of_reader[copy.person, copy.language], present_address(reader), corrections):
            failure = corrections.failures.get(copy.id)
            listed.failed.append(FailedCopy(issue=mailing.issue, copy=copy, failure=failure))
        else:
            listed.owed.setdefault(mailing.issue, set()).add(copy.id)


def _judge(connection: Connection, context: Context, mailing: Mailing, copies: Sequence[Delivery]) -> dict[str, Judged]:
    if not copies or mailing.newsletter not in context.newsletters:
        return {}
    revision = issues.revision_of(connection, mailing)
    return judge_people(connection, context, revision, {copy.person for copy in copies})
