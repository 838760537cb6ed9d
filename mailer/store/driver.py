"""What the bell of the workers needs of PostgreSQL: the driver's own connection, and how it is reached."""

from sqlalchemy import Connection


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
