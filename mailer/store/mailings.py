"""Mailings, with their editions and their frozen circulation."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import (
    Connection,
    Row,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    update,
)

from mailer.domain.distribution_report import FrozenMailing
from mailer.domain.mailing import ENDED, Mailing, MailingState
from mailer.store.schema import (
    deliveries,
    editions,
    exclusions,
    letters,
    mailings,
    recipients,
)

_COLUMNS = [mailings.c[field.name] for field in fields(Mailing)]
# Built once: a sender executes them at every turn, and building one takes longer than its answer.
_IN_STATES = (
    select(*_COLUMNS).where(mailings.c.state.in_(bindparam("states", expanding=True))).order_by(mailings.c.planned_at)
)
_LOCK_PLAN = (
    select(mailings.c.id).where(mailings.c.id == bindparam("of_mailing")).with_for_update(read=True, key_share=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEdition:
    """A compiled edition as stored: `body` is what `formats.edition.stored.load` reads."""

    language: str
    variant: str
    digest: str
    body: bytes


def mailings_of(connection: Connection, newsletter: str, serial: int) -> list[Mailing]:
    """Every mailing of an issue, the first before its supplements."""
    query = select(*_COLUMNS).where(mailings.c.newsletter == newsletter, mailings.c.serial == serial)
    return [_mailing(row) for row in connection.execute(query.order_by(mailings.c.supplement))]


def mailings_in(connection: Connection, states: Iterable[MailingState]) -> list[Mailing]:
    """Every mailing in one of these states, oldest plan first."""
    rows = connection.execute(_IN_STATES, {"states": [state.value for state in states]})
    return [_mailing(row) for row in rows]


def not_ended(connection: Connection) -> list[Mailing]:
    """Every mailing that is neither closed nor cancelled, oldest plan first."""
    return mailings_in(connection, set(MailingState) - ENDED)


def firsts(connection: Connection, most: int | None = None) -> list[Mailing]:
    """The first mailing of every issue that is planned, the newest plan first; at most so many."""
    query = select(*_COLUMNS).where(mailings.c.supplement == 0)
    return [_mailing(row) for row in connection.execute(query.order_by(mailings.c.id.desc()).limit(most))]


def of_last_issues(connection: Connection, most: int) -> list[Mailing]:
    """Every mailing of the last issues of which a copy may have left; the newest issue first, supplements after it."""
    left = mailings.c.first_handover_at.is_not(None) | (mailings.c.state == MailingState.CLOSED)
    last = select(mailings.c.id, mailings.c.newsletter, mailings.c.serial).where(mailings.c.supplement == 0, left)
    first = last.order_by(mailings.c.id.desc()).limit(most).subquery()
    same = (mailings.c.newsletter == first.c.newsletter) & (mailings.c.serial == first.c.serial)
    query = select(*_COLUMNS).join(first, same).order_by(first.c.id.desc(), mailings.c.supplement)
    return [_mailing(row) for row in connection.execute(query)]


def ended_since(connection: Connection, since: datetime) -> list[Mailing]:
    """Every mailing that was closed or cancelled at that instant or later, in that order.

    A mailing that was reopened for a copy since then is included.
    """
    query = select(*_COLUMNS).where(mailings.c.closed_at >= since)
    return [_mailing(row) for row in connection.execute(query.order_by(mailings.c.closed_at, mailings.c.id))]


def ended_without_letter(connection: Connection, since: datetime, kind: str) -> list[Mailing]:
    """Every mailing that ended at that instant or later and has no letter of this kind yet, in that order.

    A letter is about `<newsletter>/<serial>#<supplement>`.
    """
    number, supplement = cast(mailings.c.serial, Text), cast(mailings.c.supplement, Text)
    subject = mailings.c.newsletter.concat("/").concat(number).concat("#").concat(supplement)
    letter = select(letters.c.id).where(letters.c.kind == kind, letters.c.about == subject)
    query = select(*_COLUMNS).where(mailings.c.closed_at >= since, ~letter.exists())
    return [_mailing(row) for row in connection.execute(query.order_by(mailings.c.closed_at, mailings.c.id))]


def mailing(connection: Connection, identity: int) -> Mailing:
    """The mailing with this id."""
    return _mailing(connection.execute(select(*_COLUMNS).where(mailings.c.id == identity)).one())


def newest(connection: Connection, newsletters: Collection[str]) -> list[Mailing]:
    """The first mailing of the newest issue that is planned of each of these newsletters."""
    last = (
        select(mailings.c.newsletter, func.max(mailings.c.serial).label("serial"))
        .where(mailings.c.newsletter.in_(newsletters))
        .group_by(mailings.c.newsletter)
        .subquery()
    )
    same = (mailings.c.newsletter == last.c.newsletter) & (mailings.c.serial == last.c.serial)
    query = select(*_COLUMNS).join(last, same).where(mailings.c.supplement == 0)
    return [_mailing(row) for row in connection.execute(query.order_by(mailings.c.newsletter))]


def broken_among(connection: Connection, identities: Collection[int]) -> list[Mailing]:
    """Those of these mailings that the breaker has stopped."""
    query = select(*_COLUMNS).where(mailings.c.id.in_(identities), mailings.c.broken_at.is_not(None))
    return [_mailing(row) for row in connection.execute(query.order_by(mailings.c.id))]


def add_mailing(connection: Connection, values: Mapping[str, object]) -> int:
    """Add a mailing; returns its id."""
    identity: int = connection.execute(insert(mailings).values(values).returning(mailings.c.id)).scalar_one()
    return identity


def move(connection: Connection, mailing: Mailing, to: MailingState, **values: object) -> bool:
    """Move a mailing on to this state, and set these values; False when its state has changed since it was read."""
    changed = {"state": to, "held_reason": None, **values}
    unmoved = (mailings.c.id == mailing.id) & (mailings.c.state == mailing.state)
    return connection.execute(update(mailings).where(unmoved).values(changed)).rowcount == 1


def change(connection: Connection, identity: int, **values: object) -> None:
    """Set values of a mailing other than its state."""
    connection.execute(update(mailings).where(mailings.c.id == identity).values(values))


def lock(connection: Connection, newsletter: str, serial: int) -> None:
    """Keep copies of the issue from being claimed until this transaction ends (SQLite has one writer anyway)."""
    rows = select(mailings.c.id).where(mailings.c.newsletter == newsletter, mailings.c.serial == serial)
    connection.execute(rows.with_for_update()).all()


def lock_plan(connection: Connection, identity: int) -> None:
    """Keep the mailing's plan from being replaced until this transaction ends; others may lock it too.

    A pause does not wait for it: many senders have it locked one after another, without a moment between.
    """
    connection.execute(_LOCK_PLAN, {"of_mailing": identity}).all()


def add_editions(connection: Connection, identity: int, compiled: Iterable[StoredEdition]) -> None:
    """Store the compiled editions of a mailing."""
    rows = [
        {
            "mailing": identity,
            "language": edition.language,
            "variant": edition.variant,
            "digest": edition.digest,
            "body": edition.body,
        }
        for edition in compiled
    ]
    if rows:
        connection.execute(insert(editions), rows)


def editions_of(connection: Connection, identity: int) -> list[StoredEdition]:
    """The compiled editions of a mailing, by language and variant."""
    query = select(editions.c.language, editions.c.variant, editions.c.digest, editions.c.body)
    query = query.where(editions.c.mailing == identity).order_by(editions.c.language, editions.c.variant)
    return [StoredEdition(**row._asdict()) for row in connection.execute(query)]


def variants_of(connection: Connection, identity: int) -> set[str]:
    """The names of the variants in which a mailing's editions were compiled."""
    return set(connection.execute(select(editions.c.variant).where(editions.c.mailing == identity)).scalars())


def edition_of(connection: Connection, identity: int, language: str, variant: str) -> StoredEdition | None:
    """One compiled edition of a mailing."""
    query = select(editions.c.language, editions.c.variant, editions.c.digest, editions.c.body)
    own = (editions.c.mailing == identity) & (editions.c.language == language) & (editions.c.variant == variant)
    row = connection.execute(query.where(own)).first()
    return StoredEdition(**row._asdict()) if row else None


def letterhead_of(connection: Connection, identity: int) -> Mapping[str, str]:
    """From, Reply-To and the list's name, as frozen with the editions."""
    query = select(mailings.c.letterhead).where(mailings.c.id == identity)
    letterhead: Mapping[str, str] = connection.execute(query).scalar_one()
    return letterhead


def frozen(connection: Connection, identity: int) -> FrozenMailing:
    """The rows of one mailing, for checking its balance."""
    received = connection.execute(
        select(recipients.c.person, recipients.c.editions).where(recipients.c.mailing == identity)
    )
    excluded_people = connection.execute(select(exclusions.c.person).where(exclusions.c.mailing == identity))
    copies = select(deliveries.c.person, deliveries.c.language).where(deliveries.c.mailing == identity)
    return FrozenMailing(
        recipients={row.person: tuple(row.editions) for row in received},
        excluded=tuple(excluded_people.scalars()),
        copies=tuple((row.person, row.language) for row in connection.execute(copies)),
    )


def previous_mailing(connection: Connection, newsletter: str, serial: int) -> int | None:
    """The id of the first mailing of the latest earlier issue whose circulation is known."""
    earlier = (mailings.c.newsletter == newsletter) & (mailings.c.serial < serial)
    query = select(mailings.c.id).where(earlier, mailings.c.supplement == 0, mailings.c.circulation_hash != "")
    return connection.execute(query.order_by(mailings.c.serial.desc()).limit(1)).scalar()


def _mailing(row: Row[tuple[object, ...]]) -> Mailing:
    fields = row._asdict()
    return Mailing(**{**fields, "state": MailingState(fields["state"])})
