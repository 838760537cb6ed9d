"""Writes the letters to secretary and operator from their templates: plain text that reads well on a telephone."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.domain.newsletter import SenderName
from mailer.domain.ports import Message
from mailer.formats.characters import find_invisible
from mailer.formats.dates_and_money import long_date
from mailer.formats.edition.line_wrap import stuffed, words, wrap
from mailer.formats.header import Header, mailbox, parametrised, structured, unstructured
from mailer.formats.message.base64 import base64_lines
from mailer.formats.message.quoted_printable import encode_quoted_printable
from mailer.formats.templates import SYSTEM, locating_errors
from mailer.views import plain_words

_SUBJECT = "Subject: "
_LONGEST = 300  # characters of one value: a server may say a thousand, and nobody reads them


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as it is read: its body is format=flowed (RFC 3676), lines end with `\\n`."""

    language: str
    subject: str
    body: str


def write(kind: str, language: str, facts: Mapping[str, object], templates: Sequence[Path]) -> Letter:
    """The letter of this kind about these facts, by `system/<kind>/<language>.txt.j2` of the first folder that has it.

    The template's first line is `Subject: …`. Each further line is a paragraph, broken into lines here, unless it
    begins with two spaces: then it stands as it is. Raises BadInput naming the file and line of what is wrong there.
    """
    name = f"{kind}/{language}.txt.j2"
    with locating_errors(*templates):
        made = _environment(tuple(templates), language).get_template(name).render(_readable(facts))
    first, _, rest = made.lstrip("\n").partition("\n")
    subject = first.removeprefix(_SUBJECT)
    if subject == first or not subject.strip():
        raise BadInput(f"{SYSTEM}/{name}: its first line must be `{_SUBJECT}…`; correct the template")
    return Letter(language=language, subject=" ".join(words(subject)), body=_body(rest))


def seal(letter: Letter, *, sender: SenderName, to: Address, message_id: str, date: datetime) -> Message:
    """The letter as RFC 5322 octets, every line ending in CRLF: the same bytes from the same inputs.

    It says that a machine wrote it, so that no other machine answers (RFC 3834 §5). `message_id` has its angle
    brackets, `date` is aware. Raises BadInput where a header cannot hold what is given.
    """
    # Cyrillic makes base64 the shorter, English quoted-printable.
    ways = {
        "quoted-printable": encode_quoted_printable(letter.body),
        "base64": base64_lines(letter.body.replace("\n", "\r\n").encode()) + b"\r\n",
    }
    way = min(ways, key=lambda name: len(ways[name]))
    plain = {"charset": "utf-8", "format": "flowed"}
    head = (
        mailbox(Header.FROM, sender.name, sender.address.wire)
        + mailbox(Header.TO, "", to.wire)
        + unstructured(Header.SUBJECT, letter.subject)
        + structured(Header.DATE, format_datetime(date))
        + structured(Header.MESSAGE_ID, message_id)
        + structured(Header.AUTO_SUBMITTED, "auto-generated")
        + structured(Header.MIME_VERSION, "1.0")
        + structured(Header.CONTENT_LANGUAGE, letter.language)
        + parametrised(Header.CONTENT_TYPE, "text/plain", plain)
        + structured(Header.CONTENT_TRANSFER_ENCODING, way)
    )
    return Message(f"{head}\r\n".encode() + ways[way])


@lru_cache(maxsize=8)
def _environment(templates: tuple[Path, ...], language: str) -> SandboxedEnvironment:
    """Jinja over the folders of letters; it keeps what it has read for as long as the file is the same."""
    environment = SandboxedEnvironment(
        loader=FileSystemLoader([folder / SYSTEM for folder in templates]),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "plural": plain_words.plural,
        "trouble": plain_words.trouble,
        "failure": partial(plain_words.failure, language=language),
        "hold": partial(plain_words.hold, language=language),
        "held_back": partial(plain_words.held_back, language=language),
        "day": lambda text: long_date(date.fromisoformat(text[:10]), language),
        "typed": shlex.quote,
    }
    return environment


def _readable(value: Any) -> Any:
    """A value as a letter may hold it: each text on one line, nothing unseen in it, and no longer than anybody reads."""
    if isinstance(value, Mapping):
        return {name: _readable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(one) for one in value]
    if not isinstance(value, str):
        return value
    seen = "".join(" " if find_invisible(one) else one for one in value)
    shown = re.sub(r" {2,}", " ", seen).strip(" ")
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST].rstrip() + "…"


def _body(text: str) -> str:
    """The lines of a letter: paragraphs wrapped, what begins with two spaces left, one empty line where there were more."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("  "):
            lines.append(stuffed(line.rstrip()))
        elif line.strip():
            lines += wrap(words(line))
        elif lines and lines[-1]:
            lines.append("")
    while lines and not lines[-1]:
        lines.pop()
    return "".join(f"{line}\n" for line in lines)
