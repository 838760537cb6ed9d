"""Encodes a part of a message in quoted-printable, which keeps English readable; its constants are encoded once."""

import re
import sys
from binascii import b2a_qp
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from mailer.formats.message.filling import Filled, Room, picker
from mailer.formats.message.slotted_text import Filling, SlotPlace, SlottedText, SlotWriter, Values

_LINE = 75  # RFC 2045 §6.7: 76 characters, including the = of a soft break
# One line that needs no encoding: no =, no space at its end, no start that `_broken` encodes.
_PLAIN_LINE = re.compile(r"(?!\.|From )[ -<>-~]{0,74}[!-<>-~]")
_SOFT_BREAK = b"=\r\n"


class QuotedPrintable:
    """A slotted text in quoted-printable. Soft breaks set every place on lines of its own, so constants never shift."""

    name = "quoted-printable"

    def __init__(self, text: SlottedText, order: Sequence[Filling] = ()) -> None:
        first, *others = text.constants
        self._first = encode_quoted_printable(first) + (_break_before_slot(first) if others else b"")
        last = len(others) - 1
        constants = [
            _encode_after_slot(constant) + (_break_before_slot(constant) if place < last else b"")
            for place, constant in enumerate(others)
        ]
        self._pieces = [self._first]
        for constant in constants:
            self._pieces += (b"", constant)
        self._places = [_encoded(place, order) for place in text.places]
        self._holds_words_only = all(place.is_word for place in self._places)
        self._room = Room([(place.fillings, place.room) for place in self._places], len(order))
        # The same once more, with the constant words of each place joined to the constants around it.
        self._around = [self._first]
        for place, constant in zip(self._places, constants, strict=True):
            before, *after = place.words
            self._around[-1] += before
            for piece in after:
                self._around += (b"", piece)
            self._around[-1] += constant
        self._pick = picker([filling for place in self._places for filling in place.fillings])

    def write(self, filled: Filled) -> list[bytes]:
        """The part's octets with its slots filled: lines of at most 76 characters that end in CRLF."""
        if not filled.words:
            return self._between([encode_quoted_printable(place.write(filled.values)) for place in self._places])
        octets = _ordinary_words(filled.lines)
        if not self._room.suffices(octets):
            if not self._holds_words_only:
                return self._between([place.filled(octets, filled.values) for place in self._places])
            octets = tuple([word if len(word) <= _LINE else _broken(word) for word in octets])
        written = self._around.copy()
        written[1::2] = self._pick(octets)
        return written

    def _between(self, lines: list[bytes]) -> list[bytes]:
        written = self._pieces.copy()
        written[1::2] = lines
        return written


def encode_quoted_printable(text: str) -> bytes:
    """The text, lines ending with `\\n`, in quoted-printable, lines ending with CRLF and leaving room for a soft break.

    No line begins with a dot, which SMTP would have to double (RFC 5321 §4.5.2), or with `From `, which separates
    messages in mbox files. Spaces at the end of a line, which format=flowed needs, are kept.
    """
    if _PLAIN_LINE.fullmatch(text):
        return text.encode()
    return b"\r\n".join([_broken(_characters(line)) for line in text.encode().split(b"\n")])


class _EncodedPlace(NamedTuple):
    """A place whose constant words are encoded, with those of the values that stand between them.

    With ordinary values its line is theirs and these words, with soft breaks in the words before the first value. It is
    as it should be with up to `longest` octets; with more it must be broken from `start` on, and above `fits` be written
    anew.
    """

    write: SlotWriter
    words: tuple[bytes, ...]
    fillings: tuple[int, ...]
    start: int
    longest: int
    fits: int

    @property
    def is_word(self) -> bool:
        """Whether it holds one value, of any length, and nothing else."""
        return self.words == (b"", b"") and self.fits >= sys.maxsize

    @property
    def room(self) -> int:
        """The octets that its values may have together."""
        return self.longest - sum(map(len, self.words))

    def filled(self, octets: Sequence[bytes], values: Values) -> bytes:
        """Its line with ordinary values of any length."""
        before, *after = self.words
        line = before + b"".join([octets[filling] + word for filling, word in zip(self.fillings, after, strict=True)])
        if len(line) <= self.longest:
            return line
        if len(line) <= self.fits:
            return line[: self.start] + _broken(line[self.start :])
        return encode_quoted_printable(self.write(values))


def _encoded(place: SlotPlace, order: Sequence[Filling]) -> _EncodedPlace:
    before, *others = _characters((place.pattern % tuple("\0" for _ in place.fillings)).encode()).split(b"=00")
    *begun, before = _broken(before).split(_SOFT_BREAK)
    start = sum(len(line) + len(_SOFT_BREAK) for line in begun)
    words = (_SOFT_BREAK.join((*begun, before)), *others)
    # A character takes at least one octet.
    characters = len(place.pattern % tuple("" for _ in place.fillings))
    fits = sum(map(len, words)) + place.longest - characters
    if b"From ".startswith(before) and before:
        fits = -1  # a value may make it the start that is encoded
    return _EncodedPlace(
        write=place.write,
        words=words,
        fillings=tuple([order.index(filling) for filling in place.fillings]),
        start=start,
        longest=min(start + _LINE, fits),
        fits=fits,
    )


# The text and the HTML of a copy need the same words.
@lru_cache(maxsize=16)
def _ordinary_words(lines: str) -> tuple[bytes, ...]:
    """Ordinary values, encoded. Every English date has a no-break space, and the library takes five times as long."""
    plain = lines.replace("=", "=3D").replace("\u00a0", "=C2=A0")
    return tuple((plain.encode() if plain.isascii() else _characters(lines.encode())).split(b"\n"))


def _characters(text: bytes) -> bytes:
    """Each character of the text encoded, its lines as long as they are."""
    # The library's soft breaks leave no room to encode the first character of a line.
    return b2a_qp(text).replace(b"=\n", b"")


def _broken(rest: bytes) -> bytes:
    """The encoded line with soft breaks."""
    lines: list[bytes] = []
    while True:
        if rest.startswith((b".", b"From ")):
            rest = b"=%02X" % rest[0] + rest[1:]
        if len(rest) <= _LINE:
            return _SOFT_BREAK.join([*lines, rest])
        end = _LINE - (rest[_LINE - 1 : _LINE] == b"=") - 2 * (rest[_LINE - 2 : _LINE - 1] == b"=")  # not within =3D
        lines.append(rest[:end])
        rest = rest[end:]


def _break_before_slot(constant: str) -> bytes:
    return _SOFT_BREAK if constant and not constant.endswith("\n") else b""


def _encode_after_slot(constant: str) -> bytes:
    """The constant after a slot: a line break of its own ends the slot's line, else a soft break does."""
    encoded = encode_quoted_printable(constant)
    return encoded if constant.startswith("\n") else _SOFT_BREAK + encoded
