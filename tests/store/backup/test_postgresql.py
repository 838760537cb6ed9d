"""A PostgreSQL database is dumped, counted and put back whole, and a copy of it is known wherever it is put."""

import os
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from mailer.domain.errors import BadInput, Refused
from mailer.store import DatabaseError, Store, backup, history, migrate
from mailer.store.interruption import Interruption
from mailer.store.ledger import backups, claims
from mailer.store.postgresql import open_engine
from tests.databases import POSTGRES
from tests.store.rows import a_mailing_of

pytestmark = pytest.mark.skipif(not POSTGRES, reason="needs PostgreSQL")

AT = datetime(2018, 7, 12, 13, 0, tzinfo=UTC)
LATER = datetime(2018, 8, 1, 13, 0, tzinfo=UTC)


@pytest.fixture(params=["public", "club"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of its own, in this schema, with a mailing and an entry in its history."""
    name = f"mailer_backup_{os.getpid()}"
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(POSTGRES).set(database=name).update_query_dict({"options": f"-csearch_path={request.param}"})
    plain = url.render_as_string(hide_password=False)
    if request.param != "public":
        execute(plain, f"CREATE SCHEMA {request.param}")
    fill(plain, tmp_path)
    yield plain
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def fill(url: str, folder: Path) -> None:
    store = Store.open(url, folder)
    with store.transaction() as connection:
        a_mailing_of(connection, 50)
        claims.advance_epoch(connection)
        history.record(connection, at=AT, who="secretary", verb="plan", subject="before\\.", detail="\n\\.\n")
        backups.settle_home(connection)
    store.close()


def dump(url: str, file: Path) -> dict[str, int]:
    store = Store.open(url, file.parent)
    try:
        return dict(store.back_up(file, AT).rows)
    finally:
        store.close()


def rows(url: str, tmp_path: Path) -> dict[str, int]:
    store = Store.open(url, tmp_path)
    try:
        return dict(store.check().rows)
    finally:
        store.close()


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_a_dump_is_private_and_has_every_row(url: str, tmp_path: Path) -> None:
    counted = dump(url, tmp_path / "backup.dump")
    assert counted == rows(url, tmp_path)
    assert (counted["deliveries"], counted["history"]) == (50, 1)
    assert stat.S_IMODE((tmp_path / "backup.dump").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*backup*")] == ["backup.dump"]
    with pytest.raises(Refused, match="exists and is left as it is"):
        dump(url, tmp_path / "backup.dump")


def test_a_secret_is_in_no_command_line(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[object] = []
    services: list[Path] = []
    usual = subprocess.Popen.__init__

    def started(self: object, command: object, *args: object, **options: Any) -> None:
        commands.append(command)
        services.append(Path(options["env"]["PGSERVICEFILE"]))
        assert stat.S_IMODE(services[-1].stat().st_mode) == 0o600
        assert services[-1].read_text() == "[club-mailer]\nsslpassword=hush-hush ' too\n"
        usual(self, command, *args, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", started)
    secret = make_url(url).set(password="hush-hush").update_query_dict({"sslpassword": "hush-hush ' too"})
    dump(secret.render_as_string(hide_password=False), tmp_path / "backup.dump")
    backup.restore(secret, tmp_path / "backup.dump", LATER)
    assert {Path(str(command[0])).name for command in commands} == {"pg_dump", "pg_restore", "psql"}
    assert "hush-hush" not in str(commands)
    assert not [file for file in services if file.exists()]


def test_a_secret_beside_a_service_of_the_administrators(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "services").write_text("[ours]\napplication_name=ours\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    named = make_url(url).update_query_dict({"service": "ours"})
    dump(named.render_as_string(hide_password=False), tmp_path / "backup.dump")
    both = named.update_query_dict({"sslpassword": "hush-hush"}).render_as_string(hide_password=False)
    with pytest.raises(Refused, match=r"write the secret into the service's file"):
        dump(both, tmp_path / "another.dump")


def test_a_dump_takes_the_place_of_the_database_marked(url: str, tmp_path: Path) -> None:
    counted = dump(url, tmp_path / "backup.dump")
    execute(url, "DELETE FROM deliveries", "CREATE TABLE later (id BIGINT, about BIGINT REFERENCES mailings (id))")
    place = backup.restore(make_url(url), tmp_path / "backup.dump", LATER)
    assert place.backup_at == AT
    assert {name: place.check.rows[name] for name in counted} == counted
    store = Store.open(url, tmp_path)
    with store.transaction() as connection:
        assert backups.backup_at(connection) == AT
        assert not backups.is_copy(connection)
        backups.resume_ledger(connection, epoch=0)
        assert not backups.is_copy(connection)
    with pytest.raises(DatabaseError, match="the history is never changed"), store.transaction() as connection:
        connection.execute(text("DELETE FROM history"))  # its guard came with the dump
    store.close()


def test_a_ledger_that_has_never_been_at_work(url: str, tmp_path: Path) -> None:
    execute(url, "DELETE FROM ledger_state")
    dump(url, tmp_path / "backup.dump")
    place = backup.restore(make_url(url), tmp_path / "backup.dump", LATER)
    assert (place.backup_at, place.check.rows["ledger_state"]) == (AT, 1)


def test_a_database_that_is_gone_altogether(url: str, tmp_path: Path) -> None:
    counted = dump(url, tmp_path / "backup.dump")
    schema = str(make_url(url).query["options"]).partition("=")[2]
    execute(url, f"DROP SCHEMA {schema} CASCADE", f"CREATE SCHEMA {schema}")
    backup.restore(make_url(url), tmp_path / "backup.dump", LATER)
    assert rows(url, tmp_path) == counted


def test_a_database_that_others_have_open_is_left_alone(url: str, tmp_path: Path) -> None:
    dump(url, tmp_path / "backup.dump")
    store = Store.open(url, tmp_path)
    with pytest.raises(Refused, match=r"other processes have the database open, from 127\.0\.0\.1"):
        backup.restore(make_url(url), tmp_path / "backup.dump", LATER)
    store.close()


@pytest.mark.parametrize("cut", [0.5, 0.95])
def test_a_dump_that_ends_too_early_changes_nothing(url: str, tmp_path: Path, cut: float) -> None:
    counted = dump(url, tmp_path / "backup.dump")
    octets = (tmp_path / "backup.dump").read_bytes()
    (tmp_path / "backup.dump").write_bytes(octets[: int(len(octets) * cut)])
    with pytest.raises(BadInput):
        backup.restore(make_url(url), tmp_path / "backup.dump", LATER)
    assert rows(url, tmp_path) == counted


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ("9999", "install the newer version"),
        ("0000", "which this version does not know"),
        (migrate.COPYING, "a copy into this database was begun"),
    ],
)
def test_a_dump_that_nothing_could_open_changes_nothing(url: str, tmp_path: Path, schema: str, why: str) -> None:
    execute(url, f"UPDATE alembic_version SET version_num = '{schema}'")
    engine = open_engine(make_url(url))
    backup.write_backup(engine, tmp_path / "backup.dump", AT, Interruption())
    engine.dispose()
    execute(url, f"UPDATE alembic_version SET version_num = '{migrate.HEAD}'", "DELETE FROM attempts")
    counted = rows(url, tmp_path)
    with pytest.raises(BadInput, match=f"backup.dump cannot be restored .*{why}.*; the database is as it was"):
        backup.restore(make_url(url), tmp_path / "backup.dump", LATER)
    assert rows(url, tmp_path) == counted


def test_a_dump_that_says_no_schema_changes_nothing(url: str, tmp_path: Path) -> None:
    execute(url, "DELETE FROM alembic_version")
    engine = open_engine(make_url(url))
    backup.write_backup(engine, tmp_path / "backup.dump", AT, Interruption())
    engine.dispose()
    execute(url, f"INSERT INTO alembic_version VALUES ('{migrate.HEAD}')")
    counted = rows(url, tmp_path)
    with pytest.raises(BadInput, match="not of this service; the database is as it was"):
        backup.restore(make_url(url), tmp_path / "backup.dump", LATER)
    assert rows(url, tmp_path) == counted


def test_an_sqlite_file_is_no_dump(url: str, tmp_path: Path) -> None:
    (tmp_path / "backup.db").write_bytes(b"SQLite format 3\x00")
    with pytest.raises(BadInput, match="cannot be read"):
        backup.restore(make_url(url), tmp_path / "backup.db", LATER)


def test_a_copy_made_by_hand_is_known_as_one(url: str, tmp_path: Path) -> None:
    """As `pg_restore` makes it, or `CREATE TABLE … AS`: another table with the same rows."""
    execute(
        url,
        "ALTER TABLE ledger_state RENAME TO before",
        "CREATE TABLE ledger_state (LIKE before)",
        "INSERT INTO ledger_state SELECT * FROM before",
    )
    store = Store.open(url, tmp_path)
    with store.transaction() as connection:
        assert backups.is_copy(connection)
        backups.mark_as_backup(connection, AT)
        assert not backups.is_copy(connection)
    store.close()


def test_a_ledger_at_home_is_no_copy_whatever_is_done_to_it(url: str, tmp_path: Path) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM FULL ledger_state"))
    engine.dispose()
    store = Store.open(url, tmp_path)
    with store.reading() as connection:
        assert not backups.is_copy(connection)
    store.close()
