"""Finds the one person, membership or issue that typed words mean; several are listed, and nothing is done."""

from collections.abc import Sequence

from mailer.domain.errors import NotFound, Refused
from mailer.domain.names import label
from mailer.domain.person_match import MOST_NEAREST, KnownPerson, matches, nearest_person, search
from mailer.domain.register_search import parts_within
from mailer.domain.remedy import Action
from mailer.pipeline.context import LONGEST_SERIAL, Context, IssueName
from mailer.store import Connection, issues, members, register_pages

# How many are listed where words mean several.
LISTED = 20


def resolve_person(context: Context, typed: str) -> str:
    """The id of the person whom an id in any case, an address or a name means, or a part of these.

    Raises NotFound for no one, and Refused, with a list, for several.
    """
    with context.store.reading() as connection:
        if members.is_seated(connection, typed):
            return typed
        met = matches(typed, _may_be_meant(connection, typed))
        near = None if met else _nearest(connection, typed)
    if not met:
        hint = f"; the nearest is {near.label}" if near else ""
        raise NotFound(f"there is no person {typed!r} in the register{hint}", Action.LIST_PEOPLE.of())
    if len(met) > 1:
        raise Refused(_list_several(typed, "people", [_describe(person) for person in met]))
    return met[0].person


def resolve_address(context: Context, typed: str) -> str:
    """The register's address of the person who is meant; raises as for a person, and Refused for none or several."""
    person = resolve_person(context, typed)
    with context.store.reading() as connection:
        seats = [seat for seat in members.register_of(connection, [person]).seats if seat.person == person]
    addresses = {seat.address.normal: seat.address.wire for seat in seats if seat.address}
    if not addresses:
        reason = "has no address in the register: enter one in your members table, and import it"
        raise Refused(f"{seats[0].label} {reason}")
    if len(addresses) > 1:
        raise Refused(_list_several(typed, "addresses", list(addresses.values())))
    return next(iter(addresses.values()))


def find_people(context: Context, typed: str) -> list[str]:
    """The ids of all people whom these words may mean, also by membership or organisation, the best match first."""
    with context.store.reading() as connection:
        return [person.person for person in search(typed, _may_be_meant(connection, typed))]


def resolve_membership(context: Context, typed: str) -> str:
    """The id of the membership that an id in any case, an organisation or a person means; raises as for a person."""
    with context.store.reading() as connection:
        names = members.membership_names(connection)
        same = [identity for identity in names if identity.casefold() == typed.strip().casefold()]
        ids = [typed] if typed in names else same or _memberships_of(typed, _may_be_meant(connection, typed))
        near = None if ids else _nearest(connection, typed)
    if not ids:
        hint = f"; the nearest is {near.memberships[0]}, {near.label}" if near else ""
        raise NotFound(
            f"{typed} is not in the register, neither a membership nor its people{hint}", Action.LIST_PEOPLE.of()
        )
    if len(ids) > 1:
        raise Refused(_list_several(typed, "memberships", [label(identity, names[identity]) for identity in ids]))
    return ids[0]


def resolve_issue(context: Context, typed: str) -> IssueName:
    """The issue named `<newsletter>/<serial>`, or by its serial alone where one newsletter has it.

    Raises NotFound for no issue, and Refused, with a list, for several.
    """
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_SERIAL):
        return IssueName.parse(typed)
    with context.store.reading() as connection:
        newsletters = issues.newsletters_with(connection, int(typed))
    names = [IssueName(newsletter=newsletter, serial=int(typed)) for newsletter in newsletters]
    if not names:
        raise NotFound(f"no newsletter has an issue {typed}", Action.LIST_ISSUES.of())
    if len(names) > 1:
        raise Refused(_list_several(typed, "issues", list(map(str, names))))
    return names[0]


def _may_be_meant(connection: Connection, typed: str) -> list[KnownPerson]:
    """The people of whom the database has these words; which of them are meant, and how strictly, is decided after."""
    return members.known_people(connection, parts=parts_within(typed))


def _nearest(connection: Connection, typed: str) -> KnownPerson | None:
    """The person for whom the words are a slip; none is looked for in a register that is too large for it."""
    if register_pages.count_seats(connection, MOST_NEAREST + 1) > MOST_NEAREST:
        return None
    return nearest_person(typed, members.known_people(connection))


def _memberships_of(typed: str, people: Sequence[KnownPerson]) -> list[str]:
    """The memberships of the people whom these words mean, by organisation when they mean no person."""
    met = matches(typed, people) or search(typed, people)
    return list(dict.fromkeys(membership for person in met for membership in person.memberships))


def _describe(person: KnownPerson) -> str:
    facts = [*(organisation for organisation in person.organisations if organisation), *person.addresses]
    return ", ".join([person.label, *person.memberships, *facts])


def _list_several(typed: str, kind: str, lines: Sequence[str]) -> str:
    listed = "".join(f"\n  {line}" for line in lines[:LISTED])
    more = f"\n  and {len(lines) - LISTED} more" if len(lines) > LISTED else ""
    return f"{typed!r} means {len(lines)} {kind}; name one by its id:{listed}{more}"
