"""Cuts an edition into what is the same for everybody and the gaps where a person's own words go."""

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from mailer.domain.edition import Edition, HtmlSlot, Place, Slot, SlotLine
from mailer.domain.errors import CannotRender
from mailer.formats.characters import unseen
from mailer.formats.edition.line_wrap import words, wrap
from mailer.formats.edition.slot_lines import fill

Values = Mapping[Slot, str]
Gap = Callable[[Values], str]  # what stands in the gap, escaped for its place; never ends with a line break

# What a test mailing shows above everything else; styled here, since filling reads no files.
BANNER_HTML = (
    '<div role="note" style="max-width:640px;margin:0 auto;padding:14px 0;background-color:#8a5a00;color:#ffffff;'
    'font-family:Arial,sans-serif;font-size:15px;font-weight:bold;line-height:1.4;text-align:center;">'
    '<div style="padding:0 16px;">{}</div></div>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stencil:
    """One part of an edition: a gap stands between every two constants, which may be empty. Lines end with `\\n`."""

    constants: tuple[str, ...]
    gaps: tuple[Gap, ...]


def html_stencil(edition: Edition, *, banner: str = "") -> Stencil:
    """The HTML part; with a banner, that line stands above it. Its last line ends, too."""
    pieces: list[str | Gap] = [piece if isinstance(piece, str) else _in_html(piece) for piece in edition.html]
    if banner:
        pieces.insert(edition.banner_html, BANNER_HTML.format(html.escape(banner)))
    return _joined(pieces)


def text_stencil(edition: Edition, *, banner: str = "") -> Stencil:
    """The text part, format=flowed (RFC 3676); with a banner, that line stands above it. Its last line ends, too."""
    lines = list(edition.text)
    if banner:
        lines.insert(edition.banner_text, "".join(f"{line}\n" for line in (*wrap(words(banner)), "")))
    pieces: list[str | Gap] = []
    for piece in lines:
        pieces += [piece] if isinstance(piece, str) else [_in_text(piece), "\n"]
    return _joined(pieces)


def check(slots: Iterable[Slot], values: Values) -> None:
    """Raises CannotRender, naming the slot, when a value is missing, empty, or not one line of visible characters."""
    for slot in slots:
        value = values.get(slot, "")
        if not value.strip():
            raise CannotRender(f"nothing is given for '{slot}'")
        found = unseen(value)
        if found:
            raise CannotRender(f"what is given for '{slot}' holds an unseen character, {found}")


def _in_html(piece: HtmlSlot) -> Gap:
    slot = piece.slot
    match piece.place:
        case Place.TEXT | Place.ATTRIBUTE:
            return lambda values: html.escape(values[slot])
        case Place.URL:
            # RFC 3986 §2.1: one component; the template wrote the address around it.
            return lambda values: quote(values[slot], safe="")


def _in_text(piece: SlotLine) -> Gap:
    return lambda values: "\n".join(fill(piece, values))


def _joined(pieces: Iterable[str | Gap]) -> Stencil:
    constants, gaps = [""], list[Gap]()
    for piece in pieces:
        if isinstance(piece, str):
            constants[-1] += piece
        else:
            gaps.append(piece)
            constants.append("")
    constants = [constant.replace("\r\n", "\n").replace("\r", "\n") for constant in constants]
    constants[-1] = constants[-1].removesuffix("\n") + "\n"
    return Stencil(constants=tuple(constants), gaps=tuple(gaps))
