"""What the club's own settings say about a register: circles and fees, the signs of its templates, and today's date."""

from collections import defaultdict

from mailer.domain.member_doubts import Usage
from mailer.formats.edition.salutation import sign_after_salutation
from mailer.pipeline.context import Context


def usage_of(context: Context) -> Usage:
    """The usage of this installation's newsletters."""
    signs = defaultdict[str, set[str]](set)
    newsletters = context.newsletters.values()
    for newsletter in newsletters:
        for language in newsletter.languages:
            if sign := sign_after_salutation(context.templates, newsletter.template, language):
                signs[language].add(sign)
    circles = (circle for newsletter in newsletters for circle in newsletter.circulations)
    return Usage(
        circles=tuple(dict.fromkeys(circles)),
        fees=context.fees,
        day=context.clock.now().date(),
        signs={language: frozenset(texts) for language, texts in signs.items()},
    )
