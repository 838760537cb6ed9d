"""The table of letters to secretary, operator, editors and members."""

from sqlalchemy import Column, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy.types import JSON

from mailer.store.columns import Id, UtcDateTime, metadata, partial_index

letters = Table(
    "letters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("facts", JSON, nullable=False),  # for its template; empty once it is sent
    Column("made_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("next_try_at", UtcDateTime),
    Column("failure", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("kind", "about"),  # one letter on each subject
)
partial_index("ix_letters_unsent", letters.c.id, when="sent_at IS NULL")
