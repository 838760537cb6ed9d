"""Says in plain words why a copy failed, why an address is held and why a copy is held back, in English and Russian."""

from collections.abc import Mapping

from mailer.domain.bounce import SCOPES, FailureReason, Scope
from mailer.domain.hold import HoldReason
from mailer.domain.matter import Matter

LANGUAGES = ("en", "ru")

# Each follows a colon or a comma, so none begins with a capital or ends with a full stop.
FAILURES: Mapping[str, Mapping[FailureReason, str]] = {
    "en": {
        FailureReason.USER_UNKNOWN: "the address does not exist",
        FailureReason.HOST_UNKNOWN: "the domain, the part after the @, does not exist",
        FailureReason.MOVED: "the reader has moved to another address",
        FailureReason.TAKES_NO_MAIL: "the domain, the part after the @, takes no mail at all",
        FailureReason.MAILBOX_FULL: "the mailbox is full",
        FailureReason.SUSPENDED: "the mailbox is switched off",
        FailureReason.FILTERED: "a filter of the reader’s own refused it",
        FailureReason.MEMBERS_ONLY: "only members of a list may write to this address",
        FailureReason.TOO_BIG: "the message was too big for the server",
        FailureReason.VIRUS: "the server took the message for a virus",
        FailureReason.SPAM: "the server took the message for spam",
        FailureReason.CONTENT: "the server did not accept what the message contains",
        FailureReason.POLICY: "the server refused it by a rule of its own",
        FailureReason.AUTHENTICATION: "the server could not verify that the message comes from us (SPF, DKIM or DMARC)",
        FailureReason.BLOCKED: "our mail server is on a block list",
        FailureReason.NO_PTR: "our mail server has no proper name in the DNS (PTR)",
        FailureReason.RATE: "we sent too much at once",
        FailureReason.ACCOUNT: "our own mail server does not let our account send",
        FailureReason.RELAYING: "the server takes no mail for this address from us",
        FailureReason.SENDER_REFUSED: "the server does not accept our sender address",
        FailureReason.LOGIN: "our mail server refused our login",
        FailureReason.GREYLISTED: "the server kept asking us to come back later",
        FailureReason.TIMEOUT: "the server did not answer in time",
        FailureReason.NETWORK: "the server could not be reached",
        FailureReason.LOOP: "the message went round in circles",
        FailureReason.SERVER: "the server is out of order",
        FailureReason.SERVER_FULL: "the server itself has no room left",
        FailureReason.UNKNOWN: "the server gave no reason that we understand",
        FailureReason.COMPLAINT: "the reader, or the reader’s provider, calls it spam",
        FailureReason.AUTH_FAILURE: "the provider reports that SPF, DKIM or DMARC failed",
        FailureReason.OPT_OUT: "the reader wants no more copies",
    },
    "ru": {
        FailureReason.USER_UNKNOWN: "такого адреса нет",
        FailureReason.HOST_UNKNOWN: "домена (части адреса после @) не существует",
        FailureReason.MOVED: "читатель сменил адрес",
        FailureReason.TAKES_NO_MAIL: "домен (часть адреса после @) вообще не принимает почту",
        FailureReason.MAILBOX_FULL: "почтовый ящик переполнен",
        FailureReason.SUSPENDED: "почтовый ящик отключён",
        FailureReason.FILTERED: "письмо не пропустил фильтр самого читателя",
        FailureReason.MEMBERS_ONLY: "на этот адрес могут писать только участники рассылки",
        FailureReason.TOO_BIG: "письмо слишком велико для сервера",
        FailureReason.VIRUS: "сервер принял письмо за вирус",
        FailureReason.SPAM: "сервер принял письмо за спам",
        FailureReason.CONTENT: "сервер не принял содержание письма",
        FailureReason.POLICY: "сервер отклонил письмо по собственным правилам",
        FailureReason.AUTHENTICATION: "сервер не смог убедиться, что письмо от нас (SPF, DKIM или DMARC)",
        FailureReason.BLOCKED: "наш почтовый сервер попал в чёрный список",
        FailureReason.NO_PTR: "у нашего почтового сервера нет правильного имени в DNS (PTR)",
        FailureReason.RATE: "мы отправили слишком много писем сразу",
        FailureReason.ACCOUNT: "наш почтовый сервер не разрешает нашей учётной записи отправлять письма",
        FailureReason.RELAYING: "сервер не принимает от нас почту для этого адреса",
        FailureReason.SENDER_REFUSED: "сервер не принимает наш адрес отправителя",
        FailureReason.LOGIN: "наш почтовый сервер отказал нам во входе",
        FailureReason.GREYLISTED: "сервер раз за разом просил повторить попытку позже",
        FailureReason.TIMEOUT: "сервер не ответил вовремя",
        FailureReason.NETWORK: "с сервером не удалось связаться",
        FailureReason.LOOP: "письмо ходило по кругу",
        FailureReason.SERVER: "сервер неисправен",
        FailureReason.SERVER_FULL: "на самом сервере не осталось места",
        FailureReason.UNKNOWN: "сервер не назвал понятной нам причины",
        FailureReason.COMPLAINT: "читатель или его почтовая служба считает письмо спамом",
        FailureReason.AUTH_FAILURE: "почтовая служба сообщает, что проверка SPF, DKIM или DMARC не пройдена",
        FailureReason.OPT_OUT: "читатель больше не хочет получать экземпляры",
    },
}

HOLDS: Mapping[str, Mapping[HoldReason, str]] = {
    "en": {
        HoldReason.ADDRESS: "the address does not exist",
        HoldReason.MAILBOX: "the mailbox has been full or switched off for a long time",
        HoldReason.TRANSPORT: "nothing has got there for a long time",
        HoldReason.COMPLAINT: "a copy was reported as spam there",
        HoldReason.BY_HAND: "set by hand",
    },
    "ru": {
        HoldReason.ADDRESS: "такого адреса нет",
        HoldReason.MAILBOX: "ящик давно переполнен или отключён",
        HoldReason.TRANSPORT: "туда давно ничего не доходит",
        HoldReason.COMPLAINT: "оттуда пожаловались на спам",
        HoldReason.BY_HAND: "отправка остановлена вручную",
    },
}

# Why a copy is held back: the rule that its person fails now, or what stands in its way.
HELD_BACK: Mapping[str, Mapping[str, str]] = {
    "en": {
        "not_in_circulation": "the membership’s circle does not get this newsletter",
        "ended": "the membership has ended for this person",
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
        "entitled_again": "it was held, and the person is entitled again",
    },
    "ru": {
        "not_in_circulation": "этому кругу бюллетень не рассылается",
        "ended": "членство прекращено",
        "no_address": "в реестре нет адреса",
        "no_seat": "все места этого членства заняты",
        "unpaid": "на дату выпуска ничего не оплачено",
        "underpaid": "взнос оплачен не полностью",
        "expired": "оплаченный срок закончился",
        "not_yet_started": "оплаченный срок начнётся позже",
        "paused": "получение приостановлено",
        "address_held": "на этот адрес мы пока не пишем",
        "no_edition": "выпуска нет на языках читателя",
        "address_changed": "в реестре теперь другой адрес",
        "cannot_render": "экземпляр не удалось изготовить; сообщите администратору",
        "entitled_again": "экземпляр был задержан, но читатель снова имеет на него право",
    },
}

# Where a copy's reason is not that of a person who is left out: one reader keeps one language and drops another.
_HELD_COPIES: Mapping[str, Mapping[str, str]] = {
    "en": {"no_edition": "the register does not have this language for the person any more"},
    "ru": {"no_edition": "в реестре у читателя больше нет этого языка"},
}

# Why a person would receive an issue, or in what their copy would be another, if it were planned now.
PLAN_CHANGES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "paid": "the fee is paid",
        "grace": "the days of grace cover the issue’s date",
        "honorary": "honorary member",
        "complimentary": "complimentary member",
        "not_in_register": "not in the register any more",
        "languages_changed": "other languages",
        "address_changed": "another address",
        "name_changed": "another name or salutation",
        "insert_changed": "another renewal notice",
        "copy_held": "the copy was held, and need not be any more",
    },
    "ru": {
        "paid": "взнос оплачен",
        "grace": "дата выпуска приходится на льготный срок",
        "honorary": "почётный член",
        "complimentary": "получает бесплатно",
        "not_in_register": "в реестре больше не значится",
        "languages_changed": "другие языки",
        "address_changed": "другой адрес",
        "name_changed": "другое имя или обращение",
        "insert_changed": "другое напоминание о взносе",
        "copy_held": "экземпляр был задержан, теперь причины для этого нет",
    },
}

# What a returned mail leaves to do.
MATTERS: Mapping[str, Mapping[Matter, str]] = {
    "en": {
        Matter.BOUNCED: "the copy did not arrive",
        Matter.COMPLAINED: "the copy was reported as spam",
        Matter.WANTS_NO_MORE: "a reader wants no more copies",
        Matter.UNSUBSCRIBED: "the reader has unsubscribed; the copies are paused",
        Matter.CHALLENGED: "a machine lets the copy through once a person has answered",
        Matter.MOVED: "an automatic reply names another address",
        Matter.UNREAD: "a letter has come in reply to the copy",
        Matter.UNNAMED: "a returned mail does not say which copy it is about",
    },
    "ru": {
        Matter.BOUNCED: "экземпляр не дошёл",
        Matter.COMPLAINED: "на экземпляр пожаловались как на спам",
        Matter.WANTS_NO_MORE: "читатель больше не хочет получать экземпляры",
        Matter.UNSUBSCRIBED: "читатель отписался; отправка приостановлена",
        Matter.CHALLENGED: "почтовая служба пропустит экземпляр, когда ей ответит человек",
        Matter.MOVED: "автоответ называет другой адрес",
        Matter.UNREAD: "в ответ на экземпляр пришло письмо",
        Matter.UNNAMED: "в возвращённом письме не сказано, о каком экземпляре речь",
    },
}

# What a person can do depends on whose side a failure is on; a letter tells these five apart.
_TROUBLES = {
    Scope.ADDRESS: "address",
    Scope.MAILBOX: "mailbox",
    Scope.CONTENT: "content",
    Scope.SENDER: "sender",
    Scope.TRANSPORT: "other",
    Scope.UNKNOWN: "other",
}


def failure(reason: str, language: str) -> str:
    """Why a copy failed, by the value of a `FailureReason`."""
    return FAILURES[language][FailureReason(reason)]


def hold(reason: str, language: str) -> str:
    """Why an address is held, by the value of a `HoldReason`."""
    return HOLDS[language][HoldReason(reason)]


def matter(value: str, language: str) -> str:
    """What a returned mail leaves to do, by the value of a `Matter`."""
    return MATTERS[language][Matter(value)]


def held_back(reason: str, language: str) -> str:
    """Why a person has no copy, by the reason of a rule; an unknown reason stands as it is."""
    return HELD_BACK[language].get(reason, reason)


def held_copy(reason: str, language: str) -> str:
    """Why a planned copy is held back."""
    return _HELD_COPIES[language].get(reason) or held_back(reason, language)


def short(reason: str) -> str:
    """A reason of the rules, in as few words as fit a table; JSON has it with underscores."""
    return reason.replace("_", " ")


def plan_change(reason: str, language: str) -> str:
    """Why a plan differs for a person, by the reason of a `PersonChange`."""
    return PLAN_CHANGES[language].get(reason) or held_back(reason, language)


_LANGUAGE_NAMES = {"en": {"en": "English", "ru": "Russian"}, "ru": {"en": "английский", "ru": "русский"}}


def language_name(code: str, language: str) -> str:
    """The name of a language, in that language; the code where there is none."""
    return _LANGUAGE_NAMES[language].get(code, code)


def trouble(reason: str) -> str:
    """On whose side a failure is: `address`, `mailbox`, `content`, `sender` or `other`."""
    return _TROUBLES[SCOPES[FailureReason(reason)]]


def quoted(words: str, language: str) -> str:
    """The words of a server or a person, in the language's quotation marks."""
    return f"«{words}»" if language == "ru" else f"“{words}”"


def plural(count: int, *forms: str) -> str:
    """The number with the noun that goes with it: two forms make English, three Russian (1 копия, 2 копии, 5 копий)."""
    if len(forms) == 2:
        form = forms[count != 1]
    elif count % 10 == 1 and count % 100 != 11:
        form = forms[0]
    else:
        form = forms[1 if count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14} else 2]
    return f"{count}\u00a0{form}"


def counted(count: int, singular: str, plural: str) -> str:
    """The same for a terminal, in English, with an ordinary space."""
    return f"{count} {singular if count == 1 else plural}"


def copies_go(number: int, issue: str) -> str:
    """How many copies of an issue go, for a question at the terminal."""
    return f"{counted(number, 'copy', 'copies')} of {issue} {'goes' if number == 1 else 'go'}"


def size_in_words(octets: int) -> str:
    """A size as people read it: `3.2 GB`."""
    size, unit = float(octets), "octets"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:,.0f} {unit}" if size >= 100 or unit == "octets" else f"{size:.1f} {unit}"
