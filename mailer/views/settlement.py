"""What becomes of uncertain copies that are settled together, as a document and in sentences."""

from collections.abc import Sequence

from mailer.domain.delivery import Delivery
from mailer.domain.settlement import Settlement

NAMED = 20  # copies in one sentence; `delivery list` shows all


def settlement_document(settlement: Settlement) -> dict[str, object]:
    """The copies by what became of them, and how many the relay's logs show."""
    return {
        "accepted": [copy.id for copy in settlement.accepted],
        "resend": [copy.id for copy in settlement.resend],
        "uncertain": [copy.id for copy in settlement.left],
        "in_log": settlement.in_log,
    }


def settlement_question(settlement: Settlement) -> str:
    """What is asked before they are settled."""
    parts = []
    if settlement.accepted:
        parts.append(f"{_copies(settlement.accepted)} count as accepted{_in_log(settlement)}.")
    if settlement.resend:
        parts.append(
            f"{_copies(settlement.resend)} go out once more and may have arrived: their readers may get them twice."
        )
    if settlement.unseen:
        parts.append(f"{_gaps(settlement)}.")
    if settlement.left:
        parts.append(f"{_copies(settlement.left)} stay uncertain.")
    return " ".join(parts)


def settlement_lines(settlement: Settlement) -> list[str]:
    """What became of them, and what is left to do."""
    lines = []
    if settlement.accepted:
        lines.append(f"{_copies(settlement.accepted)} settled as accepted{_in_log(settlement)}")
    if settlement.resend:
        lines.append(f"{_copies(settlement.resend)} settled as resend")
    if settlement.left:
        names = ", ".join(f"{copy.id} {copy.label}" for copy in settlement.left[:NAMED])
        more = f" and {len(settlement.left) - NAMED} more" if len(settlement.left) > NAMED else ""
        lines.append(
            f"{_copies(settlement.left)} not in the log and still uncertain: {names}{more}; add `--as accepted` or "
            "`--as resend` for them"
        )
    if settlement.unseen:
        lines.append(f"{_gaps(settlement)}: see whether those resent are in another log before they leave")
    lines += [f"{issue} is paused: `mailer resume {issue}` lets them go" for issue in settlement.paused]
    return lines


def _copies(copies: Sequence[Delivery]) -> str:
    return _copies_number(len(copies))


def _copies_number(number: int) -> str:
    return f"{number} {'copy' if number == 1 else 'copies'}"


def _gaps(settlement: Settlement) -> str:
    return (
        f"The log is not whole: it lacks {settlement.unseen} of the {_copies_number(settlement.answered)} that the relay "
        "accepted about that time"
    )


def _in_log(settlement: Settlement) -> str:
    return f", {settlement.in_log} of them by the relay's log" if settlement.in_log else ""
