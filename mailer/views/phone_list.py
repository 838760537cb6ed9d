"""Writes the sentence that is said on the telephone to a person whose mail came back, in English and Russian."""

from collections.abc import Mapping

from mailer.domain.bounce import FailureReason
from mailer.domain.hold import HoldReason
from mailer.domain.phone_list import PhoneEntry
from mailer.views import plain_words
from mailer.views.plain_words import LANGUAGES

_SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "asks": "Good day, {name}. This is the club’s secretary. Our letters to {address} do not reach you: {reason}. "
        "Is the address right, or which one may we use?",
        "unknown": "Good day, {name}. This is the club’s secretary. Our letters to {address} do not reach you. "
        "Is the address right, or which one may we use?",
        "complaint": "Good day, {name}. This is the club’s secretary. A copy to {address} was reported as spam, perhaps by "
        "mistake. Would you like to go on receiving the bulletin?",
    },
    "ru": {
        "asks": "Здравствуйте, {name}! Это секретарь клуба. Наши письма на адрес {address} до вас не доходят: {reason}. "
        "Верен ли адрес? Если нет, на какой вам писать?",
        "unknown": "Здравствуйте, {name}! Это секретарь клуба. Наши письма на адрес {address} до вас не доходят. "
        "Верен ли адрес? Если нет, на какой вам писать?",
        "complaint": "Здравствуйте, {name}! Это секретарь клуба. На экземпляр, отправленный на {address}, поступила жалоба на "
        "спам — возможно, по ошибке. Хотите ли вы и дальше получать бюллетень?",
    },
}

# Where the reason is no help to the person who is called.
_KINDS = {
    HoldReason.COMPLAINT.value: "complaint",
    HoldReason.BY_HAND.value: "unknown",
    FailureReason.UNKNOWN.value: "unknown",
}


def phone_sentence(entry: PhoneEntry) -> str:
    """What to say, in the person's language where it is one of ours, else in English."""
    language = spoken(entry)
    kind = _KINDS.get(entry.reason, "asks")
    return _SENTENCES[language][kind].format(
        name=entry.name, address=entry.address, reason=phone_reason(entry, language)
    )


def phone_reason(entry: PhoneEntry, language: str) -> str:
    """Why the mail does not get through."""
    if entry.is_held:
        return plain_words.hold(entry.reason, language)
    return plain_words.failure(entry.reason, language)


def spoken(entry: PhoneEntry) -> str:
    """The language of the sentence."""
    return entry.language if entry.language in LANGUAGES else "en"
