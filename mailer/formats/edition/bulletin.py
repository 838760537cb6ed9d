"""Puts the words of a bulletin together: what the template says around the article, and the article, as one tree."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mailer.domain.edition import Slot, Terms, Variant
from mailer.domain.errors import BadInput, Refused
from mailer.domain.issue import Block, Issue, IssueText, Paragraph, Section, Text
from mailer.domain.membership import FeeSchedule, MembershipKind
from mailer.domain.newsletter import Newsletter
from mailer.formats import dates_and_money
from mailer.formats.issue.markdown import parse, plain
from mailer.formats.templates import environment, naming_mistakes
from mailer.formats.typography import NBSP, typeset

PREHEADER_MIN, PREHEADER_MAX = 40, 140  # what mail programs show of it beside the subject

# These lines are quoted by people and looked for by programs: their spaces are plain, but for CLDR's one before г.
_PLAIN_SPACED = frozenset({"numbering", "dateline", "copyline"})
_NO_BREAK = re.compile(rf"{NBSP}(?!г\.)")
_SLOTS = frozenset(slot.value for slot in Slot)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # CommonMark 2.4: a backslash makes each of these a mere character
_SPACES = re.compile(r"[^\S\u00a0\u2007\u202f]+")  # every space but those at which no line may break


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """Everything an edition says: the subject, the line shown beside it, and the whole text with its slots."""

    language: str
    subject: str
    preheader: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """One line of the insert's fee table, in words."""

    period: str
    years: str
    fee: str


def compose(
    *, issue: Issue, language: str, variant: Variant, newsletter: Newsletter, fees: FeeSchedule, templates: Path
) -> Bulletin:
    """The bulletin in one language and variant, by `bulletin.<language>.md` of the newsletter's template folder.

    The article stands where the template has its empty section `article`. Raises Refused when the insert needs a
    season that `fees` has not, BadInput for a mistake in a template, by file and line.
    """
    text = issue.text(language)
    name = f"bulletin.{language}.md"
    words = environment(templates, newsletter.template, autoescape=False, finalize=_inert)
    with naming_mistakes(templates):
        markdown = words.get_template(name).render(
            newsletter=newsletter,
            issue=text,
            classification=text.classification or newsletter.classification,
            date=dates_and_money.long_date(issue.date, language),
            month=dates_and_money.month(issue.date, language),
            insert=_insert(issue, language, variant, newsletter, fees),
        )
    try:
        blocks = parse(markdown, language, slots=_SLOTS, first_heading=1)
    except BadInput as error:
        where = templates / newsletter.template / name
        raise BadInput(f"{where}, with everything filled in: {error}") from error
    return Bulletin(
        language=language,
        subject=text.subject or f"{newsletter.name} № {issue.number} ({issue.serial}): {text.title}",
        preheader=_preheader(text, newsletter),
        blocks=tuple(_placed(blocks, text.blocks)),
    )


def _insert(
    issue: Issue, language: str, variant: Variant, newsletter: Newsletter, fees: FeeSchedule
) -> dict[str, object] | None:
    """What the insert's template is told; None for who gets no insert."""
    if variant.terms is None:
        return None
    season = fees.season(issue.date.year)
    if season is None:
        raise Refused(f"no season {issue.date.year} in fees.toml: add it, then plan {issue.name} again")
    kind = MembershipKind.CORPORATE if variant.terms is Terms.CORPORATE else MembershipKind.INDIVIDUAL
    return {
        "terms": variant.terms.value,
        "wording": variant.wording.value,
        "season": season.year,
        "fees": [
            FeeLine(
                period=dates_and_money.period(option.period, language),
                years=dates_and_money.years(option.years, language),
                fee=dates_and_money.money(option.fee(kind), season.currency, language),
            )
            for option in season.options
        ],
        "contact": newsletter.insert_contact or str(newsletter.reply_to),
        "signature": [line for line in newsletter.insert_signature.splitlines() if line.strip()] or [newsletter.name],
    }


def _inert(value: object) -> str:
    """The value as mere characters of one line, whatever it would mean in Markdown: the autoescape of our Markdown."""
    text = _one_line(str(value))
    if "@@SLOT:" in text:
        raise BadInput(f"'{text}' looks like a slot of a template; write it without the two @ signs")
    return _PUNCTUATION.sub(r"\\\1", text)


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


# --- the tree ---------------------------------------------------------------------------------------------------------


def _placed(blocks: Iterable[Block], article: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks with the article in its section, and plain spaces where they are asked for."""
    for block in blocks:
        match block:
            case Section("article"):
                yield replace(block, children=article)
            case Section(kind, children) if kind in _PLAIN_SPACED:
                yield replace(block, children=tuple(_plain_spaced(child) for child in children))
            case Section(_, children):
                yield replace(block, children=tuple(_placed(children, article)))
            case _:
                yield block


def _plain_spaced(block: Block) -> Block:
    if not isinstance(block, Paragraph):
        return block
    return Paragraph(
        tuple(Text(_NO_BREAK.sub(" ", word.value)) if isinstance(word, Text) else word for word in block.children)
    )


def _preheader(text: IssueText, newsletter: Newsletter) -> str:
    """The summary, else the first paragraph; the title, the numbering and the date follow while it is too short."""
    words = _one_line(typeset(text.summary, text.language) or _first_paragraph(text.blocks))
    date = dates_and_money.long_date(text.date, text.language)
    for more in (text.title, f"{newsletter.name} № {text.number} ({text.serial})", date):
        if len(words) < PREHEADER_MIN:
            words = _one_line(f"{words} · {more}" if words else more)
    if len(words) <= PREHEADER_MAX:
        return words
    cut = words[: PREHEADER_MAX - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:—–-" + NBSP) + "…"


def _first_paragraph(blocks: Iterable[Block]) -> str:
    for block in blocks:
        match block:
            case Paragraph(children):
                return plain(children)
            case Section(_, children) if found := _first_paragraph(children):
                return found
            case _:
                pass
    return ""
