"""Shows a frozen circulation to read aloud: by name, who is left out and why, and what differs from the issue before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from mailer.domain.circulation_change import CirculationChange
from mailer.domain.mailing import REPLANNABLE, Mailing
from mailer.domain.names import NamedPerson
from mailer.domain.search import ROWS, CirculationLine, CirculationSearch, Slice
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.changes import circulation_change
from mailer.pipeline.mailings.steps import all_mailings
from mailer.store import Connection, circulation_pages, circulations, mailings
from mailer.store.copies import deliveries

# So many people who joined or lapsed are named on a page.
NAMED = 100
# A plan of more people is not compared with the register for a page, which would take many seconds; `send` does it.
COMPARED = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """A recipient of the issue before who does not receive this one, and why: the reason of the rule, empty when the
    person is no longer in the register.
    """

    person: NamedPerson
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CirculationAccount:
    """A circulation in numbers, and what differs from the issue before (`previous`, None for the first one).

    `joined` and `lapsed` name the first people, `joined_number` and `lapsed_number` count all. `reasons` are the numbers
    of people by decision and reason, `copies` the copies by language. `change` is how the plan differs from the register
    now, before it is begun; that is found out when it is sent where there are very many people (`compared_later`).
    """

    mailing: Mailing
    reasons: Mapping[tuple[str, str], int]
    copies: Mapping[str, int]
    previous: Mailing | None
    joined: Sequence[NamedPerson]
    joined_number: int
    lapsed: Sequence[Lapse]
    lapsed_number: int
    change: CirculationChange | None
    compared_later: bool

    @property
    def recipients(self) -> int:
        """How many people receive the issue."""
        return self._people(circulation_pages.RECIPIENT)

    @property
    def excluded(self) -> int:
        """How many do not."""
        return self._people(circulation_pages.EXCLUDED)

    def _people(self, decision: str) -> int:
        return sum(number for (of, _), number in self.reasons.items() if of == decision)


def circulation_account(context: Context, name: IssueName, *, named: int = NAMED) -> CirculationAccount:
    """The circulation of an issue in numbers; NotFound without a plan. At most `named` people who joined or lapsed."""
    with context.store.reading() as connection:
        every = all_mailings(connection, name)
        first, identities = every[0], [mailing.id for mailing in every]
        previous = mailings.previous_mailing(connection, name.newsletter, name.serial)
        joined, lapsed = _differences(connection, first.id, previous, named)
        comparable = first.state in REPLANNABLE and name.newsletter in context.newsletters and not first.has_begun
        reasons = circulation_pages.reasons(connection, identities)
        compared = comparable and sum(reasons.values()) <= COMPARED
        return CirculationAccount(
            mailing=first,
            reasons=reasons,
            copies=deliveries.counts_by_language(connection, identities),
            previous=mailings.mailing(connection, previous) if previous is not None else None,
            joined=joined,
            joined_number=circulations.count_only_in(connection, first.id, previous) if previous is not None else 0,
            lapsed=lapsed,
            lapsed_number=circulations.count_only_in(connection, previous, first.id) if previous is not None else 0,
            change=circulation_change(connection, context, first) if compared else None,
            compared_later=comparable and not compared,
        )


def circulation_page(
    context: Context, name: IssueName, search: CirculationSearch, language: str, *, after: str = ""
) -> Slice[CirculationLine]:
    """The next people of a circulation who fit, by name, behind the person `after`."""
    with context.store.reading() as connection:
        identities = [mailing.id for mailing in all_mailings(connection, name)]
        languages = _languages(context, name, language)
        lines = circulation_pages.page(connection, identities, search, languages, after=after, limit=ROWS + 1)
        return Slice.of(lines)


def whole_circulation(
    context: Context, name: IssueName, search: CirculationSearch, language: str
) -> Iterator[CirculationLine]:
    """Everybody who fits, by name, read while they are shown."""
    with context.store.reading() as connection:
        identities = [mailing.id for mailing in all_mailings(connection, name)]
        yield from circulation_pages.everybody(connection, identities, search, _languages(context, name, language))


def _languages(context: Context, name: IssueName, language: str) -> list[str]:
    """The page's language before those of the newsletter: names are shown in the first that has one."""
    newsletter = context.newsletters.get(name.newsletter)
    return list(dict.fromkeys([language, *(newsletter.languages if newsletter else ()), "en", "ru"]))


def _differences(
    connection: Connection, mailing: int, previous: int | None, named: int
) -> tuple[list[NamedPerson], list[Lapse]]:
    if previous is None:
        return [], []
    joined = list(islice(circulations.only_in(connection, mailing, previous), named))
    lapsed = list(islice(circulations.only_in(connection, previous, mailing), named))
    reasons = circulations.exclusion_reasons(connection, mailing, [each.person for each in lapsed])
    return joined, [Lapse(person=each, reason=reasons.get(each.person, "")) for each in lapsed]
