"""Writes the letter to the secretary about a planned issue that waits for an approval, once for each plan."""

from mailer.domain.mailing import Mailing
from mailer.pipeline.context import Context
from mailer.pipeline.issues.notes import issue_notes
from mailer.pipeline.letters.facts import Facts
from mailer.pipeline.mailings.departure import departure_of, waiting_for_approval
from mailer.store import Connection, issues, letters
from mailer.store.copies import deliveries

WAITS_FOR_APPROVAL = "waits-for-approval"  # names the folder of its templates, too
_DIGITS = 16  # of the seal, which is the same for the same content, circulation and editions


def write_waiting_plans(context: Context) -> int:
    """Write about each plan that waits, unless that was done, and drop the letters about plans that do not wait any more.

    Returns how many letters were written.
    """
    if not context.secretary:
        return 0
    with context.store.reading() as connection:
        waiting = {
            f"{mailing.issue} {mailing.seal[:_DIGITS]}": mailing
            for mailing in waiting_for_approval(connection, context)
        }
        due = waiting.keys() - letters.written_about(connection, WAITS_FOR_APPROVAL, waiting)
        facts = {about: _facts(connection, context, waiting[about]) for about in sorted(due)}
        outdated = letters.unsent_about(connection, WAITS_FOR_APPROVAL) - waiting.keys()
    if not facts and not outdated:
        return 0
    kind, now = WAITS_FOR_APPROVAL, context.clock.now()
    with context.store.transaction() as connection:
        letters.drop_unsent(connection, kind, outdated)
        return sum(
            letters.add(connection, kind=kind, about=about, recipient=context.secretary, facts=words, now=now)
            for about, words in facts.items()
        )


def _facts(connection: Connection, context: Context, mailing: Mailing) -> Facts:
    newsletter, revision = context.newsletter(mailing.newsletter), issues.revision_of(connection, mailing)
    departure = departure_of(connection, context, mailing)
    assert departure is not None, "a planned first mailing has a time"
    return {
        "issue": mailing.issue,
        "newsletter": newsletter.name,
        "date": revision.date.isoformat(),
        "copies": sum(deliveries.counts(connection, [mailing.id]).values()),
        "leaves_at": departure.at.isoformat(),
        "timezone": departure.timezone,
        "notes": list(issue_notes(connection, context, revision)),
    }
