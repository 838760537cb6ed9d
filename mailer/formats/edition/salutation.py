"""Reads from a newsletter's template which sign a copy puts behind the salutation: "Dear Mr. Novak" and a comma."""

import re
from pathlib import Path

from mailer.domain.edition import Slot

_SIGN = re.compile(rf"@@SLOT:{Slot.SALUTATION}@@\s*(?P<sign>[^\w\s@{{<*:]|:(?!:))")


def sign_after_salutation(templates: Path, template: str, language: str) -> str:
    """The sign of this template folder in this language; empty without one, or without a template."""
    try:
        text = (templates / template / f"bulletin.{language}.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""  # `plan` and `check` say what is wrong with the template
    match = _SIGN.search(text)
    return match["sign"] if match else ""
