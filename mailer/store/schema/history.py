"""The table of who did what, and when: the database itself refuses to change or to delete an entry."""

from sqlalchemy import DDL, Column, Index, Table, Text, event

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
    Index(None, "subject"),
    Index(None, "who"),
    Index(None, "verb"),
)

_REFUSAL = "the history is never changed: entries are only added"
# A later migration that rebuilds the table in SQLite must create its triggers anew: they go with the old table.
_IN_SQLITE = """CREATE TRIGGER history_refuses_{name} BEFORE {word} ON history
BEGIN SELECT RAISE(ABORT, '{refusal}'); END"""
_FUNCTION = """CREATE FUNCTION history_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"""
_IN_POSTGRESQL = """CREATE TRIGGER history_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON history
FOR EACH STATEMENT EXECUTE FUNCTION history_refuses()"""
GUARDS = (
    ("sqlite", _IN_SQLITE.format(name="update", word="UPDATE", refusal=_REFUSAL)),
    ("sqlite", _IN_SQLITE.format(name="delete", word="DELETE", refusal=_REFUSAL)),
    ("postgresql", _FUNCTION.format(refusal=_REFUSAL)),
    ("postgresql", _IN_POSTGRESQL),
)
for dialect, statement in GUARDS:
    event.listen(history, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]
# PostgreSQL drops the trigger with its table, but not the function.
event.listen(history, "after_drop", DDL("DROP FUNCTION history_refuses()").execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]
