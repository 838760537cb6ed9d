"""Spares the tests work whose result is known: statements are compiled, and editions made, once for each process.

Each test opens a database of its own, and makes editions of the same few issues. SQLAlchemy would compile each statement
anew for every database, and the templates would be filled in anew for every test; both took a third of their time.
"""

import pickle
from collections.abc import Callable
from functools import partial

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from mailer.domain.edition import Edition
from mailer.pipeline.issues import compile as compiling
from mailer.pipeline.mailings import preview
from mailer.store import postgresql, sqlite
from tests.club import TEMPLATES

STATEMENTS, EDITIONS = 4000, 500


def spare() -> None:
    """From now on in this process."""
    _share_statements()
    compiling.compile_edition = preview.compile_edition = _made_once(compiling.compile_edition)


def _share_statements() -> None:
    """Dialects of one class count as the same, and their engines have one cache."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = lambda one, other: type(one) is type(other)
        dialect.__hash__ = lambda one: hash(type(one))
    options = {"compiled_cache": LRUCache(STATEMENTS)}
    for room in (postgresql, sqlite):
        room.create_engine = partial(room.create_engine, execution_options=options)


def _made_once(make: Callable[..., Edition]) -> Callable[..., Edition]:
    """The same, with what it has made from equal arguments and the shipped templates, which no test changes."""
    known: dict[bytes, Edition] = {}

    def made(**arguments: object) -> Edition:
        if arguments["templates"] != TEMPLATES:
            return make(**arguments)
        key = pickle.dumps(arguments)
        if key not in known:
            if len(known) >= EDITIONS:
                known.clear()
            known[key] = make(**arguments)
        return known[key]

    return made
