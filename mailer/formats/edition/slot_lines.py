"""Wraps paragraphs that contain slots, and fills the slots for each person later."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from mailer.domain.edition import Slot, SlotLine
from mailer.formats.edition.line_wrap import COLUMNS, is_one_line, width, words, wrap

Line = str | SlotLine
Word = tuple[str | Slot, ...]  # never broken: text and slots without a space between them


def flow(atoms: Iterable[str | Slot], *, indent: str = "", lead: str = "") -> list[Line]:
    """The lines of a paragraph of texts and slots; a `\\n` in a text is a hard line break.

    A line with slots is one SlotLine if its constant words fit into one line; otherwise every word that contains a
    slot, with its punctuation, gets its own line. `indent` is that of `line_wrap.wrap`; `lead`, the mark of a list
    item with its space, stands before the first word.
    """
    lines: list[Line] = []
    for hard_line in _hard_lines(atoms):
        lines += _lines(_words(hard_line, lead), indent)
        lead = ""
    return lines


def fill(line: SlotLine, values: Mapping[Slot, str]) -> list[str]:
    """The physical lines of a line with its slots filled, wrapped if it has become too long."""
    text = "".join([values[piece] if isinstance(piece, Slot) else piece for piece in line.pieces])
    if not line.indent and is_one_line(text):
        return [f"{text} " if line.soft else text]
    return wrap(words(text), indent=line.indent, soft=line.soft)


def _hard_lines(atoms: Iterable[str | Slot]) -> list[list[str | Slot]]:
    lines: list[list[str | Slot]] = [[]]
    for atom in atoms:
        if isinstance(atom, Slot):
            lines[-1].append(atom)
        else:
            first, *others = atom.split("\n")
            lines[-1].append(first)
            lines += [[other] for other in others]
    return lines


def _words(atoms: Iterable[str | Slot], lead: str) -> list[Word]:
    """The atoms split at spaces; a slot belongs to one word with its punctuation."""
    result: list[Word] = []
    current: Word = (lead,) if lead else ()
    for atom in atoms:
        if isinstance(atom, Slot):
            current += (atom,)
            continue
        # The mark at both ends makes spaces at the ends of the atom separate words too.
        first, *others = words(f"|{atom}|")
        for place, piece in enumerate([first[1:], *others]):
            if place and current:
                result.append(current)
                current = ()
            letters = piece.removesuffix("|") if place == len(others) else piece
            current += (letters,) if letters else ()
    return [*result, current] if current else result


def _lines(line: Sequence[Word], indent: str) -> list[Line]:
    if not any(_has_slot(word) for word in line):
        return list(wrap(_texts(line), indent=indent))
    pieces = [piece for place, word in enumerate(line) for piece in ((" ",) if place else ()) + word]
    if width(indent + "".join(piece for piece in pieces if not isinstance(piece, Slot))) <= COLUMNS:
        return [SlotLine(pieces=_joined(pieces), indent=indent)]
    lines: list[Line] = []
    left = len(line)
    for has_slot, group in groupby(line, key=_has_slot):
        run = list(group)
        left -= len(run)
        if has_slot:
            last = len(run) - 1
            lines += [
                SlotLine(pieces=_joined(word), indent=indent, soft=left > 0 or place < last)
                for place, word in enumerate(run)
            ]
        else:
            lines += wrap(_texts(run), indent=indent, soft=left > 0)
    return lines


def _has_slot(word: Word) -> bool:
    return any(isinstance(piece, Slot) for piece in word)


def _texts(line: Iterable[Word]) -> list[str]:
    return ["".join(word) for word in line]


def _joined(pieces: Iterable[str | Slot]) -> tuple[str | Slot, ...]:
    """The pieces, with adjacent texts joined."""
    result: list[str | Slot] = []
    for has_slot, run in groupby(pieces, key=lambda piece: isinstance(piece, Slot)):
        if has_slot:
            result += run
        else:
            result.append("".join(run))
    return tuple(result)
