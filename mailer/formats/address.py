"""What somebody typed as an e-mail address becomes an address, or a sentence that says what is wrong with it."""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.domain.newsletter import SenderName
from mailer.formats.characters import unseen

# The mail providers whose names people mistype, and real ones that only look like a slip of those.
_PROVIDERS = (
    "gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "protonmail.com",
    "yandex.ru", "yandex.com", "rambler.ru", "mail.ru", "inbox.ru",
)  # fmt: skip
_REAL_LOOKALIKES = frozenset({"mail.com", "email.com", "ymail.com", "list.ru", "bk.ru"})
# Slips of the fingers for "com" and "ru"; none is a top-level domain of the IANA root zone.
_NO_SUCH_ENDINGS = frozenset({"con", "cmo", "ocm", "comm", "xom", "vom", "cpm", "coom", "rru", "ruu"})

_SENDER = re.compile(r'\s*"?(?P<name>[^<>"]*?)"?\s*<(?P<address>[^<>]*)>\s*')


def parse(text: str) -> Address:
    """The address that the text is: domain as lower-case A-labels (RFC 5890), local part in Unicode's NFC.

    Spaces around it do not count. No name server is asked. Raises BadInput with a sentence that names the text.
    """
    typed = text.strip(" ")
    if hidden := unseen(typed):
        raise BadInput(f"The address {typed!r} holds {hidden}, which cannot be seen; type the address anew.")
    if "=?" in typed:
        # An encoded word (RFC 2047) in a local part is decoded by some mail programs into another address.
        raise BadInput(f"The address {typed!r} holds =?, which mail programs misread; use another address.")
    try:
        checked = validate_email(typed, check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError as error:
        raise BadInput(f"{typed!r} is not an e-mail address: {str(error).rstrip('.')}. Correct it.") from error
    return Address(local=checked.local_part, domain=checked.ascii_domain.lower())


def parse_sender(text: str) -> SenderName:
    """The sender written as `Name <address>`; raises BadInput with a sentence that names the text."""
    found = _SENDER.fullmatch(text)
    if not found or not found["name"]:
        raise BadInput(f"{text!r} is not a sender: write it as Name <address>.")
    if hidden := unseen(found["name"]):
        raise BadInput(f"The sender's name in {text!r} holds {hidden}, which cannot be seen; type the name anew.")
    return SenderName(name=found["name"], address=parse(found["address"]))


def doubts(address: Address) -> tuple[str, ...]:
    """A sentence for each thing that makes a correct address look mistyped; empty without doubts."""
    said: list[str] = []
    meant = _provider_meant(address.domain)
    if meant:
        said.append(f"{address}: {address.domain} looks like a slip of the fingers for {meant}.")
    elif address.domain.rpartition(".")[2] in _NO_SUCH_ENDINGS:
        said.append(f"{address}: no domain ends in .{address.domain.rpartition('.')[2]}.")
    scripts = _scripts(address.local)
    if len(scripts) > 1:
        said.append(f"{address}: the part before the @ mixes {' and '.join(scripts)} letters.")
    return tuple(said)


def _provider_meant(domain: str) -> str | None:
    if domain in _PROVIDERS or domain in _REAL_LOOKALIKES:
        return None
    return next((provider for provider in _PROVIDERS if _one_slip_apart(domain, provider)), None)


def _one_slip_apart(typed: str, meant: str) -> bool:
    """Whether one letter was left out, put in, mistaken, or two neighbours were swapped."""
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, right = typed[start:], meant[start:]
    swapped = rest[:2] == right[1::-1] and len(right) > 1 and rest[2:] == right[2:]
    return swapped or rest[1:] == right[1:] or rest[1:] == right or rest == right[1:]


def _scripts(text: str) -> tuple[str, ...]:
    """The writing systems of its letters, by the first word of their Unicode names, in order of appearance."""
    names = (unicodedata.name(character, "UNKNOWN") for character in text if character.isalpha())
    return tuple(dict.fromkeys(name.split(" ", 1)[0].capitalize() for name in names))
