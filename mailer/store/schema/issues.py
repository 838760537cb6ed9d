"""The tables of pulled issues: their revisions and the files of each."""

from sqlalchemy import Column, Date, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint
from sqlalchemy.types import JSON

from mailer.store.columns import UtcDateTime, metadata

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
