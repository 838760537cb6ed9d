"""An issue compiled for sending: one edition per language and variant, with slots for what differs between copies."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from mailer.domain.membership import Period


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


def _period_name(period: Period) -> str:
    """`2027`, `2027-2028`; of other dates than whole years `20270101-20270630`."""
    if period.is_whole_years:
        first, last = period.first.year, period.last.year
        return f"{first:04}" if first == last else f"{first:04}-{last:04}"
    return f"{period.first}".replace("-", "") + "-" + f"{period.last}".replace("-", "")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Variant:
    """The optional parts of an edition. Without `terms` it has no insert; without an `offer` no table of fees."""

    terms: Terms | None = None
    wording: Wording = Wording.RENEW
    offer: tuple[Period, ...] = ()
    # `none`, `corporate-ahead`, `individual-renew:2027,2027-2028` …; the word in tables and on the command line.
    name: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the name once: each copy has it."""
        offered = ",".join(map(_period_name, self.offer))
        name = f"{self.terms}-{self.wording}" + (f":{offered}" if offered else "") if self.terms else "none"
        object.__setattr__(self, "name", name)

    @property
    def plain(self) -> "Variant":
        """The same without a table of fees."""
        return replace(self, offer=())


NO_INSERT = Variant()


# Every insert there is, without what it offers. Complimentary people pay nothing: they are never ahead and have no days of grace.
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


@lru_cache(maxsize=1024)
def variant_named(name: str) -> Variant:
    """The variant whose `name` this is; ValueError for an unknown one."""
    if name == NO_INSERT.name:
        return NO_INSERT
    insert, _, offered = name.partition(":")
    terms, _, wording = insert.partition("-")
    offer = tuple(_period_named(period) for period in offered.split(",")) if offered else ()
    return Variant(terms=Terms(terms), wording=Wording(wording), offer=offer)


def _period_named(name: str) -> Period:
    first, _, last = name.partition("-")
    if len(first) == len("2027"):
        return Period(first=date(int(first), 1, 1), last=date(int(last or first), 12, 31))
    return Period(first=date.fromisoformat(first), last=date.fromisoformat(last))


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
