"""Reads what was typed into the box for any question: a number, an address, a returned mail or a line of it, or words."""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from mailer.domain.address import Address
from mailer.domain.bounce import FailureReason, ReportKind
from mailer.domain.errors import BadInput
from mailer.formats.address import parse
from mailer.formats.pause_subject import copy_to_pause
from mailer.formats.report import read_reports
from mailer.formats.reports.classify import classify
from mailer.formats.reports.mime import parse_mail
from mailer.formats.reports.signed_copies import find_signed
from mailer.formats.reports.smtp_reply import find_reply
from mailer.formats.token import Keyring, Purpose

# So many characters are read of what was typed; a returned mail says what it has to say long before.
MOST = 1_000_000
# So many addresses of one text are looked up.
MOST_ADDRESSES = 10
_MOST_RUNS = 1_000  # with an @ in them, which may be none
# Words around an address in more than a name: a line of a log, or of a returned mail.
_WORDS_OF_A_LINE = 7
_HEADER = re.compile(r"[!-9;-~]{1,60}:[ \t]")
# A run of characters in which an address may stand: one with an @ inside. A pattern with the @ would try each of them.
_RUN = re.compile(r"[^\s<>()\[\],;:\"'“”«»]+")
_NEWSLETTER = re.compile(r"([a-z][a-z0-9-]*)/(?=\d)")
_NUMBER = re.compile(r"\d+")
# Links that name no copy.
_OF_A_WISH = frozenset({Purpose.CONFIRM, Purpose.UNDO})
_LONGEST_NUMBER = 9  # digits: what a database integer surely holds


class Numbered(StrEnum):
    """What a typed number counts."""

    ISSUE = "issue"
    COPY = "copy"
    DELIVERY = "delivery"
    REPORT = "report"
    ANY = "any"


_WORDS = {
    **dict.fromkeys(("issue", "выпуск", "выпуска", "выпуске"), Numbered.ISSUE),
    **dict.fromkeys(("copy", "экземпляр", "экземпляра", "экз"), Numbered.COPY),
    **dict.fromkeys(("delivery", "доставка"), Numbered.DELIVERY),
    **dict.fromkeys(("report", "сообщение"), Numbered.REPORT),
    **dict.fromkeys(("no", "nr", "n", "of", "number", "номер"), Numbered.ANY),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedQuestion:
    """What was typed, read. `number` is set where it is nothing but a number, with `serial` where it names the issue, too.

    `is_pasted`: it is a returned mail, or a line of one. `named` are the copies that it names by our signatures,
    `addresses` those in it. `reason` and `words` are a server's, where it quotes one.
    """

    text: str
    number: int | None = None
    counts: Numbered = Numbered.ANY
    newsletter: str = ""
    serial: int | None = None
    addresses: tuple[Address, ...] = ()
    named: frozenset[int] = frozenset()
    is_pasted: bool = False
    reason: FailureReason | None = None
    words: str = ""


def read_question(typed: str, keys: Keyring) -> TypedQuestion:
    """Read what was typed; any text gives a question, however it looks."""
    whole = typed[:MOST].encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in whole).strip()
    if (numbered := _numbered(text)) is not None:
        return numbered
    named, addresses = _named(text, keys), _addresses(text)
    reply = find_reply(text)
    is_line = bool(addresses) and len(text.split()) >= _WORDS_OF_A_LINE
    is_pasted = "\n" in text or (reply.code is not None and len(text.split()) > 1) or is_line
    if not is_pasted:
        return TypedQuestion(text=text, addresses=addresses, named=named)
    reason, words, failed = _report(text)
    ours = [address for address in (*failed, *addresses) if not _is_token(address, keys)]
    return TypedQuestion(
        text=text,
        addresses=tuple(dict.fromkeys(ours))[:MOST_ADDRESSES],
        named=named,
        is_pasted=True,
        reason=reason,
        words=words,
    )


def _numbered(text: str) -> TypedQuestion | None:
    """A question that is a number with words that say what it counts: `253`, `copy 147`, `No. 253/147`; or a reader's subject."""
    small = (copy_to_pause(text) or text).casefold()
    newsletter = _NEWSLETTER.match(small)
    rest = small[newsletter.end() :] if newsletter else small
    numbers = _NUMBER.findall(rest)
    words = re.findall(r"[^\W\d_]+", rest)
    if not 1 <= len(numbers) <= 2 or any(len(number) > _LONGEST_NUMBER for number in numbers):
        return None
    if any(word not in _WORDS for word in words) or re.search(r"[^\w\s№#./,:()·-]", rest):
        return None
    counts = next((_WORDS[word] for word in words if _WORDS[word] is not Numbered.ANY), Numbered.ANY)
    first, *second = map(int, numbers)
    if second:
        copy_first = any(rest.find(word) < rest.find(numbers[0]) for word in words if _WORDS[word] is Numbered.COPY)
        serial, number = (second[0], first) if copy_first else (first, second[0])
        return TypedQuestion(
            text=text,
            number=number,
            counts=Numbered.COPY,
            serial=serial,
            newsletter=newsletter[1] if newsletter else "",
        )
    if newsletter:
        return TypedQuestion(text=text, number=first, counts=Numbered.ISSUE, newsletter=newsletter[1])
    return TypedQuestion(text=text, number=first, counts=counts)


def _named(text: str, keys: Keyring) -> frozenset[int]:
    """The copies that the text names by a Message-ID, a return path or an address for unsubscribing."""
    signed = find_signed(parse_mail(_octets(text)), keys)
    plain = {token.number for token in keys.find(text) if token.purpose not in _OF_A_WISH}
    return frozenset(plain | signed.returned | signed.enveloped | signed.answered | signed.quoted)


def _is_token(address: Address, keys: Keyring) -> bool:
    return keys.read(address.local) is not None


def _octets(text: str) -> bytes:
    """The text as a mail; one that does not begin with a header is all body."""
    return (text if _HEADER.match(text) else f"\n{text}").encode()


def _report(text: str) -> tuple[FailureReason | None, str, list[Address]]:
    """Why a copy failed by this text, in which words, and at which addresses."""
    read = [each for each in read_reports(parse_mail(_octets(text))) if each.kind is not ReportKind.OTHER]
    failed = [each for report in read for each in (report.recipient, report.final_recipient) if each]
    addresses = [address for each in failed if (address := _address(each)) is not None]
    bounce = next((report for report in read if report.reason is not FailureReason.UNKNOWN), None)
    if bounce is not None:
        return bounce.reason, bounce.diagnostic, addresses
    reply = find_reply(text)
    if reply.code is None and reply.status is None:
        return None, "", addresses
    return classify(reply.code, reply.status, text, reply.phase).reason, reply.words, addresses


def _addresses(text: str) -> tuple[Address, ...]:
    addresses: dict[Address, None] = {}
    runs = dict.fromkeys(match[0] for match in _RUN.finditer(text) if "@" in match[0][1:-1])
    for run in islice(runs, _MOST_RUNS):
        if len(addresses) == MOST_ADDRESSES:
            break
        address = _address(run.removeprefix("mailto").rstrip("."))
        if address is not None:
            addresses[address] = None
    return tuple(addresses)


def _address(text: str) -> Address | None:
    try:
        return parse(text)
    except BadInput:
        return None
