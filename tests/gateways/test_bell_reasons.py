"""Why the bell cannot be heard: failures that differ for an operator differ in words."""

import psycopg
import pytest
from psycopg import errors

from mailer.gateways.bell_reasons import reason_of


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (None, "the database takes no heartbeats of it: the connection hangs, or this machine is too slow"),
        (
            psycopg.OperationalError("connection refused\n  twice"),
            "the database does not answer: connection refused twice",
        ),
        (ConnectionError("no route"), "the database does not answer: no route"),
        (TimeoutError(), "the database does not answer: TimeoutError"),
        (errors.AdminShutdown("terminating"), "the database does not answer: terminating"),
        (
            errors.InsufficientPrivilege("permission denied"),
            "the login of [database] may not make or use its tables: permission denied",
        ),
        (
            errors.UndefinedFunction("no such function"),
            "its tables are not those of the Procrastinate that is installed here: no such function",
        ),
        (errors.DiskFull("no space"), "the disk of the database is full: no space"),
        (errors.ReadOnlySqlTransaction("read-only"), "the database takes no writes: read-only"),
        (errors.CheckViolation("new row"), "the database refuses: new row"),
        (KeyError("about"), "an error of the program, KeyError: 'about'"),
    ],
)
def test_each_failure_has_words_of_its_own(error: Exception | None, reason: str) -> None:
    assert reason_of(error) == reason
