"""Finds e-mail addresses in text, and knows which of them belong to machines."""

import re
from collections.abc import Iterable

# Bounded on every side, so that a long run of letters costs no more than its length.
_LOCAL = r"[\w!#$%&'*+/=?^`{|}~.\-]"
ADDRESS = re.compile(
    rf"(?<!{_LOCAL}){_LOCAL}{{1,128}}@(?:[^\W_](?:[\w\-]{{0,62}}[^\W_])?\.){{1,10}}[^\W_](?:[\w\-]{{0,62}}[^\W_])?"
)
_QUOTED = re.compile(r"\"[^\"\n]{1,64}\"@[\w.\-]{1,200}")
_LABEL = re.compile(r"^(?:e-?mail|to|user|recipient|rcpt|orcpt|addr|address)=", re.IGNORECASE)
_WRAPPING = "'`*|{}=?&#.!/"

# Local parts of machines and desks: never the reader who failed, unless the report names them as such.
_MACHINES = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|maildaemon|daemon|postmaster|postmast|hostmaster|mail[-_.]?system|mdaemon"
    r"|mailadmin|mail[-_.]?admin|sysadmin|systemadministrator|administrator|bounces?|mail[-_.]delivery|delivery|mmsc"
    r"|double-bounce|no-?reply|abuse|support|help(?:desk)?)(?:[-+_.=].*)?$",
    re.IGNORECASE,
)
_DAEMON = re.compile(
    r"mailer[-_. ]?daemon|mail[-_. ]?daemon|\bpostmaster\b|mail[- ]?deliver|delivery[- ](?:sub)?system|mail[- ]?system"
    r"|system[- ]?administrat|mailadmin|delivery[- ](?:status|notif|report)|deliverynotification|\bmmsc\b|\bndr\b|\bgwia\b|content[- ]filter at"
    r"|mail (?:router|gateway|transfer|transport)|interscan|\bmdaemon\b|почтов\w+ систем|служба доставки|mail server"
    r"|undeliver|mail administrator|internet mail|sistema de correo|systemadministrator",
    re.IGNORECASE,
)


def clean(address: str) -> str:
    """The address without the marks that text puts around it; its spelling stays."""
    return _LABEL.sub("", address.strip(_WRAPPING)).strip(_WRAPPING)


def find(text: str, *, most: int = 100) -> list[str]:
    """The addresses in the text, in order, each once whatever its capitals; at most so many."""
    seen: dict[str, str] = {}
    for found in ADDRESS.finditer(text):
        address = clean(found[0])
        if "@" in address and not address.startswith("@"):
            seen.setdefault(address.lower(), address)
            if len(seen) >= most:
                break
    return list(seen.values())


def first(text: str) -> str | None:
    """The first address in the text."""
    if found := _QUOTED.search(text[:400]):
        return found[0]
    return next(iter(find(text, most=1)), None)


def same(one: str, other: str) -> bool:
    """Whether two spellings mean the same address, as far as anybody outside can tell."""
    return one.lower() == other.lower()


def any_of(address: str, others: Iterable[str]) -> bool:
    """Whether the address is one of the others, whatever its capitals."""
    return any(same(address, other) for other in others)


def of_machine(address: str) -> bool:
    """Whether the address is a server's or a help desk's rather than a person's."""
    return bool(_MACHINES.match(address.partition("@")[0]))


def from_daemon(sender: str) -> bool:
    """Whether a From or Return-Path is one under which servers report; an empty one is."""
    return sender.strip() in {"", "<>"} or bool(_DAEMON.search(sender[:300]))
