"""Finds e-mail addresses in text, and tells which of them belong to servers."""

import re
from collections.abc import Iterable

# Every repetition is bounded, so that matching takes time proportional to the text.
_LOCAL = r"[\w!#$%&'*+/=?^`{|}~.\-\u2600-\u27bf\U0001f000-\U0001faff]"
ADDRESS = re.compile(
    rf"(?<!{_LOCAL}){_LOCAL}{{1,128}}@(?:[^\W_](?:[\w\-]{{0,62}}[^\W_])?\.){{1,10}}[^\W_](?:[\w\-]{{0,62}}[^\W_])?"
)
_QUOTED = re.compile(r"\"[^\"\n]{1,64}\"@[\w.\-]{1,200}")
_LABEL = re.compile(r"^(?:e-?mail|to|user|recipient|rcpt|orcpt|addr|address|smtp|rfc-?822)=", re.IGNORECASE)
# Where a text has no spaces, the words around an address look like a part of it.
_FOREIGN_WORDS = re.compile(r"^[^\x00-\x7f]+(?=[\x21-\x7e]+@)|(?<=[A-Za-z])[^\x00-\x7f][^@.]*$")
# One address in a field of its own, whatever characters it has: programs have written encoded words and worse into them.
_ALONE = re.compile(r"(?:\w{2,8}:)?([^\s<>@;,:\"'()]{1,128}@[^\s<>@;,:\"'()]{1,255})")
_WRAPPING = "'`*|{}=?&#.!/"

# Local parts of servers and help desks: not the recipient that failed, unless the report says so.
_SERVERS = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|maildaemon|daemon|postmaster|postmast|hostmaster|mail[-_.]?system|mdaemon"
    r"|mailadmin|mail[-_.]?admin|sysadmin|systemadministrator|administrator|bounces?|mail[-_.]delivery|delivery|mmsc"
    r"|double-bounce|no-?reply|abuse|support|help(?:desk)?)(?:[-+_.=].*)?$",
    re.IGNORECASE,
)
_NULL_PATH = re.compile(
    r"<?\s*(?:(?:mailer-daemon|double-bounce)(?:@[^<>\s]*)?|#?@(?:\[\])?|null|<>)?\s*>?", re.IGNORECASE
)
_DAEMON = re.compile(
    r"mailer[-_. ]?daemon|mail[-_. ]?daemon|\bpost[-_ ]?master\b|mail[- ]?deliver|delivery[- ](?:sub)?system|mail[- ]?system"
    r"|system[- ]?administrat|mailadmin|delivery[- ](?:status|notif|report)|deliverynotification|\bmmsc\b|\bndr\b|\bgwia\b|content[- ]filter at"
    r"|mail (?:router|gateway|transfer|transport)|interscan|\bmdaemon\b|почтов\w+ систем|служба доставки|mail server"
    r"|smtp[-_. ]?gateway|microsoftexchange[0-9a-f]{20}|undeliver|mail administrator|internet mail|sistema de correo|systemadministrator",
    re.IGNORECASE,
)


def clean(address: str) -> str:
    """The address without the punctuation around it; its spelling stays."""
    return _FOREIGN_WORDS.sub("", _LABEL.sub("", address.strip(_WRAPPING)).strip(_WRAPPING))


def find(text: str, *, limit: int = 100) -> list[str]:
    """The addresses in the text, in order, without duplicates (ignoring case); at most `limit` of them."""
    unique: dict[str, str] = {}
    for match in ADDRESS.finditer(text):
        address = clean(match[0])
        if "@" in address and not address.startswith("@"):
            unique.setdefault(address.lower(), address)
            if len(unique) >= limit:
                break
    return list(unique.values())


def first(text: str) -> str | None:
    """The first address in the text."""
    if match := _QUOTED.search(text[:400]):
        return match[0]
    return next(iter(find(text, limit=1)), None)


def in_field(value: str) -> str | None:
    """The address that a field of a report holds, as it is spelt there; None if it holds none."""
    bare = value.partition("<")[2].partition(">")[0] or value
    token = next((token for token in bare.split() if "@" in token), "")
    alone = _ALONE.fullmatch(token)
    return alone[1].rstrip(".") if alone else first(value)


def contains(addresses: Iterable[str], address: str) -> bool:
    """Whether the address is one of these, ignoring case."""
    return address.lower() in {other.lower() for other in addresses}


def share_domain(addresses: Iterable[str], address: str) -> bool:
    """Whether one of these is of the domain of the address, or of one above or below it."""
    domain = "." + address.rpartition("@")[2].lower()
    others = ("." + other.rpartition("@")[2].lower() for other in addresses)
    return any(domain.endswith(other) or other.endswith(domain) for other in others)


def belongs_to_server(address: str) -> bool:
    """Whether the address is one of a server or a help desk, not of a person."""
    return bool(_SERVERS.match(address.partition("@")[0]))


def is_null(paths: Iterable[str]) -> bool:
    """Whether one of these return paths is empty, as RFC 5321 §4.5.5 asks of reports; some servers spell it in words."""
    return any(_NULL_PATH.fullmatch(path.strip()) for path in paths)


def is_daemon(sender: str) -> bool:
    """Whether servers send reports under this From or Return-Path; they do under an empty one."""
    return sender.strip() in {"", "<>"} or bool(_DAEMON.search(sender[:300]))
