"""The tables of the ledger: a delivery for each copy, and every attempt to hand it over."""

from sqlalchemy import (
    Boolean,
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
    true,
)

from mailer.domain.delivery import BLOCKING, State
from mailer.store.columns import Id, UtcDateTime, at_most_one, metadata, one_of, partial_index

_blocking = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(BLOCKING)))

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("mailing", Id, ForeignKey("mailings.id"), nullable=False),
    # The first mailing, which the copies of its supplements have in common with it; of a first mailing itself. So
    # a plan that is being written, or was replaced, collides with no other one.
    Column("first_mailing", Id, ForeignKey("mailings.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("copy_number", Integer, nullable=False),
    Column("address", Text, nullable=False),
    # The provider of the mailbox, which limits count.
    Column("family", Text, nullable=False, server_default=text("''")),
    Column("name", Text, nullable=False),
    Column("salutation", Text, nullable=False),
    Column("paid_until", Date),
    Column("message_id", Text, nullable=False),
    Column("judged_by", Text, nullable=False),  # the register version and the rules by which it is entitled
    Column("state", Text, nullable=False),
    Column("held_reason", Text),
    Column("next_attempt_at", UtcDateTime),
    Column("owner", Id, ForeignKey("owners.id")),  # of an uncertain copy: whose journal may still settle it
    Column("relay", Text),  # for which it is in hand
    Column("epoch", Integer, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("marked_at", UtcDateTime),  # since when its content may have left, unless the owner's journal denies it
    # Whether the person gets no further copy. A column of its own for the indexes below: those that ask for the state are
    # written anew at each of its changes, which took a fifth of the ledger's time.
    Column(
        "blocking",
        Boolean,
        CheckConstraint(f"blocking = ({_blocking})", name="blocking"),
        nullable=False,
        server_default=true(),
    ),
    UniqueConstraint("first_mailing", "copy_number"),
    one_of("state", State, "state"),
    CheckConstraint("(state = 'held') = (held_reason IS NOT NULL)", name="held_reason"),
    CheckConstraint("(state = 'sending') = (owner IS NOT NULL AND lease_until IS NOT NULL)", name="owned"),
    CheckConstraint("marked_at IS NULL OR state = 'sending'", name="marked"),
    sqlite_autoincrement=True,
)
_due = f"state = '{State.PENDING}'"
_in_hand = f"state = '{State.SENDING}'"
_asking = f"state IN ('{State.HELD}', '{State.UNCERTAIN}')"


def columns_in(state: State) -> dict[str, object]:
    """The columns of a delivery that comes into this state; one that blocks no other copy never does so again."""
    return {"state": state} if state in BLOCKING else {"state": state, "blocking": False}


# No person gets a copy twice, over all mailings of an issue: it has one first mailing.
at_most_one(
    "uq_deliveries_one_copy",
    deliveries.c.first_mailing,
    deliveries.c.person,
    deliveries.c.language,
    when=deliveries.c.blocking.is_(True),
)
# Literals, as in the indexes below: SQLite uses no partial index for a parameter.
is_pending = deliveries.c.state == literal_column(f"'{State.PENDING}'")
is_sending = deliveries.c.state == literal_column(f"'{State.SENDING}'")
is_asking = deliveries.c.state.in_([literal_column(f"'{state}'") for state in (State.HELD, State.UNCERTAIN)])
is_uncertain = is_asking & (deliveries.c.state == literal_column(f"'{State.UNCERTAIN}'"))
is_failed = deliveries.c.blocking.is_(False)  # or cancelled
Index("ix_deliveries_mailing", deliveries.c.mailing)
Index("ix_deliveries_address", deliveries.c.address)  # the copies that an address got, and those that wait for it
# The copies that a reader got, and whether a failed one was replaced by a later one.
Index("ix_deliveries_person", deliveries.c.person, deliveries.c.first_mailing, deliveries.c.language)
# The copies to claim next, and the few in hand: small indexes, so that moving a copy on changes little.
partial_index(
    "ix_deliveries_due",
    deliveries.c.mailing,
    deliveries.c.judged_by,
    deliveries.c.next_attempt_at,
    deliveries.c.id,
    deliveries.c.family,  # last, so that copies to throttled providers are skipped within the index
    when=_due,
    nulls_first="next_attempt_at",
)
partial_index("ix_deliveries_in_hand", deliveries.c.owner, when=_in_hand)
# The few copies that wait for a person.
partial_index("ix_deliveries_asking", deliveries.c.state, deliveries.c.mailing, when=_asking)
# Those that failed, or were cancelled: what is left of a mailing that has ended was accepted.
partial_index("ix_deliveries_failed", deliveries.c.mailing, deliveries.c.state, when=is_failed)

THROTTLED = "throttled"  # the outcome of an attempt in which the relay asked us to slow down
OUTCOMES = ("accepted", "deferred", THROTTLED, "rejected", "unknown")

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("delivery", Id, ForeignKey("deliveries.id"), nullable=False),
    Column("number", Integer, nullable=False),
    # Empty in attempts that are older than this column.
    Column("relay", Text, nullable=False, server_default=text("''")),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("code", Integer),
    Column("status", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("queue_id", Text, nullable=False),
    Column("tls_version", Text, nullable=False),
    UniqueConstraint("delivery", "number"),
    one_of("outcome", OUTCOMES, "outcome"),
)
Index("ix_attempts_relay_started_at", attempts.c.relay, attempts.c.started_at)
# An attempt in which the relay asked us to slow down counts nowhere: the copy was not judged.
is_counted = attempts.c.outcome != THROTTLED
