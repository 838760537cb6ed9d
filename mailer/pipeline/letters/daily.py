"""Gathers what is not settled yet: copies that failed or came back, are held or uncertain, and addresses that are held."""

from collections.abc import Collection, Mapping
from datetime import datetime

from mailer.domain.bounce import Matter
from mailer.domain.delivery import Delivery
from mailer.domain.report import Report
from mailer.pipeline.context import Context
from mailer.pipeline.letters.distribution import Facts, copy_facts, cut, first, hold_facts, name_in
from mailer.pipeline.letters.open_items import Failed, undelivered
from mailer.store import Connection, holds, members, reports
from mailer.store.copies import deliveries
from mailer.views import plain_words

# The reports that a digest tells of, too: by its copies, holds and pauses.
_IN_A_DIGEST = frozenset({Matter.BOUNCED, Matter.COMPLAINED, Matter.UNSUBSCRIBED})


def unsettled(context: Context, told: Mapping[str, datetime]) -> Facts | None:
    """What a reminder tells, as plain values; None when nothing waits for anybody, or all of it has just been told.

    `told` are the issues of which the secretary has just had a digest, and when that was written down.
    """
    with context.store.reading() as connection:
        matters = reports.listing(connection, unsettled=True)
        every = holds.listing(connection)
        seated = members.seated_at_each(connection, {one.address for one in every})
        # An address that nobody has any more asks for nothing.
        owned = [one for one in every if one.address in seated]
        doubted = deliveries.all_uncertain(connection)
        missing = undelivered(connection, context)
        news = [
            *(one.matter not in _IN_A_DIGEST or _is_news(told, [one.issue], one.arrived_at) for one in matters),
            *(_is_news(told, {cause.issue for cause in one.evidence}, one.since) for one in owned),
            *(issue not in told for issue in doubted.values()),
            *(_is_news(told, [one.issue], one.failed.failure.at) for one in missing.failed),
            *(issue not in told for issue, _ in missing.held),
            *(_is_news(told, [issue], max(instants)) for issue, instants in missing.owed.items()),
        ]
        if not any(news):
            return None
        copies = _copies(connection, first(matters), first(list(doubted)))
        names = members.names_of(connection, sorted({one.person for one in first(matters) if one.person}))
        return {
            "number": len(news),
            **cut("matters", matters, lambda one: _matter(one, copies, names.get(one.person, {}), context.language)),
            **cut("failed", missing.failed, _failed),
            **cut("held", missing.held, lambda one: {**copy_facts(one[1]), "issue": one[0], "why": one[1].held_reason}),
            **cut("owed", list(missing.owed.items()), lambda one: {"issue": one[0], "copies": len(one[1])}),
            **cut("holds", owned, lambda one: hold_facts(one, seated[one.address], context.language)),
            **cut("uncertain", list(doubted.items()), lambda one: {**copy_facts(copies[one[0]]), "issue": one[1]}),
        }


def _is_news(told: Mapping[str, datetime], issues: Collection[str], at: datetime) -> bool:
    """Whether no digest of these issues was written down since."""
    return not any(issue in told and at <= told[issue] for issue in issues)


def _copies(connection: Connection, matters: Collection[Report], doubted: Collection[int]) -> dict[int, Delivery]:
    about = {one.delivery for one in matters if one.delivery is not None}
    return deliveries.deliveries_with(connection, sorted(about.union(doubted)))


def _failed(one: Failed) -> Facts:
    reason = one.failed.failure.reason
    why = {"reason": reason.value, "trouble": plain_words.trouble(reason), "said": one.failed.failure.said}
    return {**copy_facts(one.copy), "issue": one.issue, **why}


def _matter(report: Report, copies: dict[int, Delivery], names: Mapping[str, str], language: str) -> Facts:
    copy = copies.get(report.delivery) if report.delivery is not None else None
    assert report.matter is not None, "only what is unsettled has been asked for"
    return {
        "id": report.id,
        "matter": report.matter.value,
        "at": report.arrived_at.isoformat(),
        "person": report.person,
        "name": copy.copy.name if copy is not None else name_in(names, language),
        "address": copy.address if copy is not None else report.recipient or "",
        "number": copy.copy_number if copy is not None else 0,
        "issue": report.issue,
        "reason": report.reason.value,
        "said": report.diagnostic,
        "sender": report.sender,
        "subject": report.subject,
        "successor": report.successor or "",
    }
