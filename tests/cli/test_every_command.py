"""What holds for every command: help with an example, exit statuses, --json and --config before and after the name."""

import json
import os
import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from mailer.cli.commands import app
from mailer.gateways.clock import SystemClock
from tests.club import LETTER

ISSUE = f"{LETTER}/41"


def commands(command=None, *path):
    """Every command with the words that name it, the groups too."""
    command = command or get_command(app)
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, *path, name)


EVERY = [*commands()]

# Commands that look and change nothing, with the type of their document and the keys that scripts rely on.
LOOKING = {
    "check": {"what", "ok", "said"},
    "resume-after-restore": {"restored"},
    "pull": {"newsletter", "folder", "finding", "issue", "line", "warnings"},
    "issue list": {"issue", "title", "number", "date", "languages", "revision", "state", "content_hash"},
    f"issue show {ISSUE}": {"issue", "title", "files"},
    f"issue check {ISSUE}": {"issue", "ok", "warnings"},
    "person list": {"person", "membership", "kind", "name", "email", "languages"},
    "person show P001": {"person", "memberships", "payments", "copies"},
    f"why P001 {ISSUE}": {"person", "issue", "decision", "reason", "rule", "evidence", "frozen"},
    f"why P004 {ISSUE}": {"person", "issue", "decision", "reason", "rule", "evidence", "frozen"},
    f"status {ISSUE}": {"issue", "state", "copies", "done", "per_second", "seconds_left"},
    "status": {"issue", "state", "copies", "done", "per_second", "seconds_left"},
    f"report {ISSUE}": {
        *("issue", "state", "considered", "recipients", "copies", "excluded", "deliveries", "balanced"),
    },
    f"unsent {ISSUE}": {"issue", "copies", "people"},
    f"delivery list {ISSUE}": {
        *("id", "person", "language", "copy_number", "address", "state", "attempts"),
        *("last_code", "last_status", "last_text", "message_id"),
    },
    "delivery show 1": {"id", "person", "state", "attempts", "message_id", "timeline"},
    f"plan {ISSUE}": {"issue", "considered", "recipients", "copies", "excluded", "people"},
    "register import --members {members} --payments {payments}": {"applied", "counts", "changes", "bad"},
}

UNKNOWN = {
    f"issue show {LETTER}/99": f"{LETTER}/99 has not been pulled",
    f"issue check {LETTER}/99": f"{LETTER}/99 has not been pulled",
    f"issue preview {LETTER}/99 --person P001 --out look": f"{LETTER}/99 has not been pulled",
    f"issue preview {ISSUE} --person P999 --out look": "no person 'P999'",
    "person show P999": "no person 'P999'",
    "person erase P999": "no person 'P999'",
    f"why P999 {ISSUE}": "no person 'P999'",
    f"why P001 {LETTER}/99": f"{LETTER}/99 has not been pulled",
    "payment add M999 --from 2018-01-01 --to 2018-12-31 --amount 1": "M999 is not in the register",
    "delivery show 999": "no delivery 999",
    "delivery release 999": "no delivery 999",
    "bounce list harbour-letter/99": "harbour-letter/99 has not been pulled",
    "bounce list 99": "no newsletter has an issue 99; `mailer issue list` shows them",
    "bounce list letter": "write <newsletter>/<serial>",
    "bounce show 999": "there is no report 999; `mailer bounce list --all` shows them",
    "bounce settle 999": "there is no report 999; `mailer bounce list --all` shows them",
    "hold lift nobody@members.example": "nobody@members.example is not held, and nothing failed there",
    "hold lift nobody": "nobody",
    "bounce ingest nothing.eml": "nothing.eml: it cannot be read: No such file or directory",
    "bounce ingest": "name files or a --maildir, or set [bounces] imap_url or maildir",
    "bounce ingest --maildir nowhere": "the Maildir nowhere does not exist",
    "person resume P999": "no person 'P999'",
    "person resume P001": "P001 Reader001 has not unsubscribed or paused",
    "person resume P001 --yes": "P001 Reader001 has not unsubscribed or paused",
    "delivery settle 999 --as accepted": "no delivery 999",
    "delivery settle 999 --as resend": "no delivery 999",
    "pull nobodys-letter": "no newsletter 'nobodys-letter'; schedules/ has: harbour-letter",
    **{
        f"{verb} {LETTER}/99": f"{LETTER}/99 has not been pulled"
        for verb in (
            *("plan", "test", "approve", "withdraw", "send", "pause", "resume", "cancel", "status", "report", "unsent"),
            *("delivery list", "send --wait", "send --dry-run look", "unsent --send"),
        )
    },
    "plan harbour-letter": "write <newsletter>/<serial>",
    "plan harbour-letter/xli": "write <newsletter>/<serial>",
    "plan nobodys-letter/1": "nobodys-letter/1 has not been pulled",
}

WRONG = (
    "publish",
    "issue publish",
    "plan",
    f"plan {ISSUE} {ISSUE}",
    f"plan {ISSUE} --now",
    "why P001",
    "send --wait",
    f"issue preview {ISSUE}",
    "issue import raw.md",
    "register import",
    "register import --member m.csv",
    "payment add M001",
    f"delivery list {ISSUE} --state lost",
    "delivery show seventeen",
    "delivery settle 1",
    "delivery settle 1 --as lost",
    "bounce settle",
    "bounce settle seventeen",
    "bounce ingest a.eml --maildir new",
    "bounce ingest a.eml --again",
    "hold lift",
    "status --config",
)


@pytest.fixture
def club(at):
    return at("planned")


def said_for(club, line):
    files = {"members": club.folder / "members.csv", "payments": club.folder / "payments.csv"}
    return shlex.split(line.format_map({name: shlex.quote(str(file)) for name, file in files.items()}))


@pytest.mark.parametrize(("path", "command"), EVERY, ids=lambda each: " ".join(each) if type(each) is tuple else "")
def test_help_comes_with_an_example(run, path, command):
    said = run(*path, "--help")
    assert said.status == 0
    assert said.err == ""
    words = " ".join(said.out.replace("│", " ").split())
    assert re.search(rf"Example: mailer (--config \S+ )?{' '.join(path)}", words)
    told = command.help.partition("\n\n")[0].replace(
        "\\[", "["
    )  # a bracket that is not escaped would be a style of rich
    assert " ".join(told.split()) in words


@pytest.mark.parametrize("line", LOOKING)
def test_json_before_and_after_the_name_is_the_same_document(run, club, line, monkeypatch):
    now = SystemClock().now()
    monkeypatch.setattr(SystemClock, "now", lambda _: now)
    disk = os.statvfs(club.folder)  # other programs fill and free it meanwhile
    monkeypatch.setattr(os, "statvfs", lambda _: disk)
    words = said_for(club, line)
    if line == "check":
        club.settle(smtp={"port": 1})  # nobody listens there
    before, after = run("--json", *words), run(*words, "--json")
    assert before.status == after.status == (1 if line == "check" else 0)
    for said in (before, after):
        document = said.document
        first = document[0] if isinstance(document, list) else document
        assert LOOKING[line] <= set(first)
    volatile = ("per_second", "seconds_left")
    assert _without(before.document, volatile) == _without(after.document, volatile)


@pytest.mark.parametrize("line", LOOKING)
def test_without_json_there_are_lines_for_people(run, club, line):
    said = run(*said_for(club, line))
    assert said.out.strip()
    with pytest.raises(json.JSONDecodeError):
        assert said.document
    assert all(text == text.rstrip() for text in said.out.splitlines())
    assert not any(word in said.out for word in ("None", "Decimal", "datetime", "<State", "{'"))


@pytest.mark.parametrize("line", UNKNOWN)
def test_what_is_unknown_is_refused_by_name(run, club, line):
    said = run(*line.split())
    assert said.status == 1
    assert said.out == ""
    assert UNKNOWN[line] in said.err
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("mailer: ")
    assert "Traceback" not in said.err


@pytest.mark.parametrize("line", WRONG)
def test_wrong_usage_is_status_two(run, club, line):
    said = run(*line.split())
    assert said.status == 2
    assert said.out == "" or line in {"issue", "register"}
    assert "Usage: mailer" in said.err


@pytest.mark.parametrize("path", [path for path, command in commands() if hasattr(command, "commands")], ids=" ".join)
def test_a_group_alone_shows_its_help(run, path):
    said = run(*path)
    assert said.status == 2
    assert "Usage: mailer" in said.out + said.err


def test_the_version(run):
    assert run("--version").out == "0.1.0\n"
    assert run("--version", "--json").document == run("--json", "--version").document == {"version": "0.1.0"}


def test_config_is_taken_before_and_after_the_name_and_wins_over_the_environment(run, at, tmp_path, monkeypatch):
    club = at("planned")
    monkeypatch.setenv("MAILER_CONFIG", str(tmp_path / "elsewhere.toml"))
    gone = run("status")
    assert gone.status == 1
    assert f"{tmp_path / 'elsewhere.toml'} is not there" in gone.err
    assert ISSUE in run.ok("--config", club.config, "status").out
    assert ISSUE in run.ok("status", "--config", club.config).out
    assert ISSUE in run.ok("status", f"--config={club.config}").out
    monkeypatch.setenv("MAILER_CONFIG", str(club.config))
    assert ISSUE in run.ok("status").out


def test_without_a_word_about_it_config_toml_is_that_of_the_working_folder(run, at, monkeypatch):
    club = at("planned")
    for unset in (lambda: monkeypatch.delenv("MAILER_CONFIG"), lambda: monkeypatch.setenv("MAILER_CONFIG", "")):
        unset()
        monkeypatch.chdir(club.folder)
        assert ISSUE in run.ok("status").out
        monkeypatch.chdir(club.folder.parent)
        said = run("status")
        assert said.status == 1
        assert "config.toml is not there; `mailer init` makes one, --config names another" in said.err
    assert not Path("mailer.db").exists()


def _without(document, keys):
    if isinstance(document, list):
        return [_without(one, keys) for one in document]
    return {key: value for key, value in document.items() if key not in keys}
