"""Sends a mailing after the number of copies was typed, and stops, pauses, resumes or cancels it."""

from mailer.app.dead_senders import free_copies_of_dead
from mailer.domain.access import Right
from mailer.domain.errors import MailerError
from mailer.domain.remedy import Action
from mailer.pipeline.mailings.countdown import stop_countdown
from mailer.pipeline.mailings.pause import cancel_mailing, find_cancellation, pause_mailing, resume_mailing
from mailer.pipeline.mailings.report import issue_progress
from mailer.pipeline.mailings.send import BEGUN, SendReview, review_send, send_mailing
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement, without
from mailer.texts import N_
from mailer.web.answers import Answer, Go, go
from mailer.web.console.mailing_pages import ISSUE, show_of, why_not
from mailer.web.console.progress import address_of
from mailer.web.numbers import whole_number
from mailer.web.remedies import links_of
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit

_TYPE_THE_NUMBER = N_("Type the number of copies: {number}.")


def send_page(visit: Visit) -> Answer:
    """Show what would be sent, and ask for the number of copies."""
    return _send_form(visit, review_send(visit.context, visit.issue))


def send(visit: Visit) -> Answer:
    """Begin the countdown when the number typed is that of the copies."""
    as_planned = "as_planned" in visit.form
    review = review_send(visit.context, visit.issue, as_planned=as_planned)
    if review.refusal is not None:
        return _send_form(visit, review, status=409)
    if review.mailing.state in BEGUN:
        return go(address_of(visit.issue), visit.text(N_("It was begun before; nothing was changed.")))
    if _number(visit.form["copies"]) != review.copies:
        error = visit.text(_TYPE_THE_NUMBER, number=review.copies)
        return _send_form(visit, review, error=error, status=422)
    try:
        send_mailing(visit.context, visit.issue, copies=review.copies, as_planned=as_planned)
    except MailerError as error:
        return _send_form(visit, review_send(visit.context, visit.issue), error=visit.sentence(error), status=409)
    return go(address_of(visit.issue), visit.text(N_("The countdown runs. Until it ends nothing leaves.")))


def _send_form(visit: Visit, review: SendReview, error: str = "", status: int = 200) -> Answer:
    refusal = review.refusal
    differs = refusal is not None and any(remedy.action is Action.SEND_AS_PLANNED for remedy in refusal.remedies)
    return show_of(
        visit,
        "sending/send.html",
        here="send",
        status=status,
        review=review,
        begun=review.mailing.state in BEGUN,
        why=visit.sentence(refusal) if refusal and not differs else "",
        difference=visit.sentence(refusal) if refusal and differs else "",
        links=links_of(refusal.remedies) if refusal else [],
        grey=why_not(visit, Right.SEND),
        typed=visit.form["copies"],
        error=error,
    )


def stop(visit: Visit) -> Answer:
    """Stop the countdown: the mailing is as it was before."""
    free_copies_of_dead(visit.app)
    stopped = stop_countdown(visit.context, visit.issue)
    return _done(visit, N_("The countdown is stopped: no copy has left."), copies=stopped.copies)


def pause(visit: Visit) -> Answer:
    """Let nothing more leave for now."""
    pause_mailing(visit.context, visit.issue)
    return _done(visit, N_("It is paused: nothing more leaves until a person resumes it."))


def resume(visit: Visit) -> Answer:
    """Go on; a countdown that was paused begins anew."""
    resume_mailing(visit.context, visit.issue)
    if issue_progress(visit.context, visit.issue).counts_down(visit.context.clock.now()):
        return _done(visit, N_("The countdown begins anew. Until it ends nothing leaves."))
    return _done(visit, N_("It goes on."))


def _done(visit: Visit, notice: str, **values: object) -> Go:
    return go(address_of(visit.issue), visit.text(notice, **values))


def cancel_page(visit: Visit) -> Answer:
    """Say what cancelling comes to, and ask for the issue's number."""
    return _cancel_form(visit)


def cancel(visit: Visit) -> Answer:
    """Cancel every copy that has not left, for good."""
    free_copies_of_dead(visit.app)
    if _number(visit.form["serial"]) != visit.issue.serial:
        error = visit.text(N_("Type the issue’s number: {serial}."), serial=visit.issue.serial)
        return _cancel_form(visit, error=error, status=422)
    cancellation = cancel_mailing(visit.context, visit.issue)
    return _done(
        visit, N_("It is cancelled: {left} copies had left, {never} never will."),
        left=cancellation.left, never=cancellation.never,
    )  # fmt: skip


def _cancel_form(visit: Visit, error: str = "", status: int = 200) -> Answer:
    return show_of(
        visit,
        "sending/cancel.html",
        here="cancel",
        status=status,
        cancellation=find_cancellation(visit.context, visit.issue),
        typed=visit.form["serial"],
        error=error,
    )


def unsent_page(visit: Visit) -> Answer:
    """Show who is owed a copy, and ask for the number of copies."""
    return _unsent_form(visit)


def send_unsent(visit: Visit) -> Answer:
    """Send what is owed, without the people who are left out."""
    free_copies_of_dead(visit.app)
    leave_out = visit.form.all("leave_out")
    owed = find_missing_copies(visit.context, visit.issue)
    if not owed.people:  # another person, or a second click, was faster
        return go(visit.path, visit.text(N_("Nobody is owed a copy.")))
    missing = without(owed, leave_out)
    if _number(visit.form["copies"]) != missing.copies:
        error = visit.text(_TYPE_THE_NUMBER, number=missing.copies)
        return _unsent_form(visit, error=error, status=422)
    try:
        started = send_supplement(
            visit.context,
            visit.issue,
            copies=missing.copies,
            leave_out=leave_out,
            none_lost="none_lost" in visit.form,
        )
    except MailerError as error_of_verb:
        return _unsent_form(visit, error=visit.sentence(error_of_verb), status=409)
    if started is None:
        return go(visit.path, visit.text(N_("Nobody is owed a copy.")))
    return _done(visit, N_("The countdown runs. Until it ends nothing leaves."))


def _unsent_form(visit: Visit, error: str = "", status: int = 200) -> Answer:
    missing = find_missing_copies(visit.context, visit.issue)
    return show_of(
        visit,
        "sending/unsent.html",
        here="unsent",
        status=status,
        missing=missing,
        left_out=visit.form.all("leave_out"),
        typed=visit.form["copies"],
        grey=why_not(visit, Right.SEND, action=Action.SEND_UNSENT),
        undo_minutes=visit.context.newsletter(visit.issue.newsletter).schedule.undo_minutes,
        error=error,
    )


def _number(typed: str) -> int | None:
    """The number that was typed, with or without spaces in it; None for anything else."""
    return whole_number("".join(typed.split()))


ROUTES: tuple[AnyRoute, ...] = (
    Page(f"{ISSUE}/send", send_page, Right.SEND),
    Deed(f"{ISSUE}/send", send, Right.SEND),
    Deed(f"{ISSUE}/stop", stop, Right.SEND),
    Deed(f"{ISSUE}/pause", pause, Right.SEND),
    Deed(f"{ISSUE}/resume", resume, Right.SEND),
    Page(f"{ISSUE}/cancel", cancel_page, Right.SEND),
    Deed(f"{ISSUE}/cancel", cancel, Right.SEND),
    Page(f"{ISSUE}/unsent", unsent_page, Right.SEND),
    Deed(f"{ISSUE}/unsent", send_unsent, Right.SEND),
)
