"""A full disk or a damaged database is one line in the log however many jobs fail by it, and a full disk one when it is over."""

import errno
import logging

import pytest

from mailer.domain.trouble import Trouble
from mailer.pipeline import maillog
from mailer.pipeline.trouble_log import QUIET, TroubleLog
from mailer.store import sqlite


def test_it_is_said_once_and_once_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    troubles = TroubleLog()
    for second in range(40):
        troubles.failed("writing the ledger", Trouble.DISK_FULL)
        troubles.failed("renewing the lease", Trouble.DISK_FULL)
        troubles.look(float(second))
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "make room" in caplog.text
    for second in range(40, 80):
        troubles.look(float(second))
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "room again" in caplog.text
    troubles.failed("writing the ledger", Trouble.DISK_FULL)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING", "ERROR"]


def test_where_another_process_says_it_this_one_does_not(caplog: pytest.LogCaptureFixture) -> None:
    troubles = TroubleLog()
    troubles.said_by_another = True
    assert not troubles.any
    troubles.failed("writing the ledger", Trouble.DISK_FULL)
    assert troubles.any
    for second in range(40):
        troubles.look(float(second))
    assert not troubles.any
    assert not caplog.records


def test_it_is_not_over_while_a_job_fails_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    troubles = TroubleLog()
    for second in range(0, 100, 10):
        troubles.failed("renewing the lease", Trouble.LOCKED)
        troubles.look(float(second))
        troubles.look(second + QUIET / 2)
    assert len(caplog.records) == 1


def test_a_known_trouble_has_no_traceback_and_an_unknown_one_has(caplog: pytest.LogCaptureFixture) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    maillog.failed("sending", ExceptionGroup("of a drain", [full, OSError(errno.ENOSPC, "again")]))
    maillog.failed("sending", KeyError("a mistake of ours"))
    assert [record.exc_info is None for record in caplog.records] == [True, False]


def test_damage_is_said_once_and_is_not_over_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    damaged = sqlite.dbapi().DatabaseError("database disk image is malformed")
    damaged.sqlite_errorcode = sqlite.dbapi().SQLITE_CORRUPT
    for second in range(100):
        maillog.failed("looking for work", damaged)
        maillog.troubles.look(second * QUIET)
        maillog.troubles.look(second * QUIET + QUIET)
    [record] = caplog.records
    assert (record.levelname, record.exc_info) == ("ERROR", None)
    assert "`mailer db restore FILE`" in caplog.text
    assert maillog.troubles.has(Trouble.DAMAGED)
