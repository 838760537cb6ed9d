"""Splits an edition into the text that is the same for every recipient and the places that differ."""

import html
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote

from mailer.domain.edition import ADDRESSES, Edition, HtmlSlot, Place, Slot, SlotLine
from mailer.formats.edition.line_wrap import COLUMNS, is_one_line, words, wrap
from mailer.formats.edition.slot_lines import fill
from mailer.formats.links import shown_link

Values = Mapping[Slot, str]
SlotWriter = Callable[[Values], str]  # writes a slot's value, escaped for its place; never ends with a line break

# Shown above a test mailing; styled inline, since making a message reads no files.
BANNER_HTML = (
    '<div role="note" style="max-width:640px;margin:0 auto;padding:12px 0;background-color:#7a2331;color:#ffffff;'
    "font-family:'Helvetica Neue',Helvetica,Arial,sans-serif;font-size:14px;font-weight:bold;line-height:1.4;"
    'text-align:center;"><div style="padding:0 20px;">{}</div></div>'
)


class Spelling(StrEnum):
    """How a slot's value is written in a place, but for the escaping of HTML, which changes no ordinary value."""

    AS_IS = "as it is"
    SHOWN = "shown"  # of a link, what a person reads
    QUOTED = "quoted"  # as one component of an address (RFC 3986 §2.1)


class Filling(NamedTuple):
    """What goes into a place: a slot's value in one spelling."""

    slot: Slot
    spelling: Spelling

    def of(self, values: Values) -> str:
        """The value as it is spelled."""
        value = values[self.slot]
        match self.spelling:
            case Spelling.AS_IS:
                return value
            case Spelling.SHOWN:
                return shown_link(value)
            case Spelling.QUOTED:
                return quote(value, safe="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPlace:
    """A place to fill: a value in the HTML, or a line of the text with every slot in it.

    `write` fills it with any values. The same comes from putting ordinary ones for each `%s` of the `pattern`, as long as
    that has at most `longest` characters.
    """

    write: SlotWriter
    pattern: str
    fillings: tuple[Filling, ...]
    longest: int = sys.maxsize


@dataclass(frozen=True, slots=True, kw_only=True)
class SlottedText:
    """One part of an edition: a place between every two constants, which may be empty. Lines end with `\\n`."""

    constants: tuple[str, ...]
    places: tuple[SlotPlace, ...] = ()


def slotted_html(edition: Edition, *, banner: str = "") -> SlottedText:
    """The HTML part, below the banner if there is one. Its last line ends with a line break."""
    pieces: list[str | SlotPlace] = [piece if isinstance(piece, str) else _html_place(piece) for piece in edition.html]
    if banner:
        pieces.insert(edition.banner_html, BANNER_HTML.format(html.escape(banner)))
    return _join(pieces)


def slotted_plain_text(edition: Edition, *, banner: str = "") -> SlottedText:
    """The text part, format=flowed (RFC 3676), below the banner if there is one. Its last line ends with a line break."""
    lines = list(edition.text)
    if banner:
        lines.insert(edition.banner_text, "".join(f"{line}\n" for line in (*wrap(words(banner)), "*" * COLUMNS, "")))
    pieces: list[str | SlotPlace] = []
    for line in lines:
        pieces += [line] if isinstance(line, str) else [_text_place(line), "\n"]
    return _join(pieces)


def _html_place(piece: HtmlSlot) -> SlotPlace:
    slot = piece.slot
    match piece.place:
        case Place.TEXT if slot in ADDRESSES:
            filling = Filling(slot, Spelling.SHOWN)
        case Place.TEXT | Place.ATTRIBUTE | Place.ADDRESS:
            filling = Filling(slot, Spelling.AS_IS)
        case Place.URL:  # the template wrote the address around it
            filling = Filling(slot, Spelling.QUOTED)
    return SlotPlace(write=lambda values: html.escape(filling.of(values)), pattern="%s", fillings=(filling,))


def _text_place(line: SlotLine) -> SlotPlace:
    fillings = tuple(_shown(piece) for piece in line.pieces if isinstance(piece, Slot))

    def write(values: Values) -> str:
        return "\n".join(fill(line, {filling.slot: filling.of(values) for filling in fillings}))

    end = " " if line.soft else ""
    pattern = "".join("%s" if isinstance(piece, Slot) else piece.replace("%", "%%") for piece in line.pieces) + end
    # Ordinary values leave a line that is one line with a letter for each of them as it is, unless it becomes too long.
    is_fixed = not line.indent and is_one_line(pattern.removesuffix(end) % tuple("x" for _ in fillings))
    longest = COLUMNS - 1 + len(end) if is_fixed else -1
    return SlotPlace(write=write, pattern=pattern, fillings=fillings, longest=longest)


def _shown(slot: Slot) -> Filling:
    return Filling(slot, Spelling.SHOWN if slot in ADDRESSES else Spelling.AS_IS)


def _join(pieces: Iterable[str | SlotPlace]) -> SlottedText:
    constants, places = [""], list[SlotPlace]()
    for piece in pieces:
        if isinstance(piece, str):
            constants[-1] += piece
        else:
            places.append(piece)
            constants.append("")
    constants = [constant.replace("\r\n", "\n").replace("\r", "\n") for constant in constants]
    constants[-1] = constants[-1].removesuffix("\n") + "\n"
    return SlottedText(constants=tuple(constants), places=tuple(places))
