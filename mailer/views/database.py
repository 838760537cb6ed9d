"""Shows what a look at the database found, and what a backup holds."""

from collections.abc import Mapping
from pathlib import Path

from mailer.domain.database_check import DatabaseCheck, PutInPlace
from mailer.domain.database_copy import DatabaseCopy, SchemaUpgrade
from mailer.views.local_time import local_minute
from mailer.views.plain_words import counted

# What people count, by the table that keeps it.
_COUNTED = (("seats", "person", "people"), ("revisions", "issue text", "issue texts"), ("deliveries", "copy", "copies"))


def contents(rows: Mapping[str, int]) -> str:
    """What is in a database, in the words of people: `24 people, 3 issue texts and 16 copies`."""
    *first, last = (counted(rows.get(table, 0), singular, plural) for table, singular, plural in _COUNTED)
    return f"{', '.join(first)} and {last}"


def check_document(check: DatabaseCheck) -> dict[str, object]:
    """The check for programs; `ok` says whether nothing is wrong."""
    return {
        "ok": check.ok,
        "engine": check.engine,
        "rows": dict(check.rows),
        "problems": list(check.problems),
        "unchecked": list(check.unchecked),
    }


def check_lines(name: str, check: DatabaseCheck) -> list[str]:
    """The check for people."""
    lines = [f"not checked: {what}" for what in check.unchecked]
    if check.ok:
        return [f"{name} is sound: {contents(check.rows)} ({check.engine})", *lines]
    restoring = "Stop the daemon, keep a copy of the database as it is, then put a backup in its place: `mailer db restore FILE`"
    return [f"{name} is damaged ({check.engine}):", *(f"  {problem}" for problem in check.problems), restoring]


def backup_document(file: Path, check: DatabaseCheck, others: list[Path]) -> dict[str, object]:
    """A new backup for programs."""
    return {
        "file": file.absolute(),
        "octets": file.stat().st_size,
        "checked": check.ok,
        "rows": dict(check.rows),
        "copy_too": others,
    }


def backup_lines(file: Path, check: DatabaseCheck, others: list[Path]) -> list[str]:
    """A new backup for people."""
    return [
        f"{file} is written, read back and sound: {contents(check.rows)}. Copy these too, they belong together:",
        *(f"  {other}" for other in others),
    ]


def restored_backup_document(file: Path, database: str, place: PutInPlace) -> dict[str, object]:
    """A backup that was put in place, for programs; `kept_as` is None where there was no file before."""
    return {
        "file": file.absolute(),
        "database": database,
        "backup_at": place.backup_at,
        "rows": dict(place.check.rows),
        "kept_as": place.kept_as or None,
        "resumed": False,
    }


def restored_backup_lines(file: Path, database: str, place: PutInPlace) -> list[str]:
    """The same for people, with the next step."""
    former = f"The database before it is kept as {place.kept_as}: delete it when you no longer need it, it holds members' data."
    return [
        f"{file} is in the place of {database}: {contents(place.check.rows)}, as of {local_minute(place.backup_at)}.",
        *([former] if place.kept_as else []),
        "Nothing is pulled, planned or sent until you have said what left since: `mailer resume-after-restore` asks.",
    ]


def upgrade_document(name: str, upgrade: SchemaUpgrade) -> dict[str, object]:
    """A schema that was brought up to date, for programs; `before` is None for a new database."""
    steps = [{"schema": schema, "what": what} for schema, what in upgrade.steps.items()]
    return {"database": name, "before": upgrade.before, "after": upgrade.after, "steps": steps}


def upgrade_lines(name: str, upgrade: SchemaUpgrade) -> list[str]:
    """The same for people."""
    if upgrade.before == upgrade.after:
        return [f"{name} has schema {upgrade.after}, the newest one: nothing was to be done."]
    steps = [f"  {schema}  {what}" for schema, what in upgrade.steps.items()]
    if upgrade.before is None:
        return [f"{name} is new, with schema {upgrade.after}."]
    return [f"{name} had schema {upgrade.before} and has {upgrade.after} now:", *steps]


def copy_document(copy: DatabaseCopy) -> dict[str, object]:
    """A database that was copied, for programs."""
    return {
        "source": copy.source,
        "target": copy.target,
        "rows": dict(copy.rows),
        "resumed": copy.resumed,
        "verified": True,
    }


def copy_lines(copy: DatabaseCopy) -> list[str]:
    """The same for people, with the next step."""
    return [
        f"{copy.target} has all of {copy.source}, compared row by row: {contents(copy.rows)}.",
        "Now set [database] url to it, then start the service.",
        "The file sends nothing any more; should you stay with it after all: `mailer resume-after-restore`.",
        "Delete it when you no longer need it, it holds members' data.",
    ]
