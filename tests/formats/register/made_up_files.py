"""Made-up files of the register, read back by the tests."""

import io
import zipfile

import openpyxl

from mailer.formats.register.files import read_members, read_payments

PAYMENTS_HEADER = "membership,period_from,period_to,amount,currency,paid_on,in_full,reference\n"


def members(text: str, encoding: str = "utf-8"):
    return read_members("members.csv", text.encode(encoding))


def payments(text: str):
    return read_payments("payments.csv", text.encode())


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def faults(table) -> list[tuple[int, str]]:
    return [(bad.row, bad.column) for bad in table.bad]


# --- a workbook written by hand, as far as Excel needs it -------------------------------------------------------------

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = {
    _MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    _OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def _in_strict_form(xml: str) -> str:
    for usual, strict in STRICT.items():
        xml = xml.replace(usual, strict)
    return xml


def raw_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def raw_workbook(
    *rows: str,
    header: str = "membership,kind,person,email,ended_on,name_en",
    after: str = "",
    before: str = "",
    strings: str = "",
    formats: tuple[str, ...] = (),
    book: str = "",
    sheets: tuple[str, ...] = ('name="members" sheetId="1"',),
    strict: bool = False,
) -> bytes:
    """A workbook whose sheet members has this header and these rows of XML; row 2 comes first.

    `formats` are number formats, for the styles from 1 on; `before` and `after` stand around the rows of the sheet.
    """
    names = "".join(raw_cell(f"{chr(ord('A') + index)}1", name) for index, name in enumerate(header.split(",")))
    codes = "".join(f'<numFmt numFmtId="{164 + n}" formatCode="{code}"/>' for n, code in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(formats)))
    listed = "".join(f'<sheet {sheet} r:id="r{number}"/>' for number, sheet in enumerate(sheets))
    part = f'<Relationship Type="{_OFFICE}/'
    parts = {
        "_rels/.rels": f'<Relationships>{part}officeDocument" Target="xl/workbook.xml" Id="r0"/></Relationships>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        + "".join(f'{part}worksheet" Target="sheet{n}.xml" Id="r{n}"/>' for n in range(len(sheets)))
        + f'{part}sharedStrings" Target="/xl/strings.xml" Id="s1"/>{part}styles" Target="styles.xml" Id="s2"/>'
        + "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{book}<sheets>{listed}</sheets></workbook>',
        "xl/strings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts>{codes}</numFmts><cellStyleXfs><xf numFmtId="9"/>'
        f'</cellStyleXfs><cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
    }
    for number in range(len(sheets)):
        data = f'<row r="1">{names}</row>{"".join(rows)}'
        parts[f"xl/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'
        )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, xml in parts.items():
            archive.writestr(name, _in_strict_form(xml) if strict else xml)
    return content.getvalue()


def raw_row(number: int, *cells: str, person: str = "P1", attributes: str = "") -> str:
    """A row of the sheet: membership, kind and person, and these cells."""
    texts = {"A": f"M{number}", "B": "individual", "C": person}
    start = "".join(raw_cell(f"{letter}{number}", text) for letter, text in texts.items() if text)
    return f'<row r="{number}" {attributes}>{start}{"".join(cells)}</row>'
