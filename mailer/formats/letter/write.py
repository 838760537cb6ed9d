"""Writes the letters to secretary, operator and editors from their templates: plain text that reads well on a phone."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.domain.names import label
from mailer.domain.newsletter import SenderName
from mailer.domain.ports import Message
from mailer.formats.characters import find_invisible
from mailer.formats.dates_and_money import full_date, long_date
from mailer.formats.edition.line_wrap import stuffed, words, wrap
from mailer.formats.header import Header, mailbox, parametrised, structured, unstructured
from mailer.formats.message.base64 import base64_lines
from mailer.formats.message.quoted_printable import encode_quoted_printable
from mailer.views import plain_words
from mailer.views.local_time import zone_name
from mailer.views.remedies import in_form

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

_SUBJECT = "Subject: "
_LONGEST = 300  # characters of one value; a server may send a thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as it is read: its body is format=flowed (RFC 3676), lines end with `\\n`."""

    language: str
    subject: str
    body: str


def write(
    kind: str, language: str, facts: Mapping[str, object], templates: Sequence[Path], *, command: str = "mailer"
) -> Letter:
    """The letter of this kind about these facts, by `system/<kind>/<language>.txt.j2` of the first folder that has it.

    The template's first line is `Subject: …`. Each further line is a paragraph and is wrapped here; a line that begins
    with two spaces stays as it is. Commands are written with `command`. Raises BadInput naming the file and line of a
    mistake in the template.
    """
    from mailer.formats.templates import SYSTEM, locating_errors

    name = f"{kind}/{language}.txt.j2"
    with locating_errors(*templates):
        text = _environment(tuple(templates), language).get_template(name).render(_readable(facts))
    first, _, rest = text.lstrip("\n").partition("\n")
    subject = first.removeprefix(_SUBJECT)
    if subject == first or not subject.strip():
        raise BadInput(f"{SYSTEM}/{name}: its first line must be `{_SUBJECT}…`; correct the template")
    return Letter(language=language, subject=" ".join(words(subject)), body=_body(in_form(rest, command)))


def has_template(kind: str, language: str, templates: Sequence[Path]) -> bool:
    """Whether this kind of letter can be written in this language."""
    from mailer.formats.templates import SYSTEM

    return any((folder / SYSTEM / kind / f"{language}.txt.j2").is_file() for folder in templates)


def join(letters: Sequence[Letter]) -> Letter:
    """One letter in several languages, one after another, with the subject of the first."""
    return Letter(
        language=", ".join(letter.language for letter in letters),
        subject=letters[0].subject,
        body="\n* * *\n\n".join(letter.body for letter in letters),
    )


def encode(letter: Letter, *, sender: SenderName, to: Address, message_id: str, date: datetime) -> Message:
    """The letter as RFC 5322 octets, every line ending in CRLF: the same bytes from the same inputs.

    Auto-Submitted says that a machine wrote it, so that no other machine answers (RFC 3834 §5). `message_id` has its
    angle brackets, `date` is aware. Raises BadInput for a value that its header cannot hold.
    """
    # Cyrillic makes base64 the shorter, English quoted-printable.
    encoded = {
        "quoted-printable": encode_quoted_printable(letter.body),
        "base64": base64_lines(letter.body.replace("\n", "\r\n").encode()) + b"\r\n",
    }
    encoding = min(encoded, key=lambda name: len(encoded[name]))
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
        + structured(Header.CONTENT_TRANSFER_ENCODING, encoding)
    )
    return Message(f"{head}\r\n".encode() + encoded[encoding])


@lru_cache(maxsize=8)
def _environment(templates: tuple[Path, ...], language: str) -> "SandboxedEnvironment":
    """Jinja over the folders of letters; a template is read again when its file has changed."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    from mailer.formats.templates import SYSTEM

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
        "held_copy": partial(plain_words.held_copy, language=language),
        "day": lambda text: _bound(long_date(date.fromisoformat(text[:10]), language)),
        "typed": shlex.quote,
        "person": lambda entry: label(entry["person"], entry["name"]),
        "language": partial(plain_words.language_name, language=language),
        "plan_change": partial(plain_words.plan_change, language=language),
        "moment": lambda text, timezone: _moment(datetime.fromisoformat(text), timezone, language),
    }
    return environment


def _moment(instant: datetime, timezone: str, language: str) -> str:
    """An instant in a newsletter's time zone: `Monday, November 30, 2026, 10:00 Moscow time (Europe/Moscow)`."""
    local = instant.astimezone(ZoneInfo(timezone))
    zone = f"(часовой пояс {timezone})" if language == "ru" else zone_name(timezone)
    return f"{_bound(full_date(local.date(), language))}, {local:%H:%M} {zone}"


def _bound(day: str) -> str:
    """A date whose day and month stay on one line."""
    return re.sub(r"(?<=\d) (?=[^\W\d])|(?<=[^\W\d]) (?=\d\d?\b)", "\u00a0", day)


def _readable(value: Any) -> Any:
    """A value as a letter may show it: each text on one line, without invisible characters, cut to a readable length."""
    if isinstance(value, Mapping):
        return {name: _readable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(item) for item in value]
    if not isinstance(value, str):
        return value
    visible = "".join(" " if find_invisible(character) else character for character in value)
    text = re.sub(r" {2,}", " ", visible).strip(" ")
    return text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + "…"


def _body(text: str) -> str:
    """The lines of a letter: paragraphs wrapped, indented lines as they are, never two empty lines together."""
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
