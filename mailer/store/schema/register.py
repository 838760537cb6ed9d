"""The tables of the register: memberships, seats and payments."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import JSON, BigInteger, Boolean, LargeBinary

from mailer.domain.membership import MembershipKind
from mailer.store.columns import ByCodePoint, Id, UtcDateTime, at_most_one, metadata, one_of

register_state = Table(
    "register_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("circle", Text, nullable=False),
    Column("free_until", Date),
    UniqueConstraint("id", "kind"),
    one_of("kind", MembershipKind, "kind"),
)

seats = Table(
    "seats",
    metadata,
    Column("membership", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("number", Integer),
    Column("names", JSON, nullable=False),
    Column("salutations", JSON, nullable=False),
    Column("address", Text),
    Column("mailbox", Text),  # the address in its normal form, by which holds find it
    Column("phone", Text, nullable=False, server_default=text("''")),
    Column("languages", JSON, nullable=False),
    Column("ended_on", Date),
    Column("pause_from", Date),
    Column("pause_until", Date),
    # Made from names, addresses, ids and organisation, so that a list of people is sorted and searched in the database.
    Column("sorted_by", ByCodePoint, nullable=False, server_default=text("''")),
    Column("searched", Text, nullable=False, server_default=text("''")),
    # The kind is repeated here for the two rules below; it follows that of the membership.
    ForeignKeyConstraint(["membership", "kind"], ["memberships.id", "memberships.kind"], onupdate="CASCADE"),
    CheckConstraint("kind <> 'corporate' OR (number IS NOT NULL AND number IN (1, 2))", name="corporate_number"),
    CheckConstraint("kind = 'corporate' OR number IS NULL", name="number_only_corporate"),
)
at_most_one("uq_seats_corporate", seats.c.membership, seats.c.number, when="kind = 'corporate' AND ended_on IS NULL")
at_most_one("uq_seats_individual", seats.c.membership, when="kind = 'individual' AND ended_on IS NULL")
Index("ix_seats_person", seats.c.person)
Index("ix_seats_mailbox", seats.c.mailbox)
Index("ix_seats_sorted_by", seats.c.sorted_by, seats.c.person, seats.c.membership)

payments = Table(
    "payments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("membership", Text, ForeignKey("memberships.id"), nullable=False),
    Column("period_from", Date, nullable=False),
    Column("period_to", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),  # hundredths of the currency
    Column("currency", Text, nullable=False),
    Column("paid_on", Date),
    Column("in_full", Boolean, nullable=False),
    Column("reference", Text, nullable=False),
    CheckConstraint("period_from <= period_to", name="period"),
)
Index("ix_payments_membership", payments.c.membership)
Index("ix_payments_period_to", payments.c.period_to, payments.c.membership)
at_most_one("uq_payments_reference", payments.c.membership, payments.c.reference, when="reference <> ''")

# What a user has brought to import and has not applied yet: one a session, for minutes.
drafts = Table(
    "drafts",
    metadata,
    Column("session", Text, ForeignKey("sessions.token", ondelete="CASCADE"), primary_key=True),
    Column("who", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("digest", Text, nullable=False),  # SHA-256 of the files and choices
    Column("members_name", Text, nullable=False),
    Column("members", LargeBinary),
    Column("payments_name", Text, nullable=False),
    Column("payments", LargeBinary),
    Column("pasted", Boolean, nullable=False),
    Column("end_missing", Boolean, nullable=False),
    Column("ignored", Text, nullable=False),
)
