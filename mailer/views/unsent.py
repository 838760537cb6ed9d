"""Shows which copies of an issue are missing: the JSON and the table of `unsent`."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from shlex import quote

from mailer.domain.circulation import Judged
from mailer.domain.remedy import Action
from mailer.domain.supplement import MissingCopies
from mailer.views.local_time import local_time
from mailer.views.names import NAMED, named_document
from mailer.views.plain_words import counted, short
from mailer.views.remedies import advise


def unsent_document(missing: MissingCopies, *, sent: bool) -> dict[str, object]:
    """The missing copies for programs; `sent`: a supplement has just been begun."""
    return {
        "issue": missing.issue,
        "copies": missing.copies,
        "people": list(map(_person_document, missing.people)),
        "sent": sent,
        "stuck": [judged.person for judged in missing.stuck],
        "stuck_people": list(map(named_document, missing.stuck)),
        "circulation_known": missing.circulation_known,
        "restored_at": missing.restored_at,
    }


COLUMNS = ("person", "reason", "editions")


def unsent_rows(missing: MissingCopies) -> list[tuple[object, ...]]:
    """The people whose copies are missing, as rows of a table with these columns."""
    return [(judged.label, short(judged.entitlement.reason), judged.entitlement.editions) for judged in missing.people]


def unsent_lines(missing: MissingCopies, *, sent: bool) -> list[str]:
    """How many copies are missing, and which people cannot get theirs yet."""
    if not missing.circulation_known:
        return [sent_before_restore(missing.issue)]
    if missing.cancelled_whole:
        return [
            advise(
                f"{missing.issue} was cancelled before a copy had left, so no supplement follows",
                Action.DROP_ISSUE.of(missing.issue),
            )
        ]
    return [
        f"{counted(missing.copies, 'copy', 'copies')} of {missing.issue} {'is' if missing.copies == 1 else 'are'} owed"
        + (", and being sent as a supplement" if sent else ""),
        *_stuck_lines(missing.stuck),
        *([_may_have_theirs(missing.restored_at)] if missing.restored_at and not sent else []),
    ]


def _may_have_theirs(restored_at: datetime) -> str:
    """That a supplement may have gone which a restored backup does not know."""
    return (
        f"a backup was restored on {local_time(restored_at)}: a supplement sent between the backup and that time is lost from "
        "sight, and these people may have their copies"
    )


def _stuck_lines(stuck: Sequence[Judged]) -> Iterator[str]:
    if not stuck:
        return
    yield (
        f"{counted(len(stuck), 'person has', 'people have')} none, because it failed at the address that the register still "
        "has; a new address there makes it owed, or, when the old one is right:"
    )
    for judged in stuck[:NAMED]:
        yield f"  {judged.label}: `mailer hold lift {quote(str(judged.candidate.seat.address))}`"
    if len(stuck) > NAMED:
        yield f"  and {len(stuck) - NAMED} more"


def sent_before_restore(issue: str) -> str:
    """What is known of an issue that left after the backup which this ledger comes from."""
    return f"{issue} was sent before a backup was restored: who has it is not known, and no copy counts as owed"


def _person_document(judged: Judged) -> dict[str, object]:
    entitlement = judged.entitlement
    return {
        "person": judged.person,
        "name": judged.name,
        "decision": "recipient" if entitlement.receives else "excluded",
        "reason": entitlement.reason.value,
        "editions": list(entitlement.editions),
    }
