"""Compiles an issue into an edition, and keeps it as text that is approved and read again."""

import hashlib
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

from mailer.domain.edition import (
    Edition,
    HtmlPart,
    HtmlSlot,
    Place,
    Slot,
    SlotLine,
    TextPart,
    Variant,
    variant_named,
)
from mailer.domain.errors import BadInput
from mailer.domain.issue import Block, Issue, ListBlock, Picture, Quote, Section
from mailer.domain.membership import FeeSchedule
from mailer.domain.newsletter import Newsletter
from mailer.formats.edition.bulletin import compose
from mailer.formats.edition.text import write_text

# R6: Gmail cuts a letter off at about 102 KB of HTML and hides the rest behind a link.
HTML_WARN, HTML_MOST = 80_000, 100_000


def compile_edition(
    *, issue: Issue, language: str, variant: Variant, newsletter: Newsletter, fees: FeeSchedule, templates: Path
) -> Edition:
    """The edition of the issue in one language and variant: constant but for its slots, same inputs, same edition.

    Reads the template folder and nothing else. Raises Refused when the fee schedule lacks the issue's season, BadInput
    for a mistake in a template, a picture that is missing, or HTML above 100,000 bytes (R6).
    """
    # Only where something is compiled: the libraries of HTML are a sixth of what a sending process would hold in memory.
    from mailer.formats.edition.html import write_html

    bulletin = compose(
        issue=issue, language=language, variant=variant, newsletter=newsletter, fees=fees, templates=templates
    )
    sources = {picture.name: f"cid:{picture.content_id}" for picture in issue.pictures}
    page, banner = write_html(bulletin, templates=templates, template=newsletter.template, sources=sources)
    edition = Edition(
        language=language,
        variant=variant,
        subject=bulletin.subject,
        html=page,
        text=write_text(bulletin),
        banner_html=banner,
        banner_text=0,
        pictures=tuple(dict.fromkeys(_pictures(bulletin.blocks))),
    )
    size = _html_size(edition)
    if size > HTML_MOST:
        raise BadInput(
            f"{issue.name} in {language} makes {size:,} bytes of HTML, and mail programs cut letters off at "
            f"{HTML_MOST:,}: shorten the issue"
        )
    return edition


def warnings(edition: Edition) -> tuple[str, ...]:
    """What an editor should know before the edition is sent, a sentence each.

    That its HTML nears the limit (R6), a table has no caption, or a link shows its address and no words (R12).
    """
    page = "".join(piece for piece in edition.html if isinstance(piece, str))
    said = [
        f"the {edition.language} edition has a table without a caption, which begins with '{html.unescape(first)}'; "
        "write a paragraph that begins with 'Table: ' or 'Таблица: ' before it"
        for first in _UNNAMED_TABLE.findall(page)
    ]
    said += [
        f"the {edition.language} edition has a link without words, {html.unescape(address)}; write [words](address)"
        for address in _BARE_LINK.findall(page)
    ]
    size = _html_size(edition)
    if size > HTML_WARN:
        said.append(f"the {edition.language} edition has {size:,} bytes of HTML; above {HTML_MOST:,} it cannot be sent")
    return tuple(said)


# In the HTML of blocks.html.j2: a table of data has a head, and before that its caption.
_UNNAMED_TABLE = re.compile(
    r"(?:<caption[^>]*>\s*</caption>|<table[^>]*>)\s*<thead[^>]*>\s*<tr[^>]*>\s*<th[^>]*>([^<]*)"
)
_BARE_LINK = re.compile(r"<a [^>]*>\s*(https?://[^<\s]*)\s*</a>")


def _html_size(edition: Edition) -> int:
    """The bytes of the HTML before its slots are filled."""
    return sum(len(piece.encode()) for piece in edition.html if isinstance(piece, str))


def _pictures(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Picture(name):
                yield name
            case Section(_, children) | Quote(children):
                yield from _pictures(children)
            case ListBlock(items):
                for item in items:
                    yield from _pictures(item)
            case _:
                pass


# --- keeping ----------------------------------------------------------------------------------------------------------


def dump(edition: Edition) -> bytes:
    """The edition as JSON; equal editions make equal bytes."""
    return json.dumps(
        {
            "language": edition.language,
            "variant": edition.variant.name,
            "subject": edition.subject,
            "html": [
                piece if isinstance(piece, str) else {"slot": piece.slot, "place": piece.place}
                for piece in edition.html
            ],
            "text": [
                piece
                if isinstance(piece, str)
                else {
                    "pieces": [{"slot": part} if isinstance(part, Slot) else part for part in piece.pieces],
                    "indent": piece.indent,
                    "soft": piece.soft,
                }
                for piece in edition.text
            ],
            "banner_html": edition.banner_html,
            "banner_text": edition.banner_text,
            "pictures": edition.pictures,
        },
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    ).encode()


def load(stored: bytes) -> Edition:
    """The edition that `dump` wrote."""
    kept = json.loads(stored)
    page: HtmlPart = tuple(
        piece if isinstance(piece, str) else HtmlSlot(slot=Slot(piece["slot"]), place=Place(piece["place"]))
        for piece in kept["html"]
    )
    text: TextPart = tuple(
        piece
        if isinstance(piece, str)
        else SlotLine(
            pieces=tuple(Slot(part["slot"]) if isinstance(part, dict) else str(part) for part in piece["pieces"]),
            indent=piece["indent"],
            soft=piece["soft"],
        )
        for piece in kept["text"]
    )
    return Edition(
        language=kept["language"],
        variant=variant_named(kept["variant"]),
        subject=kept["subject"],
        html=page,
        text=text,
        banner_html=kept["banner_html"],
        banner_text=kept["banner_text"],
        pictures=tuple(kept["pictures"]),
    )


def digest(edition: Edition) -> str:
    """The SHA-256 of the edition in hexadecimal: what an approval is bound to."""
    return hashlib.sha256(dump(edition)).hexdigest()
