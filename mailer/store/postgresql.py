"""Opens PostgreSQL databases: how each connection is set, so that a server that is gone is noticed within seconds."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, ExceptionContext

from mailer.domain.errors import MailerError
from mailer.store.json_columns import from_json
from mailer.store.opening import closed_on_error

OLDEST = 15  # the oldest version of the server on which the suite is run
# For libpq (PostgreSQL, §34.1.2); a URL that names one of them has it its own way. A server that is cut off is given up
# after some ten seconds: by probes while nothing is on its way, by the age of what it has not acknowledged otherwise. Of
# several hosts, and of one whose server was replaced, only one that takes writes will do.
_CLIENT = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "target_session_attrs": "read-write",
    "client_encoding": "utf8",
    "application_name": "mailer",
}
# The same for the server, which else would keep the locks of a client that is cut off for hours (§19.3.2), and end no
# transaction of a process that is frozen (§19.11.1); in a minute each of ours says something.
_SERVER = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "idle_in_transaction_session_timeout": "60000",
}
# Milliseconds that a sender's transaction may pause: while it is frozen in one, every other sender waits for it. Less than
# is left of a worker's lease when it is renewed, so that no lease of those who wait ends meanwhile.
_BRIEFLY = "2000"
_READ_ONLY = "25006"  # Appendix A: read_only_sql_transaction
_SET = "SELECT " + ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _SERVER.items())


def open_engine(url: URL) -> Engine:
    """An engine for this database. Whether a connection still answers is asked before each transaction."""
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args=client_settings(url),
        json_deserializer=from_json,
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "handle_error", _leave_read_only)
    event.listen(engine, "handle_error", _quote_no_row)
    return engine


def client_settings(url: URL) -> dict[str, str]:
    """How to connect, besides what the URL says."""
    return {name: value for name, value in _CLIENT.items() if name not in url.query}


def refuse_unfit(connection: Connection) -> None:
    """MailerError where tables should not be made: the server is too old, or not every name can be written in the database."""
    version = connection.dialect.server_version_info or ()
    if version < (OLDEST,):
        raise MailerError(f"PostgreSQL {'.'.join(map(str, version))} is too old: {OLDEST} or newer is needed")
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise MailerError(
            f"the database has the encoding {encoding}, in which not every name can be written: make a new one by "
            "`createdb --encoding UTF8 --template template0 NAME`"
        )


def answers(engine: Engine) -> bool:
    """Whether the server takes connections, though perhaps not this one: the password may be wrong, or it has no TLS.

    It is asked as one who demands no TLS: whatever is wrong with that shows when a connection is made.
    """
    psycopg: Any = engine.dialect.loaded_dbapi
    _, settings = engine.dialect.create_connect_args(engine.url)
    named = {name: value for name, value in {**_CLIENT, **settings}.items() if name in _KNOWN_TO_PING}
    answer = psycopg.pq.PGconn.ping(psycopg.conninfo.make_conninfo("", **named).encode())
    return bool(answer == psycopg.pq.Ping.OK)


_KNOWN_TO_PING = ("host", "hostaddr", "port", "user", "dbname", "connect_timeout")


def be_brief(connection: Connection) -> None:
    """Let this transaction be ended by the server when it pauses for some seconds, since its process is frozen."""
    if connection.dialect.name == "postgresql":
        connection.execute(_BE_BRIEF)


_BE_BRIEF = text(f"SET LOCAL idle_in_transaction_session_timeout = {_BRIEFLY}")


def take_time(connection: Connection) -> None:
    """Let this transaction last, and pause, as long as it takes: it reads everything, and no one waits for it."""
    if connection.dialect.name == "postgresql":
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {name} = 0"))


def _configure(connection: Any, _record: object) -> None:
    with closed_on_error(connection):
        with connection.cursor() as cursor:
            cursor.execute(_SET)
        connection.commit()


def _leave_read_only(context: ExceptionContext) -> None:
    """Look for a server that takes writes when this one takes none any more."""
    if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
        context.is_disconnect = True


def _quote_no_row(context: ExceptionContext) -> None:
    """Take out of an error the row that PostgreSQL quotes in its detail: a name or an address in it would come into the log."""
    detail: str = getattr(getattr(context.original_exception, "diag", None), "message_detail", None) or ""
    for error in (context.original_exception, context.sqlalchemy_exception) if detail else ():
        if error is not None:
            error.args = tuple(part.replace(detail, "…") if isinstance(part, str) else part for part in error.args)
