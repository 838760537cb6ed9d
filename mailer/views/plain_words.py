"""Says in plain words why a copy failed, why an address is held and why a copy is held back, in English and Russian."""

from collections.abc import Mapping

from mailer.domain.bounce import SCOPES, Reason, Scope
from mailer.domain.hold import HoldReason

LANGUAGES = ("en", "ru")

# Each stands behind a colon or a comma, so none begins with a capital or ends with a full stop.
FAILURES: Mapping[str, Mapping[Reason, str]] = {
    "en": {
        Reason.USER_UNKNOWN: "the address does not exist",
        Reason.HOST_UNKNOWN: "the domain, the part after the @, does not exist",
        Reason.MOVED: "the reader has moved to another address",
        Reason.TAKES_NO_MAIL: "the domain, the part after the @, takes no mail at all",
        Reason.MAILBOX_FULL: "the mailbox is full",
        Reason.SUSPENDED: "the mailbox is switched off",
        Reason.FILTERED: "a filter of the reader’s own refused it",
        Reason.MEMBERS_ONLY: "only members of a list may write to this address",
        Reason.TOO_BIG: "the message was too big for the server",
        Reason.VIRUS: "the server took the message for a virus",
        Reason.SPAM: "the server took the message for spam",
        Reason.CONTENT: "the server did not accept what the message contains",
        Reason.POLICY: "the server refused it by a rule of its own",
        Reason.AUTHENTICATION: "the server could not verify that the message comes from us (SPF, DKIM or DMARC)",
        Reason.BLOCKED: "our mail server is on a block list",
        Reason.NO_PTR: "our mail server has no proper name in the DNS (PTR)",
        Reason.RATE: "we sent too much at once",
        Reason.RELAYING: "the server takes no mail for this address from us",
        Reason.SENDER_REFUSED: "the server does not accept our sender address",
        Reason.LOGIN: "our mail server refused our login",
        Reason.GREYLISTED: "the server kept asking us to come back later",
        Reason.TIMEOUT: "the server did not answer in time",
        Reason.NETWORK: "the server could not be reached",
        Reason.LOOP: "the message went round in circles",
        Reason.SERVER: "the server is out of order",
        Reason.SERVER_FULL: "the server itself has no room left",
        Reason.UNKNOWN: "the server gave no reason that we understand",
        Reason.COMPLAINT: "the reader, or the reader’s provider, calls it spam",
        Reason.AUTH_FAILURE: "the provider reports that SPF, DKIM or DMARC failed",
        Reason.OPT_OUT: "the reader wants no more copies",
    },
    "ru": {
        Reason.USER_UNKNOWN: "такого адреса нет",
        Reason.HOST_UNKNOWN: "домена (части адреса после @) не существует",
        Reason.MOVED: "читатель сменил адрес",
        Reason.TAKES_NO_MAIL: "домен (часть адреса после @) вообще не принимает почту",
        Reason.MAILBOX_FULL: "почтовый ящик переполнен",
        Reason.SUSPENDED: "почтовый ящик отключён",
        Reason.FILTERED: "письмо не пропустил фильтр самого читателя",
        Reason.MEMBERS_ONLY: "на этот адрес могут писать только участники рассылки",
        Reason.TOO_BIG: "письмо слишком велико для сервера",
        Reason.VIRUS: "сервер принял письмо за вирус",
        Reason.SPAM: "сервер принял письмо за спам",
        Reason.CONTENT: "сервер не принял содержание письма",
        Reason.POLICY: "сервер отклонил письмо по собственным правилам",
        Reason.AUTHENTICATION: "сервер не смог убедиться, что письмо от нас (SPF, DKIM или DMARC)",
        Reason.BLOCKED: "наш почтовый сервер попал в чёрный список",
        Reason.NO_PTR: "у нашего почтового сервера нет правильного имени в DNS (PTR)",
        Reason.RATE: "мы отправили слишком много писем сразу",
        Reason.RELAYING: "сервер не принимает от нас почту для этого адреса",
        Reason.SENDER_REFUSED: "сервер не принимает наш адрес отправителя",
        Reason.LOGIN: "наш почтовый сервер отказал нам во входе",
        Reason.GREYLISTED: "сервер раз за разом просил повторить попытку позже",
        Reason.TIMEOUT: "сервер не ответил вовремя",
        Reason.NETWORK: "с сервером не удалось связаться",
        Reason.LOOP: "письмо ходило по кругу",
        Reason.SERVER: "сервер неисправен",
        Reason.SERVER_FULL: "на самом сервере не осталось места",
        Reason.UNKNOWN: "сервер не назвал понятной нам причины",
        Reason.COMPLAINT: "читатель или его почтовая служба считает письмо спамом",
        Reason.AUTH_FAILURE: "почтовая служба сообщает, что проверка SPF, DKIM или DMARC не пройдена",
        Reason.OPT_OUT: "читатель больше не хочет получать экземпляры",
    },
}

HOLDS: Mapping[str, Mapping[HoldReason, str]] = {
    "en": {
        HoldReason.ADDRESS: "the address does not exist",
        HoldReason.MAILBOX: "the mailbox has been full or switched off for a long time",
        HoldReason.TRANSPORT: "nothing has got there for a long time",
        HoldReason.COMPLAINT: "a copy was reported as spam there",
    },
    "ru": {
        HoldReason.ADDRESS: "такого адреса нет",
        HoldReason.MAILBOX: "ящик давно переполнен или отключён",
        HoldReason.TRANSPORT: "туда давно ничего не доходит",
        HoldReason.COMPLAINT: "оттуда пожаловались на спам",
    },
}

# Why a copy is held back: the rule that its person fails now, or what stands in its way.
HELD_BACK: Mapping[str, Mapping[str, str]] = {
    "en": {
        "not_in_circulation": "the membership’s circle does not get this newsletter",
        "ended": "the person has left the membership",
        "no_address": "the register has no address",
        "no_seat": "all seats of the membership are taken",
        "unpaid": "nothing is paid for the issue’s date",
        "underpaid": "the fee is not fully paid",
        "expired": "the paid time has ended",
        "not_yet_started": "the paid time begins later",
        "paused": "the person has paused the copies",
        "address_held": "we do not write to the address for now",
        "no_edition": "there is no edition in the person’s languages",
        "address_changed": "the register has another address now",
        "cannot_render": "the copy could not be made; tell the operator",
    },
    "ru": {
        "not_in_circulation": "круг этого членства не получает бюллетень",
        "ended": "человек вышел из членства",
        "no_address": "в реестре нет адреса",
        "no_seat": "все места этого членства заняты",
        "unpaid": "на дату выпуска ничего не оплачено",
        "underpaid": "взнос оплачен не полностью",
        "expired": "оплаченный срок закончился",
        "not_yet_started": "оплаченный срок начнётся позже",
        "paused": "получение приостановлено",
        "address_held": "на этот адрес мы пока не пишем",
        "no_edition": "на языках этого человека выпуска нет",
        "address_changed": "в реестре теперь другой адрес",
        "cannot_render": "экземпляр не удалось изготовить; сообщите администратору",
    },
}

# What a person can do about it differs by whose trouble it is; four cases are enough for a letter.
_TROUBLES = {
    Scope.ADDRESS: "address",
    Scope.MAILBOX: "mailbox",
    Scope.CONTENT: "content",
    Scope.SENDER: "sender",
    Scope.TRANSPORT: "other",
    Scope.UNKNOWN: "other",
}


def failure(reason: str, language: str) -> str:
    """Why a copy failed, as `Reason` has it."""
    return FAILURES[language][Reason(reason)]


def hold(reason: str, language: str) -> str:
    """Why an address is held, as `HoldReason` has it."""
    return HOLDS[language][HoldReason(reason)]


def held_back(reason: str, language: str) -> str:
    """Why a copy is held back; a word that is new here stands for itself."""
    return HELD_BACK[language].get(reason, reason)


def trouble(reason: str) -> str:
    """Whose trouble a failure is: `address`, `mailbox`, `content`, `sender` or `other`."""
    return _TROUBLES[SCOPES[Reason(reason)]]


def plural(count: int, *forms: str) -> str:
    """The number with the noun that goes with it: two forms make English, three Russian (1 копия, 2 копии, 5 копий)."""
    if len(forms) == 2:
        form = forms[count != 1]
    elif count % 10 == 1 and count % 100 != 11:
        form = forms[0]
    else:
        form = forms[1 if count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14} else 2]
    return f"{count}\u00a0{form}"
