"""Shows the addresses that nothing is written to for now: the JSON and the lines of `hold list`."""

from collections.abc import Sequence
from shlex import quote

from mailer.domain.hold import Failure, Hold, HoldReason
from mailer.domain.membership import Seat
from mailer.views.local_time import local_time
from mailer.views.plain_words import FAILURES, HOLDS


def hold_document(hold: Hold, seats: Sequence[Seat]) -> dict[str, object]:
    """A hold with the people who have the address now, for programs."""
    return {
        "address": hold.address,
        "reason": hold.reason,
        "why": hold.why,
        "since": hold.since,
        "set_by": hold.set_by,
        "people": [
            {
                "person": seat.person,
                "name": seat.any_name,
                "membership": seat.membership,
                "names": dict(seat.names),
            }
            for seat in seats
        ],
        "evidence": [
            {
                "issue": failure.issue,
                "at": failure.at,
                "reason": failure.reason,
                "refused": failure.refused,
                "said": failure.words,
            }
            for failure in hold.evidence
        ],
        "lifted_at": hold.lifted_at,
        "lifted_by": hold.lifted_by,
    }


def hold_lines(hold: Hold, seats: Sequence[Seat]) -> list[str]:
    """The same for people, with what to do."""
    owners = ", ".join(f"{seat.label}, {seat.membership}" for seat in seats)
    reason = HOLDS["en"][hold.reason] + (f" by {hold.set_by}: {hold.why}" if hold.why else "") if hold.reason else ""
    state = f"held since {local_time(hold.since)}: {reason}" if reason else "was not held"
    lifted = f"; lifted {local_time(hold.lifted_at)} by {hold.lifted_by}" if hold.lifted_at else ""
    return [
        f"{hold.address}: {state}{lifted}",
        f"  whose: {owners or 'no member has it now'}",
        *map(_failure_line, hold.evidence),
        *([] if hold.lifted_at else [f"  to do: {_to_do(hold, seats)}"]),
    ]


def _failure_line(failure: Failure) -> str:
    how = "refused" if failure.refused else "came back"
    quoted = f" ({failure.words})" if failure.words else ""
    return f"  {local_time(failure.at)}, issue {failure.issue}: {how}, {FAILURES['en'][failure.reason]}{quoted}"


def _to_do(hold: Hold, seats: Sequence[Seat]) -> str:
    lift = f"`mailer hold lift {quote(hold.address)}`"
    if not seats:
        return f"nothing, no member has the address now; {lift} forgets it"
    if hold.reason is HoldReason.COMPLAINT:
        return f"ask whether they still want it; when they do, {lift}"
    if hold.reason is HoldReason.BY_HAND:
        return f"nothing; when mail may go there again, {lift}"
    issues = dict.fromkeys(failure.issue for failure in sorted(hold.evidence, key=lambda failure: failure.at))
    send_again = ", ".join(f"`mailer unsent {issue} --send`" for issue in issues)
    if hold.reason is HoldReason.ADDRESS:
        return (
            f"ask for the right address and put it into the register, or, when it is right, {lift}; then {send_again}"
        )
    return (
        "ask for another address and put it into the register, or, when mail arrives there again, "
        f"{lift}; then {send_again}"
    )
