"""The tables of what comes back: reports, failures, holds, people's own pauses, and the letters that tell of them."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import JSON

from mailer.domain.bounce import FailureReason, Matter, NamedBy, ReportKind, Scope, Way
from mailer.domain.hold import HoldReason
from mailer.store.columns import Id, UtcDateTime, at_most_one, metadata, one_of, some

raw_reports = Table(
    "raw_reports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("content_hash", Text, nullable=False),
    Column("recipient", Text, nullable=False),  # of its envelope; empty where no envelope was left
    Column("way", Text, nullable=False),
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("content", LargeBinary),  # None: it was kept long enough, or its person is erased
    UniqueConstraint("content_hash", "recipient"),
    one_of("way", Way, "way"),
)
some("ix_raw_reports_kept", raw_reports.c.arrived_at, when="content IS NOT NULL")

reports = Table(
    "reports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("raw", Id, ForeignKey("raw_reports.id"), nullable=False),
    Column("place", Integer, nullable=False),  # a mail may report about several recipients
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("hard", Boolean),
    Column("status", Text),
    Column("code", Integer),
    Column("recipient", Text),
    Column("original_recipient", Text),
    Column("final_recipient", Text),
    Column("action", Text, nullable=False),
    Column("diagnostic", Text, nullable=False),
    Column("reporting_mta", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("returns_on", Date),
    Column("successor", Text),
    Column("sender", Text, nullable=False),  # From and Subject as they stood, for a person to look at
    Column("subject", Text, nullable=False),
    Column("delivery", Id, ForeignKey("deliveries.id")),
    Column("named_by", Text),
    Column("person", Text, nullable=False),  # whom it is about: for sure with a delivery, else likely; may be empty
    Column("forwarded", Boolean, nullable=False),
    Column("matter", Text),
    Column("settled_at", UtcDateTime),
    Column("settled_by", Text),
    UniqueConstraint("raw", "place"),
    one_of("kind", ReportKind, "kind"),
    one_of("reason", FailureReason, "reason"),
    one_of("named_by", NamedBy, "named_by"),
    one_of("matter", Matter, "matter"),
    sqlite_autoincrement=True,  # a number that stands in a letter is never another report's
)
Index("ix_reports_delivery", reports.c.delivery)
some("ix_reports_open", reports.c.id, when="matter IS NOT NULL AND settled_at IS NULL")

# What counts towards a hold and for the breaker: derived from reports and attempts when they came, one of each a copy.
failures = Table(
    "failures",
    metadata,
    Column("delivery", Id, ForeignKey("deliveries.id"), primary_key=True),
    Column("refused", Boolean, primary_key=True),  # during SMTP; else a report said so later
    Column("mailing", Id, ForeignKey("mailings.id"), nullable=False),
    Column("issue", Text, nullable=False),
    Column("address", Text, nullable=False),  # in its normal form
    Column("reason", Text, nullable=False),
    Column("scope", Text, nullable=False),  # the reason's; so that the breaker can count
    Column("hard", Boolean, nullable=False),
    Column("forwarded", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("said", Text, nullable=False),  # the server's own words
    one_of("reason", FailureReason, "failure_reason"),
    one_of("scope", Scope, "scope"),
)
Index("ix_failures_mailing", failures.c.mailing)
Index("ix_failures_address", failures.c.address)

holds = Table(
    "holds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("address", Text, nullable=False),  # in its normal form
    Column("reason", Text),  # None: it was never held; a person said all the same that it is right
    Column("evidence", JSON, nullable=False),  # the failures that decided
    Column("delivery", Id, ForeignKey("deliveries.id")),  # the copy that failed last, in whose history it stands
    Column("since", UtcDateTime, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", Text),
    one_of("reason", HoldReason, "reason"),
)
at_most_one("uq_holds_address", holds.c.address, when="lifted_at IS NULL")
Index("ix_holds_address", holds.c.address)

own_pauses = Table(
    "own_pauses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person", Text, nullable=False),
    Column("first", Date, nullable=False),  # issues of this date and later stay away
    Column("since", UtcDateTime, nullable=False),
    Column("delivery", Id, ForeignKey("deliveries.id")),  # the copy that was answered
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", Text),
)
at_most_one("uq_own_pauses_person", own_pauses.c.person, when="lifted_at IS NULL")

letters = Table(
    "letters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("facts", JSON, nullable=False),  # what it tells, for its template; empty once it has left
    Column("made_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("next_try_at", UtcDateTime),
    Column("failure", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("kind", "about"),  # each is told once
)
some("ix_letters_unsent", letters.c.id, when="sent_at IS NULL")
