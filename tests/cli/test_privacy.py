"""What is written is for its owner alone, and the log names nobody."""

import logging
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from tests.cli.terminal import a_relay, mode
from tests.club import ISSUE, LETTER, WORDS
from tests.scripted_relay import Phase

NAME = str(ISSUE)
ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")


def private(*paths):
    """Every file and folder below these, which must be its owner's alone."""
    every = [one for path in paths for one in (path, *path.rglob("*"))]
    return [f"{one} {mode(one):o}" for one in every if mode(one) != (0o700 if one.is_dir() else 0o600)]


def test_all_that_init_makes_is_private(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = run.ok("init", "club", "--json")
    command, config = tmp_path / "club" / "club-mailer", tmp_path / "club" / "config.toml"
    first_user = f"mailer --config {config} user add NAME --role admin"
    assert said.document == {"config": str(config), "command": str(command), "first_user": first_user}
    assert private(tmp_path / "club") == [f"{command} 755"]  # it holds no secret, and the folder lets no one in
    monkeypatch.setenv("MAILER_CONFIG", str(tmp_path / "club" / "config.toml"))
    run.ok("status")
    assert (tmp_path / "club" / "mailer.db").exists()
    assert private(tmp_path / "club") == [f"{command} 755"]
    again = run("init", "club")
    assert again.status == 1
    assert "is already there" in again.err


def test_all_that_is_written_for_people_is_private(run, at, tmp_path):
    at("planned")
    run.ok("register", "export", "--out", "export")
    run.ok("register", "export", "--out", "workbook", "--xlsx")
    run.ok("send", NAME, "--dry-run", "dry")
    written = run.ok("issue", "preview", NAME, "--person", "P001", "--out", "deep/look", "--json").document["files"]
    (tmp_path / "raw.md").write_text("# THE LAMP\n\nThe lamp of Norland burned oil.\n")
    run.ok("issue", "import", tmp_path / "raw.md", "--into", "draft", "--newsletter", LETTER, "--language", "en")
    assert sorted(Path(one).suffix for one in written) == [".eml", ".html", ".txt"]
    assert sorted(one.name for one in Path("export").iterdir()) == ["members.csv", "payments.csv"]
    assert [one.name for one in Path("workbook").iterdir()] == ["register.xlsx"]
    assert len(list(Path("dry").iterdir())) == 3
    assert private(*(Path(one) for one in ("export", "workbook", "dry", "deep", "draft"))) == []


def test_what_was_exported_can_be_imported_and_changes_nothing(run, at):
    at("planned")
    run.ok("register", "export", "--out", "export")
    tables = ("--members", "export/members.csv", "--payments", "export/payments.csv")
    assert run.ok("register", "import", *tables, "--json").document["changes"] == []
    run.ok("register", "export", "--out", "workbook", "--xlsx")
    tables = ("--members", "workbook/register.xlsx", "--payments", "workbook/register.xlsx")
    assert run.ok("register", "import", *tables, "--json").document["changes"] == []


@pytest.mark.parametrize(
    "name", ["config.toml", "mailer.key", pytest.param("mailer.db", marks=pytest.mark.sqlite), "password"]
)
def test_check_says_what_others_can_read(run, at, name):
    club = at("planned")
    (club.folder / "password").write_text("sesame")
    (club.folder / "password").chmod(0o600)
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port, "password_file": "password"})
        fine = run.ok("check", "--json").document
        assert all(one["ok"] for one in fine)
        (club.folder / name).chmod(0o644)
        said = run("check")
    assert said.status == 1
    assert f"{club.folder / name} is 0644, others can read it" in said.out
    assert f"`chmod 600 {club.folder / name}" in said.out
    assert re.search(r"\b1 of \d+ checks found something wrong", said.err)
    assert "sesame" not in said.out


def test_check_names_a_relay_that_does_not_answer(run, at):
    club = at("planned")
    club.settle(smtp={"port": 1})
    found = {one["what"]: one for one in run("check", "--json").document}
    assert not found["the relay"]["ok"]
    assert "127.0.0.1:1 cannot be used" in found["the relay"]["said"]
    assert all(one["ok"] for what, one in found.items() if what != "the relay")


def moody(phase, _sender, recipient, nth):
    """Refuses one with an address in the reply, delays another once, as relays do."""
    if phase is Phase.RCPT and recipient.startswith("desk001"):
        return f"550 5.1.1 <{recipient}>: user unknown"
    if phase is Phase.RCPT and recipient.startswith("desk002") and nth == 1:
        return f"451 4.7.1 <{recipient}>: greylisted"
    return None


def test_at_info_the_log_has_no_address_and_no_content(run, at, caplog):
    club = at("pulled")
    caplog.set_level(logging.INFO)
    with a_relay(script=moody) as relay:
        club.settle(smtp={"port": relay.port})
        for words in (("pull",), ("plan", NAME), ("test", NAME), ("approve", NAME)):
            run.ok(*words)
        sent = run("send", NAME, "--wait", "--yes")
        assert sent.status == 1, sent
    ours = [record for record in caplog.records if record.name.startswith("mailer")]
    assert any("delivery 1 rejected code=550" in record.getMessage() for record in ours)
    # mail.log is the relay's own.
    said = "\n".join(record.getMessage() for record in caplog.records if record.name != "mail.log")
    assert not ADDRESS.search(said.replace("bulletin@club.example", ""))
    assert not any(word in said for word in ("Reader00", "Friend00", WORDS["en"][0], "Norland"))


def test_the_daemons_log_has_no_address_and_it_sends_what_was_queued(run, at):
    club = at("begun")
    with a_relay(script=moody) as relay:
        club.settle(smtp={"port": relay.port}, delivery={"retry_minutes": 0.01})
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        daemon = subprocess.Popen(
            [sys.executable, "-m", "mailer", "daemon"], env=environment, stderr=subprocess.PIPE, text=True
        )
        try:
            closed = any(_closed(run) or daemon.poll() is not None for _ in range(60))
            followed = run("send", NAME, "--wait", "--yes")  # nothing is left that the daemon could do
        finally:
            daemon.send_signal(signal.SIGTERM)
            _, log = daemon.communicate(timeout=120)
    assert closed, log
    assert daemon.returncode == 0, log
    assert followed.status == 1
    assert "delivery 1, P001 Reader001, en: rejected" in followed.err
    assert {one.recipient for one in relay.received} == {"desk002@members.example", "desk003@members.example"}
    assert f"daemon started for {LETTER}" in log
    assert f"mailing {NAME} closed" in log
    assert log.rstrip().endswith("daemon stopped; nothing is in flight")
    assert not ADDRESS.search(log)


def _closed(run):
    """Whether the mailing is closed; looks after a short wait, since the daemon is another process."""
    Event().wait(0.2)
    return run.ok("status", NAME, "--json").document["state"] == "closed"
