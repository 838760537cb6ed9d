"""What the secretary decides about single copies: settle an uncertain one, release a held one."""

from mailer.domain.circulation import Judged
from mailer.domain.delivery import Delivery, Event, State
from mailer.domain.errors import NotFound, Refused
from mailer.domain.mailing import Mailing, MailingState, Step, take
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.entitle import ADDRESS_CHANGED, judge_people, lost
from mailer.store import Connection, history, issues, mailings
from mailer.store.copies import deliveries


def settle(context: Context, identity: int, *, accepted: bool) -> None:
    """An uncertain copy is accepted, or goes out once more (the same Message-ID, so that the reader's mail can tell).

    Refused for a copy that is not uncertain, and for sending again a copy of a cancelled mailing.
    """
    with context.store.transaction() as connection:
        found = find(connection, identity)
        if found.state is not State.UNCERTAIN:
            raise Refused(f"delivery {identity} is {found.state}, not uncertain: there is nothing to settle")
        if accepted:
            _move(connection, found, Event.SETTLED_ACCEPTED)
        else:
            _reopen(connection, mailings.mailing(connection, found.mailing))
            _move(connection, found, Event.SETTLED_RESEND, judged_by="")
        _note(connection, context, "settle", identity, "accepted" if accepted else "resend")


def release(context: Context, identity: int) -> str:
    """A held copy is pending again, with the address and words that the register has now; returns the address.

    Refused while its reader is not entitled: the reason is named.
    """
    with context.store.transaction() as connection:
        found = find(connection, identity)
        if found.state is not State.HELD:
            raise Refused(f"delivery {identity} is {found.state}, not held: there is nothing to release")
        mailing = mailings.mailing(connection, found.mailing)
        revision = issues.revision_of(connection, mailing.content_hash)
        assert revision is not None, "a mailing's revision is kept for ever"
        judged = judge_people(connection, context, revision, {found.person}).get(found.person)
        reason = lost(judged, found.language, {found.address})
        address = judged.candidate.seat.address if judged else None
        if (reason is not None and reason != ADDRESS_CHANGED) or address is None:
            raise Refused(
                f"delivery {identity}: person {found.person} is not entitled now ({reason})",
                Action.EXPLAIN.of(found.person, mailing.issue),
            )
        _reopen(connection, mailing)
        words = _words(judged, found)
        _move(connection, found, Event.RELEASED, judged_by="", address=address.wire, **words)
        _note(connection, context, "release", identity, reason or found.held_reason or "")
        return address.wire


def find(connection: Connection, identity: int) -> Delivery:
    """The delivery with this id; NotFound says how to list them."""
    found = deliveries.delivery(connection, identity)
    if found is None:
        raise NotFound(f"there is no delivery {identity}", Action.LIST_COPIES.of("ISSUE"))
    return found


def _reopen(connection: Connection, found: Mailing) -> None:
    if found.state is MailingState.CANCELLED:
        raise Refused(f"{found.issue} is cancelled", Action.SEND_UNSENT.of(found.issue))
    if found.state is MailingState.CLOSED:
        mailings.move(connection, found, take(found.state, Step.REOPEN))


def _words(judged: Judged | None, found: Delivery) -> dict[str, str]:
    """The person's name and salutation as the register has them now: what made a copy impossible may be mended."""
    seat = judged.candidate.seat if judged else None
    return {
        "name": (seat.names.get(found.language) if seat else None) or found.copy.name,
        "salutation": (seat.salutations.get(found.language) if seat else None) or found.copy.salutation,
    }


def _move(connection: Connection, found: Delivery, event: Event, **also: object) -> None:
    if not deliveries.move(connection, found, event, **also):
        raise Refused(
            f"delivery {found.id} has just been changed by another person or process", Action.SHOW_COPY.of(found.id)
        )


def _note(connection: Connection, context: Context, verb: str, identity: int, detail: str) -> None:
    history.record(
        connection, at=context.clock.now(), who=context.who, verb=verb, subject=f"delivery {identity}", detail=detail
    )
