"""Explains why a person receives an issue, or does not: by the register as it is now, and as it was frozen."""

from mailer.domain.errors import NotFound
from mailer.domain.explanation import Explanation
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.mailings.entitle import judge_people
from mailer.store import mailings
from mailer.store.copies import readers


def explain_entitlement(context: Context, person: str, name: IssueName) -> Explanation:
    """The person's decision, with its rule and evidence; NotFound for a person who is not in the register."""
    with context.store.reading() as connection:
        people = judge_people(connection, context, find_revision(connection, name), {person})
        if person not in people:
            raise NotFound(f"there is no person {person!r} in the register", Action.LIST_PEOPLE.of())
        every = mailings.mailings_of(connection, name.newsletter, name.serial)
        frozen = mailings.decisions(connection, [mailing.id for mailing in every], person=person)
        copies = readers.of_person(connection, person)
        return Explanation(
            person=person,
            issue=str(name),
            now=people[person],
            frozen=frozen[0] if frozen else None,
            copies=tuple(copy for issue, copy in copies if issue == str(name)),
        )
