"""How states, reasons and roles are called on the pages."""

from collections.abc import Mapping
from enum import StrEnum

from mailer.domain.access import Role
from mailer.domain.bounce import FailureReason, ReportKind
from mailer.domain.delivery import State
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.hold import HoldReason
from mailer.domain.mailing import MailingState
from mailer.domain.matter import Matter
from mailer.domain.membership import MembershipKind
from mailer.views import plain_words
from mailer.web.texts import Texts

# Shown by their own values; a translation is read in the context of the enum's name, since what is held has a gender.
SHOWN: tuple[type[StrEnum], ...] = (Role, State, MailingState, EntitlementReason, MembershipKind, ReportKind)
# A word of our own for a value that says too little.
WORDS: Mapping[StrEnum, str] = {ReportKind.AUTOREPLY: "automatic reply", ReportKind.MDN: "read receipt"}


def word(value: StrEnum, texts: Texts) -> str:
    """The word or the phrase for it in the language of the texts."""
    match value:
        case FailureReason():
            return plain_words.failure(value, texts.language)
        case HoldReason():
            return plain_words.hold(value, texts.language)
        case Matter():
            return plain_words.matter(value, texts.language)
        case _:
            pass
    return texts.pgettext(type(value).__name__, word_of(value))


def word_of(value: StrEnum) -> str:
    """The English word for a value."""
    return WORDS.get(value, str(value).replace("_", " "))
