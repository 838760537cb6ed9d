"""Splits an edition into the text that is the same for every recipient and the slots that differ."""

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from mailer.domain.edition import ADDRESSES, Edition, HtmlSlot, Place, Slot, SlotLine
from mailer.domain.errors import CannotRender
from mailer.formats.characters import find_invisible
from mailer.formats.edition.line_wrap import COLUMNS, words, wrap
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SlottedText:
    """One part of an edition: a slot between every two constants, which may be empty. Lines end with `\\n`."""

    constants: tuple[str, ...]
    slots: tuple[SlotWriter, ...]


def slotted_html(edition: Edition, *, banner: str = "") -> SlottedText:
    """The HTML part, below the banner if there is one. Its last line ends with a line break."""
    pieces: list[str | SlotWriter] = [piece if isinstance(piece, str) else _html_slot(piece) for piece in edition.html]
    if banner:
        pieces.insert(edition.banner_html, BANNER_HTML.format(html.escape(banner)))
    return _join(pieces)


def slotted_plain_text(edition: Edition, *, banner: str = "") -> SlottedText:
    """The text part, format=flowed (RFC 3676), below the banner if there is one. Its last line ends with a line break."""
    lines = list(edition.text)
    if banner:
        lines.insert(edition.banner_text, "".join(f"{line}\n" for line in (*wrap(words(banner)), "*" * COLUMNS, "")))
    pieces: list[str | SlotWriter] = []
    for line in lines:
        pieces += [line] if isinstance(line, str) else [_text_slot(line), "\n"]
    return _join(pieces)


def check_values(slots: Iterable[Slot], values: Values) -> None:
    """Raise CannotRender, naming the slot, for a value that is missing, blank, or contains an invisible character."""
    for slot in slots:
        value = values.get(slot, "")
        if not value.strip():
            raise CannotRender(f"there is no value for '{slot}'")
        character = find_invisible(value)
        if character:
            raise CannotRender(f"the value for '{slot}' contains an invisible character, {character}")


def _html_slot(piece: HtmlSlot) -> SlotWriter:
    slot = piece.slot
    match piece.place:
        case Place.TEXT if slot in ADDRESSES:
            return lambda values: html.escape(shown_link(values[slot]))
        case Place.TEXT | Place.ATTRIBUTE | Place.ADDRESS:
            return lambda values: html.escape(values[slot])
        case Place.URL:
            # RFC 3986 §2.1: one component; the template wrote the address around it.
            return lambda values: quote(values[slot], safe="")


def _text_slot(line: SlotLine) -> SlotWriter:
    if ADDRESSES.isdisjoint(line.pieces):
        return lambda values: "\n".join(fill(line, values))
    return lambda values: "\n".join(fill(line, {**values, **_shown_links(values)}))


def _shown_links(values: Values) -> dict[Slot, str]:
    return {slot: shown_link(values[slot]) for slot in ADDRESSES if slot in values}


def _join(pieces: Iterable[str | SlotWriter]) -> SlottedText:
    constants, slots = [""], list[SlotWriter]()
    for piece in pieces:
        if isinstance(piece, str):
            constants[-1] += piece
        else:
            slots.append(piece)
            constants.append("")
    constants = [constant.replace("\r\n", "\n").replace("\r", "\n") for constant in constants]
    constants[-1] = constants[-1].removesuffix("\n") + "\n"
    return SlottedText(constants=tuple(constants), slots=tuple(slots))
