"""Makes pages from their templates, in the page's language."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from mailer.views.local_time import local_time
from mailer.web.texts import Texts
from mailer.web.words import word_of

PAGES = Path(__file__).parent / "pages"


def render(page: str, texts: Texts, **values: object) -> str:
    """The page as HTML. Raises jinja2's errors for a template that asks for what it does not get."""
    return _environment(texts.language).get_template(page).render(texts=texts, language=texts.language, **values)


@cache
def _environment(language: str) -> Environment:
    from mailer.web.texts import texts

    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = texts(language)
    environment.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["word"] = _word
    environment.filters["stamp"] = _stamp
    return environment


@pass_context
def _word(context: Context, value: StrEnum) -> str:
    texts = context["texts"]
    return str(texts.gettext(word_of(value)))


def _stamp(instant: datetime | None) -> str:
    return local_time(instant) if instant is not None else ""
