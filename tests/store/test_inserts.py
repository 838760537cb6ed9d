"""Many rows inserted at once are in the database as they were, whatever their words are."""

import pytest
from sqlalchemy import select

from mailer.store import DatabaseError, Store
from mailer.store.inserts import insert_rows
from mailer.store.schema import exclusions
from tests.store.rows import a_mailing

_COLUMNS = ("mailing", "person", "reason", "rule", "evidence")
_WORDS = [
    "plain",
    "",
    "NULL",
    "null",
    "{}",
    "{a,b}",
    'a "quoted" word',
    "back\\slash\\",
    '\\"',
    "comma, semicolon; apostrophe's",
    "%s %(c0)s :name ?",
    "line\nand\ttab",
    "слово — 词 🙂",
    " around ",
]


def test_words_stay_as_they_are(store: Store) -> None:
    with store.transaction() as connection:
        mailing = a_mailing(connection)
        rows = [(mailing, f"P{number}", word, number, '["word"]') for number, word in enumerate(_WORDS)]
        insert_rows(connection, exclusions, _COLUMNS, rows)
        insert_rows(connection, exclusions, _COLUMNS, [])
        query = select(exclusions.c.reason, exclusions.c.rule, exclusions.c.evidence).order_by(exclusions.c.rule)
        assert [tuple(row) for row in connection.execute(query)] == [
            (word, number, ["word"]) for number, word in enumerate(_WORDS)
        ]


def test_columns_in_another_order_than_the_tables_are_refused(store: Store) -> None:
    with store.transaction() as connection, pytest.raises(AssertionError, match="order"):
        insert_rows(connection, exclusions, ("person", "mailing"), [("P1", 1)])


def test_a_word_that_postgresql_cannot_keep_is_refused(store: Store) -> None:
    """It has no character NUL, and so no text is taken for two."""
    with store.transaction() as connection:
        mailing = a_mailing(connection)
        if connection.dialect.name != "postgresql":
            pytest.skip("SQLite keeps every character")
        rows = [(mailing, f"P{number}", word, number, "[]") for number, word in enumerate(["a", "b\0c"])]
        with pytest.raises(DatabaseError, match="NUL"):
            insert_rows(connection, exclusions, _COLUMNS, rows)
