"""Writes an alarm to the operator, once, about what no member can do anything about."""

from collections.abc import Mapping

from mailer.domain.bounce import FailureReason, Way
from mailer.domain.mailing import Mailing
from mailer.pipeline import maillog
from mailer.pipeline.context import Context
from mailer.store import Connection, letters

ALARM = "alarm"


def breaker(
    connection: Connection,
    context: Context,
    issue: str,
    *,
    cause: str,
    failed: int,
    copies: int,
    paused: bool,
    unrelated: bool = False,
    dead: bool = False,
) -> None:
    """Alarm the operator each time that too many copies of an issue failed. `paused`: it was still being sent.

    `cause` is "unwanted", "dead", or the reply that so many of so many copies had; `unrelated`: they had it at providers
    that have nothing to do with each other; `dead`: it says that the addresses are dead.
    """
    about = f"{issue} breaker {context.clock.now():%Y-%m-%dT%H:%M:%S.%f}"
    facts = {"cause": "breaker", "issue": issue, "what": cause, "failed": failed, "copies": copies, "paused": paused}
    _alarm(connection, context, about, {**facts, "unrelated": unrelated, "dead": dead})


def failure(connection: Connection, context: Context, mailing: Mailing, reason: FailureReason, words: str) -> None:
    """Alarm the operator, once for each mailing and reason, that a copy failed through no fault of its reader.

    `words` are the server's own. The log has a line for each copy, even without an operator.
    """
    maillog.failed_for_sender(mailing.issue, reason)
    facts = {"cause": "failure", "issue": mailing.issue, "reason": reason.value, "said": words}
    # A supplement has an alarm of its own: when it fails too, the cause is still there.
    _alarm(connection, context, f"{mailing.issue}#{mailing.supplement} {reason}", facts)


def too_large(connection: Connection, context: Context, issue: str, fault: str) -> None:
    """Alarm the operator that an issue is paused since no relay takes its copies."""
    about = f"{issue} size {context.clock.now():%Y-%m-%dT%H:%M:%S.%f}"
    _alarm(connection, context, about, {"cause": "size", "issue": issue, "said": f"{issue} is paused: {fault}"})


def account_refused(connection: Connection, context: Context, issue: str, reply: str) -> None:
    """Alarm the operator that an issue is paused since no relay works for our account, with its reply in quotes."""
    about = f"{issue} account {context.clock.now():%Y-%m-%dT%H:%M:%S.%f}"
    _alarm(connection, context, about, {"cause": "account", "issue": issue, "said": reply})


def unmoved(connection: Connection, context: Context, way: Way, text: str) -> None:
    """Alarm the operator that mails cannot be moved out of an inbox."""
    about = f"inbox {way} {context.clock.now():%Y-%m-%dT%H:%M:%S.%f}"
    _alarm(connection, context, about, {"cause": "inbox", "said": text})


def answers_lost(connection: Connection, context: Context, issue: str, *, relay: str, lost: int, copies: int) -> None:
    """Alarm the operator that an issue is paused since a relay took so many copies and did not answer for so many lost ones."""
    about = f"{issue} lost {context.clock.now():%Y-%m-%dT%H:%M:%S.%f}"
    _alarm(
        connection, context, about, {"cause": "lost", "issue": issue, "relay": relay, "lost": lost, "copies": copies}
    )


def canary(connection: Connection, context: Context, issue: str, *, failed: int, uncertain: int, copies: int) -> None:
    """Alarm the operator that an issue is paused since so many of the copies that went first failed or are uncertain."""
    about = f"{issue} canary {context.clock.now():%Y-%m-%dT%H:%M:%S.%f}"
    facts = {"cause": "canary", "issue": issue, "failed": failed, "uncertain": uncertain, "copies": copies}
    _alarm(connection, context, about, facts)


def damage(connection: Connection, context: Context, words: str) -> None:
    """Alarm the operator that the database is damaged, with the first words about it; once a day."""
    _alarm(connection, context, f"damage {_day(context)}", {"cause": "damage", "said": words})


def no_backup(connection: Connection, context: Context, words: str) -> None:
    """Alarm the operator that the backup of this night cannot be made, and why; once a day."""
    _alarm(connection, context, f"backup {_day(context)}", {"cause": "backup", "said": words})


def _day(context: Context) -> str:
    return f"{context.clock.now():%Y-%m-%d}"


def _alarm(connection: Connection, context: Context, about: str, facts: Mapping[str, object]) -> None:
    if context.operator:
        now = context.clock.now()
        letters.add(connection, kind=ALARM, about=about, recipient=context.operator, facts=facts, now=now)
