"""An answer to a reader who writes "I did not receive it", in the reader's language, ready to copy."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.domain.delivery import State

LANGUAGES = ("en", "ru")
_ON = {"en": " on ", "ru": " "}


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFacts:
    """What the answer may say of a copy. `accepted_at` says in words when our mail server accepted it; empty: not known."""

    salutation: str
    newsletter: str
    subject: str
    sender: str
    address: str
    copy_number: int
    state: State
    accepted_at: str


_ACCEPTED: Mapping[str, str] = {
    "en": """{salutation},

your copy No. {copy_number} of {newsletter}, “{subject}”, left us for {address}: our mail server accepted it{at}. What happened behind it we cannot see. Please look in the folder for unwanted mail for a letter from {sender}, and add that address to your address book.

If it is not there, please write to us: we look further, or send the copy to another address of yours.
""",
    "ru": """{salutation},

Ваш экземпляр № {copy_number} бюллетеня {newsletter} («{subject}») отправлен на адрес {address}: наш почтовый сервер принял его{at}. Что было с ним дальше, нам не видно. Пожалуйста, поищите письмо от {sender} в папке «Спам» и добавьте этот адрес в адресную книгу.

Если письма там нет, напишите нам: мы выясним, в чём дело, или отправим экземпляр на другой Ваш адрес.
""",
}
_FAILED: Mapping[str, str] = {
    "en": """{salutation},

your copy No. {copy_number} of {newsletter}, “{subject}”, could not be delivered to {address}. Please tell us whether this address is right, or give us another one: then we send the copy again.
""",
    "ru": """{salutation},

Ваш экземпляр № {copy_number} бюллетеня {newsletter} («{subject}») не удалось доставить на адрес {address}. Пожалуйста, подтвердите, что адрес верен, или сообщите другой: мы отправим экземпляр ещё раз.
""",
}
_UNCERTAIN: Mapping[str, str] = {
    "en": """{salutation},

we do not know whether your copy No. {copy_number} of {newsletter}, “{subject}”, has reached {address}. Please look in the folder for unwanted mail for a letter from {sender}. If it is not there, please tell us: then we send it once more.
""",
    "ru": """{salutation},

мы не знаем, дошёл ли Ваш экземпляр № {copy_number} бюллетеня {newsletter} («{subject}») до адреса {address}. Пожалуйста, поищите письмо от {sender} в папке «Спам». Если его там нет, сообщите нам: мы отправим его ещё раз.
""",
}
_NOT_YET: Mapping[str, str] = {
    "en": """{salutation},

your copy No. {copy_number} of {newsletter}, “{subject}”, has not left us yet. We see to it and write to you again.
""",
    "ru": """{salutation},

Ваш экземпляр № {copy_number} бюллетеня {newsletter} («{subject}») ещё не отправлен. Мы этим займёмся и напишем Вам снова.
""",
}
_ANSWERS: Mapping[State, Mapping[str, str]] = {
    State.ACCEPTED: _ACCEPTED,
    State.REJECTED: _FAILED,
    State.BOUNCED: _FAILED,
    State.UNCERTAIN: _UNCERTAIN,
}


def not_received_answer(facts: CopyFacts, language: str) -> str:
    """The answer; it says no more than the ledger knows."""
    template = _ANSWERS.get(facts.state, _NOT_YET)[language]
    return template.format(
        salutation=facts.salutation or {"en": "Dear reader", "ru": "Уважаемый читатель"}[language],
        newsletter=facts.newsletter,
        subject=facts.subject,
        sender=facts.sender,
        address=facts.address,
        copy_number=facts.copy_number,
        at=f"{_ON[language]}{facts.accepted_at}" if facts.accepted_at else "",
    )
