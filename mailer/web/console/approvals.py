"""Planning, testing, approving, withdrawing and taking an issue back, each by the verb of the command line."""

import asyncio

from mailer.app.dead_senders import free_copies_of_dead
from mailer.app.relays import first_transport
from mailer.domain.access import Right
from mailer.domain.errors import MailerError, Refused
from mailer.domain.remedy import Action
from mailer.formats.address import parse
from mailer.pipeline.issues.drop import drop_issue, find_drop
from mailer.pipeline.mailings.approve import approve_mailing, withdraw_approval
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.test_mailing import prepare_test_mailing, require_entitled, send_test_mailing
from mailer.pipeline.register.resolve import resolve_person
from mailer.web.answers import Answer, go, show
from mailer.web.console.issue import page_of
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit

_ISSUE = "/issues/{newsletter}/{serial:int}"


def plan(visit: Visit) -> Answer:
    """Freeze who receives the issue, and say how many do."""
    planned = plan_mailing(visit.context, visit.issue)
    counts = visit.text(
        "Planned: {copies} copies for {recipients} of {considered} people.",
        copies=planned.copies,
        recipients=planned.recipients,
        considered=planned.considered,
    )
    return go(f"/issues/{visit.issue}", "\n".join([counts, *map(visit.sentence, planned.warnings)]))


def approve(visit: Visit) -> Answer:
    """Approve exactly what is planned; where the register says otherwise now, ask first."""
    as_planned = visit.form["as_planned"] == "yes"
    try:
        approval = approve_mailing(visit.context, visit.issue, as_planned=as_planned)
    except Refused as error:
        if Action.APPROVE_AS_PLANNED not in {remedy.action for remedy in error.remedies}:
            raise
        return show("issues/as_planned.html", status=409, sentence=visit.sentence(error), issue=visit.issue)
    counts = visit.text("Approved: {copies} copies.", copies=approval.copies)
    return go(f"/issues/{visit.issue}", "\n".join([counts, *map(visit.sentence, approval.warnings)]))


def withdraw(visit: Visit) -> Answer:
    """Take the approval back."""
    withdraw_approval(visit.context, visit.issue)
    return go(f"/issues/{visit.issue}", visit.text("The approval is withdrawn; the issue can be changed again."))


def ask_drop(visit: Visit) -> Answer:
    """Ask whether the issue is to be taken back, and say what goes with it."""
    free_copies_of_dead(visit.app)
    return show("issues/drop.html", issue=visit.issue, dropped=find_drop(visit.context, visit.issue))


def drop(visit: Visit) -> Answer:
    """Take the issue back, as if it had not been pulled; its folder stays as it is."""
    free_copies_of_dead(visit.app)
    dropped = drop_issue(visit.context, visit.issue)
    words = visit.text(
        "{issue} is taken back. Its folder {folder} stays: while it is finished, it is pulled again.",
        issue=dropped.issue,
        folder=dropped.folder,
    )
    return go("/issues", words)


def ask_person(visit: Visit) -> Answer:
    """Ask whether the data of a person, who must be entitled to the issue, may go to the editors."""
    visit.context.refuse_at_standstill(Action.TEST)
    judged = require_entitled(visit.context, visit.issue, visit.query["person"])
    newsletter = visit.context.newsletter(visit.issue.newsletter)
    return show("issues/test_as.html", issue=visit.issue, judged=judged, editors=newsletter.editors)


def send_test(visit: Visit) -> Answer:
    """Send a test mailing: to the editors or to the user, in the usual variant or in all, as a person if asked."""
    person = visit.form["person"]
    if person:
        if not visit.may(Right.SEE_REGISTER):
            raise Refused(visit.text("The data of a member goes to the editors only when a secretary sends it."))
        try:
            person = resolve_person(visit.context, person)
        except MailerError as error:
            return page_of(visit, visit.sentence(error), {"test_person": person})
        if visit.form["confirmed"] != "yes":
            return go(f"/issues/{visit.issue}/test?person={person}")
    to = [parse(visit.user.address)] if visit.form["to"] == "me" and visit.user.address else []
    if visit.form["to"] == "me" and not to:
        raise Refused(visit.text("Your account has no address for tests; enter one on the page Account."))
    prepared = prepare_test_mailing(
        visit.context, visit.issue, to=to, person=person or None, all_variants=visit.form["all_variants"] == "yes"
    )
    failures = asyncio.run(send_test_mailing(visit.context, first_transport(visit.app), prepared))
    sent = len(prepared.messages) - len(failures)
    recipients = ", ".join(sorted({message.envelope.recipient for message in prepared.messages}))
    words = visit.plural(
        "{number} test message was sent to {recipients}.",
        "{number} test messages were sent to {recipients}.",
        sent,
        recipients=recipients,
    )
    return go(f"/issues/{visit.issue}", "\n".join([words, *map(visit.texts.sentence, failures)]))


ROUTES: tuple[AnyRoute, ...] = (
    Deed(f"{_ISSUE}/plan", plan, Right.PLAN),
    Deed(f"{_ISSUE}/approve", approve, Right.APPROVE),
    Deed(f"{_ISSUE}/withdraw", withdraw, Right.APPROVE),
    Page(f"{_ISSUE}/drop", ask_drop, Right.APPROVE),
    Deed(f"{_ISSUE}/drop", drop, Right.APPROVE),
    Page(f"{_ISSUE}/test", ask_person, Right.SEE_REGISTER),
    Deed(f"{_ISSUE}/test", send_test, Right.TEST),
)
