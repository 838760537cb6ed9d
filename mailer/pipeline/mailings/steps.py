"""Finds the mailings of an issue, and moves them from state to state."""

from mailer.domain.errors import NotFound, Refused
from mailer.domain.mailing import Mailing, MailingState, Step, take
from mailer.domain.remedy import Action
from mailer.pipeline.context import IssueName
from mailer.store import Connection, mailings


def first_mailing(connection: Connection, name: IssueName) -> Mailing:
    """The first mailing of an issue; NotFound says how to plan one."""
    return all_mailings(connection, name)[0]


def all_mailings(connection: Connection, name: IssueName) -> list[Mailing]:
    """Every mailing of an issue, the first before its supplements; NotFound says how to plan one."""
    every = mailings.mailings_of(connection, name.newsletter, name.serial)
    if not every:
        from mailer.pipeline.issues.shelf import find_revision  # a look at a mailing needs no revision

        find_revision(connection, name)
        raise NotFound(f"{name} has no plan", Action.PLAN.of(name))
    return every


def next_state(mailing: Mailing, step: Step) -> MailingState:
    """The state after the step; Refused when the mailing's state does not allow it."""
    if mailing.state is MailingState.CANCELLED:
        raise cancelled(mailing)
    try:
        return take(mailing.state, step)
    except ValueError:
        if step is Step.APPROVE and mailing.state is MailingState.APPROVED:
            raise Refused(f"{mailing.issue} is approved already, by {mailing.approved_by}") from None
        if step is Step.WITHDRAW and mailing.state is MailingState.PLANNED:
            raise Refused(
                f"{mailing.issue} has no approval to withdraw; edit it and pull it, then plan it again"
            ) from None
        raise Refused(
            f"{mailing.issue} is {mailing.state}: it cannot be {_DONE[step]}", Action.SHOW_STATUS.of(mailing.issue)
        ) from None


def cancelled(mailing: Mailing) -> Refused:
    """The refusal of any step of a cancelled mailing, with what can be done instead."""
    if mailing.has_begun:
        what = f"{mailing.issue} is cancelled, which is final; some of its copies had left before"
        return Refused(what, Action.SEND_UNSENT.of(mailing.issue))
    return Refused(
        f"{mailing.issue} is cancelled, which is final; no copy of it has left", Action.DROP_ISSUE.of(mailing.issue)
    )


def move_mailing(connection: Connection, mailing: Mailing, step: Step, **also: object) -> None:
    """Take a step from the state in which the mailing was read; Refused when another process has moved it meanwhile.

    Ids are never used again, so a new plan cannot be mistaken for the mailing that was read.
    """
    if not mailings.move(connection, mailing, next_state(mailing, step), **also):
        raise Refused(
            f"{mailing.issue} has just been changed by another person or process",
            Action.SHOW_STATUS.of(mailing.issue),
        )


_DONE = {
    Step.APPROVE: "approved",
    Step.WITHDRAW: "withdrawn",
    Step.SEND: "sent",
    Step.PAUSE: "paused",
    Step.RESUME: "resumed",
    Step.MISSED: "held",
    Step.CLOSE: "closed",
    Step.REOPEN: "sent again",
    Step.CANCEL: "cancelled",
    Step.STOP: "stopped",
    Step.STOP_UNAPPROVED: "stopped",
    Step.FOUND_SENT: "counted as sent",
}
