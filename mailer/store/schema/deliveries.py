"""The tables of the ledger: a delivery for each copy, and every attempt to hand it over."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from mailer.domain.delivery import BLOCKING, State
from mailer.store.columns import Id, UtcDateTime, at_most_one, metadata, one_of, some

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mailing", Id, ForeignKey("mailings.id"), nullable=False),
    Column("newsletter", Text, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("copy_number", Integer, nullable=False),
    Column("address", Text, nullable=False),
    Column("family", Text, nullable=False, server_default=text("''")),  # who serves the mailbox: what limits count
    Column("name", Text, nullable=False),
    Column("salutation", Text, nullable=False),
    Column("paid_until", Date),
    Column("message_id", Text, nullable=False),
    Column("judged_by", Text, nullable=False),  # the register version and rules it was found entitled by
    Column("state", Text, nullable=False),
    Column("held_reason", Text),
    Column("next_attempt_at", UtcDateTime),
    Column("owner", Id, ForeignKey("owners.id")),
    Column("relay", Text),  # the relay that it is in hand for
    Column("epoch", Integer, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("marked_at", UtcDateTime),  # from when on its content may have left, unless the owner's journal denies it
    UniqueConstraint("newsletter", "serial", "copy_number"),
    one_of("state", State, "state"),
    CheckConstraint("(state = 'held') = (held_reason IS NOT NULL)", name="held_reason"),
    CheckConstraint("(state = 'sending') = (owner IS NOT NULL AND lease_until IS NOT NULL)", name="owned"),
    CheckConstraint("marked_at IS NULL OR state = 'sending'", name="marked"),
    sqlite_autoincrement=True,
)
_due = f"state = '{State.PENDING}'"
_in_hand = f"state = '{State.SENDING}'"
_refused = f"state = '{State.REJECTED}'"
_asking = f"state IN ('{State.HELD}', '{State.UNCERTAIN}')"
_blocking = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(BLOCKING)))
# Nobody gets a copy twice, over all mailings of an issue.
at_most_one(
    "uq_deliveries_one_copy",
    deliveries.c.newsletter,
    deliveries.c.serial,
    deliveries.c.person,
    deliveries.c.language,
    when=_blocking,
)
# Written out, as the indexes below have them: SQLite sees no partial index behind a parameter.
is_pending = deliveries.c.state == literal_column(f"'{State.PENDING}'")
is_sending = deliveries.c.state == literal_column(f"'{State.SENDING}'")
is_rejected = deliveries.c.state == literal_column(f"'{State.REJECTED}'")
is_asking = deliveries.c.state.in_([literal_column(f"'{state}'") for state in (State.HELD, State.UNCERTAIN)])
Index("ix_deliveries_mailing", deliveries.c.mailing)
Index("ix_deliveries_address", deliveries.c.address)  # what an address got, and what waits for it
# What a reader got, and whether a later copy of an issue stands in the place of one that failed.
Index("ix_deliveries_person", deliveries.c.person, deliveries.c.newsletter, deliveries.c.serial, deliveries.c.language)
# What is claimed next, and the few copies that senders have in hand: small, so that moving a copy on touches little.
some(
    "ix_deliveries_due",
    deliveries.c.mailing,
    deliveries.c.judged_by,
    deliveries.c.next_attempt_at,
    deliveries.c.id,
    deliveries.c.family,  # behind all that is sought by: copies of providers that get nothing are passed over in the index
    when=_due,
    nulls_first="next_attempt_at",
)
some("ix_deliveries_in_hand", deliveries.c.owner, when=_in_hand)
some("ix_deliveries_rejected", deliveries.c.mailing, when=_refused)  # the breaker looks at these, and at no other
some("ix_deliveries_asking", deliveries.c.state, deliveries.c.mailing, when=_asking)  # the few that wait for a person

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("delivery", Id, ForeignKey("deliveries.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("relay", Text, nullable=False, server_default=text("''")),  # empty in attempts older than this column
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Integer),
    Column("status", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("queue_id", Text, nullable=False),
    Column("tls_version", Text, nullable=False),
    UniqueConstraint("delivery", "number"),
    one_of("outcome", ["accepted", "deferred", "rejected", "unknown"], "outcome"),
)
Index("ix_attempts_relay_started_at", attempts.c.relay, attempts.c.started_at)
