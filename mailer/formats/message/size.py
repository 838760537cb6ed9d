"""Estimates how many octets a copy of an issue has, before any copy is made."""

from collections.abc import Iterable, Mapping

from mailer.domain.edition import Edition, SlotLine
from mailer.domain.issue import PictureFile
from mailer.domain.message_size import SPARE
from mailer.formats.message.parts import picture_part


def largest_size(editions: Iterable[Edition], pictures: Mapping[str, PictureFile]) -> int:
    """No copy of these editions has more octets, its signature included; a copy of the largest has hardly fewer."""
    return max((_size(edition, pictures) for edition in editions), default=0)


def _size(edition: Edition, pictures: Mapping[str, PictureFile]) -> int:
    html = sum(len(piece.encode()) for piece in edition.html if isinstance(piece, str))
    text = sum(_text_octets(piece) for piece in edition.text)
    shown = sum(len(picture_part(pictures[name])) for name in edition.pictures if name in pictures)
    # Base64 in lines of 76 and two for the line's end; the shorter of two encodings is sent, so it is never exceeded.
    return shown + (html + text) * 78 // 57 + SPARE


def _text_octets(piece: str | SlotLine) -> int:
    words = piece if isinstance(piece, str) else "".join(map(str, piece.pieces))
    return (
        len(words.encode()) + 3 * len(words) // 60 + words.count("\n")
    )  # a space and a line's end where it is wrapped
