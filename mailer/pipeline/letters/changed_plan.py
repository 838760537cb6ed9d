"""Writes down what the letter about a plan says from which the register differs: who lost, who gained, what changed."""

from mailer.domain.circulation_change import ChangeKind, CirculationChange, PersonChange
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.letters.facts import Facts, cut
from mailer.pipeline.mailings.departure import departure_of
from mailer.pipeline.mailings.steps import first_mailing


def changed_plan_facts(context: Context, change: CirculationChange) -> Facts:
    """What the letter says, as plain values."""
    name = IssueName.parse(change.issue)
    newsletter = context.newsletter(name.newsletter)
    with context.store.reading() as connection:
        mailing = first_mailing(connection, name)
        departure = departure_of(connection, context, mailing)
    leaves_by_itself = departure is not None and departure.by_itself
    return {
        "issue": change.issue,
        "newsletter": newsletter.name,
        "state": mailing.state.value,
        "approved_by": mailing.approved_by or "",
        "leaves_at": departure.at.isoformat() if departure is not None and leaves_by_itself else "",
        "timezone": newsletter.schedule.timezone,
        **cut("lost", change.of(ChangeKind.LOST), _person_facts),
        **cut("gained", change.of(ChangeKind.GAINED), _person_facts),
        **cut("changed", change.of(ChangeKind.CHANGED), _person_facts),
    }


def change_subject(change: CirculationChange) -> str:
    """What the letter is about: there is one for each difference of each plan."""
    return f"{change.issue}#{change.mailing}:{change.digest}"


def _person_facts(change: PersonChange) -> Facts:
    return {"person": change.person, "name": change.name, "reasons": list(change.reasons)}
