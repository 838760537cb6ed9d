"""Makes up an issue of a few words and a person who receives it, so that no member's data is needed for a look."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from mailer.domain.circulation import Copy
from mailer.domain.edition import NO_INSERT, Edition, Slot, Terms, Variant, Wording
from mailer.domain.errors import Refused
from mailer.domain.insert import Inserts
from mailer.domain.issue import Author, Issue, IssueText, Status
from mailer.domain.issue_tree import Paragraph, Text
from mailer.domain.newsletter import InsertShow, Newsletter
from mailer.pipeline.context import Context
from mailer.pipeline.issues.compile import compile_editions, style_notes

_SHOWS_FEES, _ASKS_FOR_FEES = re.compile(r"\bin\s+insert\.fees\b"), re.compile(r"\bif\b[^%\n]*\binsert\.fees\b")
_LINKS_OUT = re.compile(r"\{\{-?\s*preferences\b")
# The made-up person of a test mailing and of a preview.
MADE_UP = {"en": ("Jane Example", "Dear Ms. Example"), "ru": ("Иван Примеров", "Уважаемый Иван Иванович")}


def made_up_copies(
    newsletter: Newsletter, languages: Sequence[str], inserts: Inserts, chosen: Sequence[Variant] | None = None
) -> Iterator[Copy]:
    """A copy for the made-up person in each language, in the commonest variant or in each of those chosen.

    Its insert offers what a person of that variant has usually still to pay.
    """
    commonest = Variant(terms=Terms.INDIVIDUAL) if newsletter.insert_show is not InsertShow.NEVER else NO_INSERT
    number = 0
    for language in languages:
        name, salutation = MADE_UP.get(language, MADE_UP["en"])
        for variant in chosen or (commonest,):
            number += 1
            yield Copy(
                person="made-up",
                language=language,
                variant=usual_offer(variant, inserts),
                copy_number=number,
                address=newsletter.sender.address,
                name=name,
                salutation=salutation,
                paid_until=plausible_end(variant, inserts.day),
            )


def usual_offer(variant: Variant, inserts: Inserts) -> Variant:
    """The variant with what it offers to the made-up person."""
    until = None if variant.wording is Wording.OPEN else plausible_end(variant, inserts.day)
    return inserts.available(inserts.with_offer(variant.plain, until))


def plausible_end(variant: Variant, day: date) -> date:
    """An end of the paid time that agrees with the wording of the insert."""
    match variant.wording:
        case Wording.AHEAD:
            return date(day.year + 1, 12, 31)
        case Wording.GRACE:
            return day.replace(day=1) - timedelta(days=1)
        case _:
            return date(day.year, 12, 31)


def compile_specimen(context: Context, newsletter: Newsletter) -> list[Edition]:
    """Compile a specimen in every language and variant. Raises what compiling raises."""
    return list(compile_editions(context, _specimen(newsletter, _day(context))).values())


def languages_without_way_out(editions: Iterable[Edition]) -> list[str]:
    """The languages with a copy that has no link by which its reader pauses."""
    return sorted({edition.language for edition in editions if Slot.PREFERENCES not in edition.slots})


def inserts_with_a_fixed_table(context: Context, newsletter: Newsletter) -> list[str]:
    """The files of inserts that show their table of fees without asking whether there are any, as earlier versions did."""
    texts = _texts(context, newsletter, "insert.*.md")
    return [name for name, text in texts.items() if _SHOWS_FEES.search(text) and not _ASKS_FOR_FEES.search(text)]


def templates_of_one_wording(context: Context, newsletter: Newsletter) -> list[str]:
    """The files that link to the way out in the same words wherever it leads, as earlier versions did."""
    texts = _texts(context, newsletter, "*.md")
    return [name for name, text in texts.items() if _LINKS_OUT.search(text) and "way_out" not in text]


def _texts(context: Context, newsletter: Newsletter, pattern: str) -> dict[str, str]:
    """The newsletter's own template files of these names."""
    files = sorted((context.templates / newsletter.template).glob(pattern))
    return {file.name: file.read_text(encoding="utf-8") for file in files}


def specimen_style_notes(context: Context, newsletter: Newsletter) -> list[str]:
    """What readers would not see of the newsletter's style sheets. Raises as compiling does."""
    return style_notes(context, _specimen(newsletter, _day(context)))


def _day(context: Context) -> date:
    if not context.fees.seasons:
        raise Refused("fees.toml has no season: add the current one")
    return date(max(season.year for season in context.fees.seasons), 1, 1)


def _specimen(newsletter: Newsletter, day: date) -> Issue:
    return Issue(
        newsletter=newsletter.id,
        number=1,
        serial=1,
        volume=1,
        year=day.year,
        date=day,
        content_hash="specimen",
        texts=tuple(_text(newsletter, language, day) for language in newsletter.languages),
    )


def _text(newsletter: Newsletter, language: str, day: date) -> IssueText:
    return IssueText(
        language=language,
        newsletter=newsletter.id,
        status=Status.FINISHED,
        number=1,
        serial=1,
        volume=1,
        year=day.year,
        date=day,
        title="Specimen",
        kicker="Specimen:",
        summary="A specimen issue of a few words, to check whether the templates of this newsletter work.",
        authors=(Author(name="Specimen", about="Specimen"),),
        editor="Specimen",
        place="Specimen",
        copyright=("© Specimen",),
        blocks=(Paragraph((Text("A specimen."),)),),
    )
