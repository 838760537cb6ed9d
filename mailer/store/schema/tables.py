"""The tables: what the service remembers, with the rules that the database itself keeps."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.types import JSON, Boolean

from mailer.domain.delivery import BLOCKING, State
from mailer.domain.mailing import MailingState
from mailer.store.columns import Id, UtcDateTime, at_most_one, metadata, one_of, some

# --- issues -----------------------------------------------------------------------------------------------------------

revisions = Table(
    "revisions",
    metadata,
    Column("content_hash", Text, primary_key=True),
    Column("newsletter", Text, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("volume", Integer, nullable=False),
    Column("year", Integer, nullable=False),
    Column("date", Date, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("title", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("pulled_at", UtcDateTime, nullable=False),
    UniqueConstraint("newsletter", "serial", "revision"),
)

revision_files = Table(
    "revision_files",
    metadata,
    Column("content_hash", Text, ForeignKey("revisions.content_hash"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# --- mailings ---------------------------------------------------------------------------------------------------------

mailings = Table(
    "mailings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("newsletter", Text, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("supplement", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("content_hash", Text, ForeignKey("revisions.content_hash"), nullable=False),
    Column("circulation_hash", Text, nullable=False),
    Column("editions_hash", Text, nullable=False),
    Column("inputs_hash", Text, nullable=False),  # templates, fees and wording the editions were compiled from
    Column("seal", Text, nullable=False),  # the three hashes in one: what an approval is bound to
    Column("letterhead", JSON, nullable=False),  # From, Reply-To and the list's name, as frozen with the editions
    Column("approval_required", Boolean, nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("approved_hash", Text),
    Column("approved_by", Text),
    Column("approved_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("starts_at", UtcDateTime),
    Column("held_reason", Text),
    Column("first_handover_at", UtcDateTime),
    Column("rest_at", UtcDateTime),  # when the rest may follow the canary wave
    Column("broken_at", UtcDateTime),  # when the breaker stopped it; what failed of it is nobody's fault but ours
    Column("closed_at", UtcDateTime),  # or cancelled; the letters tell of what ended lately
    UniqueConstraint("newsletter", "serial", "supplement"),
    one_of("state", MailingState, "state"),
    CheckConstraint("(state = 'held') = (held_reason IS NOT NULL)", name="held_reason"),
    CheckConstraint("state <> 'sending' OR starts_at IS NOT NULL", name="starts_at"),
    sqlite_autoincrement=True,  # an id is never used again: a sender may still hold one of a plan that was replaced
)

editions = Table(
    "editions",
    metadata,
    Column("mailing", Id, ForeignKey("mailings.id"), primary_key=True),
    Column("language", Text, primary_key=True),
    Column("variant", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

recipients = Table(
    "recipients",
    metadata,
    Column("mailing", Id, ForeignKey("mailings.id"), primary_key=True),
    Column("person", Text, primary_key=True),
    Column("membership", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rule", Integer, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("address", Text, nullable=False),
    Column("editions", JSON, nullable=False),
    Column("paid_until", Date),
)

exclusions = Table(
    "exclusions",
    metadata,
    Column("mailing", Id, ForeignKey("mailings.id"), primary_key=True),
    Column("person", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("rule", Integer, nullable=False),
    Column("evidence", JSON, nullable=False),
)

# --- deliveries -------------------------------------------------------------------------------------------------------

owners = Table(
    "owners",
    metadata,
    Column("id", Id, primary_key=True),
    Column("host", Text, nullable=False),
    Column("boot_id", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("lock", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

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

ledger_state = Table(
    "ledger_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),  # grows with every claim; a backup has an older one
    CheckConstraint("id = 1", name="one_row"),
)

relay_outages = Table(
    "relay_outages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("reason", Text, nullable=False),
)

throttles = Table(
    "throttles",
    metadata,
    Column("family", Text, primary_key=True),
    Column("failures", Integer, nullable=False),  # how often in a row it asked us to slow down; 0: a person's doing
    Column("until", UtcDateTime),  # None: until a person lifts it
    Column("reason", Text, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by", Text, nullable=False),
)

# --- the daemon and the people ----------------------------------------------------------------------------------------

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Id, ForeignKey("owners.id"), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

test_mailings = Table(
    "test_mailings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("newsletter", Text, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("editions_hash", Text, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("messages", Integer, nullable=False),
)

history = Table(
    "history",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
