"""Runs PostgreSQL's own programs: no secret is in their command line, and what they say of an error is kept."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import IO

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from mailer.domain.errors import BadInput, Refused
from mailer.store.interruption import Interruption
from mailer.store.postgresql import client_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerDatabase:
    """A database as the programs are told of it, and the schema in which the service's tables are."""

    conninfo: str
    environment: Mapping[str, str]
    schema: str


# The name under which the programs find secrets in a file of ours that PGSERVICEFILE names (PostgreSQL, §34.17).
_SERVICE = "club-mailer"


@contextmanager
def database_of(connection: Connection, url: URL) -> Iterator[ServerDatabase]:
    """The database that the connection is to, for programs that run inside.

    Everyone on this machine sees a command line. What libpq does not show goes into the environment where it has a variable
    for it, and else into a file for this login alone, which is deleted at the end.
    """
    from psycopg.conninfo import make_conninfo
    from psycopg.pq import Conninfo

    # As we connect ourselves: of several hosts, to the one that takes writes. Without the values that psycopg alone
    # understands.
    arguments = {**client_settings(url), **connection.dialect.create_connect_args(url)[1]}
    settings = {name: str(value) for name, value in arguments.items() if isinstance(value, str | int)}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILER_")}
    secrets = list[str]()
    for option in Conninfo.get_defaults():
        name = option.keyword.decode()
        if option.dispchar and name in settings:
            value = settings.pop(name)
            if option.envvar:
                environment[option.envvar.decode()] = value
            else:
                secrets.append(f"{name}={value}\n")
    if secrets and "service" in settings:
        raise Refused("[database] url names a service and a secret beside it: write the secret into the service's file")
    schema = connection.execute(text("SELECT current_schema()")).scalar_one()
    with ExitStack() as stack:
        if secrets:
            file = stack.enter_context(NamedTemporaryFile("w", prefix="club-mailer-", encoding="utf-8"))  # of mode 0600
            file.writelines([f"[{_SERVICE}]\n", *secrets])
            file.flush()
            settings["service"], environment["PGSERVICEFILE"] = _SERVICE, file.name
        yield ServerDatabase(conninfo=make_conninfo("", **settings), environment=environment, schema=schema)


def run(server: ServerDatabase, interruption: Interruption, program: str, *words: str) -> None:
    """Run a program to its end. BadInput with what it says when it fails, BrokenOff."""
    command = [_program(program), *words]
    process = subprocess.Popen(  # noqa: S603  (its own words)
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=dict(server.environment)
    )
    with process:
        try:
            with interruption.reaching(process.kill):
                _, errors = process.communicate()
                if process.returncode != 0:
                    raise BadInput(f"{program} has failed ({last_words(errors)}); there is no backup")
        finally:
            if process.poll() is None:
                process.kill()


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
