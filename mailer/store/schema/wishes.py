"""The table of what members ask for by the links in their copies."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text
from sqlalchemy.types import JSON

from mailer.domain.wish import WishKind
from mailer.store.columns import Id, UtcDateTime, metadata, one_of

wishes = Table(
    "wishes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person", Text, nullable=False),
    Column("newsletter", Text, nullable=False),
    Column("delivery", Id, ForeignKey("deliveries.id")),  # the copy whose link was used
    Column("language", Text, nullable=False),  # of that copy, and of the letters about the wish
    Column("kind", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("done_at", UtcDateTime),
    Column("undone_at", UtcDateTime),
    one_of("kind", WishKind, "kind"),
    sqlite_autoincrement=True,  # an id is never reused: the links of an erased person's letters name it
)
Index("ix_wishes_person", wishes.c.person, wishes.c.at)
Index("ix_wishes_delivery", wishes.c.delivery)
