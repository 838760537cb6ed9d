"""Compiles every edition of an issue to see what looks wrong in it, once for the same content and templates."""

from dataclasses import dataclass, field
from functools import lru_cache

from mailer.domain.shelf import Revision
from mailer.formats.edition.compile import subject_notes, warnings
from mailer.formats.message.size import largest_size
from mailer.pipeline.context import Context
from mailer.pipeline.issues.compile import compile_editions, load_issue, style_notes

# Issues whose findings are remembered: those that people look at in a month.
_REMEMBERED = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Compilation:
    """An issue with what it is compiled from; two are the same when both hashes are."""

    content: str
    inputs: str
    revision: Revision = field(compare=False)
    context: Context = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """What an issue's editors should look at, a sentence each, and how many octets its largest copy has."""

    of_issue: tuple[str, ...]
    of_editions: tuple[str, ...]
    largest: int


@lru_cache(maxsize=_REMEMBERED)
def find_soundness(compilation: Compilation) -> Soundness:
    """Compile every edition. Raises MailerError naming the template or season, which is not remembered."""
    context = compilation.context
    with context.store.reading() as connection:
        issue = load_issue(connection, compilation.revision)
    editions = compile_editions(context, issue).values()
    return Soundness(
        of_issue=(*issue.notes, *subject_notes(issue, context.newsletter(issue.newsletter))),
        of_editions=(*style_notes(context, issue), *sorted({note for each in editions for note in warnings(each)})),
        largest=largest_size(editions, {picture.name: picture for picture in issue.pictures}),
    )
