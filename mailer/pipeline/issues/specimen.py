"""Compiles a specimen issue of a few words, to check a newsletter's templates before it has a real issue."""

from datetime import date

from mailer.domain.errors import Refused
from mailer.domain.issue import Author, Issue, IssueText, Status
from mailer.domain.issue_tree import Paragraph, Text
from mailer.domain.newsletter import Newsletter
from mailer.pipeline.context import Context
from mailer.pipeline.issues.compile import compile_editions


def compile_specimen(context: Context, newsletter: Newsletter) -> int:
    """Compile a specimen in every language and variant; returns the number of editions. Raises what compiling raises."""
    if not context.fees.seasons:
        raise Refused("fees.toml has no season: add the current one")
    day = date(max(season.year for season in context.fees.seasons), 1, 1)
    return len(compile_editions(context, _specimen(newsletter, day)))


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
