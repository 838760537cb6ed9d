"""The tables of mails that came back, of the reports in them, and of as what these were counted."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from mailer.domain.bounce import FailureReason, ReportContent, ReportKind, Way
from mailer.domain.matter import Matter, NamedBy
from mailer.store.columns import Id, UtcDateTime, columns_of, metadata, one_of, partial_index

raw_reports = Table(
    "raw_reports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("content_hash", Text, nullable=False),
    Column("recipient", Text, nullable=False),  # of its envelope; empty when the envelope is unknown
    Column("way", Text, nullable=False),
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("content", LargeBinary),  # None: its time is over, or its person is erased
    UniqueConstraint("content_hash", "recipient"),
    one_of("way", Way, "way"),
)
partial_index("ix_raw_reports_kept", raw_reports.c.arrived_at, when="content IS NOT NULL")

reports = Table(
    "reports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("raw", Id, ForeignKey("raw_reports.id"), nullable=False),
    Column("place", Integer, nullable=False),  # within the mail, which may report on several recipients
    *columns_of(ReportContent),
    Column("sender", Text, nullable=False),  # From and Subject as received, for a person to read
    Column("subject", Text, nullable=False),
    Column("delivery", Id, ForeignKey("deliveries.id")),
    Column("named_by", Text),
    Column("person", Text, nullable=False),  # whom it is about; without a delivery probably; may be empty
    Column("forwarded", Boolean, nullable=False),
    Column("matter", Text),
    Column("settled_at", UtcDateTime),
    Column("settled_by", Text),
    UniqueConstraint("raw", "place"),
    one_of("kind", ReportKind, "kind"),
    one_of("reason", FailureReason, "reason"),
    one_of("named_by", NamedBy, "named_by"),
    one_of("matter", Matter, "matter"),
    sqlite_autoincrement=True,  # a number that a letter names is never reused
)
Index("ix_reports_delivery", reports.c.delivery)
partial_index("ix_reports_open", reports.c.id, when="matter IS NOT NULL AND settled_at IS NULL")

# Reading a mail again may find other reports in it; as what it was counted stays.
counted_reports = Table(
    "counted_reports",
    metadata,
    Column("raw", Id, ForeignKey("raw_reports.id"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("hard", Boolean, primary_key=True),
    Column("number", Integer, nullable=False),
    one_of("kind", ReportKind, "kind"),
)
