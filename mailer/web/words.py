"""How states, reasons and roles are called on the pages."""

from collections.abc import Mapping
from enum import StrEnum

from mailer.domain.access import Role
from mailer.domain.bounce import FailureReason, ReportKind
from mailer.domain.delivery import State
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.history import READER
from mailer.domain.hold import HoldReason
from mailer.domain.mailing import MailingState
from mailer.domain.matter import Matter
from mailer.domain.membership import MembershipKind
from mailer.texts import N_, Texts
from mailer.views import plain_words


class HistoryVerb(StrEnum):
    """What the history says was done, as the verbs record it."""

    ADD = "add"
    ADD_USER = "add user"
    ALARM = "alarm"
    APPROVE = "approve"
    AS_PLANNED = "as planned"
    BACK_UP = "back up"
    NO_BACKUP = "no backup"
    CANCEL = "cancel"
    CHANGE = "change"
    CHANGE_USER = "change user"
    CHECK = "check"
    CLOCK = "clock"
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
    FORWARDED = "forwarded"
    HOLD = "hold"
    IMPORT = "import"
    LETTER = "letter"
    LIFT = "lift"
    MOVED = "moved"
    NEW_PASSWORD = "new password"  # noqa: S105  # what was done
    NO_SUPPLEMENT_LOST = "no supplement lost"
    PAUSE = "pause"
    PAYMENT = "payment"
    PLAN = "plan"
    PULL = "pull"
    RELEASE = "release"
    REMOVE_SECOND_WAY = "remove second way"
    REMOVE_SECOND_WAYS = "remove second ways"
    REOPEN = "reopen"
    RESUME = "resume"
    RESUME_AFTER_RESTORE = "resume-after-restore"
    SEND = "send"
    SET_UP_SECOND_WAY = "set up second way"
    SETTLE = "settle"
    SIGN_OUT_ELSEWHERE = "sign out elsewhere"
    STOP = "stop"
    SUSPEND = "suspend"
    TEST = "test"
    UNDO = "undo"
    UNMOVED = "unmoved"
    UPLOAD = "upload"
    WITHDRAW = "withdraw"


class HistoryDetail(StrEnum):
    """What an entry of the history says besides, where that is a bare word, or a word of a longer detail."""

    ACCEPTED = "accepted"
    ACCEPTED_AS_RIGHT = "accepted as right"
    RESEND = "resend"
    ADDRESS = "address"
    CHANGED = "changed"
    FORWARDED = "forwarded"
    LANGUAGE = "language"
    MISSED_WINDOW = "missed_window"
    PAUSE = "pause"
    UNKNOWN = "unknown"
    WAITING = "waiting"
    ALARM = "alarm"
    CHANGED_PLAN = "changed-plan"
    CONFIRM_ADDRESS = "confirm-address"
    DAILY_LETTER = "daily-letter"
    DISTRIBUTION_REPORT = "distribution-report"
    MEMBER_WISH = "member-wish"
    NOT_TAKEN = "not-taken"
    WAITS_FOR_APPROVAL = "waits-for-approval"
    WISH_DONE = "wish-done"
    ATTEMPTS = "attempts"
    LETTERS = "letters"
    SESSIONS = "sessions"
    WISHES = "wishes"


# Shown by their own values; a translation is read in the context of the enum's name, since what is held has a gender.
SHOWN: tuple[type[StrEnum], ...] = (
    Role,
    State,
    MailingState,
    EntitlementReason,
    MembershipKind,
    ReportKind,
    HistoryVerb,
    HistoryDetail,
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


def doer_name(who: str, texts: Texts) -> str:
    """Who did it: the name of a user, or a member who used a link or wrote to us."""
    return texts.text(N_("the reader")) if who == READER else who


def detail_words(detail: str, texts: Texts) -> str:
    """What an entry of the history says besides: a reason, a bare word, or a sentence; it is kept in English."""
    if detail in plain_words.HELD_BACK[texts.language]:
        return plain_words.held_back(detail, texts.language)
    if detail in set(HistoryDetail):
        return texts.pgettext(HistoryDetail.__name__, word_of(HistoryDetail(detail)))
    return texts.detail(detail)


def word_of(value: StrEnum) -> str:
    """The English word for a value."""
    return WORDS.get(value, str(value).replace("_", " "))
