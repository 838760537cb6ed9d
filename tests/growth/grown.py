"""Makes a club of any number of people in a few seconds, with issues at each step and copies in every state.

Shares grow with the club: one copy in ten came back, one in twenty was refused, so that every list is long.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.address import Address
from mailer.domain.bounce import FailureReason, RawReport, ReportKind, Way
from mailer.domain.delivery import Accepted, Deferred, Delivery, Event, Outcome, Rejected, Reply, Unknown, event_of
from mailer.domain.hold import Failure, HoldReason
from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.matter import Matter, NamedBy
from mailer.domain.membership import Membership, MembershipKind, Pause, Payment, Period, Seat
from mailer.domain.report import Reading
from mailer.domain.user import User
from mailer.formats.register import write as tables
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.entitle import rules_of
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.pipeline.register.import_export import export_register
from mailer.pipeline.users import add_user
from mailer.store import Connection, failures, holds, mailings, members, reports
from mailer.store.copies import deliveries
from mailer.store.ledger import claims, owners
from mailer.store.ledger.results import Result, record
from mailer.store.register_rows import membership_row, payment_row, seat_row
from mailer.store.schema import memberships, payments, seats
from tests.club import LETTER, THURSDAY, Club, pull_issues
from tests.doubles import FrozenClock

PASSWORD = "lamp oil and winter"
EARLIER, SENT, SENDING, APPROVED, PLANNED, PULLED = (
    IssueName(newsletter=LETTER, serial=serial) for serial in range(40, 46)
)
RELAY = "relay.example"
DOMAIN = "returns.club.example"
SITE = "https://letter.club.example"
# The folder's number and the day of each issue.
DAYS = {40: (6, "2018-06-14"), 41: (7, "2018-07-12"), 42: (8, "2018-07-19")}
DAYS |= {43: (9, "2018-07-26"), 44: (10, "2018-08-02"), 45: (11, "2018-08-09")}
_OK = Reply(code=250, status="2.0.0", text="Ok", queue_id="Q1")
_YEAR = Period(first=date(2018, 1, 1), last=date(2018, 12, 31))


def found(folder: Path, people: int) -> Club:
    """A club of so many people: of six issues one is only pulled, the others are planned, approved, sending and sent."""
    club = Club.found(folder, {"approval": {"editors": ["editor@club.example"]}})
    club.settle(
        smtp={"port": 1},
        bounces={"return_path_domain": DOMAIN},
        notify={"secretary": "secretary@club.example", "operator": "operator@club.example"},
        web={"public_url": SITE},
    )
    for serial, (number, day) in DAYS.items():
        club.write_issue(serial=serial, number=number, day=day, more=f"Week {number}.")
    for path, mode in ((folder, 0o700), (club.config, 0o600), (folder / "mailer.key", 0o600)):
        path.chmod(mode)
    clock = FrozenClock(THURSDAY)
    with club.opened(clock) as app:
        for role in Role:
            add_user(app.context, User(id=0, name=role.value, role=role), PASSWORD)
        _fill(app, people)
        pull_issues(app)
        for name in (EARLIER, SENT, SENDING, APPROVED, PLANNED):
            plan_mailing(app.context, name)
        _approve(app, APPROVED, MailingState.APPROVED)
        for name in (EARLIER, SENT, SENDING):
            _approve(app, name, MailingState.SENDING)
            _hand_over(app, name, end=name is not SENDING)
            clock.advance(minutes=1)
        _pay_late(app, people)
        missing = find_missing_copies(app.context, SENT)
        send_supplement(app.context, SENT, copies=missing.copies, leave_out=frozenset(), none_lost=False)
        register = export_register(app.context)
        (folder / "members.csv").write_bytes(tables.write_members_csv(register))
        (folder / "payments.csv").write_bytes(tables.write_payments_csv(register))
        app.epoch.save(app.context.ledger_epoch())  # as a sender leaves it
    return club


# --- the register -----------------------------------------------------------------------------------------------------


def _fill(app: App, people: int) -> None:
    """One in twenty has not paid, one in forty pauses, and every fourth has a corporate membership."""
    contracts, sitting, paying = [], [], []
    for number in range(1, people + 1):
        membership = _membership(number)
        contracts.append(membership)
        sitting.append((_seat(number, membership), membership))
        if number % 20 != 3:
            paying.append(_payment(membership, f"INV-{number}"))
    with app.store.transaction() as connection:
        connection.execute(memberships.insert(), [membership_row(each) for each in contracts])
        connection.execute(seats.insert(), [seat_row(*each) for each in sitting])
        connection.execute(payments.insert(), [payment_row(each) for each in paying])
        members.raise_version(connection)


def _membership(number: int) -> Membership:
    corporate = number % 4 == 0
    return Membership(
        id=f"M{number:05}",
        kind=MembershipKind.CORPORATE if corporate else MembershipKind.INDIVIDUAL,
        organisation=f"Bank {number:05}" if corporate else "",
        circle="club",
        free_until=None,
    )


def _seat(number: int, membership: Membership) -> Seat:
    name = f"Reader{number:05}"
    return Seat(
        membership=membership.id,
        person=f"P{number:05}",
        number=1 if membership.kind is MembershipKind.CORPORATE else None,
        names={"en": name},
        salutations={"en": f"Dear {name}"},
        address=Address.from_wire(f"desk{number:05}@members{number % 50}.example") if number % 50 != 9 else None,
        phone="",
        languages=("en",),
        ended_on=None,
        pause=Pause(first=date(2018, 1, 1) if number % 40 == 7 else None, last=None),
    )


def _payment(membership: Membership, reference: str) -> Payment:
    amount = Decimal(80000 if membership.kind is MembershipKind.CORPORATE else 50000)
    return Payment(
        membership=membership.id,
        period=_YEAR,
        amount=amount,
        currency="RUB",
        paid_on=date(2018, 1, 22),
        in_full=False,
        reference=reference,
    )


def _pay_late(app: App, people: int) -> None:
    """Half of those who had not paid pay after the issue was sent."""
    with app.store.transaction() as connection:
        late = [_payment(_membership(number), f"LATE-{number}") for number in range(3, people + 1, 40)]
        connection.execute(payments.insert(), [payment_row(each) for each in late])
        members.raise_version(connection)


# --- what became of the copies ----------------------------------------------------------------------------------------


def _approve(app: App, name: IssueName, state: MailingState) -> None:
    """As the secretary does, but without making each copy for a proof."""
    now = app.context.clock.now()
    with app.store.transaction() as connection:
        mailing = mailings.mailings_of(connection, name.newsletter, name.serial)[0]
        approval = {"approved_hash": mailing.seal, "approved_by": "secretary", "approved_at": now, "due_at": now}
        mailings.move(connection, mailing, state, starts_at=now if state is MailingState.SENDING else None, **approval)


def _hand_over(app: App, name: IssueName, *, end: bool) -> None:
    """Of a mailing that ends each copy has its result; else most of them wait still."""
    with app.store.transaction() as connection:
        mailing = mailings.mailings_of(connection, name.newsletter, name.serial)[0]
        now = app.context.clock.now()
        owner = owners.add_owner(connection, host="host", boot_id="boot", pid=1, lock="mailer-1", now=now)
        rules = rules_of(connection, app.context, mailing)
        claimed = claims.claim(
            connection,
            owner=owner.id,
            relay=RELAY,
            now=now,
            lease_until=now + timedelta(minutes=10),
            limit=10**6,
            mailing=mailing.id,
            judged_by=rules,
        )
        record(connection, owner.id, RELAY, [_result(claim, now, end=end) for claim in claimed])
        claims.advance_epoch(connection)
        copies = deliveries.of_mailing(connection, mailing.id)
        _refuse(connection, mailing, [copy for copy in copies if copy.copy_number % 20 == 1], now)
        if end:
            _return(connection, mailing, [copy for copy in copies if copy.copy_number % 10 == 2], now)
        _hold_back(app, connection, [copy for copy in copies if copy.copy_number % 50 == 7])
        if end:
            mailings.move(connection, mailing, MailingState.CLOSED, closed_at=now)


def _result(claim: claims.Claim, now: datetime, *, end: bool) -> Result:
    outcome = _outcome(claim.copy.copy_number, end=end)
    event = event_of(outcome) if outcome is not None else Event.UNUSED
    return Result(
        claim=claim,
        event=event,
        outcome=outcome,
        begun=outcome is not None,
        started_at=now,
        finished_at=now,
        next_attempt_at=now + timedelta(hours=1) if event is Event.DEFERRED else None,
    )


def _outcome(number: int, *, end: bool) -> Outcome | None:
    if number % 20 == 1:
        return Rejected(reply=Reply(code=550, status="5.1.1", text="No such user"))
    if number % 50 == 5:
        return Unknown(reply=None, detail="no reply after the content")
    if number % 50 == 7:
        return None  # it is held back
    if not end and number % 4 == 3:
        return Deferred(reply=Reply(code=451, status="4.7.1", text="Greylisted"))
    return Accepted(reply=_OK, tls_version="TLSv1.3") if end or number % 10 in (2, 4) else None


def failed_copy(copy: Delivery, mailing: Mailing, *, refused: bool, at: datetime) -> failures.CopyFailed:
    """A copy that a relay refused, or that came back."""
    failure = Failure(
        issue=mailing.issue,
        reason=FailureReason.USER_UNKNOWN if refused else FailureReason.MAILBOX_FULL,
        hard=refused,
        refused=refused,
        forwarded=False,
        at=at,
        words="No such user",
        reply="550 5.1.1",
        wording="no such user",
    )
    address = Address.from_wire(copy.address).normal
    return failures.CopyFailed(delivery=copy.id, mailing=mailing.id, address=address, failure=failure)


def _refuse(connection: Connection, mailing: Mailing, copies: Sequence[Delivery], at: datetime) -> None:
    failed = [failed_copy(copy, mailing, refused=True, at=at) for copy in copies]
    failures.add(connection, failed)
    for each in failed:
        holds.set_hold(
            connection,
            each.address,
            HoldReason.ADDRESS,
            [each.failure],
            delivery=each.delivery,
            by="the service",
            now=at,
        )


def _return(connection: Connection, mailing: Mailing, copies: Sequence[Delivery], at: datetime) -> None:
    """A report about each, which waits to be settled."""
    for copy in copies:
        content = f"Message-ID: {copy.message_id}\n\nNo such user\n".encode()
        raw = RawReport(content=content, recipient=f"bounce-{copy.id}@{DOMAIN}", way=Way.FILE)
        identity = reports.keep(connection, raw, f"hash-{copy.id}", at)
        assert identity is not None
        reports.write(connection, identity, [_reading(copy)])
        deliveries.move(connection, copy, Event.BOUNCE_REPORTED)
    failures.add(connection, [failed_copy(copy, mailing, refused=False, at=at) for copy in copies])


def _reading(copy: Delivery) -> Reading:
    return Reading(
        kind=ReportKind.BOUNCE,
        reason=FailureReason.MAILBOX_FULL,
        hard=False,
        status="5.1.1",
        code=550,
        recipient=copy.address,
        diagnostic="No such user",
        place=0,
        sender="MAILER-DAEMON@mx.members.example",
        subject="Undelivered Mail Returned to Sender",
        delivery=copy.id,
        named_by=NamedBy.RETURN_PATH,
        person=copy.person,
        forwarded=False,
        matter=Matter.BOUNCED,
    )


def _hold_back(app: App, connection: Connection, copies: Sequence[Delivery]) -> None:
    for copy in copies:
        if deliveries.move(connection, copy, Event.HELD, held_reason="unpaid"):
            app.context.record(connection, "hold", f"delivery {copy.id}", "unpaid")
