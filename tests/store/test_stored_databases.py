"""A database of every schema there was, with a club's first mailing in it, becomes one of this version and loses nothing."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    create_engine,
    inspect,
    text,
)
from sqlalchemy.engine import URL

from mailer.app.installation import App, open_app
from mailer.domain.mailing import MailingState
from mailer.gateways.new_installation import install
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.report import distribution_report
from mailer.store import migrate, reports, resolve
from mailer.store.sqlite import dbapi
from tests.databases import POSTGRES
from tests.store.test_migrate import configured

STORED = sorted((Path(__file__).parent / "stored").glob("*.sql"))
# Each pass of the tests looks at the first one and the last; `make test-real` at all of them.
ALWAYS = {STORED[0], STORED[-1]}
ISSUE = IssueName(newsletter="russia-confidential", serial=320)
STATES = "SELECT state, count(*) FROM deliveries WHERE mailing IN (SELECT id FROM mailings WHERE serial = 320) GROUP BY state"
# Schemas that no version had as its newest: each came together with the one after it.
NEVER_NEWEST = {"0010", "0019"}
# Tables that later schemas do not have; what they told stands elsewhere.
GONE: set[str] = set()


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A database as it was stored: how many rows each table has, and the issue's copies how many in each state."""

    file: Path
    rows: Mapping[str, int]
    states: Mapping[str, int]


@pytest.fixture(
    params=[pytest.param(each, id=each.stem, marks=() if each in ALWAYS else pytest.mark.real) for each in STORED]
)
def stored(request: pytest.FixtureRequest, tmp_path: Path) -> Stored:
    file = tmp_path / "stored.db"
    with closing(dbapi().connect(file)) as its:
        its.executescript(f"BEGIN; {request.param.read_text(encoding='utf-8')} COMMIT;")
        tables = {name for (name,) in its.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        rows = {name: its.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
        states = dict(its.execute(STATES).fetchall())
    return Stored(file=file, rows=rows, states=states)


@pytest.fixture
def app(request: pytest.FixtureRequest, stored: Stored, tmp_path: Path) -> Iterator[App]:
    """An installation of this version that finds it."""
    config = install(tmp_path / "club")
    url = f"sqlite:///{stored.file}"
    if POSTGRES:
        url = request.getfixturevalue("bare_postgres")
        carry(stored.file, resolve(url, tmp_path))
    config.write_text(config.read_text(encoding="utf-8").replace("sqlite:///mailer.db", url), encoding="utf-8")
    opened = open_app(config, who="anna")
    yield opened
    opened.store.close()


def carry(file: Path, url: URL) -> None:
    """The same rows in PostgreSQL, in the schema of their time."""
    engine = create_engine(url)
    with closing(dbapi().connect(file)) as old, engine.begin() as connection:
        old.row_factory = dbapi().Row
        (revision,) = old.execute("SELECT version_num FROM alembic_version").fetchone()
        command.upgrade(configured(connection), revision)
        schema = MetaData()
        schema.reflect(connection)
        schema.remove(schema.tables["alembic_version"])
        for table in schema.sorted_tables:
            rows = [row_of(table, row) for row in old.execute(f"SELECT * FROM {table.name} ORDER BY 1")]
            if rows:
                if connection.execute(table.select()).first():  # the rows that the schema begins with
                    connection.execute(table.delete())
                connection.execute(table.insert(), rows)
                go_on_counting(connection, table)
    engine.dispose()


def row_of(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: value_of(column.type, row[column.name]) for column in table.columns}


def value_of(kind: object, value: Any) -> Any:
    """What SQLite keeps as a text or a number, in PostgreSQL's own type."""
    if value is None:
        return None
    match kind:
        case DateTime():
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        case Date():
            return date.fromisoformat(value)
        case Boolean():
            return bool(value)
        case JSON():
            return json.loads(value)
        case LargeBinary():
            return bytes(value)
    return value


def go_on_counting(connection: Connection, table: Table) -> None:
    if "id" in table.columns:
        sequence = connection.execute(text(f"SELECT pg_get_serial_sequence('{table.name}', 'id')")).scalar()
        if sequence:
            connection.execute(text(f"SELECT setval('{sequence}', (SELECT max(id) FROM {table.name}))"))


def test_every_schema_before_this_one_is_stored() -> None:
    versions = Path(migrate.__file__).parent / "migrations" / "versions"
    schemas = {script.name.split("_")[0] for script in versions.glob("[0-9]*.py")}
    assert schemas - {file.stem for file in STORED} - NEVER_NEWEST - {migrate.HEAD} == set()


def test_it_becomes_one_of_this_version_with_every_row(stored: Stored, app: App) -> None:
    assert app.store.is_current()
    with app.store.reading() as connection:
        tables = set(inspect(connection).get_table_names())
        assert stored.rows.keys() - tables - {"sqlite_sequence"} <= GONE
        for name in (stored.rows.keys() & tables) - {"alembic_version"}:
            assert connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() == stored.rows[name], name
        states = connection.execute(text(STATES)).all()
        assert dict(states) == stored.states
        assert sum(reports.numbers_by_kind(connection).values()) == stored.rows.get("reports", 0)
    report = distribution_report(app.context, ISSUE)
    assert report.state is MailingState.CLOSED
    assert {state: count for state, count in report.balance.deliveries.items() if count} == stored.states
    assert report.balance.balanced
    assert report.balance.copies == 18  # there is something to lose
