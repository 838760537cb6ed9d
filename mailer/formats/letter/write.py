"""Writes the letters to secretary, operator, editors and members from their templates, as text and as blocks of HTML."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mailer.domain import issue_tree as tree
from mailer.domain.errors import BadInput
from mailer.domain.names import label
from mailer.formats.characters import find_invisible
from mailer.formats.dates_and_money import full_date, long_date
from mailer.formats.edition.line_wrap import stuffed, words, wrap
from mailer.formats.letter.blocks import read_blocks
from mailer.formats.letter.lines import LetterLine, LineForm, as_button, marked, read_lines, unmarked
from mailer.views import plain_words
from mailer.views.local_time import zone_name

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

_SUBJECT = "Subject: "
_LONGEST = 300  # characters of one value; a server may send a thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as it is read: its body is format=flowed (RFC 3676), lines end with `\\n`; its blocks say the same."""

    languages: tuple[str, ...]
    subject: str
    body: str
    blocks: tuple[tree.Block, ...]


def write(
    kind: str,
    language: str,
    facts: Mapping[str, object],
    templates: Sequence[Path],
    *,
    command: str = "mailer",
    console: str = "",
) -> Letter:
    """The letter of this kind about these facts, by `system/<kind>/<language>.txt.j2` of the first folder that has it.

    The template's first line is `Subject: …`. Each further line is a paragraph and is wrapped here; `lines` and `blocks`
    say what other lines are. Commands are written with `command`; where the installation has a `console`, at that address,
    `deed` writes what to press there instead. Raises BadInput naming the file and line of a mistake
    in the template.
    """
    from mailer.formats.templates import SYSTEM, locating_errors

    name = f"{kind}/{language}.txt.j2"
    with locating_errors(*templates):
        text = _environment(tuple(templates), language, console).get_template(name).render(_readable(facts))
    first, _, rest = text.lstrip("\n").partition("\n")
    subject = unmarked(first.removeprefix(_SUBJECT))
    if not first.startswith(_SUBJECT) or not subject.strip():
        raise BadInput(f"{SYSTEM}/{name}: its first line must be `{_SUBJECT}…`; correct the template")
    lines = read_lines(rest, command=command)
    return Letter(languages=(language,), subject=" ".join(words(subject)), body=_body(lines), blocks=read_blocks(lines))


def has_template(kind: str, language: str, templates: Sequence[Path]) -> bool:
    """Whether this kind of letter can be written in this language."""
    from mailer.formats.templates import SYSTEM

    return any((folder / SYSTEM / kind / f"{language}.txt.j2").is_file() for folder in templates)


def join(letters: Sequence[Letter]) -> Letter:
    """One letter in several languages, one after another, with the subject of the first."""
    first, *others = letters
    translations = [
        block
        for letter in others
        for block in (tree.ThematicBreak(), tree.Section("translation", letter.blocks, language=letter.languages[0]))
    ]
    return Letter(
        languages=tuple(language for letter in letters for language in letter.languages),
        subject=first.subject,
        body="\n* * *\n\n".join(letter.body for letter in letters),
        blocks=(*first.blocks, *translations),
    )


@lru_cache(maxsize=8)
def _environment(templates: tuple[Path, ...], language: str, console: str) -> "SandboxedEnvironment":
    """Jinja over the folders of letters; a template is read again when its file has changed."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    from mailer.formats.templates import SYSTEM
    from mailer.texts import texts

    environment = SandboxedEnvironment(
        loader=FileSystemLoader([folder / SYSTEM for folder in templates]),
        undefined=StrictUndefined,
        autoescape=False,
        finalize=marked,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"console": console, "deed": partial(_deed, console)}
    environment.filters |= {
        "button": as_button,
        "plural": plain_words.plural,
        "trouble": plain_words.trouble,
        "failure": partial(plain_words.failure, language=language),
        "hold": partial(plain_words.hold, language=language),
        "held_back": partial(plain_words.held_back, language=language),
        "held_copy": partial(plain_words.held_copy, language=language),
        "day": lambda text: long_date(date.fromisoformat(text[:10]), language),
        "typed": shlex.quote,
        "person": lambda entry: label(entry["person"], entry["name"]),
        "language": partial(plain_words.language_name, language=language),
        "sentence": texts(language).sentence,
        "plan_change": partial(plain_words.plan_change, language=language),
        "moment": lambda text, timezone: _moment(datetime.fromisoformat(text), timezone, language),
    }
    return environment


def _deed(console: str, label: str, page: str, command: str) -> str:
    """The button to press in the console, and its page; in an installation without one the command to type."""
    return f"{label}: {as_button(console + page)}" if console else command


def _moment(instant: datetime, timezone: str, language: str) -> str:
    """An instant in a newsletter's time zone: `Monday, November 30, 2026, 10:00 Moscow time (Europe/Moscow)`."""
    local = instant.astimezone(ZoneInfo(timezone))
    zone = f"(часовой пояс {timezone})" if language == "ru" else zone_name(timezone)
    return f"{full_date(local.date(), language)}, {local:%H:%M} {zone}"


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


def _body(lines: Sequence[LetterLine]) -> str:
    """The text of a letter: paragraphs wrapped, indented lines as they are."""
    wrapped = [line for each in lines for line in _wrapped(each)]
    return "".join(f"{line}\n" for line in wrapped)


def _wrapped(line: LetterLine) -> list[str]:
    match line.form:
        case LineForm.EMPTY:
            return [""]
        case LineForm.INDENTED:
            return [stuffed(text.rstrip()) for text in line.text.split("\n")]
        case _:
            return wrap(words(line.text))
