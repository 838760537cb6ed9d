"""Gathers what the secretary is told of a mailing that is done: who has no copy and why, who is held, what is owed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from mailer.domain.bounce import FailureReason
from mailer.domain.delivery import Delivery, State
from mailer.domain.hold import Hold
from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.membership import Seat
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.supplement import find_missing_copies
from mailer.store import Connection, failures, holds, mailings, members
from mailer.store.copies import deliveries
from mailer.views import plain_words

Facts = dict[str, object]
T = TypeVar("T")

# So many are named in a letter; a command names all of them.
NAMED = 40


def digest(context: Context, mailing: Mailing) -> Facts:
    """What the digest of a mailing tells, as plain values."""
    name = IssueName(newsletter=mailing.newsletter, serial=mailing.serial)
    known = context.newsletters.get(mailing.newsletter)
    owed = find_missing_copies(context, name) if known is not None else None
    since = mailing.first_handover_at or mailing.planned_at
    with context.store.reading() as connection:
        counts = deliveries.counts(connection, [mailing.id])
        failed = _failed(connection, mailing)
        doubted = deliveries.of_mailing(connection, mailing.id, State.UNCERTAIN)
        held = deliveries.of_mailing(connection, mailing.id, State.HELD)
        pauses = [one for one in holds.pauses(connection).values() if one.since >= since]
        names = members.names_of(connection, [one.person for one in first(pauses)])
        new_holds = [one for one in holds.listing(connection) if one.since >= since]
        seated = members.seated_at_each(connection, {one.address for one in first(new_holds)})
        return {
            "issue": mailing.issue,
            "newsletter": known.name if known is not None else mailing.newsletter,
            "supplement": mailing.supplement,
            "cancelled": mailing.state is MailingState.CANCELLED,
            "counts": counts,
            "total": sum(counts.values()),
            **cut("failed", failed, dict),
            **cut("uncertain", doubted, copy_facts),
            **cut("held", held, lambda one: {**copy_facts(one), "why": one.held_reason}),
            **cut("holds", new_holds, lambda one: hold_facts(one, seated.get(one.address, []), context.language)),
            **cut("paused", pauses, lambda one: _person(one.person, names.get(one.person, {}), context.language)),
            **cut(
                "owed",
                owed.people if owed else (),
                lambda one: _person(one.person, one.candidate.seat.names, context.language),
            ),
            "owed_copies": owed.copies if owed else 0,
        }


def first(found: Sequence[T]) -> Sequence[T]:
    """Those of them that a letter names."""
    return found[:NAMED]


def cut(name: str, found: Sequence[T], facts: Callable[[T], Facts]) -> Facts:
    """The facts of the first of these under that name, and how many more there are."""
    return {name: [facts(one) for one in first(found)], f"{name}_more": max(0, len(found) - NAMED)}


def copy_facts(copy: Delivery) -> Facts:
    """Whose copy it is."""
    return {
        "id": copy.id,
        "person": copy.person,
        "name": copy.copy.name,
        "address": copy.address,
        "number": copy.copy_number,
    }


def hold_facts(hold: Hold, seats: Sequence[Seat], language: str) -> Facts:
    """An address that is held, with whom it belongs to now, by their seats, and what decided."""
    return {
        "address": str(hold.address),
        "people": sorted({one.person for one in seats}),
        "names": sorted({name_in(one.names, language) or one.person for one in seats}),
        "reason": hold.reason,
        "evidence": [
            {"issue": one.issue, "reason": one.reason.value, "at": one.at.isoformat(), "said": one.said}
            for one in hold.evidence
        ],
    }


def name_in(names: Mapping[str, str], language: str) -> str:
    """Somebody's name in the language, or else in one that it is there in."""
    return names.get(language) or next((name for name in names.values() if name), "")


def _person(person: str, names: Mapping[str, str], language: str) -> Facts:
    return {"person": person, "name": name_in(names, language) or person}


def _failed(connection: Connection, mailing: Mailing) -> list[Facts]:
    """The copies that did not arrive, each with why."""
    failed, found = failures.of_mailings(connection, [mailing.id]), []
    for state in (State.REJECTED, State.BOUNCED):
        for copy in deliveries.of_mailing(connection, mailing.id, state):
            failure = failed.get(copy.id)
            # What a dead sender's journal alone tells of a refusal has no words.
            reason, said = (failure.reason, failure.said) if failure is not None else (FailureReason.UNKNOWN, "")
            found.append(
                {**copy_facts(copy), "reason": reason.value, "trouble": plain_words.trouble(reason), "said": said}
            )
    return found


def about(mailing: Mailing) -> str:
    """What a mailing's digest is about: of each there is one."""
    return f"{mailing.issue}#{mailing.supplement}"


def issue_of(about: str) -> str:
    """The issue of which a digest tells, by what it is about."""
    return about.rpartition("#")[0]


def ended(connection: Connection, since: datetime) -> list[Mailing]:
    """The mailings that ended at that instant or later: those that are closed, and those cancelled on their way.

    A cancelled one ends when its last copy in hand is answered. Where nothing of it had left there is nothing to tell.
    """
    return [one for one in mailings.ended_since(connection, since) if _has_ended(connection, one)]


def _has_ended(connection: Connection, mailing: Mailing) -> bool:
    if mailing.state is MailingState.CANCELLED:
        return mailing.first_handover_at is not None and not deliveries.any_waits(connection, mailing.id)
    return mailing.state is MailingState.CLOSED
