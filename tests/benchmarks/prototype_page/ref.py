"""The page that the prototype compiles: its own text, words and styles, inlined once. It asks for this module by name.

What it lacks stands here and no more, so that it runs where it lies and nothing of it is copied.
"""

import email.policy
from email.message import EmailMessage

from content import HTML_TPL, TEXT_TPL, Edition, R
from jinja2 import Environment
from premailer import Premailer

__all__ = ["DATE", "FROM", "EmailMessage", "R", "Ref", "email"]

FROM = "Russia Confidential <bulletin@news.example.org>"
DATE = "Thu, 12 Jul 2018 09:00:00 +0300"


class Ref:
    """An edition with its two templates (`h`, `tx`) and what they are filled with (`hargs`, `targs`)."""

    def __init__(self, language: str) -> None:
        self.e = Edition(language)
        plain = Environment(autoescape=False)  # the page is ready-made HTML; the prototype escapes what it fills in
        self.h, self.tx = plain.from_string(HTML_TPL), plain.from_string(TEXT_TPL)
        words = {"t": self.e.t, "subject": self.e.subject, "lang": language}
        self.hargs = words | {"css": self.e.css, "article_html": self.e.article_html}
        self.targs = words | {"article_text": self.e.article_text}

    def inline(self, html: str) -> str:
        """The page with its styles at its elements, as mail programs want it."""
        return Premailer(html, keep_style_tags=True, disable_validation=True).transform()
