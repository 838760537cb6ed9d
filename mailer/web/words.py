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


class HistoryVerb(StrEnum):
    """What the history says was done, as the verbs record it."""

    ADD = "add"
    ADD_USER = "add user"
    ALARM = "alarm"
    APPROVE = "approve"
    BACK_UP = "back up"
    NO_BACKUP = "no backup"
    CANCEL = "cancel"
    CHANGE_USER = "change user"
    CHECK = "check"
    CLOSE = "close"
    COUNT_AS_SENT = "count as sent"
    DAMAGED = "damaged"
    DISABLE_USER = "disable user"
    DROP = "drop"
    EDIT = "edit"
    ENABLE_USER = "enable user"
    END = "end"
    ERASE = "erase"
    EXPORT = "export"
    FORGET = "forget"
    HOLD = "hold"
    IMPORT = "import"
    LETTER = "letter"
    LIFT = "lift"
    NEW_PASSWORD = "new password"  # noqa: S105  # what was done
    PAUSE = "pause"
    PAYMENT = "payment"
    PLAN = "plan"
    PULL = "pull"
    RELEASE = "release"
    REMOVE_SECOND_WAYS = "remove second ways"
    RESUME = "resume"
    SEND = "send"
    SETTLE = "settle"
    SIGN_OUT_ELSEWHERE = "sign out elsewhere"
    STOP = "stop"
    SUSPEND = "suspend"
    TEST = "test"
    UPLOAD = "upload"
    WITHDRAW = "withdraw"


# Shown by their own values; a translation is read in the context of the enum's name, since what is held has a gender.
SHOWN: tuple[type[StrEnum], ...] = (
    Role,
    State,
    MailingState,
    EntitlementReason,
    MembershipKind,
    ReportKind,
    HistoryVerb,
)
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


def done_word(verb: str, texts: Texts) -> str:
    """What an entry of the history says was done; a verb without a word of its own stays as it is."""
    return texts.pgettext(HistoryVerb.__name__, verb.replace("_", " "))


def word_of(value: StrEnum) -> str:
    """The English word for a value."""
    return WORDS.get(value, str(value).replace("_", " "))
