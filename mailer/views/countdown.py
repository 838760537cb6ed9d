"""Says what stopping a countdown comes to, before and after: the question, the JSON and the line of `stop`."""

from mailer.domain.mailing import MailingState, StoppedCountdown
from mailer.domain.remedy import Action
from mailer.views.plain_words import counted
from mailer.views.remedies import phrase


def stopped_document(stopped: StoppedCountdown) -> dict[str, object]:
    """What was stopped, for programs; `state` is that of the issue's own mailing, or `cancelled` of a supplement."""
    return {
        "issue": stopped.issue,
        "state": stopped.state.value,
        "copies": stopped.copies,
        "supplements": list(stopped.supplements),
    }


def stopped_line(stopped: StoppedCountdown) -> str:
    """The same for people."""
    copies = counted(stopped.copies, "copy", "copies")
    if stopped.state is MailingState.CANCELLED:
        return f"the supplement is cancelled, {copies} stay owed; {phrase(Action.LIST_UNSENT.of(stopped.issue))}"
    supplements = "".join(f", supplement {number} is cancelled" for number in stopped.supplements)
    return (
        f"the countdown is stopped{supplements}: no copy has left, and {stopped.issue} is {stopped.state} again; it does not "
        f"leave by itself, `mailer send {stopped.issue}` sends it"
    )
