"""Shows one copy of an issue as its reader would get it, and how the copies of two readers differ."""

from dataclasses import dataclass

from mailer.domain.circulation import Copy, copies_for
from mailer.domain.edition import Edition, Variant, variant_named
from mailer.domain.errors import MailerError, Refused
from mailer.domain.insert import Inserts
from mailer.domain.issue import PictureFile
from mailer.domain.line_difference import LinePair, differing_lines
from mailer.domain.mailing import Mailing
from mailer.domain.shelf import Revision
from mailer.formats.edition.compile import compile_edition
from mailer.formats.message.browsed import unwrapped
from mailer.formats.message.parts import html_and_text
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import Letterhead, load_issue, loaded
from mailer.pipeline.issues.copies import Workbench, pictures_of
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.issues.specimen import MADE_UP, made_up_copies, plausible_end
from mailer.pipeline.mailings.drift import drift_of
from mailer.pipeline.mailings.test_mailing import require_entitled
from mailer.store import Connection, issues, mailings
from mailer.store.copies import readers


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """As whom a copy is looked at: a person of the register, or a made-up one in a variant (without one, the commonest).

    `masked`: of the person, only which variant they get; name, number and dates are made up.
    """

    person: str = ""
    variant: Variant | None = None
    masked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPreview:
    """A copy as it would be sent, or was. `copy_number` is 0 while none is planned for this reader."""

    language: str
    variant: Variant
    copy_number: int
    subject: str
    html: str
    text: str
    pictures: tuple[PictureFile, ...]


def preview_copy(context: Context, name: IssueName, reader: Reader, language: str) -> CopyPreview:
    """One copy of the issue: of what was planned, where that still counts or has begun to go; else of what is pulled.

    NotFound for an issue, a person or a language that is not there; Refused for a person who is not entitled to the
    issue and got no copy: no byte of it is made for them.
    """
    with context.store.reading() as connection:
        every = mailings.mailings_of(connection, name.newsletter, name.serial)
        frozen = _frozen(connection, context, every)
        revision = issues.revision_of(connection, frozen) if frozen else find_revision(connection, name)
        planned = _planned_copy(connection, name, reader, language) if frozen else None
    number = planned.copy_number if planned is not None and not reader.masked else 0
    copy = planned if planned is not None else _chosen_copy(context, name, revision, reader, language, frozen)
    if reader.masked and reader.person:
        copy = _masked(context, revision, copy)
    edition, letterhead, pictures = _edition(context, revision, frozen, copy)
    bench = Workbench(
        issue=name,
        letterhead=letterhead,
        editions={(language, copy.variant): edition},
        pictures=pictures,
        date=context.clock.now().replace(microsecond=0),
        links=context.copy_links,
        sign=context.signed,
    )
    # Without its delivery: a person who looks at a copy does not get its reader's links.
    message = bench.make(copy, f"<preview@{letterhead.sender.address.domain}>", sign=False)
    html, text = html_and_text(message)
    return CopyPreview(
        language=language,
        variant=copy.variant,
        copy_number=number,
        subject=edition.subject,
        html=html,
        text=text,
        pictures=tuple(pictures.values()),
    )


def refuse_reader(context: Context, name: IssueName, reader: Reader, language: str) -> str:
    """The language of the copy that `preview_copy` would show, the first of the issue where none is chosen.

    Raises what it raises for a reader or a language without a copy; nothing is compiled.
    """
    with context.store.reading() as connection:
        every = mailings.mailings_of(connection, name.newsletter, name.serial)
        frozen = _frozen(connection, context, every)
        revision = issues.revision_of(connection, frozen) if frozen else find_revision(connection, name)
        language = language or revision.languages[0]
        planned = _planned_copy(connection, name, reader, language) if frozen else None
    if planned is None:
        _chosen_copy(context, name, revision, reader, language, frozen)
    return language


def compare_copies(
    context: Context, name: IssueName, reader: Reader, other: Reader, language: str
) -> tuple[LinePair, ...]:
    """The lines of their texts in which the copies of two readers differ. Raises as `preview_copy` does."""
    texts = [unwrapped(preview_copy(context, name, each, language).text) for each in (reader, other)]
    return tuple(differing_lines(*texts))


def _frozen(connection: Connection, context: Context, every: list[Mailing]) -> Mailing | None:
    """The mailing whose editions go out or have gone out; None while there is none, or while it is out of date."""
    if not every:
        return None
    return every[-1] if every[0].has_begun or not drift_of(connection, context, every[0]) else None


def _planned_copy(connection: Connection, name: IssueName, reader: Reader, language: str) -> Copy | None:
    """The person's copy in the newest mailing that has one for them."""
    if not reader.person:
        return None
    copies = readers.of_readers(connection, name.newsletter, name.serial, [reader.person])
    return copies[reader.person, language][-1].copy if (reader.person, language) in copies else None


def _chosen_copy(
    context: Context, name: IssueName, revision: Revision, reader: Reader, language: str, frozen: Mailing | None
) -> Copy:
    """A copy as it would be planned now for this reader, with one of the editions of a `frozen` mailing."""
    newsletter = context.newsletter(name.newsletter)
    inserts = _inserts(context, revision, frozen)
    if language not in revision.languages:
        raise Refused(f"{name} has no text in {language!r}, only in: {', '.join(revision.languages)}")
    if not reader.person:
        chosen = None if reader.variant is None else [reader.variant]
        return next(made_up_copies(newsletter, [language], inserts, chosen))
    try:
        judged = require_entitled(context, name, reader.person)
    except MailerError as error:
        if reader.masked:
            raise Refused(f"{reader.person} receives no copy of {name}") from error
        raise
    for copy in copies_for([judged], inserts=inserts, first_number=1):
        if copy.language == language:
            return copy
    read = ", ".join(judged.entitlement.editions)
    raise Refused(f"{reader.person} receives {name} in {read}, not in {language}")


def _inserts(context: Context, revision: Revision, frozen: Mailing | None) -> Inserts:
    renewal, compiled = Letterhead.of(context.newsletter(revision.newsletter)).renewal, None
    if frozen is not None:
        with context.store.reading() as connection:
            compiled = {variant_named(name) for name in mailings.variants_of(connection, frozen.id)}
    return Inserts(day=revision.date, renewal=renewal, fees=context.fees, compiled=compiled)


def _masked(context: Context, revision: Revision, copy: Copy) -> Copy:
    """The same copy with all that is the person's made up."""
    person, salutation = MADE_UP.get(copy.language, MADE_UP["en"])
    return copy._replace(
        person="made-up",
        copy_number=1,
        address=context.newsletter(revision.newsletter).sender.address,
        name=person,
        salutation=salutation,
        paid_until=plausible_end(copy.variant, revision.date),
    )


def _edition(
    context: Context, revision: Revision, frozen: Mailing | None, copy: Copy
) -> tuple[Edition, Letterhead, dict[str, PictureFile]]:
    with context.store.reading() as connection:
        if frozen is not None:
            stored = mailings.edition_of(connection, frozen.id, copy.language, copy.variant.name)
            if stored is not None:
                editions = list(loaded([stored]).values())
                letterhead = Letterhead.load(mailings.letterhead_of(connection, frozen.id))
                return editions[0], letterhead, pictures_of(connection, revision.content_hash, editions)
        issue = load_issue(connection, revision)
    newsletter = context.newsletter(revision.newsletter)
    edition = compile_edition(
        issue=issue,
        language=copy.language,
        variant=copy.variant,
        newsletter=newsletter,
        fees=context.fees,
        templates=context.templates,
        way_out=context.way_out,
    )
    shown = {picture.name: picture for picture in issue.pictures if picture.name in edition.pictures}
    return edition, Letterhead.of(newsletter, context.public_url), shown
