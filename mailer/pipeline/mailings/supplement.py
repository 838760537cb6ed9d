"""Finds the copies of an issue that are missing, and sends them in a supplement."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from mailer.domain.circulation import Judged
from mailer.domain.delivery import Delivery, Event, State
from mailer.domain.errors import BadInput, Refused
from mailer.domain.mailing import Mailing, MailingState, SendStart
from mailer.domain.remedy import Action
from mailer.domain.restored_backup import NO_SUPPLEMENT_LOST, RESUMED
from mailer.domain.supplement import MissingCopies, missing_editions, was_withheld
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import Letterhead
from mailer.pipeline.issues.proof import prove_within
from mailer.pipeline.mailings.corrections import corrections_since
from mailer.pipeline.mailings.entitle import judge_everybody
from mailer.pipeline.mailings.freeze import Draft, freeze_supplement
from mailer.pipeline.mailings.send import begin_within, may_leave
from mailer.pipeline.mailings.steps import cancelled, first_mailing
from mailer.store import Connection, history, issues, mailings
from mailer.store.copies import deliveries, readers
from mailer.store.turns import Work, take_turns
from mailer.views.names import name_all

# A mailing in one of these has started: a supplement may follow it.
_STARTED = frozenset({MailingState.SENDING, MailingState.PAUSED, MailingState.CLOSED, MailingState.CANCELLED})


def find_missing_copies(context: Context, name: IssueName) -> MissingCopies:
    """The people entitled now who have no copy of the issue, neither accepted nor one that may still leave."""
    with context.store.reading() as connection:
        return _missing(connection, context, first_mailing(connection, name))


def send_supplement(
    context: Context,
    name: IssueName,
    *,
    copies: int | None = None,
    leave_out: Collection[str] = (),
    none_lost: bool = False,
) -> SendStart | None:
    """Send the missing copies as a further mailing of the issue: its content and editions, the next copy numbers.

    The people in `leave_out` get none. None when no copy is missing. Refused when there are more or fewer than the
    `copies` that a person has confirmed, and before the issue's own mailing has begun. Refused, too, when a restored
    backup may have lost a supplement, unless people are left out, who have theirs, or `none_lost`, which the history
    keeps.
    """
    context.refuse_at_standstill(Action.SEND_UNSENT)
    with context.store.transaction() as connection:
        take_turns(connection, Work.SUPPLEMENTS)
        mailing = first_mailing(connection, name)
        if mailing.state is MailingState.CANCELLED and not mailing.has_begun:
            raise cancelled(mailing)
        if mailing.state not in _STARTED:
            raise Refused(
                f"{name} is {mailing.state}: plan it again, then send it; a supplement is for what was missed"
            )
        if not may_leave(context, mailing):
            raise Refused(
                f"{name} was never approved", Action.PLAN.of(name), Action.TEST.of(name), Action.APPROVE.of(name)
            )
        missing = without(_missing(connection, context, mailing), leave_out)
        if not missing.people:
            return None
        if none_lost and missing.restored_at is not None:
            context.record(connection, NO_SUPPLEMENT_LOST, name)
        elif not leave_out:
            refuse_if_lost(missing)
        if copies is not None and missing.copies != copies:
            raise Refused(f"{name}: {missing.copies} copies are owed by now, not {copies}; look again")
        _cancel_withheld(connection, mailing, missing.people)
        supplement = _freeze(connection, context, name, mailing, missing.people)
        # A supplement is a few copies: they may be made inside the transaction.
        return begin_within(connection, context, supplement, prove_within(connection, context, supplement))


def without(missing: MissingCopies, persons: Collection[str]) -> MissingCopies:
    """The same but for these people. BadInput when one of them is owed no copy."""
    owed = {judged.person for judged in missing.people}
    if strangers := sorted(set(persons) - owed):
        raise BadInput(f"{strangers[0]} is owed no copy of {missing.issue}, and cannot be left out")
    return replace(missing, people=tuple(judged for judged in missing.people if judged.person not in persons))


def refuse_if_lost(missing: MissingCopies) -> None:
    """Refused when a restored backup may have lost a supplement that these people have."""
    if missing.people and missing.restored_at is not None:
        raise Refused(
            f"a backup was restored on {missing.restored_at:%Y-%m-%d %H:%M} UTC, and a supplement of {missing.issue} sent "
            f"between the backup and that time is lost from sight: {name_all(missing.people)} may have their copies. Where "
            "none was sent, say so (`--none-lost` in the terminal); otherwise leave out each who has one (`--leave-out PERSON`)"
        )


def _restored_at(connection: Connection, mailing: Mailing) -> datetime | None:
    """When a backup was restored in which the mailing had begun; None once a person has said that nothing was lost."""
    resumed = [entry.at for entry in history.entries(connection, "ledger") if entry.verb == RESUMED]
    if not resumed or mailing.first_handover_at is None or mailing.first_handover_at > resumed[-1]:
        return None
    entries = history.entries(connection, mailing.issue)
    is_said = any(entry.verb == NO_SUPPLEMENT_LOST and entry.at >= resumed[-1] for entry in entries)
    return None if is_said else resumed[-1]


def _freeze(
    connection: Connection, context: Context, name: IssueName, first: Mailing, people: tuple[Judged, ...]
) -> Mailing:
    draft = Draft(
        revision=issues.revision_of(connection, first),
        editions=mailings.editions_of(connection, first.id),
        letterhead=Letterhead.load(mailings.letterhead_of(connection, first.id)),
        inputs_hash=first.inputs_hash,
    )
    number = len(mailings.mailings_of(connection, name.newsletter, name.serial))
    first_number = deliveries.next_copy_number(connection, name.newsletter, name.serial)
    numbers = {"first_mailing": first.id, "number": number, "first_number": first_number}
    frozen = freeze_supplement(connection, context, draft, people, **numbers)
    supplement = mailings.mailing(connection, frozen.mailing)
    if supplement.approval_required:
        # Content and editions are those approved; the circulation is what the sender has just confirmed.
        # Where two people are needed, the first is the one who approved the issue.
        four_eyes = context.newsletter(name.newsletter).four_eyes
        approved_by = (first.approved_by if four_eyes else None) or context.who
        approval = {"approved_hash": supplement.seal, "approved_by": approved_by, "approved_at": context.clock.now()}
        mailings.change(connection, supplement.id, **approval)
    context.record(connection, "plan", name, f"supplement {number}, {frozen.copies} copies")
    return mailings.mailing(connection, supplement.id)


def _missing(connection: Connection, context: Context, mailing: Mailing) -> MissingCopies:
    if not mailing.knows_circulation:
        return MissingCopies(issue=mailing.issue, people=(), circulation_known=False)
    corrections = corrections_since(connection, mailing.newsletter, mailing.serial)
    missing, stuck = [], []
    for judged, copies in _entitled_now(connection, context, mailing):
        editions, some_stuck = missing_editions(judged, copies, corrections)
        if editions:
            missing.append(replace(judged, entitlement=replace(judged.entitlement, editions=editions)))
        if some_stuck:
            stuck.append(judged)
    return MissingCopies(
        issue=mailing.issue,
        people=tuple(missing),
        stuck=tuple(stuck),
        restored_at=_restored_at(connection, mailing) if missing else None,
        cancelled_whole=mailing.state is MailingState.CANCELLED and not mailing.has_begun,
    )


def _entitled_now(
    connection: Connection, context: Context, mailing: Mailing
) -> Iterator[tuple[Judged, dict[str, list[Delivery]]]]:
    """Everybody who is entitled to the issue now, with their copies of it by language; read in chunks."""
    for chunk in judge_everybody(connection, context, issues.revision_of(connection, mailing)):
        entitled = [judged for judged in chunk if judged.entitlement.editions]
        persons = {judged.person for judged in entitled}
        served = readers.of_readers(connection, mailing.newsletter, mailing.serial, persons)
        for judged in entitled:
            yield (
                judged,
                {language: served.get((judged.person, language), []) for language in judged.entitlement.editions},
            )


def _cancel_withheld(connection: Connection, mailing: Mailing, people: tuple[Judged, ...]) -> None:
    """Cancel the copies of these people that were held with their address or for a pause: new ones take their place."""
    due = {(judged.person, language) for judged in people for language in judged.entitlement.editions}
    for delivery in deliveries.listing(connection, mailing.newsletter, mailing.serial, State.HELD):
        if was_withheld(delivery) and (delivery.person, delivery.language) in due:
            deliveries.move(connection, delivery, Event.CANCELLED)
