"""Explains why a person receives an issue, or does not, and what became of their copies."""

from collections.abc import Sequence

from mailer.domain.delivery import Delivery, Event
from mailer.domain.errors import NotFound
from mailer.domain.explanation import CopyFate, Explanation, grounds_of
from mailer.domain.mailing import Mailing
from mailer.domain.open_items import replaces
from mailer.domain.remedy import Action
from mailer.domain.supplement import Corrections
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.mailings.corrections import corrections_since
from mailer.pipeline.mailings.departure import departure_of
from mailer.pipeline.mailings.entitle import judge_people
from mailer.store import Connection, circulations, mailings
from mailer.store.copies import deliveries, readers


def explain_entitlement(context: Context, person: str, name: IssueName) -> Explanation:
    """The person's decision, with its rule and evidence, and copies; NotFound for a person who is not in the register."""
    with context.store.reading() as connection:
        revision = find_revision(connection, name)
        people = judge_people(connection, context, revision, {person})
        if person not in people:
            raise NotFound(f"there is no person {person!r} in the register", Action.LIST_PEOPLE.of())
        grounds = grounds_of(people[person], revision.date, context.fees)
        every = mailings.mailings_of(connection, name.newsletter, name.serial)
        frozen = circulations.decisions(connection, [mailing.id for mailing in every], person=person)
        return Explanation(
            person=person,
            name=people[person].name,
            issue=str(name),
            date=revision.date,
            timezone=context.newsletter(name.newsletter).schedule.timezone,
            now=people[person],
            frozen=frozen[0] if frozen else None,
            fates=tuple(_fates(connection, context, person, name, every)),
            periods=grounds.periods,
            shortfalls=grounds.shortfalls,
        )


def fates_of(connection: Connection, context: Context, copies: Sequence[Delivery]) -> list[tuple[Mailing, CopyFate]]:
    """What became of each of these copies, of any issues, with its mailing."""
    every = {identity: mailings.mailing(connection, identity) for identity in {copy.mailing for copy in copies}}
    corrections = {
        mailing.issue: corrections_since(connection, mailing.newsletter, mailing.serial) for mailing in every.values()
    }
    fates = []
    for copy in copies:
        mailing = every[copy.mailing]
        of_person = readers.of_readers(connection, mailing.newsletter, mailing.serial, {copy.person})
        same = of_person.get((copy.person, copy.language), [copy])
        fates.append((mailing, _fate(connection, context, copy, mailing, corrections[mailing.issue], same)))
    return fates


def _fates(
    connection: Connection, context: Context, person: str, name: IssueName, every: Sequence[Mailing]
) -> list[CopyFate]:
    """What became of each copy of the issue for this person, by copy number."""
    copies = [copy for issue, copy in readers.of_person(connection, person) if issue == str(name)]
    mailing_of = {mailing.id: mailing for mailing in every}
    corrections = corrections_since(connection, name.newsletter, name.serial)
    return [
        _fate(connection, context, copy, mailing_of[copy.mailing], corrections, copies)
        for copy in sorted(copies, key=lambda copy: copy.copy_number)
    ]


def _fate(
    connection: Connection,
    context: Context,
    copy: Delivery,
    mailing: Mailing,
    corrections: Corrections,
    copies: Sequence[Delivery],
) -> CopyFate:
    attempts = deliveries.attempts_of(connection, copy.id)
    accepted = [attempt.finished_at for attempt in attempts if attempt.outcome == Event.ACCEPTED]
    return CopyFate(
        copy=copy,
        mailing=mailing.state,
        supplement=mailing.supplement,
        replaced=any(
            later.language == copy.language and later.id > copy.id and replaces(later.state) for later in copies
        ),
        accepted_at=accepted[-1] if accepted else None,
        tried_at=attempts[-1].finished_at if attempts else None,
        failure=corrections.failures.get(copy.id),
        departure=departure_of(connection, context, mailing),
        owed=copy.id in corrections.owed_among([copy]),
    )
