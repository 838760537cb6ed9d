"""Finds who is owed an issue and has no copy of it, and makes a supplement for them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from mailer.domain.address import Address
from mailer.domain.bounce import SENDER_SCOPES
from mailer.domain.circulation import Judged
from mailer.domain.delivery import Delivery, Event, State
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.errors import Refused
from mailer.domain.hold import Failure
from mailer.domain.mailing import Mailing, MailingState, SendStart
from mailer.domain.remedy import Action
from mailer.domain.supplement import MissingCopies
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import Letterhead
from mailer.pipeline.issues.proof import prove_within
from mailer.pipeline.mailings.approve import begin_proved, first_mailing, may_leave, note
from mailer.pipeline.mailings.entitle import judge_everybody
from mailer.pipeline.mailings.freeze import Draft, freeze
from mailer.store import Connection, failures, holds, issues, mailings
from mailer.store.copies import deliveries
from mailer.store.copies.deliveries import blocking
from mailer.store.issues import Revision

_UNDER_WAY = frozenset({MailingState.SENDING, MailingState.PAUSED, MailingState.CLOSED, MailingState.CANCELLED})


def unsent(context: Context, name: IssueName) -> MissingCopies:
    """Who is owed the issue: entitled now, with no copy pending, sending, uncertain, accepted or held."""
    with context.store.reading() as connection:
        found = first_mailing(connection, name)
        owed, stuck = _owed(connection, context, found)
        return MissingCopies(issue=str(name), people=owed, stuck=stuck)


def supplement(context: Context, name: IssueName, *, copies: int | None = None) -> SendStart | None:
    """Send the owed copies as a further mailing of the same issue: the approved content and editions, the next numbers.

    None when nobody is owed anything. Refused when it is not so many `copies` as a person has confirmed, and while the issue's own mailing has not begun.
    """
    with context.store.transaction() as connection:
        found = first_mailing(connection, name)
        if found.state not in _UNDER_WAY or (found.state is MailingState.CANCELLED and not found.first_handover_at):
            raise Refused(f"{name} is {found.state}: plan it again, then send it; a supplement is for what was missed")
        if not may_leave(context, found):
            raise Refused(
                f"{name} was never approved", Action.PLAN.of(name), Action.TEST.of(name), Action.APPROVE.of(name)
            )
        owed, _ = _owed(connection, context, found)
        if not owed:
            return None
        by_now = sum(len(one.entitlement.editions) for one in owed)
        if copies is not None and by_now != copies:
            raise Refused(f"{name}: {by_now} copies are owed by now, not {copies}; look again")
        _let_go(connection, found, owed)
        made = _freeze(connection, context, name, found, owed)
        # A supplement is a few copies: they may be made inside the transaction.
        return begin_proved(connection, context, made, prove_within(connection, context, made))


def _freeze(
    connection: Connection, context: Context, name: IssueName, found: Mailing, owed: tuple[Judged, ...]
) -> Mailing:
    draft = Draft(
        revision=_revision(connection, found),
        editions=mailings.editions_of(connection, found.id),
        letterhead=Letterhead.load(mailings.letterhead_of(connection, found.id)),
        inputs_hash=found.inputs_hash,
    )
    number = len(mailings.mailings_of(connection, name.newsletter, name.serial))
    first_number = deliveries.next_copy_number(connection, name.newsletter, name.serial)
    frozen = freeze(connection, context, name, draft, [owed], supplement=number, first_number=first_number)
    made = mailings.mailing(connection, frozen.mailing)
    if made.approval_required:
        # Content and editions are those approved; the circulation is what the sender has just confirmed.
        now = context.clock.now()
        mailings.change(connection, made.id, approved_hash=made.seal, approved_by=context.who, approved_at=now)
    note(connection, context, "plan", name, f"supplement {number}, {frozen.copies} copies")
    return mailings.mailing(connection, made.id)


def _revision(connection: Connection, found: Mailing) -> Revision:
    revision = issues.revision_of(connection, found.content_hash)
    assert revision is not None, "a mailing's revision is kept for ever"
    return revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What has been put right since copies failed: by delivery why they did, by address when it was said to be right."""

    failed: Mapping[int, Failure]
    lifts: Mapping[str, datetime]
    stopped: Mapping[int, datetime]  # by mailing, when the breaker had stopped it, where that is over

    def is_owed_again(self, copy: Delivery) -> bool:
        """Whether a copy that failed may go to the same address once more.

        Somebody has said that the address is right; or the breaker had stopped the mailing, and what failed until then,
        or later for our sake, is nobody's fault but ours.
        """
        failure, lifted_at = self.failed.get(copy.id), self.lifts.get(Address.kept(copy.address).normal)
        if lifted_at is not None and (failure is None or failure.at <= lifted_at):
            return True
        stopped_at = self.stopped.get(copy.mailing)
        if stopped_at is None or failure is None:
            return False
        return failure.at <= stopped_at or failure.scope in SENDER_SCOPES


def mended(connection: Connection, found: Mailing) -> Mended:
    """What has been put right since copies of the issue of this mailing failed."""
    every = mailings.mailings_of(connection, found.newsletter, found.serial)
    return Mended(
        failed=failures.of_mailings(connection, [one.id for one in every]),
        lifts=holds.lifts(connection),
        stopped={
            one.id: one.broken_at for one in every if one.broken_at is not None and one.state is not MailingState.PAUSED
        },
    )


def _owed(connection: Connection, context: Context, found: Mailing) -> tuple[tuple[Judged, ...], tuple[str, ...]]:
    """Who is owed which editions; and who has none because it failed at the address that we still have."""
    served = deliveries.people_served(connection, found.newsletter, found.serial)
    put_right = mended(connection, found)
    owed, stuck = [], []
    for one in chain.from_iterable(judge_everybody(connection, context, _revision(connection, found))):
        copies = {language: served.get((one.person, language), []) for language in one.entitlement.editions}
        lacking = [language for language, known in copies.items() if not _is_there(known)]
        failed = [language for language in lacking if has_failed(copies[language], address_of(one), put_right)]
        editions = tuple(language for language in lacking if language not in failed)
        if editions:
            owed.append(replace(one, entitlement=replace(one.entitlement, editions=editions)))
        if failed:
            stuck.append(one.person)
    return tuple(owed), tuple(stuck)


def _is_there(copies: list[Delivery]) -> bool:
    """Whether a copy is there or under way.

    One that was held with its address, or for a pause, does not count: whoever is entitled now is free of both.
    """
    return blocking(copy for copy in copies if not _was_held(copy))


def has_failed(copies: list[Delivery], address: str, put_right: Mended) -> bool:
    """Whether a copy failed at the address we still have, and nothing has been put right since."""
    return any(copy.state.failed and copy.address == address and not put_right.is_owed_again(copy) for copy in copies)


def _was_held(copy: Delivery) -> bool:
    return copy.state is State.HELD and copy.held_reason in {EntitlementReason.ADDRESS_HELD, EntitlementReason.PAUSED}


def _let_go(connection: Connection, found: Mailing, owed: tuple[Judged, ...]) -> None:
    """The copies that were held with the addresses of these people, or paused, are cancelled: others take their place."""
    again = {(one.person, language) for one in owed for language in one.entitlement.editions}
    for copy in deliveries.listing(connection, found.newsletter, found.serial, State.HELD):
        if _was_held(copy) and (copy.person, copy.language) in again:
            deliveries.move(connection, copy, Event.CANCELLED)


def address_of(one: Judged) -> str:
    """The address that the register has for them now, as the wire has it; empty where there is none."""
    address = one.candidate.seat.address
    return address.wire if address else ""
