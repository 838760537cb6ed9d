"""Says why a person gets an issue, or not: now, from the register, and as it was frozen."""

from mailer.domain.errors import NotFound
from mailer.domain.explanation import Explanation
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.mailings.entitle import judge_people
from mailer.store import mailings
from mailer.store.copies import readers


def why(context: Context, person: str, name: IssueName) -> Explanation:
    """Whether this person gets this issue, by which rule and on what evidence; NotFound for a person not in the register."""
    with context.store.reading() as connection:
        people = judge_people(connection, context, find_revision(connection, name), {person})
        if person not in people:
            raise NotFound(f"there is no person {person!r} in the register", Action.LIST_PEOPLE.of())
        found = mailings.mailings_of(connection, name.newsletter, name.serial)
        frozen = mailings.decisions(connection, [one.id for one in found], person=person)
        listed = readers.of_person(connection, person)
        return Explanation(
            person=person,
            issue=str(name),
            now=people[person],
            frozen=next(iter(frozen), None),
            copies=tuple(copy for issue, copy in listed if issue == str(name)),
        )


# What each rule says, in the order of the contract's table; `{}` is the evidence.
RULES = {
    1: "their membership belongs to a circle that this newsletter does not go to",
    2: "their membership or seat ended on or before the issue's date",
    3: "the register has no e-mail address for them",
    4: "honorary and complimentary members receive it while their free time lasts",
    5: "the membership's seats are taken by others",
    6: "a fully paid period covers the issue's date",
    7: "the paid time ended, but within the newsletter's days of grace",
    8: "something was paid for a period that covers the issue's date, but not the whole fee",
    9: "no fully paid period covers the issue's date",
    10: "they would receive it, but their copies are paused on the issue's date",
    11: "they would receive it, but their address is held",
    12: "they would receive it, but the issue has no edition in their languages",
}
