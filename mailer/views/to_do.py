"""Shows what waits for a person: the JSON and the lines of `to-do`, and its sentences in English and Russian."""

from collections.abc import Callable, Mapping, Sequence

from mailer.domain.names import label
from mailer.domain.to_do import ToDo, ToDoKind
from mailer.views import plain_words
from mailer.views.plain_words import held_back, held_copy, matter, plural
from mailer.views.remedies import advise
from mailer.views.returned_mail import MOST_IN_LINE, shorten

# `{copies}` is their number with the noun, `{words}` are a server's words in brackets, or nothing.
_SENTENCES: Mapping[str, Mapping[ToDoKind, str]] = {
    "en": {
        ToDoKind.RESTORED: "the database is a backup: nothing leaves until you have said what was sent since",
        ToDoKind.MOVED: "the database was copied to {quote}, to go on there: nothing leaves from this one",
        ToDoKind.DAMAGED: "the database is damaged: {quote}",
        ToDoKind.CLOCK: "{quote}",
        ToDoKind.NO_ROOM: "the disk of the server is nearly full: no copy leaves until there is room, then all goes on by itself",
        ToDoKind.RELAY_DOWN: "our mail server cannot be used, and nothing leaves: {quote}",
        ToDoKind.INBOX: "{quote}",
        ToDoKind.LETTERS: "letters of the service to you and the operator do not leave ({number}): {quote}",
        ToDoKind.NO_BACKUP: "no backup of the database could be made: {quote}; it is tried again every hour",
        ToDoKind.PAUSED: "{issue} is paused, {copies} to go{words}",
        ToDoKind.MISSED: "{issue} has missed its time and does not leave by itself, {copies} to go",
        ToDoKind.STOPPED: "the countdown of {issue} was stopped: it does not leave by itself, {copies} to go",
        ToDoKind.APPROVAL: "{issue} waits for an approval, {copies}",
        ToDoKind.UNCERTAIN: "{copy} may have arrived: the reply of the mail server was lost; ask the reader",
        ToDoKind.REPORT: "report {report}, {about}: {reason}{words}",
        ToDoKind.HOLD: "nothing is sent to {address}, the address of {whose}: {reason}{words}",
        ToDoKind.FAILED: "{copy} did not arrive: {reason}{words}",
        ToDoKind.HELD_COPY: "{copy} is held back: {reason}",
        ToDoKind.OWED: "{copies} of {issue} owed",
        ToDoKind.NO_ADDRESS: "{whose} is entitled to {issue}, but the register has no address",
        ToDoKind.NO_EDITION: "{whose} is entitled to {issue}, but there is no edition in the languages of the register",
    },
    "ru": {
        ToDoKind.RESTORED: "база данных — резервная копия: ничего не уходит, пока вы не сообщите, что было отправлено после неё",
        ToDoKind.MOVED: "база данных скопирована в {quote}, и работа продолжается там: отсюда ничего не уходит",
        ToDoKind.DAMAGED: "база данных повреждена: {quote}",
        ToDoKind.CLOCK: "часы сервера идут неверно: {quote}",
        ToDoKind.NO_ROOM: "диск сервера почти заполнен: экземпляры не уходят, пока не освободится место, потом всё продолжится само",
        ToDoKind.RELAY_DOWN: "наш почтовый сервер недоступен, ничего не уходит: {quote}",
        ToDoKind.INBOX: "прочитанные письма не удаётся убрать из ящика: {quote}",
        ToDoKind.LETTERS: "служебные письма вам и администратору не уходят ({number}): {quote}",
        ToDoKind.NO_BACKUP: "не удалось сделать резервную копию базы данных: {quote}; попытка повторяется каждый час",
        ToDoKind.PAUSED: "{issue} приостановлен, осталось отправить {copies}{words}",
        ToDoKind.MISSED: "{issue} пропустил своё время и сам не уйдёт, осталось отправить {copies}",
        ToDoKind.STOPPED: "отсчёт для {issue} остановлен: сам он не уйдёт, осталось отправить {copies}",
        ToDoKind.APPROVAL: "{issue} ждёт утверждения, {copies}",
        ToDoKind.UNCERTAIN: "{copy}: возможно, дошёл — ответ почтового сервера потерян; спросите читателя",
        ToDoKind.REPORT: "сообщение {report}, {about}: {reason}{words}",
        ToDoKind.HOLD: "на адрес {address} ({whose}) ничего не отправляется: {reason}{words}",
        ToDoKind.FAILED: "{copy} не дошёл: {reason}{words}",
        ToDoKind.HELD_COPY: "{copy} задержан: {reason}",
        ToDoKind.OWED: "{issue}: мы должны отправить {copies}",
        ToDoKind.NO_ADDRESS: "{whose} имеет право на {issue}, но в реестре нет адреса",
        ToDoKind.NO_EDITION: "{whose} имеет право на {issue}, но на языках, указанных в реестре, его нет",
    },
}
# Whose words are our own and end with what to do; a server may say a thousand.
_OURS = frozenset({ToDoKind.CLOCK, ToDoKind.INBOX, ToDoKind.NO_BACKUP})
_COPY = {
    "en": "copy No. {number} of {issue} for {whose}",
    "ru": "экземпляр № {number} выпуска {issue} ({whose})",
}
_COPIES = {"en": ("copy", "copies"), "ru": ("экземпляр", "экземпляра", "экземпляров")}
_UNKNOWN = {"en": "no reason is known", "ru": "причина неизвестна"}
_OF_NONE = {"en": "of no copy", "ru": "без экземпляра"}
_REASONS: Mapping[ToDoKind, Callable[[str, str], str]] = {
    ToDoKind.REPORT: matter,
    ToDoKind.HOLD: plain_words.hold,
    ToDoKind.FAILED: plain_words.failure,
    ToDoKind.HELD_COPY: held_copy,
    ToDoKind.NO_ADDRESS: held_back,
    ToDoKind.NO_EDITION: held_back,
}


def to_do_document(item: ToDo) -> dict[str, object]:
    """One thing to do, for programs."""
    return {
        "kind": item.kind.value,
        "issue": item.issue or None,
        "number": item.number,
        "person": item.person or None,
        "name": item.name or None,
        "address": item.address or None,
        "delivery": item.delivery,
        "copy_number": item.copy_number,
        "report": item.report,
        "hold": item.hold,
        "reason": item.reason or None,
        "words": item.words,
        "since": item.since,
        "remedies": [{"action": remedy.action.value, "subjects": list(remedy.subjects)} for remedy in item.remedies],
        "sentence": to_do_sentence(item, "en"),
    }


def to_do_lines(items: Sequence[ToDo]) -> list[str]:
    """The same for people, a line for each."""
    return [advise(to_do_sentence(item, "en"), *item.remedies) for item in items] or ["Nothing waits for you."]


def to_do_sentence(item: ToDo, language: str) -> str:
    """What it is, without what can be done about it."""
    whose = label(item.person, item.name) if item.person else item.name or item.address
    copy = _COPY[language].format(number=item.copy_number, issue=item.issue, whose=whose)
    explain = _REASONS.get(item.kind)
    reason = explain(item.reason, language) if explain is not None and item.reason else _UNKNOWN[language]
    quote = item.words if item.kind in _OURS else shorten(item.words, MOST_IN_LINE)
    sentence = _SENTENCES[language][item.kind].format(
        issue=item.issue,
        copies=plural(item.number, *_COPIES[language]),
        number=item.number,
        copy=copy,
        about=copy if item.copy_number is not None else whose or _OF_NONE[language],
        whose=whose,
        address=item.address,
        report=item.report,
        reason=reason,
        quote=quote,
        words=f" ({plain_words.quoted(quote, language)})" if quote else "",
    )
    names = (item.issue, item.person, whose)
    # An id stays as it is typed.
    begins_with_name = any(name and sentence.startswith(name) for name in names)
    return sentence if begins_with_name else sentence[:1].upper() + sentence[1:]
