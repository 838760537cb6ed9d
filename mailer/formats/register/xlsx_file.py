"""Reads a sheet of an .xlsx workbook as rows of text, and names what Excel shows otherwise than it stores it."""

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from xml.etree.ElementTree import Element, ParseError

from mailer.domain.errors import BadInput
from mailer.formats.register.number_format import shown
from mailer.formats.register.text_rows import OddCell, TextFile, TextRow, filled_rows
from mailer.formats.register.workbook import Sheet, Workbook, is_true, local_name, open_workbook, text_of, unescaped

# What zipfile, its decompressors and the parser raise for a damaged file; for a password, zipfile raises RuntimeError.
_WORKBOOK_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError),
    *(LookupError, ValueError, TypeError, AttributeError, OSError, ParseError, SyntaxError, ArithmeticError),
)
_NO_VALUE = "the cell has a formula without its value; open the file in Excel, save it and import it again"
_NOTHING = frozenset({"0", "0.0"})  # a height or width that hides a row or column
# Excel has columns to XFD, and rows to 1,048,576.
_REFERENCE = re.compile(r"(?P<column>[A-Z]{1,3})(?P<row>[1-9]\d{0,6})", re.ASCII)
_DIGITS = 15  # of a number, as Excel stores it


def read_xlsx(file: str, content: bytes, name: str) -> TextFile:
    """The sheet with this name; raises BadInput, naming the file, for one that cannot be read."""
    try:
        workbook = open_workbook(file, content)
        sheet, warnings = _choose(file, workbook, name)
        reading = _SheetReading(workbook=workbook, place=f"{file}, sheet {name}")
        rows = _padded_to_header(list(reading.rows(sheet)))
    except _WORKBOOK_ERRORS as error:
        raise _unreadable(file, error) from error
    rows = reading.with_covered(rows)
    warnings += reading.hidden(rows)
    return TextFile(place=reading.place, rows=rows, warnings=tuple(warnings))


def sheet_names(file: str, content: bytes) -> frozenset[str]:
    """The names of the sheets in small letters; raises BadInput as `read_xlsx` does."""
    try:
        return frozenset(sheet.name.strip().lower() for sheet in open_workbook(file, content).sheets)
    except _WORKBOOK_ERRORS as error:
        raise _unreadable(file, error) from error


def _unreadable(file: str, error: BaseException) -> BadInput:
    if "password" in str(error):
        return BadInput(f"{file} has a password; save it without a password.")
    return BadInput(f"{file} cannot be read as a workbook; save it as .xlsx again.")


def _choose(file: str, workbook: Workbook, name: str) -> tuple[Sheet, list[str]]:
    """The sheet with this name in any case, and what is worth a note about it."""
    same = [sheet for sheet in workbook.sheets if sheet.name.strip().lower() == name]
    if not same:
        names = ", ".join(sheet.name for sheet in workbook.sheets)
        raise BadInput(f"{file} has no sheet named {name}, only {names}; rename the right one.")
    if len(same) > 1:
        raise BadInput(f"{file} has {len(same)} sheets named {name}; rename all but the right one.")
    others = [sheet.name for sheet in workbook.sheets if sheet.name.strip().lower().startswith(f"{name} ")]
    warnings = [f"{file}: the sheet {other} is not read, only {same[0].name}." for other in others]
    if same[0].hidden:
        warnings.append(f"{file}: the sheet {same[0].name} is hidden in Excel; it is imported all the same.")
    return same[0], warnings


def _padded_to_header(rows: list[TextRow]) -> list[TextRow]:
    """Pad the rows, since a workbook does not store the empty cells at the end of a row."""
    width = len(rows[0].cells) if rows else 0
    return [replace(row, cells=row.cells + ("",) * (width - len(row.cells))) for row in rows]


@dataclass(slots=True, kw_only=True)
class _Covered:
    """A range of cells of which only the first may hold a value, and what is wrong with the others."""

    top: int
    left: int
    bottom: int
    right: int
    fault: str
    if_filled: bool  # a fault only if the first cell has a value


@dataclass(slots=True, kw_only=True)
class _SheetReading:
    """A sheet while it is read."""

    workbook: Workbook
    place: str
    row: int = 0
    column: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    covered: list[_Covered] = field(default_factory=list)
    stored_empty: set[tuple[int, int]] = field(default_factory=set)

    def rows(self, sheet: Sheet) -> Iterator[TextRow]:
        """The rows that are not empty, with what is remarkable in them kept aside."""
        return filled_rows(self.place, self._all_rows(sheet))

    def _all_rows(self, sheet: Sheet) -> Iterator[TextRow]:
        for event, name, element in self.workbook.elements(sheet.part):
            if event == "start":
                if name == "row":
                    self.row, self.column = int(element.get("r") or self.row + 1), 0
            elif name == "row":
                yield self._row(element)
            elif name == "col" and (is_true(element.get("hidden")) or element.get("width") in _NOTHING):
                self.hidden_columns.append((int(element.get("min", 1)), int(element.get("max", 1))))
            elif name == "mergeCell":
                fault = "the cell is merged with {0}; unmerge the cells and write each value"
                self._cover(element.get("ref", ""), fault, if_filled=True)

    def _row(self, element: Element) -> TextRow:
        texts, odd = dict[int, str](), dict[int, OddCell]()
        for cell in element:
            if local_name(cell.tag) != "c":
                continue
            reference = cell.get("r")
            self.column = _place(reference)[0] if reference else self.column + 1
            text, oddity = self._cell(cell)
            if text:
                texts[self.column - 1] = text
            if oddity:
                odd[self.column - 1] = oddity
        last = max((*texts, *odd), default=-1) + 1
        if last and (is_true(element.get("hidden")) or element.get("ht") in _NOTHING):
            self.hidden_rows.add(self.row)
        return TextRow(number=self.row, cells=tuple(texts.get(index, "") for index in range(last)), odd=odd)

    # --- one cell -----------------------------------------------------------------------------------------------------

    def _cell(self, cell: Element) -> tuple[str, OddCell | None]:
        kind = cell.get("t", "n")
        parts = {local_name(child.tag): child for child in cell}
        value, formula = parts.get("v"), parts.get("f")
        stored = (value.text or "") if value is not None else ""
        if formula is not None:
            if formula.get("t") in {"array", "dataTable"}:
                self._cover(formula.get("ref", ""), _NO_VALUE, if_filled=False)
            if self._lacks_value(kind, value, stored):
                return "", OddCell(fault=_NO_VALUE)
        if kind == "inlineStr":
            return text_of(cell).strip(), None
        if stored:
            return self._value(kind, stored, int(cell.get("s") or 0), from_formula=formula is not None)
        if kind == "str" and value is not None:
            self.stored_empty.add((self.row, self.column))
        return "", None

    def _value(self, kind: str, stored: str, style: int, *, from_formula: bool) -> tuple[str, OddCell | None]:
        match kind:
            case "s":
                return self.workbook.strings[int(stored)].strip(), None
            case "str":
                return unescaped(stored).strip(), None
            case "e":
                return "", OddCell(fault=f"the cell shows {stored}, an error of Excel; correct it in Excel")
            case "b":
                yes = is_true(stored)
                return "yes" if yes else "no", _not_text("a yes or no", "TRUE" if yes else "FALSE")
            case "d":
                return self._day(datetime.fromisoformat(stored))
            case _:
                return self._number(stored, style, from_formula=from_formula)

    def _lacks_value(self, kind: str, value: Element | None, stored: str) -> bool:
        """Whether a formula has no value. The empty text is one, unless its writer leaves the values to Excel."""
        if self.workbook.uncalculated and stored in {"", "0"}:
            return True
        return not stored and (value is None or kind != "str")

    def _day(self, moment: object) -> tuple[str, OddCell]:
        day = str(moment.date()) if isinstance(moment, datetime) else str(moment)
        return day, _not_text("a date", day)

    def _number(self, stored: str, style: int, *, from_formula: bool) -> tuple[str, OddCell | None]:
        from openpyxl.styles.numbers import is_date_format
        from openpyxl.utils.datetime import from_excel

        code = self.workbook.formats[style] if style < len(self.workbook.formats) else "General"
        value = float(stored)
        if is_date_format(code):
            try:
                return self._day(from_excel(value, self.workbook.epoch))
            except (ValueError, OverflowError):
                return stored, OddCell(fault=f"the cell is no day that Excel can show ({stored}); write the date again")
        number = Decimal(f"{value:.{_DIGITS}g}").normalize()
        text = f"{number:f}"
        if "%" in code:
            return text, OddCell(
                fault=f"the cell is a percentage ({(number * 100).normalize():f} %); write the number itself"
            )
        if number != number.to_integral_value():
            return text, _not_text("a number with a fraction", text)
        if len(number.as_tuple().digits) + int(number.as_tuple().exponent) > _DIGITS:
            return text, _not_text(f"a number, of which it keeps {_DIGITS} digits only", text)
        if from_formula and number == 0:
            return text, OddCell(not_text="the formula gives 0, as it does for an empty cell; correct it in Excel")
        as_shown = shown(number, code)
        return text, OddCell(shown=as_shown) if as_shown else None

    # --- what is seen only when the sheet was read --------------------------------------------------------------------

    def _cover(self, ref: str, fault: str, *, if_filled: bool) -> None:
        first, _, last = ref.partition(":")
        if not last:
            return
        (left, top), (right, bottom) = _place(first), _place(last)
        fault = fault.format(first)
        self.covered.append(_Covered(top=top, left=left, bottom=bottom, right=right, fault=fault, if_filled=if_filled))

    def with_covered(self, rows: Sequence[TextRow]) -> list[TextRow]:
        """The rows, with a fault in each empty cell that lies under the value of another one."""
        if not self.covered:
            return list(rows)
        filled = {
            (row.number, column) for row in rows for column, cell in enumerate(row.cells, start=1) if cell
        } | self.stored_empty
        areas = [area for area in self.covered if not area.if_filled or (area.top, area.left) in filled]
        return [self._with_covered(row, areas, filled) for row in rows]

    def _with_covered(self, row: TextRow, areas: Sequence[_Covered], filled: set[tuple[int, int]]) -> TextRow:
        odd = dict(row.odd)
        for area in areas:
            if area.top <= row.number <= area.bottom:
                for column in range(area.left, min(area.right, len(row.cells)) + 1):
                    is_first = (row.number, column) == (area.top, area.left)
                    is_placeholder = self.workbook.uncalculated and row.cells[column - 1] == "0" and not area.if_filled
                    if not is_first and ((row.number, column) not in filled or is_placeholder):
                        odd.setdefault(column - 1, OddCell(fault=area.fault))
        return replace(row, odd=odd)

    def hidden(self, rows: Sequence[TextRow]) -> list[str]:
        """What Excel hides of these rows and their columns."""
        warnings = list[str]()
        hidden = [row.number for row in rows if row.number in self.hidden_rows]
        if hidden:
            what, are = ("row", "is") if len(hidden) == 1 else ("rows", "are")
            warnings.append(
                f"{self.place}: {what} {in_ranges(hidden)} {are} hidden in Excel and imported all the same; "
                "delete rows that do not belong to the register."
            )
        names = [
            name
            for index, name in enumerate(rows[0].cells if rows else (), start=1)
            if name and any(first <= index <= last for first, last in self.hidden_columns)
        ]
        if names:
            warnings.append(f"{self.place}: hidden in Excel and imported all the same: {', '.join(names)}.")
        return warnings


def _not_text(what: str, text: str) -> OddCell:
    return OddCell(not_text=f"Excel keeps {what} here ({text}); format the column as text and write the value again")


def _place(reference: str) -> tuple[int, int]:
    """The column and the row in a reference such as H7, from 1. Raises ValueError for another word."""
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(f"{reference[:20]} is no cell")
    return _column(match["column"]), int(match["row"])


@cache
def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def in_ranges(numbers: Iterable[int]) -> str:
    """The numbers, ascending, in short: 3, 7–9."""
    ranges = list[list[int]]()
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)
