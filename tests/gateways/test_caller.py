"""History names who called, by the system's word."""

import os
import pwd
from pathlib import Path

import pytest

from mailer.gateways.caller import caller

OWN = pwd.getpwuid(os.getuid())


@pytest.fixture(autouse=True)
def no_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SUDO_USER", "SUDO_UID"):
        monkeypatch.delenv(name, raising=False)


def test_variables_that_anyone_can_set_do_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "chairman")
    assert caller(tmp_path) == OWN.pw_name


@pytest.mark.parametrize(("name", "number"), [("daemon", "0"), ("daemon", ""), ("no-such-login", "1"), ("", "1")])
def test_a_caller_whom_the_system_does_not_know_so_does_not_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, number: str
) -> None:
    monkeypatch.setenv("SUDO_USER", name)
    monkeypatch.setenv("SUDO_UID", number)
    assert caller(tmp_path) == OWN.pw_name


def test_the_caller_of_sudo_is_named_where_the_process_owns_the_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SUDO_USER", "daemon")
    monkeypatch.setenv("SUDO_UID", str(pwd.getpwnam("daemon").pw_uid))
    assert caller(tmp_path) == "daemon"


def test_a_login_that_the_system_does_not_know_is_its_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 424242)
    assert caller(tmp_path) == "uid 424242"
