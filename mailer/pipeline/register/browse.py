"""Shows the register a page at a time: people by name and standing, and whose time ends before an issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mailer.domain.entitlement import EntitlementReason
from mailer.domain.membership import MembershipKind, Seat
from mailer.domain.register_ids import following_id
from mailer.domain.register_search import parts_of
from mailer.domain.standing import Standing, standings
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.changes import unbegun_mailings
from mailer.pipeline.register.people import refuse_unknown_membership
from mailer.store import Connection, history, issues, register_pages
from mailer.store.members import membership_register, register_of
from mailer.store.register_pages import PeopleFilter, Place

PAGE = 50
# Of people with a rare standing, how many rows are judged before the reader is asked to go on.
MOST_JUDGED = 1_000
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """A page of the register; `next` is where the next one begins after, None at the end.

    `looked_at` counts the rows that were judged, where not all of them are shown.
    """

    people: tuple[Standing, ...]
    next: Place | None
    looked_at: int


def people_page(
    context: Context,
    *,
    typed: str = "",
    kind: MembershipKind | None = None,
    circle: str | None = None,
    standing: EntitlementReason | None = None,
    after: Place | None = None,
) -> PeoplePage:
    """The next people by name, narrowed by words, with their standing today."""
    wanted = PeopleFilter(parts=parts_of(typed), kind=kind, circle=circle)
    size = PAGE if standing is None else _CHUNK
    people, place, looked_at = list[Standing](), after, 0
    with context.store.reading() as connection:
        while True:
            listed = register_pages.places(connection, wanted, place, size + 1)
            for row, judged in zip(listed[:size], _standings_at(connection, context, listed[:size]), strict=True):
                if len(people) == PAGE:
                    return PeoplePage(people=tuple(people), next=place, looked_at=looked_at)
                place = row
                looked_at += 1
                if standing is None or judged.reason is standing:
                    people.append(judged)
            if len(listed) <= size:
                return PeoplePage(people=tuple(people), next=None, looked_at=looked_at)
            if len(people) == PAGE or looked_at >= MOST_JUDGED:
                return PeoplePage(people=tuple(people), next=place, looked_at=looked_at)


def _standings_at(connection: Connection, context: Context, rows: Sequence[Place]) -> list[Standing]:
    register = register_of(connection, {person for _, person, _ in rows})
    judged = standings(register, context.clock.now().date(), context.fees)
    return [judged[membership, person] for _, person, membership in rows]


def circles_of(context: Context) -> list[str]:
    """The circulations of the newsletters, in the order of their settings, then those that only the register has."""
    with context.store.reading() as connection:
        used = register_pages.circles(connection)
    served = [circle for each in context.newsletters.values() for circle in each.circulations]
    return list(dict.fromkeys([*served, *sorted(used)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """People who have a paid or free time today, and none on a later day; `next` is the membership to go on after."""

    people: tuple[Standing, ...]
    next: str | None


def expiring(context: Context, day: date, *, after: str = "", size: int = 200) -> Expiring:
    """Who gets issues today and would get none dated on that day, by membership."""
    today = context.clock.now().date()
    with context.store.reading() as connection:
        ids = register_pages.ending_memberships(connection, today, day, after, size + 1)
        register = register_of(connection, register_pages.people_of(connection, ids[:size]))
    now, later = standings(register, today, context.fees), standings(register, day, context.fees)
    people = [
        judged
        for key, judged in now.items()
        if key[0] in ids[:size] and judged.entitlement.receives and later[key].reason is EntitlementReason.EXPIRED
    ]
    people.sort(key=lambda judged: (judged.seat.membership, judged.seat.number or 0, judged.seat.person))
    return Expiring(people=tuple(people), next=ids[size - 1] if len(ids) > size else None)


def standings_of(context: Context, person: str) -> list[Standing]:
    """How the person stands today on each membership."""
    with context.store.reading() as connection:
        register = register_of(connection, [person])
    judged = standings(register, context.clock.now().date(), context.fees)
    return [judged[key] for key in sorted(judged) if key[1] == person]


def lacking_words(context: Context, seat: Seat) -> tuple[str, ...]:
    """The columns without which no copy can be made for a person who has an address: a name and a salutation of each
    language in which they read a newsletter.
    """
    if seat.address is None or seat.ended_on is not None:
        return ()
    offered = [newsletter.languages for newsletter in context.newsletters.values()]
    read = dict.fromkeys(
        language for languages in offered for language in seat.languages or languages[:1] if language in languages
    )
    words = (("name", seat.names), ("salutation", seat.salutations))
    return tuple(f"{word}_{language}" for language in read for word, texts in words if not texts.get(language))


def standings_on(context: Context, membership: str) -> list[Standing]:
    """How everybody on the membership stands today, by seat; NotFound for an unknown membership."""
    with context.store.reading() as connection:
        register = membership_register(connection, membership)
        refuse_unknown_membership(register, membership)
        persons = {seat.person for seat in register.seats}
        whole = register_of(connection, persons)
    judged = standings(whole, context.clock.now().date(), context.fees)
    return [judged[seat.membership, seat.person] for seat in register.seats]


def next_ids(context: Context) -> tuple[str, str]:
    """The next free ids of a membership and of a person, in the manner of the ids that are there."""
    with context.store.reading() as connection:
        membership, person = register_pages.greatest_ids(connection)
        return (
            _never_used(connection, following_id(membership) or "M001"),
            _never_used(connection, following_id(person) or "P001"),
        )


def _never_used(connection: Connection, name: str) -> str:
    """This id, or the next one without an entry in the history: those of an erased person would count as the new one's."""
    while history.entries(connection, name):
        name = following_id(name)
    return name


def next_issue_day(context: Context) -> date:
    """The date of the next issue: of one that is pulled and has not left, else the first day of the next month."""
    today = context.clock.now().date()
    with context.store.reading() as connection:
        days = [issues.revision_of(connection, mailing).date for mailing in unbegun_mailings(connection, context)]
    coming = [day for day in days if day > today]
    return min(coming, default=(today.replace(day=1) + timedelta(days=32)).replace(day=1))
