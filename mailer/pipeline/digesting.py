"""Gathers what the secretary is told of a mailing that is done: who has no copy and why, who is held, what is owed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from mailer.domain.bounce import Reason
from mailer.domain.delivery import State
from mailer.domain.mailing import Mailing
from mailer.formats import plain_words
from mailer.pipeline.press import IssueName, Press
from mailer.pipeline.supplementing import unsent
from mailer.store import Connection, deliveries, failures, holds, members
from mailer.store.deliveries import Delivery
from mailer.store.holds import Hold

Facts = dict[str, object]

# So many are named in a letter; a command names all of them.
NAMED = 40


def digest(press: Press, mailing: Mailing) -> Facts:
    """What the digest of a mailing tells, as plain values."""
    name = IssueName(newsletter=mailing.newsletter, serial=mailing.serial)
    known = press.newsletters.get(mailing.newsletter)
    owed = unsent(press, name) if known is not None else None
    since = mailing.first_handover_at or mailing.planned_at
    with press.store.reading() as connection:
        counts = deliveries.counts(connection, [mailing.id])
        failed = _failed(connection, mailing)
        doubted = deliveries.of_mailing(connection, mailing.id, State.UNCERTAIN)
        held = deliveries.of_mailing(connection, mailing.id, State.HELD)
        pauses = [one for one in holds.pauses(connection).values() if one.since >= since]
        names = members.names_of(connection, [one.person for one in pauses])
        new_holds = [one for one in holds.listing(connection) if one.since >= since]
        return {
            "issue": mailing.issue,
            "newsletter": known.name if known is not None else mailing.newsletter,
            "supplement": mailing.supplement,
            "counts": counts,
            "total": sum(counts.values()),
            **cut("failed", failed),
            **cut("uncertain", [copy_facts(one) for one in doubted]),
            **cut("held", [{**copy_facts(one), "why": one.held_reason} for one in held]),
            **cut("holds", [hold_facts(connection, one, press.language) for one in new_holds]),
            **cut("paused", [_person(one.person, names.get(one.person, {}), press.language) for one in pauses]),
            **cut(
                "owed", _owed(press, [(one.person, one.candidate.seat.names) for one in owed.people] if owed else [])
            ),
            "owed_copies": owed.copies if owed else 0,
        }


def cut(name: str, facts: Sequence[Facts]) -> Facts:
    """The first of these under that name, and how many more there are."""
    return {name: list(facts[:NAMED]), f"{name}_more": max(0, len(facts) - NAMED)}


def copy_facts(copy: Delivery) -> Facts:
    """Whose copy it is."""
    return {
        "id": copy.id,
        "person": copy.person,
        "name": copy.name,
        "address": copy.address,
        "number": copy.copy_number,
    }


def hold_facts(connection: Connection, hold: Hold, language: str) -> Facts:
    """An address that is held, with whom it belongs to now and what decided."""
    seats = members.seated_at(connection, hold.address)
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


def _owed(press: Press, people: Sequence[tuple[str, Mapping[str, str]]]) -> list[Facts]:
    return [_person(person, names, press.language) for person, names in people]


def _failed(connection: Connection, mailing: Mailing) -> list[Facts]:
    """The copies that did not arrive, each with why."""
    failed, found = failures.of_mailings(connection, [mailing.id]), []
    for state in (State.REJECTED, State.BOUNCED):
        for copy in deliveries.of_mailing(connection, mailing.id, state):
            failure = failed.get(copy.id)
            # What a dead sender's journal alone tells of a refusal has no words.
            reason, said = (failure.reason, failure.said) if failure is not None else (Reason.UNKNOWN, "")
            found.append(
                {**copy_facts(copy), "reason": reason.value, "trouble": plain_words.trouble(reason), "said": said}
            )
    return found


def about(mailing: Mailing) -> str:
    """What a mailing's digest is about: of each there is one."""
    return f"{mailing.issue}#{mailing.supplement}"


def is_recent(mailing: Mailing, since: datetime) -> bool:
    """Whether a mailing was sent after that instant: of those long ago nobody wants to be told."""
    begun = mailing.first_handover_at or mailing.starts_at
    return begun is not None and begun >= since
