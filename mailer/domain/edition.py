"""An issue compiled for sending: one edition per language and variant, with slots for what differs between copies."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Slot(StrEnum):
    """What is filled in for each person: one line of text, never markup."""

    NAME = "name"
    SALUTATION = "salutation"
    COPY_NUMBER = "copy_number"
    PAID_UNTIL = "paid_until"
    PREFERENCES = "preferences"  # where the reader pauses: the address of a page, or a mailto: address


# A link of a template to `SLOT_LINK` and a slot's name is the address in that slot; no real site can be there (RFC 2606).
SLOT_LINK = "https://slot.invalid/"
# The only slots that may be a whole address, since nothing else could make a link to code.
ADDRESSES = frozenset({Slot.PREFERENCES})


class Place(StrEnum):
    """Where a slot stands in the HTML, which decides how its value is escaped."""

    TEXT = "text"
    ATTRIBUTE = "attribute"
    URL = "url"  # a part of an address
    ADDRESS = "address"  # a whole address


class Terms(StrEnum):
    """The membership terms that the insert shows."""

    INDIVIDUAL = "individual"
    CORPORATE = "corporate"
    COMPLIMENTARY = "complimentary"


class Wording(StrEnum):
    """The wording of the insert."""

    RENEW = "renew"  # paid until a date
    AHEAD = "ahead"  # already paid to the end of the next year
    GRACE = "grace"  # the paid time has ended, copies still come for now
    OPEN = "open"  # complimentary without an end


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Variant:
    """The optional parts of an edition. Without `terms` it has no insert."""

    terms: Terms | None = None
    wording: Wording = Wording.RENEW

    @property
    def name(self) -> str:
        """`none`, `individual-renew`, `corporate-ahead` … ; the word in tables and on the command line."""
        return f"{self.terms}-{self.wording}" if self.terms else "none"


NO_INSERT = Variant()


# Every variant there is. Complimentary people pay nothing: they are never ahead and have no days of grace.
ALL_VARIANTS = (
    NO_INSERT,
    *(
        Variant(terms=terms, wording=wording)
        for terms in (Terms.INDIVIDUAL, Terms.CORPORATE)
        for wording in (Wording.RENEW, Wording.AHEAD, Wording.GRACE)
    ),
    Variant(terms=Terms.COMPLIMENTARY, wording=Wording.RENEW),
    Variant(terms=Terms.COMPLIMENTARY, wording=Wording.OPEN),
)


@cache
def variant_named(name: str) -> Variant:
    """The variant whose `name` this is; ValueError for an unknown one."""
    if name == NO_INSERT.name:
        return NO_INSERT
    terms, _, wording = name.partition("-")
    return Variant(terms=Terms(terms), wording=Wording(wording))


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlSlot:
    """An open place in the HTML."""

    slot: Slot
    place: Place = Place.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLine:
    """A flowed line of the text part with slots; its pieces are texts or slots, and it is wrapped once they are filled.

    `indent` stands before every physical line; `soft` means that the paragraph continues after it.
    """

    pieces: tuple[str | Slot, ...]
    indent: str = ""
    soft: bool = False


HtmlPart = tuple[str | HtmlSlot, ...]
TextPart = tuple[str | SlotLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Subject, inlined HTML and text of one language and variant; only the slots differ between copies.

    `banner_html` and `banner_text` are the indices of the pieces before which a test mailing's banner goes.
    `pictures` are the file names of the pictures in the HTML.
    """

    language: str
    variant: Variant
    subject: str
    html: HtmlPart
    text: TextPart
    banner_html: int
    banner_text: int
    pictures: tuple[str, ...] = ()

    @property
    def slots(self) -> frozenset[Slot]:
        """Every slot that must be filled to make a copy."""
        in_html = {piece.slot for piece in self.html if isinstance(piece, HtmlSlot)}
        in_text = {
            slot
            for piece in self.text
            if isinstance(piece, SlotLine)
            for slot in piece.pieces
            if isinstance(slot, Slot)
        }
        return frozenset(in_html | in_text)
