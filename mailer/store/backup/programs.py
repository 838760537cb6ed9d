"""Runs PostgreSQL's own programs: their password is in their environment alone, and what they say of an error is kept."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import IO

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from mailer.domain.errors import BadInput, Refused
from mailer.store.postgresql import client_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerDatabase:
    """A database as the programs are told of it, and the schema in which the service's tables are."""

    conninfo: str
    environment: Mapping[str, str]
    schema: str


def database_of(connection: Connection, url: URL) -> ServerDatabase:
    """The database that the connection is to."""
    from psycopg.conninfo import make_conninfo

    # As we connect ourselves: of several hosts, to the one that takes writes. Without the values that psycopg alone
    # understands.
    arguments = {**client_settings(url), **connection.dialect.create_connect_args(url)[1]}
    settings = {name: str(value) for name, value in arguments.items() if isinstance(value, str | int)}
    password = settings.pop("password", None)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILER_")}
    if password is not None:
        environment["PGPASSWORD"] = password
    schema = connection.execute(text("SELECT current_schema()")).scalar_one()
    return ServerDatabase(conninfo=make_conninfo("", **settings), environment=environment, schema=schema)


def run(server: ServerDatabase, program: str, *words: str) -> None:
    """Run a program to its end. BadInput with what it says when it fails."""
    command = [_program(program), *words]
    done = subprocess.run(command, check=False, capture_output=True, env=dict(server.environment))  # noqa: S603  (its own words)
    if done.returncode != 0:
        raise BadInput(f"{program} has failed ({last_words(done.stderr)}); there is no backup")


@dataclass(slots=True)
class DumpReader:
    """The output of a program that reads a dump."""

    output: IO[bytes]
    process: "subprocess.Popen[bytes]"
    file: str

    def end(self) -> None:
        """Wait until it has ended. BadInput when it has failed: what was read is not all."""
        errors = self.process.stderr.read() if self.process.stderr is not None else b""
        if self.process.wait() != 0:
            raise BadInput(f"{self.file} cannot be read ({last_words(errors)}); nothing was changed")


@contextmanager
def reading(server: ServerDatabase, *words: str) -> Iterator[DumpReader]:
    """The script that pg_restore makes of a dump, the last of the words; it is stopped at the end."""
    command = [_program("pg_restore"), "--file=-", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(server.environment))  # noqa: S603
    assert process.stdout is not None, "it is a pipe"
    with process, closing(process.stdout) as output:
        try:
            yield DumpReader(output=output, process=process, file=words[-1])
        finally:
            if process.poll() is None:
                process.kill()


def write_in_one_transaction(server: ServerDatabase, parts: Iterator[bytes]) -> None:
    """Have psql execute the parts of a script, all of it or nothing: an error of the parts ends it without a commit.

    BadInput with what psql says of the script's own errors.
    """
    words = (
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
        "--file=-",
    )
    command = [_program("psql"), *words, f"--dbname={server.conninfo}"]
    psql = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(server.environment))  # noqa: S603
    assert psql.stdin is not None, "it is a pipe"
    try:
        for part in parts:
            psql.stdin.write(part)
        _, errors = psql.communicate()
    except BrokenPipeError:  # it has ended by itself, and says why
        _, errors = psql.communicate()
    except BaseException:
        psql.kill()
        psql.communicate()
        raise
    if psql.returncode != 0:
        raise BadInput(f"PostgreSQL refused it ({last_words(errors)}); the database is as it was")


def last_words(output: bytes) -> str:
    """What a program says of its error: the first line that names one, else its first."""
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    named = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()]
    return next(iter(named or lines), "it says nothing")


def _program(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        raise Refused(f"{name} is not installed here: `apt-get install postgresql-client` brings it")
    return program
