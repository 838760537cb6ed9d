"""The tables of the console: who signs in, and who is signed in."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from mailer.domain.access import Role
from mailer.store.columns import Id, UtcDateTime, metadata, one_of

users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("disabled_at", UtcDateTime),
    one_of("role", Role, "role"),
)

# `token` is the SHA-256 of the session's id, which only the browser has; `notice` is shown once, on the next page.
sessions = Table(
    "sessions",
    metadata,
    Column("token", Text, primary_key=True),
    Column("user", Id, ForeignKey("users.id"), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("notice", Text, nullable=False),
    Index(None, "user"),
)
