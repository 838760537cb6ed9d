"""Hands copies over without a relay: claims and records as the sender does, with answers given by the test."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from mailer.app.installation import App
from mailer.domain.delivery import Accepted, Deferred, Outcome, Rejected, Reply, Unknown, event_of
from mailer.domain.mailing import Mailing
from mailer.domain.pacing import RelayLimit
from mailer.domain.retry import Backoff
from mailer.pipeline.sending import record, recovery, turn
from mailer.pipeline.sending.outgoing_copy import OutgoingCopy
from mailer.pipeline.sending.settings import SendSettings
from mailer.pipeline.sending.turn import TurnRequest
from mailer.store import Connection, mailings
from mailer.store.ledger import owners
from mailer.store.ledger.results import Result
from tests.club import ISSUE, Member, begin

RELAY = "relay.example"
SETTINGS = SendSettings(
    give_up_after=timedelta(hours=48), backoff=Backoff(), resend_unknown=False, relays={RELAY: RelayLimit()}
)
ACCEPTED = Accepted(reply=Reply(code=250, status="2.0.0", text="Ok"))
LATER = Deferred(reply=Reply(code=451, status="4.7.1", text="Greylisted"))
NEVER = Rejected(reply=Reply(code=550, status="5.1.1", text="No such user"))
LOST = Unknown(reply=None, detail="no reply after the content")
OWNERS: dict[int, int] = {}  # the owner of each claimed copy, by its delivery


def claim(app: App, room: int = 1000) -> list[OutgoingCopy]:
    """Claim every copy that is due, for a sender of its own."""
    with app.store.transaction() as connection:
        now = app.context.clock.now()
        owner = owners.add_owner(connection, host="host", boot_id="boot", pid=1, lock="mailer-1", now=now)
        outgoing = claim_within(connection, app, owner.id, room)
    for copy in outgoing:
        copy.make()
    OWNERS.update((copy.claim.delivery, owner.id) for copy in outgoing)
    return outgoing


def claim_within(connection: Connection, app: App, owner: int, room: int) -> list[OutgoingCopy]:
    """Claim so many copies that are due, for this sender, within the transaction given."""
    request = TurnRequest(
        owner=owner, results={}, room={RELAY: room}, carried={}, sizes={}, unmakable=(), elapsed=0.0, only=None
    )
    return list(turn.run_turn(connection, app.context, SETTINGS, {}, request).copies[RELAY])


def answer(app: App, copy: OutgoingCopy, outcome: Outcome, *, begun: bool = True) -> None:
    """Record the relay's answer about a claimed copy; when it refuses the recipient, no content has left."""
    with app.store.transaction() as connection:
        write(connection, app, copy, outcome, begun=begun)


def write(connection: Connection, app: App, copy: OutgoingCopy, outcome: Outcome, *, begun: bool = True) -> None:
    """The same within the transaction given."""
    now = app.context.clock.now()
    result = Result(
        claim=copy.claim, event=event_of(outcome), outcome=outcome, begun=begun, started_at=now, finished_at=now
    )
    record.record(connection, app.context, SETTINGS, OWNERS[copy.claim.delivery], RELAY, [result], now)


def deliver(app: App, answers: Mapping[str, Outcome] | None = None) -> list[str]:
    """Hand over what is due, with the answers given by address; the others are accepted. Returns the addresses.

    NEVER comes before the content.
    """
    outgoing = claim(app)
    for copy in outgoing:
        outcome = (answers or {}).get(copy.envelope.recipient, ACCEPTED)
        answer(app, copy, outcome, begun=outcome is not NEVER)
    with app.store.transaction() as connection:
        recovery.tidy(connection, app.context)
    return [copy.envelope.recipient for copy in outgoing]


def sent(app: App, people: Sequence[Member]) -> None:
    """The issue of a club that was just founded has reached these people."""
    begin(app, people)
    deliver(app)


def the_mailings(app: App) -> list[Mailing]:
    """The issue's mailings as they are now."""
    with app.store.transaction() as connection:
        return mailings.mailings_of(connection, ISSUE.newsletter, ISSUE.serial)
