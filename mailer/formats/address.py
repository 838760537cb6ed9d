"""Parses a typed e-mail address, or says what is wrong with it."""

import re
from collections.abc import Sequence
from functools import lru_cache

from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.domain.lookalikes import CYRILLIC, LATIN, alphabets, as_latin, mixed_words, said_of
from mailer.domain.newsletter import SenderName
from mailer.formats.characters import find_invisible

_LETTERS = re.compile(r"[^\W\d_]+")
# Mail providers whose names people mistype, and real domains that look like such a typo.
_PROVIDERS = (
    "gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "protonmail.com",
    "yandex.ru", "yandex.com", "rambler.ru", "mail.ru", "inbox.ru",
)  # fmt: skip
_REAL_LOOKALIKES = frozenset({"mail.com", "email.com", "ymail.com", "list.ru", "bk.ru"})
# Typos of "com" and "ru"; none is a top-level domain of the IANA root zone.
_MISTYPED_ENDINGS = frozenset({"con", "cmo", "ocm", "comm", "xom", "vom", "cpm", "coom", "rru", "ruu"})

# An address that is plainly valid; only others need email-validator, which is slow to load.
_PLAIN = re.compile(
    r"(?P<local>[a-z0-9]+([.+_-][a-z0-9]+)*)@(?P<domain>([a-z0-9]+(-[a-z0-9]+)*\.)+(?!(arpa|invalid|local|localhost"
    r"|onion|test)$)[a-z]{2,})",
    re.ASCII | re.IGNORECASE,
)
_SHORT = 63  # up to this length no part of an address is too long

# What email-validator finds, by how its sentence begins, in our own words: its English reaches no page. The first that fits
# counts; what stands behind a colon names the characters.
_FINDINGS = (
    ("An email address must have an @-sign", "it has no @"),
    ("The email address has the", "its @ is not the one of the keyboard"),
    ("There must be something before the @-sign", "nothing stands before the @"),
    ("There must be something after the @-sign", "nothing stands behind the @"),
    ("There can't be anything after", "something stands behind it"),
    ("Extra character(s) found", "something stands behind it"),
    ("The display name", "a name stands before it"),
    ("A display name", "a name or brackets stand around it"),
    ("An open angle bracket", "a bracket is open"),
    ("Quoting the part before", "there are quotation marks in it"),
    ("The email address contains invalid characters in quotes", "there are quotation marks in it"),
    ("An email address cannot have two periods in a row", "it has two dots in a row"),
    ("An email address cannot have a period and a hyphen", "it has a dot and a hyphen side by side"),
    ("An email address cannot have two letters followed by two dashes", "it has two hyphens behind two letters"),
    ("An email address cannot start", "it begins with a dot or a hyphen"),
    ("An email address cannot end", "it ends with a dot or a hyphen"),
    ("An email address cannot have a", "a dot or a hyphen stands beside the @"),
    ("The email address is too long before the @-sign", "the part before the @ is too long"),
    ("The email address is too long after the @-sign", "the part behind the @ is too long"),
    ("After the @-sign, periods cannot be separated", "a part of the domain is too long"),
    ("The email address is too long", "it is too long"),
    ("The part after the @-sign is not valid. It should have a period", "there is no dot behind the @"),
    ("The part after the @-sign is not valid. It is not within", "there is no domain with this ending"),
    ("The part after the @-sign is a special-use", "the domain is reserved and takes no mail"),
    ("A bracketed IP address", "there is a number of a machine behind the @"),
    ("The address in brackets", "there is a number of a machine behind the @"),
    ("The IPv6 address in brackets", "there is a number of a machine behind the @"),
    ("The part after the @-sign in brackets", "there is a number of a machine behind the @"),
    ("The part after the @-sign contains an invalid address literal", "there is a number of a machine behind the @"),
    (
        "The part after the @-sign contains invalid characters in brackets",
        "there is a number of a machine behind the @",
    ),
    ("The part after the @-sign", "it has characters behind the @ that no domain has"),
    (
        "The email address contains invalid characters after the @-sign",
        "it has characters behind the @ that no domain has",
    ),
    ("The email address contains invalid characters before", "it has characters before the @ that no address has"),
    ("Internationalized characters before", "it has characters before the @ that no address has"),
    ("The email address contains", "it has characters that no address has"),
)
_CHARACTERS = re.compile(r"characters(?: [a-z@ -]+)?: (?P<which>.+)")

_SENDER = re.compile(r'\s*"?(?P<name>[^<>"]*?)"?\s*<(?P<address>[^<>]*)>\s*')


def parse(text: str) -> Address:
    """The address: its domain as lower-case A-labels (RFC 5890), its local part in Unicode's NFC.

    Ignores spaces around it; asks no name server. Raises BadInput, quoting the text.
    """
    typed = text.strip(" ")
    if len(typed) <= _SHORT and (plain := _PLAIN.fullmatch(typed)):
        return Address(local=plain["local"], domain=plain["domain"].lower())
    if character := find_invisible(typed):
        raise BadInput(f"The address {typed!r} contains an invisible character, {character}; type the address again.")
    if "=?" in typed:
        # Some mail programs decode an encoded word (RFC 2047) in a local part into another address.
        raise BadInput(f"The address {typed!r} contains =?, which mail programs misread; use another address.")
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(typed, check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError as error:
        raise BadInput(f"{typed!r} is not an e-mail address: {_finding(str(error))}. Correct it.") from error
    return Address(local=checked.local_part, domain=checked.ascii_domain.lower())


def _finding(sentence: str) -> str:
    """What the library finds wrong, in our words."""
    plain = sentence.removeprefix("After Unicode normalization: ")
    ours = next((words for begin, words in _FINDINGS if plain.startswith(begin)), "it is not written as an address is")
    characters = _CHARACTERS.search(plain)
    if characters is None:
        return ours
    which = characters["which"].rstrip(".")
    return "there is a space in it" if "SPACE" in which else f"{ours}: {which}"


def parse_sender(text: str) -> SenderName:
    """The sender, written as `Name <address>`. Raises BadInput, quoting the text."""
    match = _SENDER.fullmatch(text)
    if not match or not match["name"]:
        raise BadInput(f"{text!r} is not a sender; write it as Name <address>.")
    if character := find_invisible(match["name"]):
        raise BadInput(f"The sender's name in {text!r} contains an invisible character, {character}; type it again.")
    return SenderName(name=match["name"], address=parse(match["address"]))


def doubts(address: Address) -> tuple[str, ...]:
    """A warning for each thing that makes a valid address look mistyped."""
    domain = _in_letters(address.domain)
    shown = f"{address.local}@{domain}"
    problems = [_problem_of_domain(domain), *map(str, mixed_words(address.local)), _disguise_of_local(address)]
    return tuple(f"{shown}: {problem}." for problem in problems if problem)


@lru_cache(maxsize=1000)
def _problem_of_domain(domain: str) -> str | None:
    provider = _similar_provider(as_latin(domain))
    if provider and domain != provider:
        disguise = "" if domain.isascii() else f" ({_foreign_letters(domain)})"
        return f"{domain} looks like a typo for {provider}{disguise}"
    if mixed := next(mixed_words(domain), None):
        return str(mixed)
    ending = domain.rpartition(".")[2]
    if ending in _MISTYPED_ENDINGS:
        return f"no domain ends in '.{ending}'"
    return _disguise(domain.split("."))


def _disguise(labels: Sequence[str]) -> str | None:
    """What is wrong with a part of a domain that looks Latin and is not, or stands under an ending it cannot have."""
    ending = labels[-1]
    for label in labels[:-1]:
        if ending.isascii() and _looks_latin(label):
            return _written_otherwise(label, f".{ending}")
    if alphabets(ending) == (CYRILLIC,) and alphabets(labels[-2]) == (LATIN,):
        return f"the ending .{ending} is written in Cyrillic letters, and {labels[-2]} in Latin ones"
    return None


def _disguise_of_local(address: Address) -> str | None:
    """What is wrong with a local part that looks Latin and is not, at a domain in Latin letters."""
    if address.local.isascii():
        return None
    words = _LETTERS.findall(address.local)
    if not words or not _in_letters(address.domain).isascii() or not all(map(_looks_latin, words)):
        return None
    return _written_otherwise(address.local, address.domain)


def _looks_latin(text: str) -> bool:
    """Whether all its letters are of another alphabet and look like Latin ones."""
    return not text.isascii() and as_latin(text).isascii() and LATIN not in alphabets(text)


def _written_otherwise(text: str, beside: str) -> str:
    written = " and ".join(alphabets(text))
    return f"{text} is written in {written} letters, {beside} is not; if both should be Latin, type {as_latin(text)}"


def _foreign_letters(text: str) -> str:
    letters = dict.fromkeys(letter for letter in text if not letter.isascii())
    return ", ".join(map(said_of, letters))


def _in_letters(domain: str) -> str:
    """The domain with its A-labels as the letters they stand for."""
    return ".".join(
        label[4:].encode().decode("punycode") if label.startswith("xn--") else label for label in domain.split(".")
    )


def _similar_provider(domain: str) -> str | None:
    """The provider that has this domain, or one that differs from it by a typo."""
    if domain in _REAL_LOOKALIKES:
        return None
    if domain in _PROVIDERS:
        return domain
    return next((provider for provider in _PROVIDERS if _one_typo_apart(domain, provider)), None)


def _one_typo_apart(typed: str, correct: str) -> bool:
    """Whether they differ by one letter omitted, added or replaced, or by two neighbours swapped."""
    start = 0
    while start < min(len(typed), len(correct)) and typed[start] == correct[start]:
        start += 1
    rest, right = typed[start:], correct[start:]
    swapped = rest[:2] == right[1::-1] and len(right) > 1 and rest[2:] == right[2:]
    return swapped or rest[1:] == right[1:] or rest[1:] == right or rest == right[1:]
