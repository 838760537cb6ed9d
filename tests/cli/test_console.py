"""At a terminal a command asks before it sends or drops: the right answer does it, any other does nothing."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import a_relay
from tests.club import ISSUE, members

NAME = str(ISSUE)
ROOT = Path(__file__).parents[2]


def typed(answer, *words):
    """Run a command whose standard input is a terminal at which this answer is typed; (status, what it said)."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "mailer", *map(str, words)]
    try:
        ran = subprocess.run(
            command, stdin=theirs, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
    finally:
        os.close(ours)
        os.close(theirs)
    return ran.returncode, ran.stderr


@pytest.mark.parametrize("answer", ["4"])
def test_another_number_sends_nothing(run, at, answer):
    club = at("approved")
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        status, said = typed(answer, "send", NAME, "--wait")
    assert status == 1
    assert f"3 copies of {NAME} go to members. Type 3 to go on: " in said
    assert "Not confirmed; nothing was done." in said
    assert relay.received == []
    assert run.ok("status", NAME, "--json").document["state"] == "approved"


def test_the_right_number_sends(run, at):
    club = at("approved")
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        assert typed("3", "send", NAME, "--wait") == (0, f"3 copies of {NAME} go to members. Type 3 to go on: ")
    assert len(relay.received) == 3


@pytest.mark.parametrize(("answer", "status"), [("3", 1), ("y", 0)])
def test_cancelling_asks(run, at, answer, status):
    at("begun")
    assert typed(answer, "cancel", NAME)[0] == status
    assert run.ok("status", NAME, "--json").document["deliveries"]["cancelled"] == (0 if status else 3)


@pytest.mark.parametrize(("answer", "status"), [("y", 1), ("P001", 0)])
def test_erasing_asks_for_the_person(run, at, answer, status):
    at("planned")
    assert typed(answer, "person", "erase", "P001")[0] == status
    assert (run("person", "show", "P001").status == 0) == (status == 1)


def test_who_is_missing_from_the_file_is_ended_only_when_that_is_confirmed(run, at):
    club = at("pulled")
    club.write_register(members(2))
    words = ("register", "import", "--members", club.folder / "members.csv", "--apply", "--end-missing")
    asked = run(*words)
    assert asked.status == 1
    question = "2 people absent from the file will get no further copies: P003 Reader003, P004 Reader004."
    assert f"{question} There is no terminal to ask in" in asked.err
    ended = [one["ended_on"] for one in run.ok("person", "list", "--json").document]
    assert ended == [None] * 4
    run.ok(*words, "--yes")
    ended = [one["ended_on"] for one in run.ok("person", "list", "--json").document]
    assert ended[:2] == [None] * 2
    assert all(ended[2:])
