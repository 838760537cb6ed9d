"""Importing the register: files or pasted rows, the difference they make, and only then what is applied."""

from itertools import islice

from mailer.domain.access import Right
from mailer.domain.errors import BadInput, Refused
from mailer.domain.register_difference import Difference
from mailer.domain.remedy import Action
from mailer.pipeline.register import drafts
from mailer.pipeline.register.drafts import BroughtTable, RowsToMend
from mailer.texts import N_
from mailer.web.answers import Answer, Download, Show, go, show
from mailer.web.numbers import whole_number
from mailer.web.register_changes import change_rows
from mailer.web.register_form import plan_lines
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit

# So many changes, bad rows and absent people stand on the page; a longer list is read in a table program.
MOST_ROWS = 300
_DIFFERENCE = "/register/import/difference"
_COUNTS = {
    "memberships_added": N_("Memberships added"),
    "memberships_changed": N_("Memberships changed"),
    "people_added": N_("People added"),
    "people_changed": N_("People changed"),
    "people_ended": N_("People ended"),
    "people_absent": N_("People absent from the table, who stay"),
    "payments_added": N_("Payments added"),
    "bad_rows": N_("Rejected rows"),
}
# What a table of pasted rows is called, where a file has its name.
_PASTED = (N_("pasted rows of people"), N_("pasted rows of payments"))


def import_form(visit: Visit) -> Answer:
    """Show where to bring tables; with rejected rows to mend, they stand in the boxes."""
    mends = bool(visit.query["mend"])
    return _form(
        drafts.rows_to_mend(visit.context, visit.session.token, visit.texts.sentence) if mends else RowsToMend(),
        mends=mends,
    )


def _form(rows: RowsToMend, *, mends: bool = False, problem: str = "") -> Show:
    return show("register/import.html", 422 if problem else 200, rows=rows, mends=mends, problem=problem)


def bring(visit: Visit) -> Answer:
    """Keep what was brought, and show the difference; nothing is written to the register."""
    form = visit.form
    try:
        brought, pasted = _brought(visit)
        drafts.bring(
            visit.context,
            visit.session.token,
            members=brought["members"],
            payments=brought["payments"],
            pasted=pasted,
            end_missing=form["end_missing"] == "yes",
            ignored=form["ignored"],
        )
    except BadInput as problem:
        typed = RowsToMend(
            members=_rows(visit, "members"),
            payments=_rows(visit, "payments"),
            end_missing=form["end_missing"] == "yes",
            ignored=form["ignored"],
        )
        return _form(typed, problem=" ".join([_stopped(visit.sentence(problem)), *_own_columns(visit, problem)]))
    return go(_DIFFERENCE)


def _stopped(sentence: str) -> str:
    return f"{sentence.removesuffix('.')}."


def _own_columns(visit: Visit, problem: BadInput) -> list[str]:
    """Where the form leaves out columns that the register does not know."""
    names = [
        name for remedy in problem.remedies if remedy.action is Action.LEAVE_OUT_COLUMNS for name in remedy.subjects
    ]
    words = N_("If they are columns of your own, enter this under “Columns of your own that are left out”: {names}")
    return [visit.text(words, names=", ".join(names))] if names else []


def _brought(visit: Visit) -> tuple[dict[str, BroughtTable | None], bool]:
    """The tables of the form, and whether they are pasted rows."""
    files: dict[str, BroughtTable | None] = dict.fromkeys(("members", "payments"))
    rows = dict(files)
    for name in files:
        for file in visit.form.files(f"{name}_file"):
            files[name] = BroughtTable(name=file.name, content=file.content)
        if text := _rows(visit, name):
            rows[name] = BroughtTable(name="", content=text.encode())
    if any(files.values()) and any(rows.values()):
        raise BadInput("both a file and pasted rows were brought: bring one of the two")
    return (rows, True) if any(rows.values()) else (files, False)


def _rows(visit: Visit, table: str) -> str:
    """Pasted rows as they are, since an empty cell at the end of a row is a tab; empty without any words."""
    text = visit.form.exact(f"{table}_rows")
    return text if text.strip() else ""


def difference(visit: Visit) -> Answer:
    """Show what would be applied."""
    return _difference(visit)


def _difference(visit: Visit, problem: str = "", status: int = 200) -> Answer:
    shown = drafts.look(visit.context, visit.session.token)
    change = shown.difference
    return show(
        "register/difference.html",
        status,
        draft=shown.draft,
        version=change.version,
        counts=[(visit.text(_COUNTS[name]), count) for name, count in change.counts.items() if count],
        rows=list(islice(change_rows(visit, change), MOST_ROWS)),
        bad=[
            (fault, visit.texts.gettext(fault.file), visit.texts.sentence(fault.reason))
            for fault in change.bad[:MOST_ROWS]
        ],
        number=change.counts["bad_rows"],
        rejected=shown.rejected,
        warnings=[visit.texts.sentence(warning) for warning in change.warnings],
        remarks=[visit.texts.sentence(remark) for remark in change.remarks],
        ending=_ending(change),
        nothing=change.changes_nothing,
        problem=problem,
        most=MOST_ROWS,
    )


def _ending(change: Difference) -> list[str]:
    """The people whom applying it ends because no row names them."""
    staying = {(seat.membership, seat.person) for seat in change.staying}
    return [seat.label for seat in change.absent if (seat.membership, seat.person) not in staying]


def apply(visit: Visit) -> Answer:
    """Apply what was seen, byte for byte; what has changed meanwhile is shown again."""
    form, shown = visit.form, drafts.look(visit.context, visit.session.token)
    if shown.difference.bad and form["skip_bad"] != "yes":
        return _difference(visit, visit.text("Nothing was applied: say that the rejected rows are left out."), 422)
    if _ending(shown.difference) and form["end_confirmed"] != "yes":
        return _difference(visit, visit.text("Nothing was applied: say that these people have left."), 422)
    version = whole_number(form["version"])
    try:
        change = drafts.apply_draft(
            visit.context,
            visit.session.token,
            digest=form["digest"],
            version=version if version is not None else -1,
            skip_bad=form["skip_bad"] == "yes",
        )
    except Refused as refused:
        return _difference(visit, visit.sentence(refused), 412)
    notice = "\n".join([visit.text("The register is changed."), *plan_lines(visit)])
    return go(_DIFFERENCE if change.bad else "/register", notice)


def rejected(visit: Visit) -> Answer:
    """Give the rejected rows back as a file."""
    table = "payments" if visit.query["table"] == "payments" else "members"
    file = drafts.rejected_file(visit.context, visit.session.token, table, visit.texts.sentence)
    return Download(name=file.name, media_type=file.media_type, content=file.content)


ROUTES: tuple[AnyRoute, ...] = (
    Page("/register/import", import_form, Right.EDIT_REGISTER),
    Deed("/register/import", bring, Right.EDIT_REGISTER),
    Page(_DIFFERENCE, difference, Right.EDIT_REGISTER),
    Deed("/register/import/apply", apply, Right.EDIT_REGISTER),
    Page("/register/import/rejected", rejected, Right.EDIT_REGISTER),
)
