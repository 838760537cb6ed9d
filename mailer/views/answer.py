"""Shows the answer to any question: the JSON and the lines of `find`, and its sentences in English and Russian."""

from collections.abc import Mapping

from mailer.domain.answer import AnsweredQuestion, CopyAnswer, NoAnswer, PersonAnswer
from mailer.domain.delivery import State
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.explanation import CopyFate, Explanation
from mailer.domain.hold import OwnPause
from mailer.domain.names import label
from mailer.domain.person_match import KnownPerson
from mailer.views.entitlement import decision_sentence
from mailer.views.local_time import day_in, moment_in
from mailer.views.plain_words import failure, held_back, held_copy, hold, plan_change, quoted, short
from mailer.views.returned_mail import MOST_IN_LINE, shorten

# `{at}` is empty where the time is not known.
_FATES: Mapping[str, Mapping[State, str]] = {
    "en": {
        State.ACCEPTED: "accepted by our mail server{at}",
        State.BOUNCED: "came back{at}: {reason}",
        State.REJECTED: "refused{at}: {reason}",
        State.UNCERTAIN: "may have arrived; the reply of our mail server was lost, and it waits to be settled",
        State.HELD: "held back: {reason}",
        State.CANCELLED: "cancelled, it never left",
        State.SENDING: "is being handed over at this moment",
        State.PENDING: "has not left yet",
    },
    "ru": {
        State.ACCEPTED: "принят нашим почтовым сервером{at}",
        State.BOUNCED: "вернулся{at}: {reason}",
        State.REJECTED: "отклонён{at}: {reason}",
        State.UNCERTAIN: "возможно, дошёл: ответ нашего почтового сервера потерян, экземпляр ждёт вашего решения",
        State.HELD: "задержан: {reason}",
        State.CANCELLED: "отменён и не уходил",
        State.SENDING: "передаётся в эту минуту",
        State.PENDING: "ещё не ушёл",
    },
}
_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "with_copy": "No. {serial} {fate}, copy {number}",
        "without": "No. {serial} not sent: {reason}",
        "not_yet": "No. {serial} not planned yet; entitled to it: {reason}",
        "owed": "No. {serial} not sent, and entitled to it now: {reason}",
        "at": " {at}",
        "paid_until": "paid until {day}",
        "held": "nothing is sent to the address for now: {reason}",
        "paused": "the person has paused the copies from {first}",
        "paused_until": "the person has paused the copies from {first} until {last}",
        "none": "no issue is planned yet",
        "copy": "copy No. {number} of {issue} for {whose}: {fate}",
        "unknown": "no reason is known",
        "replaced": "; a later copy stands in its place",
        "of_issue": "{who}, {issue} of {day}:",
        "of_copy": "copy No. {number} ({language}) to {address}: {fate}",
        "entitled": "by the register now, entitled to it: {facts}",
        "not_entitled": "by the register now, not entitled to it: {facts}",
        "refuses": "{who} does not receive {issue} of {day}: {facts}",
        "awaits": "{who} receives {issue} of {day}, once it is planned: {facts}",
        "is_owed": "{who} has no copy of {issue} of {day}, and is entitled to it now: {facts}",
        "was_entitled": "when it was planned, entitled to it: {reason}",
        "was_not_entitled": "when it was planned, not entitled to it: {reason}",
    },
    "ru": {
        "with_copy": "№ {serial} {fate}, экземпляр {number}",
        "without": "№ {serial} не отправлен: {reason}",
        "not_yet": "№ {serial} ещё не запланирован; право на него есть: {reason}",
        "owed": "№ {serial} не отправлен, право на него теперь есть: {reason}",
        "at": " {at}",
        "paid_until": "оплачено до {day}",
        "held": "на адрес пока ничего не отправляется: {reason}",
        "paused": "получение приостановлено с {first} по просьбе читателя",
        "paused_until": "получение приостановлено с {first} по {last} по просьбе читателя",
        "none": "ни один выпуск ещё не запланирован",
        "copy": "экземпляр № {number} выпуска {issue} ({whose}): {fate}",
        "unknown": "причина неизвестна",
        "replaced": "; вместо него есть более поздний",
        "of_issue": "{who}, {issue} от {day}:",
        "of_copy": "экземпляр № {number} ({language}) на адрес {address}: {fate}",
        "entitled": "сейчас по реестру право на выпуск есть: {facts}",
        "not_entitled": "сейчас по реестру права на выпуск нет: {facts}",
        "refuses": "{who} не получает {issue} от {day}: {facts}",
        "awaits": "{who} получит {issue} от {day}, когда рассылка будет запланирована: {facts}",
        "is_owed": "{who}: экземпляра {issue} от {day} нет, а право на него теперь есть: {facts}",
        "was_entitled": "когда рассылку планировали, право на выпуск было: {reason}",
        "was_not_entitled": "когда рассылку планировали, права на выпуск не было: {reason}",
    },
}
_NONE: Mapping[str, Mapping[NoAnswer, str]] = {
    "en": {
        NoAnswer.EMPTY: "Type a name, an address, a copy number or a Message-ID, or paste a returned mail.",
        NoAnswer.TOO_LONG: "This text is too long to be looked through: paste the part with the address or the Message-ID.",
        NoAnswer.FORBIDDEN: "Only the secretary may look people up.",
        NoAnswer.NOTHING: "Nothing here has to do with what you typed.",
    },
    "ru": {
        NoAnswer.EMPTY: "Введите имя, адрес, номер экземпляра или Message-ID либо вставьте возвращённое письмо.",
        NoAnswer.TOO_LONG: "Текст слишком длинный: вставьте ту его часть, где есть адрес или Message-ID.",
        NoAnswer.FORBIDDEN: "Искать людей может только секретарь.",
        NoAnswer.NOTHING: "Ничего связанного с этим здесь нет.",
    },
}


def answer_document(answered: AnsweredQuestion) -> dict[str, object]:
    """The answer for programs."""
    return {
        "typed": answered.typed,
        "answered": answered.is_answered,
        "why_none": answered.why_none,
        "people": [
            {"person": person.person, "name": person.name, "sentence": person_sentence(person, "en")}
            for person in answered.people
        ],
        "listed": [{"person": person.person, "name": _name(person)} for person in answered.listed],
        "copies": [
            {
                "id": copy.fate.copy.id,
                "issue": copy.issue,
                "copy_number": copy.fate.copy.copy_number,
                "person": copy.fate.copy.person,
                "state": copy.fate.copy.state.value,
                "sentence": copy_sentence(copy, "en"),
            }
            for copy in answered.copies
        ],
        "issues": [{"issue": issue.issue, "title": issue.title, "state": issue.state} for issue in answered.issues],
        "reports": list(answered.reports),
        "reason": answered.reason,
        "words": answered.words,
    }


def answer_lines(answered: AnsweredQuestion) -> list[str]:
    """The answer for people, a line for each thing that it may mean."""
    return [
        *([reason_sentence(answered, "en")] if answered.reason is not None else []),
        *(person_sentence(person, "en") for person in answered.people),
        *(copy_sentence(copy, "en") for copy in answered.copies),
        *(f"issue {issue.issue}, {issue.title}: {issue.state or 'pulled'}" for issue in answered.issues),
        *(f"report {report}: `mailer bounce show {report}`" for report in answered.reports),
        *(label(person.person, _name(person)) for person in answered.listed),
        *([f"and {answered.more} more"] if answered.more else []),
        *([none_sentence(answered.why_none, "en")] if answered.why_none is not None else []),
        *([f"the nearest is {answered.nearest.label}"] if answered.nearest is not None else []),
    ]


def why_of_page(explanation: Explanation, language: str) -> list[str]:
    """Why a person has an issue, or has not: what became of each copy first, then the facts of the register."""
    texts, entitlement = _TEXTS[language], explanation.now.entitlement
    who = label(explanation.person, explanation.name)
    facts = decision_sentence(explanation, language)
    if language == "en" and not facts.startswith(entitlement.reason.value):
        facts = f"{short(entitlement.reason.value)}: {facts}"
    issue = {"who": who, "issue": explanation.issue, "day": day_in(explanation.date, language)}
    if not explanation.fates:
        kind = "refuses" if not entitlement.receives else "awaits" if explanation.frozen is None else "is_owed"
        lines = [texts[kind].format(**issue, facts=facts)]
    else:
        lines = [
            texts["of_issue"].format(**issue),
            *(_copy_of(fate, explanation, language) for fate in explanation.fates),
        ]
        lines.append(texts["entitled" if entitlement.receives else "not_entitled"].format(facts=facts))
    frozen = explanation.frozen
    if frozen is not None and (frozen.reason, frozen.editions) != (entitlement.reason, entitlement.editions):
        planned = frozen.decision == "recipient"
        why = plan_change(frozen.reason, language) if planned else held_back(frozen.reason, language)
        lines.append(texts["was_entitled" if planned else "was_not_entitled"].format(reason=why))
    return lines


def _copy_of(fate: CopyFate, explanation: Explanation, language: str) -> str:
    copy, words = fate.copy, _fate(fate, explanation.timezone, language)
    return _TEXTS[language]["of_copy"].format(
        number=copy.copy_number, language=copy.language, address=copy.address, fate=words
    )


def none_sentence(why: NoAnswer, language: str) -> str:
    """Why there is no answer."""
    return _NONE[language][why]


def reason_sentence(answered: AnsweredQuestion, language: str) -> str:
    """What the server's reply in a pasted text means, with its words."""
    assert answered.reason is not None, "asked of an answer with a reason"
    words = f" ({quoted(shorten(answered.words, MOST_IN_LINE), language)})" if answered.words else ""
    return f"{failure(answered.reason, language)}{words}"


def person_sentence(answer: PersonAnswer, language: str) -> str:
    """What became of the last issues for a person, and what prevents new copies, in one sentence."""
    texts = _TEXTS[language]
    parts = [part for explanation in answer.issues for part in _of_issue(explanation, language)]
    parts += [
        texts["held"].format(reason=hold(each.reason, language)) for each in answer.holds if each.reason is not None
    ]
    parts += [_paused(pause, language) for pause in answer.own_pauses]
    return f"{answer.name or answer.person}: {'; '.join(parts) or texts['none']}"


def _paused(pause: OwnPause, language: str) -> str:
    first, last = day_in(pause.first, language), day_in(pause.last, language) if pause.last else ""
    which = f" ({pause.newsletter})" if pause.newsletter else ""
    return _TEXTS[language]["paused_until" if last else "paused"].format(first=first, last=last) + which


def copy_sentence(answer: CopyAnswer, language: str, *, names: bool = True) -> str:
    """What became of one copy; without `names` its reader is left out."""
    copy, texts = answer.fate.copy, _TEXTS[language]
    whose = label(copy.person, copy.name) if names else copy.language
    fate = _fate(answer.fate, answer.timezone, language)
    return texts["copy"].format(number=copy.copy_number, issue=answer.issue, whose=whose, fate=fate)


def _of_issue(explanation: Explanation, language: str) -> list[str]:
    texts, serial = _TEXTS[language], explanation.issue.rpartition("/")[2]
    if explanation.fates:
        return [
            texts["with_copy"].format(
                serial=serial,
                fate=_fate(fate, explanation.timezone, language),
                number=fate.copy.copy_number,
            )
            for fate in explanation.fates
            if not fate.replaced
        ]
    reason, entitlement = _why(explanation, language), explanation.now.entitlement
    kind = "without" if not entitlement.receives else "not_yet" if explanation.frozen is None else "owed"
    return [texts[kind].format(serial=serial, reason=reason)]


def _why(explanation: Explanation, language: str) -> str:
    """Why there is no copy: what was paid until when, where that decides."""
    entitlement = explanation.now.entitlement
    ended = [paid.period.last for paid in explanation.periods if paid.full and paid.period.last < explanation.date]
    if entitlement.reason is EntitlementReason.EXPIRED and ended:
        return _TEXTS[language]["paid_until"].format(day=day_in(max(ended), language))
    if entitlement.receives:
        return plan_change(entitlement.reason, language)
    return held_back(entitlement.reason, language)


def _fate(fate: CopyFate, timezone: str, language: str) -> str:
    copy, texts = fate.copy, _TEXTS[language]
    at = fate.accepted_at if copy.state is State.ACCEPTED else fate.failure.at if fate.failure else fate.tried_at
    if copy.state is State.HELD:
        reason = held_copy(copy.held_reason or "", language)
    else:
        reason = failure(fate.failure.reason, language) if fate.failure is not None else texts["unknown"]
    moment = texts["at"].format(at=moment_in(at, timezone, language)) if at is not None else ""
    later = texts["replaced"] if fate.replaced else ""
    return _FATES[language][copy.state].format(at=moment, reason=reason) + later


def _name(person: KnownPerson) -> str:
    return next(iter(person.names), "")
