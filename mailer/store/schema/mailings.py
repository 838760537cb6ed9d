"""The tables of mailings: what is approved, its editions, and who is a recipient or excluded."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import JSON

from mailer.domain.mailing import MailingState
from mailer.store.columns import Id, UtcDateTime, metadata, one_of, partial_index

# What a row may be besides a mailing in one of its states: a plan that is being written, and one that was replaced and is
# being deleted. Neither belongs to an issue, so that no query for an issue or for a state finds it.
DRAFT, DISCARDED = "draft", "discarded"

mailings = Table(
    "mailings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("newsletter", Text),
    Column("serial", Integer),
    Column("supplement", Integer),
    Column("state", Text, nullable=False),
    Column("content_hash", Text, ForeignKey("revisions.content_hash")),
    Column("circulation_hash", Text, nullable=False),
    Column("editions_hash", Text, nullable=False),
    # Of the templates, fees and wording that the editions were compiled from.
    Column("inputs_hash", Text, nullable=False),
    Column("seal", Text, nullable=False),  # of the three hashes: what an approval is bound to
    Column("letterhead", JSON, nullable=False),  # From, Reply-To and the list's name, frozen with the editions
    Column("approval_required", Boolean, nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),  # of a draft: when the last of it was written
    Column("approved_hash", Text),
    Column("approved_by", Text),
    Column("approved_at", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("starts_at", UtcDateTime),
    Column("held_reason", Text),
    Column("first_handover_at", UtcDateTime),
    Column("rest_at", UtcDateTime),  # when the rest may follow the canary wave
    Column("broken_at", UtcDateTime),  # when the breaker paused it: its failures count against no address
    Column("broken_by", Text, nullable=False, server_default=text("''")),  # what the copies that failed alike share
    Column("closed_at", UtcDateTime),  # or cancelled
    Column("stopped_at", UtcDateTime),  # when a person stopped its countdown: it does not leave by its schedule
    UniqueConstraint("newsletter", "serial", "supplement"),
    one_of("state", [*MailingState, DRAFT, DISCARDED], "state"),
    CheckConstraint(
        f"(state IN ('{DRAFT}', '{DISCARDED}')) = (newsletter IS NULL)"
        " AND (newsletter IS NULL) = (serial IS NULL) AND (newsletter IS NULL) = (supplement IS NULL)",
        name="issue",
    ),
    CheckConstraint(f"state = '{DISCARDED}' OR content_hash IS NOT NULL", name="content"),
    CheckConstraint("(state = 'held') = (held_reason IS NOT NULL)", name="held_reason"),
    CheckConstraint("state <> 'sending' OR starts_at IS NOT NULL", name="starts_at"),
    sqlite_autoincrement=True,  # an id is never reused: a sender may still hold one of a plan that was replaced
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

# The few plans that are being written or deleted.
partial_index("ix_mailings_drafts", mailings.c.id, when="newsletter IS NULL")
# A mailing that commands and pages may see; what is none of an issue is a draft, or was replaced.
belongs_to_an_issue = mailings.c.newsletter.is_not(None)

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
