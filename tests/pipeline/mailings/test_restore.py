"""What a restored backup asks, and that it is resumed whole or not at all, whatever it is given and wherever it dies."""

import gzip
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from mailer.app.relay_log import read_logs
from mailer.domain.errors import BadInput
from mailer.store import backup
from mailer.store.ledger import backups
from tests import databases
from tests.cli.terminal import Said, Terminal, quiet
from tests.club import LETTER, THURSDAY, Club, begin, import_register, members
from tests.databases import POSTGRES

UNKNOWN, PLANNED = f"{LETTER}/42", f"{LETTER}/41"


@pytest.fixture
def restored(tmp_path: Path) -> Club:
    """A backup with issue 41 under way, put in place; a folder with issue 42 lies in the source."""
    club = Club.found(tmp_path / "club")
    with club.opened() as app:
        begin(app, members(2))
        app.store.back_up(tmp_path / "backup.db", THURSDAY)
    if POSTGRES:
        backup.restore(make_url(databases.url_of(club.folder)), tmp_path / "backup.db", THURSDAY)
    else:
        for file in club.folder.glob("mailer.db*"):
            file.unlink()
        (tmp_path / "backup.db").rename(club.folder / "mailer.db")
    club.write_issue(serial=42, number=8, day="2018-07-19")
    return club


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator[Terminal]:
    """Runs commands in this process; no person sits at its terminal."""
    yield Terminal(capsys)
    quiet()


def resume(run: Terminal, club: Club, *words: str | Path) -> Said:
    """Run the command."""
    return run("--config", club.config, "resume-after-restore", *words)


def resume_alone(club: Club, *words: str, steps: str = "", **more: object) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, after these steps of Python."""
    run = f"import os, signal, sys\n{steps}\nfrom mailer.cli import main\nmain(sys.argv[1:])"
    command = [sys.executable, "-c", run, "--config", str(club.config), "resume-after-restore", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **more)


def is_marked(club: Club) -> bool:
    with club.opened() as app, app.store.reading() as connection:
        return backups.backup_at(connection) is not None


DECIDED = ("--yes", "--sent", UNKNOWN, "--new", PLANNED)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--yes",), f"say of {PLANNED}, {UNKNOWN} whether it was sent already"),
        (("--yes", "--sent", UNKNOWN), f"say of {PLANNED} whether it was sent already"),
        ((*DECIDED, "--sent", f"{LETTER}/99"), f"{LETTER}/99 is neither in the backup nor a finished folder"),
        ((*DECIDED, "--sent", "42"), "'42' is not an issue"),
        ((*DECIDED, "--log", "nowhere.log"), "nowhere.log cannot be read: No such file or directory"),
        (DECIDED[1:], "There is no terminal to ask in"),
    ],
)
def test_what_is_not_decided_or_not_known_changes_nothing(
    run: Terminal, restored: Club, words: tuple[str, ...], sentence: str
) -> None:
    said = resume(run, restored, *words)
    assert said.status == 1
    assert sentence in said.err
    assert is_marked(restored)


def test_both_ways_at_once_is_typed_wrongly(run: Terminal, restored: Club) -> None:
    assert resume(run, restored, *DECIDED, "--new", UNKNOWN).status == 2
    assert is_marked(restored)


def test_a_source_that_cannot_be_reached_is_not_taken_for_an_empty_one(run: Terminal, restored: Club) -> None:
    (restored.folder / "issues").rename(restored.folder / "elsewhere")
    said = resume(run, restored, *DECIDED)
    assert said.status == 1
    assert "issues" in said.err
    assert is_marked(restored)


@pytest.mark.parametrize(
    ("where", "resumed"),
    [
        ("from mailer.store.ledger import backups as room; name = 'resume_ledger'", False),
        ("from mailer.pipeline.context import Context as room; name = 'record'", False),
        ("from mailer.gateways.process.ledger_epoch import EpochFile as room; name = 'save'", True),
    ],
)
@pytest.mark.parametrize("beside", [True, False])
def test_killed_at_each_step_it_is_resumed_whole_or_not_at_all(
    run: Terminal, restored: Club, where: str, resumed: bool, beside: bool
) -> None:
    epoch_file = restored.folder / f".{databases.name_of(restored.folder)}.epoch"
    if beside:
        epoch_file.write_text("7")
    steps = f"{where}; setattr(room, name, lambda *_, **__: os.kill(os.getpid(), 9))"
    died = resume_alone(restored, *DECIDED, steps=steps)
    assert died.returncode == -signal.SIGKILL
    # Without its epoch file a ledger that was sent from asks once more; not on a server, which has no such file on each machine.
    assert is_marked(restored) is (not resumed or (not beside and not POSTGRES))
    again = resume(run, restored, *DECIDED)
    assert again.status == 0, again.err
    assert not is_marked(restored)
    assert (POSTGRES and not beside) or int(epoch_file.read_text()) >= 7 * beside


def test_in_a_terminal_each_issue_is_asked_about(restored: Club) -> None:
    keyboard, terminal = pty.openpty()
    os.write(keyboard, b"n\nsent\ny\n")
    said = resume_alone(restored, stdin=terminal)
    assert said.returncode == 0, said.stderr
    assert f"{PLANNED} “The last keeper of the lamp” of 2018-07-12" in said.stderr
    assert "the backup would still send it (sending, 2 waiting, 0 accepted)" in said.stderr
    assert f"{UNKNOWN} “The last keeper of the lamp” of 2018-07-19, folder 2018-08: the backup does not know it" in (
        said.stderr
    )
    assert "people who were erased" in said.stdout
    assert not is_marked(restored)
    os.close(keyboard)


def test_an_answer_that_is_none_changes_nothing(restored: Club) -> None:
    keyboard, terminal = pty.openpty()
    os.write(keyboard, b"perhaps\n")
    assert "nothing was done" in resume_alone(restored, stdin=terminal).stderr
    os.close(keyboard)
    assert is_marked(restored)


def test_in_the_meantime_the_register_can_be_mended(restored: Club) -> None:
    with restored.opened() as app:
        import_register(app, members(3))


@pytest.mark.parametrize("packed", [False, True])
def test_logs_are_read_packed_or_not(tmp_path: Path, packed: bool) -> None:
    octets = b"\xff\xfe rubbish\n\x00\n<m1@club.example>\r\n"
    (tmp_path / "mail.log").write_bytes(gzip.compress(octets) if packed else octets)
    assert read_logs([tmp_path / "mail.log"], THURSDAY).accepted == {"m1@club.example"}


PACKED = gzip.compress(b"<m1@club.example>\n" * 99, mtime=0)


@pytest.mark.parametrize(
    "octets",
    [b"", b"\x1f\x8b broken", PACKED[:-9], PACKED[:10] + b"\xff" * 20 + PACKED[30:], b"Jul 12 nothing of ours\n"],
)
def test_a_log_without_an_accepted_message_is_named(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "mail.log").write_bytes(octets)
    with pytest.raises(BadInput, match=r"mail\.log"):
        read_logs([tmp_path / "mail.log"], THURSDAY)
