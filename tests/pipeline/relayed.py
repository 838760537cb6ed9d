"""Hands copies over without a relay: claims, marks and records as the sender does, with answers given by the test."""

from collections.abc import Mapping
from datetime import timedelta

from mailer.app import App
from mailer.domain.delivery import Accepted, Deferred, Outcome, Rejected, Reply, Unknown
from mailer.domain.mailing import Mailing
from mailer.domain.retry import Backoff
from mailer.pipeline import handing
from mailer.pipeline.handing import Manner, Work
from mailer.pipeline.sending import _tidy
from mailer.store import claims, mailings, owners
from tests.club import ISSUE

MANNER = Manner(connections=1, per_minute=0, give_up_after=timedelta(hours=48), backoff=Backoff(), resend_unknown=False)
ACCEPTED = Accepted(reply=Reply(code=250, status="2.0.0", text="Ok"))
LATER = Deferred(reply=Reply(code=451, status="4.7.1", text="Greylisted"))
NEVER = Rejected(reply=Reply(code=550, status="5.1.1", text="No such user"))
LOST = Unknown(reply=None, detail="no reply after the content")


def claim(app: App) -> list[Work]:
    """Claim every copy that is due, for a sender of its own."""
    with app.store.transaction() as connection:
        now = app.press.clock.now()
        owner = owners.add_owner(connection, host="host", boot_id="boot", pid=1, lock="mailer-1", now=now)
        return handing.claim_due(connection, app.press, MANNER, {}, owner=owner.id, limit=1000, only=None)


def answer(app: App, work: Work, outcome: Outcome, *, marked: bool = True) -> None:
    """Mark a claimed copy (a refusal of its recipient comes before that) and record what the relay said."""
    now = app.press.clock.now()
    with app.store.transaction() as connection:
        assert not marked or claims.mark(connection, work.claim, now)
        handing.record(connection, app.press, MANNER, work.claim, outcome, started_at=now)


def deliver(app: App, answers: Mapping[str, Outcome] | None = None) -> list[str]:
    """Hand over what is due; who has no answer in `answers` (by address) is accepted. Returns the addresses."""
    works = claim(app)
    for work in works:
        answer(app, work, (answers or {}).get(work.envelope.recipient.wire, ACCEPTED))
    with app.store.transaction() as connection:
        _tidy(connection, app.press)
    return [work.envelope.recipient.wire for work in works]


def the_mailings(app: App) -> list[Mailing]:
    """The issue's mailings as they are now."""
    with app.store.transaction() as connection:
        return mailings.mailings_of(connection, ISSUE.newsletter, ISSUE.serial)
