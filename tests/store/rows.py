"""Rows for the tests of the store: a pulled issue, its mailing, copies for made-up people, and senders."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, select, update

from mailer.domain.address import Address
from mailer.domain.circulation import Copy
from mailer.domain.delivery import BLOCKING, Accepted, Event, Outcome, Reply, State
from mailer.domain.edition import NO_INSERT
from mailer.domain.issue import Issue, IssueText, Status
from mailer.domain.mailing import MailingState
from mailer.domain.ports import RawFile
from mailer.store import issues, mailings
from mailer.store.copies import deliveries
from mailer.store.copies.frozen import add_copies
from mailer.store.ledger import owners
from mailer.store.ledger.claims import Claim, claim
from mailer.store.ledger.results import Result, record
from mailer.store.schema import deliveries as table
from mailer.store.schema import relay_outages

NOW = datetime(2018, 7, 12, 7, 0, tzinfo=UTC)
LEASE = timedelta(minutes=10)
NEWSLETTER, SERIAL = "bulletin", 253
RULES = "1:rules"  # what the copies were judged by
RELAY = "relay.example"
SECOND = timedelta(seconds=1)
OK = Accepted(reply=Reply(code=250, status="2.0.0", text="Ok", queue_id="Q1"), tls_version="TLSv1.3")


def an_issue(content_hash: str = "hash", serial: int = SERIAL, **fields: object) -> Issue:
    numbering = {"newsletter": NEWSLETTER, "number": 3, "volume": 17, "year": 2018, "date": date(2018, 7, 12)} | fields
    texts = tuple(
        IssueText(language=one, status=Status.FINISHED, title=f"A title in {one}", serial=serial, **numbering)
        for one in ("en", "ru")
    )
    return Issue(content_hash=content_hash, texts=texts, serial=serial, **numbering)


def a_revision(connection: Connection, content_hash: str = "hash", serial: int = SERIAL, **fields: object) -> int:
    files = [RawFile(name="ru.md", content=b"\x00\xff"), RawFile(name="en.md", content=b"words")]
    issue = an_issue(content_hash, serial, **fields)
    return issues.add_revision(connection, issue, files, folder="2018-03", now=NOW)


def a_mailing(connection: Connection, state: MailingState = MailingState.SENDING, **values: object) -> int:
    """A mailing of an issue that is pulled along with it when it is not there."""
    given = {"newsletter": NEWSLETTER, "serial": SERIAL, "supplement": 0, "content_hash": "hash"} | values
    if not issues.files_of(connection, str(given["content_hash"])):
        a_revision(connection, str(given["content_hash"]), int(str(given["serial"])))
    hashes = {"circulation_hash": "c", "editions_hash": "e", "inputs_hash": "i", "seal": "seal"}
    more = {"letterhead": {"sender": "x"}, "approval_required": False, "planned_at": NOW, "starts_at": NOW}
    held = {"held_reason": "missed_window"} if state is MailingState.HELD else {}
    return mailings.add_mailing(connection, hashes | more | held | {"state": state} | given)


def a_copy(number: int = 1, **fields: object) -> Copy:
    given = {
        "person": f"P{number:03}",
        "language": "en",
        "variant": NO_INSERT,
        "copy_number": number,
        "address": Address(local=f"p{number:03}", domain="example.org"),
        "name": f"Name {number}",
        "salutation": f"Dear {number}",
        "paid_until": date(2018, 12, 31),
    }
    return Copy(**given | fields)


def write(connection: Connection, mailing: int, copies: Sequence[Copy], *, serial: int = SERIAL) -> list[int]:
    (first, *_) = mailings.mailings_of(connection, NEWSLETTER, serial)
    return [*add_copies(connection, mailing, first.id, copies, message_id=message_id, judged_by=RULES)]


def message_id(delivery: int) -> str:
    return f"<{delivery}@club.example>"


def a_mailing_of(connection: Connection, count: int, **values: object) -> tuple[int, list[int]]:
    """A mailing that is being sent, with so many pending copies."""
    mailing = a_mailing(connection, **values)
    return mailing, write(connection, mailing, [a_copy(number) for number in range(1, count + 1)])


def an_owner(connection: Connection, pid: int = 1) -> int:
    owner = owners.add_owner(connection, host="host", boot_id="boot", pid=pid, lock=f"mailer-{pid}", now=NOW)
    return owner.id


def take(
    connection: Connection,
    mailing: int,
    owner: int,
    *,
    limit: int = 100,
    now: datetime = NOW,
    judged_by: str = RULES,
    **which: object,
) -> list[Claim]:
    """Claim what is due."""
    return claim(
        connection,
        owner=owner,
        relay=RELAY,
        now=now,
        lease_until=now + LEASE,
        limit=limit,
        mailing=mailing,
        judged_by=judged_by,
        **which,
    )


def came(held: Claim, event: Event = Event.ACCEPTED, outcome: Outcome | None = OK, **fields: object) -> Result:
    """What came of a claim: begun at NOW and answered a second later, as far as nothing else is said."""
    times = {"started_at": NOW, "finished_at": NOW + SECOND}
    return Result(**{"claim": held, "event": event, "outcome": outcome, "begun": outcome is not None} | times | fields)


def write_down(connection: Connection, owner: int, *results: Result) -> None:
    """Record these results."""
    record(connection, owner, RELAY, results)


def put(connection: Connection, delivery: int, **values: object) -> None:
    """The row says this, whatever the machine thinks of it."""
    if "state" in values:
        values = {"blocking": values["state"] in BLOCKING, **values}
    connection.execute(update(table).where(table.c.id == delivery).values(values))


def state_of(connection: Connection, delivery: int) -> State:
    found = deliveries.delivery(connection, delivery)
    assert found is not None
    return found.state


def outages_of(connection: Connection) -> list[tuple[datetime, datetime | None]]:
    """The outages of all relays that are noted: when each began, and when it ended."""
    query = select(relay_outages.c.began_at, relay_outages.c.ended_at).where(relay_outages.c.relay == "")
    rows = connection.execute(query.order_by(relay_outages.c.id))
    return [(row.began_at, row.ended_at) for row in rows]
