"""Returned mail: the reports that wait and those that are settled, one report with its mail, and settling them."""

from collections.abc import Mapping

from mailer.domain.access import Right
from mailer.domain.bounce import FailureReason, RawReport, ReportKind, Way
from mailer.domain.errors import BadInput, NotFound
from mailer.domain.matter import Matter
from mailer.domain.person import ReportSubject
from mailer.domain.remedy import Action
from mailer.domain.report import Report
from mailer.formats.report import readable
from mailer.pipeline.bounces import holds, ingest
from mailer.pipeline.register.people import subjects_of
from mailer.texts import N_
from mailer.views.plain_words import failure, matter
from mailer.web.answers import Answer, Download, go, show
from mailer.web.numbers import whole_number
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit

# So many reports stand on a page.
ON_A_PAGE = 50
KINDS: Mapping[ReportKind, str] = {
    ReportKind.BOUNCE: N_("The copy did not arrive"),
    ReportKind.DELAYED: N_("Not delivered yet; the server goes on trying"),
    ReportKind.DELIVERED: N_("The reader’s server says that the copy arrived"),
    ReportKind.COMPLAINT: N_("A complaint"),
    ReportKind.AUTOREPLY: N_("An automatic reply"),
    ReportKind.CHALLENGE: N_("A machine wants a person to answer before it lets the copy through"),
    ReportKind.MDN: N_("A note that the copy was read, or deleted unread"),
    ReportKind.UNSUBSCRIBE: N_("A request for no more copies"),
    ReportKind.OTHER: N_("A mail that is no known report, perhaps a letter"),
}
ADVICE: Mapping[Matter, str] = {
    Matter.BOUNCED: N_(
        "Ask the reader for the right address and enter it in the register; the copy is owed then. If the address was right, "
        "say so here: the copy is owed then, too."
    ),
    Matter.COMPLAINED: N_(
        "Nothing is sent to the address. Ask whether the reader still wants the bulletin, then lift the hold."
    ),
    Matter.WANTS_NO_MORE: N_("Nothing was changed. Ask the reader, then pause their copies on their page."),
    Matter.UNSUBSCRIBED: N_("The copies are paused, the membership is not. Ask why, or leave it so."),
    Matter.CHALLENGED: N_("Answer the mail as it asks, from the club’s own mailbox."),
    Matter.MOVED: N_("Ask the reader whether the other address is theirs, then enter it in the register."),
    Matter.UNREAD: N_("Read the mail, and answer it from the club’s own mailbox."),
    Matter.UNNAMED: N_("Read the mail: it may say whose address does not work."),
}


def list_page(visit: Visit) -> Answer:
    """List the reports that wait, the oldest first; with `all`, every report, the newest first."""
    every, beyond = visit.query["show"] == "all", whole_number(visit.query["beyond"])
    listed = ingest.page(visit.context, every=every, beyond=beyond, most=ON_A_PAGE + 1)
    reports = listed[:ON_A_PAGE]
    subjects = subjects_of(visit.context, reports)
    address = "/returns?show=all" if every else "/returns?show=waiting"
    return show(
        "returns/returns.html",
        every=every,
        reports=[(report, subjects[report.id], _words(report, visit)) for report in reports],
        first=address if beyond is not None else "",
        next=f"{address}&beyond={reports[-1].id}" if len(listed) > ON_A_PAGE else "",
    )


def report_page(visit: Visit) -> Answer:
    """Show one report with what it says, its copy, and the text of its mail."""
    report, octets = ingest.show(visit.context, int(visit.params["report"]))
    subject = subjects_of(visit.context, [report])[report.id]
    waits = report.matter is not None and report.settled_at is None
    return show(
        "returns/report.html",
        report=report,
        subject=subject,
        said=_words(report, visit),
        kind=KINDS[report.kind],
        advice=_advice(report, subject),
        waits=waits,
        has_bounced=report.matter is Matter.BOUNCED and not subject.owed,
        text=readable(octets) if octets is not None else "",
        is_kept=octets is not None,
    )


def mail(visit: Visit) -> Answer:
    """The mail of a report as it came."""
    report, octets = ingest.show(visit.context, int(visit.params["report"]))
    if octets is None:
        raise NotFound(f"the mail of report {report.id} is not kept any more", Action.SHOW_REPORT.of(report.id))
    return Download(name=f"report-{report.id}.eml", media_type="message/rfc822", content=octets)


def take_in(visit: Visit) -> Answer:
    """Take in returned mails that were saved as files, with all that follows for their copies."""
    files = visit.form.files("mail")
    if not files:
        raise BadInput("no file was chosen: save the mail as it came, and choose that file", Action.LIST_REPORTS.of())
    mails = [RawReport(content=file.content, recipient="", way=Way.FILE) for file in files]
    ingested = ingest.ingest(visit.context, mails)
    number = sum(mail.id is not None for mail in ingested)
    if not number:
        return go("/returns", visit.text("These mails were taken in before; nothing has changed."))
    return go("/returns?show=all", visit.text("Mails taken in: {number}. What they say stands below.", number=number))


def settle(visit: Visit) -> Answer:
    """Settle the reports that are ticked, or the one."""
    chosen = [number for typed in visit.form.all("report") if (number := whole_number(typed)) is not None]
    if not chosen:
        raise BadInput("no report was chosen: tick at least one", Action.LIST_REPORTS.of())
    ingest.settle(visit.context, chosen)
    names = ", ".join(map(str, chosen))
    return go("/returns", visit.text("Settled: {reports}.", reports=names))


def address_is_right(visit: Visit) -> Answer:
    """Call the address of a returned copy right, held or not: what failed there counts no more, and its copies are owed."""
    report, _ = ingest.show(visit.context, int(visit.params["report"]))
    holds.lift(visit.context, report.address)
    notice = visit.text(
        "{address} counts as right. Nothing is sent by that: send what is owed.", address=report.address
    )
    return go(f"/returns/{report.id}", notice)


def _words(report: Report, visit: Visit) -> str:
    """What a report says, in a few words."""
    if report.reason is not FailureReason.UNKNOWN:
        return failure(report.reason, visit.language)
    return matter(report.matter, visit.language) if report.matter is not None else visit.text(KINDS[report.kind])


def _advice(report: Report, subject: ReportSubject) -> str:
    if report.matter is None or report.settled_at is not None:
        return ""
    if report.matter is Matter.BOUNCED and subject.owed:
        return N_(
            "The copy came back for what had stopped its mailing: it is owed, and goes once more when that is mended."
        )
    return ADVICE[report.matter]


ROUTES: tuple[AnyRoute, ...] = (
    Page("/returns", list_page, Right.SEE_REGISTER),
    Page("/returns/{report:int}", report_page, Right.SEE_REGISTER),
    Page("/returns/{report:int}/mail.eml", mail, Right.SEE_REGISTER),
    Deed("/returns", take_in, Right.SETTLE),
    Deed("/returns/settle", settle, Right.SETTLE),
    Deed("/returns/{report:int}/right-address", address_is_right, Right.LIFT),
)
