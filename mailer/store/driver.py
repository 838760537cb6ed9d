"""What the bell of the workers needs of PostgreSQL: the driver's own connection, how it is reached, and its clock."""

from datetime import datetime

from sqlalchemy import Connection, func, select


def driver_connection(connection: Connection) -> object:
    """The driver's connection, in the transaction that is open on it."""
    return connection.connection.driver_connection


def conninfo(connection: Connection) -> str:
    """How the driver reaches the database, with the password; empty for SQLite, which other machines do not reach."""
    if connection.dialect.name != "postgresql":
        return ""
    from psycopg import Connection as Driver
    from psycopg.conninfo import make_conninfo

    driver = driver_connection(connection)
    assert isinstance(driver, Driver), "PostgreSQL is spoken to by psycopg"
    return make_conninfo(**driver.info.get_parameters(), password=driver.info.password)


def database_clock(connection: Connection) -> datetime:
    """What the clock of the database's machine says."""
    instant: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return instant
