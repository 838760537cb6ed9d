"""Approves a mailing, and withdraws an approval."""

from mailer.domain.mailing import Approval, Mailing, Step
from mailer.domain.remedy import Action, Note
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import load_issue
from mailer.pipeline.issues.notes import issue_notes
from mailer.pipeline.issues.proof import prove
from mailer.pipeline.mailings.changes import accept_change, refuse_changed
from mailer.pipeline.mailings.drift import refuse_drifted
from mailer.pipeline.mailings.steps import first_mailing, move_mailing, next_state
from mailer.store import Connection, issues, tests_sent


def approve_mailing(context: Context, name: IssueName, *, as_planned: bool = False) -> Approval:
    """Make every copy once, then bind this person's approval to the hashes of content, circulation and editions.

    Raises Refused when nothing is planned, when the plan is out of date, or when the register says otherwise now; with
    `as_planned` that goes into the history instead. Raises CannotRender naming each person whose copy cannot be made.
    """
    context.refuse_at_standstill(Action.APPROVE)
    with context.store.reading() as connection:
        mailing = first_mailing(connection, name)
        next_state(mailing, Step.APPROVE)
        refuse_drifted(connection, context, mailing)
        if not as_planned:
            refuse_changed(connection, context, mailing, Action.APPROVE_AS_PLANNED)
        revision = issues.revision_of(connection, mailing)
        notes = [*issue_notes(connection, context, revision), *load_issue(connection, revision).notes]
    copies = prove(context, mailing)
    with context.store.transaction() as connection:
        refuse_drifted(connection, context, mailing)
        if as_planned:
            accept_change(connection, context, mailing)
        else:
            refuse_changed(connection, context, mailing, Action.APPROVE_AS_PLANNED)
        approval = {"approved_hash": mailing.seal, "approved_by": context.who, "approved_at": context.clock.now()}
        move_mailing(connection, mailing, Step.APPROVE, stopped_at=None, **approval)
        context.record(connection, "approve", name, f"seal {mailing.seal[:12]}, {copies} copies")
        tested = tests_sent.was_tested(connection, mailing.content_hash, mailing.editions_hash)
    untested = Note("no test mailing of exactly this was sent", (Action.TEST.of(name),))
    return Approval(copies=copies, warnings=(*map(Note, notes), *(() if tested else (untested,))))


def withdraw_approval(context: Context, name: IssueName) -> None:
    """Take the approval back, so that the issue may be edited, pulled and planned again. Refused once sending began."""
    with context.store.transaction() as connection:
        withdraw_within(connection, context, first_mailing(connection, name), "by hand")


def withdraw_within(connection: Connection, context: Context, mailing: Mailing, reason: str) -> None:
    """Take the approval back within the transaction given."""
    no_approval = {"approved_hash": None, "approved_by": None, "approved_at": None, "due_at": None}
    move_mailing(connection, mailing, Step.WITHDRAW, **no_approval)
    context.record(connection, "withdraw", mailing.issue, reason)
