"""Finds the issues of a time that people are owed now, for example after a late payment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mailer.domain.delivery import Delivery
from mailer.domain.mailing import Mailing
from mailer.domain.membership import Period
from mailer.domain.shelf import Revision
from mailer.domain.supplement import missing_editions
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.corrections import corrections_since
from mailer.pipeline.mailings.entitle import judge_people
from mailer.store import issues, mailings
from mailer.store.copies import readers

# The newest revisions are looked at: the shelf of a club that pays late by more is another matter.
MOST_REVISIONS = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedIssue:
    """An issue that has begun to leave, with the labels of the people who are owed a copy of it."""

    issue: IssueName
    title: str
    people: tuple[str, ...]


def missed_issues(context: Context, persons: Collection[str], period: Period) -> list[MissedIssue]:
    """The issues dated within the period of which these people are owed copies now, by the register, newest first."""
    missed = list[MissedIssue]()
    newsletters = context.newsletters
    with context.store.reading() as connection:
        for revision in issues.dated_within(connection, period.first, period.last, MOST_REVISIONS):
            every = mailings.mailings_of(connection, revision.newsletter, revision.serial)
            if not any(_has_left(mailing, revision) for mailing in every) or revision.newsletter not in newsletters:
                continue
            corrections = corrections_since(connection, revision.newsletter, revision.serial)
            copies = readers.of_readers(connection, revision.newsletter, revision.serial, persons)
            owed = tuple(
                judged.label
                for judged in judge_people(connection, context, revision, persons).values()
                if missing_editions(judged, _of_person(copies, judged.person), corrections)[0]
            )
            if owed:
                name = IssueName(newsletter=revision.newsletter, serial=revision.serial)
                missed.append(MissedIssue(issue=name, title=revision.title, people=owed))
    return missed


def _has_left(mailing: Mailing, revision: Revision) -> bool:
    """Whether this is the issue's own mailing of this revision, it has begun, and its circulation is known."""
    own = not mailing.supplement and mailing.content_hash == revision.content_hash
    return own and mailing.has_begun and mailing.knows_circulation


def _of_person(copies: Mapping[tuple[str, str], list[Delivery]], person: str) -> dict[str, list[Delivery]]:
    return {language: own for (reader, language), own in copies.items() if reader == person}
