"""Makes pages from their templates, in the page's language."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from mailer.formats.dates_and_money import amount
from mailer.texts import LANGUAGES, Texts, texts
from mailer.views.plain_words import language_name, plan_change
from mailer.web import dates
from mailer.web.words import detail_words, doer_name, done_word, word

PAGES = Path(__file__).parent / "pages"
# What begins a row, or a cell of it.
_BEGIN = re.compile(r"<(tr|td|th)(?=[ >])")


def render(page: str, texts: Texts, **values: object) -> str:
    """The page as HTML. Raises jinja2's errors for a template that asks for what it does not get."""
    return _environment(texts.language).get_template(page).render(texts=texts, language=texts.language, **values)


def render_pieces(page: str, texts: Texts, **values: object) -> Iterator[str]:
    """The same page in pieces, made while they are read: what its loops go through is never in memory as a whole."""
    template = _environment(texts.language).get_template(page)
    pieces = template.stream(texts=texts, language=texts.language, **values)
    pieces.enable_buffering(100)
    yield from pieces


@pass_context
def _stamp(context: Context, instant: datetime | None, *, seconds: bool = False) -> str:
    """A moment as the club's clocks show it; on a page without a user, as this machine's does."""
    visit = context.get("visit")
    return dates.stamp(instant, context["language"], visit.timezone if visit else "", seconds=seconds)


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    spoken = texts(language)
    environment.install_gettext_callables(spoken.gettext, spoken.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["languages_of_pages"] = LANGUAGES
    environment.filters["word"] = partial(word, texts=spoken)
    environment.filters["done"] = partial(done_word, texts=spoken)
    environment.filters["detail"] = partial(detail_words, texts=spoken)
    environment.filters["doer"] = partial(doer_name, texts=spoken)
    environment.filters["language_name"] = partial(language_name, language=language)
    environment.filters["stamp"] = _stamp
    environment.filters["day"] = partial(dates.day, language=language)
    environment.filters["number"] = dates.number
    environment.filters["labelled"] = labelled
    environment.filters["why"] = partial(plan_change, language=language)
    environment.filters["amount"] = partial(amount, language=language)
    return environment


def labelled(rows: Markup, heads: Sequence[str]) -> Markup:
    """The rows of a table, in which each cell knows the head of its column: on a phone it stands beside the cell."""
    column = 0

    def begin(match: re.Match[str]) -> str:
        nonlocal column
        if match[1] == "tr":
            column = 0
            return match[0]
        head = str(heads[column]).removeprefix("#") if column < len(heads) else ""
        column += 1
        return f'{match[0]} data-label="{escape(head)}"' if head and match[1] == "td" else match[0]

    return Markup(_BEGIN.sub(begin, rows))  # noqa: S704 - the rows are escaped already
