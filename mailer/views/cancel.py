"""Says what cancelling a mailing comes to, before and after: the question, the JSON and the line of `cancel`."""

from mailer.domain.mailing import Cancellation
from mailer.domain.remedy import Action
from mailer.views.plain_words import counted
from mailer.views.remedies import phrase


def cancel_warning(cancellation: Cancellation) -> str:
    """What is said before a person is asked."""
    return (
        f"Cancelling {_what(cancellation)} is final: {_left(cancellation)}, "
        f"{_copies(cancellation.never)} never will. {_afterwards(cancellation)}"
    )


def cancel_document(cancellation: Cancellation) -> dict[str, object]:
    """The same for programs, once it is done."""
    return {
        "issue": cancellation.issue,
        "state": "cancelled",
        "copies": cancellation.never,
        "left": cancellation.left,
        "whole_issue": cancellation.whole_issue,
        "supplements": list(cancellation.supplements),
    }


def cancel_line(cancellation: Cancellation) -> str:
    """The same for people, once it is done."""
    return (
        f"{_what(cancellation)} is cancelled: {_left(cancellation)}, {_copies(cancellation.never)} never will; "
        f"{_instead(cancellation)}"
    )


def _what(cancellation: Cancellation) -> str:
    supplements = " and ".join(f"supplement {number}" for number in cancellation.supplements)
    if cancellation.whole_issue:
        return cancellation.issue + (f" with {supplements}" if supplements else "")
    return f"{supplements} of {cancellation.issue}"


def _left(cancellation: Cancellation) -> str:
    if not cancellation.left:
        return "no copy has left"
    return f"{_copies(cancellation.left)} {'has' if cancellation.left == 1 else 'have'} left"


def _copies(number: int) -> str:
    return counted(number, "copy", "copies")


def _afterwards(cancellation: Cancellation) -> str:
    if not cancellation.whole_issue:
        return "The issue itself stays as it is."
    return "It cannot be planned, approved, sent or resumed afterwards."


def _instead(cancellation: Cancellation) -> str:
    if cancellation.whole_issue and not cancellation.left:
        return phrase(Action.DROP_ISSUE.of(cancellation.issue))
    return phrase(Action.LIST_UNSENT.of(cancellation.issue))
