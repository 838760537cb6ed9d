"""Exporting the register, and what is kept about one person: a right of its own, and an entry in the history."""

from mailer.domain.access import Right
from mailer.formats.register.write import write_members_csv, write_payments_csv, write_xlsx
from mailer.pipeline.register.export_person import export_person
from mailer.pipeline.register.import_export import export_register
from mailer.views.json_text import json_text
from mailer.views.personal_data import personal_data_document
from mailer.web.answers import Answer, Download, show
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export_form(visit: Visit) -> Answer:
    """Ask in which format."""
    del visit
    return show("register/export.html")


def export(visit: Visit) -> Answer:
    """Give the register as a file."""
    register = export_register(visit.context)
    match visit.form["format"]:
        case "members":
            return Download(name="members.csv", media_type="text/csv", content=write_members_csv(register))
        case "payments":
            return Download(name="payments.csv", media_type="text/csv", content=write_payments_csv(register))
        case _:
            return Download(name="register.xlsx", media_type=_WORKBOOK, content=write_xlsx(register))


def export_own_data(visit: Visit) -> Answer:
    """Give all that is kept about a person as one file, for that person."""
    own = export_person(visit.context, str(visit.params["person"]))
    document = personal_data_document(own.person, own.at, own.rows)
    return Download(name=f"{own.person}.json", media_type="application/json", content=json_text(document).encode())


ROUTES: tuple[AnyRoute, ...] = (
    Page("/register/export", export_form, Right.EXPORT_REGISTER),
    Deed("/register/export", export, Right.EXPORT_REGISTER),
    Deed("/register/people/{person:path}/export", export_own_data, Right.EXPORT_REGISTER),
)
