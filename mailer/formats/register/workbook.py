"""Opens the parts of an .xlsx workbook: its sheets, its shared texts, the number formats of its cells.

openpyxl reads either the formulas of a workbook or their values, and no Strict Open XML; a register needs both. Elements
are known here by their names without namespace, which are the same in both kinds of Open XML (ECMA-376, ISO 29500).
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from xml.etree.ElementTree import Element, iterparse

from mailer.domain.errors import BadInput

MAX_UNPACKED_BYTES = 200_000_000  # Excel writes so much for a few columns that are formatted down to the last row
# A workbook has some for each sheet and picture. An archive of nothing but names would take a kilobyte for each of them.
MAX_PARTS = 5_000
_ENTRY = b"PK\x01\x02"  # begins each entry of an archive's directory (APPNOTE 6.3.10 §4.3.12)
# In memory at one time, so that an archive of small size does not fill it: a row has 16,384 cells at most, each with a
# value and a formula.
MAX_ELEMENTS = 100_000
# Elements that are read with all that is in them; of others, each child is read when it ends, and then dropped.
_READ_WHOLE = frozenset({"row", "si"})
_VISIBLE = "visible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of the workbook: its name, the part that holds it, and whether Excel hides it."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """An open workbook. `formats` are the number formats by style, `epoch` is the day from which dates are counted.

    With `uncalculated`, the program that wrote it leaves the values of formulas to Excel.
    """

    archive: zipfile.ZipFile
    sheets: tuple[Sheet, ...]
    strings: Sequence[str]
    formats: Sequence[str]
    epoch: datetime
    uncalculated: bool

    def elements(self, part: str) -> Iterator[tuple[str, str, Element]]:
        """The start and the end of the part's elements, by their names without namespace; rows are read as a whole."""
        return _elements(self.archive, part)


def open_workbook(file: str, content: bytes) -> Workbook:
    """The workbook in the bytes; raises BadInput for another kind of archive, and what zipfile and the parser raise."""
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH  # loaded only to read a workbook

    if content.count(_ENTRY) > MAX_PARTS:
        raise BadInput(f"{file} has more than {MAX_PARTS} parts; that is not a register.")
    archive = zipfile.ZipFile(io.BytesIO(content))
    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise BadInput(f"{file} unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB; that is not a register.")
    root = next(iter(_related(archive, "", "officeDocument").values()), "")
    if not root.endswith(".xml"):
        raise BadInput(f"{file} is not an .xlsx workbook; save it as .xlsx.")
    targets = _related(archive, root, "worksheet")
    sheets, epoch, uncalculated = list[Sheet](), WINDOWS_EPOCH, False
    for event, name, element in _elements(archive, root):
        if event == "start":
            continue
        if name == "sheet" and (part := targets.get(attribute(element, "id"))):
            hidden = element.get("state", _VISIBLE) != _VISIBLE
            sheets.append(Sheet(name=element.get("name", ""), part=part, hidden=hidden))
        elif name == "workbookPr" and is_true(element.get("date1904")):
            epoch = MAC_EPOCH
        elif name == "calcPr":
            uncalculated = is_true(element.get("fullCalcOnLoad"))
    strings = [text for part in _related(archive, root, "sharedStrings").values() for text in _strings(archive, part)]
    formats = [code for part in _related(archive, root, "styles").values() for code in _formats(archive, part)]
    return Workbook(
        archive=archive,
        sheets=tuple(sheets),
        strings=strings,
        formats=formats,
        epoch=epoch,
        uncalculated=uncalculated,
    )


def is_true(value: str | None) -> bool:
    """An attribute that is a boolean (xsd:boolean, or on and off)."""
    return value in {"1", "true", "on"}


def attribute(element: Element, name: str) -> str:
    """The attribute with this name, in whatever namespace; empty without one."""
    return next((value for key, value in element.attrib.items() if local_name(key) == name), "")


@lru_cache(maxsize=1024)
def local_name(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition("}")[2]


def text_of(element: Element) -> str:
    """The text of a cell or of a shared text: all its runs, without the phonetic ones."""
    texts = list[str]()
    for child in element:
        match local_name(child.tag):
            case "t":
                texts.append(unescaped(child.text or ""))
            case "r" | "is":
                texts.append(text_of(child))
            case _:
                pass
    return "".join(texts)


def unescaped(text: str) -> str:
    """The text with Excel's _x000D_ resolved, which stands for a character that XML cannot hold (ST_Xstring)."""
    from openpyxl.utils.escape import unescape

    return str(unescape(text)) if "_x" in text else text


def _elements(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, Element]]:
    parents: list[Element] = []
    inside = 0  # how deep within an element that is read whole; a sheet is nearly nothing but these
    count = 0  # of the elements in memory
    with archive.open(part) as stream:
        # Expat fetches nothing, and since 2.4.1 it ends entities that grow without bounds.
        for event, element in iterparse(stream, events=("start", "end")):  # noqa: S314
            if event == "start":
                count += 1
                if count > MAX_ELEMENTS:
                    raise ValueError(f"{part} has a row or a text of more than {MAX_ELEMENTS} elements")
                if inside:
                    inside += 1
                    continue
                parents.append(element)
                inside = local_name(element.tag) in _READ_WHOLE
            elif inside > 1:
                inside -= 1
                continue
            yield event, local_name(element.tag), element
            if event == "end":
                inside = 0
                parents.pop()
                if parents:
                    del parents[-1][:]
                count = len(parents)


def _related(archive: zipfile.ZipFile, part: str, kind: str) -> Mapping[str, str]:
    """The parts of this kind that a part refers to, by the ids of the relationships."""
    folder, file = posixpath.split(part)
    relationships = posixpath.join(folder, "_rels", f"{file}.rels")
    if relationships not in archive.namelist():
        return {}
    return {
        element.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))[1:]
        for event, name, element in _elements(archive, relationships)
        if event == "end" and name == "Relationship" and posixpath.basename(element.get("Type", "")) == kind
    }


def _strings(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    for event, name, element in _elements(archive, part):
        if event == "end" and name == "si":
            yield text_of(element)


def _formats(archive: zipfile.ZipFile, part: str) -> list[str]:
    """The number format of each style of cells."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    codes, styles, in_cells = dict[str, str](), list[str](), False
    for event, name, element in _elements(archive, part):
        if name == "cellXfs":
            in_cells = event == "start"
        elif event == "end" and name == "numFmt":
            codes[element.get("numFmtId", "")] = element.get("formatCode", "")
        elif event == "end" and name == "xf" and in_cells:
            styles.append(element.get("numFmtId", "0"))
    return [codes.get(style) or BUILTIN_FORMATS.get(int(style)) or _east_asian(int(style)) for style in styles]


def _east_asian(number: int) -> str:
    """The built-in formats 27 to 36 and 50 to 58 are dates of East Asian versions of Excel (ECMA-376 18.8.30)."""
    return "yyyy-mm-dd" if number in {*range(27, 37), *range(50, 59)} else "General"
