"""The distribution report of an issue: as a page, on paper, and as a table for a spreadsheet program."""

from mailer.domain.access import Right
from mailer.domain.delivery import State
from mailer.pipeline.mailings.account import report_account, report_csv
from mailer.views.copies import last_reply
from mailer.web.answers import Answer, Download
from mailer.web.console.mailing_pages import ISSUE, show_of
from mailer.web.routes import AnyRoute, Page
from mailer.web.visit import Visit

# So that Excel reads UTF-8.
_BYTE_ORDER_MARK = "\ufeff".encode()


def report(visit: Visit) -> Answer:
    """Show the report; one that does not balance says so first."""
    account = report_account(visit.context, visit.issue)
    needing = [(copy, account.failures.get(copy.id), last_reply(copy)) for copy in account.needing]
    return show_of(
        visit,
        "report/report.html",
        here="report",
        account=account,
        states={State(state): number for state, number in account.balance.deliveries.items()},
        needing=needing,
        now=visit.context.clock.now(),
        may_send=visit.may(Right.SEND),
    )


def as_csv(visit: Visit) -> Answer:
    """The report for a spreadsheet program, sent while it is read."""
    name = visit.issue
    report_account(visit.context, name)  # an unknown issue is a page that says so, not a file
    pieces = report_csv(visit.context, name)
    return Download(
        name=f"{name.newsletter}-{name.serial}-report.csv",
        media_type="text/csv; charset=utf-8",
        content=(piece if number else _BYTE_ORDER_MARK + piece for number, piece in enumerate(pieces)),
    )


ROUTES: tuple[AnyRoute, ...] = (
    Page(f"{ISSUE}/report", report, Right.SEE_ADDRESSES),
    Page(f"{ISSUE}/report.csv", as_csv, Right.SEE_ADDRESSES),
)
