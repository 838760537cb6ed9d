"""The table of who did what, and when."""

from sqlalchemy import Column, Table, Text

from mailer.store.columns import Id, UtcDateTime, metadata

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
