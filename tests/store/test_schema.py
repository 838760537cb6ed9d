"""The migrations make the tables that the code knows, and the database itself refuses impossible rows."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from mailer.domain.delivery import BLOCKING, State
from mailer.domain.mailing import MailingState
from mailer.domain.membership import MembershipKind
from mailer.store import Store, mailings
from mailer.store.columns import UtcDateTime, metadata
from mailer.store.schema import attempts, deliveries, history, register
from mailer.store.schema import mailings as mailings_table
from tests.store.rows import NOW, a_copy, a_mailing, a_mailing_of, an_owner, put, write

# --- migrations -------------------------------------------------------------------------------------------------------


def _seen(_object: object, name: str | None, *_: object) -> bool:
    return name != "ix_deliveries_due"


def test_the_migrations_make_exactly_the_schema(store: Store) -> None:
    with store.transaction() as connection:
        # Alembic does not see an operator class, where this one's NULLS FIRST stands; the next test compares it.
        opts = {"include_object": _seen}
        opts |= {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def the_rules(connection: Connection) -> dict[str, object]:
    """What Alembic does not compare: CHECKs, and the conditions and columns of every index."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
    indexes = {name: " ".join(sql.split()) for name, sql in connection.execute(text(query))}
    seen = inspect(connection)
    checks = {
        f"{table}.{check['name']}": " ".join(check["sqltext"].split())
        for table in metadata.tables
        for check in seen.get_check_constraints(table)
    }
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        # Beside this test run others, each with a schema of its own in the same database.
        query = (
            "SELECT tgname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE relnamespace = CAST(current_schema() AS regnamespace) AND NOT tgisinternal"
        )
    triggers = {name: " ".join(sql.split()) for name, sql in connection.execute(text(query))}
    return {"indexes": indexes, "checks": checks, "triggers": triggers}


def test_the_migrations_make_every_check_and_condition(store: Store) -> None:
    with store.rehearsal() as connection:
        migrated = the_rules(connection)
        metadata.drop_all(connection)
        metadata.create_all(connection)
        made = the_rules(connection)
    migrated["indexes"].pop("alembic_version_pkc", None)
    made["indexes"].pop("alembic_version_pkc", None)
    assert migrated == made
    assert made["triggers"]
    every = [
        (table, one)
        for table in metadata.tables.values()
        for one in (*table.constraints, *(one for column in table.columns for one in column.constraints))
    ]
    assert set(made["checks"]) == {
        f"{table.name}.{one.name}" for table, one in every if isinstance(one, CheckConstraint)
    }
    assert sum("WHERE" in sql for sql in made["indexes"].values()) == 14


# --- instants ---------------------------------------------------------------------------------------------------------


def test_an_instant_comes_back_aware_and_in_utc_whatever_zone_it_went_in(store: Store) -> None:
    ahead = timezone(timedelta(hours=3))
    row = {"who": "secretary", "verb": "test", "subject": "", "detail": ""}
    with store.transaction() as connection:
        connection.execute(insert(history), [row | {"at": NOW}, row | {"at": NOW.astimezone(ahead)}])
        for at in connection.execute(select(history.c.at)).scalars():
            assert at == NOW
            assert at.tzinfo is UTC
        later = connection.execute(select(history.c.id).where(history.c.at > NOW.astimezone(ahead))).all()
        assert later == []


def test_a_naive_instant_is_refused(store: Store) -> None:
    naive = datetime(2018, 7, 12)  # noqa: DTZ001 - the very mistake
    with store.transaction() as connection, pytest.raises(StatementError, match="a naive instant cannot be stored"):
        connection.execute(insert(history).values(at=naive, who="", verb="", subject="", detail=""))
    assert UtcDateTime().process_bind_param(None, store._engine.dialect) is None


# --- nobody gets a copy twice -----------------------------------------------------------------------------------------


def test_a_second_copy_for_one_person_in_one_language_is_refused(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 1)
    with pytest.raises(IntegrityError), store.transaction() as connection:
        write(connection, mailing, [a_copy(2, person="P001")])
    with store.transaction() as connection:
        write(connection, mailing, [a_copy(2, person="P001", language="ru")])


@pytest.mark.parametrize("state", State)
def test_over_all_mailings_of_an_issue_a_live_copy_keeps_out_a_further_one(store: Store, state: State) -> None:
    with store.transaction() as connection:
        _, [first] = a_mailing_of(connection, 1)
        owned = {"owner": an_owner(connection), "lease_until": NOW} if state is State.SENDING else {}
        put(connection, first, state=state, held_reason="paused" if state is State.HELD else None, **owned)
        supplement = a_mailing(connection, supplement=1)
        # Another issue is another matter.
        another = a_mailing(connection, serial=254, content_hash="other")
        write(connection, another, [a_copy(1)], serial=254)

    def once_more() -> None:
        with store.transaction() as connection:
            write(connection, supplement, [a_copy(2, person="P001")])

    if state in BLOCKING:
        with pytest.raises(IntegrityError):
            once_more()
    else:
        once_more()


def test_a_dead_copy_comes_back_to_life_beside_no_live_one(store: Store) -> None:
    with store.transaction() as connection:
        _, [first] = a_mailing_of(connection, 1)
        put(connection, first, state=State.CANCELLED)
        write(connection, a_mailing(connection, supplement=1), [a_copy(2, person="P001")])
    with pytest.raises(IntegrityError), store.transaction() as connection:
        put(connection, first, state=State.PENDING)


def test_no_copy_number_is_given_twice(store: Store) -> None:
    with store.transaction() as connection:
        _, [first] = a_mailing_of(connection, 1)
        put(connection, first, state=State.CANCELLED)
        supplement = a_mailing(connection, supplement=1)
    with pytest.raises(IntegrityError), store.transaction() as connection:
        write(connection, supplement, [a_copy(1, person="P002")])


# --- impossible rows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"state": "sent"},
        {"state": State.HELD},
        {"held_reason": "paused"},
        {"state": State.SENDING},
        {"state": State.SENDING, "owner": 1},
        {"state": State.SENDING, "lease_until": NOW},
        {"owner": 1, "lease_until": NOW},
        {"state": State.ACCEPTED, "owner": 1, "lease_until": NOW},
        {"marked_at": NOW},
        {"state": State.UNCERTAIN, "marked_at": NOW},
        {"blocking": False},
        {"state": State.REJECTED, "blocking": True},
        {"state": State.ACCEPTED, "blocking": None},
        {"mailing": 99},
        {"address": None},
        {"state": State.SENDING, "owner": 99, "lease_until": NOW},
    ],
)
def test_a_delivery_that_cannot_be_is_refused(store: Store, values: dict[str, object]) -> None:
    with store.transaction() as connection:
        _, [delivery] = a_mailing_of(connection, 1)
        assert an_owner(connection) == 1
    with pytest.raises(IntegrityError), store.transaction() as connection:
        put(connection, delivery, **values)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "sent"},
        {"state": MailingState.HELD},
        {"held_reason": "missed_window"},
        {"state": MailingState.SENDING, "starts_at": None},
        {"content_hash": "nothing was pulled"},
    ],
)
def test_a_mailing_that_cannot_be_is_refused(store: Store, values: dict[str, object]) -> None:
    with store.transaction() as connection:
        mailing = a_mailing(connection, MailingState.PLANNED)
    with pytest.raises(IntegrityError), store.transaction() as connection:
        connection.execute(update(mailings_table).where(mailings_table.c.id == mailing).values(values))


def test_an_issue_has_one_mailing_of_each_number(store: Store) -> None:
    with store.transaction() as connection:
        a_mailing(connection)
    with pytest.raises(IntegrityError), store.transaction() as connection:
        a_mailing(connection)


def test_an_attempt_has_an_outcome_we_know_and_a_number_of_its_own(store: Store) -> None:
    words = {"status": "", "text": "", "queue_id": "", "tls_version": ""}
    with store.transaction() as connection:
        _, [delivery] = a_mailing_of(connection, 1)
        row = words | {"delivery": delivery, "number": 1, "started_at": NOW, "finished_at": NOW, "outcome": "accepted"}
        connection.execute(insert(attempts).values(row))
    for wrong in ({"number": 2, "outcome": "sent"}, {"number": 1}, {"number": 2, "delivery": 99}):
        with pytest.raises(IntegrityError), store.transaction() as connection:
            connection.execute(insert(attempts).values(row | wrong))


MEMBERSHIP = {"id": "M001", "organisation": "", "circle": "club"}
SEAT = {"membership": "M001", "names": {}, "salutations": {}, "languages": []}
ENDED = {"ended_on": NOW.date()}


@pytest.mark.parametrize(
    ("kind", "seats", "possible"),
    [
        (MembershipKind.CORPORATE, [{"number": 1}, {"number": 2}], True),
        (MembershipKind.CORPORATE, [{"number": 1}, {"number": 1}], False),
        (MembershipKind.CORPORATE, [{"number": 1} | ENDED, {"number": 1} | ENDED, {"number": 1}], True),
        (MembershipKind.CORPORATE, [{"number": 3}], False),
        (MembershipKind.CORPORATE, [{"number": None}], False),
        (MembershipKind.CORPORATE, [{"number": None} | ENDED], False),
        (MembershipKind.INDIVIDUAL, [{}], True),
        (MembershipKind.INDIVIDUAL, [{"number": 1}], False),
        (MembershipKind.INDIVIDUAL, [{}, {}], False),
        (MembershipKind.INDIVIDUAL, [ENDED, ENDED, {}], True),
        (MembershipKind.HONORARY, [{}, {}, {}], True),
        (MembershipKind.COMPLIMENTARY, [{"number": 1}], False),
    ],
)
def test_the_database_holds_the_rules_of_the_seats(
    store: Store, kind: MembershipKind, seats: list[dict[str, object]], possible: bool
) -> None:
    def sit() -> None:
        with store.transaction() as connection:
            connection.execute(insert(register.memberships).values(MEMBERSHIP | {"kind": kind}))
            for number, seat in enumerate(seats):
                row = SEAT | {"person": f"P{number}", "kind": kind, "number": None, "ended_on": None} | seat
                connection.execute(insert(register.seats).values(row))

    if possible:
        sit()
    else:
        with pytest.raises(IntegrityError):
            sit()


def test_a_seat_cannot_lie_about_the_kind_of_its_membership(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(insert(register.memberships).values(MEMBERSHIP | {"kind": MembershipKind.INDIVIDUAL}))
    with pytest.raises(IntegrityError), store.transaction() as connection:
        connection.execute(insert(register.seats).values(SEAT | {"person": "P1", "kind": MembershipKind.HONORARY}))


def test_a_payment_has_a_period_in_order_and_a_reference_of_its_own(store: Store) -> None:
    day = NOW.date()
    row = {"membership": "M001", "period_from": day, "period_to": day, "amount": 1, "currency": "RUB", "in_full": False}
    with store.transaction() as connection:
        connection.execute(insert(register.memberships).values(MEMBERSHIP | {"kind": MembershipKind.INDIVIDUAL}))
        connection.execute(insert(register.payments), [row | {"reference": one} for one in ("A", "", "")])
    for wrong in ({"reference": "A"}, {"reference": "B", "period_to": day - timedelta(days=1)}):
        with pytest.raises(IntegrityError), store.transaction() as connection:
            connection.execute(insert(register.payments).values(row | wrong))


def test_what_is_in_use_cannot_be_deleted(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 1)
        assert mailings.mailing(connection, mailing).state is MailingState.SENDING
    with pytest.raises(IntegrityError), store.transaction() as connection:
        connection.execute(mailings_table.delete())
    with store.transaction() as connection:
        assert connection.execute(select(deliveries.c.id)).scalars().all()
