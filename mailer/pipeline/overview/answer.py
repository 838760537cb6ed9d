"""Answers any question typed into the one box: about a person, an address, a copy, an issue or a returned mail."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from mailer.domain.address import Address
from mailer.domain.answer import AnsweredQuestion, CopyAnswer, IssueAnswer, NoAnswer, PersonAnswer
from mailer.domain.delivery import Delivery
from mailer.domain.person_match import MOST_NEAREST, matches, nearest_person, search
from mailer.domain.register_search import words_of
from mailer.formats.question import MOST, Numbered, TypedQuestion, read_question
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.why import explain_entitlement, fates_of
from mailer.store import Connection, holds, issues, mailings, members, register_pages, reports
from mailer.store.copies import deliveries, readers
from mailer.store.register_pages import PeopleFilter

# So many people are answered in full, so many are listed, and so many copies are shown.
MOST_PEOPLE = 3
MOST_LISTED = 20
# Of the people whose names, addresses and ids have all of the words, so many are compared.
MOST_MATCHED = 500
MOST_COPIES = 8
# What became of so many of the last issues is told of a person.
LAST_ISSUES = 3
# What has more characters is no name, with an organisation and a membership beside it.
LONGEST_NAME = 500
# Of a copy number alone, the copies of so many of the last issues are shown.
NUMBERED_ISSUES = 6
_TYPED = 120


def answer(context: Context, typed: str, *, sees_people: bool = True) -> AnsweredQuestion:
    """The answer to what was typed; never raises, whatever it is.

    Without `sees_people` only issues and copies are answered, and who reads them is left out.
    """
    shown = " ".join(typed[:_TYPED].split())
    if not typed.strip():
        return AnsweredQuestion(typed="", why_none=NoAnswer.EMPTY)
    if len(typed) > MOST:
        return AnsweredQuestion(typed=shown, why_none=NoAnswer.TOO_LONG)
    question = read_question(typed, context.keys)
    if not sees_people and question.number is None:
        return AnsweredQuestion(typed=shown, why_none=NoAnswer.FORBIDDEN)
    if question.number is not None:
        answered = _number(context, question, shown, sees_people=sees_people)
    elif question.named or question.addresses or question.is_pasted:
        answered = _mail(context, question, shown)
    else:
        answered = _words(context, question.text, shown)
    return answered if answered.is_answered else replace(answered, why_none=NoAnswer.NOTHING)


def _number(context: Context, question: TypedQuestion, shown: str, *, sees_people: bool) -> AnsweredQuestion:
    """The issues, copies and reports with this number, as far as the words around it allow."""
    number, counts = question.number or 0, question.counts
    with context.store.reading() as connection:
        named = _issues(connection, question, number) if counts in {Numbered.ISSUE, Numbered.ANY} else []
        copies: list[int] = []
        if counts in {Numbered.COPY, Numbered.ANY}:
            copies += _copies_numbered(connection, question, number)
        if counts is Numbered.DELIVERY:
            copies.append(number)
        report = reports.report(connection, number) if counts is Numbered.REPORT and sees_people else None
        return AnsweredQuestion(
            typed=shown,
            issues=tuple(named),
            copies=_copies(connection, context, copies),
            reports=(report.id,) if report is not None else (),
        )


def _issues(connection: Connection, question: TypedQuestion, number: int) -> list[IssueAnswer]:
    names = [
        IssueName(newsletter=newsletter, serial=number)
        for newsletter in issues.newsletters_with(connection, number)
        if question.newsletter in {"", newsletter}
    ]
    answers = []
    for name in names:
        revision = issues.latest_revision(connection, name.newsletter, name.serial)
        every = mailings.mailings_of(connection, name.newsletter, name.serial)
        if revision is not None:
            state = every[0].state if every else None
            answers.append(IssueAnswer(issue=str(name), title=revision.title, date=revision.date, state=state))
    return answers


def _copies_numbered(connection: Connection, question: TypedQuestion, number: int) -> list[int]:
    """The copies with this number: of the issue named, else of the last issues."""
    if question.serial is None:
        last = mailings.firsts(connection, NUMBERED_ISSUES)
        names = [IssueName(newsletter=mailing.newsletter, serial=mailing.serial) for mailing in last]
    else:
        newsletters = issues.newsletters_with(connection, question.serial)
        names = [
            IssueName(newsletter=newsletter, serial=question.serial)
            for newsletter in newsletters
            if question.newsletter in {"", newsletter}
        ]
    numbered = (deliveries.numbered(connection, name.newsletter, name.serial, number) for name in names)
    return [identity for identity in numbered if identity is not None]


def _copies(connection: Connection, context: Context, identities: Iterable[int]) -> tuple[CopyAnswer, ...]:
    wanted = list(dict.fromkeys(identities))[:MOST_COPIES]
    copies = deliveries.deliveries_with(connection, wanted)
    fates = fates_of(connection, context, [copies[identity] for identity in wanted if identity in copies])
    return tuple(
        CopyAnswer(issue=mailing.issue, timezone=_timezone(context, mailing.newsletter), fate=fate)
        for mailing, fate in fates
    )


def _timezone(context: Context, newsletter: str) -> str:
    settings = context.newsletters.get(newsletter)
    return settings.schedule.timezone if settings is not None else "UTC"


def _mail(context: Context, question: TypedQuestion, shown: str) -> AnsweredQuestion:
    """The copies that our signatures name, else the people who have or had the addresses."""
    with context.store.reading() as connection:
        named = deliveries.deliveries_with(connection, sorted(question.named)[:MOST_COPIES])
        persons = [copy.person for copy in named.values()] or _persons_at(connection, question.addresses)
        seated = [person for person in dict.fromkeys(persons) if members.is_seated(connection, person)]
        copies = list(named.values()) or _copies_to(connection, question.addresses, seated)
        answered = AnsweredQuestion(
            typed=shown,
            copies=_copies(connection, context, [copy.id for copy in copies]),
            reason=question.reason,
            words=question.words,
        )
    return replace(answered, people=_people(context, seated[:MOST_PEOPLE]))


def _persons_at(connection: Connection, addresses: Sequence[Address]) -> list[str]:
    at = members.seated_at_each(connection, {address.normal for address in addresses})
    return [seat.person for address in addresses for seat in at.get(address.normal, [])]


def _copies_to(connection: Connection, addresses: Sequence[Address], seated: Collection[str]) -> list[Delivery]:
    """The last copies that went to an address that no one in the register has any more."""
    if seated or not addresses:
        return []
    return readers.to_address(connection, {form for address in addresses for form in (address.wire, address.normal)})


def _words(context: Context, text: str, shown: str) -> AnsweredQuestion:
    """The person whom these words mean; several are listed."""
    if len(text) > LONGEST_NAME:
        return AnsweredQuestion(typed=shown)
    words = words_of(text)
    with context.store.reading() as connection:
        wanted = PeopleFilter(parts=words)
        places = register_pages.places(connection, wanted, None, MOST_MATCHED) if words else []
        likely = members.known_people(connection, {person for _, person, _ in places})
        met = matches(text, likely) or search(text, likely)
        # A slip is looked for in a register that is read at once.
        is_slip = not met and bool(words) and register_pages.count_seats(connection, MOST_NEAREST + 1) <= MOST_NEAREST
        nearest = nearest_person(text, members.known_people(connection)) if is_slip else None
    if len(met) == 1:
        return AnsweredQuestion(typed=shown, people=_people(context, [met[0].person]))
    more = max(0, len(met) - MOST_LISTED)
    return AnsweredQuestion(typed=shown, listed=tuple(met[:MOST_LISTED]), more=more, nearest=nearest)


def _people(context: Context, persons: Sequence[str]) -> tuple[PersonAnswer, ...]:
    with context.store.reading() as connection:
        held = holds.listing(connection) if persons else []
        last = [each for each in mailings.firsts(connection, LAST_ISSUES) if each.newsletter in context.newsletters]
        names = members.names_of(connection, persons)
        pauses = holds.pauses(connection, persons)
        seats = members.register_of(connection, persons).seats
    addresses: dict[str, set[str]] = {person: set() for person in persons}
    for seat in seats:
        if seat.address is not None and seat.person in addresses:
            addresses[seat.person].add(seat.address.normal)
    return tuple(
        PersonAnswer(
            person=person,
            name=next((name for name in names.get(person, {}).values() if name), ""),
            issues=tuple(explain_entitlement(context, person, IssueName.parse(mailing.issue)) for mailing in last),
            holds=tuple(hold for hold in held if hold.address in addresses[person]),
            own_pauses=tuple(pauses.get(person, ())),
        )
        for person in persons
    )
