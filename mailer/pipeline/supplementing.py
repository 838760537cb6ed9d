"""Finds who is owed an issue and has no copy of it, and makes a supplement for them."""

from dataclasses import dataclass, replace
from itertools import chain

from mailer.domain.circulation import Judged
from mailer.domain.errors import Refused
from mailer.domain.mailing import Mailing, MailingState, Step
from mailer.pipeline.approving import Begun, begin_proved, first_mailing, may_leave, note
from mailer.pipeline.breaking import refused_for_us
from mailer.pipeline.circulating import Draft, freeze
from mailer.pipeline.compiling import Letterhead
from mailer.pipeline.judging import judge_everybody
from mailer.pipeline.press import IssueName, Press
from mailer.pipeline.proving import prove_within
from mailer.store import Connection, deliveries, history, issues, mailings
from mailer.store.deliveries import Delivery, blocking
from mailer.store.issues import Revision

_UNDER_WAY = frozenset({MailingState.SENDING, MailingState.PAUSED, MailingState.CLOSED, MailingState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """The people who are entitled now and have no copy, with the editions each is owed."""

    issue: str
    people: tuple[Judged, ...]

    @property
    def copies(self) -> int:
        """How many copies a supplement would have."""
        return sum(len(one.entitlement.editions) for one in self.people)


def unsent(press: Press, name: IssueName) -> Owed:
    """Who is owed the issue: entitled now, with no copy pending, sending, uncertain, accepted or held."""
    with press.store.reading() as connection:
        found = first_mailing(connection, name)
        return Owed(issue=str(name), people=_owed(connection, press, found))


def supplement(press: Press, name: IssueName, *, copies: int | None = None) -> Begun | None:
    """Send the owed copies as a further mailing of the same issue: the approved content and editions, the next numbers.

    None when nobody is owed anything. Refused when it is not so many `copies` as a person has confirmed, and while the issue's own mailing has not begun.
    """
    with press.store.transaction() as connection:
        found = first_mailing(connection, name)
        if found.state not in _UNDER_WAY or (found.state is MailingState.CANCELLED and not found.first_handover_at):
            raise Refused(f"{name} is {found.state}: plan it again, then send it; a supplement is for what was missed")
        if not may_leave(press, found):
            raise Refused(f"{name} was never approved: `mailer plan {name}`, test and approve it")
        owed = _owed(connection, press, found)
        if not owed:
            return None
        by_now = sum(len(one.entitlement.editions) for one in owed)
        if copies is not None and by_now != copies:
            raise Refused(f"{name}: {by_now} copies are owed by now, not {copies}; look again")
        made = _freeze(connection, press, name, found, owed)
        # A supplement is a few copies: they may be made inside the transaction.
        return begin_proved(connection, press, made, prove_within(connection, press, made))


def _freeze(connection: Connection, press: Press, name: IssueName, found: Mailing, owed: tuple[Judged, ...]) -> Mailing:
    draft = Draft(
        revision=_revision(connection, found),
        editions=mailings.editions_of(connection, found.id),
        letterhead=Letterhead.load(mailings.letterhead_of(connection, found.id)),
        inputs_hash=found.inputs_hash,
    )
    number = len(mailings.mailings_of(connection, name.newsletter, name.serial))
    first_number = deliveries.next_copy_number(connection, name.newsletter, name.serial)
    frozen = freeze(connection, press, name, draft, [owed], supplement=number, first_number=first_number)
    made = mailings.mailing(connection, frozen.mailing)
    if made.approval_required:
        # Content and editions are those approved; the circulation is what the sender has just confirmed.
        now = press.clock.now()
        mailings.change(connection, made.id, approved_hash=made.seal, approved_by=press.who, approved_at=now)
    note(connection, press, "plan", name, f"supplement {number}, {frozen.copies} copies")
    return mailings.mailing(connection, made.id)


def _revision(connection: Connection, found: Mailing) -> Revision:
    revision = issues.revision_of(connection, found.content_hash)
    assert revision is not None, "a mailing's revision is kept for ever"
    return revision


def _mended(connection: Connection, found: Mailing) -> bool:
    """Whether somebody has resumed the issue after the breaker had paused it: what was refused for us is mended."""
    entries = history.entries(connection, found.issue)
    return any(
        pause.verb == Step.PAUSE and pause.detail and any(later.verb == Step.RESUME for later in entries[place:])
        for place, pause in enumerate(entries)
    )


def _owed(connection: Connection, press: Press, found: Mailing) -> tuple[Judged, ...]:
    served = deliveries.people_served(connection, found.newsletter, found.serial)
    mended = _mended(connection, found)
    owed = []
    for one in chain.from_iterable(judge_everybody(connection, press, _revision(connection, found))):
        editions = tuple(
            language
            for language in one.entitlement.editions
            if not _has(served.get((one.person, language), []), _address(one), mended=mended)
        )
        if editions:
            owed.append(replace(one, entitlement=replace(one.entitlement, editions=editions)))
    return tuple(owed)


def _has(copies: list[Delivery], address: str, *, mended: bool) -> bool:
    """Whether a further copy is not owed: one is there or under way, or it failed at the address we still have.

    It did not fail there for good, if it was refused for the sender's or the text's sake and that is mended.
    """
    failed = any(
        copy.state.failed and copy.address == address and not (mended and refused_for_us(copy)) for copy in copies
    )
    return blocking(copies) or failed


def _address(one: Judged) -> str:
    address = one.candidate.seat.address
    return address.wire if address else ""
