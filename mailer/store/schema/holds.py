"""The tables of failed copies, held addresses and the pauses that people have asked for."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Table, Text, text
from sqlalchemy.types import JSON

from mailer.domain.bounce import FailureReason, Scope
from mailer.domain.hold import HoldReason
from mailer.store.columns import Id, UtcDateTime, at_most_one, metadata, one_of

# What holds and the breaker count: derived from reports and attempts when they come, at most one of each for a copy.
failures = Table(
    "failures",
    metadata,
    Column("delivery", Id, ForeignKey("deliveries.id"), primary_key=True),
    Column("refused", Boolean, primary_key=True),  # during SMTP; else reported later
    Column("mailing", Id, ForeignKey("mailings.id"), nullable=False),
    Column("issue", Text, nullable=False),
    Column("address", Text, nullable=False),  # in its normal form
    Column("reason", Text, nullable=False),
    Column("scope", Text, nullable=False),  # of the reason, for the breaker
    Column("hard", Boolean, nullable=False),
    Column("forwarded", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("said", Text, nullable=False),  # the server's text
    # What like failures share: code and status, and the words without what differs from copy to copy.
    Column("reply", Text, nullable=False, server_default=text("''")),
    Column("wording", Text, nullable=False, server_default=text("''")),
    one_of("reason", FailureReason, "failure_reason"),
    one_of("scope", Scope, "scope"),
)
Index("ix_failures_reply", failures.c.mailing, failures.c.reply)
Index("ix_failures_wording", failures.c.mailing, failures.c.wording)
Index("ix_failures_address", failures.c.address)

holds = Table(
    "holds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("address", Text, nullable=False),  # in its normal form
    Column("reason", Text),  # None: a person confirmed the address, though it was never held
    Column("evidence", JSON, nullable=False),  # the failures that led to it
    Column("delivery", Id, ForeignKey("deliveries.id")),  # the last copy that failed: its history shows the hold
    Column("since", UtcDateTime, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", Text),
    Column("why", Text, nullable=False, server_default=text("''")),  # in the words of the person who set it by hand
    one_of("reason", HoldReason, "reason"),
)
at_most_one("uq_holds_address", holds.c.address, when="lifted_at IS NULL")
Index("ix_holds_address", holds.c.address)
# Here and below: when copies are deleted with their plan, the database asks for each whether another table names it.
Index("ix_holds_delivery", holds.c.delivery)

own_pauses = Table(
    "own_pauses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person", Text, nullable=False),
    Column("first", Date, nullable=False),  # issues of this date and later are not sent
    Column("since", UtcDateTime, nullable=False),
    Column("delivery", Id, ForeignKey("deliveries.id")),  # the copy that the reader answered; None: paused by hand
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", Text),
    Column("last", Date),  # issues of later dates are sent again; None: without an end
    Column("newsletter", Text, nullable=False, server_default=text("''")),  # empty: all of them
)
at_most_one("uq_own_pauses_person", own_pauses.c.person, own_pauses.c.newsletter, when="lifted_at IS NULL")
Index("ix_own_pauses_delivery", own_pauses.c.delivery)
