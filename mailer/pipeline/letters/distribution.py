"""Writes down what the digest after a mailing says: the distribution report of its issue, and how many items wait."""

from collections import Counter
from datetime import datetime

from mailer.domain.delivery import Delivery, State
from mailer.domain.distribution_report import DistributionReport, PartlyPaid
from mailer.domain.errors import MailerError
from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.names import name_in
from mailer.formats.dates_and_money import money
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.letters.facts import Facts, copy_facts, cut, failure_facts
from mailer.pipeline.mailings.open_items import gather
from mailer.pipeline.mailings.report import distribution_report
from mailer.store import Connection, mailings
from mailer.store.copies import deliveries

_WAITS = frozenset({State.PENDING, State.SENDING})


def digest_facts(context: Context, mailing: Mailing) -> Facts:
    """What the digest of a mailing says, as plain values; of a report that does not balance only that, loudly."""
    newsletter = context.newsletters.get(mailing.newsletter)
    facts: Facts = {
        "issue": mailing.issue,
        "newsletter": newsletter.name if newsletter is not None else mailing.newsletter,
        "supplement": mailing.supplement,
        "cancelled": mailing.state is MailingState.CANCELLED,
    }
    try:
        account = distribution_report(context, IssueName(newsletter=mailing.newsletter, serial=mailing.serial))
    except MailerError as error:
        return {**facts, "unbalanced": str(error)}
    with context.store.reading() as connection:
        waiting = gather(connection, context).count
    return {
        **facts,
        "unbalanced": "",
        **_balance_facts(account),
        **cut(
            "missing",
            [copy for copy in account.open_copies if copy.state not in _WAITS and copy.id not in account.owed],
            lambda copy: _missing_facts(copy, account),
        ),
        **cut("stopped", _owed_by_words(account), lambda alike: {"said": alike[0], "copies": alike[1]}),
        **cut(
            "gained",
            account.gained,
            lambda judged: {
                "person": judged.person,
                "name": name_in(judged.candidate.seat.names, context.language),
            },
        ),
        **cut("partly_paid", account.partly_paid, lambda person: _partly_paid_facts(person, context.language)),
        **cut("unreachable", sorted(account.unreachable.items()), lambda entry: {"person": entry[0], "name": entry[1]}),
        "waiting": waiting,
        "open": account.needing_a_person,
    }


def _partly_paid_facts(person: PartlyPaid, language: str) -> Facts:
    shortfall = person.shortfall
    missing = shortfall.missing if shortfall.paid > 0 else None
    return {
        "person": person.person,
        "name": person.name,
        "paid": " + ".join(money(total, currency, language) for currency, total in shortfall.sums if total > 0),
        "first": shortfall.period.first.isoformat(),
        "last": shortfall.period.last.isoformat(),
        "missing": money(missing, shortfall.currency, language) if missing else "",
    }


def _balance_facts(account: DistributionReport) -> Facts:
    balance = account.balance
    return {
        "considered": balance.considered,
        "recipients": balance.recipients,
        "excluded": dict(balance.excluded),
        "copies": balance.copies,
        "states": dict(balance.deliveries),
    }


def _owed_by_words(account: DistributionReport) -> list[tuple[str, int]]:
    """The server's words to the copies that failed and are owed all the same, the most frequent first."""
    owed = [copy.id for copy in account.open_copies if copy.id in account.owed]
    return Counter(account.failures[identity].words for identity in owed if identity in account.failures).most_common()


def _missing_facts(copy: Delivery, account: DistributionReport) -> Facts:
    failure = account.failures.get(copy.id) if copy.state.failed else None
    return {
        **copy_facts(copy),
        "state": copy.state.value,
        "held_reason": copy.held_reason or "",
        **failure_facts(failure),
    }


def subject_of(mailing: Mailing) -> str:
    """What a mailing's digest is about: there is one for each."""
    return f"{mailing.issue}#{mailing.supplement}"


def mailing_of(connection: Connection, subject: str) -> Mailing:
    """The mailing that a digest is about."""
    issue, _, supplement = subject.rpartition("#")
    newsletter, _, serial = issue.rpartition("/")
    every = mailings.mailings_of(connection, newsletter, int(serial))
    return next(mailing for mailing in every if mailing.supplement == int(supplement))


def ended_without_letter(connection: Connection, since: datetime, kind: str) -> list[Mailing]:
    """The mailings that ended at that instant or later, closed or cancelled, and have no letter of this kind yet.

    A cancelled mailing ends when its last copy in hand is answered; one that was cancelled before any copy had left has
    no digest.
    """
    ended = mailings.ended_without_letter(connection, since, kind)
    return [mailing for mailing in ended if _has_ended(connection, mailing)]


def _has_ended(connection: Connection, mailing: Mailing) -> bool:
    if mailing.state is MailingState.CANCELLED:
        return mailing.first_handover_at is not None and not deliveries.any_waits(connection, mailing.id)
    return mailing.state is MailingState.CLOSED
