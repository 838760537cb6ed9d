"""The history: entries are added, found and read page by page; none is ever changed or deleted."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update

from mailer.domain.history import HistorySearch, without_addresses
from mailer.store import DatabaseError, Store
from mailer.store import history as log
from mailer.store.schema import history
from tests.store.rows import NOW

DAY = timedelta(days=1)


@pytest.fixture
def written(store: Store) -> Store:
    """Ten entries, a day apart, by two people."""
    with store.transaction() as connection:
        for number in range(10):
            who, verb = ("anna", "plan") if number % 2 else ("boris", "hold")
            subject = f"bulletin/{number}" if number < 8 else f"50%_{number}"
            log.record(connection, at=NOW + number * DAY, who=who, verb=verb, subject=subject, detail="")
    return store


@pytest.mark.parametrize(
    "change",
    [
        update(history).values(who="another"),
        update(history).where(history.c.id == 1).values(subject="erased-1"),
        delete(history),
        delete(history).where(history.c.id == 1),
    ],
)
def test_no_entry_is_changed_or_deleted(written: Store, change: object) -> None:
    with written.reading() as connection:
        before = connection.execute(history.select()).all()
    with pytest.raises(DatabaseError) as caught, written.transaction() as connection:
        connection.execute(change)  # type: ignore[call-overload]
    assert "the history is never changed" in str(caught.value.__cause__)
    with written.reading() as connection:
        assert connection.execute(history.select()).all() == before


def test_postgresql_does_not_empty_it(written: Store) -> None:
    if "postgresql" not in written.name:
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError), written.transaction() as connection:
        connection.execute(text("TRUNCATE history"))


def test_it_is_read_page_by_page_newest_first(written: Store) -> None:
    seen: list[int] = []
    older = None
    with written.reading() as connection:
        while True:
            page = log.page(connection, HistorySearch(), older_than=older, most=4)
            seen += [row.id for row in page.rows]
            if page.older is None:
                break
            older = page.older
            # What is added meanwhile moves no page.
    assert seen == list(range(10, 0, -1))


@pytest.mark.parametrize(
    ("search", "ids"),
    [
        (HistorySearch(who="anna"), [10, 8, 6, 4, 2]),
        (HistorySearch(verb="hold", subject="bulletin/"), [7, 5, 3, 1]),
        (HistorySearch(subject="BULLETIN/3"), [4]),
        (HistorySearch(subject="%_"), [10, 9]),
        (HistorySearch(subject="_"), [10, 9]),
        (HistorySearch(since=NOW + 8 * DAY), [10, 9]),
        (HistorySearch(before=NOW + DAY), [1]),
        (HistorySearch(who="nobody"), []),
    ],
)
def test_it_is_searched(written: Store, search: HistorySearch, ids: list[int]) -> None:
    with written.reading() as connection:
        assert [row.id for row in log.page(connection, search, older_than=None, most=50).rows] == ids
        assert log.known(connection) == (["anna", "boris"], ["hold", "plan"])


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.1.1 <anna@members.example> unknown", "550 5.1.1 <(an address)> unknown"),
        ("a@b, c@d.example;e@f", "(an address), (an address);(an address)"),
        ("анна@почта.рф нет", "(an address) нет"),
        ("12 of 20 copies refused", "12 of 20 copies refused"),
    ],
)
def test_no_address_is_kept(store: Store, said: str, kept: str) -> None:
    assert without_addresses(said) == kept
    with store.transaction() as connection:
        log.record(connection, at=NOW, who="daemon", verb="letter", subject=f"folder {said}", detail=said)
        [row] = log.page(connection, HistorySearch(), older_than=None, most=5).rows
    assert (row.subject, row.detail) == (f"folder {kept}", kept)
