"""Composes a bulletin: the template's words and the article, as one tree."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mailer.domain import issue_tree as tree
from mailer.domain.edition import SLOT_LINK, Slot, Variant
from mailer.domain.errors import BadInput, Refused
from mailer.domain.insert import kind_of
from mailer.domain.issue import SUMMARY_SHOWN, Issue, IssueText
from mailer.domain.membership import FeeSchedule
from mailer.domain.newsletter import Newsletter
from mailer.domain.offer import OfferedFee, fees_on_offer
from mailer.domain.subject import SubjectSlot, fill_subject
from mailer.domain.way_out import WayOut
from mailer.formats import dates_and_money
from mailer.formats.edition.bare_addresses import with_links
from mailer.formats.issue.markdown import parse
from mailer.formats.templates import environment, locating_errors
from mailer.formats.typography import NBSP, typeset

PREHEADER_MIN = 40  # characters; a shorter line is filled up by mail programs

# People quote these lines and programs search for them, so their spaces are plain, except CLDR's before г. and those before
# a dot, which would look lost at the start of a line.
_PLAIN_SPACED = frozenset({"numbering", "dateline", "copyline"})
_NO_BREAK = re.compile(rf"{NBSP}(?!г\.|·)")
_SLOTS = frozenset(slot.value for slot in Slot)
_PREFERENCES = f"{SLOT_LINK}{Slot.PREFERENCES}"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # each may be escaped with a backslash (CommonMark 2.4)
_SPACES = re.compile(r"[^\S\u00a0\u2007\u202f]+")  # every space except no-break spaces


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """Everything an edition says: the subject, the line shown beside it, and the whole text with its slots."""

    language: str
    subject: str
    preheader: str
    blocks: tuple[tree.Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """One row of the insert's fee table, in words."""

    period: str
    years: str
    fee: str
    amount: str  # the fee without its unit
    season: int


def compose(
    *,
    issue: Issue,
    language: str,
    variant: Variant,
    newsletter: Newsletter,
    fees: FeeSchedule,
    templates: Path,
    way_out: WayOut = WayOut.REPLY,
) -> Bulletin:
    """The bulletin in one language and variant, made from `bulletin.<language>.md` in the newsletter's template folder.

    The article fills the template's empty section `article`. The template's `{{ preferences }}` is the address of that
    slot, in a text or in a link, and `way_out` says where it leads. Raises Refused if the insert needs a season that is
    not in `fees`, BadInput, with file and line, for a mistake in a template.
    """
    newsletter = newsletter.in_language(language)
    text = issue.text(language)
    name, dates = f"bulletin.{language}.md", newsletter.english_dates.locale(language)
    templater = environment(templates, newsletter.template, autoescape=False, finalize=_escaped)
    with locating_errors(templates):
        markdown = templater.get_template(name).render(
            newsletter=newsletter,
            issue=text,
            classification=text.classification or newsletter.classification,
            date=dates_and_money.long_date(issue.date, dates),
            month=dates_and_money.month(issue.date, dates),
            insert=_insert(issue, language, variant, newsletter, fees),
            preferences=_PREFERENCES,
            way_out=way_out.value,
        )
    try:
        blocks = parse(markdown, language, slots=_SLOTS, first_heading=1)
    except BadInput as error:
        path = templates / newsletter.template / name
        raise BadInput(f"{path}, with everything filled in: {error}") from error
    return Bulletin(
        language=language,
        subject=subject_of(text, newsletter),
        preheader=_preheader(text, newsletter),
        blocks=tuple(_with_article(blocks, text.blocks)),
    )


def subject_of(text: IssueText, newsletter: Newsletter) -> str:
    """The subject of the message: the text's own, else one after the newsletter's pattern."""
    values = {
        SubjectSlot.NAME: newsletter.name,
        SubjectSlot.NUMBER: text.number,
        SubjectSlot.SERIAL: text.serial,
        SubjectSlot.TITLE: text.title,
        SubjectSlot.LANGUAGE: text.language,
    }
    return text.subject or fill_subject(newsletter.subject, values)


def _insert(
    issue: Issue, language: str, variant: Variant, newsletter: Newsletter, fees: FeeSchedule
) -> dict[str, object] | None:
    """The values for the insert's template; None for the variant without an insert."""
    if variant.terms is None:
        return None
    year = issue.date.year
    if fees.season(year) is None:
        raise Refused(f"no season {year} in fees.toml: add it, then plan {issue.name} again")
    offered = [each for each in fees_on_offer(fees, kind_of(variant.terms), year) if each.period in variant.offer]
    currencies = {each.currency for each in offered}
    seasons = sorted({each.season for each in offered}) or [year]
    return {
        "terms": variant.terms.value,
        "wording": variant.wording.value,
        "season": _years_in_words(seasons),
        "seasons": seasons,
        "fees": [_fee_line(each, language, newsletter.english_dates.locale(language)) for each in offered],
        # One unit stands in the head of the column; several stand in the rows.
        "unit": dates_and_money.unit(currencies.pop(), language) if len(currencies) == 1 else "",
        "contact": newsletter.insert_contact or str(newsletter.reply_to),
        "signature": [line for line in newsletter.insert_signature.splitlines() if line.strip()] or [newsletter.name],
    }


def _fee_line(offered: OfferedFee, language: str, dates: str) -> FeeLine:
    return FeeLine(
        period=dates_and_money.period(offered.period, dates),
        years=dates_and_money.length(offered.period, offered.years, language),
        fee=dates_and_money.money(offered.fee, offered.currency, language),
        amount=dates_and_money.amount(offered.fee, language),
        season=offered.season,
    )


def _years_in_words(years: list[int]) -> str:
    """`2026`, `2026–2027`; with a gap `2026, 2028`."""
    if len(years) > 1 and years == list(range(years[0], years[-1] + 1)):
        return f"{years[0]}–{years[-1]}"
    return ", ".join(map(str, years))


def _escaped(value: object) -> str:
    """The value on one line, with every character that means something in Markdown escaped."""
    text = _one_line(str(value))
    if "@@SLOT:" in text:
        raise BadInput(f"'{text}' looks like a slot of a template; write it without the @ signs")
    return _PUNCTUATION.sub(r"\\\1", text)


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


# --- the tree ---------------------------------------------------------------------------------------------------------


def _with_article(blocks: Iterable[tree.Block], article: tuple[tree.Block, ...]) -> Iterator[tree.Block]:
    """The blocks with the article in its section, plain spaces in the lines that need them, and links in the credits."""
    for block in blocks:
        match block:
            case tree.Section("article"):
                yield replace(block, children=article)
            case tree.Section(kind, children) if kind in _PLAIN_SPACED:
                yield replace(block, children=tuple(_plain_spaced(child) for child in children))
            case tree.Section("credits", children):
                yield replace(block, children=tuple(with_links(children)))
            case tree.Section(_, children):
                yield replace(block, children=tuple(_with_article(children, article)))
            case tree.Table(rows=()):
                pass  # a template's table that has nothing to show, its caption included
            case _:
                yield block


def _plain_spaced(block: tree.Block) -> tree.Block:
    if not isinstance(block, tree.Paragraph):
        return block
    return tree.Paragraph(
        tuple(
            tree.Text(_NO_BREAK.sub(" ", word.value)) if isinstance(word, tree.Text) else word
            for word in block.children
        )
    )


def _preheader(text: IssueText, newsletter: Newsletter) -> str:
    """The summary or else the first paragraph; while too short, the title, the numbering and the date are added."""
    words = _one_line(typeset(text.summary, text.language) or _first_paragraph(text.blocks))
    date = dates_and_money.long_date(text.date, newsletter.english_dates.locale(text.language))
    for more in (text.title, f"{newsletter.name} № {text.number} ({text.serial})", date):
        if len(words) < PREHEADER_MIN:
            words = _one_line(f"{words} · {more}" if words else more)
    return shortened(words)


def shortened(words: str) -> str:
    """As many of the words as mail programs show beside the subject."""
    if len(words) <= SUMMARY_SHOWN:
        return words
    cut = words[: SUMMARY_SHOWN - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:—–-" + NBSP) + "…"


def _first_paragraph(blocks: Iterable[tree.Block]) -> str:
    for block in blocks:
        match block:
            case tree.Paragraph(children):
                return tree.plain(children)
            case tree.Section(_, children) if words := _first_paragraph(children):
                return words
            case _:
                pass
    return ""
