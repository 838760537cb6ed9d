"""Compiles an issue into an edition, and warns of what an editor should see."""

import html
import re
from collections.abc import Iterable
from pathlib import Path

from mailer.domain.edition import NO_INSERT, Edition, Variant
from mailer.domain.errors import TooLong
from mailer.domain.issue import SUBJECT_MOST, Issue
from mailer.domain.issue_tree import Block, Table, every_block, picture_names, visible_text
from mailer.domain.membership import FeeSchedule
from mailer.domain.newsletter import Newsletter
from mailer.domain.way_out import WayOut

# Bytes. Gmail cuts a letter off at about 102 KB of HTML and hides the rest behind a link.
HTML_WARN, HTML_MAX = 80_000, 100_000
_CELL = len("<td></td>")  # bytes of HTML around the words of a cell, at least


def compile_edition(
    *,
    issue: Issue,
    language: str,
    variant: Variant,
    newsletter: Newsletter,
    fees: FeeSchedule,
    templates: Path,
    way_out: WayOut = WayOut.REPLY,
) -> Edition:
    """The edition of an issue in one language and variant; the same inputs always give the same edition.

    The template chooses by `way_out` in which words its copies say how to pause.

    Reads only the template folder. Raises Refused if the fee schedule lacks the issue's season, BadInput for a mistake
    in a template, a missing picture, or words of the article that a part lacks; TooLong for more
    than 100,000 bytes of HTML.
    """
    # Templates, Markdown and HTML take time and memory to load, and a process that sends compiles nothing.
    from mailer.formats.edition.bulletin import compose
    from mailer.formats.edition.html import PictureSource, write_html
    from mailer.formats.edition.proofread import proofread
    from mailer.formats.edition.text import write_text

    bulletin = compose(
        issue=issue,
        language=language,
        variant=variant,
        newsletter=newsletter,
        fees=fees,
        templates=templates,
        way_out=way_out,
    )
    # A page that is certainly too long is not made, which would take the longer the more it is.
    if (least := _least_size(bulletin.blocks)) > HTML_MAX:
        raise TooLong(
            f"{language}.md: {issue.name} makes more than {least:,} bytes of HTML, and mail programs cut letters off at "
            f"{HTML_MAX:,}; shorten the text"
        )
    sources = {picture.name: PictureSource.of(picture) for picture in issue.pictures}
    page, banner = write_html(bulletin, templates=templates, template=newsletter.template, sources=sources)
    edition = Edition(
        language=language,
        variant=variant,
        subject=bulletin.subject,
        html=page,
        text=write_text(bulletin),
        banner_html=banner,
        banner_text=0,
        pictures=tuple(dict.fromkeys(picture_names(bulletin.blocks))),
    )
    size = html_size(edition)
    if size > HTML_MAX:
        raise TooLong(
            f"{language}.md: {issue.name} makes {size:,} bytes of HTML, and mail programs cut letters off at "
            f"{HTML_MAX:,}; shorten the text"
        )
    proofread(issue, edition)
    return edition


def _least_size(blocks: Iterable[Block]) -> int:
    """The bytes of HTML that these blocks make at least, with whatever templates: their words, and what is around cells."""
    blocks = tuple(blocks)
    tables = (block for block in every_block(blocks) if isinstance(block, Table))
    return len(visible_text(blocks).encode()) + _CELL * sum(len(table.head) * (1 + len(table.rows)) for table in tables)


def style_warnings(
    *, issue: Issue, language: str, newsletter: Newsletter, fees: FeeSchedule, templates: Path
) -> tuple[str, ...]:
    """A sentence for each rule of the newsletter's style sheets that readers would not see. Raises as compiling does."""
    from mailer.formats.edition.bulletin import compose
    from mailer.formats.edition.html import PictureSource, lost_html_styles

    bulletin = compose(
        issue=issue, language=language, variant=NO_INSERT, newsletter=newsletter, fees=fees, templates=templates
    )
    sources = {picture.name: PictureSource.of(picture) for picture in issue.pictures}
    return lost_html_styles(bulletin, templates=templates, template=newsletter.template, sources=sources)


def warnings(edition: Edition) -> tuple[str, ...]:
    """What an editor should know before the edition is sent, a sentence each.

    A table without a caption is hard to follow when read aloud; HTML near the limit is nearly cut off.
    """
    page = "".join(piece for piece in edition.html if isinstance(piece, str))
    sentences = [
        f"the {edition.language} edition has a table without a caption, which begins with '{html.unescape(first)}'; "
        "write a paragraph that begins with 'Table: ' or 'Таблица: ' before it"
        for first in _UNNAMED_TABLE.findall(page)
    ]
    size = html_size(edition)
    if size > HTML_WARN:
        sentences.append(
            f"the {edition.language} edition has {size:,} bytes of HTML; above {HTML_MAX:,} it cannot be sent"
        )
    return tuple(sentences)


def subject_notes(issue: Issue, newsletter: Newsletter) -> list[str]:
    """A sentence for each text from whose title too long a subject is made; its own subject is looked at with its file."""
    from mailer.formats.edition.bulletin import subject_of

    notes = []
    for text in issue.texts:
        length = len(subject_of(text, newsletter))
        if length > SUBJECT_MOST and not text.subject:
            what = f"the subject made of the title has {length} characters, more than {SUBJECT_MOST}"
            remedy = "shorten the title, or write another `subject`"
            notes.append(f"{text.language}.md: line {text.title_line}: {what}; {remedy}")
    return notes


# As blocks.html.j2 writes them: a data table has a caption, then a heading row.
_UNNAMED_TABLE = re.compile(
    r"(?:<caption[^>]*>\s*</caption>|<table[^>]*>)\s*<thead[^>]*>\s*<tr[^>]*>\s*<th[^>]*>([^<]*)"
)


def html_size(edition: Edition) -> int:
    """The bytes of the HTML before its slots are filled in."""
    return sum(len(piece.encode()) for piece in edition.html if isinstance(piece, str))
