"""Settles uncertain copies, or releases a held one: what the secretary decides about copies."""

from collections.abc import Sequence
from datetime import datetime

from mailer.domain.circulation import ADDRESS_CHANGED, Judged, why_lost
from mailer.domain.delivery import Delivery, Event, State
from mailer.domain.errors import Refused
from mailer.domain.mailing import Mailing, MailingState, Step, take
from mailer.domain.remedy import Action
from mailer.domain.settlement import TOLERANCE, RelayLogs, SettleAs, Settlement
from mailer.formats.relay_log import bare
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.deliveries import find_delivery
from mailer.pipeline.mailings.entitle import judge_people
from mailer.pipeline.mailings.pause import cancel_waiting_copies
from mailer.pipeline.mailings.steps import all_mailings, cancelled
from mailer.store import Connection, issues, mailings
from mailer.store.copies import deliveries

SETTLE = "settle"  # in the history: what became of an uncertain copy


def settle_delivery(context: Context, identity: int, *, accepted: bool) -> tuple[str, State]:
    """Count an uncertain copy as accepted, or send it once more, with the same Message-ID, so that it is recognisable.

    A cancelled mailing sends nothing again: there the copy is cancelled too, and its reader is owed one by a supplement.
    Returns the issue and the copy's new state. Refused for a copy that is not uncertain.
    """
    settle_together(context, [identity], SettleAs.ACCEPTED if accepted else SettleAs.RESEND, None)
    with context.store.reading() as connection:
        delivery = find_delivery(connection, identity)
        return str(mailings.mailing(connection, delivery.mailing).issue), delivery.state


def review_settlement(
    context: Context, chosen: IssueName | Sequence[int], decided: SettleAs | None, logs: RelayLogs | None
) -> Settlement:
    """What `settle_together` would do now; nothing is changed."""
    with context.store.reading() as connection:
        return _settlement(connection, _chosen(connection, chosen), decided, logs)


def settle_together(
    context: Context, chosen: IssueName | Sequence[int], decided: SettleAs | None, logs: RelayLogs | None
) -> Settlement:
    """Settle every uncertain copy of an issue, or these copies, in one transaction.

    Those that the relay's logs show count as accepted, the others as `decided`; where that is None, they stay uncertain.
    Refused when one of the copies is not uncertain; and where the others would go out once more, when the logs do not
    reach over the time of one of them, or show no message of its issue: then they do not prove that it was not accepted.
    """
    with context.store.transaction() as connection:
        settlement = _settlement(connection, _chosen(connection, chosen), decided, logs)
        for copies, event, word in (
            (settlement.accepted, Event.SETTLED_ACCEPTED, "accepted"),
            (settlement.resend, Event.SETTLED_RESEND, "resend"),
        ):
            for copy in copies:
                _move(connection, copy, event, **({"judged_by": ""} if event is Event.SETTLED_RESEND else {}))
                by_log = logs is not None and bare(copy.message_id) in logs.accepted
                context.record(
                    connection, SETTLE, f"delivery {copy.id}", f"{word}, by the relay's log" if by_log else word
                )
        for identity in {copy.mailing for copy in settlement.resend}:
            mailing = mailings.mailing(connection, identity)
            if mailing.state is MailingState.CANCELLED:
                cancel_waiting_copies(connection, identity)
            else:
                _reopen(connection, context, mailing)
    return settlement


def _chosen(connection: Connection, chosen: IssueName | Sequence[int]) -> list[Delivery]:
    if isinstance(chosen, IssueName):
        all_mailings(connection, chosen)
        copies = deliveries.listing(connection, chosen.newsletter, chosen.serial, State.UNCERTAIN)
        if not copies:
            raise Refused(
                f"no copy of {chosen} is uncertain: there is nothing to settle", Action.LIST_COPIES.of(chosen)
            )
        return copies
    copies = [find_delivery(connection, identity) for identity in dict.fromkeys(chosen)]
    for copy in copies:
        if copy.state is not State.UNCERTAIN:
            raise Refused(f"delivery {copy.id} is {copy.state}, not uncertain: there is nothing to settle")
    return copies


def _settlement(
    connection: Connection, copies: Sequence[Delivery], decided: SettleAs | None, logs: RelayLogs | None
) -> Settlement:
    in_log = [copy for copy in copies if logs is not None and bare(copy.message_id) in logs.accepted]
    others = [copy for copy in copies if logs is None or bare(copy.message_id) not in logs.accepted]
    answered, unseen = 0, 0
    if logs is not None and decided is SettleAs.RESEND:
        _refuse_unproved(connection, others, logs)
        answered, unseen = _gaps(connection, others, logs)
    every = {identity: mailings.mailing(connection, identity) for identity in {copy.mailing for copy in copies}}
    resend = others if decided is SettleAs.RESEND else []
    return Settlement(
        accepted=[*in_log, *(others if decided is SettleAs.ACCEPTED else [])],
        resend=resend,
        left=others if decided is None else [],
        in_log=len(in_log),
        paused=sorted(
            {every[copy.mailing].issue for copy in resend if every[copy.mailing].state is MailingState.PAUSED}
        ),
        answered=answered,
        unseen=unseen,
    )


def _refuse_unproved(connection: Connection, others: Sequence[Delivery], logs: RelayLogs) -> None:
    """Refused when the logs do not prove that these copies were not accepted."""
    for issue in sorted({mailings.mailing(connection, copy.mailing).issue for copy in others}):
        name = IssueName.parse(issue)
        sent = deliveries.message_ids_of(connection, name.newsletter, name.serial)
        if not any(bare(message_id) in logs.accepted for message_id in sent):
            raise Refused(
                f"the log shows no message of {issue}: is it the log of the right relay and day? Nothing was changed. "
                "Without a log, what you choose counts for all of them"
            )
    times = {copy.id: deliveries.last_attempt_at(connection, copy.id) for copy in others}
    beyond = {identity: at for identity, at in times.items() if not logs.cover(at)}
    if beyond:
        first, at = next(iter(beyond.items()))
        reach = ", ".join(
            f"{span.file} reaches from {span.first:%Y-%m-%d %H:%M} to {span.last:%Y-%m-%d %H:%M} UTC"
            for span in logs.spans
            if span.first is not None and span.last is not None
        )
        raise Refused(
            f"{reach}, but delivery {first} was handed over at {at:%Y-%m-%d %H:%M} UTC ({len(beyond)} such copies): give "
            "the logs of that time too. Nothing was changed"
        )


def _gaps(connection: Connection, others: Sequence[Delivery], logs: RelayLogs) -> tuple[int, int]:
    """How many copies the relays of these accepted about the same time, and how many of them the logs lack.

    A list of Message-IDs, without times, may be of single messages and has no gaps.
    """
    if any(span.first is None for span in logs.spans):
        return 0, 0
    times: dict[tuple[str, str], list[datetime]] = {}
    for copy in others:
        issue = mailings.mailing(connection, copy.mailing).issue
        for attempt in deliveries.attempts_of(connection, copy.id)[-1:]:
            times.setdefault((issue, attempt.relay), []).append(attempt.started_at)
    answered = set()
    for (issue, relay), at in times.items():
        name = IssueName.parse(issue)
        first, last = min(at) - TOLERANCE, max(at) + TOLERANCE
        answered.update(deliveries.accepted_between(connection, name.newsletter, name.serial, relay, first, last))
    return len(answered), sum(bare(message_id) not in logs.accepted for message_id in answered)


def release_delivery(context: Context, identity: int) -> str:
    """Make a held copy pending again, with the register's present address and words for it; returns the address.

    Refused while its reader is not entitled: the reason is named.
    """
    with context.store.transaction() as connection:
        delivery = find_delivery(connection, identity)
        if delivery.state is not State.HELD:
            raise Refused(f"delivery {identity} is {delivery.state}, not held: there is nothing to release")
        mailing = mailings.mailing(connection, delivery.mailing)
        revision = issues.revision_of(connection, mailing)
        judged = judge_people(connection, context, revision, {delivery.person}).get(delivery.person)
        reason = why_lost(judged, delivery.language, {delivery.address})
        address = judged.candidate.seat.address if judged else None
        if (reason is not None and reason != ADDRESS_CHANGED) or address is None:
            raise Refused(
                f"delivery {identity}: {delivery.label} is not entitled now ({reason})",
                Action.EXPLAIN.of(delivery.person, mailing.issue),
            )
        _reopen(connection, context, mailing)
        words = _present_words(judged, delivery)
        _move(connection, delivery, Event.RELEASED, judged_by="", address=address.wire, **words)
        context.record(connection, "release", f"delivery {identity}", reason or delivery.held_reason or "")
        return address.wire


def _reopen(connection: Connection, context: Context, mailing: Mailing) -> None:
    if mailing.state is MailingState.CANCELLED:
        raise cancelled(mailing)
    # It does not move when another copy of it has just reopened it: that serves as well.
    closed = mailing.state is MailingState.CLOSED
    if closed and mailings.move(connection, mailing, take(mailing.state, Step.REOPEN)):
        context.record(connection, Step.REOPEN, mailing.issue, "a copy of it is sent again")


def _present_words(judged: Judged | None, delivery: Delivery) -> dict[str, str]:
    """The name and salutation that the register has now, since a missing one may be why the copy was held."""
    seat = judged.candidate.seat if judged else None
    return {
        "name": (seat.names.get(delivery.language) if seat else None) or delivery.copy.name,
        "salutation": (seat.salutations.get(delivery.language) if seat else None) or delivery.copy.salutation,
    }


def _move(connection: Connection, delivery: Delivery, event: Event, **also: object) -> None:
    if not deliveries.move(connection, delivery, event, **also):
        raise Refused(
            f"delivery {delivery.id} has just been changed by another person or process",
            Action.SHOW_COPY.of(delivery.id),
        )
