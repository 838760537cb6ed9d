"""Made-up files of the register, read back by the tests."""

import io

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
