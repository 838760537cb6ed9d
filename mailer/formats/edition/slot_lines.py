"""Turns the words of a paragraph, slots among them, into lines that flow; the slots are filled for each person later."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from mailer.domain.edition import Slot, SlotLine
from mailer.formats.edition.line_wrap import COLUMNS, is_one_line, width, words, wrap

Line = str | SlotLine
Word = tuple[str | Slot, ...]  # never broken: letters and slots that no space divides


def flow(atoms: Iterable[str | Slot], *, indent: str = "", lead: str = "") -> list[Line]:
    """The lines of a paragraph made of letters and slots; a `\\n` among the letters ends a line for good.

    When the constant words of such a line are short enough together, a line with slots is one SlotLine; else each
    word that holds a slot, its punctuation included, has a line of its own. `indent` is that of `flowed.wrap`; `lead`
    (the mark of a list's item, with its space) stands before the first word.
    """
    lines: list[Line] = []
    for hard_line in _hard_lines(atoms):
        lines += _lines(_words(hard_line, lead), indent)
        lead = ""
    return lines


def fill(line: SlotLine, values: Mapping[Slot, str]) -> list[str]:
    """The physical lines of a line with its slots filled, wrapped alone when it has become too long."""
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
    """The atoms cut at spaces: what no space divides is one word, a slot with its punctuation too."""
    done: list[Word] = []
    current: Word = (lead,) if lead else ()
    for atom in atoms:
        if isinstance(atom, Slot):
            current += (atom,)
            continue
        # A sign at both ends, so that spaces at the ends of the atom divide words as well.
        first, *others = words(f"|{atom}|")
        for place, piece in enumerate([first[1:], *others]):
            if place and current:
                done.append(current)
                current = ()
            letters = piece.removesuffix("|") if place == len(others) else piece
            current += (letters,) if letters else ()
    return [*done, current] if current else done


def _lines(line: Sequence[Word], indent: str) -> list[Line]:
    if not any(_is_open(word) for word in line):
        return list(wrap(_closed(line), indent=indent))
    pieces = [piece for place, word in enumerate(line) for piece in ((" ",) if place else ()) + word]
    if width(indent + "".join(piece for piece in pieces if not isinstance(piece, Slot))) <= COLUMNS:
        return [SlotLine(pieces=_joined(pieces), indent=indent)]
    done: list[Line] = []
    left = len(line)
    for is_open, group in groupby(line, key=_is_open):
        run = list(group)
        left -= len(run)
        if is_open:
            last = len(run) - 1
            done += [
                SlotLine(pieces=_joined(word), indent=indent, soft=left > 0 or place < last)
                for place, word in enumerate(run)
            ]
        else:
            done += wrap(_closed(run), indent=indent, soft=left > 0)
    return done


def _is_open(word: Word) -> bool:
    return any(isinstance(piece, Slot) for piece in word)


def _closed(line: Iterable[Word]) -> list[str]:
    return ["".join(word) for word in line]


def _joined(pieces: Iterable[str | Slot]) -> tuple[str | Slot, ...]:
    """The pieces with neighbouring letters made one."""
    done: list[str | Slot] = []
    for is_open, run in groupby(pieces, key=lambda piece: isinstance(piece, Slot)):
        if is_open:
            done += run
        else:
            done.append("".join(run))
    return tuple(done)
