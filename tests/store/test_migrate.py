"""A database that an older version made is brought to the newest schema with all that stands in it."""

from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import URL

import mailer.store as room
from mailer.domain.delivery import State
from mailer.domain.errors import MailerError
from mailer.domain.hold import HoldReason
from mailer.domain.membership import Pause
from mailer.store import DatabaseError, Store, holds, letters, mailings, relays, resolve, sqlite
from mailer.store import history as log
from mailer.store.copies import deliveries
from mailer.store.ledger import backups, limits
from tests.databases import POSTGRES
from tests.store.rows import NOW, a_revision, an_owner, came, state_of, take, write_down

ADDRESSES = {
    "a@gmail.com": "gmail.com",
    "b@googlemail.com": "gmail.com",
    "c@bk.ru": "mail.ru",
    "d@members.example": "members.example",
    '"e@f"@hotmail.com': "outlook.com",
    "почта@example.org": "example.org",
    "g@xn--e1afmkfd.example": "xn--e1afmkfd.example",
}
AT = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")  # as SQLite keeps it
MAILING = (
    "INSERT INTO mailings (newsletter, serial, supplement, state, content_hash, circulation_hash, editions_hash,"
    " inputs_hash, seal, letterhead, approval_required, planned_at, starts_at) VALUES ('bulletin', 253, 0, 'sending',"
    " 'hash', 'c', 'e', 'i', 'seal', '{}', false, :at, :at) RETURNING id"
)
DELIVERY = (
    "INSERT INTO deliveries (mailing, newsletter, serial, person, language, variant, copy_number, address, name,"
    " salutation, message_id, judged_by, state, epoch, owner, lease_until, marked_at) VALUES (:mailing, 'bulletin',"
    " 253, :person, 'en', 'none', :number, :address, 'Name', 'Dear', :message_id, '1:rules', :state, 1, :owner,"
    " :lease, :lease) RETURNING id"
)
ATTEMPT = (
    "INSERT INTO attempts (delivery, number, started_at, finished_at, outcome, code, status, text, queue_id,"
    " tls_version) VALUES (:delivery, 1, :at, :at, 'accepted', 250, '', 'Ok', '', '')"
)
HOLD = (
    "INSERT INTO holds (address, reason, evidence, since, set_by)"
    " VALUES ('gone@members.example', 'address', '[]', :at, 'a')"
)
PAUSE = "INSERT INTO own_pauses (person, first, since) VALUES ('P001', '2018-07-12', :at)"


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """A database with nothing in it."""
    return resolve(request.getfixturevalue("bare_postgres") if POSTGRES else "sqlite:///mailer.db", tmp_path)


def upgrade_to(connection: Connection, revision: str) -> None:
    command.upgrade(configured(connection), revision)


def configured(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(room.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def at_first_schema(connection: Connection) -> tuple[int, list[int]]:
    """The database as version 0001 made it, with a mailing half sent; returns the mailing and its copies."""
    upgrade_to(connection, "0001")
    an_owner(connection)
    a_revision(connection)
    mailing = connection.execute(text(MAILING), {"at": AT}).scalar_one()
    ids = []
    for number, address in enumerate(ADDRESSES, start=1):
        state = {1: State.ACCEPTED, 2: State.SENDING}.get(number, State.PENDING)
        owned = {"owner": 1, "lease": AT} if state is State.SENDING else {"owner": None, "lease": None}
        row = {"mailing": mailing, "person": f"P{number}", "number": number, "address": address, "state": state}
        ids.append(connection.execute(text(DELIVERY), row | owned | {"message_id": f"<{number}>"}).scalar_one())
    connection.execute(text(ATTEMPT), {"delivery": ids[0], "at": AT})
    return mailing, ids


def test_an_older_database_keeps_its_rows_and_learns_who_serves_which_mailbox(url: URL, tmp_path: Path) -> None:
    engine = room._engine(url)
    with engine.begin() as connection:
        mailing, ids = at_first_schema(connection)
    engine.dispose()

    name = url.render_as_string(hide_password=False)
    store = Store.open(name, tmp_path)
    with store.transaction() as connection:
        rows = connection.execute(text("SELECT address, family FROM deliveries")).all()
        assert dict(rows) == ADDRESSES
        assert connection.execute(text("SELECT DISTINCT relay FROM attempts")).scalars().all() == [""]
        assert mailings.mailing(connection, mailing).rest_at is None
        assert [state_of(connection, one) for one in ids[:3]] == [State.ACCEPTED, State.SENDING, State.PENDING]
        assert [one.outcome for one in deliveries.attempts_of(connection, ids[0])] == ["accepted"]
        # It goes on as a ledger of its own time.
        owner = an_owner(connection)
        held = take(connection, mailing, owner, without=["gmail.com"])
        assert [claim.copy.address.wire for claim in held] == list(ADDRESSES)[2:]
        write_down(connection, owner, *map(came, held))
        assert limits.in_hand_to(connection, "gmail.com") == 1
        assert deliveries.counts(connection, [mailing])["accepted"] == 6
    store.close()
    Store.open(name, tmp_path).close()  # once is enough


def test_copies_of_an_older_database_block_a_further_one_unless_they_failed(url: URL) -> None:
    engine = room._engine(url)
    with engine.begin() as connection:
        mailing, ids = at_first_schema(connection)
        upgrade_to(connection, "0018")
        before = rows_of(connection)
        for copy, state in zip(ids[2:], (State.REJECTED, State.CANCELLED, State.BOUNCED), strict=False):
            connection.execute(
                text("UPDATE deliveries SET state = :state WHERE id = :id"), {"state": state, "id": copy}
            )
    engine.dispose()
    store = Store.open(url.render_as_string(hide_password=False), Path(url.database or "").parent)
    with store.transaction() as connection:
        blocking = connection.execute(text("SELECT blocking FROM deliveries ORDER BY id")).scalars()
        assert list(blocking) == [True, True, False, False, False, True, True]
        assert sum(deliveries.counts(connection, [mailing]).values()) == len(ids)
        connection.execute(text("UPDATE deliveries SET state = 'pending', blocking = true WHERE NOT blocking"))
    for values in ("state = 'rejected'", "blocking = false"):
        with pytest.raises(DatabaseError), store.transaction() as connection:
            connection.execute(text(f"UPDATE deliveries SET {values} WHERE id = {ids[0]}"))
    store.close()
    with engine.connect() as connection, sqlite.copying_tables(connection), connection.begin():
        command.downgrade(configured(connection), "0018")
        assert rows_of(connection) == before
    engine.dispose()


def test_holds_and_pauses_of_an_older_database_stay_in_force(url: URL) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        upgrade_to(connection, "0004")
        connection.execute(text(HOLD), {"at": AT})
        connection.execute(text(PAUSE), {"at": AT})
    engine.dispose()
    store = Store.open(url.render_as_string(hide_password=False), Path(url.database or "").parent)
    with store.transaction() as connection:
        (hold,) = holds.listing(connection)
        assert (hold.address, hold.reason, hold.why) == ("gone@members.example", HoldReason.ADDRESS, "")
        pause = holds.pauses(connection)["P001"][0]
        assert pause.days == Pause(first=date(2018, 7, 12), last=None)
        again = {"delivery": None, "by": "secretary", "now": NOW}
        assert not holds.set_hold(connection, hold.address, HoldReason.BY_HAND, [], **again)  # one for each address
        assert holds.set_hold(connection, "other@members.example", HoldReason.BY_HAND, [], **again, why="left")
        assert backups.backup_at(connection) is None
        assert relays.sizes(connection, ["relay"]) == {}
    store.close()


def test_a_row_that_names_what_is_not_there_stops_the_migration(tmp_path: Path) -> None:
    """Tables that are copied without a look at their references might have lost rows."""
    url = resolve("sqlite:///mailer.db", tmp_path)
    engine = create_engine(url)
    with engine.begin() as connection:
        upgrade_to(connection, "0018")
        connection.execute(text(HOLD), {"at": AT})
        connection.execute(text("UPDATE holds SET delivery = 7"))
    with pytest.raises(MailerError, match="a row of holds names one that deliveries does not have"):
        Store.open(str(url), tmp_path)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0018"
        assert "first_mailing" not in {column["name"] for column in inspect(connection).get_columns("deliveries")}
    engine.dispose()


def test_letters_of_an_older_version_have_the_names_of_today(url: URL) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        upgrade_to(connection, "0003")
        for kind in ("digest", "reminder", "alarm"):
            letters.add(connection, kind=kind, about="bulletin/253#0", recipient="a@b.example", facts={}, now=NOW)
    engine.dispose()
    store = Store.open(url.render_as_string(hide_password=False), Path(url.database or "").parent)
    with store.reading() as connection:
        kinds = {letter.kind for letter in letters.waiting(connection, NOW)}
    store.close()
    assert kinds == {"distribution-report", "daily-letter", "alarm"}


def test_people_of_an_older_database_can_be_searched(url: URL) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        upgrade_to(connection, "0012")
        connection.execute(
            text(
                "INSERT INTO memberships (id, kind, organisation, circle) VALUES ('M1', 'individual', 'Фирма', 'club')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO seats (membership, person, kind, names, salutations, address, mailbox, languages) VALUES"
                """ ('M1', 'P1', 'individual', '{"en": "Zoë Moor"}', '{}', 'Z@example.org', 'z@example.org', '[]')"""
            )
        )
    engine.dispose()
    store = Store.open(url.render_as_string(hide_password=False), Path(url.database or "").parent)
    with store.reading() as connection:
        row = connection.execute(text("SELECT sorted_by, searched, phone FROM seats")).one()
    store.close()
    assert row == ("zoe moor", "zoe moor\nz@example.org\np1\nm1\nфирма", "")


HISTORY = "INSERT INTO history (at, who, verb, subject, detail) VALUES (:at, 'daemon', :verb, :subject, :detail)"


def test_the_schema_before_the_console_is_brought_up_and_back_with_its_rows(url: URL) -> None:
    engine = room._engine(url)
    with engine.begin() as connection:
        mailing, ids = at_first_schema(connection)
        upgrade_to(connection, "0011")
        connection.execute(text(PAUSE), {"at": AT})
        said = {"verb": "pause", "subject": "bulletin/253", "detail": "550 5.1.1 <anna@members.example> unknown"}
        connection.execute(text(HISTORY), {"at": AT, **said})
        connection.execute(text(HISTORY), {"at": AT, "verb": "plan", "subject": "bulletin/253", "detail": "7 copies"})
        before = rows_of(connection)
    engine.dispose()
    store = Store.open(url.render_as_string(hide_password=False), Path(url.database or "").parent)
    with store.transaction() as connection:
        assert [entry.detail for entry in log.entries(connection, "bulletin/253")] == [
            "550 5.1.1 <(an address)> unknown",
            "7 copies",
        ]
        assert deliveries.counts(connection, [mailing]) == {
            **dict.fromkeys(map(str, State), 0),
            "accepted": 1,
            "sending": 1,
            "pending": len(ids) - 2,
        }
        assert mailings.mailing(connection, mailing).stopped_at is None
        again = Pause(first=date(2018, 7, 12), last=None)
        assert holds.own_days(connection) == {("P001", ""): again}
    store.close()
    with pytest.raises(DatabaseError, match="never changed"), engine.begin() as connection:
        connection.execute(text("UPDATE history SET who = 'me'"))
    with engine.connect() as connection, sqlite.copying_tables(connection), connection.begin():
        command.downgrade(configured(connection), "0011")
        changed = {"history", "alembic_version"}
        assert {table: rows for table, rows in rows_of(connection).items() if table not in changed} == {
            table: rows for table, rows in before.items() if table not in changed
        }
        connection.execute(text("DELETE FROM history"))
        command.upgrade(configured(connection), "head")
    engine.dispose()


def rows_of(connection: Connection) -> dict[str, list[object]]:
    return {
        table: sorted(
            repr(sorted(row._mapping.items())) for row in connection.execute(text(f'SELECT * FROM "{table}"'))
        )
        for table in inspect(connection).get_table_names()
    }
