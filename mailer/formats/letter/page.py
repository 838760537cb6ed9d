"""Writes the HTML part of a letter, in the look of the newsletter that it is sent for: the same words as its text."""

from pathlib import Path

from mailer.domain import issue_tree as tree
from mailer.domain.errors import BadInput
from mailer.formats.letter.write import Letter


def write_page(letter: Letter, *, sender: str, templates: Path, template: str | None) -> str:
    """The page: below the sender's name the letter's subject as heading, then its blocks.

    Layout and styles are those of this newsletter's folder in `templates`, or without one those that all share. Raises
    BadInput for a mistake in them, with file and line, and for a slot in the layout, which a letter cannot fill.
    """
    # Templates and style sheets take time to load.
    from mailer.formats.edition.bulletin import Bulletin, shortened
    from mailer.formats.edition.html import write_html

    language, *_others = letter.languages
    head = tree.Section("masthead", (tree.Section("letterhead", (tree.Paragraph((tree.Text(sender),)),)),))
    headline = tree.Section("headline", (tree.Heading(1, (tree.Text(_headline(letter.subject, sender)),)),))
    first = next((block for block in letter.blocks if isinstance(block, tree.Paragraph)), tree.Paragraph(()))
    bulletin = Bulletin(
        language=language,
        subject=letter.subject,
        preheader=shortened(tree.plain(first.children)),
        blocks=(head, headline, *letter.blocks),
    )
    part, _banner = write_html(bulletin, templates=templates, template=template, sources={})
    pieces = [piece for piece in part if isinstance(piece, str)]
    if len(pieces) < len(part):
        raise BadInput("layout.html.j2 has a slot, which a letter cannot fill")
    return "".join(pieces)


def _headline(subject: str, sender: str) -> str:
    """The subject, without the sender's name in front, which stands above it."""
    words = subject.removeprefix(f"{sender}: ")
    return subject if words == subject else words[:1].upper() + words[1:]
