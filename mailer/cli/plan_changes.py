"""Names the plans that a change of the register has made stale, after the command that changed it."""

from typing import TYPE_CHECKING

from mailer.cli import console

if TYPE_CHECKING:
    from mailer.pipeline.context import Context


def note_plan_changes(context: "Context") -> list[dict[str, object]]:
    """Note every planned mailing that would now be another, with the people; returns the same for programs."""
    from mailer.pipeline.mailings.changes import planned_changes
    from mailer.views.circulation_change import change_document, change_lines

    changes = planned_changes(context)
    console.warn(line for change in changes for line in change_lines(change))
    return list(map(change_document, changes))
